# SPDX-License-Identifier: GPL-2.0-only
# cpack -G DEB: the Debian package hypsim, of what cmake --install installs.  Whoever gives packages to others says who answers for them:
# -DHYPSIM_MAINTAINER="NAME <ADDRESS>".
set(HYPSIM_MAINTAINER "hypsim <hypsim@example.org>" CACHE STRING "who answers for the Debian package: NAME <ADDRESS>")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME hypsim)
set(CPACK_PACKAGE_CONTACT "${HYPSIM_MAINTAINER}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "simulator of SeKVM's abstract machine for concurrency testing")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Simulated CPUs, each a thread, take real ticket locks around shared objects:
page tables, page ownership, VM records.  Every step is logged as an event
of SeKVM's published proofs, and a checker judges the log by the proofs' own
functions.  Schedules of small programs are explored, logs are looked at,
and locks are measured.")
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
# What is asked for by an option: graphs, plots, a debugger, pages of a terminal.
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "gdb, gnuplot-nox, graphviz, less")
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_SOURCE_DIR}/cmake/package_files.cmake)
include(CPack)
