# SPDX-License-Identifier: GPL-2.0-only
# explored.awk ROWS docs/mutants.md: the page with the rows that explore.sh wrote.
FNR == NR {
	rows[++n_rows] = $0
	next
}
/^[|] bug [|] scope [|]/ {
	print
	getline
	print
	for (i = 1; i <= n_rows; i++)
		print rows[i]
	skip = 1
}
/^$/ { skip = 0 }
!skip
