/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Guarded getters and setters: shmem/fields.def, one row each.  [AbstractMachineSpec, get_*_spec and set_*_spec]
 *
 * A halted machine answers 0 or does nothing.
 * Locks: the object's, pulled
 * Stuck: STUCK_RANGE, STUCK_NOT_PULLED, STUCK_BARRIER
 */
#include "cpu/cpu.h"

/* What stands before the value, for each KEY: parameters, arguments, their ranges, the object, the index. */
#define PARAMS_CORE
#define ARGS_CORE
#define RANGE_CORE true
#define ID_CORE    CORE_ID
#define INDEX_CORE 0

#define PARAMS_S2PAGE , u64 index
#define ARGS_S2PAGE   index
#define RANGE_S2PAGE  is_s2page(index)
#define ID_S2PAGE     S2PAGE_ID
#define INDEX_S2PAGE  index

#define PARAMS_NPT , vmid_t vmid
#define ARGS_NPT   vmid
#define RANGE_NPT  is_vmid(vmid)
#define ID_NPT     (NPT_ID + vmid)
#define INDEX_NPT  0

#define PARAMS_SPT
#define ARGS_SPT
#define RANGE_SPT true
#define ID_SPT    SPT_ID
#define INDEX_SPT 0

#define PARAMS_SMMU , u32 cbndx, u32 index
#define ARGS_SMMU   cbndx, index
#define RANGE_SMMU  (is_smmu(index) && is_smmu_cfg(cbndx))
#define ID_SMMU     SMMU_ID
#define INDEX_SMMU  smmu_id(index, cbndx)

#define PARAMS_INFO , vmid_t vmid
#define ARGS_INFO   vmid
#define RANGE_INFO  is_vmid(vmid)
#define ID_INFO     (INFO_ID + vmid)
#define INDEX_INFO  0

#define PARAMS_INFO_VCPU , vmid_t vmid, vcpuid_t vcpuid
#define ARGS_INFO_VCPU   vmid, vcpuid
#define RANGE_INFO_VCPU  (is_vmid(vmid) && is_vcpu(c, vcpuid))
#define ID_INFO_VCPU     (INFO_ID + vmid)
#define INDEX_INFO_VCPU  vcpuid

#define PARAMS_INFO_LOAD , vmid_t vmid, u32 load_idx
#define ARGS_INFO_LOAD   vmid, load_idx
#define RANGE_INFO_LOAD  (is_vmid(vmid) && is_load_idx(load_idx))
#define ID_INFO_LOAD     (INFO_ID + vmid)
#define INDEX_INFO_LOAD  load_idx

#define GETTER(name, key, kind, field, type) type name(struct cpu *c PARAMS_##key);
#define SETTER(name, key, kind, field, type) void name(struct cpu *c PARAMS_##key, type value);
#include "shmem/fields.def"

/* Erratum set-vm-inc-exe: as published it writes vm_next_load_info. */
void set_vm_inc_exe(struct cpu *c, vmid_t vmid, u32 value);
