# SPDX-License-Identifier: GPL-2.0-only
# Signals, limits and full devices: each command ends in order, with its status and a sentence.
. "$SOURCE/tests/cli/kit.inc"

expect 0 "a log" "$HYPSIM" run lock-storm --cpus 2 --ops 20000 --check off --log "$dir/log"
"$HYPSIM" log convert "$dir/log" "$dir/text"
mkfifo "$dir/fifo"

# ends SIGNAL STATUS COMMAND...: the command waits for the rest of its input, which never comes, and is sent the signal.
ends() {
	sig=$1 want=$2
	shift 2
	(
		exec 3<>"$dir/fifo"
		cat "$dir/input" >&3 &
		feeder=$!
		"$@" >"$dir/out" 2>"$dir/err" 3>&- &
		pid=$!
		wait $feeder
		sleep 0.3
		kill -"$sig" $pid
		wait $pid
		exit $?
	)
	got=$?
	name="$sig: $*"
	[ $got -eq "$want" ] || fail "$name: exit status $got, expected $want: $(cat "$dir/err")"
	for f in "$dir"/*.??????; do
		[ -e "$f" ] && fail "$name: $f is left"
	done
}
# A job of a script ignores SIGINT: env has it as it is by default.
head -c 3000 "$dir/text" >"$dir/input"
for s in INT:130 TERM:143; do
	ends ${s%:*} ${s#*:} env --default-signal=INT "$HYPSIM" check "$dir/fifo"
	ends ${s%:*} ${s#*:} env --default-signal=INT "$HYPSIM" fold "$dir/fifo"
	for what in show stats; do
		ends ${s%:*} ${s#*:} env --default-signal=INT "$HYPSIM" log $what "$dir/fifo"
	done
	ends ${s%:*} ${s#*:} env --default-signal=INT "$HYPSIM" log convert --binary "$dir/fifo" "$dir/never"
	[ -e "$dir/never" ] && fail "convert, ${s%:*}: an output"
done
printf 'check 5\nexpect 5\n' >"$dir/input"
ends TERM 143 "$HYPSIM" exec "$dir/fifo"
ends INT 130 env --default-signal=INT "$HYPSIM" exec "$dir/fifo"
printf 'check 5\nexpect 6\n' >"$dir/input"
ends TERM 1 "$HYPSIM" exec "$dir/fifo"
says out "expected 6, got 5"

# While it writes: what is long enough to be met.  What was there before stays, and nothing is left beside it.
mkdir "$dir/w"
for s in INT:130 TERM:143; do
	for to in text binary; do
		for delay in 0.01 0.03 0.1; do
			env --default-signal=INT timeout --preserve-status -s ${s%:*} $delay "$HYPSIM" log convert --$to "$dir/log" "$dir/w/out" >"$dir/out" 2>"$dir/err"
			got=$?
			[ $got -eq 0 ] || [ $got -eq ${s#*:} ] || fail "convert --$to, ${s%:*}: exit status $got"
			[ $got -eq 0 ] || [ ! -e "$dir/w/out" ] || fail "convert --$to, ${s%:*}: an output"
			rm -f "$dir/w/out"
			[ -z "$(ls "$dir/w")" ] || fail "convert --$to, ${s%:*}: $(ls "$dir/w")"
		done
	done
	env --default-signal=INT timeout --preserve-status -s ${s%:*} 1 "$HYPSIM" bench log --cpus 2 --seconds 5 --dir "$dir/w" >"$dir/out" 2>"$dir/err"
	got=$?
	[ $got -eq ${s#*:} ] || fail "bench, ${s%:*}: exit status $got"
	[ -z "$(ls "$dir/w")" ] || fail "bench, ${s%:*}: $(ls "$dir/w") is left"
	expect ${s#*:} "run, ${s%:*}" env --default-signal=INT timeout --preserve-status -s ${s%:*} 0.5 "$HYPSIM" run lock-storm --duration 60 --memory 16
	says out "interrupted: "
done
# A violation that was found wins: the log holds one, and the rest of it never comes.
printf '7 0 INC_TICKET 1\n7 0 GET_NOW\n7 0 HOLD_LOCK\n7 0 OPULL 7\n7 0 ONPT\n7 0 INC_NOW\n' >"$dir/v.txt"
"$HYPSIM" run deadlock --log "$dir/dead" >/dev/null 2>&1
expect 1 "a violation and a signal" sh -c '"$1" check "$2" "$3" & pid=$!; sleep 0.4; kill -TERM $pid; wait $pid' sh "$HYPSIM" "$dir/v.txt" "$dir/fifo"
says out "Q_SHARED_BOUND"

# No more files: status 3 and a sentence.  (A program needs one to begin; what needs two fails at the second.)
for command in "check -" "log show -" "log convert --binary $dir/log $dir/never" \
	"run lock-storm --ops 10 --log $dir/all"; do
	[ "$SANITIZER" = none ] || continue # it opens some itself
	# shellcheck disable=SC2086  # words
	expect 3 "no more files: $command" sh -c 'f=$1; shift; cat "$f" | (exec 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&-; ulimit -n 4; exec "$@")' sh "$dir/log" "$HYPSIM" $command
	says err "Too many open files"
done
[ -e "$dir/never" ] && fail "no more files: an output"

# A full device, whatever prints.
for command in "--version" "--help" "help" "help run" "list" "list rules" "list --json" "list --help" "run --help" "check --help" "fold --help" \
	"log --help" "log show --help" "log stats --help" "log convert --help" "exec --help" "bench --help" \
	"run lock-storm --ops 10" "run lock-storm --ops 10 --json" "check $dir/log" "fold $dir/text" "log show $dir/log" \
	"log stats $dir/log" "log convert $dir/log -" "exec $dir/p.hyp"; do
	printf 'check 5\n' >"$dir/p.hyp"
	# shellcheck disable=SC2086  # words
	"$HYPSIM" $command >/dev/full 2>"$dir/err"
	got=$?
	name="full device: $command"
	[ $got -eq 3 ] || fail "$name: exit status $got"
	says err "standard output: No space left on device"
	[ "$(wc -l <"$dir/err")" -eq 1 ] || fail "$name: not one line"
done
for command in "--help" "$dir/log"; do
	"$HYPSIM_CHECK" "$command" >/dev/full 2>"$dir/err"
	got=$?
	name="full device: hypsim-check $command"
	[ $got -eq 3 ] || fail "$name: exit status $got"
	says err "standard output: No space left on device"
done
# A file that may not grow is the same.
expect 3 "a file that may not grow" sh -c 'ulimit -f 1; "$1" list rules >"$2"' sh "$HYPSIM" "$dir/small"
says err "standard output: File too large"
[ "$SANITIZER" = tsan ] || # its library writes before the program begins
	expect 3 "a file that may not grow, hypsim-check" sh -c 'ulimit -f 0; "$1" "$2" >"$3"' sh "$HYPSIM_CHECK" "$dir/text" "$dir/small"

# A limit on address space: it is said how much is needed.
if [ "$SANITIZER" = none ]; then
	expect 3 "address space, run" sh -c 'ulimit -v 200000; exec "$1" run lock-storm --cpus 2 --ops 10' sh "$HYPSIM"
	says err "the objects of a machine take "
	says err " MiB"
	expect 3 "address space, check" sh -c 'ulimit -v 60000; exec "$1" check "$2"' sh "$HYPSIM" "$dir/log"
	says err "the objects of a machine take "
	mib=$("$HYPSIM" run lock-storm --cpus 2 --ops 10 >/dev/null; sed -n 's/.*take \([0-9]*\) MiB.*/\1/p' "$dir/err")
	expect 0 "address space, as much as is said" sh -c 'ulimit -v $2; exec "$1" run lock-storm --cpus 2 --ops 10' sh "$HYPSIM" $((2 * mib * 1024 + 200000))
fi
finish
