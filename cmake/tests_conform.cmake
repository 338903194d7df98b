# SPDX-License-Identifier: GPL-2.0-only
# The folds against recorded vectors.
add_executable(conform tests/conform/conform.c tests/conform/record.c tests/conform/tokens.c)
target_link_libraries(conform PRIVATE cal PkgConfig::JANSSON)

add_test(NAME conform.vectors
  COMMAND conform ${CMAKE_SOURCE_DIR}/tests/data/logs.jsonl ${CMAKE_SOURCE_DIR}/tests/data/waits.jsonl)
add_test(NAME conform.can_fail COMMAND sh ${CMAKE_SOURCE_DIR}/tests/conform/can_fail.sh)
set_tests_properties(conform.vectors conform.can_fail PROPERTIES LABELS conform TIMEOUT 300
  ENVIRONMENT "CONFORM=$<TARGET_FILE:conform>;SOURCE=${CMAKE_SOURCE_DIR}")
