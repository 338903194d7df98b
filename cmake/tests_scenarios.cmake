# SPDX-License-Identifier: GPL-2.0-only
# Each scenario of the hypervisor (a file of scenarios/ that says KIT_SCENARIO, or whose report is the kit's) is ctest "scenario.NAME".
file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/scenarios/*.c)
foreach(source ${sources})
  file(STRINGS ${source} is_one REGEX "^\t(KIT_SCENARIO|\\.report = kit_report),$")
  if(is_one)
    get_filename_component(stem ${source} NAME_WE)
    string(REPLACE "_" "-" name ${stem})
    hypsim_test(scenario.${name} scenario 600 "${test_env}" sh ${CMAKE_SOURCE_DIR}/tests/scenarios/run.sh ${name})
  endif()
endforeach()
# And what they reach together.
hypsim_test(scenario.pairs scenario 1800 "${test_env}" sh ${CMAKE_SOURCE_DIR}/tests/scenarios/pairs.sh)
hypsim_test(scenario.coverage scenario 600 "${test_env}" sh ${CMAKE_SOURCE_DIR}/tests/scenarios/coverage.sh)
