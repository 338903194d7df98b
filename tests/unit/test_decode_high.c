// SPDX-License-Identifier: GPL-2.0-only
/* Records of locks without tickets: the forms 1 and 2 of HOLD_LOCK. */
#include "sim/log/read/decode.h"
#include "tests/kit.h"

#include <string.h>

static struct log_config config;
static struct decoder dec;
static struct event events[8];
static struct decode_batch batch;

static int setup(void **state)
{
	(void)state;
	log_config_init(&config, 4);
	config.start_ticket = config.start_now = 7;
	decoder_init(&dec, 3, &config);
	batch = (struct decode_batch){ .event = events, .max = 8 };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	decoder_destroy(&dec);
	return 0;
}

/* The step of these bytes, put out alone. */
static void step(const char *bytes, size_t n, u32 op, u32 number, u32 kind, u32 bound)
{
	static u8 room[64];

	memset(room, 0xff, sizeof(room));
	memcpy(room, bytes, n);
	decoder_feed(&dec, room, room + n, false);
	batch.n = 0;
	assert_int_equal(decoder_run(&dec, &batch), DECODE_STEP);
	assert_int_equal(dec.step.op, op);
	assert_int_equal(dec.step.lk, 5);
	assert_int_equal(word_rank(dec.step.word), number);
	batch.n = 0;
	decoder_emit(&dec, &batch);
	assert_int_equal(batch.n, 1);
	assert_int_equal(events[0].kind, kind);
	assert_int_equal(events[0].arg, bound);
	assert_int_equal(events[0].flags, 0);
}

/* From the rank of the start on: SET of bound 12, WAIT_LOCK; REL_LOCK; then 200 steps of others. */
static void test_numbers(void **state)
{
	(void)state;
	step("\x0b\x0c\0\0\0\x43\x05\0", 8, OP_WAIT_LOCK, 14, EV_WAIT_LOCK, 12);
	step("\x93\0", 2, OP_REL_LOCK, 15, EV_REL_LOCK, 0);
	step("\x53\xc8\x01", 3, OP_WAIT_LOCK, 216, EV_WAIT_LOCK, 12);
	step("\x43\x05\xff\xff\xff\xff\x0f", 7, OP_WAIT_LOCK, 216, EV_WAIT_LOCK, 12);
}

static const struct {
	const char *b;
	size_t n;
	const char *why;
} malformed[] = {
	{ "\xc3\x05", 2, "a HOLD_LOCK of an unknown form" },
	{ "\x43\x05", 2, "a number of a lock's step that does not end" },
	{ "\x83\x05\x80\x80", 4, "a number of a lock's step that does not end" },
	{ "\x43\x05\x80\x80\x80\x80\x10", 7, "a number of a lock's step that is out of range" },
	{ "\x43\0\0", 3, "a lock's step at flat memory, which has none" },
	{ "\x1a\x01\x43\x05\0", 5, "more bytes before a record that takes none" },
	{ "\x43\x27\0", 3, "a lock that is out of range" },
};

static void test_malformed(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(malformed); i++) {
		u8 room[64] = { 0 };

		memcpy(room, malformed[i].b, malformed[i].n);
		decoder_feed(&dec, room, room + malformed[i].n, false);
		batch.n = 0;
		assert_int_equal(decoder_run(&dec, &batch), DECODE_ERROR);
		assert_string_equal(dec.why, malformed[i].why);
		teardown(NULL);
		setup(NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_numbers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_malformed, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
