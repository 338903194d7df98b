# SPDX-License-Identifier: GPL-2.0-only
# For corpus.sh: rows of the list (-v list=FILE), headers of the patches, and what both name; fields are the cells of a row.

# Does @file say of @what what the list says?
function same(file, what, says, row)
{
	if (says != row)
		print file ": " what " \"" says "\", " list " says \"" row "\""
}
function one(file, name)
{
	if (n[file, name] != 1)
		print file ": not one line \"# " name ": \""
}
function row(id, mode, checks, patch)
{
	if (id in rows)
		print list ": " id " comes twice"
	rows[id]
	if (id !~ /^(M[0-9][0-9][0-9]?|A[0-9][0-9])$/)
		print list ": " id ": this is no number of a mutant"
	if (mode !~ /^[STR2](,[STR2])*$/)
		print list ": " id ": there is no mode " mode
	if (patch ~ /^left out: ./)
		return
	if (checks !~ "^" clause "(, " clause ")*$")
		print list ": " id ": checks are clauses and their names, or checks without a clause, with commas: " checks
	if (patch !~ /[.]patch$/)
		print list ": " id ": neither a patch nor \"left out: REASON\""
	patch_of[id] = "tests/mutants/" patch
	id_of[patch_of[id]] = id
	mode_of[id] = mode
	checks_of[id] = checks
}
# What a workload names: a scenario, or a script.
function workload(file, what, word, words)
{
	words = split(what, word, " ")
	if (what ~ /^hypsim run / && !(word[3] in scenario))
		print file ": workload: no scenario " word[3]
	else if (what ~ /^hypsim exec / && (getline said <word[words]) < 0)
		print file ": workload: no script " word[words]
	else if (what !~ /^hypsim (run|exec) /)
		print file ": workload: neither \"hypsim run SCENARIO\" nor \"hypsim exec SCRIPT\""
}
BEGIN { clause = "([SPWXLDO][0-9]+|N|refine|composite|contents)( [A-Za-z0-9_=-]+)*" }
FILENAME ~ /[.]def$/ && /^SCENARIO[(]/ {
	gsub(/SCENARIO[(]|[)].*/, "")
	gsub(/_/, "-")
	scenario[$0]
}
FILENAME ~ /[.]md$/ { told[$2] }
FILENAME == list && !/^#/ { row($1, $2, $3, $4) }
FILENAME !~ /[.]patch$/ { next }
FNR == 1 { file[++files] = FILENAME; body = 0 }
/^(---|[+][+][+]) [ab]\// {
	body = 1
	name = substr($0, 7)
	if (name !~ /^(cpu|lock|scenarios|shmem|sim\/(hyp|exec|machine))\// && !((FILENAME, name) in changed)) {
		print FILENAME ": changes " name ", which is not the machine"
		changed[FILENAME, name]
	}
}
body || !/^# / { next }
/^# [a-z]*: / {
	name = $0
	gsub(/^# |: .*/, "", name)
	n[FILENAME, name]++
	value = $0
	sub(/^# [a-z]*: /, "", value)
	says[FILENAME, name] = value
	next
}
FNR > 1 { sentence[FILENAME] }
END {
	for (id in rows)
		if (!(id in told))
			print "docs/mutants.md: no row for " id
	for (i = 1; i <= files; i++) {
		f = file[i]
		if (!(f in sentence))
			print f ": no sentence"
		one(f, "id")
		one(f, "check")
		one(f, "mode")
		one(f, "cpus")
		one(f, "workload")
		if (says[f, "cpus"] !~ /^[1-9][0-9]?$/)
			print f ": cpus is a number"
		workload(f, says[f, "workload"])
		is_there[f]
		if (!(f in id_of)) {
			print f ": no row of " list " has it"
			continue
		}
		id = id_of[f]
		same(f, "id", says[f, "id"], id)
		same(f, "mode", says[f, "mode"], mode_of[id])
		same(f, "check", says[f, "check"], checks_of[id])
	}
	for (id in patch_of)
		if (!(patch_of[id] in is_there))
			print list ": " id ": there is no " patch_of[id] " with an id"
}
