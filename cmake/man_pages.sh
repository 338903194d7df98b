#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# man_pages.sh HYPSIM FOLDER: pages of all commands into FOLDER.  That of hypsim check is that of the program hypsim-check, too.
set -eu
hypsim=$1 folder=$2
mkdir -p "$folder"

# commands PROGRAM...: names that its list of commands has.
commands() {
	"$@" --help | sed -n 's/^  \([a-z][a-z-]*\)  *[^ ].*/\1/p'
}

"$hypsim" --man >"$folder/hypsim.1"
for command in $(commands "$hypsim"); do
	"$hypsim" "$command" --man >"$folder/hypsim-$command.1"
done
for command in $(commands "$hypsim" log); do
	"$hypsim" log "$command" --man >"$folder/hypsim-log-$command.1"
done
echo "man pages: $folder"
