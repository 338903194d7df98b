// SPDX-License-Identifier: GPL-2.0-only
/*
 * flat-storm: every CPU changes the same few frames of flat memory, which no lock guards, some of them as the hypervisor
 * does when a page changes hands: in a section on the page records.
 *
 * What a CPU wrote to a frame last is remembered: memory must hold one of these values in the end.
 */
#include "cpu/intake.h"
#include "lock/wait.h"
#include "scenarios/scenario.h"
#include "shmem/flatmem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OP_CLEAR, OP_FETCH, OP_PUT, OP_STORE, OP_LOAD, OP_PAGE, OP_FLAT_NR };
enum { OPT_FRAMES, OPT_RANGE, OPT_PAGES, OPT_NR };

enum { FIRST_FRAME = 1u << 16 };

static const char *const flat_ops[] = { "clear", "fetch", "put", "store", "load", "page", NULL };

_Static_assert(ARRAY_SIZE(flat_ops) == (u32)OP_FLAT_NR + 1, "one name for each OP_");

/* The last change that one CPU made to a frame; written by its thread only. */
struct last_change {
	u64 value;
	bool any;
};

struct flat_storm {
	u64 opt[OPT_NR];
	u32 cpus;
	struct last_change **last; /* [cpus][frames] */
};

static void flat_choose(void *arg, u32 cpu, u64 n, struct rng *r, struct operation *op)
{
	const struct flat_storm *s = arg;
	u64 frame = rng_below(r, s->opt[OPT_FRAMES]), pfn = FIRST_FRAME + frame;
	u64 cells = 1 + rng_below(r, min_u64(s->opt[OPT_RANGE], s->opt[OPT_FRAMES] - frame));
	u64 vmid = rng_below(r, N_VMID);
	bool page = rng_below(r, 100) < s->opt[OPT_PAGES];

	switch (page ? OP_PAGE : rng_below(r, OP_PAGE)) {
	case OP_FETCH:
		*op = (struct operation){ OP_FETCH, 3, { pfn, cells, vmid }, 0 };
		break;
	case OP_PUT:
		*op = (struct operation){ OP_PUT, 2, { pfn, vmid }, 0 };
		break;
	case OP_STORE:
		*op = (struct operation){ OP_STORE, 2, { pfn, n << 8 | cpu }, 0 };
		break;
	case OP_LOAD:
		*op = (struct operation){ OP_LOAD, 1, { pfn }, 0 };
		break;
	case OP_PAGE:
		*op = (struct operation){ OP_PAGE, 2, { pfn, vmid }, 0 };
		break;
	default:
		*op = (struct operation){ OP_CLEAR, 1, { pfn }, 0 };
		break;
	}
}

static void wrote(struct cpu *c, struct flat_storm *s, pfn_t pfn, u64 value)
{
	s->last[c->id][pfn - FIRST_FRAME] = (struct last_change){ value, true };
}

static void wrote_oracle(struct cpu *c, struct flat_storm *s, pfn_t first, u64 n, vmid_t vmid,
                         u64 from)
{
	for (u64 i = 0; i < n; i++)
		wrote(c, s, first + i, flat_value(c, vmid, from + i));
}

/* Frames from @first on take the next @n values of a VM. */
static void fetch(struct cpu *c, struct flat_storm *s, pfn_t first, u64 n, vmid_t vmid)
{
	u64 from = data_log_take(c, vmid, n);

	flat_fetch(c, first, n, vmid, from);
	wrote_oracle(c, s, first, n, vmid, from);
}

static void put(struct cpu *c, struct flat_storm *s, pfn_t pfn, vmid_t vmid)
{
	u64 from = data_log_take(c, vmid, 1);

	flat_put(c, pfn, vmid, from);
	wrote_oracle(c, s, pfn, 1, vmid, from);
}

/* A page changes hands: to the host it comes empty, a VM takes over what it held. */
static void page(struct cpu *c, struct flat_storm *s, pfn_t pfn, vmid_t vmid)
{
	wait_lock(c, S2PAGE_ID);
	acquire_shared(c, S2PAGE_ID);
	shared_store(c, S2PAGE_ID, F_S2PAGE_s2_owner, pfn, vmid);
	if (vmid == HOSTVISOR) {
		flat_clear(c, pfn);
		wrote(c, s, pfn, 0);
	} else {
		fetch(c, s, pfn, 1, vmid);
	}
	release_shared(c, S2PAGE_ID);
	pass_lock(c, S2PAGE_ID);
}

static void flat_execute(struct cpu *c, void *arg, struct operation *op)
{
	struct flat_storm *s = arg;
	const u64 *a = op->args;

	switch (op->kind) {
	case OP_CLEAR:
		flat_clear(c, a[0]);
		wrote(c, s, a[0], 0);
		break;
	case OP_FETCH:
		fetch(c, s, a[0], a[1], (vmid_t)a[2]);
		break;
	case OP_PUT:
		put(c, s, a[0], (vmid_t)a[1]);
		break;
	case OP_STORE:
		flat_store(c, a[0], a[1]);
		wrote(c, s, a[0], a[1]);
		break;
	case OP_LOAD:
		op->result = flat_load(c, a[0]);
		break;
	case OP_PAGE:
		page(c, s, a[0], (vmid_t)a[1]);
		break;
	}
}

/* Nobody has changed anything in the new machine. */
static void flat_episode(void *arg, const struct machine *m)
{
	struct flat_storm *s = arg;

	(void)m;
	for (u32 i = 0; i < s->cpus; i++)
		memset(s->last[i], 0, s->opt[OPT_FRAMES] * sizeof(**s->last));
}

static void flat_end(struct workload *w)
{
	struct flat_storm *s = w->arg;

	for (u32 i = 0; s->last && i < s->cpus; i++)
		free(s->last[i]);
	free(s->last);
	free(s);
}

static int flat_begin(struct workload *w, const struct scenario_setup *setup, struct err *e)
{
	struct flat_storm *s = calloc(1, sizeof(*s));
	bool enough = s != NULL;

	*w = (struct workload){ .arg = s,
		                .op_names = flat_ops,
		                .choose = flat_choose,
		                .execute = flat_execute,
		                .episode = flat_episode };
	if (!enough)
		return err_set(e, ERR_MEMORY, "no memory for flat-storm");
	for (u32 i = 0; i < OPT_NR; i++)
		s->opt[i] = setup->values[i];
	s->cpus = setup->cpus;
	s->last = calloc(s->cpus, sizeof(*s->last));
	enough = s->last != NULL;
	for (u32 i = 0; i < s->cpus && enough; i++) {
		s->last[i] = calloc(s->opt[OPT_FRAMES], sizeof(**s->last));
		enough = s->last[i] != NULL;
	}
	if (enough)
		return 0;
	flat_end(w);
	return err_set(e, ERR_MEMORY, "no memory for flat-storm");
}

/* Who changed a frame last is one of those who did, with their last change. */
static bool flat_verify(const struct workload *w, const struct machine *m, struct run_differs *out)
{
	const struct flat_storm *s = w->arg;

	for (u64 f = 0; f < s->opt[OPT_FRAMES]; f++) {
		u64 have = obj_get(&m->shared.obj[FLATMEM_ID], F_FLATMEM_flatmem, FIRST_FRAME + f);
		bool any = false, fits = false;

		for (u32 i = 0; i < s->cpus; i++) {
			any |= s->last[i][f].any;
			fits |= s->last[i][f].any && s->last[i][f].value == have;
		}
		if (any ? fits : have == 0)
			continue;
		snprintf(out->text, sizeof(out->text),
		         "frame %llu holds %llu, which no CPU wrote there last",
		         (unsigned long long)(FIRST_FRAME + f), (unsigned long long)have);
		out->n_about = 0;
		differs_about(out, RUN_ABOUT_FRAME, FIRST_FRAME + f);
		return false;
	}
	return true;
}

static const struct scenario_option flat_options[] = {
	{ "frames", "frames that all CPUs change", 1, 4096, 8 },
	{ "range", "most frames that one fetch changes", 1, 512, 4 },
	{ "pages", "percent of the operations that change a page's owner and contents in a section",
	  0, 100, 20 },
	{ NULL, NULL, 0, 0, 0 },
};

_Static_assert(ARRAY_SIZE(flat_options) == (u32)OPT_NR + 1, "one row for each OPT_");
_Static_assert((u32)OPT_NR <= (u32)SCENARIO_MAX_OPTIONS, "room for the values");

const struct scenario scenario_flat_storm = {
	.name = "flat-storm",
	.sentence =
		"N CPUs clear, fetch, store and load the same few frames of flat memory at once",
	.aim = "changes of flat memory that are torn, lost or logged in another order than done",
	.expected = VERDICT_CLEAN,
	.cpus = 4,
	.min_cpus = 1,
	.wait = WAIT_AUTO,
	.options = flat_options,
	.begin = flat_begin,
	.verify = flat_verify,
	.end = flat_end,
};
