# SPDX-License-Identifier: GPL-2.0-only
# tests/scopes/X.hyp is ctest "scope.X": a scope on a booted machine.
add_executable(scope_file ${CMAKE_SOURCE_DIR}/tests/scopes/scope_file.c)
target_link_libraries(scope_file PRIVATE testkit)
file(GLOB scripts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/scopes/*.hyp)
foreach(script ${scripts})
  get_filename_component(stem ${script} NAME_WE)
  hypsim_test(scope.${stem} scope 120 "${test_env};SCOPE_FILE=$<TARGET_FILE:scope_file>" sh ${CMAKE_SOURCE_DIR}/tests/scopes/run.sh ${script})
endforeach()
