// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/write/writer.h"

#include "sim/base/check.h"

#include <string.h>

/* Pushes of a lock that carry the whole digest: one in so many. */
enum { WHOLE_DIGEST_EVERY = 64 };

/* The TIME of the next event; returns its bytes. */
static inline u32 time_record(struct log_writer *w, u64 *rec)
{
	/* A CPU that goes on at another core may find its counter a little behind. */
	u64 now = max_u64(ticks_ns(&w->ticks), w->time_last), d = now - w->time_last;
	u32 n = 2;

	/*
	 * Mostly two bytes, and never one: where the next record goes is known before the counter was read.  What seven bytes do not
	 * hold is two years.
	 */
	if (unlikely(d >> 16))
		n = (u32)min_u64((71 - (u32)__builtin_clzll(d)) / 8, 7);
	w->time_last = now;
	*rec = OP_TIME | (u64)n << 4 | d << 8;
	return n + 1;
}

void log_time(struct log_writer *w)
{
	u64 rec;
	u32 n = time_record(w, &rec);

	log_put(w, rec, n);
}

/*
 * TIME and a record of one byte behind it, of which @barrier stands before both or is 0.  The next step on the lock's word waits
 * for each store, so there is one.
 */
static void put_timed_byte(struct log_writer *w, u64 barrier, u64 byte)
{
	u64 rec;
	u32 n = time_record(w, &rec), before = barrier ? 1 : 0;

	if (likely(before + n < 8)) {
		rec = rec << 8 * before | barrier | byte << 8 * (before + n);
		log_put(w, rec, before + n + 1);
		return;
	}
	if (before)
		log_put(w, barrier, before);
	log_put(w, rec, n);
	log_put(w, byte, 1);
}

/* With timestamps: is the record that tells of @word one byte, but for its time? */
static bool is_timed_byte(const struct log_writer *w, u32 lk, u64 word)
{
	return w->timestamps && word == w->known[lk] && lk == place_lk(w->place);
}

static void log_set_half(struct log_writer *w, enum log_set what, u32 lk, u32 value)
{
	log_put(w, OP_SET | (u64)what << 4 | (u64)lk << 8 | (u64)value << 16, 6);
}

void log_known_far(struct log_writer *w, u32 lk, u64 word)
{
	log_set_half(w, SET_TICKET, lk, word_ticket(word));
	log_set_half(w, SET_NOW, lk, word_now(word));
	w->known[lk] = word;
}

void log_set_bound(struct log_writer *w, u32 bound)
{
	w->bound = bound;
	log_put(w, OP_SET | SET_BOUND << 4 | (u64)bound << 8, 5);
}

void log_enter_any(struct log_writer *w, u32 lk, u64 word, u32 bound)
{
	u64 byte;

	if (!is_timed_byte(w, lk, word) || bound != w->bound) {
		log_acquire(w, lk, word, bound);
		log_barrier(w);
		return;
	}
	byte = OP_ACQUIRE | REC_SAME | place_barrier(w->place);
	w->place |= log_place(0, 0, REC_BARRIER);
	w->known[lk] = word_next_ticket(word);
	put_timed_byte(w, 0, byte);
}

void log_leave_any(struct log_writer *w, u32 lk, u64 word)
{
	u64 barrier;

	if (!is_timed_byte(w, lk, word)) {
		log_barrier(w);
		log_inc_now(w, lk, word);
		return;
	}
	barrier = place_barrier(w->place) ? OP_BARRIER : 0;
	w->place = log_place(place_at(w->place), lk, 0);
	w->known[lk] = word_next_now(word);
	put_timed_byte(w, barrier, OP_INC_NOW | REC_SAME | REC_BARRIER);
}

/* A HOLD_LOCK of another form, with the step's number. */
static void log_high(struct log_writer *w, u32 lk, u32 number, enum hold_form form)
{
	u8 body[8] = { 0 };
	u32 ahead = number - word_rank(w->known[lk]), n, m;
	u64 rec, tail;

	SIM_ASSERT_DBG(lk != FLATMEM_ID && lk < ID_END);
	w->known[lk] = word_of_number(number + 1);
	m = varint_put(body, ahead);
	memcpy(&tail, body, sizeof(tail));
	n = log_head(w, OP_HOLD_LOCK, lk, &rec);
	log_put(w, rec | (u32)form << REC_FORM_SHIFT | tail << (8 * n), n + m);
}

void log_wait_lock(struct log_writer *w, u32 lk, u32 number, u32 bound)
{
	if (bound != w->bound)
		log_set_bound(w, bound);
	log_high(w, lk, number, HOLD_WAIT);
}

void log_rel_lock(struct log_writer *w, u32 lk, u32 number)
{
	log_high(w, lk, number, HOLD_REL);
}

/* Eight bytes that the next record takes. */
static void log_more_word(struct log_writer *w, u64 word)
{
	log_put(w, OP_MORE | 7ull << 4 | word << 8, 8);
	log_put(w, OP_MORE | 1ull << 4 | word >> 56 << 8, 2);
}

/* A pull's or push's record with its digest. */
static void log_digest_record(struct log_writer *w, u32 op, u32 lk, u64 digest, bool whole)
{
	u64 rec;
	u32 n;

	if (whole)
		log_more_word(w, digest);
	n = log_head(w, op, lk, &rec);
	if (whole)
		log_put(w, rec | 2u << REC_FORM_SHIFT, n);
	else
		log_put(w, rec | 1u << REC_FORM_SHIFT | (digest & 0xff) << (8 * n), n + 1);
}

void log_opull(struct log_writer *w, u32 lk, u32 id, u64 digest)
{
	SIM_ASSERT_DBG(lk < ID_END);
	if (unlikely(id != lk))
		log_put(w, OP_SET | SET_ID << 4 | (u64)id << 8, 5);
	log_digest_record(w, OP_OPULL, lk, digest, false);
}

void log_shared(struct log_writer *w, u32 lk, bool pull)
{
	u64 rec;
	u32 n = log_head(w, pull ? OP_OPULL : OP_PUSH, lk, &rec);

	SIM_ASSERT_DBG(lk != FLATMEM_ID && lk < ID_END);
	log_put(w, rec, n);
}

/*
 * Varints on their way into a record: collected in a register, and as soon as there are seven bytes of them, in a MORE record.
 * A buffer in memory, written bytewise and read in words, would stall the processor at each reading.
 */

/**
 * struct pack - what is not in the stream yet
 * @bytes: [n] 0..6, the first one lowest; the others 0
 * @more:  some are in MORE records already
 */
struct pack {
	u64 bytes;
	u32 n;
	bool more;
};

static inline __attribute__((always_inline)) void pack_more(struct log_writer *w, struct pack *p,
                                                            u32 n)
{
	log_put(w, OP_MORE | (u64)n << 4 | p->bytes << 8, n + 1);
	p->more = true;
}

/* The low @n bytes of @x, 1..8; the others are 0. */
static inline __attribute__((always_inline)) void pack_bytes(struct log_writer *w, struct pack *p,
                                                             u64 x, u32 n)
{
	u32 took = 7 - p->n;

	p->bytes |= x << 8 * p->n;
	if (p->n + n < 7) {
		p->n += n;
		return;
	}
	pack_more(w, p, 7);
	p->bytes = x >> 8 * took;
	p->n = n - took;
	if (p->n == 7) {
		pack_more(w, p, 7);
		p->bytes = 0;
		p->n = 0;
	}
}

/* As varint_put() has it. */
static inline __attribute__((always_inline)) void pack_varint(struct log_writer *w, struct pack *p,
                                                              u64 v)
{
	u64 x = v & 0x00ffffffffffffffull;

	if (v < 0x80) {
		pack_bytes(w, p, v, 1);
		return;
	}
	/* Eight groups of seven bits, each in a byte of its own. */
	x = (x & 0x000000000fffffffull) | (x & 0x00fffffff0000000ull) << 4;
	x = (x & 0x00003fff00003fffull) | (x & 0x0fffc0000fffc000ull) << 2;
	x = (x & 0x007f007f007f007full) | (x & 0x3f803f803f803f80ull) << 1;
	if (v >> 56) {
		pack_bytes(w, p, x | 0x8080808080808080ull, 8);
		pack_bytes(w, p, v >> 56 | (v >> 63) << 8, v >> 63 ? 2 : 1);
	} else {
		u32 n = (u32)(63 - __builtin_clzll(x)) / 8 + 1;

		pack_bytes(w, p, x | (0x8080808080808080ull & ((1ull << 8 * (n - 1)) - 1)), n);
	}
}

/* All of it into MORE records. */
static inline void pack_flush(struct log_writer *w, struct pack *p)
{
	if (p->n)
		pack_more(w, p, p->n);
	p->bytes = 0;
	p->n = 0;
}

/* A DIFF record: what is left of its body stands behind the head. */
static inline void put_diff(struct log_writer *w, u32 lk, u32 form, struct pack *p)
{
	u64 rec;
	u32 n = log_head(w, OP_DIFF, lk, &rec);

	form |= p->more ? DIFF_IN_MORE : 0;
	log_put(w, rec | form << REC_FORM_SHIFT | p->bytes << (8 * n), n + p->n);
}

_Static_assert((int)DIFF_INLINE_BYTES == 6, "less than what makes a MORE record");
_Static_assert((int)MARK_INLINE_BYTES == 6, "less than what makes a MORE record");

/* Which cells: the beginning of a difference's body.  @head: the field, or the VM. */
static inline void put_cells(struct log_writer *w, struct pack *p, u32 head, u64 first, u64 cells)
{
	SIM_ASSERT(cells > 0);
	pack_varint(w, p, (u64)head << 1 | (cells > 1));
	pack_varint(w, p, first);
	if (cells > 1)
		pack_varint(w, p, cells - 1);
}

void log_diff(struct log_writer *w, u32 lk, u32 field, u64 first, u64 cells, u64 new_minus_old)
{
	struct pack p = { .n = 0 };

	SIM_ASSERT_DBG(lk < ID_END);
	put_cells(w, &p, field, first, cells);
	pack_varint(w, &p, zigzag(new_minus_old));
	put_diff(w, lk, 0, &p);
}

void log_diff_oracle(struct log_writer *w, u64 first, u64 cells, vmid_t vmid, u64 index)
{
	struct pack p = { .n = 0 };

	SIM_ASSERT(vmid < N_VMID);
	put_cells(w, &p, vmid, first, cells);
	pack_varint(w, &p, zigzag(index - w->known_data[vmid]));
	w->known_data[vmid] = index + cells;
	put_diff(w, FLATMEM_ID, DIFF_ORACLE, &p);
}

void log_flat_record(struct log_writer *w, u32 number, u64 digest, u32 digest_len)
{
	u32 ahead = number - word_ticket(w->known[FLATMEM_ID]), barrier, n = 1;
	u32 form = digest_len == 8 ? 2 : digest_len;
	u64 rec = 0;

	if (digest_len == 8)
		log_more_word(w, digest);
	w->known[FLATMEM_ID] = word_make(number + 1, number + 1);
	barrier = place_barrier(w->place);
	w->place = log_place(place_at(w->place), place_lk(w->place), 0);
	if (w->timestamps)
		log_time(w);
	if (ahead) {
		u8 body[8] = { 0 };

		n += varint_put(body, ahead);
		memcpy(&rec, body, sizeof(rec));
		rec <<= 8;
	}
	rec |= OP_FLAT | (ahead ? 0 : FLAT_KNOWN) | barrier | form << REC_FORM_SHIFT;
	if (digest_len == 1)
		rec |= (digest & 0xff) << (8 * n++);
	log_put(w, rec, n);
}

/* Does the short form hold the @n arguments of an access? */
static bool access_is_short(u32 n, const u64 *args)
{
	if (args[0] >= ACCESS_PLAIN || args[1] > 3 || args[2] > 3)
		return false;
	for (u32 i = ACCESS_FIXED; i < n; i += ACCESS_GROUP)
		if (args[i] >= ID_END)
			return false;
	return true;
}

static void pack_access(struct log_writer *w, struct pack *p, u32 n, const u64 *args)
{
	pack_varint(w, p,
	            args[0] | args[2] << ACCESS_LEVEL_SHIFT | args[1] << ACCESS_FROM_SHIFT |
	                    (args[4] ? ACCESS_VALUE : 0));
	pack_varint(w, p, args[3]);
	if (args[4])
		pack_varint(w, p, args[4]);
	for (u32 i = ACCESS_FIXED; i < n; i += ACCESS_GROUP) {
		u64 ahead = args[i + 1] - word_now(w->known[args[i]]), more = args[i + 2];

		pack_varint(w, p, args[i] << 1 | ((ahead | more) != 0));
		if (ahead | more) {
			pack_varint(w, p, ahead);
			pack_varint(w, p, more);
		}
	}
}

void log_access(struct log_writer *w, u32 number, u32 n, const u64 *args)
{
	u32 gap = number - word_ticket(w->known[FLATMEM_ID]), len, barrier;
	struct pack p = { .n = 0 };
	u8 ahead[8] = { 0 };
	u64 rec = 0;

	SIM_ASSERT(n >= ACCESS_FIXED && n <= ACCESS_MAX_ARGS);
	if (access_is_short(n, args)) {
		pack_access(w, &p, n, args);
	} else {
		pack_varint(w, &p, ACCESS_PLAIN);
		for (u32 i = 0; i < n; i++)
			pack_varint(w, &p, args[i]);
	}
	pack_flush(w, &p);
	w->known[FLATMEM_ID] = word_make(number + 1, number + 1);
	barrier = place_barrier(w->place);
	w->place = log_place(place_at(w->place), place_lk(w->place), 0);
	if (w->timestamps)
		log_time(w);
	len = gap ? varint_put(ahead, gap) : 0;
	memcpy(&rec, ahead, sizeof(rec));
	log_put(w,
	        rec << 8 | OP_FLAT | (gap ? 0 : FLAT_KNOWN) | barrier |
	                FLAT_ACCESS << REC_FORM_SHIFT,
	        1 + len);
}

/* Does this push of lock @lk carry the whole digest? */
static bool whole_digest(struct log_writer *w, u32 lk)
{
	return w->n_push[lk]++ % WHOLE_DIGEST_EVERY == 0;
}

void log_flat(struct log_writer *w, u32 number, u64 digest)
{
	log_flat_record(w, number, digest, whole_digest(w, FLATMEM_ID) ? 8 : 1);
}

void log_push(struct log_writer *w, u32 lk, enum event_kind kind, u64 digest, bool whole)
{
	SIM_ASSERT_DBG(lk < ID_END);
	SIM_ASSERT(event_is_push(kind));
	SIM_ASSERT(lk != FLATMEM_ID || kind != EV_OFLATMEM);
	if (unlikely(kind != event_push_of(lk)))
		log_put(w, OP_SET | SET_KIND << 4 | (u64)(kind - EV_OCORE_DATA) << 8, 2);
	whole |= whole_digest(w, lk);
	log_digest_record(w, OP_PUSH, lk, digest, whole);
}

/* A MARK record with the last @len bytes of its arguments in @packed; those before them are in MORE bytes. */
static inline void put_mark_record(struct log_writer *w, enum event_kind mark, u64 packed, u32 len)
{
	u64 number = mark - EV_END - 1;
	u32 barrier = place_barrier(w->place);

	SIM_ASSERT(event_is_mark(mark));
	w->place = log_place(place_at(w->place), place_lk(w->place), 0);
	if (unlikely(w->timestamps))
		log_time(w);
	log_put(w, OP_MARK | barrier | mark_length_bits(len) | number << 8 | packed << 16, 2 + len);
}

void log_mark(struct log_writer *w, enum event_kind mark, u32 n, const u64 *args)
{
	struct pack p = { .n = 0 };

	SIM_ASSERT(n <= MAX_MARK_ARGS);
	for (u32 i = 0; i < n; i++)
		pack_varint(w, &p, args[i]);
	put_mark_record(w, mark, p.bytes, p.n);
}

void log_mark_text(struct log_writer *w, enum event_kind mark, u32 n, const u64 *args,
                   const char *text)
{
	struct pack p = { .n = 0 };

	SIM_ASSERT(n <= MAX_MARK_ARGS);
	pack_varint(w, &p, n);
	for (u32 i = 0; i < n; i++)
		pack_varint(w, &p, args[i]);
	for (u32 i = 0; i < MAX_MARK_TEXT && text[i]; i++)
		pack_bytes(w, &p, (u8)text[i], 1);
	put_mark_record(w, mark, p.bytes, p.n);
}

void log_episode(struct log_writer *w, u64 number, u32 start_ticket, u32 start_now)
{
	for (u32 lk = 0; lk < ID_END; lk++)
		w->known[lk] = word_make(start_ticket, start_now);
	memset(w->known_data, 0, sizeof(w->known_data));
	log_mark(w, MARK_EPISODE, 1, &number);
}
