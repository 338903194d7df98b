// SPDX-License-Identifier: GPL-2.0-only
#include "scenarios/clash_lists.h"

#include "sim/base/check.h"

#include <string.h>

/* Who has an operation twice in a list has mostly a date of that list with it. */
static const struct {
	lk_t first, last;
	bool elsewhere;
	const char *op[KIT_MODES][CLASH_LISTED];
} lists[LISTS] = {
	[LIST_NONE] = { .first = 1, .last = 0 },
	[LIST_VM] = { INFO_ID,
	              INFO_ID + N_VMID - 1,
	              false,
	              { [KIT_HOST] = { "register_vcpu", "set_boot_info", "remap_vm_image",
	                               "ioremap", "verify_vm_image", "smmu_alloc", "smmu_map",
	                               "smmu_clear", "decrypt_buf", "load_crypt_vcpu",
	                               "clear_vm_s2_range", "vcpu_run" },
	                [KIT_GUEST] = { "guest_load", "guest_store", "device_load", "device_store",
	                                "guest_interrupt", "guest_off" } } },
	[LIST_PAGES] = { S2PAGE_ID,
	                 S2PAGE_ID,
	                 true,
	                 { [KIT_HOST] = { "host_fault", "host_load", "host_store",
	                                  "clear_vm_s2_range", "smmu_map", "smmu_clear", "ioremap",
	                                  "encrypt_buf", "decrypt_buf", "vcpu_run" },
	                   [KIT_GUEST] = { "guest_load", "guest_store", "device_load",
	                                   "device_store", "guest_grant", "guest_revoke" } } },
	[LIST_VMIDS] = { CORE_ID,
	                 CORE_ID,
	                 true,
	                 { [KIT_HOST] = { "register_kvm", "set_boot_info" } } },
	[LIST_CORE] = { NPT_ID + COREVISOR,
	                NPT_ID + COREVISOR,
	                true,
	                { [KIT_HOST] = { "verify_vm_image", "remap_vm_image",
	                                 "remap_vm_image" } } },
	[LIST_MEMORY] = { NPT_ID + 1,
	                  NPT_ID + COREVISOR - 1,
	                  false,
	                  { [KIT_HOST] = { "vcpu_run", "vcpu_run" },
	                    [KIT_GUEST] = { "guest_load", "guest_store", "guest_grant",
	                                    "guest_revoke" } } },
	[LIST_BANKS] = { SMMU_ID,
	                 SMMU_ID,
	                 true,
	                 { [KIT_HOST] = { "clear_vm_s2_range", "smmu_alloc", "smmu_free",
	                                  "smmu_map", "smmu_clear", "smmu_translate" },
	                   [KIT_GUEST] = { "device_load", "device_store" } } },
	[LIST_TABLES] = { SPT_ID,
	                  SPT_ID,
	                  true,
	                  { [KIT_HOST] = { "smmu_alloc", "smmu_free", "smmu_map", "smmu_clear",
	                                   "smmu_translate" },
	                    [KIT_GUEST] = { "device_load", "device_store" } } },
};
_Static_assert((int)LISTS == (int)CLASH_LISTS, "clash.listed");

u32 clash_op_named(const struct kit *kit, const char *name)
{
	for (u32 i = 0; i < kit->n_ops; i++)
		if (strcmp(kit->names[i], name) == 0)
			return i;
	SIM_UNREACHABLE();
}

void clash_lists_begin(struct kit *kit)
{
	struct clash *s = kit->own;

	s->leaves = 1ull << clash_op_named(kit, "guest_interrupt") |
	            1ull << clash_op_named(kit, "guest_off");
	for (u32 l = 0; l < LISTS; l++)
		for (u32 m = 0; m < KIT_MODES; m++)
			for (u32 i = 0; i < CLASH_LISTED && lists[l].op[m][i]; i++)
				s->listed[l][m][s->n_listed[l][m]++] =
					clash_op_named(kit, lists[l].op[m][i]);
}

bool clash_list_has(enum clash_list list, lk_t lk)
{
	return lk >= lists[list].first && lk <= lists[list].last;
}

bool clash_list_elsewhere(enum clash_list list)
{
	return lists[list].elsewhere;
}

enum clash_list clash_list_of(const struct kit_cpu *k, struct rng *r, u32 op)
{
	const struct clash *s = clash_of(k);
	enum clash_list found = LIST_NONE;
	u32 n = 0;

	for (u32 l = 0; l < LISTS; l++)
		for (u32 i = 0; i < s->n_listed[l][k->guest]; i++)
			if (s->listed[l][k->guest][i] == op && rng_below(r, ++n) == 0)
				found = (enum clash_list)l;
	return found;
}
