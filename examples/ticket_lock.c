// SPDX-License-Identifier: GPL-2.0-only
/*
 * A ticket lock of one's own, whose two counters are one word, and the log of its steps:
 *
 *	cc -O2 -pthread -o ticket_lock ticket_lock.c $(pkg-config --cflags --libs hypsim-log)
 *	./ticket_lock ticket.hlog && hypsim check ticket.hlog
 *	./ticket_lock --bug ticket.hlog; hypsim check ticket.hlog
 *
 * With --bug a thread enters one turn too early.
 */
#include <hypsim/log.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { THREADS = 4, SECTIONS = 2000, QUEUE = 1 };
enum { PUT, TAKE };

static _Atomic uint64_t
	word; /* the next ticket in the high half, the now-serving number in the low one */
static unsigned long items; /* guarded by the lock */
static int bug;

static uint32_t ticket_of(uint64_t w)
{
	return (uint32_t)(w >> 32);
}

static uint32_t now_of(uint64_t w)
{
	return (uint32_t)w;
}

static void lock(struct hypsim_log *log, unsigned me)
{
	uint64_t w = atomic_fetch_add(&word, 1ull << 32);
	uint32_t mine = ticket_of(w), seen = now_of(w) - 1;

	hypsim_log_inc_ticket(log, me, QUEUE, w);
	for (;;) {
		w = atomic_load(&word);
		/* A look is logged when it sees another number than the one before. */
		if (now_of(w) != seen)
			hypsim_log_get_now(log, me, QUEUE, w);
		seen = now_of(w);
		if (seen == mine || (bug && (int32_t)(mine - seen) <= 1))
			break;
		sched_yield();
	}
	hypsim_log_hold_lock(log, me, QUEUE);
	hypsim_log_barrier(log, me);
}

static void unlock(struct hypsim_log *log, unsigned me)
{
	uint64_t w;

	hypsim_log_barrier(log, me);
	/* Only the holder changes the low half; where it wraps, no carry may reach the high one. */
	w = atomic_load(&word);
	w = atomic_fetch_add(&word, now_of(w) == UINT32_MAX ? 1 - (1ull << 32) : 1);
	hypsim_log_inc_now(log, me, QUEUE, w);
}

struct worker {
	struct hypsim_log *log;
	unsigned me;
	pthread_t thread;
};

static void *work(void *arg)
{
	struct worker *t = arg;

	for (uint64_t i = 0; i < SECTIONS; i++) {
		unsigned op = (i + t->me) % 2 ? TAKE : PUT;

		hypsim_log_begin(t->log, t->me, op, 1, &i);
		lock(t->log, t->me);
		hypsim_log_pull(t->log, t->me, QUEUE);
		items += op == PUT;
		/* The first one inside waits until another thread has come, so that the lock is contended in each run. */
		while (i == 0 && ticket_of(atomic_load(&word)) < 2)
			sched_yield();
		hypsim_log_push(t->log, t->me, QUEUE);
		unlock(t->log, t->me);
		hypsim_log_end(t->log, t->me, 0);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	static const char *const locks[] = { "queue" }, *const operations[] = { "put", "take" };
	const struct hypsim_log_options options = { .threads = THREADS,
		                                    .program = "ticket_lock",
		                                    .lock = locks,
		                                    .n_locks = 1,
		                                    .operation = operations,
		                                    .n_operations = 2,
		                                    .barriers = 1,
		                                    .timestamps = 1 };
	struct worker worker[THREADS];
	char error[HYPSIM_ERROR_BYTES];
	struct hypsim_log *log;
	int status;

	bug = argc > 1 && strcmp(argv[1], "--bug") == 0;
	if (argc != 2 + bug) {
		fprintf(stderr, "usage: ticket_lock [--bug] LOG\n");
		return 2;
	}
	status = hypsim_log_open(&log, argv[1 + bug], &options, error);
	for (unsigned i = 0; i < THREADS && status == 0; i++) {
		worker[i] = (struct worker){ .log = log, .me = i };
		if (pthread_create(&worker[i].thread, NULL, work, &worker[i]))
			return 3;
	}
	for (unsigned i = 0; i < THREADS && status == 0; i++)
		pthread_join(worker[i].thread, NULL);
	if (status == 0)
		status = hypsim_log_close(log, error);
	if (status)
		fprintf(stderr, "ticket_lock: %s\n", error);
	return status;
}
