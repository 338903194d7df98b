# SPDX-License-Identifier: GPL-2.0-only
# What goes wrong around a run: killed, interrupted, disk full, closed pipe; damaged logs.
. "$SOURCE/tests/cli/kit.inc"

# SIGKILL in the middle: the log checks up to its last complete records, and says that it was cut.
for scenario in lock-storm lock-storm lock-storm flat-storm flat-storm; do
	"$HYPSIM" run $scenario --cpus 4 --duration 60 --log "$dir/killed" --check off >/dev/null 2>&1 &
	pid=$!
	n=0
	while [ "$(stat -c %s "$dir/killed" 2>/dev/null || echo 0)" -lt 1500000 ] && [ $n -lt 100 ]; do
		sleep 0.05
		n=$((n + 1))
	done
	kill -KILL $pid
	wait $pid 2>/dev/null
	expect 0 "killed $scenario" "$HYPSIM" check "$dir/killed"
	says out "cut"
	rm -f "$dir/killed"
done

# Ctrl-C: the operations under way are finished and the log is whole.  (A job of a script ignores SIGINT, so the
# second signal that means the same is sent.)
"$HYPSIM" run lock-storm --cpus 4 --duration 60 --log "$dir/int" >"$dir/out" 2>"$dir/err" &
pid=$!
sleep 0.5
kill -TERM $pid
wait $pid
got=$?
name="interrupted"
[ $got -eq 143 ] || fail "interrupted: exit status $got, expected 143"
says out "interrupted"
expect 0 "log after an interrupt" "$HYPSIM" check "$dir/int"
grep -q "cut" "$dir/out" && fail "log after an interrupt: cut"
expect 130 "SIGINT" timeout --foreground --preserve-status -s INT 0.5 "$HYPSIM" run lock-storm --duration 60 --memory 16
# A second one does not wait: CPUs leave where they wait, locks stay held, and that is no violation.
for try in 1 2 3; do
	"$HYPSIM" run lock-storm --cpus 6 --duration 60 --log "$dir/int" >"$dir/out" 2>"$dir/err" &
	pid=$!
	sleep 0.3
	kill -TERM $pid
	kill -TERM $pid 2>/dev/null
	wait $pid
	got=$?
	[ $got -eq 143 ] || fail "interrupted twice: exit status $got, expected 143"
	expect 0 "log after two interrupts" "$HYPSIM" check "$dir/int"
done

# One more while the log is judged: what was judged by then counts, and is said.  The log has been closed when its header
# says so.  A run that has judged all before the signal comes was not interrupted, and ends as any other: again, with more to
# judge.
ops=2000000
[ "$SANITIZER" = none ] || ops=200000
for try in 1 2 3 4 5 6; do
	rm -f "$dir/int"
	"$HYPSIM" run lock-storm --cpus 1 --ops $ops --log "$dir/int" >"$dir/out" 2>"$dir/err" &
	pid=$!
	until [ "$(dd if="$dir/int" bs=1 skip=40 count=4 2>/dev/null)" = CLSD ] || ! kill -0 $pid 2>/dev/null; do
		sleep 0.01
	done
	kill -TERM $pid 2>/dev/null
	wait $pid
	got=$?
	[ $got -eq 0 ] || break
	grep -q "^interrupted" "$dir/out" && fail "interrupted while judged: exit status 0"
	ops=$((ops * 2))
done
name="interrupted while judged"
[ $got -eq 143 ] || fail "$name: exit status $got, expected 143"
says out "interrupted: the log was judged up to event "
says out "merge      not judged  log was not read to its end"

# No room for the log: status 3, and a line that names the file.
(
	ulimit -f 3000
	failures=0
	expect 3 "disk full" "$HYPSIM" run lock-storm --cpus 4 --wait park --duration 60 --log "$dir/full"
	says err "$dir/full"
	exit $failures
) || failures=$((failures + 1))
(
	ulimit -f 100
	failures=0
	expect 3 "no room at all" "$HYPSIM" run lock-storm --cpus 4 --log "$dir/full"
	says err "$dir/full"
	exit $failures
) || failures=$((failures + 1))

# What it leaves checks up to where the first steps are missing: those that had room went on for a while.
for how in "lock-storm --cpus 8 --ops 100000" "lock-storm --cpus 3 --ops 100000 --wait park" "lock-storm --cpus 8 --ops 100000" \
	"flat-storm --cpus 6 --ops 100000" "lock-storm --cpus 8 --ops 100000"; do
	(
		ulimit -f 6000
		failures=0
		# shellcheck disable=SC2086  # a list of options
		expect 3 "disk full, $how" "$HYPSIM" run $how --log "$dir/full"
		exit $failures
	) || failures=$((failures + 1))
	expect 0 "what a full disk leaves, $how" "$HYPSIM" check "$dir/full"
	says out "events, cut: ok"
done

# A reader that goes away, and a full device for the output.
{
	"$HYPSIM" run lock-storm --ops 200
	echo $? >"$dir/status"
} 2>"$dir/err" | true
[ "$(cat "$dir/status")" -eq 0 ] || fail "closed pipe: exit status $(cat "$dir/status")"
[ -s "$dir/err" ] && fail "closed pipe: not quiet"
"$HYPSIM" run lock-storm --ops 200 >/dev/full 2>"$dir/err"
[ $? -eq 3 ] || fail "full device: exit status not 3"

# A good log, then damaged ones.
expect 0 "good" "$HYPSIM" run lock-storm --cpus 2 --ops 3000 --log "$dir/good"
bytes=$(stat -c %s "$dir/good")

flip() { # flip OFFSET: one bit of a copy
	cp "$dir/good" "$dir/bad"
	byte=$(od -An -tu1 -j "$1" -N 1 "$dir/bad" | tr -d ' ')
	# shellcheck disable=SC2059
	printf "$(printf '\\%03o' $((byte ^ 16)))" | dd of="$dir/bad" bs=1 seek="$1" conv=notrunc 2>/dev/null
}

damaged() { # damaged STATUS NAME TEXT
	expect "$1" "$2" "$HYPSIM" check "$dir/bad"
	says err "$dir/bad"
	says err "$3"
}
for at in 4200 5000 9000 270000; do
	flip $at
	damaged 2 "bit flipped at $at" "chunk"
	says out "then unreadable: not judged to the end"
	says out "merge      not judged  log was not read to its end"
done
flip 8
damaged 2 "another version" "version"
flip 20
damaged 2 "header" "header"
flip 80
damaged 2 "configuration" "configuration"
for n in 10 63 4000 4096 4100 $((bytes - 1)) $((bytes / 2)); do
	head -c "$n" "$dir/good" >"$dir/bad"
	expect 2 "cut to $n bytes" "$HYPSIM" check "$dir/bad"
	says err "$dir/bad"
done
: >"$dir/bad"
damaged 2 "empty" "empty"
echo "not a log" >"$dir/bad"
damaged 2 "text that is none" "$dir/bad:1"
expect 2 "directory" "$HYPSIM" check "$dir"
says err "$dir"
expect 2 "missing" "$HYPSIM" check "$dir/none"
says err "$dir/none"
expect 2 "device" "$HYPSIM" check /dev/null

# What another CPU did at the end of the last episode is lost: the digest that its end tells is not held against the log.
cat >"$dir/end.txt" <<'END'
#! config {"cpus":2,"machine":true,"digests":true}
7 0 INC_TICKET 10
7 0 GET_NOW
7 0 HOLD_LOCK
7 0 OPULL 7 @00
7 0 ONPT pt_pgd_next[0]=0>1
7 0 INC_NOW
7 1 INC_TICKET 10
7 1 GET_NOW
7 1 HOLD_LOCK
7 1 OPULL 7
7 1 ONPT pt_pgd_next[0]=1>2
7 1 INC_NOW
#! 0 memory 7 16280865416994597273
END
expect 0 "an episode's end" "$HYPSIM" check "$dir/end.txt"
says out "1 at ends of episodes"
expect 0 "an episode's end, binary" "$HYPSIM" log convert "$dir/end.txt" "$dir/good"
flip $(($(stat -c %s "$dir/good") - 16)) # the only chunk of CPU 1
damaged 2 "an episode's end without CPU 1" "chunk"

# What could be read before the damage holds a violation: that wins, and the damage is named all the same.
cat >"$dir/two.txt" <<'EOF'
#! config {"cpus":2,"machine":true}
#! 0 episode 0
#! 1 episode 0
7 0 INC_TICKET 1
7 0 GET_NOW
7 0 HOLD_LOCK
7 0 OPULL 7
7 0 ONPT
7 0 INC_NOW
#! 0 close
8 1 INC_TICKET 10
8 1 GET_NOW
8 1 HOLD_LOCK
8 1 INC_NOW
#! 1 close
EOF
expect 0 "a log of two streams" "$HYPSIM" log convert "$dir/two.txt" "$dir/good"
expect 1 "a section beyond its bound" "$HYPSIM" check "$dir/good"
says out "Q_SHARED_BOUND"
flip $(($(grep -abo CHNK "$dir/good" | sed -n '2s/:.*//p') + 70))
expect 1 "violation, then damage" "$HYPSIM" check "$dir/bad"
says out "Q_SHARED_BOUND"
says err "chunk"
finish
