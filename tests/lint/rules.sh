# SPDX-License-Identifier: GPL-2.0-only
# Every row of a fold has the log that breaks it, named after it and expecting it, and every such log has its row.
rows=$(sed -n 's/^ROW(\([A-Z0-9_]*\),.*$/\1/p' "$SOURCE"/oracle/cal/*.def)
bad=$SOURCE/tests/logs/bad
status=0

[ -n "$rows" ] || { echo "no ROW found in oracle/cal/*.def" >&2; exit 1; }

for row in $rows; do
	if ! [ -f "$bad/$row.log" ]; then
		echo "$row: tests/logs/bad/$row.log is missing" >&2
		status=1
	elif ! sed -n 1p "$bad/$row.log" | grep -q "^# expect: $row at [0-9][0-9]*\$"; then
		echo "tests/logs/bad/$row.log: the first line is not '# expect: $row at N'" >&2
		status=1
	fi
done

for log in "$bad"/[TQHR]_*.log; do
	row=$(basename "$log" .log)
	if ! printf '%s\n' "$rows" | grep -qx "$row"; then
		echo "tests/logs/bad/$row.log: no fold has the row $row" >&2
		status=1
	fi
done
exit $status
