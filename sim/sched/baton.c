// SPDX-License-Identifier: GPL-2.0-only
#include "sim/sched/baton.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What is in a hand. */
enum { NOTHING, BATON, ASLEEP, QUIT };

/**
 * struct hand - one thread's, home's last
 * @word: a futex.  NOTHING -> ASLEEP by its owner; * -> BATON or QUIT by the baton's holder, all of whose work becomes
 *        visible with it; BATON -> NOTHING by its owner
 */
struct hand {
	u32 word __attribute__((aligned(CACHE_LINE)));
	u32 i;
	struct batons *all;
	pthread_t thread;
};

/**
 * struct batons - those of one vehicle
 * @started: threads that there are
 * @hand:    [n + 1]
 * @stays:   home stays on a core, and could be on @cores before
 */
struct batons {
	u32 n;
	u32 started;
	bool stays;
	cpu_set_t cores;
	u32 (*run)(void *arg, u32 i);
	void *arg;
	struct hand *hand;
};

static void give(struct hand *to, u32 what)
{
	/* pairs with the load of await() */
	if (__atomic_exchange_n(&to->word, what, __ATOMIC_RELEASE) == ASLEEP)
		syscall(SYS_futex, &to->word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

/*
 * The calling thread's own hand: returns when it has the baton; false: it is to end.  It sleeps at once: a look or two before
 * would only help where two take turns and each has a core; with more, or where the core is shared, who looks keeps the core
 * from who has the baton (two busy cores, four bodies: with 100 looks a hand-over took twice as long, with 1000 ten times).
 */
static bool await(struct hand *own)
{
	u32 seen = NOTHING;

	__atomic_compare_exchange_n(&own->word, &seen, ASLEEP, false, __ATOMIC_RELAXED,
	                            __ATOMIC_RELAXED);
	/* pairs with give() */
	while ((seen = __atomic_load_n(&own->word, __ATOMIC_ACQUIRE)) == ASLEEP)
		syscall(SYS_futex, &own->word, FUTEX_WAIT_PRIVATE, ASLEEP, NULL, NULL, 0);
	/* nobody else writes it before its owner has given the baton away */
	__atomic_store_n(&own->word, NOTHING, __ATOMIC_RELAXED);
	return seen == BATON;
}

static void *hand_main(void *arg)
{
	struct hand *own = arg;
	struct batons *all = own->all;

	while (await(own))
		give(&all->hand[all->run(all->arg, own->i)], BATON);
	return NULL;
}

/*
 * All threads stay on the core on which home is now, home too: one of them runs at a time.  There a hand-over is a switch; to a core that
 * sleeps it takes four times as long.  Best effort: who may not choose its cores is slower.
 */
static void stay(struct batons *all)
{
	int core = sched_getcpu();
	cpu_set_t one;

	if (core < 0 || sched_getaffinity(0, sizeof(all->cores), &all->cores) != 0 ||
	    CPU_COUNT(&all->cores) == 1)
		return;
	CPU_ZERO(&one);
	CPU_SET(core, &one);
	all->stays = sched_setaffinity(0, sizeof(one), &one) == 0;
}

int batons_new(struct batons **out, u32 n, u32 (*run)(void *arg, u32 i), void *arg, struct err *e)
{
	struct batons *all = calloc(1, sizeof(*all));
	int rc;

	if (!all)
		return err_host(e, ERR_MEMORY, ENOMEM, "threads");
	all->n = n;
	all->run = run;
	all->arg = arg;
	all->hand = aligned_alloc(CACHE_LINE, (n + 1) * sizeof(*all->hand));
	if (!all->hand) {
		free(all);
		return err_host(e, ERR_MEMORY, ENOMEM, "threads");
	}
	for (u32 i = 0; i <= n; i++)
		all->hand[i] = (struct hand){ .i = i, .all = all };
	/* Before threads are made, which are on the cores of who makes them. */
	stay(all);
	for (; all->started < n; all->started++) {
		rc = pthread_create(&all->hand[all->started].thread, NULL, hand_main,
		                    &all->hand[all->started]);
		if (rc) {
			rc = err_host(e, ERR_THREAD, rc, "thread of CPU %u", all->started);
			batons_free(all);
			return rc;
		}
	}
	*out = all;
	return 0;
}

void batons_free(struct batons *all)
{
	if (!all)
		return;
	for (u32 i = 0; i < all->started; i++)
		give(&all->hand[i], QUIT);
	for (u32 i = 0; i < all->started; i++)
		pthread_join(all->hand[i].thread, NULL);
	if (all->stays)
		(void)sched_setaffinity(0, sizeof(all->cores), &all->cores);
	free(all->hand);
	free(all);
}

void batons_switch(struct batons *all, u32 from, u32 to)
{
	give(&all->hand[to], BATON);
	(void)await(&all->hand[from]);
}
