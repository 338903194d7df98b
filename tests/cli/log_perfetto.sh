# SPDX-License-Identifier: GPL-2.0-only
# hypsim log export --perfetto: a trace reckoned by hand, decoded by protoc; of a run each slice ends and each flow arrives.
. "$SOURCE/tests/cli/kit.inc"

# decoded WHAT: what trace.py says of the trace.
decoded() {
	protoc --decode=Trace -I "$SOURCE/tests/perfetto" trace.proto <"$dir/trace" >"$dir/text" || fail "$name: protoc does not decode it"
	expect 0 "$name: $1" python3 "$SOURCE/tests/perfetto/trace.py" "$1" "$dir/text"
}

# CPU 0 (alpha) has NPT:2, for which CPU 1 (beta) waits, and passes it on while it has SMMU.
at() {
	printf '#! %s time %s\n%s\n' "$1" "$2" "$3"
}
{
	echo '#! config {"cpus":2,"timestamps":true,"ops":["alpha","beta"]}'
	at 0 10 "#! 0 episode 0"
	at 1 20 "#! 1 episode 0"
	at 0 30 "#! 0 begin alpha 0x1"
	at 0 40 "7 0 INC_TICKET 10"
	at 0 41 "7 0 GET_NOW"
	at 0 50 "7 0 HOLD_LOCK"
	at 1 55 "#! 1 begin beta"
	at 1 56 "#! 1 op gen_vmid"
	at 1 60 "7 1 INC_TICKET 10"
	at 1 61 "7 1 GET_NOW"
	at 0 70 "4 0 INC_TICKET 10"
	at 0 71 "4 0 GET_NOW"
	at 0 80 "4 0 HOLD_LOCK"
	at 0 90 "7 0 INC_NOW"
	at 0 95 "4 0 INC_NOW"
	at 0 99 "#! 0 end"
	at 1 86 "7 1 GET_NOW"
	at 1 88 "7 1 HOLD_LOCK"
	at 1 97 "7 1 INC_NOW"
	at 1 98 "#! 1 sevent gen_vmid 0 0x2"
	at 1 99 "#! 1 end"
} >"$dir/hand"
expect 0 "by hand" "$HYPSIM" log export --perfetto "$dir/trace" "$dir/hand"
says err "21 events: 27 of tracks, 1 hand-over"
# CPU 1's HOLD_LOCK has an earlier time than the INC_NOW before it: the lock's track does not go back.
says err "1 time would go back on its track: moved up"
decoded list
prints <<'END'
10 episodes: begin episode (0)
30 CPU 0: begin alpha (alpha 0x1)
50 CPU 0: begin NPT:2
50 NPT:2: begin alpha (CPU 0)
55 CPU 1: begin beta
56 CPU 1: begin gen_vmid
60 waiting for NPT:2: counter 1
60 CPU 1: begin wait NPT:2
80 CPU 0: begin SMMU
80 SMMU: begin alpha (CPU 0)
90 CPU 0: instant pass on NPT:2 >1
90 CPU 0: end
90 CPU 0: end
90 CPU 0: begin SMMU
90 NPT:2: end
95 CPU 0: end
95 SMMU: end
99 CPU 0: end
88 waiting for NPT:2: counter 0
88 CPU 1: end
88 CPU 1: begin NPT:2 <1
90 NPT:2: begin gen_vmid (CPU 1)
97 CPU 1: end
97 NPT:2: end
98 CPU 1: end
99 CPU 1: end
99 episodes: end
END
decoded check
says out "27 events, 12 slices, 1 flows, 0 wrong"

# Without times the axis is the event's number.
grep -v ' time ' "$dir/hand" | sed 's/"timestamps":true,//' >"$dir/untimed"
expect 0 "without times" "$HYPSIM" log export --perfetto "$dir/trace" "$dir/untimed"
decoded list
says out "2 CPU 0: begin alpha (alpha 0x1)"
says out "17 CPU 1: begin NPT:2 <1"

# A machine that halts: what is open ends with the episode, and a lock that nobody comes for is said.
{
	sed '/#! 0 end/,$d' "$dir/untimed"
	echo '#! 0 panic 0'
	echo '#! 1 stopped'
	echo '#! 0 episode 1'
	echo '#! 1 episode 1'
} >"$dir/halted"
expect 0 "a halted machine" "$HYPSIM" log export --perfetto "$dir/trace" "$dir/halted"
decoded check
says out " 0 wrong"
decoded list
says out "15 CPU 0: instant panic"
says out "17 CPU 0: end"
says out "17 NPT:2: instant nobody came <1"
says out "17 waiting for NPT:2: counter 0"
says out "17 episodes: begin episode (1)"

for times in "" --timestamps; do
	expect 0 "a run" "$HYPSIM" run storm --cpus 3 --ops 300 $times --check off --log "$dir/run"
	expect 0 "its trace $times" "$HYPSIM" log export --perfetto "$dir/trace" "$dir/run"
	decoded check
	says out " 0 wrong"
	sections=$(protoc --decode=Trace -I "$SOURCE/tests/perfetto" trace.proto <"$dir/trace" | grep -c "TYPE_SLICE_BEGIN")
	[ "$sections" -gt 1000 ] || fail "only $sections slices of a run"
done
# As many hand-overs to one who waits as the table of contention has acquisitions that were contended.
expect 0 "locks that are fought for" "$HYPSIM" run lock-storm --cpus 3 --ops 400 -o locks=1 --check off --log "$dir/run"
expect 0 "their trace" "$HYPSIM" log export --perfetto "$dir/trace" "$dir/run"
flows=$(sed 's/.*, \([0-9]*\) hand-over.*/\1/' "$dir/err")
decoded check
says out "$flows flows, 0 wrong"
expect 0 "their table" "$HYPSIM" log locks --json "$dir/run"
contended=$(grep -o '"contended":[0-9]*' "$dir/out" | awk -F: '{ n += $2 } END { print n + 0 }')
[ "$flows" = "$contended" ] || fail "$flows hand-overs, $contended acquisitions were contended"

expect 2 "two forms" "$HYPSIM" log export --perfetto "$dir/trace" --sqlite "$dir/db" "$dir/hand"
says err "one form at a time"
expect 2 "no directory" "$HYPSIM" log export --perfetto "$dir/no/such" "$dir/hand"
expect 3 "a full disk" "$HYPSIM" log export --perfetto /dev/full "$dir/hand"
cp "$dir/trace" "$dir/kept"
printf 'HYPSIMLG' >"$dir/damaged"
expect 2 "a damaged log" "$HYPSIM" log export --perfetto "$dir/trace" "$dir/damaged"
cmp "$dir/trace" "$dir/kept" || fail "a damaged log: what was there is gone"
finish
