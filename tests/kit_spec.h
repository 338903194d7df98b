/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* A step of the specification on a world that is made by hand, and its effect as text. */
#include "oracle/spec/spec.h"
#include "tests/kit_world.h"

/**
 * struct kit_spec
 * @w:   as kit_world()
 * @abs: of @w, with @errata; all locks held
 */
struct kit_spec {
	struct world *w;
	struct fixed fixed;
	struct errata errata;
	struct ctxt regs, saved;
	struct abs abs;
	struct effect effect;
};

/* Errata at their defaults. */
void kit_spec_new(struct kit_spec *k);
void kit_spec_free(struct kit_spec *k);
void kit_spec_side(struct kit_spec *k, enum erratum erratum, bool published);

/* One cell, of any value before. */
void kit_spec_set(struct kit_spec *k, lk_t lk, u32 field, u64 index, u64 value);
void kit_spec_page(struct kit_spec *k, u64 pfn, u64 owner, u64 count, u64 gfn);
/* A VM's state. */
void kit_spec_state(struct kit_spec *k, vmid_t vmid, u64 state);
/* Map a gfn, with the tables that it takes: @level 2 or 3 of an NPT; 3 of a bank. */
void kit_spec_map(struct kit_spec *k, vmid_t vmid, u64 gfn, u32 level, u64 pte);
void kit_spec_spt(struct kit_spec *k, u32 index, u32 cbndx, u64 gfn, u64 pte);

/**
 * kit_expect_effect() - run the step
 * @arg: [SPEC_ARGS]
 * @want: "OBJECT ...: EFFECT", objects that the step reads, in the order of their numbers ("-": none), then, "; " between them:
 *   stuck | halts, keeps OBJECT ... | "nothing"
 *   changes as kit_change(), of a run "(CHANGES)" behind it, "OUT" for a value from outside
 *   flat PFN=VALUE, take STREAM VMID[ #KEY], reg NAME=VALUE, reg VMID.VCPUID NAME=VALUE, device ADDRESS=VALUE/BYTES, gives VALUE
 *   inside N; inside N not FUNCTION
 * The step never reads an object that it does not name.
 */
void kit_expect_effect(struct kit_spec *k, enum hyp_op op, const u64 *arg, const char *want);

/* Every way of every step of these operations was gone by an effect that this program expected, which is not stuck. */
void kit_expect_branches(const enum hyp_op *op, u32 n);
#define KIT_BRANCHES(...)                                         \
	kit_expect_branches((const enum hyp_op[]){ __VA_ARGS__ }, \
	                    sizeof((const enum hyp_op[]){ __VA_ARGS__ }) / sizeof(enum hyp_op))

#define KIT_ARG(...)            ((const u64[SPEC_ARGS]){ __VA_ARGS__ })
#define EFFECT(k, f, want, ...) kit_expect_effect(k, OP_##f, KIT_ARG(__VA_ARGS__), want)
