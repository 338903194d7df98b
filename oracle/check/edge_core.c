// SPDX-License-Identifier: GPL-2.0-only
/* The ways of the core data and of context banks, and of a CPU that leaves the core or has halted.  [spec X10, X11, X13] */
#include "oracle/check/check_if.h"
#include "oracle/check/facts.h"

#include <inttypes.h>

/* @halted: (bits) CPUs that have panicked in this episode */
struct edge_core {
	u64 halted;
};

/* X11  vmids are handed out one by one, by gen_vmid alone. */
static void vmids(struct judge *j, const struct section *s, const struct change *c)
{
	if (!check_on(j, CHK_VMIDS) || c->field != F_CORE_next_vmid ||
	    !trusts(j, CHK_VMIDS, 1ull << CORE_ID))
		return;
	evaluated(j, CHK_VMIDS);
	if (c->after.v == c->before.v + 1 && c->after.v <= COREVISOR &&
	    (!s->op || s->op->op == OP_gen_vmid))
		return;
	found_of(&j->findings, ROW_VMIDS_STEP, j->at,
	         FACTS(fact_at(fact_was(fact_n("next_vmid", c->after.v), c->before.v), CORE_ID,
	                       F_CORE_next_vmid, 0)),
	         "next_vmid goes from %" PRIu64 " to %" PRIu64 "%s%s", c->before.v, c->after.v,
	         s->op ? " in " : "", s->op ? op_function(s->op->op) : "");
}

static bool gives_vmid(u64 op)
{
	return op == OP_gen_vmid;
}

static void ended(struct judge *j, void *own, cpu_t cpu, const struct op_open *o)
{
	(void)own;
	(void)cpu;
	if (!check_on(j, CHK_VMIDS) || o->halted || o->lost ||
	    !trusts(j, CHK_VMIDS, 1ull << CORE_ID))
		return;
	evaluated(j, CHK_VMIDS);
	for (u32 i = 0; i < o->n_done; i++)
		if (o->done[i].kind == CH_CORE && o->done[i].field == F_CORE_next_vmid &&
		    o->done[i].before.v == o->result)
			return;
	found_of(&j->findings, ROW_VMIDS_RESULT, j->at,
	         FACTS(fact_n("vmid", o->result),
	               fact_at(fact_n("next_vmid",
	                              world_value(j->world, CORE_ID, F_CORE_next_vmid, 0)),
	                       CORE_ID, F_CORE_next_vmid, 0)),
	         "gen_vmid gives %" PRIu64 ", which was not next_vmid, or has not moved it",
	         o->result);
}

/* X13  A bank goes from nobody to who allocates it, and back to nobody when it is freed. */
static void banks(struct judge *j, const struct section *s, const struct change *c)
{
	char was[32], is[32];
	bool alloc = c->before.v == INVALID && c->after.v < COREVISOR;
	bool freed = c->before.v < COREVISOR && c->after.v == INVALID;
	u32 op = s->op ? s->op->op : HYP_OP_NR;

	if (!check_on(j, CHK_BANKS) || !trusts(j, CHK_BANKS, 1ull << SMMU_ID))
		return;
	evaluated(j, CHK_BANKS);
	if (alloc && (!s->op || op == OP_el2_alloc_smmu_pgd))
		return;
	if (freed && (!s->op || op == OP_el2_free_smmu_pgd))
		return;
	found_of(&j->findings, ROW_BANKS, j->at,
	         FACTS(fact_n("bank", c->at),
	               fact_at(fact_was(fact("owner", FACT_OWNER, c->after.v), c->before.v),
	                       SMMU_ID, F_SMMU_smmu_vmid, c->at)),
	         "bank %" PRIu64 " goes from %s to %s%s%s", c->at,
	         facts_owner(c->before.v, was, sizeof(was)),
	         facts_owner(c->after.v, is, sizeof(is)), s->op ? " in " : "",
	         s->op ? op_function(op) : "");
}

static void change(struct judge *j, void *own, const struct section *s, const struct change *c)
{
	(void)own;
	if (c->kind == CH_CORE)
		vmids(j, s, c);
	else
		banks(j, s, c);
}

/* X10  A CPU that has panicked changes nothing more. */
static void section(struct judge *j, void *own, const struct section *s)
{
	const struct edge_core *k = own;
	char name[16];

	if (likely(k->halted == 0) || !(k->halted >> s->cpu & 1) || !check_on(j, CHK_AT_REST))
		return;
	if (s->n)
		found_of(&j->findings, ROW_AT_REST_HALTED, j->at,
		         FACTS(fact_object("object", s->lk), fact_n("changes", s->n)),
		         "CPU %u changes %s behind its panic", s->cpu,
		         obj_name(s->lk, name, sizeof(name)));
}

/* A log without barrier marks has none behind HOLD_LOCK either. */
static bool owes_barrier(const struct judge *j, enum bar_state bars)
{
	return bars == BAR_BARRIERED || (bars == BAR_NEEDED && j->barriers);
}

/* X10  A CPU that leaves the core. */
static void mark(struct judge *j, void *own, const struct event *e)
{
	struct edge_core *k = own;
	u64 held = trail_held_by(j->trail, e->cpu);
	char name[16];

	if (e->kind == MARK_PANIC) {
		KEEP(j, k->halted);
		k->halted |= 1ull << e->cpu;
		if (check_on(j, CHK_AT_REST))
			evaluated(j, CHK_AT_REST);
		return;
	}
	if (e->kind != MARK_LEAVE || !check_on(j, CHK_AT_REST))
		return;
	evaluated(j, CHK_AT_REST);
	if (held)
		found_of(&j->findings, ROW_AT_REST_HELD, j->at, FACTS(fact_locks("held", held)),
		         "CPU %u leaves the core inside of %s", e->cpu,
		         obj_name((lk_t)__builtin_ctzll(held), name, sizeof(name)));
	else if (owes_barrier(j, j->holder[e->cpu].bars))
		found_of(&j->findings, ROW_AT_REST_BARS, j->at,
		         FACTS(fact_word("bars", bar_name(j->holder[e->cpu].bars))),
		         "CPU %u leaves the core: %s", e->cpu, bar_name(j->holder[e->cpu].bars));
}

static const enum check_id also[] = { CHK_BANKS, CHK_AT_REST };

const struct state_check check_core = {
	.id = CHK_VMIDS,
	.n_also = ARRAY_SIZE(also),
	.also = also,
	.changes = 1 << CH_CORE | 1 << CH_BANK,
	.bytes = sizeof(struct edge_core),
	.change = change,
	.section = section,
	.ops = gives_vmid,
	.op_end = ended,
	.marks = STATE_MARK(MARK_PANIC) | STATE_MARK(MARK_LEAVE),
	.mark = mark,
};
