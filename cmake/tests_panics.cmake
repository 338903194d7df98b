# SPDX-License-Identifier: GPL-2.0-only
# tests/panics/X.hyp is ctest "panic.X": reasons of sim/log/panic.def, each tripped, with its values.
file(GLOB scripts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/panics/*.hyp)
foreach(script ${scripts})
  get_filename_component(stem ${script} NAME_WE)
  hypsim_test(panic.${stem} panic 60 "" hypsim exec ${script})
endforeach()
