// SPDX-License-Identifier: GPL-2.0-only
#include "sim/run/crew.h"

#include "sim/base/vec.h"
#include "sim/run/halves.h"

#include <pthread.h>
#include <stdlib.h>

/**
 * struct crew
 * @mutex: guards what is below it, and is held while something is told
 * @next:  the first that nobody has begun; @told: those before it were told
 * @done:  [n] it is done and may be told
 */
struct crew {
	u32 n;
	bool (*work)(void *arg, u32 i);
	void (*tell)(void *arg, u32 i);
	void *arg;
	pthread_mutex_t mutex;
	u32 next, told;
	bool *done;
};

/* The next one that nobody has begun; @n: there is none. */
static u32 next(struct crew *c)
{
	u32 i;

	pthread_mutex_lock(&c->mutex);
	i = c->next < c->n ? c->next++ : c->n;
	pthread_mutex_unlock(&c->mutex);
	return i;
}

static void tell(struct crew *c, u32 i)
{
	pthread_mutex_lock(&c->mutex);
	c->done[i] = true;
	for (; c->told < c->n && c->done[c->told]; c->told++)
		c->tell(c->arg, c->told);
	pthread_mutex_unlock(&c->mutex);
}

static void *member(void *arg)
{
	struct crew *c = arg;
	u32 i;

	while ((i = next(c)) < c->n)
		if (c->work(c->arg, i))
			tell(c, i);
	return NULL;
}

/* This thread is one of them; where others cannot be had there are fewer. */
static void each(u32 jobs, u32 n, bool (*work)(void *arg, u32 i), void (*told)(void *arg, u32 i),
                 void *arg)
{
	struct crew c = { .n = n, .work = work, .tell = told, .arg = arg };
	u32 others = (jobs < n ? jobs : n) - 1, begun = 0;
	pthread_t *thread = xcalloc(others + 1, sizeof(*thread));

	c.done = xcalloc(n, sizeof(*c.done));
	pthread_mutex_init(&c.mutex, NULL);
	while (begun < others && pthread_create(&thread[begun], NULL, member, &c) == 0)
		begun++;
	member(&c);
	for (u32 i = 0; i < begun; i++)
		pthread_join(thread[i], NULL);
	pthread_mutex_destroy(&c.mutex);
	free(c.done);
	free(thread);
}

const struct check_crew run_crew = { .feed_halves = halves_feed, .each = each };
