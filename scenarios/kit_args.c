// SPDX-License-Identifier: GPL-2.0-only
#include "scenarios/kit_args.h"

#include "sim/base/addr.h"

#include <string.h>

static const struct {
	const char *operation, *args;
} rows[] = {
#define ARGS(operation, args) { #operation, args },
#include "scenarios/kit_args.def"
};

const char *kit_args(const char *operation)
{
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++)
		if (strcmp(rows[i].operation, operation) == 0)
			return rows[i].args;
	return NULL;
}

/* The argument of this name, number @skip of them if there are several, into *out. */
static bool named(const char *names, const struct operation *op, const char *name, u32 skip,
                  u64 *out)
{
	size_t want = strlen(name);

	for (u32 i = 0; i < op->n_args; i++) {
		size_t len = strcspn(names, " ");

		if (len == want && memcmp(names, name, len) == 0 && skip-- == 0) {
			*out = op->args[i];
			return true;
		}
		names += len + (names[len] == ' ');
	}
	return false;
}

u32 kit_about(const char *operation, const struct operation *op, u64 vmid, u64 vcpuid,
              struct run_about out[RUN_ABOUT_MAX])
{
	const char *names = kit_args(operation);
	u64 v, index;
	u32 n = 0;

	(void)named(names, op, "vmid", 0, &vmid);
	(void)named(names, op, "vcpuid", 0, &vcpuid);
	if (vmid < N_VMID)
		out[n++] = (struct run_about){ RUN_ABOUT_VM, vmid };
	if (vmid < N_VMID && vcpuid != INVALID64)
		out[n++] = (struct run_about){ RUN_ABOUT_VCPU, vcpuid };
	if (named(names, op, "pfn", 0, &v))
		out[n++] = (struct run_about){ RUN_ABOUT_FRAME, v };
	for (u32 i = 0; i < 2 && named(names, op, "pa", i, &v); i++)
		out[n++] = (struct run_about){ RUN_ABOUT_FRAME, v / PAGE_SIZE };
	if (named(names, op, "pte", 0, &v) && v)
		out[n++] = (struct run_about){ RUN_ABOUT_FRAME, v / PAGE_SIZE };
	if (named(names, op, "cbndx", 0, &v) && named(names, op, "index", 0, &index) &&
	    v < SMMU_NUM_CTXT_BANKS && index < SMMU_NUM)
		out[n++] = (struct run_about){ RUN_ABOUT_BANK, smmu_id((u32)index, (u32)v) };
	return n;
}
