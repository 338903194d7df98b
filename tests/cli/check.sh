#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# hypsim check: verdicts, several logs, --only, --json, what is refused and with which exit status.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
bad=0

# run STATUS PATTERN ARGS...: the exit status, and a line of the output or of the messages
run() {
	want=$1 pattern=$2
	shift 2
	"$HYPSIM" check "$@" >"$dir/out" 2>&1
	got=$?
	if [ $got -ne "$want" ] || ! grep -q -e "$pattern" "$dir/out"; then
		echo "check $*: expected status $want and '$pattern', got $got:"
		cat "$dir/out"
		bad=1
	fi
}

good=$SOURCE/tests/logs/good/every_check.log
twice=$SOURCE/tests/logs/bad/PULL_TWICE.log

run 0 'events: ok' "$good"
run 0 'max self 2/10' "$good"
run 0 'not judged  log has no barrier marks' "$SOURCE/tests/logs/good/wraparound.log"
run 1 '^first violation: PULL_TWICE' "$twice"
run 1 'just before: CPU 0: LockOwn true' "$twice"
run 1 '^>  *4  OPULL 7' "$twice"
run 1 'events: VIOLATION' "$good" "$twice"
run 1 'events: VIOLATION' "$dir/none" "$twice"
run 0 'queue ' --only queue,order "$twice"
run 2 "there is no check 'quux' (did you mean 'queue'?); the checks are merge, queue, " --only queue,quux "$good"
run 2 "there is no check ''" --only '' "$good"
run 2 'require; the groups are lock, log, inv, refine, cpu, edge$' --only quux "$good"
# A group is its checks.
run 1 'first violation: PULL_TWICE (check pull, L6, LockOwn)' --only lock "$twice"
run 1 '"clauses":"L6"' --json --only pull "$twice"
run 2 'no log is given'
run 2 'unrecognized option' --frob "$good"
run 2 'color is auto' --color=pink "$good"
run 2 "$dir/none: " "$dir/none"
run 2 "$dir: " "$dir"
run 0 'Judge recorded logs' --help
: >"$dir/empty"
run 2 "$dir/empty" "$dir/empty"

# Under a verdict: what was not judged, and why; and the verdict says when it says little.
queue=$SOURCE/tests/logs/good/queue.log
run 0 '58 events: ok, but no lock was contended$' "$good"
run 0 '^  not judged: merge (log is not in streams); fairness (0 cases); entries, registers, cpu (log has no marks of registers); outside (log has no values from outside); tlb (log has no translation buffers); inv, edge, refine (log has no memory regions)$' "$good"
run 0 'events: ok$' "$queue"
echo '# nothing' >"$dir/nothing"
run 0 '0 events: ok, of nothing: the log is empty$' "$dir/nothing"
run 0 '^  not judged: merge (log is not in streams); queue, .*, marks (0 cases); .*outcome (log does not say how the run ended); tlb (.*)$' "$dir/nothing"
run 1 '^  not judged: merge (' "$twice"

# A high-level log is judged by H_CalLock alone.
high=$SOURCE/tests/logs/good/high_level
run 0 'high_level.log: 4 events: ok$' "$high.log"
run 0 'pull, contents, order (log is high-level); leak, stuck (' "$high.log"
run 0 'high *ok *4 derived events' --only high "$high.log"
run 2 'only queue: not judged, log is high-level' --only queue "$high.log"
run 0 '; all but H_CalLock of CORE (high-level)$' "$high""_in_part.log"
run 1 'first violation: H_WAIT_TAKEN' "$SOURCE/tests/logs/bad/H_WAIT_TAKEN.log"

# Contents in a finding are hex, as in text logs.
run 1 'flatmem\[4\] is 0xc9046e6a7df0950e in the log, 0x499966b875bd7f83 in the push' "$SOURCE/tests/logs/bad/CONTENTS_OLD-flat.log"

# What is asked for and not in the log is no success; a group only if none of it can be judged.
run 2 'wraparound.log: --only barrier: not judged, log has no barrier marks' --only barrier "$SOURCE/tests/logs/good/wraparound.log"
run 2 'only marks: not judged, log has no marks' --only queue,marks "$SOURCE/tests/logs/good/wraparound.log"
run 2 'only log: not judged, log has no ' --only log "$SOURCE/tests/logs/good/wraparound.log"
run 0 'marks *ok' --only log "$good"
run 0 'barrier *not judged' --only lock "$SOURCE/tests/logs/good/wraparound.log"
run 0 'order *not judged  0 cases' --only order "$SOURCE/tests/logs/good/wraparound.log"
run 1 'VIOLATION' --only barrier,pull "$twice"

# What a log must have; all of it is a check of its own.
run 0 'require *ok *4 required' --require closed,events=58,evaluated=order --require evaluated=marks "$good"
run 1 'first violation: REQUIRE_EVENTS (check require)' --require events=59 "$good"
run 1 'just before: fairness: 0 cases' --require evaluated=fairness "$good"
run 1 '"row":"REQUIRE_CONTENDED"' --json --require contended=1 "$good"
run 0 'require *ok *1 required' --require contended=1 "$queue"
run 1 'just before: merge: log is not in streams' --require evaluated=lock "$good"
"$HYPSIM" run lock-storm --cpus 2 --ops 2000 --log "$dir/storm" >/dev/null 2>&1
run 0 'require *ok' --require closed,events=1000,evaluated=merge,evaluated=leak "$dir/storm"
run 2 "require: 'quux' is not closed, events=N" --require closed,quux "$good"
run 2 "require: 'events=' is not" --require events= "$good"
run 2 "require: 'events=1x' is not" --require events=1x "$good"
run 2 "require: 'closed=1' is not" --require closed=1 "$good"
run 2 "there is no check 'quux'" --require evaluated=quux "$good"

# A malformed line: what came before it is judged, the place is named, status 2; 1 if there was a violation.
sed '$d' "$twice" >"$dir/line"
echo '7 0 OPULX' >>"$dir/line"
run 2 "$dir/line:6:5: expected" "$dir/line"
run 2 "$dir/line: 4 events, then unreadable: not judged to the end" "$dir/line"
run 2 '^{"verdict":"not judged",.*"error":"' --json "$dir/line"
cp "$twice" "$dir/line"
echo '7 0 OPULX' >>"$dir/line"
run 1 "$dir/line:7:5: expected" "$dir/line"
run 1 "$dir/line: 5 events, then unreadable: VIOLATION" "$dir/line"
run 1 '^{"verdict":"violation",.*"error":"' --json "$dir/line"

# A recorded log whose streams have no end was cut: said, and no violation.
sed -e '/close$/d' -e 's/"scenario":""/"scenario":"lock-storm"/' "$good" >"$dir/cut"
run 0 'events, cut: ok' "$dir/cut"
run 0 'checked up to the last complete records' "$dir/cut"

# The side of an erratum that judges: as published H_CalLock is given the log of tickets as it stands, which it refuses.
run 1 'H_NOT_HIGH (check high, H_CalLock' --erratum ticket-log=published "$good"
run 1 'theorem *not judged  H_CalLock is not' --erratum ticket-log=published "$good"
run 0 'theorem *ok' --erratum ticket-log=published --erratum ticket-log=intended "$good"
"$HYPSIM" run lock-storm --cpus 2 --ops 20 --erratum ticket-log=published --log "$dir/published" >/dev/null 2>&1
run 1 'H_NOT_HIGH (check high, H_CalLock' "$dir/published"
run 0 'theorem *ok' --erratum ticket-log=intended "$dir/published"
run 0 'theorem *ok' --errata default "$dir/published"
run 0 'theorem *ok' --errata intended "$dir/published"
run 1 'H_NOT_HIGH (check high, H_CalLock' --erratum ticket-log=published --errata intended "$dir/published"
run 2 "no erratum 'quux'" --erratum quux=published "$good"
run 2 'expected default or intended' --errata quux "$good"

# Standard input; quiet.
"$HYPSIM" check - <"$twice" >"$dir/out"
[ $? -eq 1 ] || { echo "standard input: no violation"; bad=1; }
"$HYPSIM" check --quiet "$good" >"$dir/out"
[ $? -eq 0 ] && [ ! -s "$dir/out" ] || { echo "--quiet prints"; bad=1; }

# One JSON object a log.
"$HYPSIM" check --json "$good" "$twice" >"$dir/out"
[ $? -eq 1 ] && [ "$(grep -c '^{"verdict":' "$dir/out")" -eq 2 ] &&
	grep -q '"check":"pull","row":"PULL_TWICE","lock":7,"cpu":0,"at":4,' "$dir/out" &&
	grep -q '{"check":"barrier","verdict":"not judged","worst":' "$dir/out" ||
	{ echo "--json:"; cat "$dir/out"; bad=1; }

# The program that is linked without the machine says the same.
"$HYPSIM" check "$twice" >"$dir/out"
"$HYPSIM_CHECK" "$twice" >"$dir/out2"
[ $? -eq 1 ] && cmp "$dir/out" "$dir/out2" || { echo "hypsim-check differs"; bad=1; }

# A full disk is the host's failure; a violation that was found wins.
if [ -w /dev/full ]; then
	"$HYPSIM" check "$good" >/dev/full 2>/dev/null
	[ $? -eq 3 ] || { echo "full disk: not 3"; bad=1; }
	"$HYPSIM_CHECK" "$good" >/dev/full 2>/dev/null
	[ $? -eq 3 ] || { echo "full disk, hypsim-check: not 3"; bad=1; }
	"$HYPSIM" check "$twice" >/dev/full 2>/dev/null
	[ $? -eq 1 ] || { echo "full disk and violation: not 1"; bad=1; }
fi
exit $bad
