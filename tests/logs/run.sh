# SPDX-License-Identifier: GPL-2.0-only
# sh run.sh FILE: judges a log of good/ or bad/.  Its first line says what is expected of `hypsim check`:
#   # expect: ok           no finding, exit status 0
#   # expect: ROW at N     the first finding is ROW at event N of its lock's log (a mark: N of all), exit status 1
# A second line "# only: CHECK" asks for that check alone (a breach often breaks several laws at once).
set -u
log=$1
expect=$(sed -n '1s/^# expect: //p' "$log")
only=$(sed -n '2s/^# only: //p' "$log")
out=$("$HYPSIM" check --json ${only:+--only "$only"} "$log")
status=$?
if [ "$expect" = ok ]; then
	[ $status -eq 0 ] && exit 0
	echo "$log: expected ok, status $status: $out"
	exit 1
fi
got=$(printf '%s\n' "$out" |
	sed -n 's/.*"findings":\[{[^}]*"row":"\([A-Z0-9_]*\)"[^}]*"at":\([0-9]*\).*/\1 at \2/p')
[ $status -eq 1 ] && [ "$got" = "$expect" ] && exit 0
echo "$log: expected $expect, got '$got', status $status: $out"
exit 1
