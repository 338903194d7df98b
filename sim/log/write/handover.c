// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/write/handover.h"

#include "sim/base/clock.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <urcu/wfcqueue.h>
#if HYPSIM_TSAN
#include <sanitizer/tsan_interface.h>
#endif

/* One portion in the queue; its CPU makes it, the reader frees it. */
struct handover_node {
	struct cds_wfcq_node node;
	struct log_portion portion;
};

/**
 * struct log_handover
 * @source: the reader's side
 * @head, @tail: the queue: any CPU puts, the reader takes
 * @count: portions put, and other reasons for the reader to look: a futex; relaxed
 * @asked: times that the reader asked; relaxed
 */
struct log_handover {
	struct live_source source;
	struct log_slots *slots;
	_Alignas(CACHE_LINE) struct cds_wfcq_tail tail;
	_Alignas(CACHE_LINE) struct cds_wfcq_head head;
	_Alignas(CACHE_LINE) u32 count;
	_Alignas(CACHE_LINE) u32 asked;
};

/*
 * The queue itself.  Its atomics are the library's, which ThreadSanitizer does not see: the order that put and take have is
 * said here, and only that.
 */
static void put(struct log_handover *h, struct handover_node *p)
{
#if HYPSIM_TSAN
	__tsan_release(h);
#endif
	cds_wfcq_enqueue(&h->head, &h->tail, &p->node);
}

static struct handover_node *take(struct log_handover *h)
{
	struct cds_wfcq_node *n = __cds_wfcq_dequeue_nonblocking(&h->head, &h->tail);

	/* One that is just being put will be there when it is counted. */
	if (!n || n == CDS_WFCQ_WOULDBLOCK)
		return NULL;
#if HYPSIM_TSAN
	__tsan_acquire(h);
#endif
	return (struct handover_node *)(void *)((u8 *)n - offsetof(struct handover_node, node));
}

static bool take_portion(struct live_source *s, struct log_portion *out)
{
	struct handover_node *p = take((struct log_handover *)s);

	if (!p)
		return false;
	*out = p->portion;
	free(p);
	return true;
}

static void give_back(struct live_source *s, const struct log_portion *p)
{
	if (p->chunk)
		log_slots_give_back(((struct log_handover *)s)->slots, p->chunk);
}

int log_handover_new(struct log_handover **out, struct log_slots *slots,
                     const struct log_config *config, struct err *e)
{
	struct log_handover *h = NULL;

	if (posix_memalign((void **)&h, CACHE_LINE, sizeof(*h)) != 0)
		return err_set(e, ERR_MEMORY, "no memory for a queue of chunks");
	*h = (struct log_handover){
		.source = { .config = config, .take = take_portion, .give_back = give_back },
		.slots = slots
	};
	cds_wfcq_init(&h->head, &h->tail);
	*out = h;
	return 0;
}

void log_handover_free(struct log_handover *h)
{
	struct log_portion p;

	if (!h)
		return;
	while (take_portion(&h->source, &p))
		give_back(&h->source, &p);
	cds_wfcq_destroy(&h->head, &h->tail);
	free(h);
}

static void give(struct log_writer *w, struct log_chunk_header *chunk)
{
	struct log_handover *h = w->handover;
	u32 at = place_at(w->place);
	struct handover_node *p = malloc(sizeof(*p));

	if (!p) {
		log_slots_fail(h->slots, ERR_MEMORY, "a chunk", ENOMEM);
		return;
	}
	p->portion = (struct log_portion){ .cpu = w->cpu,
		                           .n = at - w->given,
		                           .ns = clock_ns(),
		                           .cur = (const u8 *)w->chunk + w->given,
		                           .chunk = chunk };
	w->given = at;
	cds_wfcq_node_init(&p->node);
	put(h, p);
	log_handover_wake(h);
}

void log_handover_give(struct log_writer *w)
{
	if (!log_on(w) || !w->handover || flag_get(&w->handover->slots->failed))
		return;
	w->answered = __atomic_load_n(&w->handover->asked, __ATOMIC_RELAXED);
	if (place_at(w->place) > w->given)
		give(w, NULL);
}

void log_handover_chunk(struct log_writer *w)
{
	give(w, w->chunk);
}

bool log_handover_wanted(const struct log_writer *w)
{
	const struct log_handover *h = w->handover;

	return h && __atomic_load_n(&h->asked, __ATOMIC_RELAXED) != w->answered;
}

struct live_source *log_handover_source(struct log_handover *h)
{
	return &h->source;
}

void log_handover_ask(struct log_handover *h)
{
	__atomic_fetch_add(&h->asked, 1, __ATOMIC_RELAXED);
}

void log_handover_wake(struct log_handover *h)
{
	__atomic_fetch_add(&h->count, 1, __ATOMIC_RELAXED);
	syscall(SYS_futex, &h->count, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

u32 log_handover_count(const struct log_handover *h)
{
	return __atomic_load_n(&h->count, __ATOMIC_RELAXED);
}

void log_handover_wait(const struct log_handover *h, u32 seen, u32 ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000l };

	syscall(SYS_futex, &h->count, FUTEX_WAIT_PRIVATE, seen, &t, NULL, 0);
}
