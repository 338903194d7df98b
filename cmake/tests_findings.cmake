# SPDX-License-Identifier: GPL-2.0-only
# tests/findings/X.hyp is ctest "finding.X": a finding about the published system, reproduced.
file(GLOB scripts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/findings/*.hyp)
foreach(script ${scripts})
  get_filename_component(stem ${script} NAME_WE)
  add_test(NAME finding.${stem} COMMAND sh ${CMAKE_SOURCE_DIR}/tests/findings/run.sh ${script})
  set_tests_properties(finding.${stem} PROPERTIES LABELS finding TIMEOUT 120 ENVIRONMENT "${test_env}")
endforeach()
