# SPDX-License-Identifier: GPL-2.0-only
# The folds, the primitives and the lock layers against recorded vectors.
file(GLOB conform_srcs CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/conform/*.c)
set(conform_libs exec machine shmem lock cpu cal log base PkgConfig::JANSSON)
add_executable(conform ${conform_srcs})
target_link_libraries(conform PRIVATE ${conform_libs})

# The same with functions that can be broken: OFF_BY_ONE, SKIPPED and WRONG_RESULT rows of broken.c.
set(broken ${CMAKE_SOURCE_DIR}/tests/conform/broken/broken.c)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${broken})
file(STRINGS ${broken} rows REGEX "^(OFF_BY_ONE|SKIPPED|WRONG_RESULT)\\(")
foreach(row ${rows})
  string(REGEX REPLACE "^[A-Z_]*\\((u64, |u32, )?([a-z0-9_]*).*" "\\2" name "${row}")
  list(APPEND broken_names ${name})
endforeach()
add_executable(conform_broken ${conform_srcs} ${broken})
target_link_libraries(conform_broken PRIVATE ${conform_libs})
foreach(name ${broken_names})
  target_link_options(conform_broken PRIVATE -Wl,--wrap=${name})
endforeach()
string(REPLACE ";" " " broken_names "${broken_names}")

set(conform_env "CONFORM=$<TARGET_FILE:conform>;CONFORM_BROKEN=$<TARGET_FILE:conform_broken>;CONFORM_JUDGED=$<TARGET_FILE:conform_judged>;BROKEN_NAMES=${broken_names};SOURCE=${CMAKE_SOURCE_DIR}")
foreach(vectors logs waits prims layers specx)
  hypsim_test(conform.${vectors} conform 300 "${conform_env}" conform ${CMAKE_SOURCE_DIR}/tests/data/${vectors}.jsonl)
endforeach()
foreach(script can_fail broken)
  hypsim_test(conform.${script} conform 300 "${conform_env}" sh ${CMAKE_SOURCE_DIR}/tests/conform/${script}.sh)
endforeach()

# Operations of the hypervisor on the starts of the records, judged by refinement.
set(judged_srcs ${CMAKE_SOURCE_DIR}/tests/conform/judged/judged.c)
foreach(src changes contents json params rig start tokens)
  list(APPEND judged_srcs ${CMAKE_SOURCE_DIR}/tests/conform/${src}.c)
endforeach()
add_executable(conform_judged ${judged_srcs})
target_link_libraries(conform_judged PRIVATE report exec machine hyp shmem lock cpu check spec world cal oracle logtext logread logwrite log base PkgConfig::JANSSON)
hypsim_test(conform.judged conform 300 "${conform_env}" conform_judged ${CMAKE_SOURCE_DIR}/tests/data/prims.jsonl ${CMAKE_SOURCE_DIR}/tests/data/layers.jsonl)
