# SPDX-License-Identifier: GPL-2.0-only
# hypsim check --explain: a page for each check, each row that a check can find and each group; of what it is about, when it is
# evaluated and why it matters.
. "$SOURCE/tests/cli/kit.inc"

# explained NAME: it has a page, and the page says all of it.
explained() {
	expect 0 "$1" "$HYPSIM" check --explain "$1"
	says out "  says       "
}

"$HYPSIM" list checks --json | tr -d '\n' | sed 's/{/\n{/g' | sed -n 's/^{ *"id": "\([a-z_0-9]*\)", *"group": "\([a-z]*\)".*/\1 \2/p' >"$dir/checks"
[ "$(wc -l <"$dir/checks")" -gt 60 ] || fail "only $(wc -l <"$dir/checks") checks"
while read -r check group; do
	explained "$check"
	for part in "check $check" "  why        " "  evaluated  " "  told       " "  group      $group: " "  alone      hypsim check --"; do
		says out "$part"
	done
	# A sentence has more than a few words, and ends.
	grep -A1 -E '^  why        ([^ ]+ ){8}' "$dir/out" | grep -q . || fail "$check: why says too little"
done <"$dir/checks"
for group in $(cut -d' ' -f2 "$dir/checks" | sort -u); do
	explained "$group"
	says out "group $group"
done

# Every row of every log that breaks a law, and every row of the lists.
{
	"$HYPSIM" list rules | awk '$2 == "fold" || $2 == "check" || $2 == "stuck" { print $1 }'
	sed -sn '1s/^# expect: \([A-Z][A-Z0-9_]*\).*/\1/p' "$SOURCE"/tests/logs/bad/*.log
} | sort -u >"$dir/rows"
[ "$(wc -l <"$dir/rows")" -gt 150 ] || fail "only $(wc -l <"$dir/rows") rows"
while read -r row; do
	explained "$row"
	[ "$(head -1 "$dir/out")" = "$row" ] || fail "$row: the page begins with $(head -1 "$dir/out")"
	grep -qE '^check [a-z_0-9]+|by hypsim fold' "$dir/out" || fail "$row: no check has it"
done <"$dir/rows"

# What a page says is what the tables say.
explained HOST_ISO
says out "check host_iso  [S6, SecurityInvs: host_iso]"
says out "  known      where erratum count-invalid (K1) is judged by its published side"
says out "one of these: leaf, page;"
explained tlb
says out "erratum tlb-invalidate is judged by its published side: a changed entry is not"
expect 0 "principals" "$HYPSIM" check --explain principals
says out "erratum decrypt-oracle is judged by its published side: the values come"
explained refine
says out "group refine"
says out "REFINE_RESULT: an operation gives another value than it should"
explained MERGE_LOST
says out "check merge"
explained Q_HOLD_EARLY
says out "check queue"

# What there is not: the nearest name, and status 2.
expect 2 "a slip" "$HYPSIM" check --explain HOST_ISSO
says err "there is no check, row or group 'HOST_ISSO' (did you mean 'HOST_ISO'?)"
expect 2 "a slip of a check" "$HYPSIM" check --explain hots_iso
says err "(did you mean 'host_iso'?)"
expect 2 "nothing near" "$HYPSIM" check --explain xyzzy
says err "there is no check, row or group 'xyzzy'; hypsim list checks"
expect 2 "no name" "$HYPSIM" check --explain ''
expect 2 "no argument" "$HYPSIM" check --explain

# The program without the machine says the same.
expect 0 "hypsim" "$HYPSIM" check --explain SCRUB
mv "$dir/out" "$dir/hypsim"
expect 0 "hypsim-check" "$HYPSIM_CHECK" --explain SCRUB
cmp "$dir/out" "$dir/hypsim" || fail "hypsim-check says something else"
# A clause that follows from others says so, and no other does.
expect 0 "implied" "$HYPSIM" check --explain smmu_count_0
says out "  implied    by S4, S5, S9 and S10 together"
expect 0 "implied by X1" "$HYPSIM" check --explain host_iso
says out "  implied    by X1: where this does not hold, one of these does not"
expect 0 "not implied" "$HYPSIM" check --explain vm_iso
grep -q '^  implied' "$dir/out" && fail "vm_iso is said to follow from others"
finish
