/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The rows of obs.def, and what one is made of: keys and values. */
#include "shmem/obj/regs.h"

enum obs_row {
#define OBS(id, name, key, sentence) OBS_##id,
#include "oracle/obs/obs.def"
	OBS_NR
};

/* What the key of an observation is made of. */
enum obs_key {
	OBS_KEY_CPU_REG, /* a CPU and a register */
	OBS_KEY_GFN,     /* a guest frame */
	OBS_KEY_PFN,     /* a frame */
	OBS_KEY_BANK,    /* a context bank */
	OBS_KEY_BANK_GFN, /* a context bank, a gfn of its table; and whether the frame or the entry */
	OBS_KEY_CTXT_REG, /* a vCPU of the principal, and a register */
	OBS_KEY_VM_FIELD, /* a VM, a field and an index of it */
	OBS_KEY_FIELD,    /* a field */
	OBS_KEY_CTXT,     /* a VM and a vCPU */
	OBS_KEY_CPU,      /* a CPU */
	OBS_KEY_VM,       /* a VM */
	OBS_KEY_CFG,      /* a number within the configuration */
};

/**
 * struct obs_item - one observable that is not 0
 */
struct obs_item {
	u64 key, value;
};

/* [n] by key, each once */
struct obs_items {
	struct obs_item *v;
	u32 n, cap;
};

/* Parts of keys. */
static inline u32 obs_key_cpu(u64 key)
{
	return (u32)(key >> 16); /* CPU_REG, CTXT_REG: the CPU, the vCPU */
}

static inline enum reg obs_key_reg(u64 key)
{
	return (enum reg)(key & 0xffff);
}
