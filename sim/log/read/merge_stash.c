// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/merge_stash.h"

#include "sim/base/check.h"
#include "sim/log/read/decoder_stash.h"

/* No event takes as much. */
static const u64 most_arena = 1ull << 30;

static const u64 all_locks = (1ull << ID_END) - 1;

static void stash_text(char *text, size_t size, struct stash *s)
{
	stash_bytes(s, text, size);
	text[size - 1] = '\0';
}

/* What was given out so far, as the end of the log is judged by. */
static void stash_given(struct merge *m, struct stash *s)
{
	struct source_times *t = &m->src.times;

	stash_u64(s, &m->n_events);
	for (u32 c = 0; c < m->cpus; c++) {
		stash_u64(s, &m->cpu_events[c]);
		stash_u64(s, &t->last[c]);
	}
	stash_u64(s, &t->n_events);
	stash_u64(s, &t->n_back);
	stash_u64(s, &t->index);
	stash_u64(s, &t->from_ns);
	stash_u64(s, &t->to_ns);
	stash_below(s, &t->cpu, MAX_CPU);
	stash_u64(s, &m->reader->bytes);
	stash_u64(s, &m->reader->stored_bytes);
}

/* How the merge ended; nothing of one that goes on. */
static void stash_end(struct merge *m, struct stash *s)
{
	struct merge_finding *f = &m->finding;
	u32 code = m->error.code, row = f->row;

	stash_bool(s, &m->done);
	stash_bool(s, &m->at_cut);
	stash_u64(s, &m->behind);
	stash_below(s, &code, ERR_NR);
	m->error.code = (enum err_code)code;
	if (code != ERR_NONE)
		stash_text(m->error.msg, sizeof(m->error.msg), s);
	stash_below(s, &row, MERGE_NR);
	f->row = (enum merge_row)row;
	if (row == MERGE_NONE)
		return;
	stash_u32(s, &f->lk);
	stash_u32(s, &f->rank);
	stash_u32(s, &f->cpu);
	stash_bool(s, &f->at_step);
	stash_bool(s, &f->stands);
	stash_bool(s, &f->alone);
	stash_u8(s, &f->op);
	stash_u64(s, &f->word);
	stash_u64(s, &f->seen);
	stash_u64(s, &f->at);
	stash_text(f->text, sizeof(f->text), s);
}

static void stash_masks(struct merge *m, struct stash *s)
{
	u64 *const cpus[] = { &m->fresh,  &m->at_episode, &m->closed, &m->dry,
		              &m->broken, &m->marks,      &m->filled };
	u64 *const locks[] = { &m->blocked, &m->retry, &m->away };
	bool *const flags[] = { &m->begun, &m->broke, &m->run_ended, &m->weighed, &m->lags };

	for (u32 i = 0; i < ARRAY_SIZE(cpus); i++)
		stash_mask(s, cpus[i], m->all);
	for (u32 i = 0; i < ARRAY_SIZE(locks); i++)
		stash_mask(s, locks[i], all_locks);
	for (u32 i = 0; i < ARRAY_SIZE(flags); i++)
		stash_bool(s, flags[i]);
	stash_or_none(s, &m->running, m->cpus);
	stash_or_none(s, &m->wake_lk, ID_END);
	stash_or_none(s, &m->back_lk, ID_END);
	stash_u32(s, &m->n_holes);
	stash_u64(s, &m->episode);
	stash_u64(s, &m->run_episode);
}

/* Those that are ready, in their order, and those that wait. */
static void stash_turns(struct merge *m, struct stash *s)
{
	struct turns was = m->turns, *t = &m->turns;
	u64 parked = was.parked;

	if (s->load)
		*t = (struct turns){ .ready = 0 };
	stash_below(s, &was.n_ready, m->cpus + 1);
	for (u32 i = 0; i < was.n_ready; i++) {
		u32 cpu = was.queue[(was.head + i) % MAX_CPU];

		stash_below(s, &cpu, m->cpus);
		stash_u64(s, &was.turn[cpu]);
		if (s->load && turn_lk(was.turn[cpu]) < ID_END && !(t->ready >> cpu & 1))
			turns_ready(t, cpu, was.turn[cpu]);
		else
			s->bad |= s->load;
	}
	stash_mask(s, &parked, m->all & ~t->ready);
	for (u64 left = parked; left; left &= left - 1) {
		u32 cpu = (u32)__builtin_ctzll(left);

		stash_u64(s, &was.turn[cpu]);
		if (s->load && turn_lk(was.turn[cpu]) < ID_END)
			turns_park(t, cpu, was.turn[cpu]);
		else
			s->bad |= s->load;
	}
}

/* Where decoder @d stands in stream @i, and its state. */
static void stash_stream(struct merge *m, u32 i, struct decoder *d, bool ended, struct stash *s)
{
	struct reader_cpu *c = &m->reader->cpu[i];
	/* Of what is not read on it does not matter. */
	u64 place = c->base && !ended && !m->done ? (u64)(d->cur - c->base) : 0;
	struct err e;

	decoder_stash(d, s);
	stash_u64(s, &c->at.chunk);
	stash_u64(s, &place);
	if (!s->load)
		return;
	decoder_feed(d, NULL, NULL, false);
	c->base = NULL;
	if (c->at.chunk > m->reader->file->stream[i].n)
		s->bad = true;
	/* A chunk that could not be read is not looked at again. */
	if (s->bad || ended || m->done || c->at.chunk == 0)
		return;
	if (chunk_file_load(m->reader->file, i, c->at.chunk - 1, &c->records, &e) < 0 ||
	    place > c->records.n) {
		s->bad = true;
		return;
	}
	c->base = c->records.v;
	decoder_feed(d, c->base + place, c->base + c->records.n, c->records.open);
	d->limit = c->base + c->records.limit;
}

static void stash_arena(struct merge *m, struct stash *s)
{
	u64 cap = m->batch.cap;

	stash_u64(s, &cap);
	if (!s->load || cap == m->batch.cap)
		return;
	if (cap == 0 || cap > most_arena) {
		s->bad = true;
		return;
	}
	free(m->batch.arena);
	m->batch.arena = xcalloc(1, cap);
	m->batch.cap = cap;
}

bool merge_stash(struct merge *m, struct stash *s)
{
	u32 cpus = m->cpus;

	SIM_ASSERT(m->reader->file && !m->open_end && !m->trial && m->own_at == m->own_n);
	stash_u32(s, &cpus);
	if (cpus != m->cpus)
		s->bad = true;
	stash_given(m, s);
	stash_end(m, s);
	stash_masks(m, s);
	stash_turns(m, s);
	stash_arena(m, s);
	for (u32 lk = 0; lk < ID_END; lk++) {
		stash_u64(s, &m->lock[lk].word);
		stash_u64(s, &m->lock[lk].n_rmw);
	}
	for (u32 c = 0; c < m->cpus; c++) {
		struct merge_cpu *p = &m->cpu[c];

		stash_or_none(s, &p->waiting, ID_END);
		stash_u32(s, &p->ticket);
		stash_mask(s, &p->held, all_locks);
		stash_stream(m, c, &p->dec, m->broken >> c & 1, s);
	}
	stash_stream(m, m->cpus, &m->run, m->run_ended, s);
	return !s->bad;
}
