# SPDX-License-Identifier: GPL-2.0-only
# Two locks in opposite orders: the run ends, names the cycle, and its log says the same.
. "$SOURCE/tests/cli/kit.inc"

for wait in yield park auto; do
	expect 1 "deadlock $wait" timeout 60 "$HYPSIM" run deadlock --wait $wait --log "$dir/log"
	says out "DEADLOCK: cpu 0 waits for NPT:2 (lock 7), held by cpu 1; cpu 1 waits for NPT:1 (lock 6), held by cpu 0"
	says out "ORDER_RANK"
	says out "begin two_locks"
	says out "STUCK_DEADLOCK: CPUs wait for each other in a circle"
	says out "OUTCOME_DEADLOCK"
	says out "CPU 0 waits for NPT:2, held by CPU 1; CPU 1 waits for NPT:1, held by CPU 0"
	expect 1 "its log" "$HYPSIM" check "$dir/log"
	says out "ORDER_CYCLE"
	says out "OUTCOME_DEADLOCK"
	expect 0 "shown" "$HYPSIM" log show "$dir/log"
	says out "stuck STUCK_DEADLOCK"
	expect 0 "shown, json" "$HYPSIM" log show --json "$dir/log"
	says out '"event":"stuck","rule":"STUCK_DEADLOCK","args":[7]'
	expect 0 "as text" "$HYPSIM" log convert "$dir/log" "$dir/text"
	expect 0 "and back" "$HYPSIM" log convert "$dir/text" "$dir/back"
	expect 0 "as text again" "$HYPSIM" log convert "$dir/back" "$dir/again"
	cmp "$dir/text" "$dir/again" || fail "deadlock $wait: its text does not come back"
	grep -q "^#! run deadlock 0 NPT:2 1 1 NPT:1 0$" "$dir/text" || fail "deadlock $wait: the run does not say it"
	grep -q "^#! 0 stuck STUCK_DEADLOCK$" "$dir/text" || fail "deadlock $wait: the rule is not named"
done
expect 1 "json" timeout 60 "$HYPSIM" run deadlock --json
says out '"verdict":"violation"'
says out '"end":"deadlock"'
says out '"row":"OUTCOME_DEADLOCK"'
expect 1 "json, online" timeout 60 "$HYPSIM" run deadlock --check online --json
says out '"verdict":"violation"'
finish
