// SPDX-License-Identifier: GPL-2.0-only
/* The mark ACCESS byte by byte, and arguments of every kind and back. */
#include "sim/log/mark_arg.h"

#include "sim/base/rng.h"
#include "sim/log/read/decode.h"
#include "sim/log/write/log.h"
#include "tests/kit.h"

#include <string.h>

enum { S2PAGE = S2PAGE_ID, NPT3 = NPT_ID + 3, INFO8 = INFO_ID + 8 };

static struct log_config config;
static struct log *log_;
static struct log_writer *w;
static struct decoder dec;

static int setup(void **state)
{
	struct err e;

	(void)state;
	log_config_init(&config, 1);
	config.start_ticket = config.start_now = 7;
	if (log_open_memory(&log_, &config, LOG_SLOT_BYTES * 4, &e) < 0)
		return -1;
	w = log_writer(log_, 0);
	decoder_init(&dec, 0, &config);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	decoder_destroy(&dec);
	log_free(log_);
	return 0;
}

/* Where the next record goes. */
static u32 at;

static void begin(void)
{
	at = place_at(w->place);
}

/* What was written since begin() is @want, and a decoder makes of it step @number with arguments @args. */
static void is(const u8 *want, u32 n_want, u32 number, const u64 *args, u32 n)
{
	const u8 *have = (u8 *)w->chunk + at;
	u32 n_have = place_at(w->place) - at;

	if (want) {
		assert_int_equal(n_have, n_want);
		assert_memory_equal(have, want, n_want);
	}
	decoder_feed(&dec, have, have + n_have, false);
	assert_int_equal(decoder_run(&dec, NULL), DECODE_STEP);
	assert_int_equal(dec.step.op, OP_ACCESS);
	assert_int_equal(word_ticket(dec.step.word), number);
	assert_int_equal(dec.n_access, n);
	assert_memory_equal(dec.access, args, n * sizeof(u64));
	assert_int_equal(decoder_run(&dec, NULL), DECODE_END);
}

#define ARGS(...)  (const u64[]){ __VA_ARGS__ }, sizeof((const u64[]){ __VA_ARGS__ }) / 8
#define BYTES(...) (const u8[]){ __VA_ARGS__ }, sizeof((const u8[]){ __VA_ARGS__ })
#define MORE(n)    (OP_MORE | (n) << 4)
#define FLAT       (OP_FLAT | FLAT_ACCESS << REC_FORM_SHIFT)

static void writes(u32 number, const u64 *args, u32 n, const u8 *want, u32 n_want)
{
	begin();
	log_access(w, number, n, args);
	is(want, n_want, number, args, n);
}

static void bytes(void **state)
{
	(void)state;
	/* Own page 5 by a walk, level 3, and two objects where nobody has been since the start. */
	writes(7, ARGS(0, 1, 3, 5, 0, NPT3, 7, 0, S2PAGE, 7, 0),
	       BYTES(MORE(4), 0x38, 5, NPT3 << 1, S2PAGE << 1, FLAT | FLAT_KNOWN));
	/* Two sections of the table's lock before, one meanwhile; two steps of others at flat memory; a value. */
	writes(10, ARGS(1, 2, 2, 0x180, 0x81, NPT3, 9, 1, S2PAGE, 7, 0),
	       BYTES(MORE(7), 0xd1, 1, 0x80, 3, 0x81, 1, NPT3 << 1 | 1, MORE(3), 2, 1, S2PAGE << 1,
	             FLAT, 2));
	/* Nothing found, nothing read. */
	writes(11, ARGS(3, 0, 0, 0, 0), BYTES(MORE(2), 3, 0, FLAT | FLAT_KNOWN));
	/* The buffer's translation could not be told from a stale one: as it is. */
	writes(12, ARGS(0, 4, 3, 5, 0, INFO8, 9, 0),
	       BYTES(MORE(7), 7, 0, 4, 3, 5, 0, INFO8, MORE(2), 9, 0, FLAT | FLAT_KNOWN));
}

/* What the CPU knows of a lock is what its steps on the word say, as for words; an access changes nothing of it. */
static void known(void **state)
{
	(void)state;
	begin();
	log_acquire(w, NPT3, word_make(9, 9), config.lock_bound);
	log_inc_now(w, NPT3, word_make(10, 9));
	decoder_feed(&dec, (u8 *)w->chunk + at, log_cur(w), false);
	assert_int_equal(decoder_run(&dec, NULL), DECODE_STEP);
	assert_int_equal(decoder_run(&dec, NULL), DECODE_STEP);
	assert_int_equal(decoder_run(&dec, NULL), DECODE_END);
	for (u32 i = 0; i < 2; i++)
		writes(7 + i, ARGS(0, 1, 3, 5, 0, NPT3, 12, 0),
		       BYTES(MORE(5), 0x38, 5, NPT3 << 1 | 1, 2, 0, FLAT | FLAT_KNOWN));
	writes(9, ARGS(0, 1, 3, 5, 0, NPT3, 10, 0),
	       BYTES(MORE(3), 0x38, 5, NPT3 << 1, FLAT | FLAT_KNOWN));
	/* Of flat memory itself it knows the number. */
	writes(10, ARGS(0, 1, 3, 5, 0, FLATMEM_ID, 10, 0),
	       BYTES(MORE(3), 0x38, 5, FLATMEM_ID << 1, FLAT | FLAT_KNOWN));
}

/* Small numbers near the borders of the short form, and any. */
static u64 draw(struct rng *r)
{
	return rng_below(r, 8) ? rng_below(r, 10) : rng_next(r) >> rng_below(r, 64);
}

static void any(void **state)
{
	struct rng r = { test_seed(1) };

	(void)state;
	for (u32 i = 0; i < 500; i++) {
		u32 n = 5 + 3 * (u32)rng_below(&r, (ACCESS_MAX_ARGS - 5) / 3 + 1);
		u64 args[ACCESS_MAX_ARGS];

		for (u32 k = 0; k < n; k++)
			args[k] = k >= 5 && k % 3 == 2 ? rng_below(&r, 45) : draw(&r);
		writes(7 + i, args, n, NULL, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(bytes, setup, teardown),
		cmocka_unit_test_setup_teardown(known, setup, teardown),
		cmocka_unit_test_setup_teardown(any, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
