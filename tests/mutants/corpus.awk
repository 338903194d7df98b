# SPDX-License-Identifier: GPL-2.0-only
# The row of one bug, for corpus.sh: files are what its runs said, in JSON, or in text if it is a script, and behind that a line
# "status S seconds T".  -v id, bug, mode, checks: the clauses that must name it, each with its name, with commas; all_checks: "CHECK=CLAUSES;"...;
# two: by whom and by which observation two runs must name it, "" for a bug that they need not
# Exit status 1: too few of its runs have a finding of one of them.

# The clauses that a rule of a stuck call is.
function rule_is(rule)
{
	if (rule == "STUCK_NOT_PULLED")
		return "D1"
	if (rule == "STUCK_BARRIER")
		return "D2"
	if (rule == "STUCK_TSTATE")
		return "D4"
	if (rule ~ /^STUCK_LOCK_/)
		return "L6"
	if (rule == "STUCK_LOG_QUEUE")
		return "L1 L2"
	return ""
}
function value(object, key, text)
{
	if (!match(object, "\"" key "\":\"[^\"]*\""))
		return ""
	text = substr(object, RSTART, RLENGTH)
	sub("^\"" key "\":\"", "", text)
	sub("\"$", "", text)
	return text
}
function number(object, key, text)
{
	if (!match(object, "\"" key "\":[0-9]+"))
		return ""
	text = substr(object, RSTART, RLENGTH)
	sub(".*:", "", text)
	return text
}
# Is one of the clauses one that must name it?
function is_wanted(clauses, n, word, i)
{
	n = split(clauses, word, " ")
	for (i = 1; i <= n; i++)
		if (word[i] in wanted)
			return 1
	return 0
}
# A finding, by the name of its row, or of the rule of the stuck call.  A check without a clause is its own name.
function take(object, row, clauses, state)
{
	row = value(object, "row")
	clauses = value(object, "clauses")
	if (clauses == "" && match(object, /^:"[a-z_0-9]+"/))
		clauses = substr(object, 3, RLENGTH - 3)
	state = value(object, "state")
	# a rank that is lost or doubled is L8; a wait for a ticket that does not end is L11
	if (row ~ /^MERGE_/)
		clauses = "L8"
	if (row == "OUTCOME_STALL" && state ~ /ticket/)
		clauses = "L11"
	if (row == "STUCK_CALL" && match(state, /STUCK_[A-Z_]+/)) {
		row = substr(state, RSTART, RLENGTH)
		clauses = rule_is(row)
	}
	if (is_wanted(clauses)) {
		if (!(row in names))
			named_by = named_by (named_by ? ", " : "") row " (" clauses ")"
		names[row]
		if (!hit)
			at = number(object, "index")
		hit = 1
	} else if (!(row in beside)) {
		beside[row]
		also = also (also ? " " : "") row
	}
}
function findings(line, n, object, i)
{
	if (!match(line, /"findings":\[[{].*\],"more_findings"/))
		return
	n = split(substr(line, RSTART, RLENGTH), object, /[[{]"check"/)
	for (i = 2; i <= n; i++)
		take(object[i])
}
# Checks that found something, of which the findings that a report has room for show none.
function verdicts(line, n, object, i, name, has, word)
{
	if (!match(line, /"checks":\[[{].*"findings":/))
		return
	n = split(substr(line, RSTART, RLENGTH), object, /[[{]"check":/)
	for (i = 2; i <= n; i++) {
		if (object[i] !~ /^"[a-z_0-9]+","verdict":"violation"/)
			continue
		split(object[i], word, "\"")
		name = word[2]
		has = name in clauses_of && clauses_of[name] != "" ? clauses_of[name] : name
		if (!is_wanted(has))
			continue
		hit = 1
		if (!index(named_by, "(" has ")"))
			named_by = named_by (named_by ? ", " : "") name " (" has ")"
	}
}
BEGIN {
	n = split(all_checks, list, /;/)
	for (i = 1; i <= n; i++) {
		split(list[i], word, "=")
		clauses_of[word[1]] = word[2]
	}
	n = split(checks, list, /, */)
	for (i = 1; i <= n; i++) {
		split(list[i], word, " ")
		wanted[word[1]]
	}
}
/^[{]"verdict"/ {
	findings($0)
	verdicts($0)
}
!unlike && /: expected / {
	unlike = $0
	sub(/.*: expected/, "the script expected", unlike)
	if (match(unlike, /STUCK_[A-Z_]+/) && is_wanted(rule_is(substr(unlike, RSTART, RLENGTH)))) {
		named_by = substr(unlike, RSTART, RLENGTH) " (" rule_is(substr(unlike, RSTART, RLENGTH)) ")"
		hit = 1
	}
}
/^status [0-9]+ seconds / {
	runs++
	hits += hit
	if (hit && first_time == "") {
		first_at = at
		first_time = sprintf("%.1f s", $4)
	}
	hit = 0
}
END {
	# two.sh demands that two runs name it
	if (!named_by && two) {
		named_by = "two-run: " two
		hits = runs = 1
	}
	row = named_by ? named_by : unlike ? unlike : also ? "by something else" : "not found"
	printf "| %s | %s | %s | %s | %s | %s | %s | %s |\n", id, bug, mode, checks, row, \
		named_by ? hits " of " runs : "", first_at (first_at == "" ? "" : ", ") first_time, also
	if (mode ~ /[ST]/ && hits * 5 < runs * 4)
		exit 1
}
