# SPDX-License-Identifier: GPL-2.0-only
# Each scope of tests/mutants/scopes, on which hypsim explore finds a bug of the corpus, is clean without it: made CPU by CPU, and in
# every schedule.
. "$SOURCE/tests/cli/kit.inc"
for scope in "$SOURCE"/tests/mutants/scopes/*.hyp; do
	head -n 1 "$scope" | grep -q '^# [A-Z].*' || fail "$scope does not say what it is"
	expect 0 "exec $scope" "$HYPSIM" exec --check "$scope"
	says out "verdict: nothing found"
	expect 0 "explore $scope" "$HYPSIM" explore --require complete "$scope"
	says out ", complete"
	says out "verdict: as expected (expected: clean)"
done
finish
