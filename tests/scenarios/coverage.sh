# SPDX-License-Identifier: GPL-2.0-only
# What clash and the scenarios of the hypervisor reach together, on both sides of the errata: nothing that the tables say cannot be
# (oracle/report/unreached.def, overlap.def), and all operations; in full, some ten minutes of it, every way of every step that they
# do not excuse.  A run that ends early, and one that is judged while it lasts, tell the same as their logs (tests/cli/coverage.sh).
. "$SOURCE/tests/cli/kit.inc"
scenarios="storm host-fault-storm vm-boot vm-lifecycle share-race vcpu-migrate smmu-storm mmio crypt pool-exhaustion"
ops=600 seconds=3 enough=80
[ "$SANITIZER" = none ] || seconds=2 enough=60
[ "$test_form" = short ] || [ "$SANITIZER" != none ] || ops=40000 seconds=100

for side in default intended; do
	for s in $scenarios; do
		expect 0 "$s, $side" "$HYPSIM" run "$s" --ops $ops --errata $side --check off --log "$dir/$s-$side.log" --quiet
	done
	expect 0 "clash, $side" "$HYPSIM" run clash --duration $seconds --errata $side --check off --log "$dir/clash-$side.log" --quiet
done
# Only buffers of translations have what an invalidation is judged by.
expect 0 "storm, --tlb" "$HYPSIM" run storm --ops $ops --tlb --errata intended --check off --log "$dir/storm-tlb.log" --quiet
# A share of the storms' pages is the hosts' devices' only here, and nobody is kept away from them.
expect 0 "clash, host DMA" "$HYPSIM" run clash --duration $seconds --erratum smmu-host-offset=intended --check off \
	--log "$dir/clash-dma.log" --quiet

required="--require operations"
[ $ops -lt 40000 ] || required="--require operations,ways"
# A vCPU that runs on in a VM that is off, and takes back a share of a page that was reclaimed and given to the VM's devices.
expect 0 "a script" "$HYPSIM" exec --log "$dir/script.log" "$SOURCE/tests/errata/count-invalid.hyp"
mv "$dir/script.log.2" "$dir/script-2.log"
# shellcheck disable=SC2086  # an option and its value
expect 0 "coverage" "$HYPSIM" coverage --missing $required "$dir"/*.log
grep -q '^  revoke_vm_page  *count-invalid' "$dir/out" && fail "revoke_vm_page never met count-invalid"
grep "that cannot be were" "$dir/out" && fail "what cannot be was reached: $(grep ALTHOUGH "$dir/out")"
ways=$(sed -n 's/^ways of their steps: \([0-9]*\) of .*/\1/p' "$dir/out")
[ "${ways:-0}" -ge $enough ] || fail "only ${ways:-0} ways were gone"
grep -E '^[a-z]|NEVER' "$dir/out"
finish
