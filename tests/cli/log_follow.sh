# SPDX-License-Identifier: GPL-2.0-only
# hypsim log show --follow: a log that a run is writing; and the pager of a terminal.
. "$SOURCE/tests/cli/kit.inc"

# by_cpu FILE CPU: what the CPU did, without the indices, which are of the whole log.
by_cpu()
{
	sed -n "s/^ *[0-9]*  \(.*cpu $2 .*\)/\1/p" "$1"
}

# Followed from its begin to its end, each CPU does what the whole log says; and a reader has lines before the run ends.
"$HYPSIM" run storm --cpus 2 --duration 1 --check off --log "$dir/live" >/dev/null 2>&1 &
run=$!
tries=0
until [ -s "$dir/live" ] || [ $tries -gt 600 ]; do
	sleep 0.05
	tries=$((tries + 1))
done
mkfifo "$dir/pipe"
"$HYPSIM" log show --follow --kind begin,HOLD_LOCK "$dir/live" >"$dir/pipe" 2>"$dir/follow.err" &
follow=$!
early=no
{
	IFS= read -r first
	kill -0 $run 2>"$dir/gone" && early=yes
	{
		printf '%s\n' "$first"
		cat
	} >"$dir/followed"
} <"$dir/pipe"
wait $follow || fail "follow: exit status $?, $(cat "$dir/follow.err")"
wait $run || fail "the run failed"
[ $early = yes ] || fail "follow: nothing was shown before the run had ended"
expect 0 "the whole log" "$HYPSIM" log show --kind begin,HOLD_LOCK "$dir/live"
for cpu in 0 1; do
	by_cpu "$dir/out" $cpu >"$dir/whole"
	by_cpu "$dir/followed" $cpu >"$dir/part"
	[ -s "$dir/whole" ] || fail "CPU $cpu did nothing"
	cmp -s "$dir/whole" "$dir/part" || fail "follow: CPU $cpu does something else"
done
# A log that nobody writes is followed to its end, which is there.
expect 0 "follow a closed log" "$HYPSIM" log show --follow --to 2000 "$dir/live"
"$HYPSIM" log show --to 2000 "$dir/live" | cmp -s - "$dir/out" || fail "follow: a closed log looks otherwise"
expect 2 "follow a text" "$HYPSIM" log show --follow "$SOURCE/tests/logs/good/operations.log"
expect 2 "follow nothing" "$HYPSIM" log show --follow "$dir/none"

# on_terminal ENVIRONMENT ARGUMENT...: what a terminal shows of hypsim log ARGUMENT...
on_terminal()
{
	how=$1
	shift
	# shellcheck disable=SC2086  # $how: assignments
	env $how script -qec "$HYPSIM log $* $SOURCE/tests/logs/good/operations.log" /dev/null </dev/null >"$dir/out" 2>"$dir/err"
	tr -d '\r' <"$dir/out" >"$dir/shown"
}
printf '#!/bin/sh\nsed "s/^/paged /"\n' >"$dir/pager"
chmod +x "$dir/pager"
"$HYPSIM" log show --to 40 "$SOURCE/tests/logs/good/operations.log" >"$dir/plain"
sed 's/^/paged /' "$dir/plain" >"$dir/paged"
for how in "HYPSIM_PAGER=$dir/pager" "HYPSIM_PAGER=$dir/pager PAGER=false" "-u HYPSIM_PAGER PAGER=$dir/pager"; do
	on_terminal "$how" show --to 40
	cmp -s "$dir/paged" "$dir/shown" || fail "pager: $how: other lines"
done
for how in HYPSIM_PAGER= HYPSIM_PAGER=cat "-u HYPSIM_PAGER PAGER="; do
	on_terminal "$how" show --to 40
	cmp -s "$dir/plain" "$dir/shown" || fail "pager: $how: other lines"
done
on_terminal "HYPSIM_PAGER=$dir/pager" show --to 40 --json
grep -q paged "$dir/shown" && fail "pager: it got JSON"
# Its user leaves early: the command ends, too.
printf '#!/bin/sh\nhead -n 3\n' >"$dir/pager"
on_terminal "HYPSIM_PAGER=$dir/pager" show
head -n 3 "$dir/plain" | cmp -s - "$dir/shown" || fail "pager: it left early, and there were other lines"
# A pager reads a page at a time; what is no terminal has none.
HYPSIM_PAGER=false "$HYPSIM" log show --to 40 "$SOURCE/tests/logs/good/operations.log" | cmp -s - "$dir/plain" ||
	fail "pager: a pipe has one"
finish
