# SPDX-License-Identifier: GPL-2.0-only
# Files: what is written in one go is there when it is whole; whose log may be written; pipes; what closed logs have lost.
. "$SOURCE/tests/cli/kit.inc"

log=$dir/log
expect 0 "a log" "$HYPSIM" run lock-storm --cpus 2 --ops 3000 --log "$log"
bytes=$(stat -c %s "$log")
expect 0 "its text" "$HYPSIM" log convert "$log" "$dir/text"

# Nothing is left beside the files that the test made.
no_leftovers() {
	for f in "$dir"/*.??????; do
		[ -e "$f" ] && fail "$1: $f is left"
	done
}

# convert: no output of a damaged log, whatever its form, and what was there stays.
cp "$log" "$dir/bad"
printf '\377\377\377' | dd of="$dir/bad" bs=1 seek=5000 conv=notrunc 2>/dev/null
echo precious >"$dir/out.there"
for form in --text --binary --zstd; do
	expect 2 "convert $form of a damaged log" "$HYPSIM" log convert $form "$dir/bad" "$dir/new"
	says err "$dir/bad: chunk"
	[ -e "$dir/new" ] && fail "convert $form of a damaged log: an output"
	expect 2 "convert $form over a file" "$HYPSIM" log convert $form "$dir/bad" "$dir/out.there"
	[ "$(cat "$dir/out.there")" = precious ] || fail "convert $form of a damaged log: what was there is gone"
done
expect 2 "text that ends in nonsense" sh -c '(cat "$2"; echo nonsense) | "$1" log convert --binary - "$3"' sh "$HYPSIM" "$dir/text" "$dir/out.there"
[ "$(cat "$dir/out.there")" = precious ] || fail "text that ends in nonsense: what was there is gone"
no_leftovers "damaged"
# Whole, it replaces what was there, through a link too, and keeps the file's mode.
chmod 640 "$dir/out.there"
ln -s out.there "$dir/link"
expect 0 "convert over a file" "$HYPSIM" log convert "$log" "$dir/link"
cmp "$dir/out.there" "$dir/text" || fail "convert over a file: something else"
[ -L "$dir/link" ] && [ "$(stat -c %a "$dir/out.there")" = 640 ] || fail "convert over a file: its link or mode is gone"
(
	umask 027
	"$HYPSIM" log convert "$log" "$dir/mode"
)
[ "$(stat -c %a "$dir/mode")" = 640 ] || fail "convert: the mode is not the user's"
expect 3 "no room for the text" sh -c 'ulimit -f 20; "$1" log convert "$2" "$3"' sh "$HYPSIM" "$log" "$dir/none"
expect 3 "no room for the binary" sh -c 'ulimit -f 3; "$1" log convert --binary "$2" "$3"' sh "$HYPSIM" "$log" "$dir/none"
[ -e "$dir/none" ] && fail "no room: an output"
no_leftovers "no room"

# --log: a file that is no log of ours stays, unless --force says otherwise; one of ours, and an empty one, is written.
echo precious >"$dir/mine"
expect 2 "--log over another file" "$HYPSIM" run lock-storm --ops 10 --log "$dir/mine"
says err "hypsim run: $dir/mine: there is a file of that name that is no log; --force has it overwritten"
[ "$(cat "$dir/mine")" = precious ] || fail "--log over another file: it is gone"
expect 0 "--log over another file, --force" "$HYPSIM" run lock-storm --ops 10 --log "$dir/mine" --force
expect 0 "--log over a log" "$HYPSIM" run lock-storm --ops 20 --log "$dir/mine"
: >"$dir/empty"
expect 0 "--log over an empty file" "$HYPSIM" run lock-storm --ops 10 --log "$dir/empty"
expect 2 "--log -" "$HYPSIM" run lock-storm --ops 10 --log -
says err "--log: a log is written in place, and standard output is no file"
mkfifo "$dir/fifo"
expect 2 "--log to a pipe" "$HYPSIM" run lock-storm --ops 10 --log "$dir/fifo"
says err "$dir/fifo: not a regular file but a pipe"
expect 2 "--log to a device" "$HYPSIM" run lock-storm --ops 10 --log /dev/null
says err "/dev/null: not a regular file"
expect 3 "--log to a full device" "$HYPSIM" run lock-storm --ops 10 --log /dev/full
says err "/dev/full: No space left on device"

# Two runs to one log: the second is refused, and the first is not disturbed.
"$HYPSIM" run lock-storm --cpus 2 --duration 60 --log "$dir/two" >"$dir/first" 2>&1 &
pid=$!
until [ "$(head -c 8 "$dir/two" 2>/dev/null)" = HYPSIMLG ]; do
	sleep 0.02
done
expect 2 "a second run" "$HYPSIM" run lock-storm --ops 10 --log "$dir/two"
says err "$dir/two: another run writes it"
expect 2 "a second run, --force" "$HYPSIM" run lock-storm --ops 10 --log "$dir/two" --force
kill -TERM $pid
wait $pid
[ $? -eq 143 ] || fail "the first run: not ended by its signal"
expect 0 "the first run's log" "$HYPSIM" check "$dir/two"
grep -q cut "$dir/out" && fail "the first run's log: cut"

# A log that is cut short or deleted while a run writes it: no signal; results, what can be judged is, status 3.
for how in short half gone; do
	for check in after online; do
		"$HYPSIM" run lock-storm --cpus 2 --duration 60 --check $check --log "$dir/cut" >"$dir/out" 2>"$dir/err" &
		pid=$!
		until [ "$(stat -c %s "$dir/cut" 2>/dev/null || echo 0)" -gt 1500000 ]; do
			sleep 0.02
		done
		case $how in
		short) : >"$dir/cut" ;;
		half) truncate -s 700000 "$dir/cut" ;;
		gone) rm "$dir/cut" ;;
		esac
		[ $how = gone ] && kill -TERM $pid
		wait $pid
		got=$?
		name="log $how, --check $check"
		want=3
		[ $how = gone ] && want=143
		[ $got -eq $want ] || fail "$name: exit status $got"
		says err "hypsim run: $dir/cut: it was "
		says out " operations in "
		says out "verdict: "
		[ $how = short ] || says out "merge "
		grep -q VIOLATION "$dir/out" && fail "$name: a violation"
		rm -f "$dir/cut"
	done
done

# Pipes: text and binary, named and not.
expect 0 "a text log from a pipe" sh -c 'cat "$2" | "$1" check -' sh "$HYPSIM" "$dir/text"
expect 0 "a binary log from a pipe" sh -c 'cat "$2" | "$1" check -' sh "$HYPSIM" "$log"
says out "-: "
for f in text log; do
	cat "$dir/$f" >"$dir/fifo" &
	expect 0 "$f from a FIFO" "$HYPSIM" check "$dir/fifo"
	says out "$dir/fifo: "
	expect 0 "$f from /dev/fd" sh -c 'cat "$2" | "$1" log stats /dev/fd/0' sh "$HYPSIM" "$dir/$f"
done
expect 0 "convert from a pipe" sh -c 'cat "$2" | "$1" log convert --zstd - "$3"' sh "$HYPSIM" "$log" "$dir/z"
expect 0 "convert from a pipe, checked" "$HYPSIM" log convert "$dir/z" -
cmp "$dir/out" "$dir/text" || fail "convert from a pipe: something else"
expect 2 "nothing from a pipe" sh -c ': | "$1" check -' sh "$HYPSIM"
says err "standard input"
expect 3 "no room for the copy" sh -c 'ulimit -f 20; cat "$2" | "$1" check -' sh "$HYPSIM" "$log"
says err "standard input: its copy"
expect 2 "fold of a binary log" sh -c '"$1" fold "$2"' sh "$HYPSIM" "$log"

# A log that was closed in order and has lost bytes, even one, or has some behind its end: judged up to there, status 2.
expect 0 "packed" "$HYPSIM" log convert --binary "$log" "$dir/packed"
for f in log packed; do
	size=$(stat -c %s "$dir/$f")
	for lost in 1 70 1000; do
		head -c $((size - lost)) "$dir/$f" >"$dir/less"
		expect 2 "$f, $lost bytes less" "$HYPSIM" check "$dir/less"
		says err "$dir/less: "
		says out "then unreadable: not judged to the end"
		grep -q "^$dir/less: [1-9][0-9]* events" "$dir/out" || fail "$f, $lost bytes less: nothing was judged"
	done
	(cat "$dir/$f"; printf x) >"$dir/more"
	expect 2 "$f, a byte more" "$HYPSIM" check "$dir/more"
	says err "1 bytes behind the last of its"
	says out "then unreadable: not judged to the end"
	expect 2 "$f, a byte more, convert" "$HYPSIM" log convert "$dir/more" "$dir/never"
	[ -e "$dir/never" ] && fail "$f, a byte more: an output"
done
# If that holds a violation, 1.
printf '7 0 INC_TICKET 1\n7 0 GET_NOW\n7 0 HOLD_LOCK\n7 0 OPULL 7\n7 0 ONPT\n7 0 INC_NOW\n' >"$dir/v.txt"
expect 0 "a violation's log" "$HYPSIM" log convert "$dir/v.txt" "$dir/v"
(cat "$dir/v"; printf x) >"$dir/more"
expect 1 "a violation, a byte more" "$HYPSIM" check "$dir/more"
says out "Q_SHARED_BOUND"
says err "1 bytes behind the last"
finish
