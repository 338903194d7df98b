#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Each row of a check has a log that breaks it, tests/logs/bad/ROW.log, or a test in tests/unit that names it; and each
# bad log, ROW.log or ROW-WHICH.log, names a row that there is.
. "$(dirname "$0")/lib"

# Nothing can be appended to a row's name by accident: the names are whole words in both lists.
{
	sed -n 's/^ROW([A-Z0-9_]*, *\([A-Z_]*\),.*/\1/p' oracle/check/check.def | while read -r row; do
		[ -f "tests/logs/bad/$row.log" ] || grep -qw -e "$row" -e "ROW_$row" tests/unit/*.c ||
			echo "oracle/check/check.def: $row: no log and no test breaks it"
	done
	for log in tests/logs/bad/*.log; do
		row=$(basename "$log" .log)
		row=${row%%-*}
		grep -qw "$row" oracle/check/check.def oracle/cal/*.def ||
			echo "$log: there is no row $row"
		head -1 "$log" | grep -q "^# expect: $row at [0-9]*\$" ||
			echo "$log: the first line does not expect $row"
	done
} | verdict
