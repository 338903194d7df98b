// SPDX-License-Identifier: GPL-2.0-only
/* bug/stale-bank: el2_alloc_smmu_pgd gives a context bank to a VM with what its last owner's devices had mapped. */
#include "cpu/op.h"
#include "scenarios/bugs/bug.h"
#include "shmem/fields.h"
#include "shmem/locks.h"

static void alloc(struct cpu *c, u32 cbndx, vmid_t vmid, u32 index)
{
	OP_BEGIN(c, el2_alloc_smmu_pgd, cbndx, vmid, index);
	acquire_lock_smmu(c);
	if (get_smmu_cfg_vmid(c, cbndx, index) == INVALID) {
		set_smmu_cfg_vmid(c, cbndx, index, vmid);
		/* alloc_smmu(c, vmid, cbndx, index), which empties the table, is what is missing. */
	}
	release_lock_smmu(c);
	OP_END(c, el2_alloc_smmu_pgd);
}

/* As intended a bank is emptied when its owner gives it up, and this would not show. */
static const char *const errata[] = { "all=intended", "dead-vm-entries=published", NULL };

const struct bug bug_stale_bank = {
	.scenario = { .name = "bug/stale-bank",
	              .sentence = "a context bank goes to a VM with what its last owner had mapped",
	              .aim = "devices of the one VM reach pages that were the other's",
	              BUG_SCENARIO(WAIT_AUTO, 2, errata) },
	.hyp = { .el2_alloc_smmu_pgd = alloc },
	.named_by = "smmu_iso",
};
