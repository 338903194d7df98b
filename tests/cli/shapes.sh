# SPDX-License-Identifier: GPL-2.0-only
# hypsim explore of the classic shapes: what is found of each is what its scope expects, and nothing is when it is mended.
. "$SOURCE/tests/cli/kit.inc"

while read -r shape found n classes mended; do
	expect 0 "$shape" "$HYPSIM" explore "$shape" --require complete
	says out "$classes executions, $classes classes, 0 redundant, 0 blocked, complete"
	says out "found: $found in $n of $classes executions"
	says out "verdict: as expected (expected: $found"
	expect 0 "$shape, mended" "$HYPSIM" explore "$shape" -o mended=1 --require complete
	says out "$mended executions, $mended classes, 0 redundant, 0 blocked, complete"
	says out "verdict: as expected (expected: clean)"
done <<'END'
wronglock expect 96 120 24
twostage expect 1 3 2
carter deadlock 2 4 6
reorder-3 expect 12 56 6
account expect 2 6 6
bluetooth expect 1 10 9
philosophers deadlock 1 7 6
END

# A size, which is a name's or an option's.
expect 0 "twostage, three CPUs" "$HYPSIM" explore twostage -o cpus=3
says out "found: expect in 8 of 28 executions"
"$HYPSIM" explore reorder-10 --print >"$dir/ten"
"$HYPSIM" explore reorder -o cpus=10 --print >"$dir/cpus"
cmp -s "$dir/ten" "$dir/cpus" || fail "reorder-10 is not reorder with 10 CPUs"
grep -qx 'expect classes 75478285209600' "$dir/ten" || fail "reorder-10: no number of classes"
expect 2 "a size of reorder-10" "$HYPSIM" explore reorder-10 -o cpus=9
says err 'scope reorder-10: expected mended=1, found "cpus=9"'
expect 2 "sections" "$HYPSIM" explore carter -o sections=2
expect 2 "half mended" "$HYPSIM" explore carter -o mended=2
says err 'scope carter: mended: expected a number 0..1, found "2"'
expect 2 "nothing to mend" "$HYPSIM" explore split -o mended=1

# The largest ones, where dfs does not come to an end, are found by what draws.
expect 0 "reorder-60" "$HYPSIM" explore reorder-60 --strategy feedback --executions 40 --check off --seed 1
says out "found: expect in "
says out "verdict: as expected, NOT complete (expected: expect)"
finish
