/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The machine that vectors run on: eight CPUs and a scripted environment. */
#include "sim/exec/env.h"
#include "tests/conform/json.h"

/**
 * struct rig - one for all records
 * @c: the CPU that the record's program runs on
 */
struct rig {
	struct log_config config;
	struct log *log;
	struct machine *m;
	struct env *env;
	struct cpu *c;
};

MUST_CHECK int rig_make(struct rig *r, const struct errata *errata, struct err *e);
void rig_free(struct rig *r);

/* A new machine: what the vectors derive from @seed, everything else 0. */
void rig_reset(struct rig *r, u64 seed);

/**
 * struct before - what changes are told from
 * @payload: [ID_END] contents; released by before_free()
 */
struct before {
	bool halt;
	u32 bars, tstate, vmid, vcpuid;
	u8 lock[LK_SPACE];
	u32 n_events[LK_SPACE];
	struct data_logs data_logs;
	struct ctxt regs;
	struct ctxt *ctxts; /* [N_VMID * VCPU_PER_VM] */
	struct payload *payload[ID_END];
};

/* The rig's machine takes on a start "s". */
MUST_CHECK int start_set(struct rig *r, const json_t *s, struct err *e);

void before_take(struct before *b, struct rig *r);
void before_free(struct before *b);
/* "e": what the machine has that it had not at @b. */
json_t *changes_json(const struct before *b, struct rig *r);

/* The fields of @group that differ, with their values of @after; an object. */
json_t *regs_changes(enum reg_group group, const struct ctxt *before, const struct ctxt *after);

/* An event of a log: a string, or ["<cpu><kind>", payload]; a payload is the environment's from then on. */
MUST_CHECK int event_read(struct rig *r, const json_t *v, struct env_event *out, struct err *e);
json_t *event_json(const struct env_event *ev);
