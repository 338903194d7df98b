// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/convert/encode.h"

#include "sim/base/check.h"
#include "sim/base/vec.h"
#include "sim/log/mark_arg.h"
#include "sim/log/write/log.h"

#include <string.h>

/* Streams are written out when they take so much memory. */
enum { FLUSH_BYTES = 64 << 20 };

/**
 * struct held - steps of a CPU that may become one record: INC_TICKET [GET_NOW [HOLD_LOCK]] or GET_NOW [HOLD_LOCK]
 */
struct held {
	struct event ev[2];
	u32 n;
};

/* What the log of a lock is, so far. */
enum level { LEVEL_ANY, LEVEL_TICKET, LEVEL_HIGH };

/**
 * struct encoder
 * @level:  [lk] enum level, of the running episode
 * @number: [lk] steps of a lock whose log is high-level
 */
struct encoder {
	const struct log_config *config;
	struct log *log;
	struct pack *pack;
	u64 closed, episode;
	struct held held[MAX_CPU];
	u64 time[MAX_CPU];
	u8 level[ID_END];
	u32 number[ID_END];
};

/* @last: of the run's own stream as well, which is not rewound. */
static int flush(struct encoder *enc, bool last, struct err *e)
{
	struct log *l = enc->log;

	for (u32 c = 0; c < l->cpus + last; c++) {
		for (u32 i = 0; i < l->chunks[c].n; i++) {
			const struct log_chunk_header *h = l->chunks[c].v[i];
			const struct log_writer *w = log_writer(l, c);
			u32 n = h == w->chunk ? log_chunk_bytes(w) : h->record_bytes;
			int rc = n ? pack_chunk(enc->pack, c, h + 1, n, false, e) : 0;

			if (rc < 0)
				return rc;
		}
	}
	log_rewind(l);
	return 0;
}

/* An episode begins: no lock has a log yet. */
static void start_levels(struct encoder *enc)
{
	for (u32 lk = 0; lk < ID_END; lk++) {
		enc->level[lk] = LEVEL_ANY;
		enc->number[lk] = enc->config->start_ticket + enc->config->start_now;
	}
}

int encoder_new(struct encoder **out, const struct log_config *config, struct pack *p,
                struct err *e)
{
	struct encoder *enc = xcalloc(1, sizeof(*enc));
	int rc = log_open_memory(&enc->log, config, FLUSH_BYTES, e);

	if (rc < 0) {
		free(enc);
		return rc;
	}
	enc->config = config;
	enc->pack = p;
	start_levels(enc);
	/* Times are the log's, not this moment's. */
	for (u32 c = 0; c < config->cpus; c++)
		log_writer(enc->log, c)->timestamps = false;
	*out = enc;
	return 0;
}

void encoder_free(struct encoder *enc)
{
	log_free(enc->log);
	free(enc);
}

bool encoder_closed(const struct encoder *enc)
{
	return enc->closed == ~0ull >> (64 - enc->config->cpus);
}

/* As many TIMEs as it takes: one, but for distances from 2^56 ns on. */
static void put_time(struct encoder *enc, const struct event *ev)
{
	struct log_writer *w = log_writer(enc->log, ev->cpu);
	u64 before = enc->time[ev->cpu], back = ev->time_ns < before ? 8 : 0;
	u64 left = back ? before - ev->time_ns : ev->time_ns - before;

	if (!(ev->flags & EVF_TIME))
		return;
	do {
		u64 d = min_u64(left, (1ull << 56) - 1);
		u32 n = 1;

		while (n < 7 && d >> (8 * n))
			n++;
		log_put(w, OP_TIME | (n | back) << 4 | d << 8, n + 1);
		left -= d;
	} while (left > 0);
	enc->time[ev->cpu] = ev->time_ns;
}

static u64 word(const struct event *ev)
{
	return word_make(ev->ticket, ev->now);
}

/* Write what CPU @cpu's steps held back, as one record each. */
static void release(struct encoder *enc, u32 cpu)
{
	struct log_writer *w = log_writer(enc->log, cpu);
	struct held *h = &enc->held[cpu];

	for (u32 i = 0; i < h->n; i++) {
		const struct event *ev = &h->ev[i];

		put_time(enc, ev);
		if (ev->kind == EV_INC_TICKET)
			log_inc_ticket(w, ev->lk, word(ev), ev->arg);
		else
			log_get_now(w, ev->lk, word(ev));
	}
	h->n = 0;
}

static bool same_time(const struct event *a, const struct event *b)
{
	return (a->flags & EVF_TIME) == (b->flags & EVF_TIME) &&
	       (!(a->flags & EVF_TIME) || a->time_ns == b->time_ns);
}

/* A step that may be the beginning of a longer record. */
static void hold_back(struct encoder *enc, const struct event *ev)
{
	struct held *h = &enc->held[ev->cpu];
	const struct event *first = &h->ev[0];

	/* Only a GET_NOW of the very word that the INC_TICKET left can be part of its record. */
	if (!(h->n == 1 && first->kind == EV_INC_TICKET && ev->kind == EV_GET_NOW &&
	      ev->lk == first->lk && ev->ticket == first->ticket + 1 && ev->now == first->now &&
	      same_time(first, ev)))
		release(enc, ev->cpu);
	h->ev[h->n++] = *ev;
}

static void put_hold_lock(struct encoder *enc, const struct event *ev)
{
	struct log_writer *w = log_writer(enc->log, ev->cpu);
	struct held *h = &enc->held[ev->cpu];
	const struct event *first = &h->ev[0];
	bool fits = h->n && h->ev[h->n - 1].kind == EV_GET_NOW && h->ev[h->n - 1].lk == ev->lk &&
	            same_time(first, ev);

	if (!fits)
		release(enc, ev->cpu);
	put_time(enc, ev);
	if (!fits)
		log_hold_lock(w, ev->lk);
	else if (h->n == 2)
		log_acquire(w, first->lk, word(first), first->arg);
	else
		log_served(w, first->lk, word(first));
	h->n = 0;
}

/* @ev's digest, as long as it is. */
static void put_digest(struct log_writer *w, u32 op, const struct event *ev)
{
	u64 rec;
	u32 n;

	if (ev->digest_len == 8) {
		log_put(w, OP_MORE | 7u << 4 | ev->digest << 8, 8);
		log_put(w, OP_MORE | 1u << 4 | ev->digest >> 56 << 8, 2);
	}
	n = log_head(w, op, ev->lk, &rec);
	if (ev->digest_len == 1)
		log_put(w, rec | 1u << REC_FORM_SHIFT | (ev->digest & 0xff) << (8 * n), n + 1);
	else
		log_put(w, rec | (u64)(ev->digest_len == 8 ? 2 : 0) << REC_FORM_SHIFT, n);
}

static int put_shared(struct encoder *enc, const struct event *ev, struct err *e)
{
	struct log_writer *w = log_writer(enc->log, ev->cpu);
	bool pull = ev->kind == EV_OPULL;

	for (u32 i = 0; i < ev->n && !pull; i++) {
		const struct diff *d = &ev->diffs[i];
		u64 base = obj_first_index(ev->lk, d->field);
		u64 scale = obj_field(obj_kind_of(ev->lk), d->field)->scale;

		if (d->oracle)
			log_diff_oracle(w, d->first, d->last - d->first + 1, d->vmid, d->index);
		else
			log_diff(w, ev->lk, d->field, (d->first - base) / scale,
			         (d->last - d->first) / scale + 1, d->new - d->old);
	}
	put_time(enc, ev);
	if (ev->kind == EV_OFLATMEM && ev->lk == FLATMEM_ID) {
		if (ev->flags & EVF_FILLED)
			return err_set(e, ERR_NO_BINARY,
			               "OFLATMEM of which is not known what it wrote");
		log_flat_record(w, ev->ticket, ev->digest, ev->digest_len);
		return 0;
	}
	if (pull && ev->arg >= ID_END)
		return err_set(e, ERR_NO_BINARY, "OPULL of object %u, which there is not", ev->arg);
	if (pull && ev->arg != ev->lk)
		log_put(w, OP_SET | SET_ID << 4 | (u64)ev->arg << 8, 5);
	if (!pull && ev->kind != event_push_of(ev->lk))
		log_put(w, OP_SET | SET_KIND << 4 | (u64)(ev->kind - EV_OCORE_DATA) << 8, 2);
	put_digest(w, pull ? OP_OPULL : OP_PUSH, ev);
	return 0;
}

/* WAIT_LOCK and REL_LOCK, which the order numbers. */
static int put_high(struct encoder *enc, const struct event *ev, struct err *e)
{
	struct log_writer *w = log_writer(enc->log, ev->cpu);

	if (ev->kind == EV_CAS_TICKET || ev->lk == FLATMEM_ID)
		return err_set(e, ERR_NO_BINARY, "%s has no rank", event_name(ev->kind));
	put_time(enc, ev);
	if (ev->kind == EV_WAIT_LOCK)
		log_wait_lock(w, ev->lk, enc->number[ev->lk]++, ev->arg);
	else
		log_rel_lock(w, ev->lk, enc->number[ev->lk]++);
	return 0;
}

/* The log of a lock is of tickets, or it is high-level: a word's rank and a number count different steps. */
static int take_level(struct encoder *enc, const struct event *ev, struct err *e)
{
	bool high = event_is_high(ev->kind);
	u8 level = high ? LEVEL_HIGH : LEVEL_TICKET;

	if (!high && event_family(ev->kind) != FAM_TTICKET)
		return 0;
	if (enc->level[ev->lk] == LEVEL_ANY)
		enc->level[ev->lk] = level;
	if (enc->level[ev->lk] == level)
		return 0;
	return err_set(e, ERR_NO_BINARY, "%s in the log of a lock that has %s",
	               event_name(ev->kind), high ? "tickets" : "WAIT_LOCK and REL_LOCK");
}

static void put_mark(struct encoder *enc, const struct event *ev)
{
	struct log_writer *w = ev->flags & EVF_RUN ? log_run_writer(enc->log, enc->episode)
	                                           : log_writer(enc->log, ev->cpu);

	if (ev->kind == MARK_BARRIER) {
		log_barrier(w);
		return;
	}
	put_time(enc, ev);
	if (ev->kind == MARK_CLOSE)
		enc->closed |= 1ull << ev->cpu;
	if (ev->kind == MARK_EPISODE) {
		enc->episode = ev->args[0];
		start_levels(enc);
	}
	if (ev->kind == MARK_EPISODE)
		log_episode(w, ev->args[0], enc->config->start_ticket, enc->config->start_now);
	else if (ev->kind == MARK_ACCESS)
		log_access(w, ev->ticket, mark_written(ev), ev->args);
	else if (mark_spec(ev->kind)->text)
		log_mark_text(w, ev->kind, mark_written(ev), ev->args, mark_text(ev));
	else
		log_mark(w, ev->kind, mark_written(ev), ev->args);
}

int encoder_put(struct encoder *enc, const struct event *ev, struct err *e)
{
	struct log_writer *w;
	int rc = 0;

	if (ev->cpu >= enc->config->cpus)
		return err_set(e, ERR_NO_BINARY, "CPU %u, and the log has %u", ev->cpu,
		               enc->config->cpus);
	if (ev->lk >= ID_END)
		return err_set(e, ERR_NO_BINARY, "lock %u, which no machine has", ev->lk);
	w = log_writer(enc->log, ev->cpu);
	if ((ev->kind == EV_INC_TICKET || ev->kind == EV_GET_NOW || ev->kind == EV_INC_NOW) &&
	    !(ev->flags & EVF_WORD))
		return err_set(e, ERR_NO_BINARY, "%s without its lock word", event_name(ev->kind));
	rc = take_level(enc, ev, e);
	if (rc < 0)
		return rc;
	if (ev->kind == EV_INC_TICKET || ev->kind == EV_GET_NOW) {
		hold_back(enc, ev);
	} else if (ev->kind == EV_HOLD_LOCK) {
		put_hold_lock(enc, ev);
	} else {
		release(enc, ev->cpu);
		if (event_is_mark(ev->kind)) {
			put_mark(enc, ev);
		} else if (event_is_shared(ev->kind)) {
			rc = put_shared(enc, ev, e);
		} else if (ev->kind == EV_INC_NOW) {
			put_time(enc, ev);
			log_inc_now(w, ev->lk, word(ev));
		} else {
			rc = put_high(enc, ev, e);
		}
	}
	if (rc == 0 && flag_get(&enc->log->slots.full))
		rc = flush(enc, false, e);
	return rc;
}

int encoder_end(struct encoder *enc, struct err *e)
{
	for (u32 c = 0; c < enc->config->cpus; c++) {
		struct log_writer *w = log_writer(enc->log, c);

		release(enc, c);
		/* A barrier that no record carries. */
		if (place_barrier(w->place))
			log_put(w, OP_BARRIER, 1);
		w->place = log_place(place_at(w->place), place_lk(w->place), 0);
	}
	return flush(enc, true, e);
}
