# SPDX-License-Identifier: GPL-2.0-only
# table.awk ROWS docs/mutants.md: the page with the rows that corpus.sh wrote, and how many bugs are named.
function count(kind)
{
	n[kind]++
	ids[kind] = ids[kind] " " cell[2]
}
FNR == NR {
	rows[++n_rows] = $0
	split($0, cell, / *[|] */)
	if (cell[6] ~ /^left out/)
		count("left out")
	else if (split(cell[7], hits, " of ") == 2 && hits[1] * 5 >= hits[2] * 4)
		count("named (with five seeds: in four of them)")
	else if (cell[7] != "")
		count("named in fewer")
	else if (cell[6] ~ /^the script/)
		count("only a script's expectation fails")
	else if (cell[6] == "not found")
		count("not found")
	else if (cell[6] == "by something else")
		count("found by something else: a scenario's picture of the outcome, a range that is refused, a stall")
	else
		count("does not apply or compile")
	next
}
/^[|] id [|]/ {
	print "| id | the bug | mode | must be named by | named by | seeds | at | also found |"
	print "|---|---|---|---|---|---|---|---|"
	for (i = 1; i <= n_rows; i++)
		print rows[i]
	skip = 1
}
/^[|] [|] bugs [|]/ {
	print
	print "|---|---|---|"
	k = split("named (with five seeds: in four of them);named in fewer;found by something else: a scenario's picture of the outcome, " \
		"a range that is refused, a stall;only a script's expectation fails;not found;left out;does not apply or compile", kinds, ";")
	for (i = 1; i <= k; i++)
		if (n[kinds[i]])
			print "| " kinds[i] " | " n[kinds[i]] " |" ids[kinds[i]] " |"
	skip = 1
}
/^$/ { skip = 0 }
!skip
