// SPDX-License-Identifier: GPL-2.0-only
#include "shmem/fields.h"

#include "shmem/guard.h"

/* RELY wants at least one argument to print; a key without one has none. */
#define COMMA_IF_CORE
#define COMMA_IF_SPT
#define COMMA_IF_S2PAGE    ,
#define COMMA_IF_NPT       ,
#define COMMA_IF_SMMU      ,
#define COMMA_IF_INFO      ,
#define COMMA_IF_INFO_VCPU ,
#define COMMA_IF_INFO_LOAD ,

#define GETTER(name, key, kind, field, type)                                                    \
	type name(struct cpu *c PARAMS_##key)                                                   \
	{                                                                                       \
		if (cpu_halted(c))                                                              \
			return 0;                                                               \
		RELY(c, RANGE_##key, STUCK_RANGE, ARGS_##key);                                  \
		return (type)cell_read(c, GUARDED(c, ID_##key, ARGS_##key), F_##kind##_##field, \
		                       INDEX_##key);                                            \
	}
#define SETTER(name, key, kind, field, type)                                         \
	void name(struct cpu *c PARAMS_##key, type value)                            \
	{                                                                            \
		if (cpu_halted(c))                                                   \
			return;                                                      \
		RELY(c, RANGE_##key, STUCK_RANGE, ARGS_##key COMMA_IF_##key value);  \
		cell_write(c, GUARDED(c, ID_##key, ARGS_##key COMMA_IF_##key value), \
		           F_##kind##_##field, INDEX_##key, value);                  \
	}
#include "shmem/fields.def"

/* SOURCE: writes vm_next_load_info, not vm_inc_exe (set_vm_inc_exe_spec) */
void set_vm_inc_exe(struct cpu *c, vmid_t vmid, u32 value)
{
	if (cpu_halted(c))
		return;
	RELY(c, is_vmid(vmid), STUCK_RANGE, vmid, value);
	cell_write(c, GUARDED(c, INFO_ID + vmid, vmid, value),
	           published(c, ERRATUM_SET_VM_INC_EXE) ? F_INFO_vm_next_load_info
	                                                : F_INFO_vm_inc_exe,
	           0, value);
}
