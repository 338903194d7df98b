#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# drawn.sh in small, by one bug, strategy and two seeds: what the row names is found; another finding is none; calls that are not drawn are told.
set -u
SOURCE=${SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
BUILD=${BUILD:-$SOURCE/build/release}
export SOURCE BUILD
mkdir -p "$BUILD/mutants"
to=$BUILD/mutants/drawn
failed=0

fail()
{
	echo "drawn: $*" >&2
	failed=1
}

# The bug's row; the same with a finding that does not come, with calls that three CPUs cannot have, and with calls that there are not.
row=$(grep '^M12 | effect | two-sections.hyp | deadlock | \*+\* |' "$SOURCE/tests/mutants/explore.txt") || fail "tests/mutants/explore.txt has another row"
{
	echo "$row"
	echo "M12 | effect | two-sections.hyp | HOST_ISO | *+* | | planted"
	echo "M12 | effect | two-sections.hyp | deadlock | *+*+*+* | | planted"
	echo "M12 | effect | two-sections.hyp | deadlock | planted | | planted"
} >"$to.list"
LIST=$to.list sh "$SOURCE/tests/mutants/drawn.sh" --strategies pos --seeds 2 --executions 20 M12 >"$to.rows" 2>"$to.err"
got=$?
[ $got -eq 1 ] || fail "status $got, expected 1"
[ "$(grep -c '^| M12 | deadlock | [0-9]* | [0-9.]* (2) |$' "$to.rows")" -eq 1 ] || fail "not found with both seeds"
grep -q '^| M12 | HOST_ISO | [0-9]* | - (0) |$' "$to.rows" || fail "another finding counts as HOST_ISO"
grep -q 'HOST_ISO by pos: with 0 of 2 seeds$' "$to.err" || fail "that HOST_ISO is not found is no failure"
for job in 1 2; do
	grep -q '"deadlock":[1-9]' "$BUILD/mutants/explore.out.$job" || fail "the search for HOST_ISO has no other finding"
done
grep -q '^seldom | M12 | deadlock | 0 | - |$' "$to.rows" || fail "calls that are not drawn are not told"
grep -q 'found "planted"' "$to.err" || fail "calls that there are not are no failure"
[ $failed -eq 0 ] || cat "$to.rows" "$to.err" >&2
exit $failed
