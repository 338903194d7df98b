# SPDX-License-Identifier: GPL-2.0-only
# Each bug of hypsim list bugs is found by the check that the list says, and without it nothing is.
. "$SOURCE/tests/cli/kit.inc"

expect 0 "list bugs" "$HYPSIM" list bugs --json
{
	tr -d '\n ' <"$dir/out" | sed 's/[}],[{]/\
/g'
	echo
} >"$dir/bugs"
[ "$(wc -l <"$dir/bugs")" -ge 10 ] || fail "few bugs are listed"
while read -r row; do
	bug=$(echo "$row" | sed 's/.*"id":"\([^"]*\)".*/\1/')
	check=$(echo "$row" | sed 's/.*"named_by":\["\([^"]*\)".*/\1/')
	ops=3000
	[ "$SANITIZER" = none ] || ops=600
	expect 0 "$bug without it" timeout 100 "$HYPSIM" run "$bug" --ops $ops -o bug=0 --json
	says out '"verdict":"ok"'
	# Two CPUs must meet.
	[ "$check" != outcome ] || ops=300000
	expect 1 "$bug" timeout 100 "$HYPSIM" run "$bug" --ops $ops --stall 2 --json
	says out "{\"check\":\"$check\",\"row\":\""
done <"$dir/bugs"
expect 2 "no such bug" "$HYPSIM" run bug/forgoten-scrub
says err "did you mean 'bug/forgotten-scrub'"
expect 2 "too many CPUs" "$HYPSIM" run bug/stale-bank --cpus 8
says err "bug/stale-bank has at most 7 CPUs: two VMs for each"
finish
