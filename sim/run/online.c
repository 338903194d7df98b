// SPDX-License-Identifier: GPL-2.0-only
#include "sim/run/online.h"

#include "oracle/report/feed.h"
#include "sim/base/clock.h"
#include "sim/base/vec.h"
#include "sim/log/read/merge.h"
#include "sim/log/write/handover.h"

#include <pthread.h>
#include <string.h>

/* So often the CPUs are asked for what they have: one that does little may hold up the records of all others. */
enum { ASK_MS = 50 };

/* How fast it is judged is said by the last second or two of judging. */
enum { PACE_NS = 1000000000 };

/**
 * struct online
 * @source: what @from, the log's own, hands over, counted
 * @waits:  bytes that were handed over and are not judged
 * @judged: bytes that were, in @busy_ns of the thread and since @begun_ns; the farther back the less they count
 * @lag_ns: the longest so far
 * @checker, @overlap, @merge, @rc, @error: the thread's while it runs
 * @found: set by the thread; relaxed
 * @stop:  the thread shall end when it has judged what is there
 * @mutex: guards the fields below it: drains asked for and done
 */
struct online {
	struct live_source source, *from;
	struct log *log;
	u64 limit_ns, waits, judged, busy_ns, begun_ns, lag_ns;
	struct checker *checker;
	struct overlap *overlap;
	struct merge *merge;
	int rc;
	struct err error;
	pthread_t thread;
	bool running;
	struct flag found, stop;
	pthread_mutex_t mutex;
	pthread_cond_t done;
	u64 n_asked, n_done;
};

static struct online *online_of(struct live_source *s)
{
	return (struct online *)(void *)s;
}

static bool take(struct live_source *s, struct log_portion *out)
{
	struct online *o = online_of(s);

	if (!o->from->take(o->from, out))
		return false;
	o->waits += out->n;
	return true;
}

/* Would what waits take longer than it may? */
static bool lags(const struct online *o, u64 busy_ns)
{
	return (double)o->waits * (double)busy_ns > (double)o->limit_ns * (double)o->judged;
}

static void give_back(struct live_source *s, const struct log_portion *p)
{
	struct online *o = online_of(s);
	u64 now = clock_ns(), busy;

	o->waits -= p->n;
	o->judged += p->n;
	o->lag_ns = max_u64(o->lag_ns, now - p->ns);
	busy = o->busy_ns + (now - o->begun_ns);
	if (lags(o, busy))
		flag_set(&o->log->slots.full);
	if (busy > 2ull * PACE_NS) {
		o->busy_ns = busy / 2;
		o->begun_ns = now;
		o->judged /= 2;
	}
	o->from->give_back(o->from, p);
}

/* Judge what is there. */
static void judge(struct online *o)
{
	struct log_status status;

	if (o->rc < 0)
		return;
	o->begun_ns = clock_ns();
	o->rc = feed_both(merge_source(o->merge), o->checker, o->overlap, NULL, &o->error);
	o->busy_ns += clock_ns() - o->begun_ns;
	log_source_status(merge_source(o->merge), &status);
	if (o->rc < 0 || status.finding || checker_n_findings(o->checker) > 0)
		flag_set(&o->found);
}

static u64 drains_asked(struct online *o)
{
	u64 n;

	pthread_mutex_lock(&o->mutex);
	n = o->n_asked;
	pthread_mutex_unlock(&o->mutex);
	return n;
}

static void drains_done(struct online *o, u64 n)
{
	pthread_mutex_lock(&o->mutex);
	o->n_done = n;
	pthread_cond_broadcast(&o->done);
	pthread_mutex_unlock(&o->mutex);
}

static void *online_main(void *arg)
{
	struct online *o = arg;
	u64 asked_ns = clock_ns();

	for (;;) {
		u32 seen = log_handover_count(o->log->handover);
		bool last = flag_get(&o->stop);
		u64 drains = drains_asked(o);

		judge(o);
		drains_done(o, drains);
		if (last)
			return NULL;
		log_handover_wait(o->log->handover, seen, ASK_MS);
		if (clock_ns() - asked_ns >= ASK_MS * 1000000ull) {
			log_handover_ask(o->log->handover);
			asked_ns = clock_ns();
		}
	}
}

int online_start(struct online **out, struct log *l, struct online_limits limits, struct checker *c,
                 struct overlap *overlap, struct err *e)
{
	struct online *o = xcalloc(1, sizeof(*o));
	int rc = log_start_handover(l, limits.bytes, e);

	if (rc < 0) {
		free(o);
		return rc;
	}
	o->log = l;
	o->checker = c;
	o->overlap = overlap;
	o->from = log_live(l);
	o->source = (struct live_source){ .config = o->from->config,
		                          .take = take,
		                          .give_back = give_back };
	o->limit_ns = limits.ns;
	o->merge = merge_open_live(&o->source);
	pthread_mutex_init(&o->mutex, NULL);
	pthread_cond_init(&o->done, NULL);
	rc = pthread_create(&o->thread, NULL, online_main, o);
	if (rc) {
		online_free(o);
		return err_set(e, ERR_THREAD, "cannot start the thread of the checker: %s",
		               strerror(rc));
	}
	o->running = true;
	*out = o;
	return 0;
}

const struct flag *online_found(const struct online *o)
{
	return &o->found;
}

void online_drain(struct online *o)
{
	u64 mine;

	for (u32 c = 0; c < o->log->cpus; c++)
		log_handover_give(log_writer(o->log, c));
	pthread_mutex_lock(&o->mutex);
	mine = ++o->n_asked;
	log_handover_wake(o->log->handover);
	while (o->n_done < mine)
		pthread_cond_wait(&o->done, &o->mutex);
	pthread_mutex_unlock(&o->mutex);
}

/* The thread judges what is there, and ends. */
static void join(struct online *o)
{
	if (!o->running)
		return;
	flag_set(&o->stop);
	log_handover_wake(o->log->handover);
	pthread_join(o->thread, NULL);
	o->running = false;
}

int online_stop(struct online *o, struct log_source **s, struct err *e)
{
	join(o);
	merge_finish(o->merge);
	judge(o);
	*s = merge_source(o->merge);
	if (o->rc < 0)
		*e = o->error;
	return o->rc;
}

u64 online_lag_ns(const struct online *o)
{
	return o->lag_ns;
}

void online_free(struct online *o)
{
	if (!o)
		return;
	join(o);
	merge_free(o->merge);
	pthread_mutex_destroy(&o->mutex);
	pthread_cond_destroy(&o->done);
	free(o);
}
