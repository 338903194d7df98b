/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What all families of checks share: what the log's configuration says, where each CPU is, and where a finding goes.  A
 * family writes to none of it but the findings.
 */
#include "oracle/check/check_set.h"
#include "oracle/check/covered.h"
#include "oracle/check/findings.h"
#include "oracle/check/tally.h"
#include "oracle/check/touched.h"
#include "oracle/world/journal.h"
#include "oracle/world/trail.h"
#include "oracle/world/world.h"
#include "sim/log/config.h"

#include <stdio.h>

struct registers;
struct spoilt;

/**
 * struct judge_now - what most events may change
 * @apart:   locks (bits) whose events are not those of a ticket lock: FLATMEM, which is none, and the high-level ones
 * @high, @n_high: locks (bits) that were high-level in some episode, and their events
 * @contended: tickets that were taken while another one of the lock was out, in all episodes
 * @n_closed: streams whose close mark was read
 * @halted:  a CPU was stuck or panicked in this episode: locks that are held at the end are no leak
 */
struct judge_now {
	u64 apart, high, n_high, contended;
	u32 n_closed;
	bool halted;
};

/**
 * struct judge
 * @checks:  those that are asked for
 * @data:    what flat memory takes from outside
 * @cpus:    of the log
 * @n_ops:   operations of the workload that the log has names for; 0: it has none
 * @tlb:     each CPU has a translation buffer
 * @tlb_as_is: as published nothing is ever invalidated, so stale translations are known
 * @push_of: [ID_END] the kind of each object's push
 * @world:   what the log says the machine is; with its index when a check of the second tier is on
 * @errata:  which side of each slip the log is judged by where an episode begins
 * @side:    [cpu] since the CPU's last mark ERRATUM, and @ever: those that some CPU of the episode followed as published
 * @pinned:  (bits) errata whose side such a mark does not change (check_how.pinned)
 * @trail:   where the CPUs are; NULL: no check of the second tier is on
 * @follows: the same for what is told around a finding, when another half has that tier; else NULL
 * @at:      the event that the checks of the second tier are told of
 * @registers: what the log says of registers, behind its marks so far; NULL: no check asks for it
 * @spoilt:  what known findings have spoilt; NULL likewise
 * @journal: what was, so that all can be undone (KEEP()); NULL: nothing will be
 * @tally:   [check] cases of the second tier, of ROOT and of DIRTY
 * @covers:  the other sides of errata are looked at as well (check_how.coverage)
 * @selftest: after so many passes all clauses are asked for all of their keys; 0: never
 * @brief:   they are not at the end of an episode
 * @fixed:   memory regions
 * @touched: what each CPU is in; if the machine has memory, who changed what last
 * @episode_n: [lk] events of the lock's log before this episode
 * @out:     [lk] tickets that are out
 * @holder:  [cpu] before the event that is being judged
 */
struct judge {
	struct check_set checks;
	u32 cpus, total_cpu, fairness, start_ticket, start_now;
	struct lock_names locks;
	bool keep_reads, barriers, high_as_is, tlb, tlb_as_is;
	u32 n_ops;
	u8 push_of[ID_END];
	struct data_oracle data;
	struct world *world;
	struct errata errata, side[MAX_CPU], ever, pinned;
	struct trail *trail, *follows;
	const struct event *at;
	const struct registers *registers;
	struct spoilt *spoilt;
	struct journal *journal;
	struct tally tally[CHK_NR];
	struct covered covered;
	bool covers, brief;
	u32 selftest;
	struct fixed fixed;
	struct touched *touched;

	struct judge_now now;
	u64 episode_n[ID_END];
	u32 out[ID_END];
	struct holder holder[MAX_CPU];

	struct findings findings;
};

_Static_assert(ID_END <= 64, "one bit a lock");

/* Does @cpu follow the published side? */
static inline bool judge_published(const struct judge *j, cpu_t cpu, enum erratum erratum)
{
	return errata_published(&j->side[cpu], erratum);
}

/* Is the check asked for? */
static inline bool check_on(const struct judge *j, enum check_id id)
{
	return check_set_has(&j->checks, id);
}

/* No CPU is inside the lock. */
static inline bool judge_lock_free(const struct judge *j, lk_t lk)
{
	for (u32 i = 0; i < MAX_CPU; i++)
		if (j->holder[i].held >> lk & 1)
			return false;
	return true;
}

/*
 * A lock's log is high-level when it begins, in an episode, with WAIT_LOCK or REL_LOCK: H_CalLock judges it, and nothing else
 * of the lock is in it.  @e is one of these two events.
 */
static inline bool judge_goes_high(struct judge *j, const struct event *e)
{
	if (j->findings.context.lock_n[e->lk] != j->episode_n[e->lk] + 1)
		return false;
	j->now.apart |= 1ull << e->lk;
	j->now.high |= 1ull << e->lk;
	if (j->trail)
		world_doubt(j->world, e->lk, DOUBT_UNSEEN);
	return true;
}

/* Is the lock's log high-level in this episode? */
static inline bool judge_is_high(const struct judge *j, lk_t lk)
{
	return lk != FLATMEM_ID && j->now.apart >> lk & 1;
}

/* Events of ticket locks, in all episodes. */
static inline u64 judge_lock_events(const struct judge *j)
{
	u64 n = 0;

	for (u32 lk = 0; lk < ID_END; lk++)
		n += lk == FLATMEM_ID ? 0 : j->findings.context.lock_n[lk];
	return n - j->now.n_high;
}

/* CPUs that have an event or a mark. */
static inline u32 judge_n_cpus(const struct judge *j)
{
	u32 n = 0;

	for (u32 c = 0; c < MAX_CPU; c++)
		n += j->findings.context.cpu_n[c] > 0;
	return n;
}

/* The log lacks what the check needs: "log has no barrier marks". */
static inline void verdict_lacks(struct check_verdict *out, const char *why)
{
	out->judged = false;
	out->lacks = true;
	snprintf(out->worst, sizeof(out->worst), "%s", why);
}

/* The log has nothing that the check could judge. */
static inline void verdict_no_case(const struct judge *j, struct check_verdict *out)
{
	out->judged = false;
	out->lacks = j->now.n_high && !judge_lock_events(j);
	snprintf(out->worst, sizeof(out->worst), "%s",
	         out->lacks ? "log is high-level" : "0 cases");
}

/* The verdict of a check whose cases are counted: how many, or that there was none. */
static inline void verdict_cases(const struct judge *j, enum check_id id, struct check_verdict *out)
{
	out->n_cases = j->tally[id].evaluated;
	if (out->n_cases)
		snprintf(out->worst, sizeof(out->worst), "%llu cases",
		         (unsigned long long)out->n_cases);
	else
		verdict_no_case(j, out);
}

/* After a ticket-level event of @kind, a constant: who meets whom. */
ALWAYS_INLINE void judge_meet(struct judge *j, lk_t lk, u32 kind)
{
	if (kind == EV_INC_TICKET)
		j->now.contended += j->out[lk]++ > 0;
	else if (kind == EV_INC_NOW)
		j->out[lk] -= j->out[lk] > 0;
}

/* After a mark. */
ALWAYS_INLINE void judge_mark(struct judge *j, const struct event *e)
{
	if (e->kind == MARK_CLOSE)
		j->now.n_closed++;
	else if (e->kind == MARK_STUCK || e->kind == MARK_PANIC || e->kind == MARK_STOPPED)
		j->now.halted = true;
}

/* The CPU's lock states after an event of @kind, a constant (a push: any push), on a lock. */
ALWAYS_INLINE void holder_move(struct holder *h, lk_t lk, u32 kind)
{
	u64 bit = 1ull << lk;

	if (kind == EV_INC_TICKET) {
		h->taken |= bit;
	} else if (kind == EV_HOLD_LOCK) {
		h->held |= bit;
		h->bars = BAR_NEEDED;
	} else if (kind == EV_OPULL) {
		h->pulled |= bit;
	} else if (event_is_push(kind)) {
		h->pulled &= ~bit;
	} else if (kind == EV_WAIT_LOCK) {
		h->taken |= bit;
		h->held |= bit;
	} else if (kind == EV_REL_LOCK) {
		h->taken &= ~bit;
		h->held &= ~bit;
	} else if (kind == EV_INC_NOW) {
		h->taken &= ~bit;
		h->held &= ~bit;
		h->pulled &= ~bit;
		h->bars = BAR_VALID;
	}
}

/* The CPU's barrier state after a barrier mark. */
ALWAYS_INLINE void holder_barrier(struct holder *h)
{
	h->bars = h->bars == BAR_NEEDED ? BAR_VALID : BAR_BARRIERED;
}
