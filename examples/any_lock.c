// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any lock, here a pthread mutex, whose sections are counted under it; the program judges its log itself:
 *
 *	cc -O2 -pthread -o any_lock any_lock.c $(pkg-config --cflags --libs hypsim-log hypsim-check)
 *	./any_lock any.hlog
 *	./any_lock --bug any.hlog
 *
 * With --bug thread 1 does not take the lock in its first section.
 */
#include <hypsim/check.h>
#include <hypsim/log.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { THREADS = 3, SECTIONS = 1000, TABLE = 1 };

struct counted {
	pthread_mutex_t mutex;
	uint32_t steps; /* guarded by the mutex: how often it was got and given up */
};

static struct counted table = { .mutex = PTHREAD_MUTEX_INITIALIZER };
static unsigned long entries; /* guarded by the table's mutex */
static pthread_barrier_t meet;
static int bug;

static void lock(struct hypsim_log *log, unsigned me)
{
	pthread_mutex_lock(&table.mutex);
	hypsim_log_acquired(log, me, TABLE, table.steps++);
}

static void unlock(struct hypsim_log *log, unsigned me)
{
	hypsim_log_released(log, me, TABLE, table.steps++);
	pthread_mutex_unlock(&table.mutex);
}

/* Threads 0 and 1 are in their first sections at the same time, one step after the other. */
static void first_with_bug(struct hypsim_log *log, unsigned me)
{
	if (me == 0) {
		lock(log, me);
		pthread_barrier_wait(&meet);
		pthread_barrier_wait(&meet);
		unlock(log, me);
	} else {
		pthread_barrier_wait(&meet);
		hypsim_log_acquired(log, me, TABLE, table.steps++);
		entries++;
		hypsim_log_released(log, me, TABLE, table.steps++);
		pthread_barrier_wait(&meet);
	}
}

struct worker {
	struct hypsim_log *log;
	unsigned me;
	pthread_t thread;
};

static void *work(void *arg)
{
	struct worker *t = arg;

	for (unsigned i = 0; i < SECTIONS; i++) {
		hypsim_log_begin(t->log, t->me, 0, 0, NULL);
		if (bug && i == 0 && t->me < 2) {
			first_with_bug(t->log, t->me);
		} else {
			lock(t->log, t->me);
			entries++;
			unlock(t->log, t->me);
		}
		hypsim_log_end(t->log, t->me, 0);
	}
	return NULL;
}

/* What the log says: status of hypsim_check_file(). */
static int judge(const char *path)
{
	char error[HYPSIM_CHECK_ERROR_BYTES];
	struct hypsim_check *check;
	struct hypsim_check_row row;
	struct hypsim_finding found;
	int status = hypsim_check_file(&check, path, NULL, error);

	if (status > 1)
		fprintf(stderr, "any_lock: %s\n", error);
	if (!check)
		return status;
	printf("%llu events, %llu violations\n", (unsigned long long)hypsim_check_events(check),
	       (unsigned long long)hypsim_check_violations(check));
	for (unsigned i = 0; hypsim_check_row(check, i, &row); i++)
		if (row.verdict != HYPSIM_NOT_JUDGED)
			printf("%s: %s\n", row.check,
			       row.verdict == HYPSIM_OK ? "ok" : "VIOLATION");
	if (hypsim_check_finding(check, 0, &found))
		printf("event %llu, thread %u: %s: %s\n", (unsigned long long)found.at,
		       found.thread, found.rule, found.sentence);
	hypsim_check_free(check);
	return status;
}

int main(int argc, char **argv)
{
	static const char *const locks[] = { "table" }, *const operations[] = { "insert" };
	const struct hypsim_log_options options = { .threads = THREADS,
		                                    .program = "any_lock",
		                                    .lock = locks,
		                                    .n_locks = 1,
		                                    .operation = operations,
		                                    .n_operations = 1 };
	struct worker worker[THREADS];
	char error[HYPSIM_ERROR_BYTES];
	struct hypsim_log *log;
	int status;

	bug = argc > 1 && strcmp(argv[1], "--bug") == 0;
	if (argc != 2 + bug) {
		fprintf(stderr, "usage: any_lock [--bug] LOG\n");
		return 2;
	}
	pthread_barrier_init(&meet, NULL, 2);
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
	if (status) {
		fprintf(stderr, "any_lock: %s\n", error);
		return status;
	}
	return judge(argv[1 + bug]);
}
