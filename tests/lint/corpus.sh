#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The bugs that the judge must find: each row of tests/mutants/corpus.txt has its patch, or says why there is none; patch and row
# say the same; each patch has all its fields, changes only the machine, or what takes the place of its other CPUs in a script,
# and applies to the sources as they are, as those that two runs must name do (tests/mutants/two.txt).  Each row is one of the table of docs/mutants.md.
# tests/mutants/explore.txt says of each whether it needs an interleaving, and names the scopes of tests/mutants/scopes.
. "$(dirname "$0")/lib"
list=tests/mutants/corpus.txt
patches=$(ls tests/mutants/corpus/*.patch; grep -l '^# id: ' tests/mutants/*.patch)

{
	# shellcheck disable=SC2086  # a list of names
	awk -F ' *[|] *' -v list=$list -f "$here/corpus.awk" scenarios/scenarios.def docs/mutants.md $list $patches
	awk -F ' *[|] *' -v list=tests/mutants/explore.txt -v corpus=$list -f "$here/explore.awk" $list tests/mutants/scopes/*.hyp tests/mutants/*.patch tests/mutants/explore.txt
	for patch in $patches tests/mutants/two/*.patch; do
		patch -p1 -F0 -s -f --dry-run <"$patch" >/dev/null 2>&1 || echo "$patch: does not apply"
	done
	for patch in tests/mutants/two/*.patch; do
		grep -q "^two/$(basename "$patch") " tests/mutants/two.txt || echo "$patch: no row of tests/mutants/two.txt names it"
	done
} | verdict
