# SPDX-License-Identifier: GPL-2.0-only
# By cpack, when the package's files are in a folder and before they are packed: what only a package has.
set(root ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr/share)
set(doc ${root}/doc/${CPACK_PACKAGE_NAME})

# Dates are that of SOURCE_DATE_EPOCH, if it is set.
string(TIMESTAMP year "%Y" UTC)
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)

function(compressed)
  execute_process(COMMAND gzip -9n ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(WRITE ${doc}/copyright
"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: hypsim
Upstream-Contact: ${CPACK_PACKAGE_CONTACT}

Files: *
Copyright: ${year} the authors of hypsim
License: GPL-2.0-only
 Each file says so in its first lines (SPDX-License-Identifier).  On Debian
 systems the text of the license is in /usr/share/common-licenses/GPL-2.
")
file(WRITE ${doc}/changelog.Debian
"${CPACK_PACKAGE_NAME} (${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}) unstable; urgency=medium

  * Packed from the sources of version ${CPACK_PACKAGE_VERSION}.

 -- ${CPACK_PACKAGE_CONTACT}  ${date}
")
# Debian's zsh looks for functions of packages there.
file(RENAME ${root}/zsh/site-functions ${root}/zsh/vendor-completions)

file(GLOB pages ${root}/man/man1/*.1)
compressed(${doc}/changelog.Debian ${pages})
file(CHMOD ${doc}/copyright ${doc}/changelog.Debian.gz
  PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
