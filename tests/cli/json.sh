# SPDX-License-Identifier: GPL-2.0-only
# JSON: addresses, entries, registers and digests are strings "0x..." always, counts are numbers that every reader holds
# exactly, and what is written can be read back.
. "$SOURCE/tests/cli/kit.inc"

# numbers FILE: every number of it is below 2^53.
numbers() {
	sed 's/"[^"]*"//g; s/[0-9]*\.[0-9][0-9e+-]*//g' "$1" | grep -oE '[0-9]{16,}' | awk '$1 + 0 >= 9007199254740992 { print; bad = 1 } END { exit bad }' >"$dir/big" ||
		fail "$name: $(head -1 "$dir/big") is no number that every reader holds"
}

expect 0 "a storm's log" "$HYPSIM" run storm --cpus 2 --ops 500 --seed 18446744073709551615 --check off --log "$dir/log" --json
numbers "$dir/out"
says out '"seed":"0xffffffffffffffff"'
expect 0 "show" "$HYPSIM" log show --json "$dir/log"
numbers "$dir/out"
grep -q '"digest":"0x[0-9a-f]*"' "$dir/out" || fail "show: no digest"
grep -q '"digest":"[^0]' "$dir/out" && fail "show: a digest that is no 0x string"
grep -oE '"(old|new)":[^,}]*' "$dir/out" | grep -qv ':"0x[0-9a-f]*"$' && fail "show: a value that is no 0x string"
grep -q '"field":"pt_[a-z]*_pool","first":"0x[0-9a-f]*","last":"0x' "$dir/out" || fail "show: no address of a pool"
grep -E '"function":"map_page_host"' "$dir/out" | grep '"event":"op"' | grep -qvE '"arg":\["0x[0-9a-f]+"\]' && fail "show: an address of map_page_host that is no 0x string"
expect 0 "stats" "$HYPSIM" log stats --json "$dir/log"
numbers "$dir/out"
expect 0 "check" "$HYPSIM" check --json "$dir/log"
numbers "$dir/out"

# The configuration of a log is JSON: what is written is read back, and gives the same again.
expect 0 "text" "$HYPSIM" log convert "$dir/log" "$dir/text"
head -1 "$dir/text" | sed 's/^#! config //' >"$dir/out"
numbers "$dir/out"
grep -oE '\["0x[0-9a-f]*",[0-9]*,' "$dir/out" >/dev/null || fail "configuration: regions without addresses"
expect 0 "binary" "$HYPSIM" log convert "$dir/text" "$dir/back"
expect 0 "text again" "$HYPSIM" log convert "$dir/back" "$dir/again"
cmp "$dir/text" "$dir/again" || fail "configuration: not the same"

printf 'set_shadow_ctxt 1 0 X0 0xffffffffffffffff\nget_shadow_ctxt 1 0 X0\nset ctxt 0 0 x0 7\nget reg x0\nget_next_vmid\ndump cpu\n' >"$dir/s.hyp"
expect 0 "exec" "$HYPSIM" exec --json "$dir/s.hyp"
numbers "$dir/out"
says out '"call":"get_shadow_ctxt","args":[1,0,0],"outcome":"ok","value":"0xffffffffffffffff"}'
says out '"get":"reg x0","value":"0x0"}'
# A value written is taken as it stands.
printf 'get_shadow_ctxt 1 0 X0\nexpect 0x0\n' >"$dir/s.hyp"
expect 0 "exec, back" "$HYPSIM" exec "$dir/s.hyp"
finish
