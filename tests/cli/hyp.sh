# SPDX-License-Identifier: GPL-2.0-only
# Every function of the published layers (tests/data/hyp_names.txt: part, layer, name) is one that a script can call, and
# tests/hyp/every.hyp calls it where it does what it is for.  The 134 rows name 129 functions: five are in two parts.
. "$SOURCE/tests/cli/kit.inc"

names=$SOURCE/tests/data/hyp_names.txt
[ "$(wc -l <"$names")" -eq 134 ] || fail "hyp_names.txt: not 134 rows"
awk '{ print $3 }' "$names" | sort -u >"$dir/want"
[ "$(wc -l <"$dir/want")" -eq 129 ] || fail "hyp_names.txt: not 129 functions"

# compare WHAT: $dir/want and $dir/got are equal
compare()
{
	diff "$dir/want" "$dir/got" >"$dir/diff" && return
	fail "$1: functions of the pages (<), and what there is (>)"
	cat "$dir/diff"
}

# called: the functions of the hypervisor that the calls in $dir/out ended well in; no call may be stuck or halt the machine
called()
{
	grep -E '= (stuck|panic)' "$dir/out" && return
	sed -n 's/^\([a-z0-9_]*\)(.*) = .*/\1/p' "$dir/out" | sort -u | join - "$dir/list" >"$dir/got"
}

expect 0 "list of primitives" "$HYPSIM" list primitives
awk '$2 == "hyp" { print $1 }' "$dir/out" | sort >"$dir/list"
cp "$dir/list" "$dir/got"
compare "hypsim list primitives"

: >"$dir/got"
expect 0 "every function" "$HYPSIM" exec "$SOURCE/tests/hyp/every.hyp"
called
compare "tests/hyp/every.hyp"

# One call less, and one that is stuck, are seen.
sed '/^gen_vmid$/,/^expect/d' "$SOURCE/tests/hyp/every.hyp" >"$dir/less.hyp"
expect 0 "one less" "$HYPSIM" exec "$dir/less.hyp"
called
[ "$(comm -23 "$dir/want" "$dir/got")" = gen_vmid ] || fail "one call less: not seen"
: >"$dir/got"
sed 's/^set_vcpu_inactive 1 0$/set_vcpu_inactive 1 9/' "$SOURCE/tests/hyp/every.hyp" >"$dir/less.hyp"
expect 1 "one stuck" "$HYPSIM" exec "$dir/less.hyp"
called >"$dir/stuck"
[ -s "$dir/got" ] && fail "a call that is stuck: not seen"
finish
