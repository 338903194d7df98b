// SPDX-License-Identifier: GPL-2.0-only
#include "scenarios/kit.h"

#include "lock/share.h"
#include "scenarios/kit_args.h"
#include "scenarios/kit_forms.h"
#include "sim/base/check.h"
#include "sim/base/named.h"
#include "sim/hyp/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TRIES = 24, SAMPLES = 3, PARTS = 100000, EAGER = 10, NEW = 50 };

/* Of a few illegal forms the one that was tried least. */
static const struct kit_form *seldom(const struct kit_cpu *k, struct rng *r,
                                     const struct kit_form *forms, u32 n)
{
	const struct kit_form *best = &forms[rng_below(r, n)];

	for (u32 i = 0; i < SAMPLES; i++) {
		const struct kit_form *f = &forms[rng_below(r, n)];

		if (board_get(&k->kit->tried[f->number]) < board_get(&k->kit->tried[best->number]))
			best = f;
	}
	return best;
}

static bool take_form(struct kit_cpu *k, struct rng *r, const struct kit_form *f,
                      struct operation *op)
{
	*op = (struct operation){ .kind = f->op };
	if (!f->bad->choose(k, r, op))
		return false;
	k->op = k->kit->op[f->op];
	k->bad = f->bad;
	board_add(&k->kit->tried[f->number], 1);
	return true;
}

/* One that was never tried and can be had now: most can only be had in some states of VMs and banks. */
static bool choose_new(struct kit_cpu *k, struct rng *r, enum kit_answer expected,
                       struct operation *op)
{
	enum kit_mode mode = k->guest ? KIT_GUEST : KIT_HOST;
	const struct kit_form *forms = k->kit->form[mode][expected];
	u32 n = k->kit->n_forms[mode][expected];
	u64 first = n ? rng_below(r, n) : 0;

	for (u32 i = 0; i < n; i++) {
		const struct kit_form *f = &forms[(first + i) % n];

		if (board_get(&k->kit->tried[f->number]) == 0 && take_form(k, r, f, op))
			return true;
	}
	return false;
}

static bool choose_bad(struct kit_cpu *k, struct rng *r, enum kit_answer expected,
                       struct operation *op)
{
	const struct kit *kit = k->kit;
	enum kit_mode mode = k->guest ? KIT_GUEST : KIT_HOST;
	u32 n = kit->n_forms[mode][expected];

	for (u32 try = 0; try < TRIES && n > 0; try++) {
		const struct kit_form *f = seldom(k, r, kit->form[mode][expected], n);

		if (take_form(k, r, f, op))
			return true;
	}
	return false;
}

/* Does operation @i, which may be chosen, take its dosed form? */
static bool choose_dosed(struct kit_cpu *k, struct rng *r, u32 i, struct operation *op)
{
	const struct kit_op *o = k->kit->op[i];

	if (rng_below(r, PARTS) >= k->kit->dose[i] || !o->dosed->choose(k, r, op))
		return false;
	k->op = o;
	k->bad = o->dosed;
	return true;
}

static bool choose_op(struct kit_cpu *k, struct rng *r, u32 i, struct operation *op)
{
	const struct kit_op *o = k->kit->op[i];

	*op = (struct operation){ .kind = i };
	if (o->may && !o->may(k))
		return false;
	if (k->kit->dose[i] && choose_dosed(k, r, i, op))
		return true;
	*op = (struct operation){ .kind = i };
	if (o->choose && !o->choose(k, r, op))
		return false;
	k->op = o;
	return true;
}

static bool choose_legal(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	const struct kit *kit = k->kit;
	enum kit_mode mode = k->guest ? KIT_GUEST : KIT_HOST;
	const struct kit_choice *c = kit->choice[mode];
	u32 n = kit->n_choices[mode];

	for (u32 try = 0; try < TRIES && n > 0; try++) {
		u64 at = rng_below(r, c[n - 1].sum);
		u32 i = 0;

		while (c[i].sum <= at)
			i++;
		if (choose_op(k, r, c[i].op, op))
			return true;
	}
	return false;
}

/* Every VM of the episode is done. */
static bool used_up(const struct kit *kit)
{
	return kit->vms > 0 && board_get(&kit->board.given) >= kit->vms &&
	       board_get(&kit->board.open) == 0;
}

/*
 * Of PARTS operations, how many are to halt the machine.  Guests have few such forms, and do little where VMs mostly boot:
 * more, until each was tried about twice.
 */
static u64 panics(const struct kit_cpu *k)
{
	bool eager = k->guest && k->halts < 2 * k->kit->n_forms[KIT_GUEST][KIT_PANICKED];

	return k->kit->panics * (eager ? EAGER : 1);
}

static void choose(void *arg, u32 cpu, u64 n, struct rng *r, struct operation *op)
{
	struct kit *kit = arg;
	struct kit_cpu *k = &kit->cpu[cpu];
	u64 part = rng_below(r, PARTS);

	(void)n;
	if (k->lost) {
		*op = (struct operation){ .kind = OP_NEW_EPISODE };
		return;
	}
	k->bad = NULL;
	k->idles = k->as_published = false;
	k->n_core = k->next_core = 0;
	k->bad_image = 0;
	if (kit->draw && kit->draw(k, r, op))
		return;
	if (kit->even && rng_below(r, NEW) == 0 &&
	    ((kit->panics && choose_new(k, r, KIT_PANICKED, op)) ||
	     (kit->illegal && choose_new(k, r, KIT_REFUSED, op))))
		return;
	if (part < panics(k) && choose_bad(k, r, KIT_PANICKED, op)) {
		k->halts += k->guest;
		return;
	}
	part = rng_below(r, 100);
	if (part < kit->illegal && choose_bad(k, r, KIT_REFUSED, op))
		return;
	if (!k->guest && used_up(kit)) {
		*op = (struct operation){ .kind = OP_NEW_EPISODE };
		return;
	}
	k->idles = !choose_legal(k, r, op);
	if (k->idles) {
		u32 i = kit->idle[k->guest ? KIT_GUEST : KIT_HOST];

		/* Another CPU has what it waits for. */
		if (k->c)
			share_rest(k->c);
		k->op = kit->op[i];
		*op = (struct operation){ .kind = i };
	}
}

static void execute(struct cpu *c, void *arg, struct operation *op)
{
	struct kit *kit = arg;
	struct kit_cpu *k = &kit->cpu[c->id];
	const struct kit_op *o = kit->op[op->kind];

	k->c = c;
	k->effects = c->effects;
	if (o->execute)
		o->execute(c, k, op);
	else
		kit_hvc(c, k, o->hvc, op);
	k->did = !c->panicked && (o->judge ? o->judge(c, k, op) : c->effects != k->effects);
}

void kit_surprise_as(struct kit_cpu *k, const struct operation *op, enum run_answer expected,
                     enum run_answer came, const char *what)
{
	struct run_about about[RUN_ABOUT_MAX];
	char args[120];

	if (k->as_published || kit_meets(k))
		return;
	k->lost = true;
	if (k->surprises++ > 0)
		return;
	named_list(kit_args(k->op->name), op->n_args, op->args, args, sizeof(args));
	snprintf(k->surprise, sizeof(k->surprise), "cpu %u, episode %llu: %s(%s) %s%s%s %s", k->id,
	         (unsigned long long)k->episode, k->op->name, args,
	         k->bad ? "(illegal: " : "was legal", k->bad ? k->bad->name : "", k->bad ? ")" : "",
	         what);
	/* Before its first operation a kit_cpu has no CPU, whose stream could take the mark. */
	if (k->c)
		surprise_of_cpu(k->c, expected, came, about,
		                kit_about(k->op->name, op, k->guest ? k->vmid : INVALID64,
		                          k->guest ? k->vcpuid : INVALID64, about),
		                k->surprise);
}

void kit_surprise(struct kit_cpu *k, const struct operation *op, const char *what)
{
	kit_surprise_as(k, op, RUN_DID, RUN_OTHER, what);
}

static void take_count(struct kit_cpu *k, const struct operation *op, enum kit_answer how)
{
	static const char *const what[] = {
		[KIT_DID] = "and had an effect",
		[KIT_REFUSED] = "and was refused",
		[KIT_PANICKED] = "and halted the machine",
	};

	k->count[op->kind][how]++;
	if (k->bad) {
		k->doses[op->kind] += k->bad == k->op->dosed;
		if (how != k->bad->expected)
			kit_surprise_as(k, op, (enum run_answer)k->bad->expected,
			                (enum run_answer)how, what[how]);
		return;
	}
	k->legal[how] += !k->idles;
	if (how == KIT_PANICKED || (how == KIT_REFUSED && k->op->sure))
		kit_surprise_as(k, op, RUN_DID, (enum run_answer)how, what[how]);
}

_Static_assert((int)RUN_DID == KIT_DID && (int)RUN_REFUSED == KIT_REFUSED &&
                       (int)RUN_PANICKED == KIT_PANICKED,
               "one order");

/* Who runs here, whatever was meant to: an operation that met another one may have ended otherwise than it was chosen for. */
static void follow_mode(struct kit_cpu *k, const struct cpu *c)
{
	if (!c->ihost && !k->guest)
		board_vcpu_entered(&k->kit->board, c->cur_vmid, c->cur_vcpuid);
	k->guest = !c->ihost;
	k->vmid = k->guest ? c->cur_vmid : HOSTVISOR;
	k->vcpuid = k->guest ? c->cur_vcpuid : 0;
}

static void ended(void *arg, struct cpu *c, const struct operation *op, enum outcome how)
{
	struct kit *kit = arg;
	struct kit_cpu *k = &kit->cpu[c->id];
	enum kit_answer answer = k->did ? KIT_DID : KIT_REFUSED;

	k->c = c;
	if (c->panicked)
		answer = KIT_PANICKED;
	if (how == OUT_OK) {
		take_count(k, op, answer);
		if (k->op->ended)
			k->op->ended(k, op, answer);
	} else if (c->panicked) {
		take_count(k, op, answer);
	} else if (how == OUT_STUCK) {
		kit_surprise_as(k, op, k->bad ? (enum run_answer)k->bad->expected : RUN_DID,
		                RUN_WAS_STUCK, "and was stuck");
	} else {
		k->cut++;
	}
	if (kit_meets(k))
		follow_mode(k, c);
	if (kit->after && (how == OUT_OK || c->panicked))
		kit->after(k, op, answer);
}

/* A machine of its own: nothing is known of it. */
static void episode(void *arg, const struct machine *m)
{
	struct kit *kit = arg;

	board_forget(&kit->board);
	for (u32 i = 0; i < kit->cpus; i++) {
		struct kit_cpu *k = &kit->cpu[i];

		k->guest = k->lost = false;
		k->vmid = k->vcpuid = 0;
		k->boot = (struct kit_boot){ .vmid = 0 };
		k->n_faulted = 0;
		k->episode = m->episode;
	}
}

static u64 core_value(const struct params *p, cpu_t cpu, vmid_t vmid, u64 n)
{
	struct kit *kit = p->arg;
	struct kit_cpu *k = &kit->cpu[cpu];

	(void)vmid;
	(void)n;
	return k->next_core < k->n_core ? k->core[k->next_core++] : 0;
}

/* What the CPU has chosen: good images, or one that is bad. */
static u32 image_verdict(const struct params *p, cpu_t cpu, vmid_t vmid, u64 addr)
{
	struct kit *kit = p->arg;
	u32 *bad = &kit->cpu[cpu].bad_image;

	(void)vmid;
	(void)addr;
	return *bad == 0 || --*bad > 0;
}

/* Values that system registers have at a vCPU's first entry. */
static u64 reset_value(const struct params *p, u32 index)
{
	return mix_key(p->seed, MIX_CHOICE, index, 0);
}

/* Where a guest takes an exception of its own: in the first image. */
static u64 vector(const struct params *p, u64 pstate)
{
	return p->guest_base + mix_key(p->seed, MIX_CHOICE, pstate, 1) % p->guest_span;
}

/* Any value that a VM gets may become an entry point: all are in the first image. */
static void params(void *arg, struct params *p)
{
	p->reg_desc = reset_value;
	p->exception_vector = vector;
	p->arg = arg;
	p->guest_base = KIT_IMAGE_GFN * PAGE_SIZE;
	p->guest_span = PMD_SIZE;
	p->core_doracle = core_value;
	p->verify_img = image_verdict;
}

u64 kit_option(const struct kit *kit, const char *key, u64 otherwise)
{
	const struct scenario_option *o = kit->scenario->options;

	for (u32 i = 0; o[i].key; i++)
		if (strcmp(o[i].key, key) == 0)
			return kit->value[i];
	return otherwise;
}

static bool has_option(const struct scenario *s, const char *key)
{
	for (u32 i = 0; s->options[i].key; i++)
		if (strcmp(s->options[i].key, key) == 0)
			return true;
	return false;
}

/* An illegal form of operation @i, if it is one with the run's errata. */
static void add_form(struct kit *kit, u32 i, const struct kit_bad *bad)
{
	const struct kit_op *o = kit->op[i];
	u32 n;

	if (!kit_form_is(&kit->errata, o->name, bad->name))
		return;
	n = kit->n_forms[o->mode][bad->expected]++;
	SIM_ASSERT(n < KIT_FORMS);
	kit->form[o->mode][bad->expected][n] =
		(struct kit_form){ .op = i, .number = kit->n_all_forms++, .bad = bad };
}

static void add_op(struct kit *kit, const struct kit_op *o, u64 weight)
{
	u32 i = kit->n_ops++;

	SIM_ASSERT(i < SCENARIO_MAX_OPS);
	SIM_ASSERT(kit_args(o->name));
	kit->op[i] = o;
	kit->names[i] = o->name;
	if (o->idle)
		kit->idle[o->mode] = i;
	if (o->dose && has_option(kit->scenario, o->dose)) {
		kit->dose[i] = kit_option(kit, "panics", 0) ? kit_option(kit, o->dose, 0) : 0;
		snprintf(kit->dose_name[i], sizeof(kit->dose_name[i]), "%s/%s", o->name, o->dose);
	}
	for (const struct kit_bad *bad = o->bad; bad && bad->name; bad++)
		add_form(kit, i, bad);
	if (weight * o->share > 0) {
		u32 n = kit->n_choices[o->mode]++;
		struct kit_choice *c = &kit->choice[o->mode][n];

		*c = (struct kit_choice){ .op = i, .sum = weight * o->share };
		c->sum += n ? c[-1].sum : 0;
	}
}

static bool takes_part(const struct scenario *s, const struct kit_op *o)
{
	return has_option(s, o->weight) && (!o->needs || has_option(s, o->needs)) &&
	       (o->mode == KIT_HOST || has_option(s, "run") || has_option(s, "clash"));
}

static void make_ops(struct kit *kit)
{
	for (u32 t = 0; kit_tables[t]; t++)
		for (const struct kit_op *o = kit_tables[t]; o->name; o++)
			if (takes_part(kit->scenario, o))
				add_op(kit, o, kit_option(kit, o->weight, 0));
}

static void make_limits(struct kit *kit)
{
	bool slip = errata_published(&kit->errata, ERRATUM_RUN_VCPUID);

	kit->runnable = slip ? min_u64(kit->total_cpu - 1, MAX_VM_NUM) : MAX_VM_NUM;
	kit->vms = (u32)kit_option(kit, "vms", 0);
	kit->illegal = kit_option(kit, "illegal", 0);
	kit->panics = kit_option(kit, "panics", 0);
	kit->even = kit_option(kit, "even", 0);
	kit->reach = kit->board.n_pages;
	if (errata_published(&kit->errata, ERRATUM_HPFAR_MASK))
		while (kit_pfn(kit, kit->reach - 1) * PAGE_SIZE > (u64)HPFAR_MASK * 256)
			kit->reach--;
}

void kit_end(struct workload *w)
{
	struct kit *kit = w->arg;

	board_free(&kit->board);
	free(kit->cpu);
	free(kit);
}

int kit_begin(struct workload *w, const struct scenario_setup *setup, struct err *e)
{
	const struct scenario *s = setup->scenario;
	struct kit *kit = NULL;
	u64 pages;

	if (posix_memalign((void **)&kit, CACHE_LINE, sizeof(*kit)) != 0)
		return err_set(e, ERR_MEMORY, "no memory for %s", s->name);
	memset(kit, 0, sizeof(*kit));
	*w = (struct workload){ .arg = kit,
		                .op_names = kit->names,
		                .fixed = &kit->fixed,
		                .params = params,
		                .choose = choose,
		                .execute = execute,
		                .ended = ended,
		                .over = kit_over,
		                .episode = episode,
		                .panics = true };
	kit->scenario = s;
	kit->cpus = setup->cpus;
	kit->total_cpu = setup->total_cpu;
	kit->errata = *setup->errata;
	for (u32 i = 0; s->options[i].key; i++)
		kit->value[i] = setup->values[i];
	pages = has_option(s, "clash") ? KIT_CLASH_PAGES : BOOT_PAGES;
	machine_boot_fixed(&kit->fixed, pages);
	if (board_make(&kit->board, pages, e) < 0) {
		free(kit);
		return -ERR_MEMORY;
	}
	if (posix_memalign((void **)&kit->cpu, CACHE_LINE, kit->cpus * sizeof(*kit->cpu)) != 0) {
		kit->cpu = NULL;
		kit_end(w);
		return err_set(e, ERR_MEMORY, "no memory for %s", s->name);
	}
	memset(kit->cpu, 0, kit->cpus * sizeof(*kit->cpu));
	for (u32 i = 0; i < kit->cpus; i++)
		kit->cpu[i] = (struct kit_cpu){ .kit = kit, .id = i };
	kit->board.no_claims = !kit_option(kit, "claims", !has_option(s, "clash"));
	kit->board.banks.no_claims = kit->board.no_claims;
	make_ops(kit);
	make_limits(kit);
	return 0;
}

u32 kit_report(const struct workload *w, struct scenario_row *rows)
{
	const struct kit *kit = w->arg;
	u32 n = 0;

	for (u32 i = 0; i < kit->n_ops; i++) {
		struct scenario_row *row = &rows[n++];

		*row = (struct scenario_row){ .name = kit->names[i] };
		for (u32 c = 0; c < kit->cpus; c++) {
			row->did += kit->cpu[c].count[i][KIT_DID];
			row->refused += kit->cpu[c].count[i][KIT_REFUSED];
			row->panicked += kit->cpu[c].count[i][KIT_PANICKED];
		}
		if (!kit->dose_name[i][0])
			continue;
		SIM_ASSERT(n < SCENARIO_MAX_OPS);
		row = &rows[n++];
		*row = (struct scenario_row){ .name = kit->dose_name[i] };
		for (u32 c = 0; c < kit->cpus; c++)
			row->panicked += kit->cpu[c].doses[i];
	}
	return n;
}

void kit_tell_forms(const struct workload *w, struct scenario_forms *out)
{
	const struct kit *kit = w->arg;

	*out = (struct scenario_forms){ .all = kit->n_all_forms };
	for (u32 mode = 0; mode < KIT_MODES; mode++)
		for (u32 how = 0; how < KIT_ANSWERS; how++)
			for (u32 i = 0; i < kit->n_forms[mode][how]; i++) {
				const struct kit_form *f = &kit->form[mode][how][i];

				if (kit->tried[f->number]) {
					out->drawn++;
					continue;
				}
				SIM_ASSERT(out->n_never < SCENARIO_MAX_FORMS);
				out->never[out->n_never++] =
					(struct scenario_form){ kit->names[f->op], f->bad->name };
			}
}
