# SPDX-License-Identifier: GPL-2.0-only
# tests/mutants/X.patch is ctest "mutant.X", in the preset that its line "# preset:" names (release if it has none); the
# preset of a build is the name of its folder.
get_filename_component(this_preset ${CMAKE_BINARY_DIR} NAME)
file(GLOB patches CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/mutants/*.patch)
foreach(patch ${patches})
  get_filename_component(stem ${patch} NAME_WE)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${patch})
  file(STRINGS ${patch} preset REGEX "^# preset: ")
  string(REPLACE "# preset: " "" preset "${preset}")
  if(NOT preset)
    set(preset release)
  endif()
  if(preset STREQUAL this_preset)
    add_test(NAME mutant.${stem} COMMAND sh ${CMAKE_SOURCE_DIR}/tests/mutants/run.sh ${stem})
    set_tests_properties(mutant.${stem} PROPERTIES LABELS mutant RUN_SERIAL TRUE TIMEOUT 900 ENVIRONMENT "${test_env}")
  endif()
endforeach()
