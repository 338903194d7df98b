/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Calls of the hypervisor's functions on a booted machine, and what the machine holds then.  A test file has one machine,
 * `static struct test_machine t`, and names each function once, with its arguments in k[0], k[1], ...:
 *   KIT_VOID(map_page_host, k[0])    KIT_VALUE(walk_s2pt, (u32)k[0], k[1])
 */
#include "tests/kit_events.h"

enum { KIT_ARGS = 6 };

typedef u64 kit_fn(struct cpu *c, const u64 *k);

#define KIT_VOID(f, ...)                               \
	static u64 do_##f(struct cpu *c, const u64 *k) \
	{                                              \
		(void)k;                               \
		f(c __VA_OPT__(, ) __VA_ARGS__);       \
		return 0;                              \
	}
#define KIT_VALUE(f, ...)                               \
	static u64 do_##f(struct cpu *c, const u64 *k)  \
	{                                               \
		(void)k;                                \
		return f(c __VA_OPT__(, ) __VA_ARGS__); \
	}

#define KIT_LIST(...)  ((const u64[KIT_ARGS]){ __VA_ARGS__ })
#define KIT_COUNT(...) (sizeof((const u64[]){ __VA_ARGS__ }) / sizeof(u64))

/* On CPU 0: the call ends well, and its value; it is stuck by the rule; it panics. */
#define OK(f, ...)          kit_ok(&t, 0, do_##f, #f, KIT_LIST(__VA_ARGS__))
#define STUCK(rule, f, ...) kit_stuck(&t, 0, STUCK_##rule, do_##f, #f, KIT_LIST(__VA_ARGS__))
/* It is stuck by STUCK_RANGE in the function itself, which says its first arguments. */
#define REFUSES(f, ...)     kit_refuses(&t, do_##f, #f, KIT_LIST(__VA_ARGS__), KIT_COUNT(__VA_ARGS__))
#define PANICS(f, ...)      kit_panics(&t, 0, do_##f, #f, KIT_LIST(__VA_ARGS__))

u64 kit_ok(struct test_machine *t, u32 cpu, kit_fn *fn, const char *name, const u64 *k);
void kit_stuck(struct test_machine *t, u32 cpu, enum stuck_rule rule, kit_fn *fn, const char *name,
               const u64 *k);
void kit_refuses(struct test_machine *t, kit_fn *fn, const char *name, const u64 *k, u32 n);
/* The machine has halted and the value is 0; if this CPU has halted it, the log says why, as its report does. */
void kit_panics(struct test_machine *t, u32 cpu, kit_fn *fn, const char *name, const u64 *k);

/* Locks that CPU 0 holds with their objects pulled: bit lk. */
u64 kit_held(const struct test_machine *t);

/* One cell of an object. */
u64 kit_cell(const struct test_machine *t, lk_t lk, u32 field, u64 index);

/**
 * struct kit_pte - how a stage-2 table maps an address; level 0: it is not mapped, though @pte may be not 0
 * @pfn: the frame of the address, blocks too
 */
struct kit_pte {
	u32 level;
	u64 pte, pfn;
};

/* Walk the pools, without the hypervisor's code. */
struct kit_pte kit_walk(const struct test_machine *t, vmid_t vmid, u64 addr);

/* A managed page's record. */
struct kit_page {
	u32 owner, count;
	u64 gfn;
};

struct kit_page kit_page(const struct test_machine *t, u64 pfn);
bool kit_page_is(const struct test_machine *t, u64 pfn, u32 owner, u32 count, u64 gfn);
/* Set it, in a section of CPU 0. */
void kit_set_page(struct test_machine *t, u64 pfn, u32 owner, u32 count, u64 gfn);
/* A VM's state, the same way. */
void kit_set_state(struct test_machine *t, vmid_t vmid, u32 state);
/* Forget the events so far. */
void kit_forget(struct test_machine *t);

u64 kit_flat(const struct test_machine *t, u64 pfn);
