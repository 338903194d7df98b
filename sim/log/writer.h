/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * One CPU's stream of records.  Single writer; nobody reads the stream before the writer has stopped or has met the
 * others between two operations.
 *
 * A record is one 8-byte store at the cursor (its unused high bytes are 0 and the next record overwrites them), so a
 * killed process leaves every record that was begun whole.
 */
#include "sim/base/ticket_word.h"
#include "sim/base/types.h"
#include "sim/log/event.h"
#include "sim/log/format.h"

struct log;
struct log_chunk_header;

/* What the CPU knows of one lock's word (sim/log/format.h, WORD records). */
struct log_known {
	u32 ticket, now;
};

/**
 * struct log_writer - written by the owner CPU only; read by others after they have met it
 * @cur:     where the next record goes; NULL: logging is off
 * @last:    the last place where a record may begin
 * @lk:      lock of the previous record; ~0 at the start of a stream
 * @barrier: REC_BARRIER when a barrier() waits for the next record to carry it, else 0
 * @n_push:  pushes so far, per lock: every 64th carries the whole digest
 * @known:   of FLATMEM, ticket: the number after its own last one
 */
struct log_writer {
	u8 *cur, *last;
	u32 lk;
	u32 barrier;
	u32 bound;
	u32 cpu;
	struct log *log;
	struct log_chunk_header *chunk;
	u64 seq;
	u64 bytes;
	u64 time_last;
	bool timestamps;
	u8 n_push[ID_END];
	struct log_known known[ID_END];
};

/* An 8-byte store at any address that the compiler may neither split nor drop. */
struct log_word {
	u64 v;
} __attribute__((packed, may_alias));

__attribute__((cold)) void log_next_chunk(struct log_writer *w);
void log_time(struct log_writer *w);
__attribute__((cold)) void log_known_far(struct log_writer *w, u32 lk, u32 ticket, u32 now);
__attribute__((cold)) void log_set_bound(struct log_writer *w, u32 bound);

static inline bool log_on(const struct log_writer *w)
{
	return w->cur != NULL;
}

/* Append the low @n bytes of @rec, 1..8; its first byte is not 0. */
static inline void log_put(struct log_writer *w, u64 rec, u32 n)
{
	((volatile struct log_word *)w->cur)->v = rec;
	w->cur += n;
	if (unlikely(w->cur > w->last))
		log_next_chunk(w);
}

/* A record's first bytes: opcode, flags and the lock.  Returns their number, and takes the pending barrier along. */
static inline u32 log_head(struct log_writer *w, u32 op, u32 lk, u64 *rec)
{
	u32 barrier = w->barrier;

	w->barrier = 0;
	if (unlikely(w->timestamps))
		log_time(w);
	if (likely(lk == w->lk)) {
		*rec = op | REC_SAME | barrier;
		return 1;
	}
	w->lk = lk;
	*rec = op | barrier | (u64)lk << 8;
	return 2;
}

/*
 * A WORD record: @word is what the atomic returned (ticket in the high half).
 */
static inline void log_word_record(struct log_writer *w, u32 op, u32 lk, u64 word, u32 ticket_after,
                                   u32 now_after)
{
	struct log_known *k = &w->known[lk];
	u32 ticket = word_ticket(word), now = word_now(word);
	u32 dt = ticket - k->ticket, dn = now - k->now;
	u64 rec;
	u32 n;

	if (unlikely((dt | dn) >= 1u << 24)) {
		log_known_far(w, lk, ticket, now);
		dt = dn = 0;
	}
	k->ticket = ticket_after;
	k->now = now_after;
	n = log_head(w, op, lk, &rec);
	if ((dt | dn) == 0) {
		log_put(w, rec, n);
	} else if ((dt | dn) < 16) {
		log_put(w, rec | 1u << REC_FORM_SHIFT | (u64)(dt << 4 | dn) << (8 * n), n + 1);
	} else if ((dt | dn) < 1u << 16) {
		log_put(w, rec | 2u << REC_FORM_SHIFT | ((u64)dt | (u64)dn << 16) << (8 * n),
		        n + 4);
	} else {
		log_put(w, rec | 3u << REC_FORM_SHIFT | ((u64)dt | (u64)dn << 24) << (8 * n),
		        n + 6);
	}
}

/* INC_TICKET @bound that returned @word. */
static inline void log_inc_ticket(struct log_writer *w, u32 lk, u64 word, u32 bound)
{
	if (unlikely(bound != w->bound))
		log_set_bound(w, bound);
	log_word_record(w, OP_INC_TICKET, lk, word, word_ticket(word) + 1, word_now(word));
}

/* GET_NOW that read @word. */
static inline void log_get_now(struct log_writer *w, u32 lk, u64 word)
{
	log_word_record(w, OP_GET_NOW, lk, word, word_ticket(word), word_now(word));
}

static inline void log_hold_lock(struct log_writer *w, u32 lk)
{
	u64 rec;
	u32 n = log_head(w, OP_HOLD_LOCK, lk, &rec);

	log_put(w, rec, n);
}

/* INC_NOW that returned @word. */
static inline void log_inc_now(struct log_writer *w, u32 lk, u64 word)
{
	log_word_record(w, OP_INC_NOW, lk, word, word_ticket(word), word_now(word) + 1);
}

/* INC_TICKET @bound that returned @word, in which its own ticket was served: with the GET_NOW and the HOLD_LOCK. */
static inline void log_acquire(struct log_writer *w, u32 lk, u64 word, u32 bound)
{
	if (unlikely(bound != w->bound))
		log_set_bound(w, bound);
	log_word_record(w, OP_ACQUIRE, lk, word, word_ticket(word) + 1, word_now(word));
}

/* GET_NOW that read @word and saw its own ticket, with the HOLD_LOCK. */
static inline void log_served(struct log_writer *w, u32 lk, u64 word)
{
	log_word_record(w, OP_SERVED, lk, word, word_ticket(word), word_now(word));
}

/* barrier(): the next record carries it. */
static inline void log_barrier(struct log_writer *w)
{
	if (unlikely(w->barrier))
		log_put(w, OP_BARRIER, 1);
	w->barrier = REC_BARRIER;
}

/* OPULL @id on lock @lk; @digest is the object's. */
void log_opull(struct log_writer *w, u32 lk, u32 id, u64 digest);

/* The section on @lk wrote @field's cells @first..@first + @cells - 1 (cell numbers within the field). */
void log_diff(struct log_writer *w, u32 lk, u32 field, u64 first, u64 cells, u64 new_minus_old);

/* A section on flat memory wrote doracle(@vmid, @index), .. (@vmid, @index + @cells - 1) to frames @first... */
void log_diff_oracle(struct log_writer *w, u64 first, u64 cells, vmid_t vmid, u64 index);

/* OFLATMEM, event number @number of flat memory, with the differences of lock 0 so far; @digest is the object's. */
void log_flat(struct log_writer *w, u32 number, u64 digest);
/* The same with so many bytes of the digest: 0, 1 or 8. */
void log_flat_record(struct log_writer *w, u32 number, u64 digest, u32 digest_len);

/*
 * The push of kind @kind (EV_OCORE_DATA..) on lock @lk; flat memory's is log_flat().  @whole: carry all 8 bytes of the
 * digest.
 */
void log_push(struct log_writer *w, u32 lk, enum event_kind kind, u64 digest, bool whole);

/* A mark with @n arguments, 0..MAX_MARK_ARGS. */
void log_mark(struct log_writer *w, enum event_kind mark, u32 n, const u64 *args);

/* The start of an episode: what the CPU knows of every word is its start value; then the mark. */
void log_episode(struct log_writer *w, u64 number, u32 start_ticket, u32 start_now);
