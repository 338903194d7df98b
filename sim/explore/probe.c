// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/probe.h"

#include "sim/base/rng.h"
#include "sim/base/vec.h"

#include <stdlib.h>
#include <string.h>

/**
 * struct known - step number so many of a CPU, as it was in the executions before
 * @step:  in the last one that had it; @touch: [touch.n] its resources, by number
 * @often: [resource] in how many executions it touched it
 */
struct known {
	struct step step;
	bool seen;
	VEC(u32) touch;
	VEC(u32) often;
};

/**
 * struct known_cpu
 * @step: [nth]
 * @all:  [resource] the sum of all often
 * @left: [resource] steps that are to be expected from where the CPU is
 */
struct known_cpu {
	VEC(struct known) step;
	VEC(u64) all;
	VEC(double) left;
};

/**
 * struct probe
 * @runs:   executions that are known
 * @asleep: a bit for each CPU
 * @seen:   so many steps of the execution have woken who sleeps
 */
struct probe {
	const struct machine *m;
	struct rng rng;
	struct known_cpu cpu[EXPLORE_CPUS];
	u64 runs;
	u64 asleep;
	u32 seen;
	double weight, risk;
};

struct probe *probe_new(const struct machine *m, u64 seed)
{
	struct probe *p = xcalloc(1, sizeof(*p));

	p->m = m;
	p->rng.s = seed;
	return p;
}

void probe_free(struct probe *p)
{
	if (!p)
		return;
	for (u32 i = 0; i < EXPLORE_CPUS; i++) {
		struct known_cpu *c = &p->cpu[i];

		for (u32 k = 0; k < c->step.n; k++) {
			vec_free(&c->step.v[k].touch);
			vec_free(&c->step.v[k].often);
		}
		vec_free(&c->step);
		vec_free(&c->all);
		vec_free(&c->left);
	}
	free(p);
}

double probe_weight(const struct probe *p)
{
	return p->weight;
}

double probe_risk(const struct probe *p)
{
	return p->risk;
}

static bool begin(void *arg)
{
	struct probe *p = arg;

	p->asleep = 0;
	p->seen = 0;
	p->weight = 1;
	p->risk = 0;
	for (u32 i = 0; i < EXPLORE_CPUS; i++) {
		struct known_cpu *c = &p->cpu[i];

		for (u32 r = 0; r < c->all.n; r++)
			c->left.v[r] = (double)c->all.v[r] / (double)p->runs;
	}
	return true;
}

/* What is known of the step that the CPU is about to make; NULL: nothing. */
static const struct known *known_of(const struct probe *p, const struct step *s)
{
	const struct known_cpu *c = &p->cpu[s->cpu];
	const struct known *k = s->nth < c->step.n ? &c->step.v[s->nth] : NULL;

	return k && k->seen && k->step.kind == s->kind && k->step.object == s->object ? k : NULL;
}

static bool touches(const struct known *k, u32 resource)
{
	for (u32 i = 0; i < k->touch.n; i++)
		if (k->touch.v[i] == resource)
			return true;
	return false;
}

/* Does the step that was made depend on the one that sleeps? */
static bool wakes(const struct probe *p, const struct execution *x, const struct taken *made,
                  const struct step *sleeping)
{
	const struct known *k = known_of(p, sleeping);

	if (!k)
		return made->step.kind == sleeping->kind && made->step.object == sleeping->object;
	for (u32 i = 0; i < made->n_touch; i++)
		if (touches(k, x->touch[made->touch0 + i] >> 1))
			return true;
	return false;
}

/* The steps that were made since wake who sleeps, and are no more to be expected. */
static void catch_up(struct probe *p, const struct execution *x)
{
	for (; p->seen < x->n; p->seen++) {
		const struct taken *s = &x->step[p->seen];
		struct known_cpu *c = &p->cpu[s->step.cpu];

		for (u32 i = 0; i < x->cpus; i++)
			if ((p->asleep >> i & 1) && wakes(p, x, s, &x->at[i]))
				p->asleep &= ~(1ull << i);
		if (s->step.nth >= c->step.n)
			continue;
		for (u32 r = 0; r < c->step.v[s->step.nth].often.n; r++)
			c->left.v[r] -= (double)c->step.v[s->step.nth].often.v[r] / (double)p->runs;
	}
}

static u64 bit(u32 i)
{
	return 1ull << i;
}

/* The lock that the CPU waits for; ID_END: none. */
static u32 waits_for(const struct execution *x, u32 cpu)
{
	if (x->state[cpu] != CPU_WAITS)
		return ID_END;
	for (u32 k = x->n; k-- > 0;)
		if (x->step[k].step.cpu == cpu && x->step[k].step.kind == POINT_TICKET)
			return x->step[k].step.object;
	return ID_END;
}

static u64 held_by(const struct probe *p, u32 cpu)
{
	u64 held = 0;

	for (u32 lk = 0; lk < ID_END; lk++)
		if (p->m->cpu[cpu].lock[lk] != LOCK_FALSE)
			held |= bit(lk);
	return held;
}

/* Locks that nobody is served while CPU @cpu makes no step: those that it has, and those of who waits for one of them. */
static u64 shut_by(const struct probe *p, const struct execution *x, u32 cpu)
{
	u64 shut = held_by(p, cpu), before;

	do {
		before = shut;
		for (u32 i = 0; i < x->cpus; i++) {
			u32 lk = waits_for(x, i);

			if (lk < ID_END && (shut & bit(lk)))
				shut |= held_by(p, i);
		}
	} while (shut != before);
	return shut;
}

/* Can the CPU come to the resource without being served one of these locks, as its program was known? */
static bool reaches(const struct probe *p, const struct execution *x, u32 cpu, u32 resource,
                    u64 shut)
{
	const struct known_cpu *c = &p->cpu[cpu];
	u32 lk = waits_for(x, cpu);

	if (lk < ID_END && (shut & bit(lk)))
		return false;
	for (u32 n = x->now[cpu].n[cpu]; n < c->step.n; n++) {
		const struct known *k = &c->step.v[n];

		if (touches(k, resource))
			return true;
		if (k->step.kind == POINT_TICKET && (shut & bit(k->step.object)))
			return false;
	}
	return false;
}

static double left_of(const struct probe *p, u32 cpu, u32 resource)
{
	const struct known_cpu *c = &p->cpu[cpu];

	return resource < c->left.n && c->left.v[resource] > 0.01 ? c->left.v[resource] : 0.01;
}

/* The probability that the CPU's step is the first on its resource of those to come: @skip are no candidates for that. */
static double first_on(const struct probe *p, const struct execution *x, u32 cpu, u32 resource,
                       u64 skip)
{
	u64 shut = shut_by(p, x, cpu);
	double mine = left_of(p, cpu, resource), all = mine;

	for (u32 i = 0; i < x->cpus; i++) {
		const struct known *z;

		if (i == cpu || x->state[i] == CPU_ENDED)
			continue;
		z = skip >> i & 1 ? known_of(p, &x->at[i]) : NULL;
		if (z && touches(z, resource))
			continue;
		if (reaches(p, x, i, resource, shut))
			all += left_of(p, i, resource);
	}
	return mine / all;
}

static double chance(const struct probe *p, const struct execution *x, u32 cpu, u64 skip,
                     u32 candidates)
{
	const struct known *k = known_of(p, &x->at[cpu]);
	double least = 1;

	if (!k)
		return 1.0 / candidates;
	for (u32 i = 0; i < k->touch.n; i++) {
		double q = first_on(p, x, cpu, k->touch.v[i], skip);

		least = q < least ? q : least;
	}
	return least;
}

static double unit(struct rng *r)
{
	return (double)(rng_next(r) >> 11) / (double)(1ull << 53);
}

/*
 * What the executions before had is no proof of what the next one has: that another CPU comes first is drawn at times even if none is
 * known that can, seldom enough that few executions are lost by it.
 */
static double at_most(const struct probe *p, const struct execution *x)
{
	u32 steps = 1;

	for (u32 i = 0; i < x->cpus; i++)
		steps += p->cpu[i].step.n;
	return 1 - 1.0 / (64.0 * steps);
}

static u32 choose(void *arg, const struct execution *x)
{
	struct probe *p = arg;
	double most = at_most(p, x);
	u64 open = 0, skip;

	catch_up(p, x);
	for (u32 i = 0; i < x->cpus; i++)
		if (execution_can(x, i) && !(p->asleep >> i & 1))
			open |= bit(i);
	skip = p->asleep;
	/* Who is most likely to be first is asked first: where it is certain nothing branches. */
	while (open) {
		u32 best = NOBODY;
		double q = -1;

		for (u32 i = 0; i < x->cpus; i++) {
			double c = open >> i & 1
			                   ? chance(p, x, i, skip, (u32)__builtin_popcountll(open))
			                   : -1;

			if (c > q) {
				q = c;
				best = i;
			}
		}
		open &= ~bit(best);
		if (open && q > most) {
			p->risk += 1 - most;
			q = most;
		}
		q = open ? q : 1;
		if (unit(&p->rng) < q) {
			p->weight /= q;
			return best;
		}
		p->weight /= 1 - q;
		p->asleep |= bit(best);
		skip |= bit(best);
	}
	p->weight = 0;
	return NOBODY;
}

static void learn(struct probe *p, const struct execution *x, const struct taken *s)
{
	struct known_cpu *c = &p->cpu[s->step.cpu];
	struct known *k;

	while (c->step.n <= s->step.nth)
		vec_push(&c->step, (struct known){ .seen = false });
	k = &c->step.v[s->step.nth];
	k->step = s->step;
	k->seen = true;
	k->touch.n = 0;
	for (u32 i = 0; i < s->n_touch; i++) {
		u32 r = x->touch[s->touch0 + i] >> 1;

		vec_push(&k->touch, r);
		while (k->often.n <= r)
			vec_push(&k->often, 0);
		while (c->all.n <= r) {
			vec_push(&c->all, 0);
			vec_push(&c->left, 0);
		}
		k->often.v[r]++;
		c->all.v[r]++;
	}
}

static void ended(void *arg, const struct execution *x)
{
	struct probe *p = arg;

	if (p->weight <= 0)
		return;
	for (u32 k = 0; k < x->n; k++)
		learn(p, x, &x->step[k]);
	p->runs++;
}

static u32 same(const void *arg)
{
	(void)arg;
	return 0;
}

struct strategy probe_strategy(struct probe *p)
{
	return (struct strategy){ begin, choose, ended, same, p, false };
}
