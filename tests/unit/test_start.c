// SPDX-License-Identifier: GPL-2.0-only
#include "sim/machine/start.h"
#include "tests/kit.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <time.h>

enum { THREADS = 3, ROUNDS = 300 };

/* @ready: threads that have asked for the start before it; @round: the start that is given, set just before it. */
static struct {
	struct start start;
	bool spin;
	u32 ready, early, round;
} line;

static void *waiter(void *arg)
{
	(void)arg;
	for (u32 round = 1; round <= ROUNDS; round++) {
		u32 seen = start_seen(&line.start);

		__atomic_fetch_add(&line.ready, 1, __ATOMIC_SEQ_CST);
		start_wait(&line.start, seen, line.spin);
		if (__atomic_load_n(&line.round, __ATOMIC_SEQ_CST) < round)
			__atomic_fetch_add(&line.early, 1, __ATOMIC_SEQ_CST);
		/* As after a meeting: nobody asks for the next start before all have this one. */
		__atomic_fetch_add(&line.ready, 1, __ATOMIC_SEQ_CST);
		while (__atomic_load_n(&line.ready, __ATOMIC_SEQ_CST) < 2 * THREADS * round)
			sched_yield();
	}
	return NULL;
}

static void rounds(bool spin)
{
	pthread_t t[THREADS];

	memset(&line, 0, sizeof(line));
	line.spin = spin;
	for (u32 i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&t[i], NULL, waiter, NULL), 0);
	for (u32 round = 1; round <= ROUNDS; round++) {
		while (__atomic_load_n(&line.ready, __ATOMIC_SEQ_CST) < (2 * round - 1) * THREADS)
			sched_yield();
		/* Now and then so late that they sleep. */
		if (round % 16 == 0)
			nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
		__atomic_store_n(&line.round, round, __ATOMIC_SEQ_CST);
		start_all(&line.start);
	}
	for (u32 i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
	assert_int_equal(line.early, 0);
	assert_int_equal(start_seen(&line.start), ROUNDS);
}

/* Who waits for a start goes when it is given, not before, whether it looks, gives its core away or sleeps. */
static void all_start(void **state)
{
	(void)state;
	rounds(false);
	rounds(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(all_start) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
