# SPDX-License-Identifier: GPL-2.0-only
# run.sh LOG: judge a log and compare with its first line:
#   # expect: ok
#   # expect: ROW at N
# Rows T_, Q_, H_ and R_ are rows of the folds: N counts the events of the lock.  Any other row is one of a check: it
# must be the first finding of check, or with a second line "# only: CHECK" of that check alone (a breach often breaks
# several laws at once).  A good log with a configuration line is a machine's: fold, which knows no marks and no start
# values, is not asked.
set -u
log=$1
die()
{
	echo "$log: $*"
	exit 1
}

only=$(sed -n '2s/^# only: //p' "$log")
expect=$(sed -n '1s/^# expect: //p' "$log")
listed() { "$HYPSIM" --help | grep -q '^  check '; }

case $expect in
ok)
	if listed; then
		"$HYPSIM" check "$log" || die "wanted status 0 of check, got $?"
	fi
	! grep -q '^#! config' "$log" || exit 0
	out=$("$HYPSIM" fold --json --fn Q_CalLock "$log") || die "fold: status $?"
	[ -n "$out" ] || die "no lock in it"
	! printf '%s\n' "$out" | grep '"Q_CalLock":null' || die "Q_CalLock is None"
	exit 0
	;;
[A-Z]*' at '[0-9]*) ;;
*)
	die "the first line is not '# expect: ok' or '# expect: ROW at N'"
	;;
esac

row=${expect%% *}
at=${expect##* }
case $row in
[TQHR]_*)
	fn=
	case $row in
	R_*) fn='--fn relate_log' ;;
	esac
	out=$("$HYPSIM" fold --json $fn "$log") || die "fold: status $?"
	printf '%s\n' "$out" | grep -q "_none\":{\"at\":$at,[^}]*\"rule\":\"$row\"}" || {
		printf '%s\n' "$out"
		die "wanted $row at $at"
	}
	;;
*)
	out=$("$HYPSIM" check --json ${only:+--only "$only"} "$log")
	status=$?
	first=$(printf '%s' "$out" | tr -d ' \n')
	case $first in
	*'"findings":[{'*) first=${first#*'"findings":[{'} ;;
	*) first= ;;
	esac
	got_row=${first#*'"row":"'}
	got_row=${got_row%%'"'*}
	got_at=${first#*'"at":'}
	got_at=${got_at%%[!0-9]*}
	if [ $status -ne 1 ] || [ "$got_row" != "$row" ] || [ "$got_at" != "$at" ]; then
		printf '%s\n' "$out"
		die "wanted status 1 and $row at $at, got $status and $got_row at $got_at"
	fi
	;;
esac
