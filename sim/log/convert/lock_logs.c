// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/convert/lock_logs.h"

#include "sim/base/rng.h"
#include "sim/base/vec.h"

#include <stdio.h>

/**
 * struct lock_log
 * @n:    events; @sum: of all, in their order
 * @kept: code() of the first ones
 */
struct lock_log {
	u64 n, sum;
	VEC(u16) kept;
};

struct lock_logs {
	struct lock_log lock[ID_END];
};

static u16 code(const struct event *ev)
{
	return (u16)(ev->cpu << 8 | ev->kind);
}

struct lock_logs *lock_logs_new(void)
{
	return xcalloc(1, sizeof(struct lock_logs));
}

void lock_logs_free(struct lock_logs *l)
{
	for (lk_t lk = 0; lk < ID_END; lk++)
		vec_free(&l->lock[lk].kept);
	free(l);
}

void lock_logs_put(struct lock_logs *l, const struct event *ev)
{
	struct lock_log *log = &l->lock[ev->lk];

	if (event_is_mark(ev->kind))
		return;
	log->n++;
	log->sum = mix64(log->sum ^ code(ev));
	if (log->kept.n < LOCK_LOG_KEPT)
		vec_push(&log->kept, code(ev));
}

static int differs(lk_t lk, const char *what, struct err *e)
{
	char name[16];

	return err_set(e, ERR_NO_BINARY,
	               "lock %u (%s): %s; the verdict may depend on it, and the binary form has "
	               "no order among looks at one word by different CPUs, nor between what "
	               "follows a CPU's step and what others do meanwhile",
	               lk, obj_name(lk, name, sizeof(name)), what);
}

static int differs_at(const struct lock_log *log, u64 i, const struct event *ev, struct err *e)
{
	u16 was = log->kept.v[i];
	char what[160];

	snprintf(what, sizeof(what),
	         "event %llu of the lock's log is %s of CPU %u, and there it would be %s of CPU %u",
	         (unsigned long long)i, event_name(was & 0xff), was >> 8, event_name(ev->kind),
	         ev->cpu);
	return differs(ev->lk, what, e);
}

static int compare(const struct lock_logs *l, struct lock_logs *seen, struct log_source *s,
                   struct err *e)
{
	struct event ev[SOURCE_BATCH];
	u32 n = 0;

	do {
		int rc = s->next(s, ev, SOURCE_BATCH, &n, e);

		if (rc < 0)
			return rc;
		for (u32 i = 0; i < n; i++) {
			const struct lock_log *log = &l->lock[ev[i].lk];
			u64 at = seen->lock[ev[i].lk].n;

			if (!event_is_mark(ev[i].kind) && at < log->kept.n &&
			    log->kept.v[at] != code(&ev[i]))
				return differs_at(log, at, &ev[i], e);
			lock_logs_put(seen, &ev[i]);
		}
	} while (n > 0);
	for (lk_t lk = 0; lk < ID_END; lk++)
		if (seen->lock[lk].n != l->lock[lk].n || seen->lock[lk].sum != l->lock[lk].sum)
			return differs(lk, "its events would stand in another order", e);
	return 0;
}

int lock_logs_compare(const struct lock_logs *l, struct log_source *s, struct err *e)
{
	struct lock_logs *seen = lock_logs_new();
	int rc = compare(l, seen, s, e);

	lock_logs_free(seen);
	return rc;
}
