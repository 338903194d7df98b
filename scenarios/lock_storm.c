// SPDX-License-Identifier: GPL-2.0-only
/*
 * lock-storm: every CPU takes locks, pulls the object, changes a cell or two, pushes it and passes the lock on.
 *
 * Each section adds one to a counter cell of its object, read and written in two steps: an update that is lost shows in
 * the sum, in the differences' old values and in the digests.  Some operations hold a lock of a lower rank while they
 * take one of a higher rank, as the hypervisor does.
 */
#include "lock/wait.h"
#include "scenarios/scenario.h"
#include "shmem/obj/lock_rank.h"

#include <stdio.h>
#include <stdlib.h>

enum { OP_SECTION, OP_NESTED };
enum { OPT_LOCKS, OPT_CHANGES, OPT_NESTED, OPT_NR };

/* The cells of an object that count its sections: one field of each kind, the first @cells of it. */
struct counter_field {
	u32 field;
	u64 cells;
};

static const struct counter_field counters[OBJ_NR] = {
	[OBJ_CORE] = { F_CORE_next_remap_ptr, 1 }, [OBJ_S2PAGE] = { F_S2PAGE_s2_count, 16 },
	[OBJ_SPT] = { F_SPT_spt_pgd_next, 1 },     [OBJ_SMMU] = { F_SMMU_smmu_vmid, 16 },
	[OBJ_NPT] = { F_NPT_pt_pgd_next, 1 },      [OBJ_INFO] = { F_INFO_vm_load_size, 5 },
};

static const char *const storm_ops[] = { "section", "nested", NULL };

/* Additions of one CPU, per lock; written by its thread only. */
struct storm_cpu {
	u64 added[ID_END];
} __attribute__((aligned(CACHE_LINE)));

struct storm {
	u64 opt[OPT_NR];
	u32 cpus;
	struct storm_cpu *cpu; /* [cpus] */
};

static void storm_choose(void *arg, u32 cpu, u64 n, struct rng *r, struct operation *op)
{
	const struct storm *s = arg;
	lk_t outer = CORE_ID + (lk_t)rng_below(r, s->opt[OPT_LOCKS]);
	lk_t inner = CORE_ID + (lk_t)rng_below(r, s->opt[OPT_LOCKS]);
	u64 percent = rng_below(r, 100);

	(void)cpu;
	(void)n;
	*op = (struct operation){ .kind = OP_SECTION, .n_args = 1, .args = { outer } };
	if (percent >= s->opt[OPT_NESTED] || obj_lock_rank(outer) == obj_lock_rank(inner))
		return;
	if (obj_lock_rank(outer) > obj_lock_rank(inner)) {
		lk_t t = outer;

		outer = inner;
		inner = t;
	}
	*op = (struct operation){ .kind = OP_NESTED, .n_args = 2, .args = { outer, inner } };
}

/* The changes of one pulled section on @lk: read, and write one more. */
static void change(struct cpu *c, struct storm *s, lk_t lk)
{
	const struct counter_field *f = &counters[obj_kind_of(lk)];

	for (u64 i = 0; i < s->opt[OPT_CHANGES]; i++) {
		u64 index = (c->id + i) % f->cells;
		u64 v = shared_load(c, lk, f->field, index);

		shared_store(c, lk, f->field, index, v + 1);
	}
}

static void storm_execute(struct cpu *c, void *arg, struct operation *op)
{
	struct storm *s = arg;
	lk_t outer = (lk_t)op->args[0], inner = (lk_t)op->args[1];

	wait_lock(c, outer);
	acquire_shared(c, outer);
	change(c, s, outer);
	if (op->kind == OP_NESTED) {
		wait_lock(c, inner);
		acquire_shared(c, inner);
		change(c, s, inner);
		release_shared(c, inner);
		pass_lock(c, inner);
		s->cpu[c->id].added[inner] += s->opt[OPT_CHANGES];
	}
	release_shared(c, outer);
	pass_lock(c, outer);
	s->cpu[c->id].added[outer] += s->opt[OPT_CHANGES];
}

static int storm_begin(struct workload *w, const struct scenario_setup *setup, struct err *e)
{
	struct storm *s = calloc(1, sizeof(*s));

	if (!s ||
	    posix_memalign((void **)&s->cpu, CACHE_LINE, setup->cpus * sizeof(*s->cpu)) != 0) {
		free(s);
		return err_set(e, ERR_MEMORY, "no memory for lock-storm");
	}
	for (u32 i = 0; i < OPT_NR; i++)
		s->opt[i] = setup->values[i];
	s->cpus = setup->cpus;
	for (u32 i = 0; i < s->cpus; i++)
		s->cpu[i] = (struct storm_cpu){ 0 };
	*w = (struct workload){
		.arg = s, .op_names = storm_ops, .choose = storm_choose, .execute = storm_execute
	};
	return 0;
}

static void storm_end(struct workload *w)
{
	struct storm *s = w->arg;

	free(s->cpu);
	free(s);
}

/* Every addition is in memory.  Only the last episode's contents are there: a machine with several is not summed. */
static bool storm_verify(const struct workload *w, const struct machine *m, struct run_differs *out)
{
	const struct storm *s = w->arg;

	if (m->episode > 0)
		return true;
	for (lk_t lk = CORE_ID; lk < ID_END; lk++) {
		const struct counter_field *f = &counters[obj_kind_of(lk)];
		u64 want = 0, have = 0;

		for (u32 i = 0; i < s->cpus; i++)
			want += s->cpu[i].added[lk];
		for (u64 i = 0; i < f->cells; i++)
			have += obj_get(&m->shared.obj[lk], f->field, i);
		if (want != have) {
			char name[32];

			snprintf(out->text, sizeof(out->text),
			         "%s: %llu additions were done, %llu are in memory",
			         obj_name(lk, name, sizeof(name)), (unsigned long long)want,
			         (unsigned long long)have);
			out->n_about = 0;
			return false;
		}
	}
	return true;
}

static const struct scenario_option storm_options[] = {
	{ "locks", "number of locks, from CORE on", 1, ID_END - 1, 4 },
	{ "changes", "cells that a section changes", 0, 64, 1 },
	{ "nested", "percent of the operations that take a second lock, of a higher rank", 0, 100,
	  10 },
	{ NULL, NULL, 0, 0, 0 },
};

_Static_assert(ARRAY_SIZE(storm_options) == (u32)OPT_NR + 1, "one row for each OPT_");
_Static_assert((u32)OPT_NR <= (u32)SCENARIO_MAX_OPTIONS, "room for the values");

const struct scenario scenario_lock_storm = {
	.name = "lock-storm",
	.sentence = "N CPUs take L locks; each section pulls, changes and pushes a small object",
	.aim = "lost updates, broken mutual exclusion, unfair or unordered waiting",
	.expected = VERDICT_CLEAN,
	.cpus = 4,
	.min_cpus = 1,
	.wait = WAIT_AUTO,
	.options = storm_options,
	.begin = storm_begin,
	.verify = storm_verify,
	.end = storm_end,
};

const struct scenario scenario_wraparound = {
	.name = "wraparound",
	.sentence = "lock-storm with every counter a few hundred below 2^32",
	.aim = "a carry between the halves of the lock word, comparisons that do not wrap",
	.expected = VERDICT_CLEAN,
	.cpus = 4,
	.min_cpus = 1,
	.wait = WAIT_AUTO,
	.options = storm_options,
	.start = 0xffffffffu - 300,
	.begin = storm_begin,
	.verify = storm_verify,
	.end = storm_end,
};
