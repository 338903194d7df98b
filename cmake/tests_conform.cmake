# SPDX-License-Identifier: GPL-2.0-only
# The folds, the primitives and the lock layers against recorded vectors.
file(GLOB conform_srcs CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/conform/*.c)
set(conform_libs exec machine shmem lock cpu cal log base PkgConfig::JANSSON)
add_executable(conform ${conform_srcs})
target_link_libraries(conform PRIVATE ${conform_libs})

foreach(vectors logs waits prims layers specx)
  add_test(NAME conform.${vectors} COMMAND conform ${CMAKE_SOURCE_DIR}/tests/data/${vectors}.jsonl)
  list(APPEND conform_tests conform.${vectors})
endforeach()
foreach(script can_fail)
  add_test(NAME conform.${script} COMMAND sh ${CMAKE_SOURCE_DIR}/tests/conform/${script}.sh)
  list(APPEND conform_tests conform.${script})
endforeach()
set_tests_properties(${conform_tests} PROPERTIES LABELS conform TIMEOUT 300
  ENVIRONMENT "CONFORM=$<TARGET_FILE:conform>;SOURCE=${CMAKE_SOURCE_DIR}")
