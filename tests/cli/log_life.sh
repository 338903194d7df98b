# SPDX-License-Identifier: GPL-2.0-only
# hypsim log page, vm, bank, cell: the life of a thing, as the events of a log that is read by eye have it.
. "$SOURCE/tests/cli/kit.inc"

log=$SOURCE/tests/logs/good/operations.log

expect 0 "a page" "$HYPSIM" log page 0x40010 "$log"
prints <<'END'
       191  CPU 1  smmu_assign_page in hypercall: frame 0x40010: owner the host -> VM 1, count 0 -> 0xffffffff, gfn 0x3b9eca10 -> 0x5
       222  CPU 1  smmu_map_page in hypercall: bank 2 of SMMU 0 maps gfn 0x5 to frame 0x40010, pte 0x40010000
at the end: owner VM 1, count 0xffffffff, gfn 0x5
  bank 2 of SMMU 0 maps it at gfn 0x5
END
expect 0 "a page until then" "$HYPSIM" log page 0x40010 --to 191 "$log"
prints <<'END'
       191  CPU 1  smmu_assign_page in hypercall: frame 0x40010: owner the host -> VM 1, count 0 -> 0xffffffff, gfn 0x3b9eca10 -> 0x5
at the end: owner VM 1, count 0xffffffff, gfn 0x5
  nobody maps it
END
expect 0 "a page from then on" "$HYPSIM" log page 0x40010 --from 192 "$log"
[ "$(grep -c CPU "$dir/out")" = 1 ] || fail "--from: $(cat "$dir/out")"
expect 0 "a page that nothing touched" "$HYPSIM" log page 0x300 "$log"
prints <<'END'
at the end: owner the host, count 0, gfn 0x3b9acd00
  nobody maps it
END
expect 0 "a VM" "$HYPSIM" log vm 1 --to 120 "$log"
prints <<'END'
        36  CPU 1  register_kvm in hypercall: VM 1: vm_kvm[0] 0x0 -> 0x2
        36  CPU 1  register_kvm in hypercall: VM 1: vm_state[0] UNUSED -> READY
        73  CPU 0  register_vcpu in hypercall: VM 1: vm_vcpu[0] 0x0 -> 0x9
        73  CPU 0  register_vcpu in hypercall: VM 1: vm_vcpu_state[0] UNUSED -> READY
       113  CPU 0  set_boot_info in hypercall: VM 1: vm_next_load_info[0] 0x0 -> 0x1
       113  CPU 0  set_boot_info in hypercall: VM 1: vm_load_addr[0] 0x0 -> 0x80000000
       113  CPU 0  set_boot_info in hypercall: VM 1: vm_load_size[0] 0x0 -> 0x1000
       113  CPU 0  set_boot_info in hypercall: VM 1: vm_remap_addr[0] 0x0 -> 0x2000000
at the end: 0 gfns mapped, 0 blocks
END
expect 0 "the host" "$HYPSIM" log vm 0 --from 40 --to 50 "$log"
prints <<'END'
        43  CPU 0  map_page_host in fault: the host maps gfn 0x200 to frame 0x200, pte 0x200fff
at the end: 1 gfn mapped, 0 blocks
END
expect 0 "a bank" "$HYPSIM" log bank 0,2 "$log"
prints <<'END'
       141  CPU 1  el2_alloc_smmu_pgd in hypercall: bank 2 of SMMU 0: owner nobody -> VM 1
       222  CPU 1  smmu_map_page in hypercall: bank 2 of SMMU 0 maps gfn 0x5 to frame 0x40010, pte 0x40010000
at the end: 1 gfn mapped, 0 blocks
END
expect 0 "a cell" "$HYPSIM" log cell NPT:0 "pt_vttbr_pool[0x10000]" "$log"
prints <<'END'
        43  CPU 0  map_page_host in fault: NPT:0 pt_vttbr_pool[0x10000] 0x0 -> 0x11003
END
expect 0 "a cell that nothing changed" "$HYPSIM" log cell S2PAGE "s2_owner[1]" "$log"
prints <<'END'
nothing changed the cell
END

# Each change of a page's owner in a run, episodes too: as many as the cell of its record has.
expect 0 "a run" "$HYPSIM" run storm --cpus 2 --ops 4000 --seed 3 --check off --log "$dir/run"
expect 0 "its text" "$HYPSIM" log convert "$dir/run" "$dir/run.txt"
pfn=$(grep -o 's2_owner\[0x[0-9a-f]*\]' "$dir/run.txt" | sort | uniq -c | sort -rn | sed -n 's/.*\[0x\(.*\)\]/\1/p' | head -1)
expect 0 "the cell" "$HYPSIM" log cell S2PAGE "s2_owner[0x$pfn]" "$dir/run"
cells=$(grep -c CPU "$dir/out")
[ "$cells" -ge 2 ] || fail "the busiest record 0x$pfn has $cells changes"
[ "$(grep '^[0-9]* *[0-9]* OS2_PAGE' "$dir/run.txt" | grep -cF "s2_owner[0x$pfn]=")" = "$cells" ] || fail "the text has another number of changes than $cells"

for text in "page 0x1000000000000" "vm 16" "bank 3" "bank 0,99" "bank 9,0" "cell S2PAG s2_owner[1]" "cell S2PAGE s2_owne[1]" \
	"cell S2PAGE s2_owner[1" "cell S2PAGE s2_owner[x]" "cell S2PAGE s2_owner[0xffffffffff]"; do
	expect 2 "log $text" "$HYPSIM" log $text "$log"
	grep -q "^hypsim log ${text%% *}: " "$dir/err" || fail "log $text: $(cat "$dir/err")"
done
expect 2 "no page" "$HYPSIM" log page
says err "expected PFN LOG"
expect 2 "no log" "$HYPSIM" log cell S2PAGE "s2_owner[1]"
says err "no log is given"
expect 0 "a run without memory" "$HYPSIM" run lock-storm --cpus 2 --ops 20 --check off --log "$dir/locks"
expect 2 "a page of no memory" "$HYPSIM" log page 1 "$dir/locks"
says err "the log has no memory regions"
expect 0 "a cell of it" "$HYPSIM" log cell SMMU smmu_vmid "$dir/locks"
expect 3 "a full disk" sh -c '"$1" log vm 0 "$2" >/dev/full' sh "$HYPSIM" "$log"
finish
