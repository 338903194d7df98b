# SPDX-License-Identifier: GPL-2.0-only
# Operations of clash meet: most of the pairs that can come to one object and are not excused (oracle/report/overlap.def), and none of
# the others.  In full, in 2,000,000 operations of four CPUs, all but two, and nine in ten of them 100 times.
. "$SOURCE/tests/cli/kit.inc"
ops=6000 never=100 often=0
[ "$test_form" = short ] || ops=500000 never=2 often=315

# pairs CONDITION: those for which it holds; $1, $2: the operations, $3: how often they met, cannot: 1 for one that is excused
pairs()
{
	awk "{ cannot = /  cannot: /; \$1 = \$1 } $1" "$dir/pairs"
}

expect 0 "clash" "$HYPSIM" run clash --cpus 4 --ops $ops --seed 1 --errata intended --overlaps
says out "verdict: nothing found"
# "  map_io   is_inc_exe   120", and of a pair that is excused "  cannot: why" behind
grep -E '^  [a-z0-9_]+ +[a-z0-9_]+ +[0-9]+(  cannot: .*)?$' "$dir/out" >"$dir/pairs"
all=$(wc -l <"$dir/pairs") excused=$(pairs 'cannot' | wc -l)
[ "$all" -gt 300 ] || fail "$all pairs are told"
[ $((20 * excused)) -le "$all" ] || fail "$excused of $all pairs are excused"
[ -z "$(pairs 'cannot && $3 > 0')" ] || fail "what cannot meet has met: $(pairs 'cannot && $3 > 0')"
[ "$(pairs '!cannot && $3 == 0' | wc -l)" -le $never ] || fail "never met: $(pairs '!cannot && $3 == 0' | tr '\n' ';')"
[ "$(pairs '$3 >= 100' | wc -l)" -ge $often ] || fail "less than 100 times met: $(pairs '!cannot && $3 < 100' | tr '\n' ';')"
finish
