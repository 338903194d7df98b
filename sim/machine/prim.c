// SPDX-License-Identifier: GPL-2.0-only
#include "sim/machine/prim.h"

#include "cpu/ctxt.h"
#include "cpu/dabt.h"
#include "cpu/intake.h"
#include "cpu/switch_regs.h"
#include "lock/levels.h"
#include "lock/wait.h"
#include "shmem/fields.h"
#include "shmem/fixed.h"
#include "shmem/locks.h"
#include "shmem/npt.h"
#include "shmem/phys.h"
#include "shmem/shared.h"
#include "shmem/spt.h"
#include "sim/hyp/api.h"
#include "sim/hyp/boot_core.h"
#include "sim/hyp/boot_ops.h"
#include "sim/hyp/ctxt_switch.h"
#include "sim/hyp/fault.h"
#include "sim/hyp/mem_handler.h"
#include "sim/hyp/mem_mgr.h"
#include "sim/hyp/mem_ops.h"
#include "sim/hyp/mmio_core.h"
#include "sim/hyp/mmio_ops.h"
#include "sim/hyp/mmio_raw.h"
#include "sim/hyp/npt_ops.h"
#include "sim/hyp/npt_walk.h"
#include "sim/hyp/page_index.h"
#include "sim/hyp/page_mgr.h"
#include "sim/hyp/pt_alloc.h"
#include "sim/hyp/pt_walk.h"
#include "sim/hyp/spt_ops.h"
#include "sim/hyp/spt_walk.h"
#include "sim/hyp/trap.h"
#include "sim/hyp/vcpu_ops.h"
#include "sim/hyp/vm_crypt.h"
#include "sim/hyp/vm_power.h"
#include "sim/hyp/vm_smmu.h"

#include <string.h>

static void release_shared_args(struct cpu *c, const struct shared_event *e, u32 lk)
{
	release_shared_event(c, e, lk);
}

static void release_lock_args(struct cpu *c, const struct shared_event *e, u32 lk)
{
	release_lock_spec0(c, e, lk);
}

/* An argument as the function takes it. */
#define AS_u32(x)   ((u32)(x))
#define AS_u64(x)   (x)
#define AS_event(x) ((const struct shared_event *)(uintptr_t)(x))
#define ARG(kind, type, sentence)                                                          \
	static inline __attribute__((unused)) __typeof__(AS_##type(0ull)) as_##kind(u64 x) \
	{                                                                                  \
		return AS_##type(x);                                                       \
	}
#include "sim/machine/prim_arg.def"

/* A call gives a number, or 0 when the function gives none. */
#define GIVE_u32(call) return call
#define GIVE_u64(call) return call
#define GIVE_void(call) \
	call;           \
	return 0

#define PRIM0(ret, name, fn, source, family)                \
	static u64 call_##name(struct cpu *c, const u64 *a) \
	{                                                   \
		(void)a;                                    \
		GIVE_##ret(fn(c));                          \
	}
#define PRIM1(ret, name, fn, k0, source, family)            \
	static u64 call_##name(struct cpu *c, const u64 *a) \
	{                                                   \
		GIVE_##ret(fn(c, as_##k0(a[0])));           \
	}
#define PRIM2(ret, name, fn, k0, k1, source, family)             \
	static u64 call_##name(struct cpu *c, const u64 *a)      \
	{                                                        \
		GIVE_##ret(fn(c, as_##k0(a[0]), as_##k1(a[1]))); \
	}
#define PRIM3(ret, name, fn, k0, k1, k2, source, family)                        \
	static u64 call_##name(struct cpu *c, const u64 *a)                     \
	{                                                                       \
		GIVE_##ret(fn(c, as_##k0(a[0]), as_##k1(a[1]), as_##k2(a[2]))); \
	}
#define PRIM4(ret, name, fn, k0, k1, k2, k3, source, family)                                   \
	static u64 call_##name(struct cpu *c, const u64 *a)                                    \
	{                                                                                      \
		GIVE_##ret(fn(c, as_##k0(a[0]), as_##k1(a[1]), as_##k2(a[2]), as_##k3(a[3]))); \
	}
#define PRIM5(ret, name, fn, k0, k1, k2, k3, k4, source, family)                             \
	static u64 call_##name(struct cpu *c, const u64 *a)                                  \
	{                                                                                    \
		GIVE_##ret(fn(c, as_##k0(a[0]), as_##k1(a[1]), as_##k2(a[2]), as_##k3(a[3]), \
		              as_##k4(a[4])));                                               \
	}
#define HELPER(name, sentence)
#include "sim/machine/prim.def"

#define GIVES_u32  true
#define GIVES_u64  true
#define GIVES_void false

#define ROW(ret, nm, fn, src, fam, n, ...) \
	{ .name = #nm,                     \
	  .function = #fn,                 \
	  .source = src,                   \
	  .family = PRIM_##fam,            \
	  .returns = GIVES_##ret,          \
	  .n_args = n,                     \
	  .arg = { __VA_ARGS__ },          \
	  .call = call_##nm },

const struct prim prims[] = {
#define PRIM0(ret, name, fn, source, family) ROW(ret, name, fn, source, family, 0)
#define PRIM1(ret, name, fn, k0, source, family) \
	ROW(ret, name, fn, source, family, 1, PRIM_ARG_##k0)
#define PRIM2(ret, name, fn, k0, k1, source, family) \
	ROW(ret, name, fn, source, family, 2, PRIM_ARG_##k0, PRIM_ARG_##k1)
#define PRIM3(ret, name, fn, k0, k1, k2, source, family) \
	ROW(ret, name, fn, source, family, 3, PRIM_ARG_##k0, PRIM_ARG_##k1, PRIM_ARG_##k2)
#define PRIM4(ret, name, fn, k0, k1, k2, k3, source, family)                               \
	ROW(ret, name, fn, source, family, 4, PRIM_ARG_##k0, PRIM_ARG_##k1, PRIM_ARG_##k2, \
	    PRIM_ARG_##k3)
#define PRIM5(ret, name, fn, k0, k1, k2, k3, k4, source, family)                           \
	ROW(ret, name, fn, source, family, 5, PRIM_ARG_##k0, PRIM_ARG_##k1, PRIM_ARG_##k2, \
	    PRIM_ARG_##k3, PRIM_ARG_##k4)
#define HELPER(name, sentence)
#include "sim/machine/prim.def"
};

const u32 n_prims = ARRAY_SIZE(prims);

static const struct {
	const char *name, *sentence;
	u64 max;
} arg_rows[PRIM_ARG_NR] = {
#define MAX_u32            0xffffffffull
#define MAX_u64            ~0ull
#define MAX_event          0
#define ARG(kind, type, s) [PRIM_ARG_##kind] = { #kind, s, MAX_##type },
#include "sim/machine/prim_arg.def"
};

static const char *const families[PRIM_FAMILY_NR] = {
	[PRIM_CORE] = "core",     [PRIM_LOCK] = "lock",     [PRIM_PULL] = "pull",
	[PRIM_PUSH] = "push",     [PRIM_FLAT] = "flat",     [PRIM_PARAM] = "param",
	[PRIM_GETTER] = "getter", [PRIM_SETTER] = "setter", [PRIM_PT] = "pt",
	[PRIM_SPT] = "spt",       [PRIM_FIXED] = "fixed",   [PRIM_CTXT] = "ctxt",
	[PRIM_INTAKE] = "intake", [PRIM_MOVE] = "move",     [PRIM_FAULT] = "fault",
	[PRIM_ACCESS] = "access", [PRIM_LOCKS] = "locks",   [PRIM_LAYERS] = "layers",
	[PRIM_HYP] = "hyp",
};

static const struct {
	const char *name, *sentence;
} helpers[] = {
#define PRIM0(...)
#define PRIM1(...)
#define PRIM2(...)
#define PRIM3(...)
#define PRIM4(...)
#define PRIM5(...)
#define HELPER(name, sentence) { #name, sentence },
#include "sim/machine/prim.def"
};

struct prim_call {
	const struct prim *p;
	const u64 *a;
	u64 value;
};

static void call_prim(struct cpu *c, void *arg)
{
	struct prim_call *call = arg;

	call->value = call->p->call(c, call->a);
}

enum outcome prim_run(struct cpu *c, const struct prim *p, const u64 *a, u64 *value)
{
	struct prim_call call = { .p = p, .a = a };
	enum outcome out = cpu_call(c, call_prim, &call);

	*value = call.value;
	return out;
}

const struct prim *prim_by_name(const char *name)
{
	for (u32 i = 0; i < n_prims; i++)
		if (strcmp(prims[i].name, name) == 0)
			return &prims[i];
	return NULL;
}

const char *prim_arg_name(enum prim_arg a)
{
	return a < PRIM_ARG_NR ? arg_rows[a].name : "?";
}

const char *prim_arg_sentence(enum prim_arg a)
{
	return a < PRIM_ARG_NR ? arg_rows[a].sentence : "?";
}

u64 prim_arg_max(enum prim_arg a)
{
	return a < PRIM_ARG_NR ? arg_rows[a].max : 0;
}

const char *prim_family_name(enum prim_family f)
{
	return f < PRIM_FAMILY_NR ? families[f] : "?";
}

bool prim_helper(u32 i, const char **name, const char **sentence)
{
	if (i >= ARRAY_SIZE(helpers))
		return false;
	*name = helpers[i].name;
	*sentence = helpers[i].sentence;
	return true;
}
