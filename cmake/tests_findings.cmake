# SPDX-License-Identifier: GPL-2.0-only
# tests/findings/X.hyp is ctest "finding.X": a finding about the published system, reproduced.
file(GLOB scripts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/findings/*.hyp)
foreach(script ${scripts})
  get_filename_component(stem ${script} NAME_WE)
  hypsim_test(finding.${stem} finding 120 "${test_env}" sh ${CMAKE_SOURCE_DIR}/tests/findings/run.sh ${script})
endforeach()
