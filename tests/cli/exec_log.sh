# SPDX-License-Identifier: GPL-2.0-only
# hypsim exec --log and --check: what the calls of a script did, as a log that is judged; what no log can tell is told.
. "$SOURCE/tests/cli/kit.inc"
log=$dir/log

# One machine, halts, and the next that begins as it does: one log with an episode each.
cat >"$dir/two.hyp" <<'E1'
boot 1024
hvc HVC_REGISTER_KVM
fault 0x200000
cpu 3
fault 0x201000
hvc HVC_REGISTER_VCPU 7 0      # no such VM
expect panic VCPU_NOT_NEW 7 0 0 0
boot 1024
fault 0x200000
E1
expect 0 "a log" "$HYPSIM" exec --log "$log" "$dir/two.hyp"
says out "log: 5 calls of 2 machines in $log"
says out "verdict: nothing found"
says out "not judged: "
[ -e "$log.2" ] && fail "a second log of machines that begin alike"
expect 0 "check of it" "$HYPSIM" check "$log"
says out ": ok"
expect 0 "stats of it" "$HYPSIM" log convert --text "$log" "$dir/text"
grep -q '^#! 3 panic ' "$dir/text" || fail "no panic of CPU 3"
grep -q '^#! 0 begin line 2$' "$dir/text" || fail "no operation of line 2"
[ "$(grep -c '^#! 0 episode ' "$dir/text")" -eq 2 ] || fail "not two episodes"
grep -q '^#! 0 close' "$dir/text" || fail "not closed"

# In memory, in JSON; and not judged.
expect 0 "in memory" "$HYPSIM" exec --check --json "$dir/two.hyp"
says out '"verdict":"ok"'
says out '"log":null,"calls":5,"episodes":2}'
expect 0 "not judged" "$HYPSIM" exec --log "$log" --check=off "$dir/two.hyp"
says out "log: 5 calls"
grep -q '^verdict' "$dir/out" && fail "judged with --check=off"
expect 0 "no log" "$HYPSIM" exec "$dir/two.hyp"
grep -q '^log:' "$dir/out" && fail "a log that nobody asked for"

# Machines that begin in other ways: a log each.  What the script sets before the first call is how they begin.
cat >"$dir/ways.hyp" <<'E1'
boot 1024
fault 0x200000
boot 2048
fault 0x200000
boot 1024
erratum core-to-vm intended
fault 0x200000
boot 1024
set cell FLATMEM flatmem[0x210] 77
set reg x3 5
mem_load 0x210 4
fault 0x210000
mem_load 0x210 4
get ctxt 0 0 x4
expect 77
E1
rm -f "$log"*
expect 0 "four ways" "$HYPSIM" exec --log "$log" "$dir/ways.hyp"
[ "$(grep -c '^verdict: nothing found$' "$dir/out")" -eq 4 ] || fail "four ways: not four logs without a finding"
for i in "" .2 .3 .4; do
	expect 0 "check of log$i" "$HYPSIM" check "$log$i"
done
"$HYPSIM" log convert --text "$log.4" "$dir/text"
grep -q '"flatmem"' "$dir/text" || fail "what was set is not in the header"

# A start that the invariants forbid is found.
printf 'boot 1024\nset cell CORE next_remap_ptr[0] 0\nfault 0x205000\n' >"$dir/bad.hyp"
expect 1 "a bad start" "$HYPSIM" exec --check "$dir/bad.hyp"
says out "verdict: VIOLATION"
says out "check remap_ptr"
expect 1 "a bad start, JSON" "$HYPSIM" exec --check --json "$dir/bad.hyp"
says out '"verdict":"violation"'

# An operation that nobody would make then is found, with the line that made it.
printf 'boot 1024\nset_vm_poweroff 1\n' >"$dir/off.hyp"
expect 1 "a VM that is not there goes off" "$HYPSIM" exec --check "$dir/off.hyp"
says out "first violation: VM_STATES_VM"
# Known findings are no violations, unless that is wanted.
printf 'boot 1024\nhvc HVC_REGISTER_KVM\nhvc HVC_SMMU_ALLOC_PGD 0 1 0\nhvc HVC_SMMU_LPAE_MAP 0x5000 0x40010000 0xc0 0 0\nhvc HVC_VERIFY_VM_IMAGE 1\nset_vm_poweroff 1\nhvc HVC_CLEAR_VM_S2_RANGE 1 0x40010000 0x1000\n' >"$dir/known.hyp"
expect 0 known "$HYPSIM" exec --check "$dir/known.hyp"
says out "verdict: nothing found, 1 known (errata dead-vm-entries)"
expect 1 strict "$HYPSIM" exec --check --strict "$dir/known.hyp"
expect 0 intended "$HYPSIM" exec --check --errata intended "$dir/known.hyp"
grep -q known "$dir/out" && fail "a known finding on the intended side"

# What no log can tell ends the episode before it, and is told with its line; the next machine is in the log again.
gap() {
	printf 'boot 1024\nfault 0x200000\n%b\nfault 0x201000\nfault 0x202000\nboot 1024\nfault 0x203000\n' "$1" >"$dir/gap.hyp"
	rm -f "$log"*
	expect 0 "gap: $1" "$HYPSIM" exec --log "$log" "$dir/gap.hyp"
	says out "not in the log: from line $2"
	says out "$3"
	says out "verdict: nothing found"
	expect 0 "gap, check: $1" "$HYPSIM" check "$log"
}
gap 'set cell FLATMEM flatmem[0x210] 77' "4 on 2 calls:" "the script has set FLATMEM"
gap 'set cell S2PAGE s2_owner[5] 3' "4 on 2 calls:" "the script has set S2PAGE"
gap 'set cur_vmid 2' "4 on 2 calls:" "the script has set who runs on the CPU"
gap 'set tstate 0' "4 on 2 calls:" "the script has set tstate"
gap 'set region 0 size 0x1000' "4 on 2 calls:" "the script has set memory regions or SMMUs"
gap 'set data_log 3 5' "4 on 2 calls:" "how many values of an oracle were taken"
gap 'erratum smmu-host-offset intended' "4 on 2 calls:" "the host's records have the side of smmu-host-offset"
gap 'erratum lock-numbering published' "4 on 2 calls:" "with lock-numbering published"
gap 'erratum ticket-log published' "4 on 2 calls:" "with ticket-log published"
gap 'set ctxt 1 0 x3 8' "4 on 2 calls:" "the script has set a saved context"
gap 'set tlb 1' "4 on 2 calls:" "translation buffers came or went"
gap 'weak on' "4 on 2 calls:" "'weak' is no machine's"
gap 'acquire_lock_pt 3' "3 on 3 calls:" "a call below the core's entries"
gap 'panic' "3 on 3 calls:" "a call below the core's entries"
gap 'env S2PAGE : 1 WAIT_LOCK 10 ; 1 OPULL 2 ; 1 OS2_PAGE ; 1 REL_LOCK' "4 on 2 calls:" "the others' steps are the script's"
# A call that was stuck has done nothing: it is in no log, and nothing is missing.
printf 'boot 1024\nfault 0x200000\nmem_load 0x50000 1\nexpect stuck\nfault 0x201000\n' >"$dir/stuck.hyp"
expect 0 stuck "$HYPSIM" exec --check "$dir/stuck.hyp"
says out "log: 2 calls in memory"
grep -q 'not in the log' "$dir/out" && fail "a call that was stuck is missing"
# Another side of an erratum: every CPU's stream says so, once, and the log goes on.  A call of another CPU is judged by it as well,
# and the next machine begins with the side that the script is at.
cat >"$dir/side.hyp" <<'E1'
boot 1024
erratum hpfar-mask published
fault 0x200000
erratum hpfar-mask intended
erratum count-invalid intended
erratum count-invalid published
fault 0x40000000
cpu 1
fault 0x40001000
boot 1024
fault 0x40002000
E1
rm -f "$log"*
expect 0 "a side" "$HYPSIM" exec --log "$log" "$dir/side.hyp"
grep -q 'not in the log' "$dir/out" && fail "a side: calls are missing: $(cat "$dir/out")"
[ "$(grep -c '^verdict: nothing found$' "$dir/out")" -eq 2 ] || fail "a side: not two logs without a finding"
"$HYPSIM" log convert --text "$log" "$dir/text"
[ "$(grep -c '^#! [0-7] erratum hpfar-mask intended$' "$dir/text")" -eq 8 ] || fail "a side: not one mark for each CPU"
[ "$(grep -c ' erratum ' "$dir/text")" -eq 8 ] || fail "a side: what was set back is in the log"
"$HYPSIM" log convert --text "$log.2" "$dir/text"
grep -q '"hpfar-mask":"intended"' "$dir/text" || fail "a side: the next machine does not begin with it"
# Without the marks calls of the other side are found; with them, judged by one side whatever they say, as well.
"$HYPSIM" log convert --text "$log" "$dir/text"
grep -v ' erratum ' "$dir/text" >"$dir/unsaid"
expect 1 "a side that nobody said" "$HYPSIM" check "$dir/unsaid"
says out "check composite"
expect 0 "a side, both halves" "$HYPSIM" check --jobs 2 "$log"
for side in "--erratum hpfar-mask=published" "--errata default"; do
	# shellcheck disable=SC2086  # words
	expect 1 "a side, $side" "$HYPSIM" check $side "$log"
	says out "check composite"
done
expect 0 "a side, another erratum" "$HYPSIM" check --erratum count-invalid=intended "$log"
expect 0 "a side, coverage" "$HYPSIM" coverage --missing "$log"

# What sets registers and values from outside is in the log; what was set back, and a look at contents, leaves nothing.
printf 'boot 1024\nfault 0x200000\nset cell S2PAGE s2_owner[5] 3\nset cell S2PAGE s2_owner[5] 0\nset reg x7 9\nfeed data 3 1 2 3\nwalk_spt 0 0 0x5000\nget reg x7\ndump npt 0\nfault 0x201000\n' >"$dir/told.hyp"
expect 0 told "$HYPSIM" exec --check "$dir/told.hyp"
says out "log: 3 calls in memory"
says out "verdict: nothing found"
grep -q 'not in the log' "$dir/out" && fail "what is told counts as missing"

# Below the top: locks and contents are judged, and no invariant.
printf 'boot 1024\nacquire_lock_s2page\nset_pfn_owner 0x210 3\nrelease_lock_s2page\nacquire_lock_pt 1\n' >"$dir/low.hyp"
expect 0 low "$HYPSIM" exec --check "$dir/low.hyp"
says out "log: 4 calls in memory"
says out "verdict: nothing found"
says out "inv, edge, refine (log has no memory regions)"
printf 'acquire_lock_s2page\nacquire_lock_pt 1\nrelease_lock_pt 1\nrelease_lock_s2page\nacquire_lock_pt 1\nacquire_lock_s2page\nrelease_lock_s2page\nrelease_lock_pt 1\n' >"$dir/order.hyp"
expect 1 "locks in two orders" "$HYPSIM" exec --check "$dir/order.hyp"
says out "ORDER"
# Who waits for another CPU of the script is stuck, and nothing hangs.
printf 'acquire_lock_pt 1\ncpu 1\nacquire_lock_pt 1\nexpect stuck\n' >"$dir/wait.hyp"
for level in high ticket; do
	expect 0 "a wait, $level" "$HYPSIM" exec --check --level $level "$dir/wait.hyp"
	says out "log: 1 call in memory"
done

# How a script ends: without a call, malformed, with an expectation that fails, killed.
printf 'boot 1024\nget tstate\n' >"$dir/none.hyp"
rm -f "$log"*
expect 0 "no call" "$HYPSIM" exec --log "$log" "$dir/none.hyp"
says out "verdict: nothing to judge"
expect 0 "no call, check" "$HYPSIM" check "$log"
printf 'boot 1024\nfault 0x200000\nfault x\nfault 0x201000\n' >"$dir/broken.hyp"
expect 2 malformed "$HYPSIM" exec --log "$log" "$dir/broken.hyp"
says err "broken.hyp:3:7: expected"
says out "log: 1 call in $log"
expect 0 "malformed, check" "$HYPSIM" check "$log"
printf 'boot 1024\nfault 0x200000\nexpect stuck\n' >"$dir/exp.hyp"
expect 1 "an expectation" "$HYPSIM" exec --log "$log" "$dir/exp.hyp"
says out "verdict: nothing found"

mkfifo "$dir/fifo"
# Four calls are made, the rest never comes, and the signal does.
ends() {
	rm -f "$log"*
	(
		exec 3<>"$dir/fifo"
		printf 'boot 1024\nhvc HVC_REGISTER_KVM\nfault 0x200000\nfault 0x201000\nfault 0x202000\n' >&3
		env --default-signal=INT "$HYPSIM" exec --log "$log" "$dir/fifo" >"$dir/out" 2>"$dir/err" 3>&- &
		pid=$!
		tries=0
		# The log, not the output, which waits in a buffer, says when the calls were made.
		until [ "$("$HYPSIM" log show "$log" 2>/dev/null | grep -c ' end$')" -ge 4 ] || [ $tries -eq 100 ]; do
			sleep 0.1
			tries=$((tries + 1))
		done
		kill -"$1" $pid
		wait $pid
		exit $?
	)
	got=$?
	[ $got -eq "$2" ] || fail "exec, $1: exit status $got, expected $2: $(cat "$dir/err")"
	expect 0 "exec, $1, check" "$HYPSIM" check "$log"
	says out "ok"
	"$HYPSIM" log convert --text "$log" "$dir/text" 2>/dev/null
	[ "$(grep -c '^#! 0 end' "$dir/text")" -eq 4 ] || fail "exec, $1: not all four calls are in the log"
}
ends KILL 137
says out "cut"
ends TERM 143
ends INT 130

# Files: as with run.
echo "no log" >"$dir/file"
expect 2 "no log" "$HYPSIM" exec --log "$dir/file" "$dir/two.hyp"
says err "--force"
expect 0 force "$HYPSIM" exec --log "$dir/file" --force "$dir/two.hyp"
expect 2 "no folder" "$HYPSIM" exec --log "$dir/no/log" "$dir/two.hyp"
says err "$dir/no/log"
for bad in "--log -" "--force" "--strict" "--check=online" "--strict --log x --check=off"; do
	# shellcheck disable=SC2086  # words
	expect 2 "$bad" "$HYPSIM" exec $bad "$dir/two.hyp"
done
finish
