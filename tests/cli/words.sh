# SPDX-License-Identifier: GPL-2.0-only
# What people type: numbers as they write them, words that are almost known, options that conflict, ranges that are empty.
. "$SOURCE/tests/cli/kit.inc"

# Numbers.
expect 0 "1e3 operations" "$HYPSIM" run lock-storm --cpus 0x2 --ops 1e3 --seed 1e9 --json
says out '"ops":2000,'
says out '"seed":1000000000,'
expect 0 "a size" "$HYPSIM" run lock-storm --cpus 2 --ops 100 --memory 4096K
expect 0 "a scenario's option" "$HYPSIM" run lock-storm --cpus 2 --ops 100 -o locks=0x10
expect 2 "not whole" "$HYPSIM" run lock-storm --ops 1.5
says err '--ops: expected a number 1..18446744073709551615, found "1.5"'
expect 2 "a size of something else" "$HYPSIM" run lock-storm --memory 64X
says err '--memory: expected a number of MiB 1..1048576, or a size as 64K, found "64X"'
expect 2 "bench, a number of CPUs" "$HYPSIM" bench lock --cpus 1,x
printf '1 0 GET_NOW\n' >"$dir/f"
expect 0 "fold, start counters" "$HYPSIM" fold --initial 0x10,1e1 "$dir/f"

# near STATUS WORD COMMAND...: the answer names the word that was meant.
near() {
	want=$1 word=$2
	shift 2
	expect "$want" "near: $*" "$HYPSIM" "$@"
	says err "(did you mean '$word'?)"
}
near 2 check chekc
near 2 convert log convrt "$dir/f"
near 2 lock-storm run lock_strom
near 2 rules list rule
near 2 hypercalls list hypercall
near 2 lock bench lokc
near 2 --cpus run lock-storm --cpu2 4
near 2 --only check --ony merge "$dir/f"
near 2 --columns log show --colums "$dir/f"
near 2 --json exec --jsn
near 2 locks run lock-storm -o lock=3
near 2 queue check --only quue "$dir/f"
near 2 tlb-invalidate run storm --erratum tlb-invalid=intended
near 2 INC_TICKET log show --kind INC_TIKCET "$dir/f"
near 2 CalTicketLock fold --fn CalTiketLock "$dir/f"
if [ -n "${HYPSIM_CHECK:-}" ]; then
	expect 2 "hypsim-check" "$HYPSIM_CHECK" --quit "$dir/f"
	says err "hypsim-check: unrecognized option '--quit' (did you mean '--quiet'?)"
fi
# script WORD LINE: the same of a line of a script.
script() {
	printf 'boot\n%s\n' "$2" >"$dir/s.hyp"
	near 2 "$1" exec "$dir/s.hyp"
	says err "$dir/s.hyp:2:"
}
script get_next_vmid 'get_nxt_vmid'
script acquire_lock_core 'aquire_lock_core'
script HVC_REGISTER_KVM 'hvc HVC_REGISTER_KMV'
script esr_el2 'get reg esr_ell2'
script next_vmid 'get cell CORE next_vmdi[0]'
script reset 'rest'
printf 'check 5\nexpect stuck STUCK_RNGE\n' >"$dir/s.hyp"
near 2 STUCK_RANGE exec "$dir/s.hyp"
expect 2 "a word like none" "$HYPSIM" qqqqqq
grep -q "did you mean" "$dir/err" && fail "a word like none: something is meant"
expect 2 "an option like none" "$HYPSIM" run clash -o claims=off
says err "clash has no option 'claims' ('hypsim list scenarios' shows what it has)"

# help COMMAND is COMMAND --help.
for c in run check fold list log exec bench "log show"; do
	# shellcheck disable=SC2086  # words
	expect 0 "help $c" "$HYPSIM" help $c
	mv "$dir/out" "$dir/want"
	# shellcheck disable=SC2086
	expect 0 "$c --help" "$HYPSIM" $c --help
	cmp "$dir/out" "$dir/want" || fail "help $c: something else"
done
near 2 run help rnu

# conflict TEXT COMMAND...
conflict() {
	text=$1
	shift
	expect 2 "conflict: $*" "$HYPSIM" "$@"
	says err "$text"
}
conflict "--raw, --columns and --json are forms of one output" log show --raw --columns "$dir/f"
conflict "--raw, --columns and --json are forms of one output" log show --json --raw "$dir/f"
conflict "--text goes with neither --binary nor --zstd" log convert --text --zstd "$dir/f" "$dir/g"
conflict "--json and --csv are two forms of one output" bench prim --csv --json
conflict "--force goes with --log only" run lock-storm --force
conflict "--memory goes with a log that waits in memory" run lock-storm --memory 16 --log "$dir/l"
conflict "--memory goes with a log that waits in memory" run lock-storm --memory 16 --check off
conflict "--admit-runs goes with --admit only" run lock-storm --admit-runs 5
[ -e "$dir/l" ] && fail "conflict: a log"

# Ranges.
printf '1 0 INC_TICKET 10\n1 0 GET_NOW\n' >"$dir/two"
conflict "--from 5 --to 2: the range is empty" log show --from 5 --to 2 "$dir/two"
conflict "$dir/two: --from 2: the log has 2 events" log show --from 2 "$dir/two"
conflict "$dir/two: --cpu 1: the log has CPUs 0..0" log show --cpu 0,1 "$dir/two"
expect 0 "the last event" "$HYPSIM" log show --from 1 --to 9 "$dir/two"
[ "$(wc -l <"$dir/out")" -eq 1 ] || fail "the last event: not one line"
finish
