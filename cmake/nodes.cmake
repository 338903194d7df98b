# SPDX-License-Identifier: GPL-2.0-only
# One static library a node.  hypsim_node(NAME DIR LINKS...) links exactly the nodes that the include table
# (tests/lint/layers.txt) allows it, so that a forbidden dependency is a link error as well.

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(URCU REQUIRED IMPORTED_TARGET liburcu)
pkg_check_modules(CK REQUIRED IMPORTED_TARGET ck)
pkg_check_modules(EDIT REQUIRED IMPORTED_TARGET libedit)

add_library(hypsim_flags INTERFACE)
target_include_directories(hypsim_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_definitions(hypsim_flags INTERFACE _GNU_SOURCE HYPSIM_VERSION="${PROJECT_VERSION}")
target_compile_options(hypsim_flags INTERFACE
  -std=gnu11 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith
  -Wcast-qual -Wundef -Wvla -Wswitch-enum)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU" AND HYPSIM_SANITIZER STREQUAL "tsan")
  target_compile_options(hypsim_flags INTERFACE -Wno-tsan)
endif()
if(HYPSIM_WERROR)
  target_compile_options(hypsim_flags INTERFACE -Werror)
endif()
if(HYPSIM_SANITIZER STREQUAL "tsan")
  target_compile_definitions(hypsim_flags INTERFACE HYPSIM_TSAN=1)
else()
  target_compile_definitions(hypsim_flags INTERFACE HYPSIM_TSAN=0)
endif()
target_link_libraries(hypsim_flags INTERFACE Threads::Threads)

set(HYPSIM_NODES "")
function(hypsim_node name dir)
  file(GLOB srcs CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${dir}/*.c)
  list(FILTER srcs EXCLUDE REGEX "main(_[a-z]+)?\\.c$")
  if(NOT srcs)
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE hypsim_flags ${ARGN})
  else()
    add_library(${name} STATIC ${srcs})
    target_link_libraries(${name} PUBLIC hypsim_flags ${ARGN})
  endif()
  set(HYPSIM_NODES ${HYPSIM_NODES} ${name} PARENT_SCOPE)
endfunction()

hypsim_node(base      sim/base PkgConfig::XXHASH)
hypsim_node(obj       shmem/obj base)
hypsim_node(log       sim/log obj base PkgConfig::JANSSON PkgConfig::XXHASH)
hypsim_node(logwrite  sim/log/write log obj base PkgConfig::XXHASH PkgConfig::URCU)
hypsim_node(logread   sim/log/read log obj base PkgConfig::XXHASH PkgConfig::ZSTD)
hypsim_node(logtext   sim/log/text logread log obj base PkgConfig::JANSSON)
hypsim_node(convert   sim/log/convert logtext logread logwrite log obj base PkgConfig::XXHASH PkgConfig::ZSTD)
hypsim_node(oracle    oracle log obj base)
hypsim_node(cal       oracle/cal log obj base)
hypsim_node(obs       oracle/obs obj base)
hypsim_node(world     oracle/world log obj oracle base)
hypsim_node(spec      oracle/spec log obj oracle world base)
hypsim_node(check     oracle/check log obj oracle cal spec world base)
hypsim_node(sched     sim/sched base)
hypsim_node(cpu       cpu logwrite log obj oracle base)
hypsim_node(lock      lock logwrite log cpu base)
hypsim_node(shmem     shmem logwrite log obj oracle cpu lock base)
hypsim_node(hyp       sim/hyp obj cpu shmem base)
hypsim_node(machine   sim/machine logwrite log obj oracle cpu lock shmem hyp base PkgConfig::JANSSON)
hypsim_node(exec      sim/exec logtext logwrite log obj cal cpu lock shmem machine base PkgConfig::JANSSON)
hypsim_node(explore   sim/explore m sched exec scenarios check logread logwrite log obj cpu lock machine base PkgConfig::JANSSON)
hypsim_node(rerun     sim/rerun sched logtext logread logwrite log obj oracle cpu lock shmem hyp machine base)
hypsim_node(scenarios scenarios obj check cpu lock shmem hyp machine base)
hypsim_node(bugs      scenarios/bugs scenarios machine hyp shmem lock cpu obj base)
hypsim_node(two       sim/two obs exec scenarios machine shmem cpu logwrite log obj base)
hypsim_node(results   oracle/results check log base PkgConfig::JANSSON)
hypsim_node(report    oracle/report results logtext logread log obj check spec world cal base PkgConfig::JANSSON)
hypsim_node(inspect   sim/inspect check spec world cal oracle logtext logread log obj base PkgConfig::JANSSON PkgConfig::SQLITE PkgConfig::XXHASH PkgConfig::ZSTD)
hypsim_node(run       sim/run report logtext logread logwrite log check lock machine base)
hypsim_node(bench     bench PkgConfig::ZSTD m ${CMAKE_DL_LIBS} explore exec hyp shmem machine scenarios inspect run report check cal lock cpu logread logwrite log base PkgConfig::CK PkgConfig::JANSSON)
hypsim_node(cli       sim/cli rerun explore bench two obs exec inspect run report results bugs scenarios machine hyp shmem lock cpu check spec world cal oracle convert logtext logread logwrite log base PkgConfig::JANSSON PkgConfig::EDIT)

# hypsim_unseen(FILES...): what decides the schedule runs on the stacks of the CPUs whose order it decides; ThreadSanitizer,
# which is told of no order among fibers (sim/sched/vehicle.h), would take its memory for theirs.
function(hypsim_unseen)
  set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS -fno-sanitize=thread)
endfunction()
hypsim_unseen(sim/sched/vehicle.c sim/sched/fiber.c sim/sched/context_x86_64.c sim/sched/context_aarch64.c)
hypsim_unseen(sim/explore/engine.c sim/explore/schedule.c sim/explore/grain.c sim/explore/setup.c sim/explore/touch.c sim/explore/contexts.c sim/explore/keys.c
  sim/explore/dfs.c sim/explore/revisit.c sim/explore/probe.c sim/explore/naive.c sim/explore/wakeup.c sim/explore/judge.c sim/explore/random.c
  sim/explore/pct.c sim/explore/surw.c sim/explore/pos.c sim/explore/feedback.c sim/explore/plan.c
  sim/explore/replay.c sim/explore/schedule_keys.c sim/explore/shrink_near.c)

target_compile_definitions(results PRIVATE HYPSIM_DOCS_URL="${HYPSIM_DOCS_URL}")

# What hypsim doctor says that it was built with.
set(libraries "")
foreach(library JANSSON:jansson XXHASH:xxhash ZSTD:zstd URCU:liburcu CK:ck SQLITE:sqlite EDIT:libedit)
  string(REPLACE ":" ";" library ${library})
  list(GET library 0 variable)
  list(GET library 1 word)
  list(APPEND libraries "${word} ${${variable}_VERSION}")
endforeach()
list(JOIN libraries ", " libraries)
set_source_files_properties(sim/cli/doctor_host.c PROPERTIES COMPILE_DEFINITIONS "HYPSIM_LIBRARIES=\"${libraries}\"")

foreach(strict lock log logwrite logread logtext convert cal world spec obs)
  get_target_property(kind ${strict} TYPE)
  if(kind STREQUAL "STATIC_LIBRARY")
    target_compile_options(${strict} PRIVATE -Wconversion)
  endif()
endforeach()

# One row of the event table, where LTTng-UST is installed: a module, so that nothing else links it.
pkg_check_modules(LTTNG_UST IMPORTED_TARGET lttng-ust)
if(LTTNG_UST_FOUND AND HYPSIM_SANITIZER STREQUAL "none")
  add_library(hypsim-bench-lttng MODULE bench/lttng/provider.c)
  set_target_properties(hypsim-bench-lttng PROPERTIES PREFIX "")
  target_include_directories(hypsim-bench-lttng PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(hypsim-bench-lttng PRIVATE PkgConfig::LTTNG_UST)
  target_compile_options(hypsim-bench-lttng PRIVATE -std=gnu11)
endif()

add_executable(hypsim sim/cli/main.c)
target_link_libraries(hypsim PRIVATE cli)

# The proof that the judge shares nothing with the machine: this program links without cpu, lock, shmem, machine, and without
# the writers of logs (tests/lint/checker.sh).
add_executable(hypsim-check oracle/report/main_check.c)
target_link_libraries(hypsim-check PRIVATE report results check cal spec world oracle logtext logread log obj base)
