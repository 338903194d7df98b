# SPDX-License-Identifier: GPL-2.0-only
# hypsim log locks, waits, order: of a log whose numbers were reckoned by hand, of a run, of logs that cannot be asked.
. "$SOURCE/tests/cli/kit.inc"

# CPU 0 (alpha) has lock 7 from 110 to 300 and lock 4 within; CPU 1 (beta) asks at 150, CPU 2 (no operation) at 160.
at() {
	printf '#! %s time %s\n%s\n' "$1" "$2" "$3"
}
{
	echo '#! config {"cpus":3,"timestamps":true,"ops":["alpha","beta"]}'
	at 0 90 "#! 0 begin alpha"
	at 0 100 "7 0 INC_TICKET 10"
	at 0 100 "7 0 GET_NOW"
	at 0 110 "7 0 HOLD_LOCK"
	at 1 140 "#! 1 begin beta"
	at 1 150 "7 1 INC_TICKET 10"
	at 1 151 "7 1 GET_NOW"
	at 2 160 "7 2 INC_TICKET 10"
	at 2 161 "7 2 GET_NOW"
	at 0 200 "4 0 INC_TICKET 10"
	at 0 200 "4 0 GET_NOW"
	at 0 210 "4 0 HOLD_LOCK"
	at 0 250 "4 0 INC_NOW"
	at 0 300 "7 0 INC_NOW"
	at 0 305 "#! 0 end"
	at 1 310 "7 1 GET_NOW"
	at 1 310 "7 1 HOLD_LOCK"
	at 1 320 "4 1 INC_TICKET 10"
	at 1 320 "4 1 GET_NOW"
	at 1 330 "4 1 HOLD_LOCK"
	at 1 390 "4 1 INC_NOW"
	at 1 400 "7 1 INC_NOW"
	at 1 405 "#! 1 end"
	at 2 420 "7 2 GET_NOW"
	at 2 420 "7 2 HOLD_LOCK"
	at 2 500 "7 2 INC_NOW"
	at 2 510 "7 2 INC_TICKET 10"
} >"$dir/hand"
expect 0 "by lock" "$HYPSIM" log locks "$dir/hand"
#    name  acquisitions contended hand-overs  wait: min mean p50 p99 max total  hold: the same  depth: mean max  Jain
row() {
	tr -s ' ' <"$dir/out" | sed 's/ $//' | grep -qxF -- "$1" || fail "no row '$1': $(cat "$dir/out")"
}
row "NPT:2 3 2 2 10 143.3 175 260 260 430 80 120 95 190 190 360 1.00 2 1.000"
row "SMMU 2 0 1 10 10 10 10 10 20 40 50 43 60 60 100 0.00 0 0.667"
says out "1 section did not end"
expect 0 "by waiter" "$HYPSIM" log locks --by waiter "$dir/hand"
row "- 1 1 1 260 260 260 260 260 260 80 80 80 80 80 80 2.00 2 0.333"
row "beta 2 1 2 10 85 10 160 160 170 60 75 63 90 90 150 0.50 1 0.333"
row "alpha 2 0 0 10 10 10 10 10 20 40 115 43 190 190 230 0.00 0 0.333"
# While alpha had lock 7 CPU 1 waited from 150 to 300, CPU 2 from 160 to 300; while beta had it CPU 2 from 310 to 400.
expect 0 "by holder" "$HYPSIM" log locks --by holder --lock NPT:2 "$dir/hand"
row "alpha 1 0 0 140 145 143 150 150 290 190 190 190 190 190 190 0.00 0 0.333"
row "beta 1 1 1 90 90 90 90 90 90 90 90 90 90 90 90 1.00 1 0.333"
[ "$(sed -n 3p "$dir/out" | cut -d' ' -f1)" = alpha ] || fail "who made others wait most is not the first"
for sort in wait:NPT:2 hold:NPT:2 acquisitions:NPT:2 name:NPT:2 depth:NPT:2; do
	expect 0 "sort by ${sort%%:*}" "$HYPSIM" log locks --sort "${sort%%:*}" --top 1 "$dir/hand"
	[ "$(sed -n 3p "$dir/out" | cut -d' ' -f1)" = "${sort#*:}" ] || fail "--sort ${sort%%:*}: $(cat "$dir/out")"
	[ "$(grep -c '^[A-Z].*[0-9]$' "$dir/out")" = 1 ] || fail "--top 1: $(cat "$dir/out")"
done
expect 0 "a window" "$HYPSIM" log locks --from 14 --to 22 "$dir/hand"
row "NPT:2 1 1 1 160 160 160 160 160 160 90 90 90 90 90 90 1.00 1 0.333"
grep -v ' time ' "$dir/hand" | sed 's/"timestamps":true,//' >"$dir/untimed"
expect 0 "without times" "$HYPSIM" log locks "$dir/untimed"
row "NPT:2 3 2 2 0 1 1 2 2 3 1 3.7 5 5 5 11 1.00 2 1.000"
says out "no timestamps: wait in hand-overs, hold in events of the holder"

expect 0 "waits" "$HYPSIM" log waits "$dir/hand"
prints <<END
2 waits; the longest by time:
1. CPU 2 waited for NPT:2 260 ns, over 2 hand-overs, 2 rounds, 16 events: -, asked at 7, had it at 24
     held by CPU 0, 3 to 13, 190 ns: alpha
     held by CPU 1, 16 to 21, 90 ns: beta
     in between: CPU 0 6, CPU 1 8, CPU 2 2; hypsim log show $dir/hand --from 7 --to 24
2. CPU 1 waited for NPT:2 160 ns, over 1 hand-over, 2 rounds, 10 events: beta, asked at 5, had it at 16
     held by CPU 0, 3 to 13, 190 ns: alpha
     in between: CPU 0 6, CPU 1 2, CPU 2 2; hypsim log show $dir/hand --from 5 --to 16
END
expect 0 "waits of one CPU" "$HYPSIM" log waits --cpu 1 --by events --json "$dir/hand"
says out '"count":1,"waits":[{"cpu":1,"lock":7,"operation":"beta","work":"beta","asked":5,"got":16,"released":21'
says out '"events_between":[6,2,2]'
expect 0 "waits of another lock" "$HYPSIM" log waits --lock 4 "$dir/hand"
says out "0 waits; the longest by time: none"
expect 0 "waits without times" "$HYPSIM" log waits --top 1 "$dir/untimed"
says out "1. CPU 2 waited for NPT:2 over 2 hand-overs, 2 rounds, 16 events: -, asked at 7, had it at 24"
expect 2 "time without times" "$HYPSIM" log waits --by time "$dir/untimed"
says err "--by time: the log has no timestamps"
expect 2 "a CPU that there is not" "$HYPSIM" log waits --cpu 3 "$dir/hand"
expect 2 "by what there is not" "$HYPSIM" log waits --by tme "$dir/hand"
says err "did you mean 'time'"
expect 2 "an empty window" "$HYPSIM" log waits --from 3 --to 2 "$dir/hand"

expect 0 "order" "$HYPSIM" log order "$dir/hand"
says out "NPT:2    SMMU                2  CPU 0, alpha: held from 3, asked at 9"
says out "no inversion"
{
	cat "$dir/untimed"
	echo "4 1 INC_TICKET 10"
	echo "4 1 GET_NOW"
	echo "4 1 HOLD_LOCK"
	echo "3 1 INC_TICKET 10"
	echo "3 1 GET_NOW"
	echo "3 1 HOLD_LOCK"
	echo "7 1 INC_TICKET 10"
} >"$dir/around"
expect 0 "an inversion that did not deadlock" "$HYPSIM" log order "$dir/around"
says out "inversion: SMMU -> NPT:2 -> SMMU"
says out "inversion: SPT -> NPT:2 -> SMMU -> SPT"
[ "$(grep -c '^inversion' "$dir/out")" = 2 ] || fail "cycles: $(cat "$dir/out")"
expect 0 "its graph" "$HYPSIM" log order --dot "$dir/around"
says out '"SMMU" -> "NPT:2" [label="1", color=red];'
expect 0 "order in JSON" "$HYPSIM" log order --json "$dir/around"
says out '"inversions":[[7,4,3],[7,4]]'
expect 0 "its graph once more" "$HYPSIM" log order --dot "$dir/around"
edges=$(grep -c -e '->' "$dir/out")
cp "$dir/out" "$dir/graph"
expect 0 "its drawing" "$HYPSIM" log order --svg "$dir/svg" "$dir/around"
dot -Tsvg <"$dir/graph" | cmp - "$dir/svg" || fail "it is another drawing than dot's of --dot"
grep -q '<svg' "$dir/svg" && [ "$(grep -c 'class="edge"' "$dir/svg")" = "$edges" ] || fail "the drawing: $(head -5 "$dir/svg")"
expect 2 "two forms" "$HYPSIM" log order --json --dot "$dir/around"
expect 2 "a file and two forms" "$HYPSIM" log order --svg "$dir/svg" --json "$dir/around"
cp "$dir/svg" "$dir/kept"
expect 3 "no graphviz" env PATH="$dir" "$HYPSIM" log order --svg "$dir/svg" "$dir/around"
says err "its program dot is not there"
mkdir "$dir/bin"
printf '#!/bin/sh\nexit 1\n' >"$dir/bin/dot"
chmod +x "$dir/bin/dot"
expect 3 "graphviz fails" env PATH="$dir/bin" "$HYPSIM" log order --svg "$dir/svg" "$dir/around"
says err "dot failed"
cmp "$dir/svg" "$dir/kept" || fail "what was there before is gone"

# Of a run: each section that the log's statistics count.  Of one with halted machines those that a halt cut are left.
counts() {
	grep -o '"lock":[0-9]*,"acquisitions":[0-9]*,"contended":[0-9]*,"hand_overs":[0-9]*' "$dir/out" | sort >"$dir/$1"
	[ -s "$dir/$1" ] || fail "no locks"
}
expect 0 "a run" "$HYPSIM" run lock-storm --cpus 3 --ops 2000 --check off --log "$dir/run"
expect 0 "its locks" "$HYPSIM" log locks --json --sort name "$dir/run"
says out '"unfinished":0'
counts a
expect 0 "its statistics" "$HYPSIM" log stats --json "$dir/run"
counts b
cmp "$dir/a" "$dir/b" || fail "locks and statistics do not agree: $(diff "$dir/a" "$dir/b")"
sections() {
	grep -o '"acquisitions":[0-9]*' "$dir/out" | sed 's/.*://' | awk '{ n += $1 } END { print n }'
}
expect 0 "a run with episodes" "$HYPSIM" run storm --cpus 3 --ops 1500 --check off --log "$dir/run"
expect 0 "its locks" "$HYPSIM" log locks --json "$dir/run"
sections=$(sections) left=$(sed 's/.*"unfinished":\([0-9]*\).*/\1/' "$dir/out")
expect 0 "its statistics" "$HYPSIM" log stats --json "$dir/run"
[ "$left" -gt 0 ] && [ "$sections" -le "$(sections)" ] && [ $((sections + left)) -ge "$(sections)" ] ||
	fail "$sections sections ended, $left did not, and $(sections) acquisitions"
# A log that a kill cut, and one that ends within: what there is, as it is.
head -c 300000 "$dir/run" >"$dir/cut"
for command in locks waits order; do
	"$HYPSIM" log $command "$dir/cut" >"$dir/out" 2>"$dir/err"
	[ -s "$dir/out" ] || fail "log $command: nothing of a cut log"
	expect 2 "log $command: no log" "$HYPSIM" log $command
	expect 3 "log $command: a full disk" sh -c '"$1" log '$command' "$2" >/dev/full' sh "$HYPSIM" "$dir/run"
done
finish
