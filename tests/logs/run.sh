# SPDX-License-Identifier: GPL-2.0-only
# run.sh FILE: the verdict that the first line of a text log expects is the one that hypsim gives.
#   # expect: ROW at N   ROW of a fold (T_, Q_, H_, R_): that fold is None at event N by that row, under `fold`;
#                        any other: the first finding of `check` is that row at N, exit status 1
#   # expect: ok         `check` finds nothing, exit status 0
# A line "# also: ROW..." says what all checks together find besides; with the check alone no other row is found then.
# A line "# known: ERRATUM=N" says how many known findings there are, all of that erratum.
# A line "# require: WHAT" gives that to `check`; a second line "# only: CHECK" asks `check` for that check alone (a breach often breaks several laws at once).
file=$1
first=$(sed -n 1p "$file")
row=$(printf '%s\n' "$first" | sed -n 's/^# expect: \([A-Za-z0-9_]*\).*$/\1/p')
only=$(sed -n '2s/^# only: //p' "$file")
also=$(sed -n 's/^# also: *//p' "$file")
grep -q '^# also:' "$file" && all=1 || all=
require=$(sed -n 's/^# require: //p' "$file")
at=$(printf '%s\n' "$first" | sed -n 's/^# expect: [A-Za-z0-9_]* at \([0-9]*\)$/\1/p')

fail()
{
	printf '%s: %s\n' "$file" "$1" >&2
	printf '%s\n' "$out" >&2
	exit 1
}

out=$first
[ -n "$row" ] || fail "the first line is not '# expect: ROW at N' or '# expect: ok'"
[ "$row" = ok ] || [ -n "$at" ] || fail "the first line does not say at which event"

# fold FUNCTION...: JSON of the folds; None is a result, so the exit status is 0.
fold()
{
	out=$("$HYPSIM" fold --json "$@" "$file" 2>&1) || fail "fold: exit status $?, expected 0"
}

# Exactly this row at exactly this event, of exactly the fold $1.
none_of()
{
	printf '%s\n' "$out" | grep -o "\"$1_none\": *{[^}]*}" | grep "\"at\": *$at[,}]" |
		grep -q "\"rule\": *\"$row\"" || fail "expected $1 to be None by $row at $at"
}

# The rows of all findings, each once.
rows()
{
	printf '%s\n' "$out" | tr -d '\n' | sed 's/"more_findings".*//; s/^.*"findings"//' |
		grep -o '"row": *"[A-Za-z0-9_]*"' | sed 's/.*"\(.*\)"/\1/' | sort -u
}

case $row in
ok)
	out=$("$HYPSIM" check --json --full ${only:+--only "$only"} ${require:+--require "$require"} "$file" 2>&1) || fail "check: exit status $?, expected 0"
	known=$(sed -n 's/^# known: //p' "$file")
	[ -z "$known" ] || printf '%s\n' "$out" | tr -d '\n ' | grep -q "\"known_errata\":{\"${known%=*}\":${known#*=}}" ||
		fail "expected known findings $known"
	;;
T_*)
	fold
	none_of CalTicketLock
	none_of CalTicketLockWraparound
	;;
Q_*)
	fold
	none_of Q_CalTicketLock
	none_of Q_CalLock
	;;
H_*)
	fold
	none_of H_CalLock
	;;
R_*)
	fold --fn relate_log
	none_of relate_log
	;;
*)
	out=$("$HYPSIM" check --json --full ${only:+--only "$only"} ${require:+--require "$require"} "$file" 2>&1)
	status=$?
	[ $status -eq 1 ] || fail "check: exit status $status, expected 1"
	found=$(printf '%s\n' "$out" | tr -d '\n' | sed -n 's/^.*"findings": *\[ *\({[^}]*}\).*$/\1/p')
	printf '%s\n' "$found" | grep "\"at\": *$at[,}]" | grep -q "\"row\": *\"$row\"" ||
		fail "expected the first finding to be $row at $at"
	[ -n "$all" ] || exit 0
	[ "$(rows)" = "$row" ] || fail "expected no row but $row"
	out=$("$HYPSIM" check --json --full "$file" 2>&1)
	want=$(printf '%s\n' "$row" $also | sort -u)
	[ "$(rows)" = "$want" ] || fail "all checks: expected the rows $(echo $want), found $(echo $(rows))"
	;;
esac
