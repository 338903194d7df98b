// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/write/writer.h"

#include "sim/base/check.h"
#include "sim/base/clock.h"

#include <string.h>

/* Pushes of a lock that carry the whole digest: one in so many. */
enum { WHOLE_DIGEST_EVERY = 64 };

void log_time(struct log_writer *w)
{
	u64 now = clock_ns(), d = now - w->time_last, rec = 0;
	u32 n = 1;

	while (n < 7 && d >> (8 * n))
		n++;
	rec = OP_TIME | (u64)n << 4 | d << 8;
	w->time_last = now;
	log_put(w, rec, n + 1);
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
	log_acquire(w, lk, word, bound);
	log_barrier(w);
}

void log_leave_any(struct log_writer *w, u32 lk, u64 word)
{
	log_barrier(w);
	log_inc_now(w, lk, word);
}

/* @len bytes that the next record takes, 0..LOG_MAX_MORE. */
static void log_more(struct log_writer *w, const u8 *bytes, u32 len)
{
	SIM_ASSERT(len <= LOG_MAX_MORE);
	for (; len > 7; len -= 7, bytes += 7) {
		u64 rec;

		memcpy(&rec, bytes, sizeof(rec));
		log_put(w, OP_MORE | 7ull << 4 | rec << 8, 8);
	}
	if (len) {
		u64 rec = 0;

		memcpy(&rec, bytes, len);
		log_put(w, OP_MORE | (u64)len << 4 | rec << 8, len + 1);
	}
}

/* A pull's or push's record with its digest. */
static void log_digest_record(struct log_writer *w, u32 op, u32 lk, u64 digest, bool whole)
{
	u64 rec;
	u32 n;

	if (whole)
		log_more(w, (const u8 *)&digest, sizeof(digest));
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

/* A DIFF record: its body behind the head when there is room, else in MORE bytes. */
static void put_diff(struct log_writer *w, u32 lk, u32 form, const u8 *body, u32 len)
{
	u64 rec, packed = 0;
	u32 n;

	if (len <= DIFF_INLINE_BYTES) {
		n = log_head(w, OP_DIFF, lk, &rec);
		memcpy(&packed, body, len);
		log_put(w, rec | form << REC_FORM_SHIFT | packed << (8 * n), n + len);
	} else {
		log_more(w, body, len);
		n = log_head(w, OP_DIFF, lk, &rec);
		log_put(w, rec | (form | DIFF_IN_MORE) << REC_FORM_SHIFT, n);
	}
}

/* Which cells: the beginning of a difference's body. */
static u32 put_cells(u8 *body, u32 field, u64 first, u64 cells)
{
	u32 len;

	SIM_ASSERT(cells > 0);
	len = varint_put(body, (u64)field << 1 | (cells > 1));
	len += varint_put(body + len, first);
	if (cells > 1)
		len += varint_put(body + len, cells - 1);
	return len;
}

void log_diff(struct log_writer *w, u32 lk, u32 field, u64 first, u64 cells, u64 new_minus_old)
{
	u8 body[48];
	u32 len = put_cells(body, field, first, cells);

	SIM_ASSERT_DBG(lk < ID_END);
	len += varint_put(body + len, zigzag(new_minus_old));
	put_diff(w, lk, 0, body, len);
}

void log_diff_oracle(struct log_writer *w, u64 first, u64 cells, vmid_t vmid, u64 index)
{
	u8 body[48];
	u32 len = put_cells(body, F_FLATMEM_flatmem, first, cells);

	SIM_ASSERT(vmid < N_VMID);
	len += varint_put(body + len, vmid);
	len += varint_put(body + len, index);
	put_diff(w, FLATMEM_ID, DIFF_ORACLE, body, len);
}

void log_flat_record(struct log_writer *w, u32 number, u64 digest, u32 digest_len)
{
	u32 ahead = number - word_ticket(w->known[FLATMEM_ID]), barrier, n = 1;
	u32 form = digest_len == 8 ? 2 : digest_len;
	u64 rec = 0;

	if (digest_len == 8)
		log_more(w, (const u8 *)&digest, sizeof(digest));
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

void log_access(struct log_writer *w, u32 number, u32 n, const u64 *args)
{
	u8 body[ACCESS_MAX_ARGS * VARINT_MAX], ahead[8] = { 0 };
	u32 gap = number - word_ticket(w->known[FLATMEM_ID]), len = 0, barrier;
	u64 rec = 0;

	SIM_ASSERT(n <= ACCESS_MAX_ARGS);
	for (u32 i = 0; i < n; i++)
		len += varint_put(body + len, args[i]);
	log_more(w, body, len);
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

/* A MARK record with @len bytes of arguments in @packed, or those in MORE bytes before it: @len is MARK_IN_MORE. */
static inline void put_mark_record(struct log_writer *w, enum event_kind mark, u64 packed, u32 len)
{
	u64 number = mark - EV_END - 1;
	u32 barrier = place_barrier(w->place);

	SIM_ASSERT(event_is_mark(mark));
	w->place = log_place(place_at(w->place), place_lk(w->place), 0);
	if (unlikely(w->timestamps))
		log_time(w);
	log_put(w, OP_MARK | barrier | mark_length_bits(len) | number << 8 | packed << 16,
	        len == MARK_IN_MORE ? 2 : 2 + len);
}

/* A MARK record whose arguments are @len bytes: behind the mark's number when there is room, else in MORE bytes. */
static void put_mark(struct log_writer *w, enum event_kind mark, const u8 *body, u32 len)
{
	u64 packed = 0;

	if (len > MARK_INLINE_BYTES) {
		log_more(w, body, len);
		len = MARK_IN_MORE;
	} else {
		memcpy(&packed, body, len);
	}
	put_mark_record(w, mark, packed, len);
}

static void put_large_mark(struct log_writer *w, enum event_kind mark, u32 n, const u64 *args)
{
	u8 body[MAX_MARK_ARGS * VARINT_MAX];
	u32 len = 0;

	SIM_ASSERT(n <= MAX_MARK_ARGS);
	for (u32 i = 0; i < n; i++)
		len += varint_put(body + len, args[i]);
	put_mark(w, mark, body, len);
}

void log_mark(struct log_writer *w, enum event_kind mark, u32 n, const u64 *args)
{
	u64 packed = 0, all = 0;

	if (n > MARK_INLINE_BYTES) {
		put_large_mark(w, mark, n, args);
		return;
	}
	for (u32 i = 0; i < n; i++) {
		all |= args[i];
		packed |= args[i] << 8 * i;
	}
	if (all < 0x80)
		put_mark_record(w, mark, packed, n);
	else
		put_large_mark(w, mark, n, args);
}

void log_mark_text(struct log_writer *w, enum event_kind mark, u32 n, const u64 *args,
                   const char *text)
{
	u8 body[LOG_MAX_MORE];
	u32 len, bytes = (u32)strnlen(text, MAX_MARK_TEXT);

	SIM_ASSERT(n <= MAX_MARK_ARGS);
	len = varint_put(body, n);
	for (u32 i = 0; i < n; i++)
		len += varint_put(body + len, args[i]);
	SIM_ASSERT(len + bytes <= sizeof(body));
	memcpy(body + len, text, bytes);
	put_mark(w, mark, body, len + bytes);
}

void log_episode(struct log_writer *w, u64 number, u32 start_ticket, u32 start_now)
{
	for (u32 lk = 0; lk < ID_END; lk++)
		w->known[lk] = word_make(start_ticket, start_now);
	log_mark(w, MARK_EPISODE, 1, &number);
}
