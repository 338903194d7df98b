# SPDX-License-Identifier: GPL-2.0-only
# run.sh SCRIPT: a finding about the published system.  Its first lines say what is broken, how, and what mends it:
#   # What:  ...      # How:   ...      # Mends: erratum NAME | nothing ...
# All its expectations hold; where an erratum mends it, they do not hold with that erratum published throughout.
script=$1

fail()
{
	echo "$script: $*"
	exit 1
}

head -n 12 "$script" | sed -n 's/^# \(What\|How\|Mends\): .*/\1/p' | tr '\n' ' ' | grep -qx 'What How Mends ' ||
	fail "it does not begin with '# What:', '# How:' and '# Mends:'"
"$HYPSIM" exec "$script" || fail "exit status $?"

mends=$(sed -n 's/^# Mends: *//p' "$script")
id=$(printf '%s\n' "$mends" | sed -n 's/^erratum \([a-z0-9-]*\)$/\1/p')
case $mends in
nothing*)
	exit 0
	;;
esac
[ -n "$id" ] || fail "'# Mends:' says neither 'erratum NAME' nor 'nothing'"
grep -q "^erratum $id intended" "$script" || fail "it does not show that erratum $id mends it"
sed "s/^erratum $id intended/erratum $id published/" "$script" | "$HYPSIM" exec - >/dev/null
status=$?
[ $status -eq 1 ] || fail "with $id published throughout the exit status is $status, not 1: it does not show the difference"
