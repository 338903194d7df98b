// SPDX-License-Identifier: GPL-2.0-only
/* The bytes of every kind of record, against sim/log/format.h. */
#include "sim/log/write/writer.h"

#include "sim/base/clock.h"
#include "sim/log/write/log.h"
#include "tests/kit.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { LK = NPT_ID + 2, BOUND = 10 };

struct fixture {
	struct log_config config;
	struct log *log;
	struct log_writer *w;
	u8 *seen;
};

static void make(struct fixture *f, u32 start, bool timestamps)
{
	struct err e;

	log_config_init(&f->config, 1);
	f->config.lock_bound = BOUND;
	f->config.start_ticket = f->config.start_now = start;
	f->config.timestamps = timestamps;
	assert_int_equal(log_open_memory(&f->log, &f->config, 1ull << 30, &e), 0);
	f->w = log_writer(f->log, 0);
	f->seen = log_cur(f->w);
}

static void unmake(struct fixture *f)
{
	log_free(f->log);
	log_config_free(&f->config);
}

static u64 word(u32 ticket, u32 now)
{
	return (u64)ticket << 32 | now;
}

/* What was written since the last look is exactly @hex ("01 07"). */
static void wrote(struct fixture *f, const char *hex)
{
	char text[256] = "";
	size_t n = 0;

	for (; f->seen < log_cur(f->w); f->seen++) {
		assert_true(n + 4 < sizeof(text));
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%02x", n ? " " : "", *f->seen);
	}
	assert_string_equal(text, hex);
}

/* Differences to the known word: none, a nibble, two bytes, three bytes, and beyond. */
static void word_forms(void **state)
{
	struct fixture f;

	(void)state;
	make(&f, 0, false);
	log_get_now(f.w, LK, word(0, 0));
	wrote(&f, "02 07");
	log_get_now(f.w, LK, word(0, 0));
	wrote(&f, "12");
	log_get_now(f.w, LK, word(15, 0));
	wrote(&f, "52 f0");
	log_get_now(f.w, LK, word(15, 15));
	wrote(&f, "52 0f");
	log_get_now(f.w, LK, word(31, 15));
	wrote(&f, "92 10 00 00 00");
	log_get_now(f.w, LK, word(31, 31));
	wrote(&f, "92 00 00 10 00");
	log_get_now(f.w, LK, word(31 + 0xffff, 31 + 0x1234));
	wrote(&f, "92 ff ff 34 12");
	log_get_now(f.w, LK, word(0x2001e, 31 + 0x1234));
	wrote(&f, "d2 00 00 01 00 00 00");
	log_get_now(f.w, LK, word(0x2001e, 0x1253 + 0xffffff));
	wrote(&f, "d2 00 00 00 ff ff ff");
	log_get_now(f.w, LK, word(0x102001e, 0x1001252));
	wrote(&f, "1b 07 1e 00 02 01 2b 07 52 12 00 01 12");
	/* backwards is far, too */
	log_get_now(f.w, LK, word(0x102001e, 0x1001251));
	wrote(&f, "1b 07 1e 00 02 01 2b 07 51 12 00 01 12");
	unmake(&f);
}

/* What the CPU knows of a word after each kind of step, mod 2^32, for each lock of its own. */
static void known_words(void **state)
{
	struct fixture f;

	(void)state;
	make(&f, 0xffffffff, false);
	log_inc_ticket(f.w, LK, word(0xffffffff, 0xffffffff), BOUND);
	wrote(&f, "01 07");
	log_get_now(f.w, LK, word(0, 0xffffffff));
	wrote(&f, "12");
	log_hold_lock(f.w, LK);
	wrote(&f, "13");
	log_inc_now(f.w, LK, word(0, 0xffffffff));
	wrote(&f, "14");
	log_acquire(f.w, LK, word(0, 0), BOUND);
	wrote(&f, "15");
	log_inc_now(f.w, LK, word(3, 0));
	wrote(&f, "54 20");
	log_served(f.w, LK, word(3, 1));
	wrote(&f, "16");
	/* another lock is known by its own start value */
	log_acquire(f.w, LK + 1, word(0, 0xffffffff), BOUND);
	wrote(&f, "45 08 10");
	log_hold_lock(f.w, LK + 1);
	wrote(&f, "13");
	log_hold_lock(f.w, LK);
	wrote(&f, "03 07");
	log_served(f.w, LK, word(4, 2));
	wrote(&f, "56 11");
	unmake(&f);
}

/* A bound is told when it changes. */
static void bounds(void **state)
{
	struct fixture f;

	(void)state;
	make(&f, 0, false);
	log_inc_ticket(f.w, LK, word(0, 0), 0x12345678);
	wrote(&f, "0b 78 56 34 12 01 07");
	log_acquire(f.w, LK, word(1, 0), 0x12345678);
	wrote(&f, "15");
	log_acquire(f.w, LK, word(2, 0), BOUND);
	wrote(&f, "0b 0a 00 00 00 15");
	log_inc_ticket(f.w, LK, word(3, 0), BOUND);
	wrote(&f, "11");
	unmake(&f);
}

/* A barrier rides on the next record, whatever it is, and on no other; of two in a row the first is a record. */
static void barriers(void **state)
{
	struct fixture f;

	(void)state;
	make(&f, 0, false);
	log_barrier(f.w);
	wrote(&f, "");
	log_hold_lock(f.w, LK);
	wrote(&f, "23 07");
	log_hold_lock(f.w, LK);
	wrote(&f, "13");
	log_barrier(f.w);
	log_barrier(f.w);
	wrote(&f, "0d");
	log_hold_lock(f.w, LK);
	wrote(&f, "33");
	log_barrier(f.w);
	log_mark(f.w, MARK_PANIC, 0, NULL);
	wrote(&f, "2c 04");
	log_mark(f.w, MARK_PANIC, 0, NULL);
	wrote(&f, "0c 04");
	log_barrier(f.w);
	log_opull(f.w, LK, LK, 0);
	wrote(&f, "77 00");
	unmake(&f);
}

/* Pulls and pushes: low byte of the digest; the first push of a lock, and each 64th behind it, carry it whole. */
static void pull_and_push(void **state)
{
	const u64 digest = 0x1122334455667788;
	struct fixture f;

	(void)state;
	make(&f, 0, false);
	log_opull(f.w, LK, LK, digest);
	wrote(&f, "47 07 88");
	log_opull(f.w, LK, 0x01020304, digest);
	wrote(&f, "3b 04 03 02 01 57 88");
	log_push(f.w, LK, EV_ONPT, digest, false);
	wrote(&f, "7a 88 77 66 55 44 33 22 1a 11 98");
	for (u32 i = 1; i < 64; i++) {
		log_push(f.w, LK, EV_ONPT, digest, false);
		wrote(&f, "58 88");
	}
	log_push(f.w, LK, EV_ONPT, digest, false);
	wrote(&f, "7a 88 77 66 55 44 33 22 1a 11 98");
	log_push(f.w, LK, EV_ONPT, digest, true);
	wrote(&f, "7a 88 77 66 55 44 33 22 1a 11 98");
	log_push(f.w, LK, EV_OFLATMEM, digest, false);
	wrote(&f, "4b 06 58 88");
	log_push(f.w, CORE_ID, EV_OCORE_DATA, digest, false);
	wrote(&f, "7a 88 77 66 55 44 33 22 1a 11 88 01");
	unmake(&f);
}

/* Differences: up to six bytes in the record, longer ones before it in pieces of seven. */
static void differences(void **state)
{
	struct fixture f;

	(void)state;
	make(&f, 0, false);
	log_diff(f.w, LK, 4, 0, 1, 1);
	wrote(&f, "09 07 08 00 02");
	log_diff(f.w, LK, 4, 0, 1, (u64)-1);
	wrote(&f, "19 08 00 01");
	log_diff(f.w, LK, 4, 3, 2, 1);
	wrote(&f, "19 09 03 01 02");
	log_diff(f.w, LK, 4, 300, 1, 300);
	wrote(&f, "19 08 ac 02 d8 04");
	log_diff(f.w, LK, 4, 300, 1, 0x2000);
	wrote(&f, "19 08 ac 02 80 80 01");
	log_diff(f.w, LK, 4, 300, 129, 0x2000);
	wrote(&f, "7a 09 ac 02 80 01 80 80 59 01");
	log_diff(f.w, LK, 4, 300, 3, 0x2000);
	wrote(&f, "7a 09 ac 02 02 80 80 01 59");
	unmake(&f);
}

/* Up to six bytes of a mark's arguments stand in its record, more before it; an episode begins with the words at their start. */
static void marks(void **state)
{
	const u64 args[MAX_MARK_ARGS] = { 3, 300, ~0ull };
	const u64 small[] = { 1, 2, 3, 4, 5, 6, 7 };
	struct fixture f;

	(void)state;
	make(&f, 5, false);
	log_mark(f.w, MARK_BEGIN, 2, args);
	wrote(&f, "5c 01 03 ac 02");
	log_mark(f.w, MARK_END_OP, 0, args);
	wrote(&f, "0c 02");
	for (u32 n = 1; n <= 6; n++) {
		static const char *const want[] = {
			"1c 01 01",          "4c 01 01 02",          "5c 01 01 02 03",
			"8c 01 01 02 03 04", "9c 01 01 02 03 04 05", "cc 01 01 02 03 04 05 06"
		};

		log_mark(f.w, MARK_BEGIN, n, small);
		wrote(&f, want[n - 1]);
	}
	log_barrier(f.w);
	log_mark(f.w, MARK_BEGIN, 7, small);
	wrote(&f, "7a 01 02 03 04 05 06 07 2c 01");
	log_mark(f.w, MARK_BEGIN, 3, args);
	wrote(&f, "7a 03 ac 02 ff ff ff ff cc 01 ff ff ff ff ff 01");
	log_acquire(f.w, LK, word(5, 5), BOUND);
	wrote(&f, "05 07");
	log_episode(f.w, 9, 0x70, 0x71);
	wrote(&f, "1c 05 09");
	log_acquire(f.w, LK, word(0x70, 0x71), BOUND);
	wrote(&f, "15");
	log_acquire(f.w, ID_END - 1, word(0x70, 0x71), BOUND);
	wrote(&f, "05 26");
	unmake(&f);
}

/* A sentence: how many arguments there are, they, its bytes; what is too long is cut. */
static void sentences(void **state)
{
	const u64 args[] = { 3, 300, 1 };
	char text[MAX_MARK_TEXT + 10];
	const u8 *from;
	struct fixture f;

	(void)state;
	make(&f, 5, false);
	log_mark_text(f.w, MARK_STUCK, 1, args, "");
	wrote(&f, "4c 03 01 03");
	log_mark_text(f.w, MARK_STUCK, 1, args, "f(1)");
	wrote(&f, "cc 03 01 03 66 28 31 29");
	log_mark_text(f.w, MARK_SURPRISE, 3, args, "a");
	wrote(&f, "cc 18 03 03 ac 02 01 61");
	log_mark_text(f.w, MARK_STUCK, 1, args, "f(12)");
	wrote(&f, "7a 01 03 66 28 31 32 29 0c 03");
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = 0;
	from = f.seen;
	log_mark_text(f.w, MARK_STUCK, 1, args, text);
	/* 513 bytes: 73 records of seven, two in the mark's */
	assert_int_equal(log_cur(f.w) - from, 73 * 8 + 2 + 2);
	assert_memory_equal(log_cur(f.w) - 4, "\x4c\x03xx", 4);
	f.seen = log_cur(f.w);
	unmake(&f);
}

/* Take one TIME record from what was written; its ticks. */
static u64 take_time(struct fixture *f)
{
	u64 ticks = 0;
	u32 n = *f->seen >> 4;

	assert_int_equal(*f->seen & OP_MASK, OP_TIME);
	assert_in_range(n, 2, 7);
	memcpy(&ticks, f->seen + 1, n);
	assert_true(n == 2 || ticks >> (8 * (n - 1)));
	f->seen += 1 + n;
	return ticks;
}

/* With timestamps a TIME stands before every record and mark, and counts from the one before. */
static void timestamps(void **state)
{
	const struct timespec ms = { .tv_nsec = 3000000 };
	u64 before = clock_ns(), made, sum = 0, passed;
	const u64 arg = 1;
	struct fixture f;

	(void)state;
	make(&f, 0, true);
	made = clock_ns();
	nanosleep(&ms, NULL);
	log_acquire(f.w, LK, word(0, 0), BOUND);
	sum += take_time(&f);
	wrote(&f, "05 07");
	nanosleep(&ms, NULL);
	log_hold_lock(f.w, LK);
	sum += take_time(&f);
	wrote(&f, "13");
	log_flat_record(f.w, 0, 0, 0);
	sum += take_time(&f);
	wrote(&f, "1f");
	nanosleep(&ms, NULL);
	passed = clock_ns() - made;
	log_mark(f.w, MARK_BEGIN, 1, &arg);
	sum += take_time(&f);
	wrote(&f, "1c 01 01");
	assert_true(passed >= 9000000);
	/* The counter's rate was measured, the clock is what it was measured by. */
	assert_true(sum + sum / 100 >= passed);
	assert_true(sum - sum / 100 <= clock_ns() - before);
	log_time(f.w);
	sum += take_time(&f);
	assert_true(sum - sum / 100 <= clock_ns() - before);
	/* A counter that is behind: no time passed. */
	f.w->time_last += 1ull << 60;
	log_time(f.w);
	assert_true(take_time(&f) == 0);
	unmake(&f);
}

/*
 * With timestamps a section of which nothing else is written is an ACQUIRE and an INC_NOW of one byte, each behind its TIME, and the
 * barrier that was pending before.
 */
static void timed_section(void **state)
{
	struct fixture f;

	(void)state;
	make(&f, 0, true);
	log_enter(f.w, LK, word(0, 0), BOUND);
	take_time(&f);
	wrote(&f, "05 07");
	log_leave(f.w, LK, word(1, 0));
	assert_int_equal(*f.seen++, OP_BARRIER);
	take_time(&f);
	wrote(&f, "34");
	log_enter(f.w, LK, word(1, 1), BOUND);
	take_time(&f);
	wrote(&f, "15");
	log_leave(f.w, LK, word(2, 1));
	assert_int_equal(*f.seen++, OP_BARRIER);
	take_time(&f);
	wrote(&f, "34");
	/* A time of six bytes leaves no room in the store. */
	f.w->ticks =
		(struct ticks){ .base = ticks_read() - (1ull << 45), .rate = 1ull << TICKS_SHIFT };
	f.w->time_last = 0;
	log_enter(f.w, LK, word(2, 2), BOUND);
	assert_true(take_time(&f) >> 45 == 1);
	wrote(&f, "15");
	f.w->time_last = 0;
	log_leave(f.w, LK, word(3, 2));
	assert_int_equal(*f.seen++, OP_BARRIER);
	assert_true(take_time(&f) >> 45 == 1);
	wrote(&f, "34");
	unmake(&f);
}

/* Numbers of every length there and back, and what is none. */
static void varints(void **state)
{
	u8 buf[16] = { 0 }, bad[11];
	u64 v;

	(void)state;
	for (u32 bits = 0; bits <= 64; bits++) {
		u64 in = bits ? ~0ull >> (64 - bits) : 0;
		u32 n = varint_put(buf, in);

		assert_int_equal(n, bits ? (bits + 6) / 7 : 1);
		assert_int_equal(varint_get(buf, n, &v), n);
		assert_true(v == in);
		assert_int_equal(varint_get(buf, n - 1, &v), 0);
		assert_int_equal(varint_get_padded(buf, n - 1, &v), 0);
		/* whatever stands behind it */
		memset(buf + n, in & 1 ? 0xff : 0x2a, sizeof(buf) - n);
		v = 0;
		assert_int_equal(varint_get_padded(buf, n, &v), n);
		assert_true(v == in);
		v = 0;
		assert_int_equal(varint_get(buf, sizeof(buf), &v), n);
		assert_true(v == in);
		assert_true(unzigzag(zigzag(in)) == in);
		assert_true(unzigzag(zigzag(0 - in)) == 0 - in);
	}
	assert_true(zigzag(0) == 0 && zigzag(~0ull) == 1 && zigzag(1) == 2);
	memset(bad, 0x80, sizeof(bad));
	bad[9] = 2; /* bit 64 */
	assert_int_equal(varint_get(bad, 10, &v), 0);
	bad[9] = 1;
	assert_int_equal(varint_get(bad, 10, &v), 10);
	bad[9] = 0x81;
	bad[10] = 0;
	assert_int_equal(varint_get(bad, 11, &v), 0);
}

/* Lock 0 is a lock number like any other: the first record of a stream names it. */
static void first_lock(void **state)
{
	struct fixture f;

	(void)state;
	make(&f, 0, false);
	log_diff(f.w, FLATMEM_ID, 0, 5, 1, 1);
	wrote(&f, "09 00 00 05 02");
	unmake(&f);
}

/* Flat memory: no lock is named and a number is a difference to the CPU's own last one + 1; the first digest is whole. */
static void flat_memory(void **state)
{
	const u64 digest = 0x1122334455667788, episode = 1;
	struct fixture f;

	(void)state;
	make(&f, 0xfffffffe, false);
	log_hold_lock(f.w, LK);
	wrote(&f, "03 07");
	log_flat(f.w, 0xfffffffe, digest);
	wrote(&f, "7a 88 77 66 55 44 33 22 1a 11 9f");
	log_flat(f.w, 0xffffffff, digest);
	wrote(&f, "5f 88");
	log_flat(f.w, 3, digest);
	wrote(&f, "4f 03 88");
	log_barrier(f.w);
	log_flat(f.w, 4 + 300, digest);
	wrote(&f, "6f ac 02 88");
	log_flat(f.w, 304, digest);
	wrote(&f, "4f ff ff ff ff 0f 88");
	log_flat_record(f.w, 305, 0, 0);
	wrote(&f, "1f");
	log_flat_record(f.w, 307, 0, 0);
	wrote(&f, "0f 01");
	log_hold_lock(f.w, LK);
	wrote(&f, "13");
	log_episode(f.w, episode, 0xfffffffe, 0xfffffffe);
	wrote(&f, "1c 05 01");
	for (u32 i = 5; i < 64; i++) {
		log_flat(f.w, 0xfffffffe + i - 5, digest);
		wrote(&f, "5f 88");
	}
	log_flat(f.w, 0xfffffffe + 59, digest);
	wrote(&f, "7a 88 77 66 55 44 33 22 1a 11 9f");
	unmake(&f);
}

/* Differences from the data oracle: VM and number instead of a value, by the same rule in the record or before it. */
static void oracle_differences(void **state)
{
	struct fixture f;

	(void)state;
	make(&f, 0, false);
	log_diff_oracle(f.w, 5, 1, 3, 17);
	wrote(&f, "89 00 06 05 22");
	log_diff_oracle(f.w, 5, 4, 16, 17);
	wrote(&f, "99 21 05 03 22");
	/* Numbers are counted from the one behind the VM's last, in either direction. */
	log_diff_oracle(f.w, 268435455, 1, 3, 18);
	wrote(&f, "99 06 ff ff ff 7f 00");
	log_diff_oracle(f.w, 268435455, 1, 16, 20);
	wrote(&f, "99 20 ff ff ff 7f 01");
	log_diff_oracle(f.w, 268435455, 1, 3, 219);
	wrote(&f, "7a 06 ff ff ff 7f 90 03 d9");
	log_episode(f.w, 1, 0, 0);
	wrote(&f, "1c 05 01");
	log_diff_oracle(f.w, 5, 1, 3, 1);
	wrote(&f, "99 06 05 02");
	unmake(&f);
}

static void no_cells(void *w)
{
	log_diff(w, LK, 4, 0, 0, 1);
}

static void no_push(void *w)
{
	log_push(w, LK, EV_OPULL, 0, false);
}

static void no_number(void *w)
{
	log_push(w, FLATMEM_ID, EV_OFLATMEM, 0, false);
}

static void no_vm(void *w)
{
	log_diff_oracle(w, 5, 1, N_VMID, 0);
}

static void no_mark(void *w)
{
	log_mark(w, EV_OPULL, 0, NULL);
}

static void many_args(void *w)
{
	const u64 args[MAX_MARK_ARGS + 1] = { 0 };

	log_mark(w, MARK_BEGIN, MAX_MARK_ARGS + 1, args);
}

/* What a caller may never ask for. */
static void bugs(void **state)
{
	struct fixture f;

	(void)state;
	make(&f, 0, false);
	assert_true(dies(no_cells, f.w));
	assert_true(dies(no_push, f.w));
	assert_true(dies(no_mark, f.w));
	assert_true(dies(no_number, f.w));
	assert_true(dies(no_vm, f.w));
	assert_true(dies(many_args, f.w));
	unmake(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(word_forms),    cmocka_unit_test(known_words),
		cmocka_unit_test(bounds),        cmocka_unit_test(barriers),
		cmocka_unit_test(pull_and_push), cmocka_unit_test(differences),
		cmocka_unit_test(marks),         cmocka_unit_test(sentences),
		cmocka_unit_test(timestamps),    cmocka_unit_test(timed_section),
		cmocka_unit_test(varints),       cmocka_unit_test(first_lock),
		cmocka_unit_test(flat_memory),   cmocka_unit_test(oracle_differences),
		cmocka_unit_test(bugs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
