# SPDX-License-Identifier: GPL-2.0-only
# hypsim two-run: scripts and scenarios that are clean, what slips let out, JSON, what it is asked wrongly.
. "$SOURCE/tests/cli/kit.inc"
cd "$SOURCE" || exit 1

# judged: each principal of the last --json has compared something.
judged() {
	sed 's/{"principal":/\
&/g' "$dir/out" | grep '^{"principal":' >"$dir/rows"
	[ -s "$dir/rows" ] || fail "$name: no principal"
	grep -v '"verdict":"not judged"' "$dir/rows" | grep '"compared":0,' | grep '"integrity":0,' &&
		fail "$name: nothing was compared"
}

# As intended nothing is found, and something is compared.
for program in tests/two/guests.hyp tests/two/refused.hyp tests/two/encrypt.hyp "vm-lifecycle --ops 200" "vcpu-migrate --ops 200" "storm --ops 150" \
	"smmu-storm --ops 400" "crypt --ops 200" "share-race --ops 200" "vm-boot --ops 150" "mmio --ops 2000" \
	"host-fault-storm --ops 150"; do
	# shellcheck disable=SC2086  # a program has options
	expect 0 "$program" "$HYPSIM" two-run --errata intended --json $program
	says out '"verdict":"nothing found"'
	says out '"principal":"HOST","verdict":"ok"'
	says out '"findings":[],"known_findings":[]'
	judged
	grep -q '"principal":"VM 1"' "$dir/out" || fail "$program: no VM is a principal"
	grep -qE '"(halted_in_one|stuck_in_one|other_way|found)":[1-9]' "$dir/out" && fail "$program: the two runs part"
done

# As published a guest enters with the registers of the host, which is known.
expect 0 published "$HYPSIM" two-run tests/two/guests.hyp
says out "known, erratum core-to-vm: restore: VM 1 runs again, and sees other things in the two runs"
says out "observe_reg (the registers of a CPU on which the principal runs, outside the core)"
says out "the secret: x1 of CPU 0 while HOST ran there (registers)"
says out "verdict: nothing found, 2 known (errata core-to-vm)"
expect 0 one-side "$HYPSIM" two-run tests/two/guests.hyp --erratum core-to-vm=intended --json
says out '"known_findings":[]'
expect 0 not-varied "$HYPSIM" two-run tests/two/guests.hyp --vary pages,contexts,stores --json
says out '"varied":["pages","contexts","stores"]'
grep -q '"erratum"' "$dir/out" && fail "not-varied: known all the same"
expect 0 none "$HYPSIM" two-run tests/two/guests.hyp --vary none
says out "varied: nothing"

# The other slips that let somebody see something: their scripts have both sides.
expect 0 mem-buf-pfn "$HYPSIM" two-run --json tests/findings/crypt-foreign-frame.hyp
says out '"principal":"VM 2","verdict":"known"'
says out '"erratum":"mem-buf-pfn"'
says out '"observation":"observe_flatmem","place":"frame 0x140000","values":["0x5","0x66"]'
sed 's/^erratum mem-buf-pfn.*//; s/^boot 1024/&\
erratum mem-buf-pfn intended/' tests/findings/crypt-foreign-frame.hyp >"$dir/mended.hyp"
expect 0 mem-buf-pfn-mended "$HYPSIM" two-run --json "$dir/mended.hyp"
says out '"principal":"VM 2","verdict":"ok"'
expect 0 smmu-pt-clear "$HYPSIM" two-run --json tests/findings/smmu-stale-table.hyp
says out '"principal":"VM 3","verdict":"known"'
says out '"secret":"stores"'
says out '"erratum":"smmu-pt-clear"'

# A difference that no slip explains: a page that the script gives to VM 1 is still where VM 2's devices reach it.
cat >"$dir/found.hyp" <<'E1'
errata intended
boot 1024
hvc HVC_REGISTER_KVM
hvc HVC_REGISTER_KVM
hvc HVC_SMMU_ALLOC_PGD 0 2 0
hvc HVC_SMMU_LPAE_MAP 0x10000 0x40010000 0xc0 0 0
hvc HVC_VERIFY_VM_IMAGE 1
hvc HVC_VERIFY_VM_IMAGE 2
set cell S2PAGE s2_owner[528] 1
set cell S2PAGE s2_count[528] 0
set cur_vmid 2
set ihost 0
dev_store 0x10 4 0 0
expect ok
E1
expect 1 found "$HYPSIM" two-run "$dir/found.hyp"
says out "integrity: a step that is not VM 1's changes what it sees, in run 0"
says out "dev_store 0x10 4 0 0 ($dir/found.hyp:13)"
says out "observe_flatmem (what a page of its own holds)"
says out "frame 0x40010: before 0x"
says out "the secret: x4 of CPU 0, which VM 2 stored (stores)"
says out "verdict: found"
expect 1 found-json "$HYPSIM" two-run --quiet --json "$dir/found.hyp" --principal 1
says out '"principal":"VM 1","verdict":"found"'
says out '"kind":"integrity","step":7,"inside":false,"cpu":0'
grep -q '"principal":"HOST"' "$dir/out" && fail "found-json: HOST was not asked for"

# A scenario is the same each time; a principal that is none is not judged.
"$HYPSIM" two-run vm-lifecycle --ops 200 --seed 5 --json >"$dir/a"
expect 0 again "$HYPSIM" two-run vm-lifecycle --ops 200 --seed 5 --json
cmp -s "$dir/a" "$dir/out" || fail "again: another answer"
expect 0 not-judged "$HYPSIM" two-run tests/two/guests.hyp --principal VM:9
says out "verdict: nothing was judged"
says out "not judged: VM 9 (it was no principal in any step)"
expect 0 not-judged-json "$HYPSIM" two-run tests/two/guests.hyp --principal 9 --json
says out '"verdict":"not judged","known":0,"interrupted":false}'
expect 0 one-not-judged "$HYPSIM" two-run tests/two/guests.hyp --errata intended --principal VM:9 --principal HOST
says out "verdict: nothing found"
says out "not judged: VM 9 ("
expect 0 known-json "$HYPSIM" two-run tests/two/guests.hyp --json
says out '"verdict":"nothing found","known":2,"interrupted":false}'
printf '# nothing\n' >"$dir/empty.hyp"
expect 0 no-step "$HYPSIM" two-run "$dir/empty.hyp" --principal 3
says out "verdict: nothing was judged"
says out "not judged: VM 3 (no step was made)"
# stopped SIGNAL NUMBER SECONDS COMMAND...: the command, which gets the signal so long after it has begun to catch it.
stopped()
{
	signal=$1 number=$2 seconds=$3
	shift 3
	env --default-signal="$signal" "$@" &
	pid=$! tries=0
	until [ $tries -eq 600 ] || [ $((0x$(sed -n 's/^SigCgt:[^0-9a-f]*//p' "/proc/$pid/status" 2>/dev/null || echo ffff) >> (number - 1) & 1)) = 1 ]; do
		sleep 0.05
		tries=$((tries + 1))
	done
	sleep "$seconds"
	kill -s "$signal" $pid
	wait $pid
}
# Interrupted: what was compared until then is told, as text and in JSON.
expect 130 interrupted stopped INT 2 2 "$HYPSIM" two-run storm --ops 100000000 --json
says out '"principal":"HOST","verdict":"ok"'
says out '"verdict":"nothing found"'
says out '"interrupted":true}'
expect 143 terminated stopped TERM 15 2 "$HYPSIM" two-run storm --ops 100000000
says out "verdict: nothing found"
says out "; interrupted before the end"
many=300
[ "$test_form" = short ] || many=500
for i in $(seq $many); do cat tests/two/refused.hyp; done | grep -v '^expect' >"$dir/long.hyp"
expect 143 "a script, terminated" stopped TERM 15 1 "$HYPSIM" two-run "$dir/long.hyp"
says out "interrupted before the end"
# A script that never ends is read until a signal comes.
mkfifo "$dir/endless"
yes >"$dir/endless" 2>/dev/null &
expect 143 "no end" stopped TERM 15 0.3 "$HYPSIM" two-run "$dir/endless"
says err "endless: interrupted"
expect 3 "a device without end" "$HYPSIM" two-run /dev/zero
says err "/dev/zero: more than"
expect 0 quiet "$HYPSIM" two-run tests/two/guests.hyp --quiet
[ -s "$dir/out" ] && fail "quiet: output"
expect 0 stdin sh -c "\"$HYPSIM\" two-run - <tests/two/guests.hyp"
says out "standard input twice"

# A bug: all its steps are HOST's.  Without the bug, with the same secrets in both runs, and of a bug that shows HOST nothing: clean.
scrub="$HYPSIM two-run bug/forgotten-scrub --ops 100"
for who in "" "--principal HOST"; do
	# shellcheck disable=SC2086  # words
	expect 1 "a bug $who" $scrub $who
	says out "confidentiality: HOST sees other things in the two runs"
	says out "observe_flatmem (what a page of its own holds)"
	says out "VM 1's (pages)"
	[ "$(grep -cE '^  (HOST|VM [0-9]+) ' "$dir/out")" -eq 1 ] || fail "a bug: not HOST alone"
done
for opts in "-o bug=0" "--vary contexts,registers,stores"; do
	# shellcheck disable=SC2086  # words
	expect 0 "a bug $opts" $scrub $opts
	says out "verdict: nothing found"
	grep -qE '^  HOST +100 +1[0-9][0-9] ' "$dir/out" || fail "a bug $opts: nothing was compared"
done
expect 0 "a bug of records" "$HYPSIM" two-run bug/wrong-owner --ops 100
says out "verdict: nothing found"

# What is wrong.
expect 2 no-subject "$HYPSIM" two-run
says err "which script or scenario?"
expect 2 two-subjects "$HYPSIM" two-run storm crypt
expect 2 cpus "$HYPSIM" two-run storm --cpus 2
says err "two runs of a scenario have one CPU"
expect 2 ops "$HYPSIM" two-run tests/two/guests.hyp --ops 5
says err "go with a scenario only"
expect 2 vary "$HYPSIM" two-run storm --vary pages,regs
says err 'found "regs"'
for vary in "" none,all all,pages pages, ,; do
	expect 2 "vary '$vary'" "$HYPSIM" two-run storm --vary "$vary"
	says err "--vary: "
done
expect 2 vary-none-all "$HYPSIM" two-run storm --vary none,all
says err "all and none stand alone"
expect 2 vary-empty "$HYPSIM" two-run storm --vary ''
says err 'stores, all or none, found ""'
for who in 16 0 VM:0 foo VM: -1; do
	expect 2 "principal $who" "$HYPSIM" two-run storm --principal "$who"
	says err "--principal: expected HOST, or the number of a VM, 1..15, as 3 or VM:3, found \"$who\""
done
expect 2 bug "$HYPSIM" two-run bug/stale-bank --principal HOST --principal 1
says err "--principal: of bug/stale-bank HOST alone"
expect 2 near "$HYPSIM" two-run vm-lifecicle
says err "no scenario (did you mean 'vm-lifecycle'?), and no script"
expect 2 erratum "$HYPSIM" two-run storm --erratum nothing=published
expect 2 option "$HYPSIM" two-run storm -o nothing=1
expect 2 no-file "$HYPSIM" two-run "$dir/nothing.hyp"
says err "no scenario, and no script"
printf 'boot 1024\nnonsense\n' >"$dir/bad.hyp"
expect 2 malformed "$HYPSIM" two-run "$dir/bad.hyp"
says err "bad.hyp:2:1: expected a primitive"

expect 0 help "$HYPSIM" help two-run
says out "which secrets differ: pages, contexts"
finish
