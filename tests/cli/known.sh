# SPDX-License-Identifier: GPL-2.0-only
# What a slip of the published files does is known: told and counted, and it decides nothing, unless --strict is given.  And
# under each verdict, of a run too, stands what was not judged.
. "$SOURCE/tests/cli/kit.inc"

KNOWN="known (errata tlb-invalidate)"

# n_known FILE: how many a JSON result counts of the erratum; nothing: none.
n_known() {
	sed -n 's/.*"known_errata":{"tlb-invalidate":\([0-9]*\)}.*/\1/p' "$1"
}

# Both programs: one access, as published, and strictly.
for check in "$HYPSIM check" "$HYPSIM_CHECK"; do
	expect 0 "one, $check" $check "$SOURCE/tests/logs/good/tlb_stale_known.log"
	says out ": ok, 1 $KNOWN"
	says out "known, erratum tlb-invalidate: 1; the first: TLB_STALE, CPU 0, mark 1 of all: access"
	says out "CPU 0 reached frame 0x210"
	expect 1 "one, strictly, $check" $check --strict "$SOURCE/tests/logs/good/tlb_stale_known.log"
	says out "first violation: TLB_STALE"
	says out ": VIOLATION"
	grep -q "[0-9] known" "$dir/out" && fail "strictly: still known"
	expect 1 "one, as intended, $check" $check --erratum tlb-invalidate=intended "$SOURCE/tests/logs/good/tlb_stale_known.log"
done

# More than the list of findings holds, each in an episode of its own and then one more of the same, and behind them a violation.
{
	echo '#! config {"cpus":1,"machine":true,"errata":{"tlb-invalidate":"published"}}'
	i=0
	while [ $i -lt 200 ]; do
		echo "#! 0 episode $i"
		echo "#! 0 access own stale_buffer 3 0x210 0 NPT:0 4 0"
		echo "#! 0 access own stale_buffer 3 0x211 0 NPT:0 4 0"
		i=$((i + 1))
	done
} >"$dir/many.txt"
expect 0 "many" "$HYPSIM" check "$dir/many.txt"
says out "ok, 400 $KNOWN"
says out "tlb        ok          400 accesses through a buffer, 400 stale, 0 could not be told; 400 known"
{
	cat "$dir/many.txt"
	printf '7 0 INC_TICKET 10\n7 0 GET_NOW\n7 0 HOLD_LOCK\n7 0 OPULL 7\n7 0 INC_NOW\n'
} >"$dir/worse.txt"
expect 1 "many, then a violation" "$HYPSIM" check "$dir/worse.txt"
says out "VIOLATION, 400 $KNOWN"
says out "first violation: PASS_PULLED"
says out ">            4  INC_NOW"
grep -q "^also:" "$dir/out" && fail "$name: a known one is told as a violation"
expect 1 "many, then a violation, JSON" "$HYPSIM" check --json "$dir/worse.txt"
[ "$(n_known "$dir/out")" = 400 ] || fail "$name: $(n_known "$dir/out") known"
says out '"known_findings":[{"check":"tlb","row":"TLB_STALE","lock":null,"cpu":0,"at":1,"index":1,"event":"access","sentence":"'
says out '(erratum tlb-invalidate, published: nothing invalidates)","clauses":"D5","facts":'
says out '"erratum":"tlb-invalidate"'
# As many as there is room for behind the violations.
[ "$(grep -o '"erratum":' "$dir/out" | wc -l)" = 63 ] || fail "$name: $(grep -o '"erratum":' "$dir/out" | wc -l) known ones are listed"
says out '"findings":[{"check":"pull","row":"PASS_PULLED"'
says out '"more_findings":0,"known":400'
expect 1 "many, strictly" "$HYPSIM" check --strict --json "$dir/many.txt"
says out '"more_findings":336,"known":0,"known_errata":{},"known_findings":[]'

# What could not be told is said under the verdict.
printf '#! config {"cpus":1,"machine":true}\n#! 0 episode 0\n#! 0 access own untold_buffer 3 0x210 0 NPT:0 4 5\n' >"$dir/untold.txt"
expect 0 "untold" "$HYPSIM" check "$dir/untold.txt"
says out "1 cases of tlb (could not be told)"

# A run: the same verdict and counts after it, while it lasts, and from its log; a violation in the log comes first.
ops=20000
[ "$SANITIZER" = none ] || ops=2000
for when in after online; do
	for seed in $(seq 16); do
		expect 0 "run, $when" "$HYPSIM" run storm --cpus 4 --ops $ops --seed $seed --tlb --errata intended --erratum tlb-invalidate=published -o access=400 -o panics=0 --check $when --log "$dir/log"
		grep -q "^verdict: nothing found, [0-9]* $KNOWN\$" "$dir/out" && break
	done
	says out "$KNOWN"
	says out "known, erratum tlb-invalidate: "
	known=$(sed -n "s/^verdict: nothing found, \([0-9]*\) known.*/\1/p" "$dir/out")
	expect 0 "its log, $when" "$HYPSIM" check --json "$dir/log"
	[ "$(n_known "$dir/out")" = "$known" ] || fail "$name: $(n_known "$dir/out") known, not $known"
	expect 1 "its log, strictly, $when" "$HYPSIM" check --quiet --strict "$dir/log"
	for seed in $(seq 16); do
		"$HYPSIM" run storm --cpus 4 --ops $ops --seed $seed --tlb --errata intended --erratum tlb-invalidate=published -o access=400 -o panics=0 --check $when --strict --json >"$dir/out" 2>"$dir/err"
		got=$?
		[ $got = 0 ] || break
	done
	name="run, strictly, $when"
	[ $got = 1 ] || fail "$name: exit status $got, expected 1"
	says out '"verdict":"violation"'
	# Where nothing is known the invalidation that is missing is one as well, and ends the run before an access may show it.
	grep -qE '"row":"(TLB_STALE|INVALIDATION_MISSING)"' "$dir/out" || fail "$name: not found"
done
expect 0 "as text" "$HYPSIM" log convert "$dir/log" "$dir/text"
line=$(grep -n ' ONPT ' "$dir/text" | tail -1 | sed 's/:.*//')
sed "${line}d" "$dir/text" >"$dir/worse.txt"
expect 1 "known ones, then a push less" "$HYPSIM" check "$dir/worse.txt"
# The push that is missing may itself have been a known one.
grep -qF -e "VIOLATION, $known $KNOWN" -e "VIOLATION, $((known - 1)) $KNOWN" "$dir/out" ||
	fail "$name: not $known known, nor one less: $(head -1 "$dir/out")"
says out "first violation: PASS_PULLED"
expect 2 "--strict without a verdict" "$HYPSIM" run storm --strict --check off
says err "--strict"

# Under a run's verdict: what was not judged; in it: that the CPUs never met.
for when in after online; do
	expect 0 "alone, $when" "$HYPSIM" run lock-storm --cpus 1 --ops 100 --check $when
	says out "verdict: nothing found, but no lock was contended"
	says out "not judged: "
	says out "tlb (log has no translation buffers)"
done
expect 0 "JSON, alone" "$HYPSIM" run lock-storm --cpus 1 --ops 100 --json
says out '"contended":0'
expect 1 "a violation" "$HYPSIM" run deadlock
tail -2 "$dir/out" | grep -q "^verdict: VIOLATION" || fail "$name: no verdict"
tail -1 "$dir/out" | grep -q "^not judged: " || fail "$name: not what was not judged"
grep -q "no lock was contended" "$dir/out" && fail "$name: contended, and not"
expect 0 "not judged" "$HYPSIM" run lock-storm --cpus 2 --ops 100 --check off
tail -1 "$dir/out" | grep -q "^verdict: not judged (--check off)" || fail "$name: $(tail -1 "$dir/out")"
finish
