# SPDX-License-Identifier: GPL-2.0-only
# How far a search is: on a terminal, or where it is asked for, and nothing elsewhere.
. "$SOURCE/tests/cli/kit.inc"

# until_told STATUS NAME COMMAND...: run it until it has told once how far it is, then Ctrl-C.
until_told()
{
	want=$1 name=$2
	shift 2
	rm -f "$dir/err"
	env --default-signal=INT "$@" >"$dir/out" 2>"$dir/err" &
	pid=$!
	for i in $(seq 200); do
		[ ! -s "$dir/err" ] || break
		sleep 0.1
	done
	kill -INT $pid
	wait $pid
	got=$?
	[ $got -eq "$want" ] || fail "$name: Ctrl-C: exit status $got"
}

# looks NAME PATTERN: every line of the error output is that, from its begin to its end.
looks()
{
	[ -s "$dir/err" ] || fail "$1: nothing was told"
	! grep -vqx "[0-9]* s: [0-9]* executions, [0-9]*/s$2" "$dir/err" || fail "$1: $(head -n 3 "$dir/err")"
}

# 12! classes, of which there will not be all.
lock="explore lock -o cpus=12 --check off"
expect 0 "nobody looks" "$HYPSIM" $lock --executions 1000
[ ! -s "$dir/err" ] || fail "nobody looks: $(cat "$dir/err")"
until_told 130 "asked for" "$HYPSIM" $lock --progress
looks "asked for" '; about 4.79002e+08 classes, [0-9.e-]* %, [0-9.e+]* [a-z]* left'
says out "NOT complete"

if [ "$test_form" = full ]; then
	until_told 130 "a limit" "$HYPSIM" $lock --progress --executions 1000000000000 --strategy random
	looks "a limit" ', [0-9.e+]* [a-z]* left'
	until_told 130 "a limit of time" "$HYPSIM" $lock --progress --time 100
	looks "a limit of time" '; about 4.79002e+08 classes, [0-9.e-]* %, [0-9]* s left'
	until_told 130 "no estimate" "$HYPSIM" explore sequence -o cpus=12 --check off --progress --symmetry
	looks "no estimate" ''
	until_told 130 "jobs, and a half of it" "$HYPSIM" $lock --progress --jobs 2 --shard 1/2
	looks "jobs, and a half of it" '; about 2.39501e+08 classes, [0-9.e-]* %, [0-9.e+]* [a-z]* left'
	until_told 130 "pairs" "$HYPSIM" explore --pairs --progress
	! grep -vqx '[0-9]* of [0-9]* cells' "$dir/err" || fail "pairs: $(head -n 3 "$dir/err")"
	# What a terminal is sent: lines over each other, and the last one is taken away before anything else is said.
	if command -v script >/dev/null; then
		SHELL=/bin/sh script -qec "'$HYPSIM' $lock --time 2 2>&1 >'$dir/out'" /dev/null >"$dir/err" </dev/null
		printf '\r\033[K' >"$dir/gone"
		tail -c 4 "$dir/err" | cmp -s - "$dir/gone" || fail "a terminal: the line is left"
		tr '\r' '\n' <"$dir/err" | grep -q '^[0-9]* s: .*left' || fail "a terminal: nothing was told"
		says out "NOT complete"
	fi
fi
finish
