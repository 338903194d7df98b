/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * All checks over a log: a checker is fed events in a legal global order and keeps state of a fixed size, however long
 * the log is.  It shares nothing with the machine but event definitions, constants and the object types.
 */
#include "oracle/check/broken.h"
#include "oracle/check/check_set.h"
#include "oracle/check/context.h"
#include "oracle/check/covered.h"
#include "oracle/check/finding.h"
#include "sim/log/config.h"
#include "sim/log/event.h"

struct checker;

/*
 * A checker of @checks.  What it needs of @config is copied.  Ends the
 * process with status 3 when the host has no memory.
 */
struct checker *checker_new(const struct log_config *config, struct check_set checks);
void checker_free(struct checker *c);
/*
 * The same in two halves that share nothing: the checks that need the events alone, and those that need what the log says the machine
 * is.  Each half may be fed by a thread of its own, by checker_feed_half(), with the same events cut into the same pieces.  When both
 * have been fed all, one thread goes on: all that is asked for is as of a checker in one piece.
 */
enum { CHECKER_HALVES = 2 };

struct checker *checker_new_halves(const struct log_config *config, struct check_set checks);
/**
 * struct check_how - how a log is judged
 * @strict: no finding is a known one, each is a violation
 * @all:    what happened around each finding that is kept is kept as well, not only around the first one
 * @full:   after every CHECK_FULL passes each invariant is evaluated for all there is, and compared with what was found by
 *          changes alone
 * @pinned: (bits) errata that the log is judged by one side of, whatever its marks say
 * @coverage: of each erratum that a step asks for it is found out whether its other side would have had another effect
 */
struct check_how {
	bool strict, full, coverage, all;
	struct errata pinned;
};

enum { CHECK_FULL = 1000 };

/* Before anything is fed. */
void checker_how(struct checker *c, struct check_how how);

/*
 * From now on all can be undone, to any event of the running episode that comes: all that every check keeps, findings, counts,
 * contents and the events around the first finding go back through one journal (oracle/world/journal.h).  Said again, it is from
 * there on.  It costs memory for each event of an episode, and a slice costs more than the events in it: feed at once what there is.
 */
void checker_keep(struct checker *c);
/*
 * All is as it was when @n events and marks had been fed, and nothing else was said behind them: the end, what was found
 * elsewhere, what was required.  @n: as checker_n_events() was; not before the episode, nor before checker_keep() or checker_keep_places().
 */
void checker_undo(struct checker *c, u64 n);

/* The same, to events that have EVF_PLACE, and to where one of the calls of checker_feed() began or ended: that costs less. */
void checker_keep_places(struct checker *c);
/*
 * Is each invariant evaluated for all there is at the end of an episode, and compared with what was found by changes alone?  At
 * first it is.  It takes as long as thousands of events, and who judges many short episodes asks for it now and then.
 */
void checker_whole(struct checker *c, bool whole);

/* The next @n events and marks of the log. */
void checker_feed(struct checker *c, const struct event *ev, u32 n);
void checker_feed_half(struct checker *c, u32 half, const struct event *ev, u32 n);

/*
 * The log has ended.  @closed: its streams ended in order, so that no lock may be held (unless a CPU was stuck or
 * panicked); false: it was cut.  Nothing may be fed afterwards.
 */
void checker_end(struct checker *c, bool closed);

/*
 * To be said before checker_end() of a log that goes on beyond what was fed (it is damaged, or was cut): events of its last
 * episode are missing, so what the log tells of that episode's end is not judged.
 */
void checker_cut(struct checker *c);

/*
 * A finding that was made elsewhere (the merge).  It is put at its place by @f->index.  What lies behind a break of the merge
 * was not fed, so the end of the episode is not judged then.
 */
void checker_add_finding(struct checker *c, const struct finding *f);
/* What both sides of the break say, when the merge has a finding; copied.  The second gives it, or NULL. */
void checker_add_broken(struct checker *c, const struct broken *b);
const struct broken *checker_broken(const struct checker *c);
/* The last events of lock @lk that were fed, oldest first; how many. */
u32 checker_last(const struct checker *c, lk_t lk, struct context_event out[CONTEXT_LAST]);
/*
 * What --require asks for: @row of CHK_REQUIRE does not hold, @state, printf-like, says what is there.  Before anything is
 * required there is no such check.
 */
void checker_require(struct checker *c, enum check_row row, bool holds, const char *state, ...)
	PRINTF(4, 5);
/* The merge was done: @worst, or without problems when "".  Until then CHK_MERGE is "not judged". */
void checker_merge_judged(struct checker *c, const char *worst);
/* The log is in streams, and was not merged to its end: CHK_MERGE is not judged, as long as it has no finding. */
void checker_merge_in_part(struct checker *c);

/* Violations kept in full, in the order of the log; *n of them. */
const struct finding *checker_findings(const struct checker *c, u32 *n);
/* All violations, also those that were only counted: they decide whether a log is in order. */
u64 checker_n_findings(const struct checker *c);
/* The same for known findings, which decide nothing. */
const struct finding *checker_known(const struct checker *c, u32 *n);
u64 checker_n_known(const struct checker *c);
u64 checker_n_known_of(const struct checker *c, enum erratum erratum);
void checker_verdict(const struct checker *c, enum check_id id, struct check_verdict *out);
/* What the steps of the specification came to; NULL: the log is not one of the hypervisor, or refinement was not asked for. */
const struct covered *checker_covered(const struct checker *c);
u64 checker_n_events(const struct checker *c);
/* Tickets that were taken while another one of the lock was out: the CPUs have met so often. */
u64 checker_n_contended(const struct checker *c);
/* Events of ticket locks: those of FLATMEM and of high-level logs left out. */
u64 checker_n_ticket_events(const struct checker *c);
/*
 * Locks (bits) whose log is high-level, in some episode: it begins with WAIT_LOCK or REL_LOCK.  They are judged by H_CalLock
 * alone.
 */
u64 checker_high_locks(const struct checker *c);
/* CPUs that have an event or a mark. */
u32 checker_n_cpus(const struct checker *c);
/* Streams whose close mark was fed. */
u32 checker_n_closed(const struct checker *c);
bool checker_has(const struct checker *c, enum check_id id);

/* Events around the first finding (a violation if there is one), oldest first; *n of them.  Those of its lock, or of its CPU. */
const struct context_event *checker_context(const struct checker *c, u32 *n);

/* What happened around a finding of checker_findings() or checker_known(): of the first one, or with @all of each; else NULL. */
const struct around *checker_around(const struct checker *c, const struct finding *f);

/*
 * CalState of the log so far; NULL when CHK_CONTENTS is off, the log of that object is already wrong, or does not say what
 * a killed CPU wrote.
 */
const struct obj *checker_contents(const struct checker *c, lk_t lk);
/*
 * Compare an object in the machine's memory with the log: adds a finding CONTENTS_MEMORY when they differ.  Does nothing
 * when the lock is held or checker_contents() is NULL.  Returns false when a finding was added.
 */
bool checker_compare(struct checker *c, const struct obj *memory);
