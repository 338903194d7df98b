// SPDX-License-Identifier: GPL-2.0-only
/* clash: few pages, VMs and banks, and nobody knows what must come. */
#include "scenarios/clash_date.h"
#include "scenarios/clash_end.h"
#include "scenarios/clash_lists.h"
#include "scenarios/clash_set_up.h"
#include "scenarios/clash_world.h"
#include "scenarios/kit_args.h"
#include "sim/base/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const errata[] = { "crypt-hypercalls=intended", NULL };

static const struct scenario_option options[] = {
	{ "clash", "weight of what hosts and guests do about a page, a VM or a bank", 1, 1000, 20 },
	{ "exit", "weight of exits for the host, among a guest's operations", 1, 1000, 20 },
	{ "mmio", "weight of loads from and stores to registers of the SMMUs", 0, 1000, 10 },
	{ "heedless",
	  "of 100000 operations of which a look at the machine says that they would halt it, how "
	  "many are done all the same",
	  0, 100000, 20 },
	{ "dates", "percent of the operations for which two CPUs meet before them", 0, 100, 50 },
	{ "length",
	  "operations of each CPU after which nobody heeds what would halt the machine, so that "
	  "the "
	  "episode ends soon",
	  1, 1000000, 52 },
	KIT_EVEN_OPTION,
	{ "illegal", "percent of the operations that break a rule and are refused", 0, 100, 2 },
	{ "panics", "of 100000 operations, how many are drawn to halt the machine; 0: none", 0,
	  100000, 10 },
	KIT_END_OF_OPTIONS,
};

enum {
	SAMPLES = 6,
	LONGER = 4,     /* after so many times its length an episode ends all the same */
	FOCUS_KEPT = 4, /* of so many operations one has another focus */
};

/*
 * Any operation of the mode, each as often as any other, as dates have it in the long run.  False: none of a few can be had.
 */
static bool choose_any(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	const struct kit *kit = k->kit;
	enum kit_mode mode = k->guest ? KIT_GUEST : KIT_HOST;

	for (u32 i = 0; i < SAMPLES; i++) {
		u32 at = kit->choice[mode][rng_below(r, kit->n_choices[mode])].op;

		*op = (struct operation){ .kind = at };
		k->op = kit->op[at];
		if (!k->op->choose || k->op->choose(k, r, op))
			return true;
	}
	return false;
}

static bool draw(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	struct clash *s = clash_of(k);

	s->cpu[k->id].to = LIST_NONE;
	s->cpu[k->id].spares = false;
	if (clash_goes_on(k, r, op))
		return true;
	clash_date_over(k);
	if (k->c && (s->alone || !s->cpu[k->id].known)) {
		s->cpu[k->id].perturb = k->c->points;
		s->cpu[k->id].known = true;
	}
	if (clash_set_up(k, op))
		return true;
	k->c->points = s->cpu[k->id].perturb;
	if (!s->alone)
		clash_end_begins(k, r);
	s->cpu[k->id].reckless = s->dates == 0 && !s->alone && clash_ends(k);
	board_set(&s->cpu[k->id].ops, s->cpu[k->id].ops + 1);
	if (s->cpu[k->id].ops > LONGER * s->ops) {
		*op = (struct operation){ .kind = OP_NEW_EPISODE };
		return true;
	}
	if (s->cpu[k->id].comes) {
		s->cpu[k->id].comes = false;
		return choose_any(k, r, op);
	}
	if (rng_below(r, FOCUS_KEPT) == 0 || clash_focus(k)->vmid == 0)
		clash_look_around(k, r);
	/* At its end an episode is for those that would halt the machine. */
	if (s->dates && clash_ends(k) && clash_end(k, r, op))
		return true;
	if (s->dates && clash_keep_date(k, r, op))
		return true;
	if (rng_below(r, 100) >= s->dates && (!clash_ends(k) || s->dates == 0))
		return false;
	s->cpu[k->id].reckless = false;
	return clash_make_date(k, r, op, 1);
}

static vmid_t vm_or_none(u64 vmid)
{
	return is_vm(vmid) ? (vmid_t)vmid : 0;
}

/* Which VM the operation was about: 0: none.  Each owner is read once: while this CPU asks, others change it. */
static vmid_t about(const struct kit_cpu *k, const struct operation *op)
{
	struct run_about what[RUN_ABOUT_MAX];
	u32 n = kit_about(k->op->name, op, k->guest ? k->vmid : INVALID64, INVALID64, what);

	for (u32 i = 0; i < n; i++) {
		vmid_t v = 0;

		if (what[i].what == RUN_ABOUT_VM)
			v = vm_or_none(what[i].number);
		else if (what[i].what == RUN_ABOUT_BANK)
			v = vm_or_none(clash_bank_owner(k, (u32)what[i].number));
		if (v)
			return v;
	}
	return n > 0 ? vm_or_none(clash_owner(k, clash_focus(k)->page)) : 0;
}

static void after(struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	struct clash *s = clash_of(k);
	struct clash_cpu *own = &s->cpu[k->id];
	vmid_t v;

	if (how == KIT_PANICKED)
		clash_date_halted(k);
	board_set(&own->runs, 0);
	if (!own->again)
		clash_date_over(k);
	if (!board_get(&s->ready))
		return;
	v = about(k, op);
	own->all++;
	own->running += v && clash_runs(k, v);
	own->refused += how == KIT_REFUSED;
	own->halting += how == KIT_PANICKED;
}

/* How long the episode was that is over. */
static void count_length(struct kit *kit)
{
	struct clash *s = kit->own;
	u64 ops = 0;

	for (u32 i = 0; i < kit->cpus; i++)
		ops += s->cpu[i].ops;
	s->length[min_u64(ops / CLASH_LENGTH_STEP, CLASH_LENGTHS - 1)]++;
}

static void over(void *arg, const struct machine *m)
{
	(void)m;
	count_length(arg);
}

static void episode(void *arg, const struct machine *m)
{
	struct kit *kit = arg;
	struct clash *s = kit->own;

	s->kit_episode(arg, m);
	s->ready = s->set_up = s->date = s->goal = s->verifying = 0;
	memset(s->entering, 0, sizeof(s->entering));
	memset(s->ran, 0, sizeof(s->ran));
	for (u32 i = 0; i < kit->cpus; i++) {
		s->cpu[i].focus = (struct focus){ .vmid = 0 };
		s->cpu[i].steps = s->cpu[i].end_steps = 0;
		s->cpu[i].posted = s->cpu[i].with = s->cpu[i].again = 0;
		s->cpu[i].ops = 0;
		s->cpu[i].set_up = s->cpu[i].again_planned = false;
		s->cpu[i].runs = 0;
	}
}

static void end(struct workload *w)
{
	struct kit *kit = w->arg;

	free(kit->own);
	kit_end(w);
}

static int begin(struct workload *w, const struct scenario_setup *setup, struct err *e)
{
	struct clash *s = NULL;
	struct kit *kit;
	int rc = kit_begin(w, setup, e);

	if (rc < 0)
		return rc;
	kit = w->arg;
	if (posix_memalign((void **)&s, CACHE_LINE, sizeof(*s)) != 0) {
		kit_end(w);
		return err_set(e, ERR_MEMORY, "no memory for %s", setup->scenario->name);
	}
	memset(s, 0, sizeof(*s));
	s->heedless = kit_option(kit, "heedless", 0);
	s->dates = kit_option(kit, "dates", 0);
	s->ops = kit_option(kit, "length", 1);
	s->kit_episode = w->episode;
	kit->own = s;
	clash_lists_begin(kit);
	kit->draw = draw;
	kit->after = after;
	w->over = over;
	w->episode = episode;
	return 0;
}

/* The length that half of the episodes reach, to the bucket's lower end. */
static u64 median(const struct clash *s)
{
	u64 n = 0, below = 0;
	u32 i = 0;

	for (u32 b = 0; b < CLASH_LENGTHS; b++)
		n += s->length[b];
	while (i < CLASH_LENGTHS && 2 * (below + s->length[i]) < n)
		below += s->length[i++];
	return (u64)i * CLASH_LENGTH_STEP;
}

static void tell(const struct workload *w, struct scenario_shares *out)
{
	const struct kit *kit = w->arg;
	const struct clash *s = kit->own;

	*out = (struct scenario_shares){ .median_episode = median(s) };
	for (u32 i = 0; i < kit->cpus; i++) {
		out->operations += s->cpu[i].all;
		out->on_running += s->cpu[i].running;
		out->refused += s->cpu[i].refused;
		out->halting += s->cpu[i].halting;
	}
}

const struct scenario scenario_clash = {
	.expected = VERDICT_CLEAN,
	.cpus = 4,
	.min_cpus = 1,
	.wait = WAIT_AUTO,
	.perturb = 5,
	.name = "clash",
	.sentence = "hosts, guests and devices on N CPUs do anything about the same few pages, VMs "
		    "and context "
		    "banks at the same moment, on machines that begin with VMs in every state",
	.aim = "what two operations do to each other, whichever they are; nobody knows what must "
	       "come, "
	       "and the judge alone decides",
	.errata = errata,
	.options = options,
	.begin = begin,
	.report = kit_report,
	.forms = kit_tell_forms,
	.unforeseen = true,
	.shares = tell,
	.end = end,
};
