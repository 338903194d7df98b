# SPDX-License-Identifier: GPL-2.0-only
# Logs that are still being written, copies made meanwhile, and check --follow.
. "$SOURCE/tests/cli/kit.inc"

log=$dir/log
# same NAME: what --follow said is what check says, but for how many accesses were raced: that follows the merged order, which
# sections of different locks have only by what was written when (docs/architecture.md, the judge's second tier).
same()
{
	for said in out followed; do
		sed '/^  refine /s/[0-9]* cases.*//' "$dir/$said" >"$dir/$said.same"
	done
	cmp "$dir/out.same" "$dir/followed.same" || fail "$1 says something else than check"
}

# begin DURATION: a run in the background writes $log; its first chunks are there, or it has ended without so many.
begin() {
	rm -f "$log"
	"$HYPSIM" run storm --cpus 4 --duration "$1" --seed 7 --check off --log "$log" >/dev/null 2>&1 &
	pid=$!
	until [ "$(stat -c %s "$log" 2>/dev/null || echo 0)" -gt 1100000 ] || ! kill -0 $pid 2>/dev/null; do
		sleep 0.02
	done
}

# The run goes on when a check begins, and is stopped soon, so that its log stays small.
begin 60
kill -STOP $pid
soon() {
	kill -CONT $pid
	(sleep 0.1; kill -STOP $pid) &
	stopper=$!
}
times=1
[ "$test_form" = short ] || times='1 2 3'
for i in $times; do
	soon
	expect 0 "check while it is written, $i" "$HYPSIM" check "$log"
	says out " events, still being written: ok"
	says out "  still being written: checked up to a consistent cut"
	wait $stopper
	soon
	cp "$log" "$dir/copy"
	wait $stopper
	expect 0 "check of a copy made meanwhile, $i" "$HYPSIM" check "$dir/copy"
	grep -q "still being written" "$dir/out" && fail "a copy is still being written"
	says out " events, cut: ok"
done
expect 0 "hypsim-check of a copy made meanwhile" "$HYPSIM_CHECK" "$dir/copy"
expect 0 "check --json while it is written" "$HYPSIM" check --json "$log"
says out '"still_being_written":true'
says out '"behind_cut":'
expect 1 "closed is required while it is written" "$HYPSIM" check --require closed "$log"
says out REQUIRE_CLOSED
# Ctrl-C ends what follows, not the run.
env --default-signal=INT "$HYPSIM" check --follow "$log" >"$dir/out" 2>"$dir/err" &
follower=$!
sleep 0.3
kill -INT $follower
wait $follower
got=$?
[ $got -eq 130 ] || fail "Ctrl-C and --follow: exit status $got"
name="Ctrl-C and --follow"
says out ", interrupted: not judged to the end"
grep -q "unreadable" "$dir/out" && fail "$name: an interrupted log is called unreadable"
kill -0 $pid || fail "Ctrl-C and --follow: the run has ended"
# The run is killed: its log ends as after any kill.
"$HYPSIM" check --follow "$log" >"$dir/followed" 2>"$dir/followed.err" &
follower=$!
kill -CONT $pid
sleep 0.2
kill -KILL $pid
wait $follower
got=$?
wait $pid 2>/dev/null
[ $got -eq 0 ] || fail "--follow and a killed run: exit status $got"
grep -q "still being written" "$dir/followed" && fail "--follow and a killed run: still being written"
expect 0 "check of the killed run" "$HYPSIM" check "$log"
same "--follow and a killed run"
grep -q '^  refine .*judged, $' "$dir/followed.same" || fail "--follow and a killed run: no row of refine"

# follow STATUS NAME: to the end of the run that has begun, with this status, and the same as check says afterwards.
follow()
{
	"$HYPSIM" check --follow "$log" >"$dir/followed" 2>"$dir/followed.err"
	got=$?
	wait $pid
	[ $got -eq "$1" ] || fail "$2: exit status $got: $(cat "$dir/followed.err")"
	expect "$1" "$2: check of it" "$HYPSIM" check "$log"
	same "$2"
}

# Until the run closes it.
begin 0.5
follow 0 "--follow"
expect 0 "--follow of a closed log" "$HYPSIM" check --follow "$log"
same "--follow of a closed log"

# A violation is told at once that there is one, and in full when the run has ended.
rm -f "$log"
"$HYPSIM" run deadlock --stall 1 --log "$log" >/dev/null 2>&1 &
pid=$!
until [ -s "$log" ]; do
	sleep 0.01
done
follow 1 "--follow of a violation"

# Only a log file grows.
"$HYPSIM" log convert "$log" "$dir/text"
expect 2 "--follow of a text" "$HYPSIM" check --follow "$dir/text"
says err "a text: only a binary log file can be followed"
mkfifo "$dir/fifo"
expect 2 "--follow of a pipe" "$HYPSIM" check --follow "$dir/fifo"
says err "not a regular file: only a binary log file can be followed"
expect 2 "--follow of standard input" "$HYPSIM" check --follow -
says err "standard input: only a log file can be followed"
expect 2 "--follow of two logs" "$HYPSIM" check --follow "$log" "$log"
says err "--follow is for one log"
expect 2 "--follow of nothing" "$HYPSIM" check --follow "$dir/none"
finish
