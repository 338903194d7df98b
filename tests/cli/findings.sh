# SPDX-License-Identifier: GPL-2.0-only
# What a surprise is about, its record, and who changed it: from the log alone, in text and as data.
. "$SOURCE/tests/cli/kit.inc"

cat >"$dir/log" <<'EOF'
#! config {"cpus":3,"ops":["vcpu_run","host_load"],"regions":[["0x0","0x200000","0xffffffffffffffff",1],["0x200000","0x200000","0x0",0]]}
#! 0 episode 0
#! 1 episode 0
#! 2 episode 0
#! 1 begin vcpu_run 1 0
#! 1 op map_pfn_vm 1 0x5000 0x210000 3
2 1 INC_TICKET 10
2 1 GET_NOW
2 1 HOLD_LOCK
2 1 OPULL 2
2 1 OS2_PAGE s2_owner[0x10]=0>1 s2_gfn[0x10]=0>5
2 1 INC_NOW
#! 1 sevent map_pfn_vm
#! 1 op set_vcpu_active 1 0
23 1 INC_TICKET 10
23 1 GET_NOW
23 1 HOLD_LOCK
23 1 OPULL 23
23 1 OVMINFO vm_state[0]=0>3 vm_vcpu_state[0]=0>5
23 1 INC_NOW
#! 1 sevent set_vcpu_active
#! 1 end
0 1 OFLATMEM flatmem[0x210]=0>0x77
#! 2 begin host_load
4 2 INC_TICKET 10
4 2 GET_NOW
4 2 HOLD_LOCK
4 2 OPULL 4
4 2 OSMMU smmu_vmid[9]=0>1
4 2 INC_NOW
#! 2 end
#! 0 begin host_load 0x210 3
2 0 INC_TICKET 10
2 0 GET_NOW
2 0 HOLD_LOCK
2 0 INC_NOW
23 0 INC_TICKET 10
23 0 GET_NOW
23 0 HOLD_LOCK
23 0 INC_NOW
4 0 INC_TICKET 10
4 0 GET_NOW
4 0 HOLD_LOCK
4 0 INC_NOW
0 0 OFLATMEM flatmem[0x211]=0>1
#! 0 surprise refused did frame 0x210 vm 1 vcpu 0 bank 9 frame 5 "host_load(pfn=0x210, reg=3) and had an effect"
#! 0 end
#! 0 close
#! 1 close
#! 2 close
EOF
expect 1 "a surprise" "$HYPSIM" check --only outcome,contents "$dir/log"
says out "CPU 0, mark 44 of all: surprise"
cat >"$dir/want" <<'EOF'
  frame 0x210 (page 0x10): s2_owner 1, s2_count 0, s2_gfn 5
    CPU 1, event 9, vcpu_run, map_pfn_vm: s2_owner[0x10] = 1
    CPU 1, event 9, vcpu_run, map_pfn_vm: s2_gfn[0x10] = 5
    CPU 1, event 21: flatmem[0x210] = 0x77
  vm 1: vm_state 3
    CPU 1, event 17, vcpu_run, set_vcpu_active: vm_state[0] = 3
  vcpu 0 of VM 1: vm_vcpu_state 5
    CPU 1, event 17, vcpu_run, set_vcpu_active: vm_vcpu_state[0] = 5
  bank 9: smmu_vmid 1
    CPU 2, event 27, host_load: smmu_vmid[9] = 1
  frame 5: the log has no record of it
EOF
sed -n '/^  frame 0x210/,/no record/p' "$dir/out" >"$dir/have"
cmp "$dir/want" "$dir/have" || { diff "$dir/want" "$dir/have"; fail "a surprise: its records"; }
expect 1 "a surprise, json" "$HYPSIM" check --json --only outcome,contents "$dir/log"
says out '"index":44'
says out '{"what":"frame","number":"0x210","page":"0x10","record":{"s2_owner":"0x1","s2_count":"0x0","s2_gfn":"0x5"}'
says out '{"what":"vcpu","number":"0x0","vmid":1,"record":{"vm_vcpu_state":"0x5"},"changes":[{"cpu":1,"index":17,"field":"vm_vcpu_state","first":"0x0","last":"0x0","value":"0x5","operation":"set_vcpu_active"}]}'
# Without contents the record is not known, and the surprise is told all the same.
expect 1 "a surprise, alone" "$HYPSIM" check --only outcome "$dir/log"
says out "vm 1: the log has no record of it"
# The end of the run is not as it should be: the run says what it is about, and whatever a CPU changed another one did.
(grep -v -e '^#! 0 surprise' "$dir/log"
echo '#! run surprise did other frame 0x210 vm 1 vcpu 0 "vCPU 0 of VM 1 has state 5, and should have 2"') >"$dir/end"
expect 1 "the end" "$HYPSIM" check --only outcome,contents "$dir/end"
sed -n '/^  frame 0x210/,/vm_vcpu_state.0. = 5/p' "$dir/out" >"$dir/have"
sed '/^  bank 9/,$d' "$dir/want" | cmp - "$dir/have" || { cat "$dir/out"; fail "the end: its records"; }
# The binary form says the same.
expect 0 "to binary" "$HYPSIM" log convert "$dir/log" "$dir/bin"
expect 1 "a surprise, binary" "$HYPSIM" check --only outcome,contents "$dir/bin"
says out "vcpu 0 of VM 1: vm_vcpu_state 5"
says out "set_vcpu_active: vm_vcpu_state[0] = 5"
finish
