# SPDX-License-Identifier: GPL-2.0-only
# The JSON of a violation has its finding, whatever found it: a check, the run's end judged by the run, online, or not at all.
. "$SOURCE/tests/cli/kit.inc"

# first TITLE ROW: the verdict is a violation, and the first finding is of ROW.
first()
{
	says out '"verdict":"violation"'
	tr -d '\n' <"$dir/out" | grep -qE "\"findings\": ?\[\{\"check\":\"[a-z]+\",\"row\":\"$2\"" ||
		fail "$1: the first finding is not $2"
}

for row in ORDER_RANK LEAK_END OUTCOME_STALL OUTCOME_LOST_WAKEUP OUTCOME_DEADLOCK OUTCOME_SURPRISE STUCK_CALL TLB_STALE; do
	expect 1 "check, $row" "$HYPSIM" check --json --only order,leak,outcome,stuck,tlb "$SOURCE/tests/logs/bad/$row.log"
	first "check, $row" $row
done

for when in after online off; do
	expect 1 "deadlock, $when" timeout 60 "$HYPSIM" run deadlock --check $when --json
	case $when in
	off) first "deadlock, $when" OUTCOME_DEADLOCK ;;
	*) first "deadlock, $when" ORDER_RANK ;;
	esac
	says out '"sentence":"'
done
says out 'waits for NPT:2 (lock 7), held by cpu 1'

# The watch's patience ends before it is sure of the circle.
expect 1 "stall, off" timeout 60 "$HYPSIM" run deadlock --stall 0.001 --check off --json
first "stall, off" OUTCOME_STALL
says out '"state":"cpu '
expect 1 "stall, after" timeout 60 "$HYPSIM" run deadlock --stall 0.001 --json --log "$dir/log"
says out '"row":"OUTCOME_'
expect 1 "stall, its log" "$HYPSIM" check --json "$dir/log"
says out '"row":"OUTCOME_'
finish
