# SPDX-License-Identifier: GPL-2.0-only
# Tests are found by their place: tests/unit/test_X.c is ctest "unit.X", tests/law/law_X.c "law.X",
# tests/cli/X.sh "cli.X", tests/lint/X.sh "lint.X", tests/logs/{good,bad}/X.log "log.good.X", "log.bad.X".  Each is made by
# hypsim_test(), which knows the form of the long ones.
if(NOT BUILD_TESTING)
  return()
endif()
pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)

file(GLOB kit_srcs CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/kit*.c)
add_library(testkit STATIC ${kit_srcs})
target_link_libraries(testkit PUBLIC explore sched two obs inspect run report scenarios exec machine hyp shmem lock cpu check spec world cal oracle convert logtext logread logwrite log base m PkgConfig::CMOCKA)

include(cmake/forms.cmake)

# hypsim_c_tests(FOLDER PREFIX [SCRIPT]): a program each; SCRIPT runs it, if there is one.
function(hypsim_c_tests folder prefix)
  file(GLOB srcs CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${folder}/${prefix}_*.c)
  foreach(src ${srcs})
    get_filename_component(stem ${src} NAME_WE)
    string(REGEX REPLACE "^${prefix}_" "" short ${stem})
    add_executable(${stem} ${src})
    target_link_libraries(${stem} PRIVATE testkit)
    hypsim_test(${folder}.${short} ${folder} 300 "" ${ARGN} $<TARGET_FILE:${stem}>)
  endforeach()
endfunction()
hypsim_c_tests(unit test)
hypsim_unseen(tests/unit/test_vehicle.c) # its bodies share what they write: each is the scheduler of the others
hypsim_c_tests(law law sh ${CMAKE_SOURCE_DIR}/tests/law/run.sh)

set(test_env "HYPSIM=$<TARGET_FILE:hypsim>;SOURCE=${CMAKE_SOURCE_DIR};BUILD=${CMAKE_BINARY_DIR};SANITIZER=${HYPSIM_SANITIZER};HYPSIM_CHECK=$<TARGET_FILE:hypsim-check>;CC=${CMAKE_C_COMPILER}")
set(test_cwd ${CMAKE_SOURCE_DIR})
foreach(folder cli lint)
  if(folder STREQUAL "lint" AND NOT HYPSIM_SANITIZER STREQUAL "none")
    continue() # the sanitizers add variables of their own to the libraries that lint.globals reads
  endif()
  file(GLOB scripts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${folder}/*.sh)
  foreach(script ${scripts})
    get_filename_component(stem ${script} NAME_WE)
    hypsim_test(${folder}.${stem} ${folder} 300 "${test_env}" sh ${script})
  endforeach()
endforeach()
set(test_cwd ${CMAKE_BINARY_DIR})
# A lint plants each violation in a copy of the tree, one after the other.
if(TEST lint.selftest)
  set_tests_properties(lint.selftest PROPERTIES TIMEOUT 900)
endif()
# ctest -L page: those of pages for a browser
foreach(name cli.log_report cli.pairs_html)
  if(TEST ${name})
    set_property(TEST ${name} APPEND PROPERTY LABELS page)
  endif()
endforeach()

foreach(verdict good bad)
  file(GLOB logs CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/logs/${verdict}/*.log)
  foreach(log ${logs})
    get_filename_component(stem ${log} NAME_WE)
    hypsim_test(log.${verdict}.${stem} log 60 "${test_env}" sh ${CMAKE_SOURCE_DIR}/tests/logs/run.sh ${log})
  endforeach()
endforeach()

file(GLOB extra CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/cmake/tests_*.cmake)
foreach(part ${extra})
  include(${part})
endforeach()
hypsim_write_forms()
