# SPDX-License-Identifier: GPL-2.0-only
# Operations of clash meet: each pair that can come to one object, and is not excused (oracle/report/overlap.def), and none that is.  In
# full each meets 100 times in 2,000,000 operations of four CPUs; in short most of them meet once.
. "$SOURCE/tests/cli/kit.inc"
ops=6000 times=1 missing=100
[ "$test_form" = short ] || ops=500000 times=100 missing=0

expect 0 "clash" "$HYPSIM" run clash --cpus 4 --ops $ops --seed 1 --errata intended --overlaps
says out "verdict: nothing found"
# "  map_io   is_inc_exe   120", and of a pair that is excused "  cannot: why" behind
grep -E '^  [a-z0-9_]+ +[a-z0-9_]+ +[0-9]+(  cannot: .*)?$' "$dir/out" >"$dir/pairs"
[ "$(wc -l <"$dir/pairs")" -gt 300 ] || fail "$(wc -l <"$dir/pairs") pairs are told"
awk '/  cannot: / && $3 > 0' "$dir/pairs" >"$dir/wrong"
[ ! -s "$dir/wrong" ] || fail "what cannot meet has met: $(cat "$dir/wrong")"
awk -v times=$times '!/  cannot: / && $3 < times' "$dir/pairs" >"$dir/seldom"
[ "$(wc -l <"$dir/seldom")" -le $missing ] || fail "less than $times times met: $(tr -s ' ' <"$dir/seldom" | tr '\n' ';')"
excused=$(grep -c '  cannot: ' "$dir/pairs")
[ $((20 * excused)) -le "$(wc -l <"$dir/pairs")" ] || fail "$excused pairs are excused"
finish
