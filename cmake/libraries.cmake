# SPDX-License-Identifier: GPL-2.0-only
# What others link: libhypsim-log and libhypsim-check, of the nodes that they need and of nothing else.  Only what include/hypsim/
# declares is visible (tests/cli/libraries.sh has the list); no binary interface is promised, so each version has a name of its own.
include(CMakePackageConfigHelpers)

foreach(node base obj log logwrite logread logtext oracle cal world spec check results report)
  get_target_property(kind ${node} TYPE)
  if(kind STREQUAL "STATIC_LIBRARY")
    set_target_properties(${node} PROPERTIES POSITION_INDEPENDENT_CODE ON C_VISIBILITY_PRESET hidden)
  endif()
endforeach()

# From where a .pc file lies to the prefix: what is installed can be moved.
file(RELATIVE_PATH HYPSIM_PC_UP /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)

# hypsim_library(PART SOURCE LINKS...): libhypsim-PART, hypsim::PART of the CMake package.
function(hypsim_library part source)
  set(name libhypsim-${part})
  add_library(${name} SHARED ${source})
  target_link_libraries(${name} PRIVATE hypsim_flags ${ARGN})
  target_include_directories(${name} INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  set_target_properties(${name} PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION} C_VISIBILITY_PRESET hidden
    OUTPUT_NAME hypsim-${part} EXPORT_NAME ${part})
  install(TARGETS ${name} EXPORT hypsim LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
  configure_file(${CMAKE_SOURCE_DIR}/cmake/hypsim.pc.in ${CMAKE_BINARY_DIR}/hypsim-${part}.pc @ONLY)
  install(FILES ${CMAKE_BINARY_DIR}/hypsim-${part}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()

set(HYPSIM_PC_SUMMARY "logs of the locks of a program, to be judged by hypsim")
hypsim_library(log sim/lib/log_lib.c logwrite log obj base)
set(HYPSIM_PC_SUMMARY "hypsim's judgement of a log")
hypsim_library(check oracle/lib/check_lib.c report results check cal spec world oracle logtext logread log obj base)

install(EXPORT hypsim NAMESPACE hypsim:: FILE hypsim-targets.cmake DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/hypsim)
configure_package_config_file(${CMAKE_SOURCE_DIR}/cmake/hypsim-config.cmake.in ${CMAKE_BINARY_DIR}/hypsim-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/hypsim)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/hypsim-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/hypsim-config.cmake ${CMAKE_BINARY_DIR}/hypsim-config-version.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/hypsim)
