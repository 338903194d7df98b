// SPDX-License-Identifier: GPL-2.0-only
/* clash: few pages, VMs and banks, and nobody knows what must come. */
#include "lock/share.h"
#include "scenarios/clash_set_up.h"
#include "scenarios/clash_world.h"
#include "scenarios/kit_args.h"
#include "sim/base/check.h"
#include "sim/base/relax.h"

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
	  0, 100000, 60 },
	{ "dates", "percent of the operations for which two CPUs meet before them", 0, 100, 50 },
	{ "length",
	  "operations of each CPU after which nobody heeds what would halt the machine, so that "
	  "the "
	  "episode ends soon",
	  1, 1000000, 100 },
	KIT_EVEN_OPTION,
	{ "illegal", "percent of the operations that break a rule and are refused", 0, 100, 2 },
	{ "panics", "of 100000 operations, how many are drawn to halt the machine; 0: none", 0,
	  100000, 10 },
	KIT_END_OF_OPTIONS,
};

enum {
	WAIT_PAUSES = 600, /* some 20 us: then nobody comes */
	RESTS = 8,         /* who has come waits so often for a CPU that has no core */
	LATE = 9,          /* below 2 to this in pauses */
	SAMPLES = 6,
	HARMLESS = 1000000000,
	SLOW = 8,          /* one date of so many is slow */
	SLOW_PERCENT = 40, /* of the points between steps */
	LONGER = 4,        /* after so many times its length an episode ends all the same */
	RUN_STEPS = 4,     /* a run comes to its VM's record so often */
	FOCUS_KEPT = 4,    /* of so many operations one has another focus */
};

/* The bits of clash.date: the operation, VM, bank and page of the CPU that waits, and D_POSTED, with which it is not 0. */
enum { D_OP = 0, D_VMID = 8, D_BANK = 16, D_PAGE = 24, D_POSTED = 62 };

/* Somebody has come; who waits has not seen it yet. */
#define D_TAKEN (1ull << 63)

static u64 date_word(const struct focus *f, u32 op)
{
	return (u64)op << D_OP | (u64)f->vmid << D_VMID | (u64)f->bank << D_BANK |
	       f->page << D_PAGE | 1ull << D_POSTED;
}

static void read_date(u64 w, struct focus *f, u32 *op)
{
	*op = (u32)(w >> D_OP & 0xff);
	f->vmid = (vmid_t)(w >> D_VMID & 0xff);
	f->bank = (u32)(w >> D_BANK & 0xff);
	f->page = w >> D_PAGE & 0xffffffff;
}

/* How often dates at the end of an episode were made with the operation: a run of a vCPU is several that are apart in time. */
static u64 made_at_end(const struct kit_cpu *k, u32 op)
{
	u64 n = board_get(&clash_of(k)->made[op]);

	return k->kit->op[op]->execute == kit_clash_run_execute ? n / RUN_STEPS : n;
}

/* Of a few operations of the mode, drawn by weight, the one that was tried least, with operation @with if there is one. */
static bool choose_least(struct kit_cpu *k, struct rng *r, u32 with, struct operation *op)
{
	const struct kit *kit = k->kit;
	enum kit_mode mode = k->guest ? KIT_GUEST : KIT_HOST;
	u64(*tried)[SCENARIO_MAX_OPS] = clash_of(k)->tried, least = ~0ull;
	bool ends = clash_ends(k);
	u32 n = kit->n_choices[mode], best = SCENARIO_MAX_OPS;
	struct clash_cpu *own = &clash_of(k)->cpu[k->id];

	for (u32 i = 0; i < (own->reckless ? n : SAMPLES); i++) {
		u32 at = kit->choice[mode][rng_below(r, n)].op;
		struct operation tries = { .kind = at };
		const struct kit_op *o = kit->op[at];
		u64 times = with < SCENARIO_MAX_OPS ? board_get(&tried[with][at])
		            : ends                  ? made_at_end(k, at)
		                                    : 0;

		own->doomed = false;
		if (times >= least || (o->choose && !o->choose(k, r, &tries)))
			continue;
		/* At the end of an episode rather one that would halt the machine. */
		if (own->reckless && !own->doomed)
			times += HARMLESS;
		if (times >= least)
			continue;
		least = times;
		best = at;
		*op = tries;
	}
	if (best == SCENARIO_MAX_OPS)
		return false;
	k->op = kit->op[best];
	if (with < SCENARIO_MAX_OPS) {
		board_add(&tried[with][best], 1);
		board_add(&tried[best][with], 1);
	} else if (ends) {
		board_add(&clash_of(k)->made[best], 1);
	}
	return true;
}

/* So that now the one is first and now the other, by as much as their ways to the lock may differ. */
static void be_late(struct rng *r)
{
	u64 pauses = rng_below(r, 1ull << rng_below(r, LATE));

	while (pauses-- > 0)
		cpu_relax();
}

/* At the end of an episode, and now and then before, the steps of who has a date are long, so that the other comes in between. */
static void be_slow(struct kit_cpu *k, struct rng *r)
{
	if (k->c->points && (clash_ends(k) || rng_below(r, SLOW) == 0))
		k->c->points = SLOW_PERCENT;
}

/* Who waits has no core at the moment if it does not see at once that somebody has come. */
static void wait_for_it(struct kit_cpu *k)
{
	struct clash *s = clash_of(k);
	u64 taken = D_TAKEN;

	for (u32 i = 0; i < RESTS; i++) {
		for (u32 n = 0; n < WAIT_PAUSES; n++) {
			if (board_get(&s->date) != D_TAKEN)
				return;
			cpu_relax();
		}
		share_rest(k->c);
	}
	(void)board_cas(&s->date, &taken, 0);
}

/* Somebody waits: come to its focus, with an operation that its own has seldom met. */
static bool keep_date(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	struct clash *s = clash_of(k);
	u64 w = board_get(&s->date);
	struct focus f;
	u32 with;

	if (w == 0 || w == D_TAKEN)
		return false;
	read_date(w, &f, &with);
	/* A guest's operations are about its own VM. */
	if (k->guest && f.vmid != k->vmid)
		return false;
	*clash_focus(k) = f;
	s->cpu[k->id].reckless = clash_ends(k);
	if (!choose_least(k, r, with, op) || !board_cas(&s->date, &w, D_TAKEN))
		return false;
	wait_for_it(k);
	be_late(r);
	be_slow(k, r);
	return true;
}

/* Say what is about to be done, and wait a little for who comes to it. */
static bool make_date(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	struct clash *s = clash_of(k);
	u64 none = 0, taken = D_TAKEN, w;

	if (k->guest)
		clash_focus(k)->vmid = k->vmid;
	if (!choose_least(k, r, SCENARIO_MAX_OPS, op))
		return false;
	/* Who comes to the making of a VM comes to that VM. */
	if (k->op->hvc == HVC_REGISTER_KVM)
		clash_focus(k)->vmid = (vmid_t)min_u64(clash_next_vmid(k), MAX_VM_NUM);
	w = date_word(clash_focus(k), op->kind);
	if (!board_cas(&s->date, &none, w))
		return true;
	for (u32 i = 0; i < WAIT_PAUSES; i++) {
		if (board_get(&s->date) != w) {
			(void)board_cas(&s->date, &taken, 0);
			be_late(r);
			be_slow(k, r);
			return true;
		}
		cpu_relax();
	}
	if (!board_cas(&s->date, &w, 0))
		(void)board_cas(&s->date, &taken, 0);
	return true;
}

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

	if (k->c && s->cpu[k->id].ops == 0)
		s->cpu[k->id].perturb = k->c->points;
	if (clash_set_up(k, op))
		return true;
	k->c->points = s->cpu[k->id].perturb;
	s->cpu[k->id].reckless = s->dates == 0 && !s->alone && clash_ends(k);
	if (s->cpu[k->id].ops++ >= LONGER * s->ops) {
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
	if (rng_below(r, 100) >= s->dates && (!clash_ends(k) || s->dates == 0))
		return false;
	if (keep_date(k, r, op))
		return true;
	s->cpu[k->id].reckless = false;
	return make_date(k, r, op);
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
	s->ready = s->date = s->verifying = 0;
	memset(s->entering, 0, sizeof(s->entering));
	memset(s->ran, 0, sizeof(s->ran));
	for (u32 i = 0; i < kit->cpus; i++) {
		s->cpu[i].focus = (struct focus){ .vmid = 0 };
		s->cpu[i].steps = 0;
		s->cpu[i].ops = 0;
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
