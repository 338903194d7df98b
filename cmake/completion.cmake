# SPDX-License-Identifier: GPL-2.0-only
# cmake --install: completion for bash and zsh, of the options that the program itself has.
install(CODE "
  execute_process(
    COMMAND sh ${CMAKE_SOURCE_DIR}/cmake/completion/make.sh $<TARGET_FILE:hypsim>
            \$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}
    COMMAND_ERROR_IS_FATAL ANY)")
