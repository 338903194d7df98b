// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/decode.h"
#include "tests/kit.h"

#include <stdlib.h>
#include <string.h>

static struct log_config config;
static struct decoder dec;
static struct event events[64];
static struct decode_batch batch;
static u8 bytes[8192];

static int setup(void **state)
{
	(void)state;
	log_config_init(&config, 4);
	config.start_ticket = config.start_now = 7;
	decoder_init(&dec, 3, &config);
	batch = (struct decode_batch){
		.event = events, .max = 64, .arena = calloc(1, 4096), .cap = 4096
	};
	memset(bytes, 0, sizeof(bytes));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	decoder_destroy(&dec);
	free(batch.arena);
	return 0;
}

static enum decode_stop feed(const u8 *b, size_t n)
{
	memset(bytes, 0xff, sizeof(bytes));
	memcpy(bytes, b, n);
	decoder_feed(&dec, bytes, bytes + n, false);
	return decoder_run(&dec, &batch);
}

#define FEED(...) feed((const u8[]){ __VA_ARGS__ }, sizeof((const u8[]){ __VA_ARGS__ }))

/* The first byte of a MARK with @n bytes behind its number, and the numbers of marks. */
#define MARK_WITH(n) (OP_MARK | ((n)&1) << 4 | ((n) >> 1) << REC_FORM_SHIFT)
/* An access of the number that the CPU knows. */
#define ACCESS       (OP_FLAT | FLAT_KNOWN | FLAT_ACCESS << REC_FORM_SHIFT)
#define NUMBER(mark) (MARK_##mark - EV_END - 1)

static void assert_word(u32 op, u32 lk, u32 ticket, u32 now)
{
	assert_int_equal(dec.step.op, op);
	assert_int_equal(dec.step.lk, lk);
	assert_int_equal(word_ticket(dec.step.word), ticket);
	assert_int_equal(word_now(dec.step.word), now);
}

static void test_words_of_every_form(void **state)
{
	(void)state;
	assert_int_equal(FEED(OP_INC_TICKET, 5), DECODE_STEP);
	assert_word(OP_INC_TICKET, 5, 7, 7);
	/* It left ticket 8; one byte: ticket + 2, now + 1. */
	assert_int_equal(FEED(OP_GET_NOW | REC_SAME | 1 << 6, 0x21), DECODE_STEP);
	assert_word(OP_GET_NOW, 5, 10, 8);
	assert_int_equal(FEED(OP_INC_NOW | REC_SAME | 2 << 6, 0x01, 0x01, 0x02, 0x00), DECODE_STEP);
	assert_word(OP_INC_NOW, 5, 10 + 257, 10);
	assert_int_equal(FEED(OP_SERVED | REC_SAME | 3 << 6, 0, 0, 1, 0, 0, 0), DECODE_STEP);
	assert_word(OP_SERVED, 5, 267 + 65536, 11);
	assert_int_equal(FEED(OP_ACQUIRE | 3 << 6, 38, 0xff, 0xff, 0xff, 1, 0, 0), DECODE_STEP);
	assert_word(OP_ACQUIRE, 38, 7 + 0xffffff, 8);
	batch.n = 0;
	decoder_emit(&dec, &batch);
	assert_int_equal(batch.n, 3);
	assert_int_equal(events[0].kind, EV_INC_TICKET);
	assert_int_equal(events[0].arg, config.lock_bound);
	assert_int_equal(events[1].kind, EV_GET_NOW);
	assert_int_equal(events[1].ticket, events[0].ticket + 1);
	assert_int_equal(events[2].kind, EV_HOLD_LOCK);
	assert_int_equal(events[2].flags & EVF_WORD, 0);
}

static void test_settings(void **state)
{
	(void)state;
	assert_int_equal(FEED(OP_SET | SET_BOUND << 4, 44, 1, 0, 0, OP_SET | SET_TICKET << 4, 2,
	                      0xff, 0xff, 0xff, 0xff, OP_SET | SET_NOW << 4, 2, 0xfe, 0xff, 0xff,
	                      0xff, OP_INC_TICKET, 2),
	                 DECODE_STEP);
	assert_word(OP_INC_TICKET, 2, 0xffffffffu, 0xfffffffeu);
	assert_int_equal(dec.step.bound, 300);
	/* The ticket half wraps by itself. */
	assert_int_equal(FEED(OP_GET_NOW | REC_SAME), DECODE_STEP);
	assert_word(OP_GET_NOW, 2, 0, 0xfffffffeu);
}

static void test_pull_change_push(void **state)
{
	(void)state;
	assert_int_equal(FEED(OP_OPULL | 1 << 6, 1, 0xab, OP_DIFF | REC_SAME, 0, 0, 2,
	                      OP_DIFF | REC_SAME, 2, 0, 1, OP_MORE | 7 << 4, 1, 2, 3, 4, 5, 6, 7,
	                      OP_MORE | 1 << 4, 8, OP_PUSH | REC_SAME | REC_BARRIER | 2 << 6),
	                 DECODE_END);
	assert_int_equal(batch.n, 3);
	assert_int_equal(events[0].kind, EV_OPULL);
	assert_int_equal(events[0].arg, 1);
	assert_int_equal(events[0].digest, 0xab);
	assert_int_equal(events[0].digest_len, 1);
	assert_int_equal(events[1].kind, MARK_BARRIER);
	assert_int_equal(events[2].kind, EV_OCORE_DATA);
	assert_int_equal(events[2].cpu, 3);
	assert_int_equal(events[2].digest, 0x0807060504030201ull);
	assert_int_equal(events[2].n, 2);
	assert_int_equal(events[2].diffs[0].field, 0);
	assert_int_equal(events[2].diffs[0].new, 1);
	assert_int_equal(events[2].diffs[1].field, 1);
	assert_true(events[2].diffs[1].new == ~0ull);
	/* Another object, another kind; no digest, no difference left over. */
	batch.n = 0;
	assert_int_equal(FEED(OP_SET | SET_ID << 4, 9, 0, 0, 0, OP_OPULL | REC_SAME,
	                      OP_SET | SET_KIND << 4, 2, OP_PUSH | REC_SAME, OP_OPULL | REC_SAME),
	                 DECODE_END);
	assert_int_equal(events[0].arg, 9);
	assert_int_equal(events[0].digest_len, 0);
	assert_int_equal(events[1].kind, EV_ONPT);
	assert_int_equal(events[1].n, 0);
	assert_int_equal(events[2].arg, 1);
}

static void test_range_of_a_pool(void **state)
{
	const u64 first = obj_first_index(7, 1);

	(void)state;
	/* Field 1 of object 7 (NPT:2), a range of three cells from number 4 on, in MORE bytes; minus 3. */
	assert_int_equal(
		FEED(OP_MORE | 4 << 4, 3, 4, 2, 5, OP_DIFF | 1 << 6, 7, OP_PUSH | REC_SAME),
		DECODE_END);
	assert_int_equal(events[0].n, 1);
	assert_true(events[0].diffs[0].first == first + 4 * 8);
	assert_true(events[0].diffs[0].last == first + 6 * 8);
	assert_true(events[0].diffs[0].new == 0 - 3ull);
	assert_false(events[0].diffs[0].both);
}

/* Flat memory's events: a step each, with the number, and put out with what the section wrote. */
static void test_flat_memory(void **state)
{
	(void)state;
	/* The number that is known (the start), a barrier before it; frames 5..7 from VM 3's number 300 on. */
	assert_int_equal(FEED(OP_MORE | 5 << 4, 7, 5, 2, 0xd8, 4, OP_DIFF | REC_BARRIER | 3 << 6, 0,
	                      OP_DIFF | REC_SAME | 2 << 6, 32, 9, 2, OP_FLAT | FLAT_KNOWN | 1 << 6,
	                      0xab),
	                 DECODE_STEP);
	assert_int_equal(batch.n, 1);
	assert_int_equal(events[0].kind, MARK_BARRIER);
	assert_word(OP_FLAT, FLATMEM_ID, 7, 7);
	assert_true(decoder_fits(&dec, &batch));
	decoder_emit(&dec, &batch);
	assert_int_equal(batch.n, 2);
	assert_int_equal(events[1].kind, EV_OFLATMEM);
	assert_int_equal(events[1].cpu, 3);
	assert_int_equal(events[1].lk, FLATMEM_ID);
	assert_int_equal(events[1].flags, EVF_WORD);
	assert_int_equal(events[1].ticket, 7);
	assert_int_equal(events[1].now, 7);
	assert_int_equal(events[1].digest, 0xab);
	assert_int_equal(events[1].digest_len, 1);
	assert_int_equal(events[1].n, 2);
	assert_true(events[1].diffs[0].oracle);
	assert_false(events[1].diffs[0].both);
	assert_true(events[1].diffs[0].first == 5 && events[1].diffs[0].last == 7);
	assert_int_equal(events[1].diffs[0].vmid, 3);
	assert_true(events[1].diffs[0].index == 300);
	assert_true(events[1].diffs[1].first == 9 && events[1].diffs[1].last == 9);
	assert_int_equal(events[1].diffs[1].vmid, 16);
	assert_true(events[1].diffs[1].index == 1);
	/* Its own next one is 8: three are others'.  Nothing is left over, and the lock stays that of the record before. */
	batch.n = batch.used = 0;
	assert_int_equal(
		FEED(OP_TIME | 1 << 4, 5, OP_FLAT | REC_BARRIER, 3, OP_HOLD_LOCK | REC_SAME),
		DECODE_STEP);
	assert_word(OP_FLAT, FLATMEM_ID, 11, 7);
	decoder_emit(&dec, &batch);
	assert_int_equal(batch.n, 2);
	assert_int_equal(events[0].kind, MARK_BARRIER);
	assert_int_equal(events[1].flags, EVF_WORD | EVF_TIME);
	assert_int_equal(events[1].time_ns, 5);
	assert_int_equal(events[1].n, 0);
	assert_int_equal(events[1].digest_len, 0);
	assert_int_equal(decoder_run(&dec, &batch), DECODE_END);
	assert_int_equal(events[2].lk, FLATMEM_ID);
	/* The numbers wrap. */
	assert_int_equal(FEED(OP_FLAT, 0xff, 0xff, 0xff, 0xff, 0x0f), DECODE_STEP);
	assert_word(OP_FLAT, FLATMEM_ID, 11, 7);
	assert_int_equal(
		FEED(OP_SET | SET_TICKET << 4, 0, 0xff, 0xff, 0xff, 0xff, OP_FLAT | FLAT_KNOWN),
		DECODE_STEP);
	assert_word(OP_FLAT, FLATMEM_ID, 0xffffffffu, 7);
	assert_int_equal(FEED(OP_FLAT | FLAT_KNOWN), DECODE_STEP);
	assert_word(OP_FLAT, FLATMEM_ID, 0, 7);
}

/* What an event of flat memory carries needs its room: a batch that holds other things is delivered first. */
static void test_flat_memory_needs_room(void **state)
{
	enum { DIFFS = 200 };
	u8 b[DIFFS * 5 + 1 + LOG_PAD_BYTES] = { 0 };

	(void)state;
	for (u32 i = 0; i < DIFFS; i++)
		memcpy(b + 5 * i, (const u8[]){ OP_DIFF, 0, 0, (u8)(i % 100), 2 }, 5);
	b[DIFFS * 5] = OP_FLAT | FLAT_KNOWN;
	decoder_feed(&dec, b, b + DIFFS * 5 + 1, false);
	assert_int_equal(decoder_run(&dec, &batch), DECODE_STEP);
	batch.n = 1;
	assert_false(decoder_fits(&dec, &batch));
	batch.n = batch.used = 0;
	assert_true(decoder_fits(&dec, &batch));
	decoder_emit(&dec, &batch);
	assert_int_equal(events[0].n, DIFFS);
	assert_true(events[0].diffs[DIFFS - 1].first == 99);
}

static void test_marks_and_times(void **state)
{
	(void)state;
	assert_int_equal(FEED(OP_TIME | 2 << 4, 0, 1, MARK_WITH(3) | REC_BARRIER, NUMBER(BEGIN), 5,
	                      0x80, 1, OP_TIME | 1 << 4, 4, OP_HOLD_LOCK, 0, OP_BARRIER, OP_MARK,
	                      NUMBER(CLOSE)),
	                 DECODE_CLOSE);
	assert_int_equal(batch.n, 5);
	assert_int_equal(events[0].kind, MARK_BARRIER);
	assert_int_equal(events[1].kind, MARK_BEGIN);
	assert_int_equal(events[1].n, 2);
	assert_int_equal(events[1].arg, 5);
	assert_int_equal(events[1].args[1], 128);
	assert_int_equal(events[1].time_ns, 256);
	assert_int_equal(events[1].flags, EVF_TIME);
	assert_int_equal(events[2].kind, EV_HOLD_LOCK);
	assert_int_equal(events[2].time_ns, 260);
	assert_int_equal(events[3].kind, MARK_BARRIER);
	assert_int_equal(events[4].kind, MARK_CLOSE);
	assert_int_equal(events[4].flags, 0);
}

static void test_episode_starts_over(void **state)
{
	(void)state;
	assert_int_equal(FEED(OP_INC_TICKET, 1), DECODE_STEP);
	assert_int_equal(FEED(OP_DIFF | REC_SAME, 0, 0, 2, MARK_WITH(1), NUMBER(EPISODE), 9),
	                 DECODE_EPISODE);
	assert_int_equal(dec.episode, 9);
	assert_int_equal(FEED(OP_PUSH | REC_SAME, OP_INC_TICKET | REC_SAME), DECODE_STEP);
	assert_int_equal(events[0].n, 0);
	assert_word(OP_INC_TICKET, 1, 7, 7);
}

static void test_open_chunk_ends_at_zero(void **state)
{
	static const u8 b[] = { OP_HOLD_LOCK, 1, OP_HOLD_LOCK | REC_SAME, 0, OP_HOLD_LOCK, 1 };

	(void)state;
	memcpy(bytes, b, sizeof(b));
	decoder_feed(&dec, bytes, bytes + 400, true);
	assert_int_equal(decoder_run(&dec, &batch), DECODE_END);
	assert_int_equal(batch.n, 2);
	assert_ptr_equal(dec.cur, bytes + 3);
}

static void test_full_batch_goes_on(void **state)
{
	u8 b[200];
	u32 n = 0;

	(void)state;
	for (u32 i = 0; i < sizeof(b); i += 2) {
		b[i] = OP_HOLD_LOCK | REC_BARRIER;
		b[i + 1] = (u8)(i % ID_END);
	}
	memcpy(bytes, b, sizeof(b));
	decoder_feed(&dec, bytes, bytes + sizeof(b), false);
	for (;;) {
		enum decode_stop stop = decoder_run(&dec, &batch);

		for (u32 i = 0; i < batch.n; i++, n++)
			assert_int_equal(events[i].kind, n % 2 ? EV_HOLD_LOCK : MARK_BARRIER);
		batch.n = 0;
		if (stop == DECODE_END)
			break;
		assert_int_equal(stop, DECODE_FULL);
	}
	assert_int_equal(n, 200);
}

/* A mark whose arguments have no room is put out later, the barrier that it carries only once. */
static void test_barrier_goes_on(void **state)
{
	(void)state;
	batch.used = batch.cap - 8;
	assert_int_equal(FEED(MARK_WITH(2) | REC_BARRIER, NUMBER(BEGIN), 5, 6,
	                      OP_MARK | REC_BARRIER, NUMBER(CLOSE)),
	                 DECODE_FULL);
	assert_int_equal(batch.n, 1);
	assert_int_equal(events[0].kind, MARK_BARRIER);
	batch.n = 0;
	batch.used = 0;
	assert_int_equal(decoder_run(&dec, &batch), DECODE_CLOSE);
	assert_int_equal(batch.n, 3);
	assert_int_equal(events[0].kind, MARK_BEGIN);
	assert_int_equal(events[0].args[1], 6);
	assert_int_equal(events[1].kind, MARK_BARRIER);
	assert_int_equal(events[2].kind, MARK_CLOSE);
}

/* Each malformed record, behind a good one, and what is said of it. */
static const struct {
	u32 n;
	u8 b[24];
	const char *why;
} malformed[] = {
	{ 1, { OP_HOLD_LOCK | REC_SAME }, "a first record that names no lock" },
	{ 2, { OP_INC_TICKET, ID_END }, "a lock that is out of range" },
	{ 2, { OP_HOLD_LOCK, 255 }, "a lock that is out of range" },
	{ 1, { OP_HOLD_LOCK }, "a record that is longer than its chunk" },
	{ 2, { OP_GET_NOW | 1 << 6, 1 }, "a record that is longer than its chunk" },
	{ 5, { OP_GET_NOW | 2 << 6, 1, 0, 0, 0 }, "a record that is longer than its chunk" },
	{ 7, { OP_INC_NOW | 3 << 6, 1, 0, 0, 0, 0, 0 }, "a record that is longer than its chunk" },
	{ 2, { OP_HOLD_LOCK | 3 << 6, 1 }, "a HOLD_LOCK of an unknown form" },
	{ 2, { OP_OPULL | 3 << 6, 1 }, "a pull or push of an unknown form" },
	{ 2, { OP_OPULL | 1 << 6, 1 }, "a record that is longer than its chunk" },
	{ 2, { OP_PUSH | 2 << 6, 1 }, "a whole digest that has not eight bytes" },
	{ 4, { OP_MORE | 1 << 4, 1, OP_PUSH, 1 }, "more bytes before a record that takes none" },
	{ 4, { OP_MORE | 1 << 4, 1, OP_GET_NOW, 1 }, "more bytes before a record that takes none" },
	{ 7,
	  { OP_MORE | 1 << 4, 1, OP_SET, 1, 0, 0, 0 },
	  "more bytes before a record that takes none" },
	{ 3, { OP_MORE | 1 << 4, 1, OP_BARRIER }, "more bytes before a record that takes none" },
	{ 7,
	  { OP_MORE | 1 << 4, 1, OP_DIFF, 1, 0, 0, 2 },
	  "more bytes before a record that takes none" },
	{ 4, { OP_DIFF, 1, 0x80, 0x80 }, "a difference whose field number does not end" },
	{ 5, { OP_DIFF, 1, 4, 0, 0 }, "a difference of a field that the object does not have" },
	{ 3, { OP_DIFF, 1, 0 }, "a difference whose index does not end" },
	{ 5, { OP_DIFF, 1, 0, 1, 0 }, "a difference whose index is out of range" },
	{ 4, { OP_DIFF, 4, 1, 0 }, "a difference whose length does not end" },
	{ 6, { OP_DIFF, 4, 1, 15, 1, 0 }, "a difference whose range leaves its field" },
	{ 5, { OP_DIFF, 4, 1, 14, 1 }, "a difference whose value does not end" },
	{ 4, { OP_DIFF, 4, 0, 1 }, "a difference whose value does not end" },
	{ 6,
	  { OP_DIFF | 2 << 6, 1, 0, 0, 2, 1 },
	  "a difference from the data oracle that is not flat memory's" },
	{ 3, { OP_DIFF | 2 << 6, 0, 0x80 }, "a difference whose VM does not end" },
	{ 5, { OP_DIFF | 2 << 6, 0, 34, 0, 0 }, "a difference of a VM that is out of range" },
	{ 5, { OP_DIFF | 2 << 6, 0, 32, 0, 0x80 }, "a difference whose value does not end" },
	{ 8,
	  { OP_DIFF | 2 << 6, 0, 7, 0, 1, 1, 0, 0 },
	  "a difference that leaves the data oracle's numbers" },
	{ 2, { OP_PUSH, 0 }, "a push of flat memory that has no number" },
	{ 4,
	  { OP_SET | SET_KIND << 4, 6, OP_PUSH, 0 },
	  "a push of flat memory that has no number" },
	{ 3, { OP_FLAT, 0x80, 0x80 }, "a number of flat memory that does not end" },
	{ 1, { OP_FLAT }, "a number of flat memory that does not end" },
	{ 6,
	  { OP_FLAT, 0x80, 0x80, 0x80, 0x80, 0x10 },
	  "a number of flat memory that is out of range" },
	{ 1, { OP_FLAT | FLAT_KNOWN | 1 << 6 }, "a record that is longer than its chunk" },
	{ 1, { OP_FLAT | FLAT_KNOWN | 2 << 6 }, "a whole digest that has not eight bytes" },
	{ 1, { OP_FLAT | FLAT_KNOWN | 3 << 6 }, "a mark whose argument does not end" },
	{ 4, { OP_MORE | 2 << 4, 0x38, 0x80, ACCESS }, "a mark whose argument does not end" },
	{ 5, { OP_MORE | 3 << 4, 0xb8, 1, 5, ACCESS }, "a mark whose argument does not end" },
	{ 5, { OP_MORE | 3 << 4, 0x38, 5, 0x80, ACCESS }, "a mark whose argument does not end" },
	{ 6, { OP_MORE | 4 << 4, 0x38, 5, 5, 0, ACCESS }, "a mark whose argument does not end" },
	{ 5, { OP_MORE | 3 << 4, 0x38, 5, ID_END << 1, ACCESS }, "a lock that is out of range" },
	{ 4, { OP_MORE | 2 << 4, 0x3f, 5, ACCESS }, "an access of an unknown form" },
	{ 5, { OP_MORE | 3 << 4, 0x80, 2, 5, ACCESS }, "an access of an unknown form" },
	{ 3,
	  { OP_MORE | 1 << 4, ACCESS_PLAIN, ACCESS },
	  "a mark with too few arguments, or too many" },
	{ 3,
	  { OP_MORE | 1 << 4, 1, OP_FLAT | FLAT_KNOWN },
	  "more bytes before a record that takes none" },
	{ 7,
	  { OP_MORE | 4 << 4, 0, 0, 2, 0, OP_DIFF | 1 << 6, 1 },
	  "a difference with bytes behind it" },
	{ 5, { OP_SET | SET_NR << 4, 0, 0, 0, 0 }, "a setting that is unknown" },
	{ 4, { OP_SET | SET_BOUND << 4, 1, 0, 0 }, "a record that is longer than its chunk" },
	{ 5, { OP_SET | SET_NOW << 4, 1, 0, 0, 0 }, "a record that is longer than its chunk" },
	{ 6, { OP_SET | SET_TICKET << 4, ID_END, 0, 0, 0, 0 }, "a lock that is out of range" },
	{ 5, { OP_SET | SET_ID << 4, ID_END, 0, 0, 0 }, "an object that is out of range" },
	{ 2, { OP_SET | SET_KIND << 4, 7 }, "a kind of push that is unknown" },
	{ 9, { OP_MORE | 8 << 4 }, "a record that carries no bytes or too many" },
	{ 1, { OP_TIME | 8 << 4, 1 }, "a record that carries no bytes or too many" },
	{ 1, { OP_MORE | 9 << 4, 1 }, "a record that carries no bytes or too many" },
	{ 1, { OP_TIME | 11 << 4, 1, 1 }, "a record that is longer than its chunk" },
	{ 1, { OP_TIME }, "a record that carries no bytes or too many" },
	{ 3, { OP_TIME | 3 << 4, 1, 1 }, "a record that is longer than its chunk" },
	{ 1, { OP_MARK }, "a record that is longer than its chunk" },
	{ 2, { OP_MARK, EV_NR - EV_END - 1 }, "a mark that is unknown" },
	{ 2, { OP_MARK, MARK_MAY_SKIP - 1 }, "a mark that is unknown" },
	{ 3, { MARK_WITH(2), NUMBER(BEGIN), 1 }, "a record that is longer than its chunk" },
	{ 2, { MARK_WITH(1), 255 }, "a record that is longer than its chunk" },
	{ 9, { MARK_WITH(7), NUMBER(BEGIN), 1, 1, 1, 1, 1, 1, 1 }, "a mark of an unknown length" },
	{ 9, { MARK_WITH(7), MARK_MAY_SKIP, 1, 1, 1, 1, 1, 1, 1 }, "a mark of an unknown length" },
	{ 3, { MARK_WITH(1), NUMBER(BEGIN), 0x80 }, "a mark whose argument does not end" },
	{ 4,
	  { OP_MORE | 1 << 4, 0x80, OP_MARK, NUMBER(BEGIN) },
	  "a mark whose argument does not end" },
	{ 6,
	  { OP_MORE | 1 << 4, 0x80, MARK_WITH(2), NUMBER(BEGIN), 1, 0x80 },
	  "a mark whose argument does not end" },
	{ 2, { OP_MARK, NUMBER(STUCK) }, "a mark that does not say how many arguments it has" },
	{ 3,
	  { MARK_WITH(1), NUMBER(STUCK), 0x80 },
	  "a mark that does not say how many arguments it has" },
	{ 4,
	  { MARK_WITH(2), NUMBER(STUCK), 0x81, 2 },
	  "a mark that does not say how many arguments it has" },
	{ 3, { MARK_WITH(1), NUMBER(STUCK), 1 }, "a mark whose argument does not end" },
	{ 6,
	  { MARK_WITH(4), NUMBER(STUCK), 1, 1, 'a', 0 },
	  "a mark whose sentence holds a byte 0" },
	{ 2, { OP_MARK, NUMBER(BEGIN) }, "a mark with too few arguments, or too many" },
	{ 3, { MARK_WITH(1), NUMBER(CLOSE), 0 }, "a mark with too few arguments, or too many" },
	{ 3, { MARK_WITH(1), NUMBER(BARRIER), 0 }, "a mark with too few arguments, or too many" },
	{ 4,
	  { MARK_WITH(2), NUMBER(DEADLOCK), 0, 1 },
	  "a mark with too few arguments, or too many" },
	{ 2, { OP_MARK, NUMBER(EPISODE) }, "an episode without its number" },
	{ 4, { MARK_WITH(2), NUMBER(EPISODE), 1, 1 }, "an episode with more than its number" },
	{ 1, { OP_BARRIER | REC_BARRIER }, "a barrier of an unknown form" },
	{ 1, { OP_END }, "a record of no kind" },
	{ 1, { OP_END | 1 << 4 }, "a record of no kind" },
};

static void test_malformed_records(void **state)
{
	static const u8 good[] = { OP_TIME | 1 << 4, 1 };

	for (u32 i = 0; i < ARRAY_SIZE(malformed); i++) {
		u8 b[32];

		memcpy(b, good, sizeof(good));
		memcpy(b + sizeof(good), malformed[i].b, malformed[i].n);
		teardown(state);
		setup(state);
		assert_int_equal(feed(b, sizeof(good) + malformed[i].n), DECODE_ERROR);
		assert_string_equal(dec.why, malformed[i].why);
		assert_true(dec.cur >= bytes + sizeof(good));
	}
}

static void test_too_much(void **state)
{
	static const struct {
		u32 bytes, mark;
		u8 first[2];
		const char *why;
	} t[] = {
		{ LOG_MAX_MORE + 7, NUMBER(BEGIN), { 1, 1 }, "too many bytes for one record" },
		{ MAX_MARK_ARGS / 7 * 7 + 7,
		  NUMBER(BEGIN),
		  { 1, 1 },
		  "a mark with too many arguments" },
		{ MAX_MARK_TEXT / 7 * 7 + 7,
		  NUMBER(STUCK),
		  { 1, 1 },
		  "a mark whose sentence is too long" },
	};

	(void)state;
	for (u32 k = 0; k < ARRAY_SIZE(t); k++) {
		u32 n = 0;

		teardown(state);
		setup(state);
		for (u32 i = 0; i < t[k].bytes; i += 7) {
			memset(bytes + n, 1, 8);
			bytes[n] = OP_MORE | 7 << 4;
			n += 8;
		}
		memcpy(bytes + 1, t[k].first, 2);
		bytes[n++] = OP_MARK;
		bytes[n++] = (u8)t[k].mark;
		decoder_feed(&dec, bytes, bytes + n, false);
		assert_int_equal(decoder_run(&dec, &batch), DECODE_ERROR);
		assert_string_equal(dec.why, t[k].why);
	}
}

/* Marks of 64 and above are passed over, whatever they carry, and counted by their number; what they carry else is kept. */
static void test_unknown_marks(void **state)
{
	static const u8 b[] = { MARK_WITH(2) | REC_BARRIER,
		                64,
		                0x80,
		                0x80,
		                OP_MORE | 1 << 4,
		                7,
		                OP_TIME | 1 << 4,
		                5,
		                OP_MARK,
		                255,
		                OP_MARK,
		                70,
		                OP_MARK,
		                70,
		                OP_TIME | 1 << 4,
		                1,
		                OP_HOLD_LOCK,
		                1 };
	struct decoder look;

	(void)state;
	memcpy(bytes, b, sizeof(b));
	decoder_feed(&dec, bytes, bytes + sizeof(b), false);
	decoder_copy(&look, &dec);
	assert_int_equal(decoder_run(&look, NULL), DECODE_END);
	assert_true(look.skipped[0] == 0);
	decoder_destroy(&look);
	assert_int_equal(decoder_run(&dec, &batch), DECODE_END);
	assert_int_equal(batch.n, 2);
	assert_int_equal(events[0].kind, MARK_BARRIER);
	assert_int_equal(events[1].kind, EV_HOLD_LOCK);
	assert_int_equal(events[1].time_ns, 6);
	for (u32 i = 0; i < MARK_SKIPPABLE; i++)
		assert_true(dec.skipped[i] == (i == 70 - MARK_MAY_SKIP              ? 2
		                               : i == 0 || i == 255 - MARK_MAY_SKIP ? 1
		                                                                    : 0));
}

/* Any bytes: events in range or an error, never anything else. */
static void test_noise(void **state)
{
	struct event ev[16];
	u64 x = test_seed(1);

	for (u32 round = 0; round < 20000; round++) {
		enum decode_stop stop = DECODE_STEP;
		u32 n = 1 + round % 200;

		for (u32 i = 0; i < n; i++) {
			x = x * 6364136223846793005ull + 1442695040888963407ull;
			bytes[i] = (u8)(x >> (round % 3 ? 56 : 59));
		}
		decoder_feed(&dec, bytes, bytes + n, round % 2);
		while (stop < DECODE_END || stop == DECODE_FULL) {
			batch.event = ev;
			batch.max = 16;
			batch.n = 0;
			batch.used = 0;
			stop = decoder_run(&dec, &batch);
			for (u32 i = 0; i < batch.n; i++) {
				assert_true(ev[i].kind > EV_NONE && ev[i].kind < EV_NR);
				assert_true(ev[i].lk < ID_END);
				for (u32 k = 0; event_is_push(ev[i].kind) && k < ev[i].n; k++)
					assert_true(obj_index_ok(ev[i].lk, ev[i].diffs[k].field,
					                         ev[i].diffs[k].last));
			}
			if (stop == DECODE_STEP) {
				assert_true(dec.step.lk < ID_END);
				batch.n = batch.used = 0;
				decoder_emit(&dec, &batch);
			}
		}
		teardown(state);
		setup(state);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(test_words_of_every_form),
		T(test_settings),
		T(test_pull_change_push),
		T(test_range_of_a_pool),
		T(test_flat_memory),
		T(test_flat_memory_needs_room),
		T(test_marks_and_times),
		T(test_episode_starts_over),
		T(test_open_chunk_ends_at_zero),
		T(test_full_batch_goes_on),
		T(test_barrier_goes_on),
		T(test_malformed_records),
		T(test_too_much),
		T(test_unknown_marks),
		T(test_noise),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
