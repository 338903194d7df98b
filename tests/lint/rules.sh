# SPDX-License-Identifier: GPL-2.0-only
# Every row at which a fold is None has a log that breaks it, tests/logs/bad/ROW.log, and no log outlives its row.
set -u
cd "${SOURCE:-.}" || exit 3
rows=$(sed -n 's/^ROW(\([A-Z0-9_]*\),.*/\1/p' oracle/cal/*.def)
bad=0

[ -n "$rows" ] || { echo "oracle/cal/*.def: no rows"; bad=1; }
for row in $rows; do
	log=tests/logs/bad/$row.log
	if [ ! -f "$log" ]; then
		echo "$row: $log is missing"
		bad=1
	elif ! head -n 1 "$log" | grep -q "^# expect: $row at [0-9][0-9]*$"; then
		echo "$log: the first line is not '# expect: $row at N'"
		bad=1
	fi
done
for log in tests/logs/bad/[TQHR]_*.log; do
	row=$(basename "$log" .log)
	printf '%s\n' $rows | grep -qx "$row" || { echo "$log: no row $row"; bad=1; }
done
exit $bad
