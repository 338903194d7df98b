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
#include "sim/base/ticks.h"
#include "sim/base/types.h"
#include "sim/log/event.h"
#include "sim/log/format.h"

struct log;
struct log_handover;

/* No record of the stream had a lock yet. */
enum { LOG_NO_LOCK = 0xffff };

/* The last place in a chunk where a record may begin: the 0 byte that ends the records has its place too. */
enum { LOG_LAST_RECORD = LOG_SLOT_BYTES - 9 };

/*
 * How far a stream has come, as one number, since it changes with every record and costs one store that way:
 *   bits 0..31   where the next record goes, in bytes from the beginning of the chunk
 *   bits 32..47  lock of the previous record, or LOG_NO_LOCK
 *   bits 48..63  REC_BARRIER when a barrier() waits for the next record to carry it, else 0
 */
static inline u64 log_place(u32 at, u32 lk, u32 barrier)
{
	return at | (u64)lk << 32 | (u64)barrier << 48;
}

static inline u32 place_at(u64 place)
{
	return (u32)place;
}

static inline u32 place_lk(u64 place)
{
	return (u32)(place >> 32) & 0xffff;
}

static inline u32 place_barrier(u64 place)
{
	return (u32)(place >> 48);
}

/**
 * struct log_writer - written by the owner CPU only; read by others after they have met it
 * @chunk:   where it writes; NULL: logging is off
 * @place:   log_place()
 * @known:   what the CPU knows of each lock's word (sim/log/format.h, WORD records); of FLATMEM the number after its own
 *           last one, in both halves
 * @known_data: the number behind the last one that a difference from the data oracle named, by VM
 * @next_chunk: gives it a new chunk when this one is full, and sets @place
 * @log:     whose stream it is; the writer itself does not look at it
 * @handover: takes what it writes to a reader while the CPU runs (sim/log/write/handover.h), or NULL
 * @given:   bytes of the chunk that were handed over
 * @answered: how often the reader had asked for more when the CPU last handed over
 * @n_push:  pushes so far, per lock: every 64th carries the whole digest
 */
struct log_writer {
	struct log_chunk_header *chunk;
	u64 place;
	u32 bound;
	u32 cpu;
	u32 given, answered;
	void (*next_chunk)(struct log_writer *w);
	struct log *log;
	struct log_handover *handover;
	u64 seq;
	u64 bytes;
	u64 time_last;
	struct ticks ticks;
	bool timestamps;
	u8 n_push[ID_END];
	u64 known[ID_END], known_data[N_VMID];
};

/* An 8-byte store at any address that the compiler may neither split nor drop. */
struct log_word {
	u64 v;
} __attribute__((packed, may_alias));

void log_time(struct log_writer *w);
__attribute__((cold)) void log_known_far(struct log_writer *w, u32 lk, u64 word);
__attribute__((cold)) void log_set_bound(struct log_writer *w, u32 bound);

static inline bool log_on(const struct log_writer *w)
{
	return w->chunk != NULL;
}

/* Where the next record goes. */
static inline u8 *log_cur(const struct log_writer *w)
{
	return (u8 *)w->chunk + place_at(w->place);
}

/* Bytes of records in the chunk so far. */
static inline u32 log_chunk_bytes(const struct log_writer *w)
{
	return place_at(w->place) - (u32)sizeof(struct log_chunk_header);
}

static inline void log_store(struct log_writer *w, u32 at, u64 rec)
{
	((volatile struct log_word *)((u8 *)w->chunk + at))->v = rec;
}

/* Append the low @n bytes of @rec, 1..8; its first byte is not 0. */
static inline void log_put(struct log_writer *w, u64 rec, u32 n)
{
	u64 place = w->place;

	log_store(w, place_at(place), rec);
	w->place = place + n;
	if (unlikely(place_at(place) + n > LOG_LAST_RECORD))
		w->next_chunk(w);
}

/* A record's first bytes: opcode, flags and the lock, where the previous record's was that of @place.  *n: their number. */
static inline u64 log_first(u64 place, u32 op, u32 lk, u32 *n)
{
	if (likely(lk == place_lk(place))) {
		*n = 1;
		return op | place_barrier(place) | REC_SAME;
	}
	*n = 2;
	return op | place_barrier(place) | (u64)lk << 8;
}

/* The same of the next record, which takes the pending barrier along.  Returns their number. */
static inline u32 log_head(struct log_writer *w, u32 op, u32 lk, u64 *rec)
{
	u32 n;

	if (unlikely(w->timestamps))
		log_time(w);
	*rec = log_first(w->place, op, lk, &n);
	w->place = log_place(place_at(w->place), lk, 0);
	return n;
}

/*
 * The word of a WORD record behind the @n bytes of *rec: @word is what the atomic returned, @after what the CPU knows of it
 * from now on.  Returns the record's length.
 */
static inline u32 log_word(struct log_writer *w, u32 lk, u64 word, u64 after, u32 n, u64 *rec)
{
	u64 known = w->known[lk];
	u32 dt, dn;

	w->known[lk] = after;
	if (likely(word == known))
		return n;
	dt = word_ticket(word) - word_ticket(known);
	dn = word_now(word) - word_now(known);
	if (likely((dt | dn) < 16)) {
		*rec |= 1u << REC_FORM_SHIFT | (u64)(dt << 4 | dn) << (8 * n);
		return n + 1;
	}
	if ((dt | dn) < 1u << 16) {
		*rec |= 2u << REC_FORM_SHIFT | ((u64)dt | (u64)dn << 16) << (8 * n);
		return n + 4;
	}
	*rec |= 3u << REC_FORM_SHIFT | ((u64)dt | (u64)dn << 24) << (8 * n);
	return n + 6;
}

/* Is the difference of @word to what the CPU knows too large for a record?  Then it is told what it shall know. */
static inline void log_near(struct log_writer *w, u32 lk, u64 word)
{
	u64 known = w->known[lk];

	if (unlikely(((word_ticket(word) - word_ticket(known)) |
	              (word_now(word) - word_now(known))) >= 1u << 24))
		log_known_far(w, lk, word);
}

/* A WORD record. */
static inline void log_word_record(struct log_writer *w, u32 op, u32 lk, u64 word, u64 after)
{
	u64 rec;
	u32 n;

	log_near(w, lk, word);
	n = log_head(w, op, lk, &rec);
	n = log_word(w, lk, word, after, n, &rec);
	log_put(w, rec, n);
}

/* INC_TICKET @bound that returned @word. */
static inline void log_inc_ticket(struct log_writer *w, u32 lk, u64 word, u32 bound)
{
	if (unlikely(bound != w->bound))
		log_set_bound(w, bound);
	log_word_record(w, OP_INC_TICKET, lk, word, word_next_ticket(word));
}

/* GET_NOW that read @word. */
static inline void log_get_now(struct log_writer *w, u32 lk, u64 word)
{
	log_word_record(w, OP_GET_NOW, lk, word, word);
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
	log_word_record(w, OP_INC_NOW, lk, word, word_next_now(word));
}

/* INC_TICKET @bound that returned @word, in which its own ticket was served: with the GET_NOW and the HOLD_LOCK. */
static inline void log_acquire(struct log_writer *w, u32 lk, u64 word, u32 bound)
{
	if (unlikely(bound != w->bound))
		log_set_bound(w, bound);
	log_word_record(w, OP_ACQUIRE, lk, word, word_next_ticket(word));
}

/* GET_NOW that read @word and saw its own ticket, with the HOLD_LOCK. */
static inline void log_served(struct log_writer *w, u32 lk, u64 word)
{
	log_word_record(w, OP_SERVED, lk, word, word);
}

/* WAIT_LOCK @bound and REL_LOCK of a lock without tickets, as step number @number counted under it.  Not of flat memory. */
void log_wait_lock(struct log_writer *w, u32 lk, u32 number, u32 bound);
void log_rel_lock(struct log_writer *w, u32 lk, u32 number);

/* barrier(): the next record carries it. */
static inline void log_barrier(struct log_writer *w)
{
	if (unlikely(place_barrier(w->place)))
		log_put(w, OP_BARRIER, 1);
	w->place |= log_place(0, 0, REC_BARRIER);
}

void log_enter_any(struct log_writer *w, u32 lk, u64 word, u32 bound);
void log_leave_any(struct log_writer *w, u32 lk, u64 word);

/*
 * Is the record that tells of @word one byte?  The CPU knew the word, the lock is the last record's, nothing else has to be
 * written before, and there is room.
 */
static inline bool log_is_byte(const struct log_writer *w, u32 lk, u64 word)
{
	return word == w->known[lk] && lk == place_lk(w->place) && likely(!w->timestamps) &&
	       likely(place_at(w->place) + sizeof(u64) <= LOG_LAST_RECORD);
}

/*
 * log_acquire() and log_barrier(); log_barrier() and log_inc_now(): a section of which nothing else is written.  The steps
 * on the lock's word wait for every store before them, so where a byte says it, it is told with three stores.
 */
static inline void log_enter(struct log_writer *w, u32 lk, u64 word, u32 bound)
{
	u64 place = w->place;

	if (!log_is_byte(w, lk, word) || unlikely(bound != w->bound)) {
		log_enter_any(w, lk, word, bound);
		return;
	}
	log_store(w, place_at(place), OP_ACQUIRE | REC_SAME | place_barrier(place));
	w->place = (place | log_place(0, 0, REC_BARRIER)) + 1;
	w->known[lk] = word_next_ticket(word);
}

static inline void log_leave(struct log_writer *w, u32 lk, u64 word)
{
	u64 place = w->place;

	if (!log_is_byte(w, lk, word)) {
		log_leave_any(w, lk, word);
		return;
	}
	if (place_barrier(place)) {
		/* The barrier after the ACQUIRE comes first, in the same store. */
		log_store(w, place_at(place),
		          (OP_INC_NOW | REC_SAME | REC_BARRIER) << 8 | OP_BARRIER);
		w->place = place - log_place(0, 0, REC_BARRIER) + 2;
	} else {
		log_store(w, place_at(place), OP_INC_NOW | REC_SAME | REC_BARRIER);
		w->place = place + 1;
	}
	w->known[lk] = word_next_now(word);
}

/* OPULL @id on lock @lk; @digest is the object's. */
void log_opull(struct log_writer *w, u32 lk, u32 id, u64 digest);

/* OPULL of lock @lk's object, or the push of it, of which nothing else is said: no digest, no differences. */
void log_shared(struct log_writer *w, u32 lk, bool pull);

/* The section on @lk wrote @field's cells @first..@first + @cells - 1 (cell numbers within the field). */
void log_diff(struct log_writer *w, u32 lk, u32 field, u64 first, u64 cells, u64 new_minus_old);

/* A section on flat memory wrote doracle(@vmid, @index), .. (@vmid, @index + @cells - 1) to frames @first... */
void log_diff_oracle(struct log_writer *w, u64 first, u64 cells, vmid_t vmid, u64 index);

/* OFLATMEM, event number @number of flat memory, with the differences of lock 0 so far; @digest is the object's. */
void log_flat(struct log_writer *w, u32 number, u64 digest);
/* The same with so many bytes of the digest: 0, 1 or 8. */
void log_flat_record(struct log_writer *w, u32 number, u64 digest, u32 digest_len);

/* The mark ACCESS, with @n arguments, of an access that was step number @number at flat memory. */
void log_access(struct log_writer *w, u32 number, u32 n, const u64 *args);

/*
 * The push of kind @kind (EV_OCORE_DATA..) on lock @lk; flat memory's is log_flat().  @whole: carry all 8 bytes of the
 * digest.
 */
void log_push(struct log_writer *w, u32 lk, enum event_kind kind, u64 digest, bool whole);

/* A mark with @n arguments, 0..MAX_MARK_ARGS; zeros at the end need not be given (sim/log/mark.def: LEAST). */
void log_mark(struct log_writer *w, enum event_kind mark, u32 n, const u64 *args);
/* A mark that has a sentence, of which MAX_MARK_TEXT bytes are kept. */
void log_mark_text(struct log_writer *w, enum event_kind mark, u32 n, const u64 *args,
                   const char *text);

/* The start of an episode: what the CPU knows of every word is its start value; then the mark. */
void log_episode(struct log_writer *w, u64 number, u32 start_ticket, u32 start_now);
