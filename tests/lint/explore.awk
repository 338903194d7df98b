# SPDX-License-Identifier: GPL-2.0-only
# For corpus.sh: does each bug of the corpus (-v corpus=FILE) have its row of the table (-v list=FILE) that says whether it needs an
# interleaving, each such row a scope, and each scope a row, or a patch that searches it?  Fields are the cells of a row; scopes and patches are
# read as well.

function bad(what)
{
	print list ": " $1 ": " what
}
BEGIN {
	split("run cpus order hidden effect -", word, " ")
	for (i in word)
		needs[word[i]]
}
FILENAME ~ /[.]hyp$/ {
	name = FILENAME
	sub(/.*\//, "", name)
	file[name]
	next
}
FILENAME ~ /[.]patch$/ {
	if (/^# run: / && match($0, /scopes\/[a-z0-9-]+[.]hyp/))
		used[substr($0, RSTART + 7, RLENGTH - 7)]
	next
}
FILENAME == corpus {
	if (/^[MA][0-9]/)
		left[$1] = $4 ~ /^left out/
	next
}
/^#/ || NF == 0 { next }
NF != 7 || $7 == "" {
	bad("seven cells: ids, what they need, scope, what is found, what must be drawn, form, why")
	next
}
!($2 in needs) { bad("there is no need " $2) }
$6 !~ /^(SHORT)?$/ { bad("the form is SHORT or nothing") }
($2 ~ /^(cpus|order|effect)$/) != ($3 ~ /^[a-z0-9-]+[.]hyp( --.*)?$/) || ($3 == "-") != ($4 == "-") || ($3 == "-") != ($5 == "-") {
	bad("a scope, what is found there, and what must be drawn, have those that need CPUs, an order, or an order for their effect")
}
{
	n = split($3, part, " ")
	if (n)
		used[part[1]]
	n = split($1, id, " ")
	for (i = 1; i <= n; i++) {
		if (!(id[i] in left))
			bad("no row of " corpus " has " id[i])
		else if (left[id[i]] != ($2 == "-"))
			bad(id[i] " is left out in one of the two lists")
		if ($2 != "effect" && rows[id[i]]++)
			bad(id[i] " comes twice")
	}
}
END {
	for (i in left)
		if (!(i in rows))
			print list ": no row for " i
	for (name in used)
		if (name != "-" && !(name in file))
			print list ": there is no tests/mutants/scopes/" name
	for (name in file)
		if (!(name in used))
			print "tests/mutants/scopes/" name ": no row of " list ", and no patch, names it"
}
