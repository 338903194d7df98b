# SPDX-License-Identifier: GPL-2.0-only
# A stale access says whose buffer and which frame, who changed the table, and which invalidation is missing, is of other pages,
# or was not waited for.
. "$SOURCE/tests/cli/kit.inc"

# stale NAME BEHIND SENTENCE: CPU 1 takes frame 0x210 out of the host's table, with the marks BEHIND behind the change; CPU 0's
# buffer has it still.
stale() {
	{
		echo '#! config {"cpus":2,"regions":[["0x100000",1048576,"0xffffffffffffffff",1],["0x200000",33554432,0,0]],"machine":true,"init":[[5,"pt_pmd_pool",9510912,9510912,"0x210fff"]],"errata":{"tlb-invalidate":"intended"}}'
		printf '#! 0 episode 0\n#! 1 episode 0\n'
		echo '#! 0 fill VM:0 0x210 0x210 NPT:0 0 0'
		echo '#! 1 op clear_vm_page 1 0x210'
		printf '5 1 %s\n' 'INC_TICKET 10' GET_NOW HOLD_LOCK 'OPULL 5'
		printf '%b' "$2"
		echo '5 1 ONPT pt_pmd_pool[0x912000]=0x210fff>0'
		echo '5 1 INC_NOW'
		echo '#! 1 sevent clear_vm_page'
		echo '#! 0 access own stale_buffer 3 0x210 0 NPT:0 1 0'
	} >"$dir/log"
	expect 1 "$1" "$HYPSIM" check --only tlb,contents "$dir/log"
	says out "CPU 0 reached frame 0x210 through its buffer, and NPT:0 has another; CPU 1 took it out of NPT:0 at event "
	says out ", clear_vm_page, and $3"
}
stale "missing" '' "nothing was invalidated behind it"
stale "too early" '#! 1 tlbi VM:0 0x210 1 0\n#! 1 tlbwait\n' "nothing was invalidated behind it"
stale "of another table" '#! 1 tlbi VM:3 0x210 1 1\n#! 1 tlbwait\n' "nothing was invalidated behind it"
stale "of other pages" '#! 1 tlbi VM:0 0x211 1 1\n#! 1 tlbwait\n' "what was invalidated behind it (VM:0, page 0x211, 1 of them) is not page 0x210"
stale "not waited for" '#! 1 tlbi VM:0 0x200 0x200 1\n' "the invalidation behind it (VM:0, page 0x200, 0x200 of them) was not waited for"
stale "waited for" '#! 1 tlbi VM:0 0x210 1 1\n#! 1 tlbwait\n' "the invalidation behind it (VM:0, page 0x210, 1 of them) was waited for"

# The access stands before the change in the log, which have no order but the lock's; who changed the table is told all the same.
{
	grep '^#! config\|^#! . episode\|^#! 0 fill' "$dir/log"
	echo '#! 0 access own stale_buffer 3 0x210 0 NPT:0 1 0'
	grep -v '^#! config\|^#! . episode\|^#! 0' "$dir/log"
} >"$dir/later"
expect 1 "change behind the access" "$HYPSIM" check --only tlb,contents "$dir/later"
says out "and NPT:0 has another; CPU 1 took it out of NPT:0 at event 11, clear_vm_page, and the invalidation behind it"
finish
