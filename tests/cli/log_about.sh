# SPDX-License-Identifier: GPL-2.0-only
# hypsim log show --pfn, --vm, --vcpu, --bank, --cell, --arg: of a log made by hand, one event for each way to be about something.
. "$SOURCE/tests/cli/kit.inc"

# Frames 0x40000.. have the records 0x1000..; frames below 0x1000 the records of the same numbers.
log=$dir/things.log
cat >"$log" <<'END'
#! config {"cpus":1,"machine":true,"regions":[[0,16777216,0,2],[1073741824,16777216,4096,0]]}
#! 0 episode 0
#! 0 begin fault 64
#! 0 op map_page_host 0x210000
5 0 INC_TICKET 10
5 0 GET_NOW
5 0 HOLD_LOCK
5 0 OPULL 5
5 0 ONPT pt_pmd_pool[9506816]=0>0x40010fff
5 0 INC_NOW
5 0 INC_TICKET 10
5 0 GET_NOW
5 0 HOLD_LOCK
5 0 OPULL 5
5 0 ONPT pt_pud_pool[1118208]=0>0x40200ffd
5 0 INC_NOW
#! 0 sevent map_page_host
2 0 INC_TICKET 10
2 0 GET_NOW
2 0 HOLD_LOCK
2 0 OPULL 2
2 0 OS2_PAGE s2_owner[0x1010]=0>3 s2_count[5]=0>1
2 0 INC_NOW
#! 0 op assign_pfn_to_vm 2 7 0x333
#! 0 sevent assign_pfn_to_vm
#! 0 op set_vcpu_active 1 4
#! 0 sevent set_vcpu_active
#! 0 op el2_alloc_smmu_pgd 3 2 1
#! 0 sevent el2_alloc_smmu_pgd
4 0 INC_TICKET 10
4 0 GET_NOW
4 0 HOLD_LOCK
4 0 OPULL 4
4 0 OSMMU smmu_vmid[11]=0>2
4 0 INC_NOW
23 0 INC_TICKET 10
23 0 GET_NOW
23 0 HOLD_LOCK
23 0 OPULL 24
23 0 OVMINFO vm_vcpu_state[4]=0>2
23 0 INC_NOW
0 0 OFLATMEM flatmem[0x500..0x507]=doracle(1,0)
#! 0 tlbi BANK:11 5 1 0
#! 0 tlbi VM:2 5 1 0
#! 0 tlbwait
#! 0 enter hvc 0x11 1 4
#! 0 panic PANIC_PAGE_PRIVATE 0x444 3 0
#! 0 end 7
#! 0 close
END
expect 0 "the log" "$HYPSIM" log show --raw "$log"
cp "$dir/out" "$dir/all"

# is NAME INDICES OPTIONS...: these events are shown, and nothing else.
is() {
	what=$1
	echo "$2" | xargs >"$dir/want"
	shift 2
	expect 0 "$what" "$HYPSIM" log show --raw "$@" "$log"
	awk '{ print $1 }' "$dir/out" | xargs >"$dir/have"
	cmp -s "$dir/want" "$dir/have" || fail "$what: events $(cat "$dir/have"), expected $(cat "$dir/want")"
}

# at PATTERN...: the indices of the events of the log that have one of the patterns.
at() {
	for p; do
		grep -n -- "$p" "$dir/all" | sed 's/:.*//'
	done | sort -n | while read -r n; do echo $((n - 1)); done
}

is "the address of a page of the host" "$(at "map_page_host 0x210000\|map_page_host 2162688")" --pfn 0x210
is "an entry of a page, and its record" "$(at "=0>0x40010fff" "s2_owner")" --pfn 0x40010
is "a page of a block" "$(at "pt_pud_pool")" --pfn 0x40355
[ -s "$dir/have" ] || fail "no event of the block"
is "a page behind the block" "$(at "nothing")" --pfn 0x40400
is "a record of the low region" "$(at "s2_owner")" --pfn 5
is "an argument" "$(at "assign_pfn_to_vm 2")" --pfn 0x333
is "contents" "$(at "OFLATMEM")" --pfn 0x507
is "behind the contents" "$(at "nothing")" --pfn 0x508
is "a panic" "$(at "panic")" --pfn 0x444
is "two pages" "$(at "assign_pfn_to_vm 2" "panic")" --pfn 0x333,0x444

is "owners" "$(at "s2_owner" "panic")" --vm 3
is "steps at the host's table" "$(at "^ *[0-9]*  5 0 ")" --vm 0 --kind INC_TICKET,GET_NOW,HOLD_LOCK,OPULL,ONPT,INC_NOW --lock NPT:0
is "a VM as an argument, an owner of a bank, a space" "$(at "assign_pfn_to_vm 2" "smmu_vmid" "el2_alloc_smmu_pgd 3" "tlbi VM:2")" --vm 2
is "a VM's record" "$(at "set_vcpu_active 1" "^ *[0-9]*  23 0 " "enter")" --vm 1
is "two VMs" "$(at "s2_owner" "panic" "assign_pfn_to_vm 2" "smmu_vmid" "el2_alloc_smmu_pgd 3" "tlbi VM:2")" --vm 2,3

is "a vCPU" "$(at "set_vcpu_active 1" "vm_vcpu_state" "enter")" --vcpu 1,4
is "another vCPU" "$(at "nothing")" --vcpu 1,3
is "a bank" "$(at "el2_alloc_smmu_pgd 3" "smmu_vmid" "tlbi BANK")" --bank 1,3
is "the other SMMU's bank" "$(at "nothing")" --bank 0,3

is "a cell" "$(at "s2_owner")" --cell "S2PAGE s2_owner[0x1010]"
is "another cell of the push's field" "$(at "nothing")" --cell "S2PAGE s2_owner[5]"
is "a cell within a range" "$(at "OFLATMEM")" --cell "FLATMEM flatmem[0x503]"

is "an argument without a name" "$(at "begin fault")" --arg 64
is "an argument by its name" "$(at "set_vcpu_active 1" "enter")" --arg vcpuid=4
is "a number, whatever its name" "$(at "end 0x7" "end 7" "assign_pfn_to_vm 2")" --arg 7
is "a word" "$(at "enter")" --arg entry=hvc
is "a space" "$(at "tlbi VM:2")" --arg VM:2
is "a reason" "$(at "panic")" --arg PANIC_PAGE_PRIVATE
is "an operation" "$(at "op set_vcpu_active" "sevent set_vcpu_active")" --arg set_vcpu_active

# Kinds of things are asked for together.
is "a bank and a VM" "$(at "el2_alloc_smmu_pgd 3" "smmu_vmid")" --bank 1,3 --vm 2
is "a page and a cell of another" "$(at "nothing")" --pfn 0x333 --cell "S2PAGE s2_owner[0x1010]"

expect 2 "no bank" "$HYPSIM" log show --bank 3 "$log"
says err 'expected the SMMU and its bank as 0,3, found "3"'
expect 2 "no vCPU" "$HYPSIM" log show --vcpu 1 "$log"
says err 'expected the VM and its vCPU as 1,0, found "1"'
expect 2 "no cell" "$HYPSIM" log show --cell S2PAGE "$log"
says err "--cell: expected OBJECT FIELD[I] as 'S2PAGE s2_owner[3]', found \"S2PAGE\""
expect 2 "no argument" "$HYPSIM" log show --arg vmid= "$log"
says err '--arg: expected NAME=VALUE or VALUE, found "vmid="'
expect 2 "no frames" "$HYPSIM" log show --pfn , "$log"
says err "--pfn: the list is empty"

finish
