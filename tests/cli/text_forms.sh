# SPDX-License-Identifier: GPL-2.0-only
# A text log may leave out what has a default: its configuration, the number of CPUs, the names of its operations.
. "$SOURCE/tests/cli/kit.inc"

# A failure path that keeps a lock; "cpus" is left out.
cat >"$dir/short.log" <<'END'
#! config {"ops":["query"]}
#! 0 episode 0
#! 0 begin query
7 0 INC_TICKET 10
7 0 GET_NOW
7 0 HOLD_LOCK
#! 0 end
END
expect 1 "cpus are left out" "$HYPSIM" check "$dir/short.log"
says out "LEAK_OP"
expect 0 "cpus are left out, show" "$HYPSIM" log show "$dir/short.log"
says out "begin query"
expect 0 "cpus are left out, convert" "$HYPSIM" log convert "$dir/short.log" "$dir/short.hlog"
expect 1 "cpus are left out, binary" "$HYPSIM" check "$dir/short.hlog"
says out "LEAK_OP"

# Without a configuration operations are named as they come, or not at all.
for op in "" " query"; do
	cat >"$dir/names.log" <<END
#! 0 episode 0
#! 1 episode 0
#! 0 begin$op
NPT:1 0 INC_TICKET 10
NPT:1 0 GET_NOW
NPT:1 0 HOLD_LOCK
#! 0 barrier
#! 0 end
#! 1 begin$op
NPT:1 1 INC_TICKET 10
NPT:1 1 GET_NOW
END
	expect 1 "no configuration, begin$op" "$HYPSIM" check "$dir/names.log"
	says out "LEAK_OP"
	expect 0 "no configuration, begin$op, show" "$HYPSIM" log show "$dir/names.log"
	says out "cpu 1  begin $(echo ${op:-operation})"
	expect 0 "no configuration, begin$op, convert" "$HYPSIM" log convert "$dir/names.log" "$dir/names.hlog"
	expect 0 "no configuration, begin$op, back" "$HYPSIM" log convert "$dir/names.hlog" -
	says out "\"ops\":[\"$(echo ${op:-operation})\"]"
done
sed -i '1i #! config {"ops":["fault"]}' "$dir/names.log"
expect 2 "a name that the configuration has not" "$HYPSIM" check "$dir/names.log"
says err "names.log:4:12: expected operation: an operation of the configuration, or a number below 2^64, found \"query\""

# Long ranges of flat memory cost what they say, not what they span (the time limit is of processor time, and generous).
{
	for i in $(seq 300); do
		printf '0 0 OFLATMEM flatmem[0..0xffffff]=doracle(1,0x%x)\n' $((i * 16777216))
	done
	echo '0 0 OFLATMEM flatmem[7]=5>6'
	echo '0 0 OFLATMEM flatmem[0x3e8..0xffffff]=5>6'
} >"$dir/flat.log"
expect 1 "ranges" sh -c 'ulimit -t 10; "$1" check "$2"' sh "$HYPSIM" "$dir/flat.log"
says out "CONTENTS_OLD"
expect 0 "ranges, show" sh -c 'ulimit -t 10; "$1" log show "$2"' sh "$HYPSIM" "$dir/flat.log"
sed -i '$d' "$dir/flat.log"
sed -i '$d' "$dir/flat.log"
expect 0 "ranges, all right" "$HYPSIM" check "$dir/flat.log"
expect 0 "ranges, convert" sh -c 'ulimit -t 10; "$1" log convert "$2" "$3"' sh "$HYPSIM" "$dir/flat.log" "$dir/flat.hlog"
expect 0 "ranges, binary" sh -c 'ulimit -t 10; "$1" check "$2"' sh "$HYPSIM" "$dir/flat.hlog"
expect 0 "ranges, back" "$HYPSIM" log convert "$dir/flat.hlog" "$dir/back.log"
grep -v '^#!' "$dir/back.log" | cmp - "$dir/flat.log" || fail "ranges: not the same"
# As they are: of one value, which is not known as old and new either before the log is read.
cat >"$dir/value.log" <<'END'
#! config {"init":[[0,"flatmem",0,67108863,5]]}
0 0 OFLATMEM flatmem[0..0x3ffffff]=5>6
0 0 OFLATMEM flatmem[0x64..0x3ffffff]=6>7
END
expect 0 "ranges of a value" sh -c 'ulimit -t 10; "$1" check "$2"' sh "$HYPSIM" "$dir/value.log"
expect 0 "ranges of a value, convert" "$HYPSIM" log convert "$dir/value.log" "$dir/value.hlog"
expect 0 "ranges of a value, back" sh -c 'ulimit -t 10; "$1" log convert "$2" -' sh "$HYPSIM" "$dir/value.hlog"
says out "0 0 OFLATMEM flatmem[0x64..0x3ffffff]=6>7"

# Times that go back are told, and accepted, by each command alike; so they are in the binary form.
cat >"$dir/back.log" <<'END'
#! config {"cpus":4,"timestamps":true}
#! 0 time 4294967000
CORE 0 INC_TICKET 10
#! 0 time 4294967290
CORE 0 GET_NOW
#! 0 time 3
CORE 0 HOLD_LOCK
#! 0 time 18446744073709551615
CORE 0 INC_NOW
#! 0 time 4
#! 0 close
END
for form in log hlog; do
	for command in "check" "log show" "log stats" "log convert --text"; do
		out=
		[ "$command" = "log convert --text" ] && out=$dir/again.log
		# shellcheck disable=SC2086  # words
		expect 0 "times go back, $command, $form" "$HYPSIM" $command "$dir/back.$form" $out
		says err "hypsim ${command% --text}: $dir/back.$form: the time of CPU 0 goes back at event 2, from 4294967290 to 3 ns; times go back 2 times in all"
	done
	[ $form = hlog ] && break
	expect 0 "times go back, to binary" "$HYPSIM" log convert "$dir/back.log" "$dir/back.hlog"
	says err "the time of CPU 0 goes back at event 2"
	mv "$dir/again.log" "$dir/first.log"
done
cmp "$dir/first.log" "$dir/again.log" || fail "times go back: not the same"
finish
