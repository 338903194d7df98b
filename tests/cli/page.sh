# SPDX-License-Identifier: GPL-2.0-only
# A finding as a page and as data: values, who wrote each last, where the CPUs were, how it is seen again; --all.
. "$SOURCE/tests/cli/kit.inc"

share=3
[ "$test_form" = short ] || share=1

# written LOG ARGS...: `check --json --all` of the log names who wrote each value last, as the log itself says.
written() {
	log=$1
	shift
	"$HYPSIM" log show --json "$log" >"$dir/show"
	"$HYPSIM" check --json --all "$@" "$log" >"$dir/judged"
	expect 0 "written last, $log" python3 "$SOURCE/tests/schema/writers.py" "$dir/show" "$dir/judged"
}

# Of one CPU: the whole page.
expect 1 "a bug" "$HYPSIM" run bug/forgotten-unmap --ops 50 --cpus 1 --log "$dir/bug"
says out "first violation: HOST_ISO (check host_iso, S6, SecurityInvs: host_iso)"
says out "  written last:"
says out "    pte 0x213fff      NPT:0 pt_pmd_pool[0x911098]  event 144, CPU 0, give, map_page_host"
says out "    owner VM 1        S2PAGE s2_owner[0x13]        event 161, CPU 0, give, assign_pfn_to_vm"
says out "    count 0           S2PAGE s2_count[0x13]        as the episode began"
says out "    CPU 0: give, assign_pfn_to_vm(vmid=1, gfn=0x80003, pfn=0x213)"
says out "what it means: hypsim check --explain HOST_ISO"
says out "to see it again: hypsim check --only host_iso $dir/bug"
says out "the run was: hypsim run bug/forgotten-unmap --cpus 1 --seed 1 --ops 50"
# The command that the page gives finds it again.
expect 1 "again" sh -c "\"$HYPSIM\" $(sed -n 's/^the run was: hypsim \([^(]*\).*/\1/p' "$dir/out")"
says out "first violation: HOST_ISO"
expect 1 "again, from the log" "$HYPSIM" check --only host_iso "$dir/bug"
says out "event 161, CPU 0, give, assign_pfn_to_vm"
written "$dir/bug"
grep -q '^2[0-9] values' "$dir/out" || fail "of the bug: $(cat "$dir/out")"

# While the run lasts it says the same.
for when in after online; do
	expect 1 "$when" "$HYPSIM" run bug/forgotten-unmap --ops 50 --cpus 1 --check $when --json
	tr -d '\n' <"$dir/out" | grep -o '"findings":.*"more_findings"' >"$dir/$when"
done
[ -s "$dir/online" ] || fail "online: no findings"
# Online ends at the first finding, so the last of the operations around it may be missing.
sed 's/"operations":.*//; s/"events":.*//' "$dir/after" | head -c 1500 >"$dir/a"
sed 's/"operations":.*//; s/"events":.*//' "$dir/online" | head -c 1500 >"$dir/o"
cmp "$dir/a" "$dir/o" || fail "online says something else of who wrote what"

# Several CPUs, and every log that breaks a law.
for bug in forgotten-unmap forgotten-scrub stale-bank early-release; do
	"$HYPSIM" run bug/$bug --cpus 2 --ops 100 --log "$dir/$bug" >/dev/null 2>&1
	written "$dir/$bug" --strict
	grep -q '^0 values' "$dir/out" && fail "$bug: no value was looked at"
done
for log in $(every $share "$SOURCE"/tests/logs/bad/[CDEHOPRSTUVW]*.log); do
	written "$log" --strict
done

# A writer that is named wrongly is seen: by the event before.
"$HYPSIM" log show --json "$dir/bug" >"$dir/show"
"$HYPSIM" check --json --all "$dir/bug" | sed 's/"written":{"event":161/"written":{"event":160/' >"$dir/judged"
expect 1 "another writer" python3 "$SOURCE/tests/schema/writers.py" "$dir/show" "$dir/judged"

# Findings have their values as data.  Those without: the rule, or nothing but the event, says it all.
for log in "$SOURCE"/tests/logs/bad/*.log; do
	row=$(sed -n '1s/^# expect: \([A-Za-z0-9_]*\).*/\1/p' "$log")
	case $row in
	[TQHR]_* | MERGE_* | REQUIRE_* | OUTCOME_SURPRISE | OUTSIDE_IMAGE | OUTSIDE_RANGE | PULL_FLATMEM) continue ;;
	esac
	only=$(sed -n '2s/^# only: //p' "$log")
	"$HYPSIM" check --json ${only:+--only "$only"} "$log" >"$dir/out"
	grep -q "\"row\":\"$row\".*\"facts\":\[{" "$dir/out" || fail "$log: $row has no facts"
done

# --all: each that is kept is a page; without it one is.
expect 1 "one page" "$HYPSIM" check "$dir/bug"
[ "$(grep -c 'just before:' "$dir/out")" -eq 1 ] || fail "not one page"
says out "also:"
n=$("$HYPSIM" check --json "$dir/bug" | grep -o '"row":' | wc -l)
expect 1 "all" "$HYPSIM" check --all "$dir/bug"
[ "$(grep -c '^  just before:' "$dir/out")" -eq "$n" ] || fail "--all: not $n pages"
says out "violation $n: "
grep -q '^also:' "$dir/out" && fail "--all: others in a line"
[ "$(grep -c '^  written last:' "$dir/out")" -gt 1 ] || fail "--all: no writers behind the first"
[ "$(grep -c '^>' "$dir/out")" -eq "$n" ] || fail "--all: events are not around each of the $n"
# What --all says of the first one is what is said without it.
"$HYPSIM" check "$dir/bug" | sed -n '/^first/,/^also/p' | sed '$d' | sed '$d' >"$dir/first"
sed -n '/^first/,/^violation 2/p' "$dir/out" | sed '$d' | sed '$d' >"$dir/first_of_all"
cmp "$dir/first" "$dir/first_of_all" || fail "--all says something else of the first"
# More than are kept: the rest is counted.
expect 1 "many" "$HYPSIM" run bug/forgotten-unmap --ops 3000 --cpus 1 --all
[ "$(grep -c '^violation' "$dir/out")" -eq 63 ] || fail "many: $(grep -c '^violation' "$dir/out") pages behind the first"
says out "more violations, which are counted and not kept (64 are)"
# Known ones are pages as well.
expect 0 "known" "$HYPSIM" check --all "$SOURCE/tests/logs/good/known_count_invalid.log"
says out "known, erratum count-invalid: HOST_"
says out "  written last:"
finish
