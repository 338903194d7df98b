# SPDX-License-Identifier: GPL-2.0-only
# Every script of tests/ is judged: tests/FOLDER/X.hyp is ctest "judged.FOLDER.X", whose row is in tests/judged/table.txt.
file(GLOB_RECURSE scripts CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/tests/*.hyp)
set(test_cwd ${CMAKE_SOURCE_DIR})
foreach(script ${scripts})
  string(REGEX REPLACE "^tests/(.*)\\.hyp$" "\\1" short ${script})
  string(REPLACE "/" "." short ${short})
  hypsim_test(judged.${short} judged 60 "${test_env}" sh ${CMAKE_SOURCE_DIR}/tests/judged/run.sh ${script})
endforeach()
set(test_cwd ${CMAKE_BINARY_DIR})
