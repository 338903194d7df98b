// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/run_check.h"

#include "lock/word.h"
#include "sim/base/vec.h"
#include "sim/report/feed.h"

#include <stdio.h>

/**
 * struct run_check
 * @merge: over the log in memory; NULL until there was something to read
 * @rc, @error: the log in memory could not be read back
 */
struct run_check {
	struct checker *checker;
	struct merge *merge;
	int rc;
	struct err error;
};

struct run_check *run_check_start(const struct log_config *config)
{
	struct run_check *k = xcalloc(1, sizeof(*k));

	k->checker = checker_new(config, CHECK_ALL);
	return k;
}

/* Feed what is in memory now. */
static void feed_memory(struct run_check *k, const struct log *l)
{
	if (!k->merge)
		k->merge = merge_open_memory(l);
	if (k->rc == 0)
		k->rc = feed_checker(merge_source(k->merge), k->checker, &k->error);
}

void run_check_consume(struct run_check *k, struct log *l)
{
	if (l->kind != LOG_MEMORY)
		return;
	feed_memory(k, l);
	log_rewind(l);
}

/* The log of a free lock says what its object holds; flat memory's word is free as well when all CPUs have ended. */
static void compare_memory(struct run_check *k, const struct machine *m)
{
	for (lk_t lk = 0; lk < ID_END; lk++) {
		u64 word = m->locks.lock[lk].word;

		if (word_ticket(word) == word_now(word))
			checker_compare(k->checker, &m->shared.obj[lk]);
	}
}

int run_check_end(struct run_check *k, struct log *l, const struct machine *m, struct err *e)
{
	struct log_source *s = NULL;
	struct log_status status;
	int rc;

	if (l->kind == LOG_MEMORY) {
		if (!k->merge)
			k->merge = merge_open_memory(l);
		merge_finish(k->merge);
		feed_memory(k, l);
		s = merge_source(k->merge);
		rc = k->rc;
		*e = k->error;
	} else {
		rc = log_open(l->path, &s, e);
		if (rc < 0)
			return rc;
		rc = feed_checker(s, k->checker, e);
	}
	feed_merge_verdict(s, k->checker, rc == 0, &status);
	if (rc == 0 && !status.finding)
		compare_memory(k, m);
	checker_end(k->checker, status.closed);
	if (l->kind != LOG_MEMORY)
		s->close(s);
	return rc;
}

struct checker *run_check_checker(struct run_check *k)
{
	return k->checker;
}

void run_check_free(struct run_check *k)
{
	if (!k)
		return;
	if (k->merge)
		merge_free(k->merge);
	checker_free(k->checker);
	free(k);
}
