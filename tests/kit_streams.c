// SPDX-License-Identifier: GPL-2.0-only
#include "tests/kit_streams.h"

#include "sim/base/check.h"
#include "sim/log/mark_arg.h"

#include <string.h>

enum state { IDLE, WAIT, IN, NESTED_WAIT, NESTED_IN, FINISHED };

struct player {
	enum state state;
	u32 lk[2]; /* the lock, and the one within */
	u32 my, seen;
	bool first_read;
	u32 ops_left, work_left;
	bool in_flat; /* differences of flat memory are written, */
	u32 n_diffs;  /* so many */
	/* The record of the atomic that was just done: not stored yet. */
	u32 pending;
	u32 pending_lk;
	u64 pending_word;
	u32 pending_truth[3], n_pending;
};

struct play {
	struct streams *s;
	u32 number;
	struct player p[MAX_CPU];
	struct {
		u32 ticket, now;
	} word[ID_END];
};

static u32 truth(struct play *g, u32 cpu, u32 kind, u32 lk, bool ranked, u32 ticket, u32 now)
{
	struct streams_event e = { .kind = (u8)kind,
		                   .cpu = (u8)cpu,
		                   .ranked = ranked,
		                   .lk = lk,
		                   .ticket = ticket,
		                   .now = now,
		                   .episode = g->number };

	vec_push(&g->s->truth, e);
	return g->s->truth.n - 1;
}

static void atomic_done(struct play *g, u32 cpu, u32 op, u32 lk)
{
	struct player *p = &g->p[cpu];
	u32 t = g->word[lk].ticket, n = g->word[lk].now, k = 0;

	p->pending = op;
	p->pending_lk = lk;
	p->pending_word = (u64)t << 32 | n;
	switch (op) {
	case OP_INC_TICKET:
		p->pending_truth[k++] = truth(g, cpu, EV_INC_TICKET, lk, true, t, n);
		g->word[lk].ticket++;
		break;
	case OP_ACQUIRE:
		p->pending_truth[k++] = truth(g, cpu, EV_INC_TICKET, lk, true, t, n);
		p->pending_truth[k++] = truth(g, cpu, EV_GET_NOW, lk, true, t + 1, n);
		p->pending_truth[k++] = truth(g, cpu, EV_HOLD_LOCK, lk, false, 0, 0);
		g->word[lk].ticket++;
		break;
	case OP_GET_NOW:
		p->pending_truth[k++] = truth(g, cpu, EV_GET_NOW, lk, true, t, n);
		break;
	case OP_SERVED:
		p->pending_truth[k++] = truth(g, cpu, EV_GET_NOW, lk, true, t, n);
		p->pending_truth[k++] = truth(g, cpu, EV_HOLD_LOCK, lk, false, 0, 0);
		break;
	case OP_INC_NOW:
		p->pending_truth[k++] = truth(g, cpu, EV_INC_NOW, lk, true, t, n);
		g->word[lk].now++;
		break;
	case OP_FLAT:
		p->pending_truth[k++] = truth(g, cpu, EV_OFLATMEM, lk, true, t, t);
		g->s->truth.v[g->s->truth.n - 1].n = p->n_diffs;
		g->word[lk].ticket++;
		break;
	case OP_ACCESS:
		p->pending_truth[k++] = truth(g, cpu, MARK_ACCESS, lk, true, t, t);
		g->word[lk].ticket++;
		break;
	default:
		SIM_UNREACHABLE();
	}
	p->n_pending = k;
}

static void store_record(struct play *g, u32 cpu)
{
	const struct player *p = &g->p[cpu];
	struct log_writer *w = log_writer(g->s->log, cpu);
	u32 lk = p->pending_lk, bound = 10;
	const u64 access[] = { MV_ACCESS_OWN, MV_FROM_WALK, 3, 0x1234, rng_next(&g->s->rng) };

	switch (p->pending) {
	case OP_INC_TICKET:
		log_inc_ticket(w, lk, p->pending_word, bound);
		break;
	case OP_ACQUIRE:
		log_acquire(w, lk, p->pending_word, bound);
		break;
	case OP_GET_NOW:
		log_get_now(w, lk, p->pending_word);
		break;
	case OP_SERVED:
		log_served(w, lk, p->pending_word);
		break;
	case OP_INC_NOW:
		log_inc_now(w, lk, p->pending_word);
		break;
	case OP_FLAT:
		log_flat(w, (u32)(p->pending_word >> 32), rng_next(&g->s->rng));
		break;
	case OP_ACCESS:
		log_access(w, (u32)(p->pending_word >> 32), 5, access);
		break;
	default:
		SIM_UNREACHABLE();
	}
}

static void store_pending(struct play *g, u32 cpu)
{
	struct player *p = &g->p[cpu];
	struct streams *s = g->s;
	bool rmw = p->pending != OP_GET_NOW && p->pending != OP_SERVED;
	bool hit = s->o.damage && rmw && s->n_rmw == s->o.damage_at;

	s->n_rmw += rmw;
	if (hit)
		s->damaged = p->pending_truth[0];
	if (!hit || s->o.damage == DAMAGE_TWICE)
		store_record(g, cpu);
	if (hit && s->o.damage == DAMAGE_TWICE)
		store_record(g, cpu);
	for (u32 i = 0; i < p->n_pending; i++)
		s->truth.v[p->pending_truth[i]].stored = true;
	p->pending = OP_END;
}

static void unranked(struct play *g, u32 cpu, u32 kind, u32 lk)
{
	struct log_writer *w = log_writer(g->s->log, cpu);

	switch (kind) {
	case EV_HOLD_LOCK:
		log_hold_lock(w, lk);
		break;
	case EV_OPULL:
		log_opull(w, lk, lk, rng_next(&g->s->rng));
		break;
	default:
		for (u64 n = rng_below(&g->s->rng, 3); n > 0; n--)
			log_diff(w, lk, 0, 0, 1, rng_next(&g->s->rng) >> rng_below(&g->s->rng, 64));
		log_push(w, lk, kind, rng_next(&g->s->rng), false);
		break;
	}
	truth(g, cpu, kind, lk, false, 0, 0);
	g->s->truth.v[g->s->truth.n - 1].stored = true;
}

/* Ask for @lk; the uncontended path is one step. */
static void ask(struct play *g, u32 cpu, u32 lk, enum state wait, enum state in)
{
	struct player *p = &g->p[cpu];

	p->my = g->word[lk].ticket;
	p->first_read = true;
	if (g->word[lk].now == p->my && rng_below(&g->s->rng, 4)) {
		atomic_done(g, cpu, OP_ACQUIRE, lk);
		p->state = in;
	} else {
		atomic_done(g, cpu, OP_INC_TICKET, lk);
		p->state = wait;
	}
	p->work_left = (u32)rng_below(&g->s->rng, 4);
}

static void look(struct play *g, u32 cpu, u32 lk, enum state in)
{
	struct player *p = &g->p[cpu];
	u32 now = g->word[lk].now;

	if (!p->first_read && now == p->seen && !g->s->o.keep_reads)
		return;
	p->first_read = false;
	p->seen = now;
	if (now != p->my) {
		atomic_done(g, cpu, OP_GET_NOW, lk);
		return;
	}
	if (rng_below(&g->s->rng, 2)) {
		atomic_done(g, cpu, OP_SERVED, lk);
	} else {
		atomic_done(g, cpu, OP_GET_NOW, lk);
		store_pending(g, cpu);
		unranked(g, cpu, EV_HOLD_LOCK, lk);
	}
	p->state = in;
}

static void work(struct play *g, u32 cpu, u32 lk)
{
	if (rng_below(&g->s->rng, 3) == 0)
		log_barrier(log_writer(g->s->log, cpu));
	unranked(g, cpu, EV_OPULL, lk);
	unranked(g, cpu, event_push_of(lk), lk);
}

/* A change of flat memory begins: its differences are written first, as under the word. */
static void begin_flat(struct play *g, u32 cpu)
{
	struct log_writer *w = log_writer(g->s->log, cpu);
	struct player *p = &g->p[cpu];
	struct rng *r = &g->s->rng;

	p->in_flat = true;
	p->n_diffs = (u32)rng_below(r, 4);
	for (u32 i = 0; i < p->n_diffs; i++) {
		u64 first = rng_below(r, 1000), cells = 1 + rng_below(r, 3);

		if (rng_below(r, 2))
			log_diff_oracle(w, first, cells, (vmid_t)rng_below(r, N_VMID),
			                rng_below(r, 1u << 20));
		else
			log_diff(w, FLATMEM_ID, 0, first, cells, rng_next(r));
	}
}

static bool wants_flat(struct play *g, u32 cpu)
{
	struct player *p = &g->p[cpu];

	switch (p->state) {
	case IDLE:
		if (!p->ops_left || rng_below(&g->s->rng, 100) >= g->s->o.flat)
			return false;
		p->ops_left--;
		return true;
	case IN:
	case NESTED_IN:
		return rng_below(&g->s->rng, 110) < g->s->o.flat;
	case WAIT:
	case NESTED_WAIT:
	case FINISHED:
		break;
	}
	return false;
}

static void move_idle(struct play *g, u32 cpu)
{
	struct streams *s = g->s;
	struct player *p = &g->p[cpu];

	if (p->ops_left == 0) {
		p->state = FINISHED;
		return;
	}
	p->ops_left--;
	p->lk[0] = CORE_ID + (u32)rng_below(&s->rng, s->o.locks);
	if (s->o.quiet_cpu && cpu == 0) {
		p->lk[0] = CORE_ID;
		p->ops_left = p->ops_left > 1 ? 1 : 0;
	}
	ask(g, cpu, p->lk[0], WAIT, IN);
}

static void move(struct play *g, u32 cpu)
{
	struct streams *s = g->s;
	struct player *p = &g->p[cpu];

	if (p->pending != OP_END) {
		store_pending(g, cpu);
		return;
	}
	if (p->in_flat) {
		p->in_flat = false;
		atomic_done(g, cpu, OP_FLAT, FLATMEM_ID);
		return;
	}
	if (s->o.flat && wants_flat(g, cpu)) {
		if (rng_below(&s->rng, 2))
			begin_flat(g, cpu);
		else
			atomic_done(g, cpu, OP_ACCESS, FLATMEM_ID);
		return;
	}
	switch (p->state) {
	case IDLE:
		move_idle(g, cpu);
		break;
	case WAIT:
		look(g, cpu, p->lk[0], IN);
		break;
	case NESTED_WAIT:
		look(g, cpu, p->lk[1], NESTED_IN);
		break;
	case IN:
		if (p->work_left) {
			p->work_left--;
			work(g, cpu, p->lk[0]);
		} else if (s->o.nested && p->lk[0] < s->o.locks && rng_below(&s->rng, 2)) {
			p->lk[1] = p->lk[0] + 1 + (u32)rng_below(&s->rng, s->o.locks - p->lk[0]);
			ask(g, cpu, p->lk[1], NESTED_WAIT, NESTED_IN);
		} else {
			atomic_done(g, cpu, OP_INC_NOW, p->lk[0]);
			p->state = IDLE;
		}
		break;
	case NESTED_IN:
		if (p->work_left) {
			p->work_left--;
			work(g, cpu, p->lk[1]);
		} else {
			atomic_done(g, cpu, OP_INC_NOW, p->lk[1]);
			p->state = IN;
		}
		break;
	case FINISHED:
		break;
	}
}

static bool all_finished(const struct play *g)
{
	for (u32 c = 0; c < g->s->o.cpus; c++)
		if (g->p[c].state != FINISHED || g->p[c].pending != OP_END || g->p[c].in_flat)
			return false;
	return true;
}

bool streams_episode(struct streams *s, u32 number)
{
	static struct play g;
	u64 left = s->o.kill ? 1 + rng_below(&s->rng, (u64)s->o.cpus * s->o.ops * 12 + 1) : ~0ull;
	u32 burst = 0, cpu = 0;

	memset(&g, 0, sizeof(g));
	g.s = s;
	g.number = number;
	for (u32 lk = 0; lk < ID_END; lk++)
		g.word[lk].ticket = g.word[lk].now = s->o.start;
	for (u32 c = 0; c < s->o.cpus; c++) {
		g.p[c].ops_left = s->o.ops;
		log_episode(log_writer(s->log, c), number, s->o.start, s->o.start);
	}
	for (; !all_finished(&g); left--) {
		if (left == 0)
			return false;
		if (s->between)
			s->between(s, s->arg);
		if (burst-- == 0) {
			cpu = (u32)rng_below(&s->rng, s->o.cpus);
			burst = rng_below(&s->rng, 3) ? 0 : (u32)rng_below(&s->rng, 40);
			/* A quiet CPU moves once at first, then only when the others are through. */
			if (s->o.quiet_cpu && cpu == 0 && g.p[0].ops_left == 1 &&
			    g.p[0].state == IDLE && g.p[0].pending == OP_END) {
				bool others = true;

				for (u32 c = 1; c < s->o.cpus; c++)
					others &= g.p[c].state == FINISHED;
				if (!others)
					burst = 0;
				if (!others)
					continue;
			}
		}
		move(&g, cpu);
	}
	return true;
}

struct streams_options streams_random(struct rng *r, u32 cpus, u32 max_ops)
{
	struct streams_options o = { .cpus = cpus };

	o.locks = 1 + (u32)rng_below(r, rng_below(r, 4) ? 4 : ID_END - 1);
	o.ops = 1 + (u32)rng_below(r, max_ops);
	o.episodes = 1 + (u32)rng_below(r, 3);
	o.start = rng_below(r, 2) ? 0 : 0u - (u32)rng_below(r, 40);
	o.nested = rng_below(r, 3) == 0;
	o.keep_reads = rng_below(r, 6) == 0;
	o.flat = rng_below(r, 2) ? (u32)rng_below(r, 60) : 0;
	return o;
}

void streams_init(struct streams *s, const struct streams_options *o, u64 seed)
{
	memset(s, 0, sizeof(*s));
	s->o = *o;
	s->rng.s = seed;
	s->damaged = ~0u;
	log_config_init(&s->config, o->cpus);
	s->config.start_ticket = s->config.start_now = o->start;
	s->config.machine = true;
	s->config.barriers = true;
	s->config.digests = true;
	s->config.keep_reads = o->keep_reads;
}

void streams_destroy(struct streams *s)
{
	log_free(s->log);
	log_config_free(&s->config);
	vec_free(&s->truth);
}
