// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/keep.h"

#include "oracle/check/marks.h"
#include "oracle/check/program_order.h"
#include "oracle/check/queue.h"
#include "oracle/check/ticket.h"

/* More than any list has. */
enum { ROOM = 160 };

/* The same both ways; @list is a constant. */
ALWAYS_INLINE void lock_pieces(struct pieces *p, const struct keep *k, u32 cpu, lk_t lk,
                               enum keep_list list)
{
	struct judge *j = k->judge;
	struct queue_checks *queue = k->own[FAMILY_QUEUE];
	struct ticket_checks *ticket = k->own[FAMILY_TICKET];
	struct program_order *program = k->own[FAMILY_PROGRAM_ORDER];

	piece(p, &j->now, sizeof(j->now));
	piece(p, &j->holder[cpu], sizeof(j->holder[cpu]));
	piece(p, &j->out[lk], sizeof(j->out[lk]));
	piece(p, &j->findings.context.lock_n[lk], sizeof(u64));
	piece(p, &j->findings.context.cpu_n[cpu], sizeof(u64));
	if (queue_active(queue))
		queue_pieces(p, queue, cpu, lk, list == LIST_ENTERS);
	if (ticket_active(ticket))
		ticket_pieces(p, ticket, cpu, lk, list == LIST_ENTERS);
	if (program_order_active(program))
		program_order_pieces(p, program, cpu, list == LIST_SHARED);
}

ALWAYS_INLINE void mark_pieces(struct pieces *p, const struct keep *k, u32 cpu, enum keep_list list)
{
	struct judge *j = k->judge;

	piece(p, &j->holder[cpu], sizeof(j->holder[cpu]));
	piece(p, &j->findings.context.cpu_n[cpu], sizeof(u64));
	program_order_pieces(p, k->own[FAMILY_PROGRAM_ORDER], cpu, true);
	if (list == LIST_BARRIER)
		return;
	piece(p, &j->now, sizeof(j->now));
	piece(p, &j->findings.context.op_n, sizeof(u64));
	if (j->touched)
		touched_pieces(p, j->touched, cpu);
	if (marks_active(j))
		marks_pieces(p, k->own[FAMILY_MARKS], cpu);
}

ALWAYS_INLINE void pieces(struct pieces *p, const struct keep *k, u32 cpu, lk_t lk,
                          enum keep_list list)
{
	if (list == LIST_BARRIER || list == LIST_MARK)
		mark_pieces(p, k, cpu, list);
	else
		lock_pieces(p, k, cpu, lk, list);
}

/* saved[0] is the CPU and the lock. */
#define BACK(name, list)                                                      \
	static void name(void *arg, const u64 *saved)                         \
	{                                                                     \
		struct pieces p = { (u64 *)(uintptr_t)(saved + 1), true };    \
		pieces(&p, arg, (u32)saved[0], (lk_t)(saved[0] >> 32), list); \
	}

BACK(back_enters, LIST_ENTERS)
BACK(back_shared, LIST_SHARED)
BACK(back_lock, LIST_LOCK)
BACK(back_barrier, LIST_BARRIER)
BACK(back_mark, LIST_MARK)

ALWAYS_INLINE void keep(struct keep *k, const struct event *e, enum keep_list list, journal_fn back)
{
	struct journal *journal = k->judge->journal;
	u64 *words = journal_room(journal, ROOM);
	struct pieces p = { words + 1, false };

	words[0] = e->cpu | (u64)e->lk << 32;
	pieces(&p, k, e->cpu, e->lk, list);
	journal_call(journal, words, (u32)(p.at - words), back, k);
}

static void keep_list(struct keep *k, const struct event *e, enum keep_list list)
{
	switch (list) {
	case LIST_BARRIER:
		keep(k, e, LIST_BARRIER, back_barrier);
		break;
	case LIST_MARK:
		keep(k, e, LIST_MARK, back_mark);
		break;
	case LIST_ENTERS:
		keep(k, e, LIST_ENTERS, back_enters);
		break;
	case LIST_SHARED:
		keep(k, e, LIST_SHARED, back_shared);
		break;
	case LIST_LOCK:
		keep(k, e, LIST_LOCK, back_lock);
		break;
	}
}

void keep_pieces(struct keep *k, const struct event *e, enum keep_list list)
{
	struct journal *j = k->judge->journal;
	struct kept_pieces *p = &k->kept[e->lk % KEEP_SEEN];
	u32 key = keep_key(e);

	if (!k->places || (e->flags & EVF_PLACE)) {
		journal_place(j);
		k->at.v[k->at.n - 1] = j->undo.n;
	}
	if (p->key != key || p->place != j->place)
		*p = (struct kept_pieces){ .key = key, .place = j->place };
	p->lists |= 1u << list;
	keep_list(k, e, list);
}

void keep_room(struct keep *k, u32 n)
{
	while (k->at.cap - k->at.n < n)
		k->at.v = vec_grow(k->at.v, &k->at.cap, sizeof(*k->at.v));
}
