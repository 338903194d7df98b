// SPDX-License-Identifier: GPL-2.0-only
#include "sim/run/run_check.h"

#include "lock/word.h"
#include "oracle/report/feed.h"
#include "sim/base/vec.h"
#include "sim/run/online.h"

#include <stdio.h>
#include <unistd.h>

/**
 * struct run_check
 * @merge:  over the log in memory; NULL until there was something to read
 * @coverage: @overlap, its part, gets the same events; or both NULL
 * @rc, @error: the log in memory could not be read back
 * @online: judges while the run lasts, or NULL
 */
struct run_check {
	struct checker *checker;
	struct coverage *coverage;
	struct overlap *overlap;
	bool covered;
	struct merge *merge;
	struct check_how how;
	int rc;
	struct err error;
	struct online *online;
};

/* A checker that has seen nothing yet takes the place of the one that there is. */
static void begin(struct run_check *k, const struct log *l)
{
	checker_free(k->checker);
	k->checker = checker_new(l->config, check_set_all());
	checker_how(k->checker, k->how);
	if (k->coverage) {
		coverage_reset(k->coverage);
		coverage_log(k->coverage, &l->config->errata);
	}
}

int run_check_start(struct run_check **out, struct log *l, enum check_when when,
                    struct check_how how, bool meets, u64 limit_bytes, struct err *e)
{
	struct run_check *k = xcalloc(1, sizeof(*k));
	int rc = 0;

	k->how = how;
	k->coverage = meets ? coverage_new() : NULL;
	k->overlap = meets ? coverage_overlap(k->coverage) : NULL;
	begin(k, l);
	if (when == CHECK_ONLINE)
		rc = online_start(&k->online, l,
		                  (struct online_limits){ limit_bytes, ONLINE_LAG_MS * 1000000ull },
		                  k->checker, k->overlap, e);
	if (rc < 0)
		run_check_free(k);
	else
		*out = k;
	return rc;
}

const struct flag *run_check_found(const struct run_check *k)
{
	return k->online ? online_found(k->online) : NULL;
}

u64 run_check_lag_ns(const struct run_check *k)
{
	return k->online ? online_lag_ns(k->online) : 0;
}

/* Feed what is in memory now. */
static void feed_memory(struct run_check *k, const struct log *l, const volatile int *interrupts)
{
	if (!k->merge)
		k->merge = merge_open_memory(log_in_memory(l));
	if (k->rc == 0)
		k->rc = feed_both(merge_source(k->merge), k->checker, k->overlap, interrupts,
		                  &k->error);
}

void run_check_consume(struct run_check *k, struct log *l)
{
	if (k->online) {
		online_drain(k->online);
	} else if (l->slots.kind == LOG_MEMORY) {
		feed_memory(k, l, NULL);
		log_rewind(l);
	}
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

/* Judge the whole file, by a checker that has seen nothing yet. */
static int feed_file(struct run_check *k, const struct log *l, const volatile int *interrupts,
                     struct log_source **s, struct err *e)
{
	/* By its descriptor: it may have lost its name. */
	int rc = log_open_fd(dup(l->slots.fd), l->slots.path, s, e);

	if (rc < 0)
		return rc;
	if (l->slots.cut_short)
		log_source_lacks(*s);
	return feed_both(*s, k->checker, k->overlap, interrupts, e);
}

/* Judge what is in memory, to the end. */
static int feed_memory_end(struct run_check *k, const struct log *l, const volatile int *interrupts,
                           struct log_source **s, struct err *e)
{
	if (!k->merge)
		k->merge = merge_open_memory(log_in_memory(l));
	merge_finish(k->merge);
	feed_memory(k, l, interrupts);
	*s = merge_source(k->merge);
	*e = k->error;
	return k->rc;
}

int run_check_end(struct run_check *k, struct log *l, const struct machine *m,
                  const volatile int *interrupts, struct err *e)
{
	struct log_source *s = NULL, *file = NULL;
	struct log_status status;
	int rc = 0;

	if (k->online)
		rc = online_stop(k->online, &s, e);
	else if (l->slots.kind == LOG_MEMORY)
		rc = feed_memory_end(k, l, interrupts, &s, e);
	if (k->online && rc == 0 && l->slots.kind == LOG_FILE &&
	    flag_get(online_found(k->online))) {
		/* What was found is told as the file tells it. */
		begin(k, l);
		s = NULL;
	}
	if (!s) {
		rc = feed_file(k, l, interrupts, &file, e);
		s = file;
	}
	if (!s)
		return rc;
	feed_merge_verdict(s, k->checker, rc == 0, &status);
	if (rc == 0 && !status.finding)
		compare_memory(k, m);
	/* As in check: a stream that ended in order has a mark that says so, and leaks are judged there. */
	checker_end(k->checker, false);
	if (file)
		file->close(file);
	return rc;
}

int run_check_end_failed(struct run_check *k, struct log *l, const volatile int *interrupts,
                         struct err *e)
{
	struct log_source *s = NULL;
	struct log_status status;
	int rc;

	if (l->slots.kind != LOG_FILE) {
		*e = l->slots.error;
		return -(int)e->code;
	}
	online_free(k->online);
	k->online = NULL;
	begin(k, l);
	rc = feed_file(k, l, interrupts, &s, e);
	if (s) {
		feed_merge_verdict(s, k->checker, rc == 0, &status);
		s->close(s);
	} else {
		checker_merge_in_part(k->checker);
	}
	checker_cut(k->checker);
	checker_end(k->checker, false);
	return rc;
}

struct checker *run_check_checker(struct run_check *k)
{
	return k->checker;
}

const struct overlap *run_check_overlaps(const struct run_check *k)
{
	return k->overlap;
}

const struct coverage *run_check_coverage(struct run_check *k)
{
	if (k->coverage && !k->covered)
		coverage_add(k->coverage, k->checker);
	k->covered = true;
	return k->coverage;
}

void run_check_free(struct run_check *k)
{
	if (!k)
		return;
	online_free(k->online);
	if (k->merge)
		merge_free(k->merge);
	checker_free(k->checker);
	coverage_free(k->coverage);
	free(k);
}
