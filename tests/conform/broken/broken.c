// SPDX-License-Identifier: GPL-2.0-only
/*
 * conform with one broken function, which the environment's BROKEN names: linked with --wrap, so that the machine is
 * otherwise the one that is tested.  tests/conform/can_fail.sh wants each seen.
 */
#include "cpu/ctxt.h"
#include "cpu/intake.h"
#include "cpu/switch_regs.h"
#include "lock/levels.h"
#include "shmem/fields.h"
#include "shmem/flatmem.h"
#include "shmem/locks.h"
#include "shmem/npt.h"
#include "shmem/shared.h"
#include "shmem/spt.h"

#include <stdlib.h>
#include <string.h>

static bool broken(const char *name)
{
	const char *which = getenv("BROKEN");

	return which && strcmp(which, name) == 0;
}

/* A function that does nothing, or what it should with another last argument, when it is broken. */
#define SKIPPED(name, params, args)         \
	void __real_##name params;          \
	void __wrap_##name params;          \
	void __wrap_##name params           \
	{                                   \
		if (!broken(#name))         \
			__real_##name args; \
	}
#define OFF_BY_ONE(name, params, args, last)                     \
	void __real_##name params;                               \
	void __wrap_##name params;                               \
	void __wrap_##name params                                \
	{                                                        \
		last = (__typeof__(last))(last + broken(#name)); \
		__real_##name args;                              \
	}
#define WRONG_RESULT(type, name, params, args)                     \
	type __real_##name params;                                 \
	type __wrap_##name params;                                 \
	type __wrap_##name params                                  \
	{                                                          \
		return (type)(__real_##name args + broken(#name)); \
	}

OFF_BY_ONE(set_next_vmid, (struct cpu * c, u32 value), (c, value), value)
OFF_BY_ONE(pt_store, (struct cpu * c, vmid_t vmid, u64 addr, u64 value), (c, vmid, addr, value),
           value)
SKIPPED(acquire_shared, (struct cpu * c, lk_t lk), (c, lk))
WRONG_RESULT(u64, get_int_pc, (struct cpu * c, vmid_t vmid, vcpuid_t vcpuid), (c, vmid, vcpuid))
SKIPPED(wait_qlock, (struct cpu * c, lk_t lk), (c, lk))
OFF_BY_ONE(wait_lock_spec, (struct cpu * c, lk_t lk), (c, lk), lk)
SKIPPED(pass_hlock, (struct cpu * c, lk_t lk), (c, lk))
SKIPPED(acquire_lock_core, (struct cpu * c), (c))
SKIPPED(host_to_core_specx, (struct ctxt * gp, const struct ctxt *rgp), (gp, rgp))
WRONG_RESULT(u64, get_shadow_ctxt_specx, (const struct ctxt *ctxt, u32 index, bool sp_el1),
             (ctxt, index, sp_el1))
OFF_BY_ONE(set_shadow_ctxt_specx, (struct ctxt * ctxt, u32 index, u64 value, bool sp_el1),
           (ctxt, index, value, sp_el1), value)
WRONG_RESULT(u64, smmu_pt_clear_loop, (struct cpu * c, struct obj *o, u32 n, u64 addr),
             (c, o, n, addr))
OFF_BY_ONE(flat_fetch, (struct cpu * c, pfn_t first, u64 n, vmid_t vmid, u64 from),
           (c, first, n, vmid, from), from)
