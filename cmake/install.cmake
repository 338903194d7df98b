# SPDX-License-Identifier: GPL-2.0-only
# cmake --install: the programs, what a lock of one's own includes (hypsim bench lock --lock), and a page for man of each command, which the program itself writes.
include(GNUInstallDirs)
install(TARGETS hypsim hypsim-check RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY include/hypsim DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(CODE "
  execute_process(
    COMMAND sh ${CMAKE_SOURCE_DIR}/cmake/man_pages.sh $<TARGET_FILE:hypsim>
            \$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_MANDIR}/man1
    COMMAND_ERROR_IS_FATAL ANY)")
include(cmake/completion.cmake)
include(cmake/package.cmake)
