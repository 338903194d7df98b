# SPDX-License-Identifier: GPL-2.0-only
# tests/errata/X.hyp is ctest "errata.X": a script whose expectations all hold, and which fails with the erratum turned round.
file(GLOB scripts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/errata/*.hyp)
foreach(script ${scripts})
  get_filename_component(stem ${script} NAME_WE)
  hypsim_test(errata.${stem} errata 60 "${test_env}" sh ${CMAKE_SOURCE_DIR}/tests/errata/run.sh ${script})
endforeach()
