# SPDX-License-Identifier: GPL-2.0-only
# Two locks in opposite orders: the run ends, names the cycle, and its log says the same.
. "$SOURCE/tests/cli/kit.inc"

for wait in yield park auto; do
	expect 1 "deadlock $wait" timeout 60 "$HYPSIM" run deadlock --wait $wait --log "$dir/log"
	says out "DEADLOCK: cpu 0 waits for NPT:2 (lock 7), held by cpu 1; cpu 1 waits for NPT:1 (lock 6), held by cpu 0"
	says out "ORDER_RANK"
	expect 1 "its log" "$HYPSIM" check "$dir/log"
	says out "ORDER_CYCLE"
done
expect 1 "json" timeout 60 "$HYPSIM" run deadlock --json
says out '"verdict":"violation"'
says out '"end":"deadlock"'
finish
