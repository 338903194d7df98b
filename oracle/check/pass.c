// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the checks do at an event is inlined here once for each kind of event, so that the kind is a constant in it and
 * asked for once.
 */
#include "oracle/check/pass.h"

#include "oracle/check/contents.h"
#include "oracle/check/lock_order.h"
#include "oracle/check/marks.h"
#include "oracle/check/outcome.h"
#include "oracle/check/outside.h"
#include "oracle/check/program_order.h"
#include "oracle/check/queue.h"
#include "oracle/check/registers.h"
#include "oracle/check/state.h"
#include "oracle/check/ticket.h"
#include "oracle/check/tlb.h"
#include "sim/base/check.h"

/* Each family's state; NULL: it has nothing to judge. */
struct active {
	struct queue_checks *queue;
	struct ticket_checks *ticket;
	struct program_order *program_order;
	struct lock_order *lock_order;
	struct contents *contents;
	struct marks *marks;
	struct register_checks *registers;
	struct outside *outside;
	struct tlb_checks *tlb;
	struct state *state;
};

ALWAYS_INLINE void lock_event(const struct active *f, struct judge *j, const struct event *e,
                              u32 kind)
{
	if (likely(f->queue))
		queue_event(f->queue, j, e, kind);
	if (likely(f->ticket))
		ticket_event(f->ticket, j, e, kind);
	if (likely(f->program_order))
		program_order_event(f->program_order, j, e, kind);
	if (likely(f->lock_order))
		lock_order_event(f->lock_order, j, e, kind);
	holder_move(&j->holder[e->cpu], e->lk, kind);
	judge_meet(j, e->lk, kind);
	if (kind == EV_OCORE_DATA && f->state)
		state_push_begins(f->state, j, e);
	if (event_is_shared(kind) && likely(f->contents))
		contents_event(f->contents, j, e);
	if (kind == EV_OCORE_DATA && f->state)
		state_push(f->state, j, e);
	if (kind == EV_OCORE_DATA && likely(f->contents))
		contents_wrote(j, e);
	if (kind == EV_OPULL && f->state)
		state_pull(f->state, j, e);
	else if (kind == EV_INC_NOW && f->state)
		state_pass(f->state, j, e);
	/* All pushes come here as one kind. */
	if (kind == EV_OCORE_DATA && f->tlb && (e->kind == EV_ONPT || e->kind == EV_OSPT) &&
	    unlikely(tlb_remembers(f->tlb)))
		tlb_push(f->tlb, j, e, f->contents ? contents_of(f->contents, j, e->lk) : NULL);
}

/* Which operation its CPU is in, for what is told around a finding. */
static __attribute__((noinline)) void follow(struct judge *j, const struct event *e)
{
	struct trail *t = j->follows;

	if (e->kind == MARK_OP)
		(void)trail_op_begins(t, e, findings_index(&j->findings, e));
	else if (e->kind == MARK_SEVENT && trail_op_ends(t, e))
		trail_op_over(t, e->cpu);
	else if (e->kind == MARK_STUCK || e->kind == MARK_STOPPED)
		trail_leaves(t, e->cpu);
}

/* From here on the CPU follows another side of a slip, unless that was asked for. */
static __attribute__((noinline)) void switch_side(const struct active *f, struct judge *j,
                                                  const struct event *e)
{
	enum erratum erratum = (enum erratum)e->args[0];
	bool published = e->args[1] == MV_SIDE_PUBLISHED;

	if (e->args[0] >= ERRATUM_NR || errata_published(&j->pinned, erratum))
		return;
	KEEP(j, j->side[e->cpu]);
	KEEP(j, j->ever);
	errata_set(&j->side[e->cpu], erratum, published);
	if (published)
		errata_set(&j->ever, erratum, true);
	if (f->registers)
		register_event(f->registers, j, e);
}

ALWAYS_INLINE void mark_event(void *const own[FAMILY_NR], const struct active *f, struct judge *j,
                              const struct event *e)
{
	if (likely(e->kind == MARK_BARRIER)) {
		program_order_barrier(own[FAMILY_PROGRAM_ORDER], j, e);
		holder_barrier(&j->holder[e->cpu]);
		return;
	}
	touched_mark(j->touched, e);
	context_mark(&j->findings.context, e);
	if (unlikely(e->kind == MARK_MEMORY))
		contents_memory(own[FAMILY_CONTENTS], j, e);
	else if (e->kind != MARK_BEGIN)
		program_order_ends(own[FAMILY_PROGRAM_ORDER], j, e);
	if (likely(f->marks))
		marks_event(f->marks, j, e);
	if (unlikely(e->kind == MARK_ERRATUM))
		switch_side(f, j, e);
	else if (likely(f->registers) && register_is_mark(e))
		register_event(f->registers, j, e);
	if (likely(f->outside) && outside_is_mark(e))
		outside_event(f->outside, j, e);
	if (e->kind == MARK_ACCESS)
		tlb_access(own[FAMILY_TLB], j, e);
	else if (e->kind == MARK_FILL || e->kind == MARK_TLBI || e->kind == MARK_TLBWAIT)
		tlb_mark(own[FAMILY_TLB], j, e);
	else if (unlikely(e->kind > MARK_ACCESS))
		outcome_event(own[FAMILY_OUTCOME], own[FAMILY_CONTENTS], j, e);
	if (f->state)
		state_mark(f->state, j, e);
	else if (j->follows)
		follow(j, e);
	judge_mark(j, e);
}

static __attribute__((noinline)) void high_event(const struct active *f, struct judge *j,
                                                 const struct event *e)
{
	j->now.n_high++;
	/* The check leak asks which locks a CPU has, and not of which level their logs are. */
	holder_move(&j->holder[e->cpu], e->lk, e->kind);
	if (f->queue)
		queue_high_level(f->queue, j, e);
}

/* Flat memory has a word of its own and no lock: only what it holds is judged. */
static void apart_event(const struct active *f, struct judge *j, const struct event *e)
{
	if (e->lk != FLATMEM_ID) {
		high_event(f, j, e);
		return;
	}
	if (f->program_order)
		program_order_flat(f->program_order, j, e);
	if (e->kind == EV_OFLATMEM && f->state)
		state_push_begins(f->state, j, e);
	if (event_is_shared(e->kind) && f->contents)
		contents_event(f->contents, j, e);
	if (e->kind == EV_OFLATMEM && f->state)
		state_push(f->state, j, e);
	if (e->kind == EV_OFLATMEM && f->contents)
		contents_wrote(j, e);
	if (e->kind == EV_OFLATMEM && f->outside)
		outside_flat(f->outside, j, e);
}

ALWAYS_INLINE void one_event(const struct active *f, struct judge *j, const struct event *e)
{
	switch (e->kind) {
	case EV_INC_TICKET:
		lock_event(f, j, e, EV_INC_TICKET);
		return;
	case EV_GET_NOW:
		lock_event(f, j, e, EV_GET_NOW);
		return;
	case EV_HOLD_LOCK:
		lock_event(f, j, e, EV_HOLD_LOCK);
		return;
	case EV_INC_NOW:
		lock_event(f, j, e, EV_INC_NOW);
		return;
	case EV_WAIT_LOCK:
	case EV_REL_LOCK:
		if (judge_goes_high(j, e)) {
			high_event(f, j, e);
			return;
		}
		lock_event(f, j, e, EV_CAS_TICKET);
		return;
	case EV_CAS_TICKET:
		lock_event(f, j, e, EV_CAS_TICKET);
		return;
	case EV_OPULL:
		lock_event(f, j, e, EV_OPULL);
		return;
	case EV_OCORE_DATA:
	case EV_OS2_PAGE:
	case EV_ONPT:
	case EV_OVMINFO:
	case EV_OSPT:
	case EV_OSMMU:
	case EV_OFLATMEM:
		lock_event(f, j, e, EV_OCORE_DATA);
		return;
	}
	SIM_UNREACHABLE();
}

void pass_events(void *const own[FAMILY_NR], struct judge *j, u64 episode, struct keep *keep)
{
	struct findings *s = &j->findings;
	struct active f = { .queue = own[FAMILY_QUEUE],
		            .ticket = own[FAMILY_TICKET],
		            .program_order = own[FAMILY_PROGRAM_ORDER],
		            .lock_order = lock_order_active(j) ? own[FAMILY_LOCK_ORDER] : NULL,
		            .contents = contents_active(j) ? own[FAMILY_CONTENTS] : NULL,
		            .marks = marks_active(j) ? own[FAMILY_MARKS] : NULL,
		            .registers = registers_active(j) ? own[FAMILY_REGISTERS] : NULL,
		            .outside = outside_active(j) ? own[FAMILY_OUTSIDE] : NULL,
		            .tlb = check_on(j, CHK_TLB) ? own[FAMILY_TLB] : NULL,
		            .state = own[FAMILY_STATE] };
	const struct event *end = s->slice + s->slice_n;
	struct context_raw *raw = context_slice(&s->context)->ev;

	f.queue = queue_active(f.queue) ? f.queue : NULL;
	f.ticket = ticket_active(f.ticket) ? f.ticket : NULL;
	f.program_order = program_order_active(f.program_order) ? f.program_order : NULL;
	if (keep)
		keep_room(keep, s->slice_n);
	for (const struct event *e = s->slice; e < end; e++) {
		SIM_ASSERT_DBG(e->cpu < MAX_CPU);
		SIM_ASSERT_DBG(e->lk < ID_END);
		if (unlikely(e->kind == MARK_EPISODE && e->arg != episode)) {
			end = e;
			break;
		}
		if (unlikely(keep != NULL))
			keep_event(keep, e);
		context_keep(&s->context, raw++, e);
		if (event_is_mark(e->kind))
			mark_event(own, &f, j, e);
		else if (likely(!(j->now.apart >> e->lk & 1)))
			one_event(&f, j, e);
		else
			apart_event(&f, j, e);
	}
	s->slice_n = (u32)(end - s->slice);
}
