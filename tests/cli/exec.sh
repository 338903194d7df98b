# SPDX-License-Identifier: GPL-2.0-only
# hypsim exec: outcomes, expectations, the environment, errors with their place, JSON, a prompt on a terminal.
. "$SOURCE/tests/cli/kit.inc"

cat >"$dir/a.hyp" <<'E1'
# the example of the documentation
cpu 2
env 8 : 1 WAIT_LOCK 10 ; 1 OPULL 8 ; 1 ONPT pt_pgd_next[0]=0>7 ; 1 REL_LOCK
acquire_lock_pt 3
expect ok
get_pgd_next 3
expect 0x7
pt_store 3 0x06011000 0x06111003
expect ok
pt_store 3 0x06910000 1
pt_store 3 0x06910008 1
expect stuck TSTATE
release_lock_pt 3
expect ok
dump npt 3
dump log 8
E1
expect 0 example "$HYPSIM" exec "$dir/a.hyp"
says out "pt_store(3, 0x6011000, 0x6111003) = ok"
says out "get_pgd_next(3) = 7"
says out "pt_store(3, 0x6910008, 1) = stuck STUCK_TSTATE: the transaction is closed"
says out "cpu 2, bars BarrierValid, tstate 1, NPT:3 LockOwn true"
says out "8 1 ONPT pt_pgd_next[0]=0>7"
says out "8 2 WAIT_LOCK 10"
says out "8 2 ONPT pt_pgd_pool[0x6011000]=0>0x6111003 pt_pud_pool[0x6910000]=0>1"
expect 0 stdin sh -c "\"$HYPSIM\" exec - <\"$dir/a.hyp\""

expect 0 json "$HYPSIM" exec --json "$dir/a.hyp"
says out '{"line":4,"cpu":2,"call":"acquire_lock_pt","args":[3],"outcome":"ok"}'
says out '{"line":6,"cpu":2,"call":"get_pgd_next","args":[3],"outcome":"ok","value":"0x7"}'
says out '"outcome":"stuck","rule":"STUCK_TSTATE","bars":"BarrierValid","tstate":1,"locks":{"8":"LockOwn true"}}'

# A stuck call without expect is printed, and is no failure; what it did before is undone.
printf 'get_next_vmid\nexpect stuck\n' >"$dir/p.hyp"
expect 0 stuck "$HYPSIM" exec "$dir/p.hyp"
printf 'env 1 : 2 WAIT_LOCK 10\nacquire_lock_core\nexpect stuck LOG_HIGH\ndump log 1\n' >"$dir/p.hyp"
expect 0 undone "$HYPSIM" exec "$dir/p.hyp"
says out "# log 1 is empty"

# Each form of expect fails with both values, and the script goes on.
printf 'check 5\nexpect 6\nexpect stuck\nexpect panic\nexpect 5\npanic\nexpect ok\nget_next_vmid\nexpect stuck RANGE\n' >"$dir/f.hyp"
expect 1 failing "$HYPSIM" exec "$dir/f.hyp"
says out "f.hyp:2: expected 6, got 5"
says out "f.hyp:3: expected stuck, got 5"
says out "f.hyp:4: expected panic, got 5"
says out "f.hyp:7: expected ok, got panic PANIC_CALLED"
says out "f.hyp:9: expected stuck STUCK_RANGE, got 0"
grep -q "f.hyp:5" "$dir/out" && fail "expect 5 held and was reported"
# Why the machine was halted, with or without the values.
printf 'boot 1024\nset cell S2PAGE s2_owner[0] 3\nfault 0x200000\nexpect panic\nexpect panic PAGE_PRIVATE\nexpect panic PANIC_PAGE_PRIVATE 512 3 0\nexpect panic VMIDS\nexpect panic PAGE_PRIVATE 512 3 1\nexpect ok\nexpect 512\n' >"$dir/y.hyp"
expect 1 "reasons" "$HYPSIM" exec "$dir/y.hyp"
says out "fault(0x200000) = panic PANIC_PAGE_PRIVATE: the host touches a page of a VM that is not shared; pfn=0x200, owner=3, count=0"
says out "y.hyp:7: expected panic PANIC_VMIDS, got panic PANIC_PAGE_PRIVATE 512 3 0"
says out "y.hyp:8: expected panic PANIC_PAGE_PRIVATE 512 3 1, got panic PANIC_PAGE_PRIVATE 512 3 0"
says out "y.hyp:9: expected ok, got panic PANIC_PAGE_PRIVATE 512 3 0"
says out "y.hyp:10: expected 512, got panic PANIC_PAGE_PRIVATE 512 3 0"
[ "$(wc -l <"$dir/out")" -eq 6 ] || fail "reasons: not six lines"
expect 1 "reasons in JSON" "$HYPSIM" exec --json "$dir/y.hyp"
says out '"outcome":"panic","reason":"PANIC_PAGE_PRIVATE","values":{"pfn":512,"owner":3,"count":0}}'
says out '{"line":7,"expect":"panic PANIC_VMIDS","got":"panic PANIC_PAGE_PRIVATE 512 3 0"}'
for line in 'NO|3:14: expected a reason (hypsim list panics), found "NO"' \
	'PAGE_PRIVATE 512|3:30: expected all values of the reason: pfn owner count, found the end of the line' \
	'PAGE_PRIVATE 1 2 3 4|3:33: expected the end of the line, found "4"' \
	'PAGE_PRIVATE x|3:27: expected a value of the reason, a number 0..18446744073709551615, found "x"' \
	'CALLED 1|3:21: expected the end of the line, found "1"'; do
	printf 'panic\nexpect panic CALLED\nexpect panic %s\n' "${line%%|*}" >"$dir/m.hyp"
	expect 2 "reason ${line%%|*}" "$HYPSIM" exec "$dir/m.hyp"
	says err "m.hyp:${line#*|}"
done

expect 1 failing-json "$HYPSIM" exec --json "$dir/f.hyp"
says out '{"line":2,"expect":"6","got":"5"}'

# level: the upper specifications, or tickets.
printf 'acquire_lock_spt\nrelease_lock_spt\ndump log SPT\n' >"$dir/l.hyp"
expect 0 high "$HYPSIM" exec "$dir/l.hyp"
says out "3 0 WAIT_LOCK 10"
expect 0 ticket "$HYPSIM" exec --level ticket "$dir/l.hyp"
says out "3 0 INC_TICKET 10"
says out "3 0 INC_NOW"
printf 'level ticket\nenv 3 : 1 INC_TICKET 5\nenv 3 : 1 GET_NOW ; 1 HOLD_LOCK ; 1 INC_NOW\nacquire_lock_spt\nexpect ok\nget word SPT\nexpect 0x200000001\n' >"$dir/p.hyp"
expect 0 served "$HYPSIM" exec "$dir/p.hyp"
printf 'level ticket\nenv 3 : 1 INC_TICKET 5\nacquire_lock_spt\nexpect stuck WAIT_TIME\n' >"$dir/p.hyp"
expect 0 starved "$HYPSIM" exec "$dir/p.hyp"

# weak: a primitive that does not look at bars.
printf 'acquire_lock_core\nbarrier\nget_next_vmid\nexpect stuck BARRIER\nweak\nget_next_vmid\nexpect 0\nweak off\nget_next_vmid\nexpect stuck BARRIER\n' >"$dir/p.hyp"
expect 0 weak "$HYPSIM" exec "$dir/p.hyp"
printf 'acquire_lock_core\nbarrier\nget_next_vmid\nexpect 0\n' >"$dir/p.hyp"
expect 0 weak-option "$HYPSIM" exec --weak "$dir/p.hyp"
printf 'acquire_lock_pt 0\nbarrier\nget_pgd_next0 0\nexpect stuck BARRIER\n' >"$dir/p.hyp"
expect 0 strong "$HYPSIM" exec --weak "$dir/p.hyp"

# errata, reset, names, a second CPU.
printf 'set_shadow_ctxt 1 0 SP_EL1 7\nget_shadow_ctxt 1 0 SP_EL1\nexpect 7\n' >"$dir/p.hyp"
expect 0 erratum "$HYPSIM" exec --erratum sp-el1=intended "$dir/p.hyp"
expect 0 errata "$HYPSIM" exec --errata intended "$dir/p.hyp"
# A single one counts behind all of them, wherever it stands.
expect 1 "errata, but one" "$HYPSIM" exec --erratum sp-el1=published --errata intended "$dir/p.hyp"
expect 1 "errata, default" "$HYPSIM" exec --errata default "$dir/p.hyp"
expect 0 "errata, default, but one" "$HYPSIM" exec --erratum sp-el1=intended --errata default "$dir/p.hyp"
# In a script they count in its order, and reset goes back to the options'.
printf 'errata intended\nset_shadow_ctxt 1 0 SP_EL1 7\nget_shadow_ctxt 1 0 SP_EL1\nexpect 7\nerratum sp-el1 published\nget_shadow_ctxt 1 0 SP_EL1\nexpect 0\nerratum sp-el1 intended\nget_shadow_ctxt 1 0 SP_EL1\nexpect 7\nerrata default\nget_shadow_ctxt 1 0 SP_EL1\nexpect 0\nerrata intended\nreset\nset_shadow_ctxt 1 0 SP_EL1 7\nget_shadow_ctxt 1 0 SP_EL1\nexpect 0\n' >"$dir/p.hyp"
expect 0 "errata, of a script" "$HYPSIM" exec "$dir/p.hyp"
printf 'acquire_lock_core\nset_next_vmid 9\nrelease_lock_core\nreset\nacquire_lock_core\nget_next_vmid\nexpect 0\n' >"$dir/p.hyp"
expect 0 reset "$HYPSIM" exec "$dir/p.hyp"
printf 'cpu 1\nacquire_lock_core\nset_next_vmid MAX_VM_NUM\nrelease_lock_core\ncpu 0\nacquire_lock_core\nget_next_vmid\nexpect 15\n' >"$dir/p.hyp"
expect 0 two-cpus "$HYPSIM" exec "$dir/p.hyp"
printf 'wait_hlock 4\nacquire_shared 4\nrelease_shared OSMMU smmu_vmid[3]=0>5 4\nexpect ok\ndump log 4\n' >"$dir/p.hyp"
expect 0 event "$HYPSIM" exec "$dir/p.hyp"
says out "release_shared(OSMMU, 4) = ok"
says out "4 0 OSMMU smmu_vmid[3]=0>5"

# boot: memory regions, SMMUs and initial contents; logs empty, answers and values gone, switches as they were.
printf 'boot 1024\nget_mem_region_cnt\nexpect 5\nget_smmu_num\nexpect 2\nget_mem_region_size 3\nexpect 0x200000\nget cell CORE next_vmid[0]\nexpect 1\nget cell S2PAGE s2_gfn[512]\nexpect 0x3b9eca00\nget cell SMMU smmu_vmid[15]\nexpect INVALID\nget cell NPT:16 pt_pmd_next[0]\nexpect 0x20911000\ndump log CORE\ndump slog\n' >"$dir/p.hyp"
expect 0 boot "$HYPSIM" exec "$dir/p.hyp"
says out "# log 1 is empty"
printf 'boot\nget_mem_region_size 3\nexpect 0x2000000\n' >"$dir/p.hyp"
expect 0 "boot, default pages" "$HYPSIM" exec "$dir/p.hyp"
printf 'erratum smmu-host-offset intended\nweak\nlevel ticket\ncpu 3\nenv CORE : 1 WAIT_LOCK 10\nfeed core 1 7\nboot 1024\nget cell S2PAGE s2_gfn[0]\nexpect 0x8000200\ndump lock CORE\nacquire_lock_core\nexpect ok\ndump log CORE\nget_int_run_vcpuid 1\nexpect 7\n' >"$dir/p.hyp"
expect 1 "boot, switches" "$HYPSIM" exec "$dir/p.hyp"
says out "answers left                 0"
says out "1 3 INC_TICKET 10"
says out "p.hyp:15: expected 7, got"
[ "$(grep -c expected "$dir/out")" -eq 1 ] || fail "boot: the switches are not as they were"
printf 'register_kvm\nexpect ok\nboot 1024\nregister_kvm\nexpect 1\nreset\nget_mem_region_cnt\nexpect 0\nget cell CORE next_vmid[0]\nexpect 0\n' >"$dir/p.hyp"
expect 0 "boot, reset" "$HYPSIM" exec "$dir/p.hyp"

# feed: the next values of an oracle, behind those that were taken or fed; then its own again.
printf 'get_int_pc 1 0\nfeed data 1 4 5\nfeed data 1 6\nfeed core 1 8\nget_int_pc 1 0\nexpect 4\nget_int_run_vcpuid 1\nexpect 8\nget_int_pc 1 0\nexpect 5\nget_int_pc 1 0\nexpect 6\nget_int_pc 2 0\nget data_log 1\nexpect 4\nget_int_pc 1 0\n' >"$dir/p.hyp"
expect 0 feed "$HYPSIM" exec "$dir/p.hyp"
grep get_int_pc "$dir/out" | sed -n '1p;6p' >"$dir/own"
printf 'get_int_pc 1 0\nget_int_pc 1 0\nget_int_pc 1 0\nget_int_pc 1 0\nget_int_pc 1 0\n' >"$dir/p.hyp"
expect 0 "not fed" "$HYPSIM" exec "$dir/p.hyp"
sed -n '1p;5p' "$dir/out" | cmp - "$dir/own" || fail "feed: the oracle's own values are others"
# A call that is stuck takes no value.
printf 'boot 1024\nset ctxt 0 0 x0 1\nfeed core 1 9 0\nerratum run-vcpuid published\nrestore_vm\nexpect stuck RANGE\nget_int_run_vcpuid 1\nexpect 9\n' >"$dir/p.hyp"
expect 0 "feed and stuck" "$HYPSIM" exec "$dir/p.hyp"

# What a host and a guest do: registers, and one of the entries.
cat >"$dir/e.hyp" <<'E1'
boot 1024
erratum core-to-vm intended
hvc HVC_REGISTER_KVM
get reg x0
expect 1
hvc 15 1 0x80000000 0x1000
hvc HVC_REMAP_VM_IMAGE 1 0x200 0
hvc HVC_REGISTER_VCPU 1 3
hvc HVC_VERIFY_VM_IMAGE 1
expect ok
fault 0x40000123 7
get reg esr_el2
expect 7
get reg far_el2
expect 0x40000123
get reg hpfar_el2
expect 0x400000
feed data 1 0x80000000 5
run 1 3
expect ok
get ihost
expect 0
get reg elr_el2
expect 0x80000000
trap ESR_ELx_EC_HVC64 HVC_KVM_SET_DESC_PFN 0 0x80000000 0x1000
get ihost
expect 0
get cell S2PAGE s2_count[0]
expect 1
irq
get ihost
expect 1
# No fault, then one: the host gives a page.  What a run did not take is gone.
run 1 3
irq
get cell NPT:1 pt_pmd_next[0]
expect 0x2911000
run 1 3 0x90000000 0x40000000 3
get cell NPT:1 pt_pmd_next[0]
expect 0x2912000
trap 22 99
get reg x0
get ihost
expect 1
run 1 9
expect stuck RANGE
hvc HVC_REGISTER_VCPU 1 9
expect panic PANIC_CALL_ARGUMENTS HVC_REGISTER_VCPU 1 9 0
E1
expect 0 entries "$HYPSIM" exec "$dir/e.hyp"
says out "hvc(HVC_REGISTER_KVM) = ok"
says out "hvc(15, 1, 0x80000000, 0x1000) = ok"
says out "fault(0x40000123, 7) = ok"
says out "run(1, 3, 0x90000000, 0x40000000, 3) = ok"
says out "trap(ESR_ELx_EC_HVC64, 11, 0, 0x80000000, 0x1000) = ok"
says out "irq() = ok"
expect 0 "entries in JSON" "$HYPSIM" exec --json "$dir/e.hyp"
says out '"call":"hvc","args":["0x18"],"outcome":"ok"}'

# Several CPUs of one script: one state, one log of each lock, one list of atomic events.
printf 'boot 1024\nregister_kvm\nexpect 1\ncpu 2\nregister_kvm\nexpect 2\nregister_vcpu 1 0\ncpu 5\nmap_page_host 0x200000\nacquire_lock_s2page\ncpu 0\nmap_page_host 0x201000\nexpect stuck LOG_HIGH\ndump log INFO:1\ndump slog\n' >"$dir/p.hyp"
expect 0 "three CPUs" "$HYPSIM" exec "$dir/p.hyp"
says out "23 0 WAIT_LOCK 10"
says out "23 2 OVMINFO "
says out "  cpu 0                        OREG_KVM 1"
says out "  cpu 2                        OREG_VCPU 1 0"
says out "  cpu 5                        OMAP_HOST 0x200000"
printf 'boot 1024\ncpu 1\npanic\ncpu 0\nregister_kvm\nexpect 0\nget cell CORE next_vmid[0]\nexpect 1\n' >"$dir/p.hyp"
expect 0 "another CPU halts the machine" "$HYPSIM" exec "$dir/p.hyp"

# Every kind of malformed line: place, what was expected; exit status 2.
malformed()
{
	printf '%s\n' "$1" >"$dir/m.hyp"
	expect 2 "malformed $1" "$HYPSIM" exec "$dir/m.hyp"
	says err "m.hyp:1:$2: expected $3"
}
malformed 'no_such_call 1' 1 "a primitive"
malformed 'get_pgd_next' 13 "vmid, a number 0..4294967295, found the end of the line"
malformed 'get_pgd_next 1 2' 16 "the end of the line"
malformed 'get_pgd_next 4294967296' 14 "vmid"
malformed 'get_pgd_next -1' 14 "vmid"
malformed 'pt_load 1 0x' 11 "addr"
malformed 'pt_load 1 0x10000000000000000' 11 "addr"
malformed 'cpu 8' 5 "a CPU, a number 0..7"
malformed 'env 64 : 1 GET_NOW' 5 "a log, a number 0..63"
malformed 'env 1 1 GET_NOW' 7 "':' and the events"
malformed 'env 1 : 64 GET_NOW' 9 "a CPU"
malformed 'env 1 : 1 GETNOW' 11 "an event"
malformed 'env 1 : 1 INC_TICKET x' 22 "a bound"
malformed 'env 1 : 1 GET_NOW ;' 20 "a CPU"
malformed 'env 1 : 1 GET_NOW next_vmid[0]=0>1' 19 "no payload behind GET_NOW"
malformed 'env 1 : 1 OCORE_DATA next_vmid[1]=0>1' 32 "an index in the field's range"
malformed 'env FLATMEM : 1 OFLATMEM flatmem[0..0xfffffff]=0>1' 26 "a range of at most 65536 cells"
malformed 'level low' 7 "high or ticket"
malformed 'weak maybe' 6 "on or off"
malformed 'errata published' 8 "default or intended"
malformed 'errata intended now' 17 "the end of the line"
malformed 'erratum nothing published' 9 "the name of an erratum"
malformed 'erratum sp-el1 both' 16 "published or intended"
malformed 'expect ok' 8 "a call before it"
malformed 'dump everything' 6 "npt VMID"
malformed 'dump npt 17' 10 "a vmid, a number 0..16"
malformed 'get reg x31' 9 "a register"
malformed 'get cell 1 next_vmid[1]' 22 "an index in the field's range"
malformed 'set tstate 2' 12 "a value, a number 0..1"
malformed 'set bars 3' 10 "a value, a number 0..2"
malformed 'reset now' 7 "the end of the line"
malformed 'boot many' 6 "managed pages, a number 0..16776704"
malformed 'boot 1500' 6 "managed pages, a multiple of 512 from 1024 on"
malformed 'boot 512' 6 "managed pages, a multiple of 512 from 1024 on"
malformed 'boot 1024 2' 11 "the end of the line"
malformed 'hvc' 4 "the call's number and its arguments"
malformed 'hvc 1 2 3 4 5 6 7' 17 "the end of the line"
malformed 'hvc HVC_NOTHING' 5 "the call's number and its arguments"
malformed 'fault' 6 "an address, a syndrome and what the register holds"
malformed 'fault 1 2 3 4' 13 "the end of the line"
malformed 'run 1' 6 "a vmid, a vcpuid"
malformed 'run 1 2 3 4 5 6' 15 "the end of the line"
malformed 'trap' 5 "the class and x0..x3"
malformed 'trap 1 2 3 4 5 6' 16 "the end of the line"
malformed 'irq 1' 5 "the end of the line"
malformed 'feed both 1 2' 6 "data or core"
malformed 'feed core 17 2' 11 "a vmid, a number 0..16"
malformed 'feed core 1' 12 "a value"
malformed 'feed core 1 2 x' 15 "a value"
printf 'check 1\nexpect maybe\n' >"$dir/m.hyp"
expect 2 expect-word "$HYPSIM" exec "$dir/m.hyp"
says err "m.hyp:2:8: expected ok, panic [REASON], stuck [RULE], or a value"
printf 'check 1\nexpect stuck NO\n' >"$dir/m.hyp"
expect 2 expect-rule "$HYPSIM" exec "$dir/m.hyp"
says err "m.hyp:2:14: expected a rule"
# A failed expectation before the malformed line wins.
printf 'check 1\nexpect 2\nnonsense\n' >"$dir/m.hyp"
expect 1 both "$HYPSIM" exec "$dir/m.hyp"

expect 2 no-file "$HYPSIM" exec "$dir/none.hyp"
says err "none.hyp"
expect 2 directory "$HYPSIM" exec "$dir"
says err "a directory"
expect 2 no-script sh -c "\"$HYPSIM\" exec </dev/null"
says err "which script?"
expect 2 bad-erratum "$HYPSIM" exec --erratum nothing=published -
says err "there is no erratum 'nothing'"
expect 2 bad-errata "$HYPSIM" exec --errata published -
says err '--errata: expected default or intended, found "published"'
expect 2 bad-cpus "$HYPSIM" exec --cpus 65 -
expect 0 help "$HYPSIM" exec --help
head -c 3000 /dev/urandom >"$dir/noise"
expect 2 noise "$HYPSIM" exec "$dir/noise"

# On a terminal: a prompt that survives a malformed line, and completes words.
if command -v script >/dev/null 2>&1; then
	printf 'check 4\nnonsense\nget_next_v\t\nfeed core 1 2 x\nget_int_run_vcpuid 1\nerratum sp-\tintended\nset_shadow_ctxt 1 0 SP_EL\t7\nget ctxt 1 0 sp_el1\nhelp\n  quit \n' >"$dir/keys"
	timeout 60 script -qec "\"$HYPSIM\" exec" /dev/null <"$dir/keys" >"$dir/out" 2>&1 || fail "prompt: exit status $?"
	name=prompt
	says out "hypsim> "
	says out "check(4) = 4"
	says out "expected a primitive"
	says out "get_next_vmid() = stuck STUCK_NOT_PULLED"
	# Names within a line are completed as well.
	says out "set_shadow_ctxt(1, 0, 34, 7) = ok"
	says out "ctxt 1 0 sp_el1 = 7"
	says out "expect ok|VALUE|stuck [RULE],       what the last call must have come to"
	# A malformed line has fed nothing.
	says out "get_int_run_vcpuid(1) = 0x9e55a65bb02ec7fc"
else
	fail "the command script (package bsdutils) is missing"
fi

finish
