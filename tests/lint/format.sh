#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# clang-format would change nothing.
. "$(dirname "$0")/lib"

command -v clang-format >/dev/null 2>&1 || {
	echo "clang-format is missing: ./dev test installs it"
	exit 1
}
# shellcheck disable=SC2119
c_files | xargs clang-format --dry-run -Werror 2>&1 | verdict
