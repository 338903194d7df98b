// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/merge_run.h"

#include "sim/base/check.h"
#include "sim/base/interrupt.h"
#include "sim/log/read/cut.h"
#include "sim/log/read/decode.h"
#include "sim/log/read/merge_copy.h"
#include "sim/log/read/merge_wait.h"
#include "sim/log/read/misfit.h"
#include "sim/log/read/repair.h"
#include "sim/log/read/run_marks.h"

#include <inttypes.h>

/* So often in a row nothing can be put out before it is looked for what broken streams may have made; then seldom. */
enum { IDLE_MANY = 16 };

static __attribute__((cold)) void misfit(struct merge *m, u32 c)
{
	const struct decode_step *s = &m->cpu[c].dec.step;

	merge_misfit(&m->finding, c, s, &m->lock[s->lk]);
	m->done = true;
}

/*
 * Put out CPU @c's step, which is the next one of its lock: from here on the CPU is running.
 */
static inline void step(struct merge *m, u32 c)
{
	struct merge_cpu *p = &m->cpu[c];
	const struct decode_step *s = &p->dec.step;
	struct merge_lock *l = &m->lock[s->lk];

	if (unlikely(s->word != l->word) && !(step_is_high(s) && step_rank(s) == merge_rank(l))) {
		misfit(m, c);
		return;
	}
	decoder_emit(&p->dec, &m->batch);
	m->running = c;
	switch (s->op) {
	case OP_INC_TICKET:
		p->waiting = s->lk;
		p->ticket = word_ticket(s->word);
		l->word += 1ull << 32;
		m->away |= p->held & 1ull << s->lk;
		break;
	case OP_ACQUIRE:
		p->held |= 1ull << s->lk;
		m->away |= 1ull << s->lk;
		l->word += 1ull << 32;
		break;
	case OP_FLAT:
	case OP_ACCESS:
		l->word += 1ull << 32;
		break;
	case OP_INC_NOW:
		p->held &= ~(1ull << s->lk);
		l->word = word_make(word_ticket(l->word), word_now(l->word) + 1);
		break;
	case OP_WAIT_LOCK:
		p->held |= 1ull << s->lk;
		m->away |= 1ull << s->lk;
		l->word = word_of_number(step_rank(s) + 1);
		break;
	case OP_REL_LOCK:
		p->held &= ~(1ull << s->lk);
		l->word = word_of_number(step_rank(s) + 1);
		break;
	default:
		/* A read that sees its own ticket served; HOLD_LOCK follows. */
		if (s->lk == p->waiting && word_now(s->word) == p->ticket) {
			p->waiting = ~0u;
			p->held |= 1ull << s->lk;
		}
		m->away |= p->held & 1ull << s->lk;
		return;
	}
	l->n_rmw++;
	m->wake_lk = s->lk;
}

/* CPU @c, running, has come to a step with a rank.  True: put out at once, it is still running. */
static inline bool arrive(struct merge *m, u32 c)
{
	const struct decode_step *s = &m->cpu[c].dec.step;
	const struct merge_lock *l = &m->lock[s->lk];
	u32 ahead = step_rank(s) - merge_rank(l);

	come_back(m, c, s->lk);
	if (unlikely((m->open_end || m->blocked) && m->turns.ready) && ahead == 0 &&
	    !step_is_rmw(s) && turns_ready_at(&m->turns, s->lk)) {
		m->blocked |= 1ull << s->lk;
		m->retry |= 1ull << s->lk;
	}
	if (ahead == 0 && m->wake_lk != s->lk && m->back_lk != s->lk && !(m->away >> s->lk & 1) &&
	    !unlikely(must_wait(m, s->lk))) {
		if (step_is_rmw(s))
			turns_ready(&m->turns, c, step_turn(s));
		else
			step(m, c);
		/* A read is put out at once: its rank's step may be in the queue already. */
		return !step_is_rmw(s);
	}
	if (unlikely(ahead > 1u << 31))
		misfit(m, c);
	else
		turns_park(&m->turns, c, step_turn(s));
	return false;
}

/* The bytes of CPU @c are used up.  True: there are more. */
static bool refill(struct merge *m, u32 c)
{
	struct reader_bytes bytes;
	int rc;

	if (m->broken >> c & 1)
		return false;
	reader_used(m->reader, c, m->cpu[c].dec.cur);
	rc = reader_next(m->reader, c, &bytes, &m->error);
	if (rc < 0) {
		m->broken |= 1ull << c;
		return false;
	}
	if (rc == 0)
		return false;
	reader_feed(&m->cpu[c].dec, &bytes);
	return true;
}

/* The stream of CPU @c was closed: nothing may follow but an empty chunk. */
static void close_stream(struct merge *m, u32 c)
{
	const struct decoder *d = &m->cpu[c].dec;

	m->closed |= 1ull << c;
	do {
		if (d->cur < d->end && !(d->open && *d->cur == 0)) {
			merge_find(&m->finding, MERGE_FORGED, 0, 0, c,
			           "CPU %u: records behind the end of its stream", c);
			m->done = true;
			return;
		}
	} while (refill(m, c));
}

static __attribute__((cold)) void bad_record(struct merge *m, u32 c)
{
	const struct decoder *d = &m->cpu[c].dec;
	char place[256];

	m->broken |= 1ull << c;
	m->dry |= 1ull << c;
	if (m->error.code == ERR_NONE)
		err_set(&m->error, ERR_RECORD, "%s: %s",
		        reader_place(m->reader, c, d->cur, place, sizeof(place)), d->why);
}

/* Let the running CPU go on until its next step.  False: the batch is full. */
static bool run(struct merge *m)
{
	u32 c = m->running;
	struct decoder *d = &m->cpu[c].dec;

	for (;;) {
		switch (decoder_run(d, &m->batch)) {
		case DECODE_STEP:
			m->running = ~0u;
			if (arrive(m, c)) {
				if (m->done)
					return true;
				continue;
			}
			break;
		case DECODE_END:
			if (refill(m, c))
				continue;
			m->dry |= 1ull << c;
			if (!m->open_end)
				merge_leave(m, c);
			break;
		case DECODE_EPISODE:
			m->at_episode |= 1ull << c;
			merge_leave(m, c);
			break;
		case DECODE_CLOSE:
			close_stream(m, c);
			merge_leave(m, c);
			break;
		case DECODE_FULL:
			return false;
		case DECODE_ERROR:
			bad_record(m, c);
			merge_leave(m, c);
			break;
		}
		break;
	}
	m->running = ~0u;
	if (unlikely(m->back_lk != ~0u)) {
		u32 lk = m->back_lk;

		m->back_lk = ~0u;
		if (lk != m->wake_lk)
			merge_wake(m, lk);
	}
	if (m->wake_lk != ~0u) {
		u32 lk = m->wake_lk;

		m->wake_lk = ~0u;
		merge_wake(m, lk);
	}
	return true;
}

/* Every stream stands at its EPISODE or has ended: a new machine begins. */
static void start_episode(struct merge *m)
{
	u32 first = (u32)__builtin_ctzll(m->at_episode);
	u64 number = m->cpu[first].dec.episode;
	const struct log_config *config = m->src.config;

	for (u64 left = m->at_episode; left; left &= left - 1) {
		u32 c = (u32)__builtin_ctzll(left);

		if (m->cpu[c].dec.episode != number) {
			merge_find(&m->finding, MERGE_FORGED, 0, 0, c,
			           "CPU %u is at episode %" PRIu64 ", CPU %u at episode %" PRIu64,
			           first, number, c, m->cpu[c].dec.episode);
			m->done = true;
			return;
		}
	}
	for (u32 c = 0; c < m->cpus; c++) {
		m->cpu[c].waiting = ~0u;
		m->cpu[c].held = 0;
	}
	for (u32 lk = 0; lk < ID_END; lk++)
		m->lock[lk] = (struct merge_lock){ .word = word_make(config->start_ticket,
			                                             config->start_now) };
	m->away = 0;
	m->marks = m->at_episode;
	m->at_episode = 0;
	m->episode = number;
	m->begun = true;
}

/* Put out the EPISODE mark of the next CPU.  False: the batch is full. */
static bool put_mark(struct merge *m)
{
	u32 c = (u32)__builtin_ctzll(m->marks);
	struct decode_batch *b = &m->batch;
	u64 *number = decode_arena(b, sizeof(*number));

	if (!number)
		return false;
	*number = m->cpu[c].dec.episode;
	b->event[b->n++] = (struct event){
		.kind = MARK_EPISODE, .cpu = (u8)c, .arg = (u32)*number, .n = 1, .args = number
	};
	m->marks &= m->marks - 1;
	m->fresh |= 1ull << c;
	return true;
}

/* Put out a step that no stream holds. */
static void put_filled(struct merge *m, u32 cpu, u32 lk, enum event_kind kind)
{
	struct decode_batch *b = &m->batch;
	struct merge_lock *l = &m->lock[lk];

	b->event[b->n++] =
		(struct event){ .kind = (u8)kind,
		                .cpu = (u8)cpu,
		                .flags = kind == EV_REL_LOCK ? EVF_FILLED : EVF_WORD | EVF_FILLED,
		                .lk = lk,
		                .arg = kind == EV_INC_TICKET ? m->src.config->lock_bound : 0,
		                .ticket = word_ticket(l->word),
		                .now = word_now(l->word) };
	if (kind == EV_INC_TICKET) {
		l->word += 1ull << 32;
		m->cpu[cpu].waiting = lk;
	} else if (kind == EV_OFLATMEM) {
		/* What it wrote is not known.  Its number stands in both halves, as in those that are there. */
		b->event[b->n - 1].now = word_ticket(l->word);
		l->word += 1ull << 32;
	} else {
		l->word = word_make(word_ticket(l->word), word_now(l->word) + 1);
		m->cpu[cpu].held &= ~(1ull << lk);
	}
	l->n_rmw++;
	m->filled |= 1ull << cpu;
	m->n_holes++;
	merge_wake(m, lk);
}

/* All streams are at their end and nothing is left over.  A run's log that was closed needs its CLOSE
 * marks. */
static void judge_end(struct merge *m)
{
	u64 open_streams = m->all & ~m->closed;

	m->done = true;
	if (reader_is_closed(m->reader) && open_streams && m->src.config->scenario[0]) {
		u32 c = (u32)__builtin_ctzll(open_streams);

		merge_find(
			&m->finding, MERGE_LOST, 0, 0, c,
			"CPU %u: the log was closed in order, and its stream ends without the mark",
			c);
	}
}

/* Would one step of each CPU that was not stored explain all that is missing? */
static bool explained(const struct merge *m)
{
	struct merge *t = merge_copy(m);
	bool yes;

	t->trial = t->weighed = true;
	do {
		merge_copy_room(t);
		merge_fill(t);
	} while (t->batch.n > 0 && !interrupted());
	yes = t->done && !t->at_cut && t->finding.row == MERGE_NONE && t->error.code == ERR_NONE;
	merge_copy_free(t);
	return yes;
}

/* Nothing that is left comes before a step that is missing. */
static void end_at_cut(struct merge *m)
{
	m->done = m->at_cut = true;
	if (!m->trial)
		cut_judge(m, &m->finding, &m->behind, &m->error);
}

/* Carry out what was decided.  True: the merge goes on. */
static bool carry_out(struct merge *m, const struct repair *r)
{
	switch (r->what) {
	case REPAIR_RELEASE:
		m->away &= ~r->locks;
		for (u64 left = r->locks; left; left &= left - 1)
			merge_wake(m, (u32)__builtin_ctzll(left));
		return m->turns.n_ready > 0;
	case REPAIR_FILL:
		put_filled(m, r->cpu, r->lk, r->kind);
		return true;
	case REPAIR_CUT:
		end_at_cut(m);
		return false;
	case REPAIR_FOUND:
		m->finding = r->finding;
		m->done = true;
		return false;
	}
	SIM_UNREACHABLE();
}

static bool repair(struct merge *m)
{
	struct repair r;

	repair_stalled(m, &r);
	if (r.what == REPAIR_FILL && !m->weighed) {
		m->weighed = true;
		m->lags = !explained(m);
		if (m->lags)
			repair_stalled(m, &r);
	}
	return carry_out(m, &r);
}

static bool unknot(struct merge *m)
{
	struct repair r;

	repair_unknot(m, &r);
	return carry_out(m, &r);
}

/* Nobody is ready.  True: something was done about it. */
static bool stall(struct merge *m)
{
	u64 ended = m->closed | (m->open_end ? 0 : m->dry);
	const struct err *damage = reader_damage(m->reader);
	bool damaged = m->error.code != ERR_NONE || damage;
	/* Nobody knows how many steps are missing: what waits for one of them, or for the next episode, stays. */
	bool in_part = merge_in_part(m);
	/*
	 * A stream that damage ended lacks the rest of this episode: the next one is not begun without it.  Nor is it in a
	 * log that was not closed: the marks of all streams are written together.
	 */
	bool lacking = in_part || (m->begun && (m->dry & ~m->closed) &&
	                           (damaged || !reader_is_closed(m->reader)));

	if (m->at_episode && (m->at_episode | ended) == m->all && !lacking) {
		if (m->begun && !merge_put_run_marks(m))
			return false;
		start_episode(m);
		return !m->done;
	}
	if (damaged) {
		if (m->error.code == ERR_NONE)
			m->error = *damage;
		m->done = true;
		return false;
	}
	if (m->open_end)
		return m->away && m->idle >= IDLE_MANY && !(m->idle & (m->idle - 1)) && unknot(m);
	m->lags |= in_part;
	if (m->turns.parked)
		return repair(m);
	if (m->at_episode)
		end_at_cut(m);
	else
		judge_end(m);
	return false;
}

/* The next one that is ready goes on, or waits for the looks of others. */
static void next_ready(struct merge *m)
{
	u32 c = turns_take(&m->turns);
	const struct decode_step *s = &m->cpu[c].dec.step;

	if (unlikely(m->away >> s->lk & 1) || unlikely(must_wait(m, s->lk)))
		turns_park(&m->turns, c, step_turn(s));
	else
		step(m, c);
}

void merge_fill(struct merge *m)
{
	struct decode_batch *b = &m->batch;

	if (m->open_end)
		merge_look_again(m);
	while (!m->done && b->max - b->n >= DECODE_ROOM) {
		if (m->running != ~0u) {
			if (!run(m))
				break;
		} else if (m->marks) {
			if (!put_mark(m))
				break;
		} else if (m->fresh) {
			m->running = (u32)__builtin_ctzll(m->fresh);
			m->fresh &= m->fresh - 1;
		} else if (unlikely(m->retry)) {
			merge_retry(m);
		} else if (m->turns.n_ready) {
			if (unlikely(!decoder_fits(&m->cpu[turns_first(&m->turns)].dec, b)))
				break;
			next_ready(m);
		} else if (!stall(m)) {
			break;
		}
	}
	if (m->done && m->finding.row != MERGE_NONE && !m->broke) {
		m->broke = true;
		m->finding.at = m->n_events + b->n;
	}
	if (m->done)
		merge_put_run_marks(m);
	m->idle = b->n ? 0 : m->idle + 1;
}
