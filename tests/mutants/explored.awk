# SPDX-License-Identifier: GPL-2.0-only
# explored.awk -v head=TEXT ROWS docs/mutants.md: the page with the rows that explore.sh or drawn.sh wrote, in the table whose first line begins
# with TEXT.
FNR == NR {
	rows[++n_rows] = $0
	next
}
substr($0, 1, length(head)) == head {
	print
	getline
	print
	for (i = 1; i <= n_rows; i++)
		print rows[i]
	skip = 1
}
/^$/ { skip = 0 }
!skip
