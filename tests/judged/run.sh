#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# run.sh SCRIPT: what the judge says of the log that the script leaves is the row of table.txt: how many calls are in the log and
# how many are not, whose known findings there are, and which violations.  Of each part of the log `check` and hypsim-check say
# what exec has said.  "run.sh --row SCRIPT" prints the row.  The sanitizers see the same code in cli.exec_log.
row=0
[ "$1" = --row ] && row=1 && shift
script=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail()
{
	echo "$script: $*"
	exit 1
}

# sum FILE KEY: of the numbers of KEY
sum()
{
	tr '{,[' '\n\n\n' <"$1" | sed -n "s/^\"$2\":\([0-9]*\).*/\1/p" | awk '{ n += $1 } END { print n + 0 }'
}

"$HYPSIM" exec --json --log "$dir/log" "$script" >"$dir/out" 2>"$dir/err"
status=$?
[ -s "$dir/err" ] && fail "$(cat "$dir/err")"
grep '^{"verdict"' "$dir/out" >"$dir/verdicts" || fail "no verdict"
grep '^{"not_in_log"' "$dir/out" >"$dir/gaps"
grep -q 'something else' "$dir/gaps" && fail "the run that wrote the log went another way: $(cat "$dir/gaps")"

# The known errata are the keys of known_errata.
known=$(sed 's/.*"known_errata":{\([^}]*\)}.*/\1/' "$dir/verdicts" | tr ',' '\n' | sed -n 's/^"\([^"]*\)":.*/\1/p' |
	sort -u | tr '\n' ',' | sed 's/,$//')
found=$(sed 's/.*"findings":\[\(.*\)\],"more_findings".*/\1/' "$dir/verdicts" | tr '{,[' '\n\n\n' |
	sed -n 's/^"row":"\([^"]*\)".*/\1/p' | sort -u | tr '\n' ',' | sed 's/,$//')
found=${found:--}
said="$script $(sum "$dir/verdicts" calls) $(sum "$dir/gaps" calls) ${known:--} $found"
if [ $row -eq 1 ]; then
	echo "$said"
	exit 0
fi
grep -qxF "$said" "$SOURCE/tests/judged/table.txt" ||
	fail "the judge says '$said', and tests/judged/table.txt '$(grep -F "$script " "$SOURCE/tests/judged/table.txt")'"
# Some scripts want options: their expectations fail without.
"$HYPSIM" exec "$script" >/dev/null
plain=$?
[ "$found" = - ] && [ $status -ne $plain ] && fail "exit status $status, and $plain without a log"
[ "$found" != - ] && [ $status -ne 1 ] && fail "exit status $status with a violation"

n=1
while read -r verdict; do
	part=$dir/log
	[ $n -gt 1 ] && part=$dir/log.$n
	[ -s "$part" ] || fail "part $n of the log is missing"
	for judge in "$HYPSIM check" "$HYPSIM_CHECK"; do
		$judge --json "$part" >"$dir/again" 2>&1
		for key in verdict events known; do
			said=$(printf '%s\n' "$verdict" | tr '{,' '\n\n' | grep "^\"$key\":" | head -n 1)
			grep -qF "$said" "$dir/again" || fail "part $n: exec says $said, $judge does not"
		done
	done
	n=$((n + 1))
done <"$dir/verdicts"
[ -e "$dir/log.$n" ] && fail "there are more logs than verdicts"
exit 0
