/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The sections of a log, one after the other as their CPUs let the lock go: who asked when, behind whom, for how long, and in which
 * operation.  Whatever answers questions about locks stands on them: tables of contention, longest waits, orders of locks.
 */
#include "sim/inspect/nest.h"

enum { SECTION_NONE = ~0u };

/**
 * struct section_at - an event of a section
 * @index: in the merged log
 * @ns:    its time, of a log with timestamps, else 0
 * @own:   how many events the CPU had by then
 */
struct section_at {
	u64 index, ns, own;
};

/**
 * struct lock_section - from asking for a lock to letting it go
 * @number:   of the log's sections in the order in which they were asked for, from 1 on
 * @lk:       the lock
 * @in:       the operations that the CPU was in as it asked
 * @ticket:   which it drew, mod 2^32
 * @depth:    hand-overs that it had to wait for: how many stood before it as it asked, the holder included (0 of a section that the
 *            log has as WAIT_LOCK and REL_LOCK: there is no word)
 * @rounds:   looks at the word that the log has, until the lock was its own
 * @from:     the CPU that had the lock before; SECTION_NONE: nobody had
 * @asked, @got, @released: INC_TICKET (or WAIT_LOCK), HOLD_LOCK (or WAIT_LOCK), INC_NOW (or REL_LOCK)
 */
struct lock_section {
	u64 number;
	lk_t lk;
	u32 cpu;
	struct nest_where in;
	u32 ticket, depth, rounds, from;
	struct section_at asked, got, released;
};

/* Nanoseconds where @timed, else hand-overs. */
static inline u64 section_wait(const struct lock_section *s, bool timed)
{
	return timed ? s->got.ns - s->asked.ns : s->depth;
}

/* Nanoseconds where @timed, else events of the CPU. */
static inline u64 section_hold(const struct lock_section *s, bool timed)
{
	return timed ? s->released.ns - s->got.ns : s->released.own - s->got.own;
}

struct sections;

/**
 * struct sections_told - who wants them; each function may be NULL
 * @asked: a CPU asks for a lock: @s has no @got and @released yet; @got: the lock is its own; @done: it was let go
 */
struct sections_told {
	void (*asked)(void *arg, const struct sections *ss, const struct lock_section *s);
	void (*got)(void *arg, const struct sections *ss, const struct lock_section *s);
	void (*done)(void *arg, const struct sections *ss, const struct lock_section *s);
	void *arg;
};

struct sections *sections_new(const struct sections_told *told);
void sections_free(struct sections *ss);

/* The next event of the merged log, all in their order. */
void sections_event(struct sections *ss, u64 index, const struct event *e);

/*
 * The CPU's sections that are open, that is the lock is its own, the first that it got first: the @i-th, or NULL behind the last.
 */
const struct lock_section *sections_open(const struct sections *ss, u32 cpu, u32 i);

/* The CPU waits for the lock: the section that will be (asked, not got); NULL: it does not. */
const struct lock_section *sections_waiting(const struct sections *ss, u32 cpu, lk_t lk);

/* Does the CPU wait for any lock? */
bool sections_waits(const struct sections *ss, u32 cpu);

/* The brackets that the CPU is in, and the operations among them. */
const struct nest_cpu *sections_nest(const struct sections *ss, u32 cpu);
struct nest_where sections_where(const struct sections *ss, u32 cpu);

/* The brackets of all CPUs. */
struct nest *sections_brackets(struct sections *ss);

/* Of a section that is done: the @i-th of those that it waited for, 0 .. depth - 1, the oldest first; NULL: the log does not have it. */
const struct lock_section *sections_before(const struct sections *ss, const struct lock_section *s,
                                           u32 i);

/* Of a section that had to wait and has the lock, or is done: [cpu] events of the CPU between asking and having; of CPUs of the log. */
const u64 *sections_others(const struct sections *ss, const struct lock_section *s);

/* Sections that had not ended as their episode or the log did: of a machine that halted, of a deadlock, of a log that was cut. */
u32 sections_unfinished(const struct sections *ss);

struct stash;
/* One section as bytes and back. */
void lock_section_stash(struct lock_section *l, struct stash *s);
/* What is known of the sections of the first @cpus CPUs, as bytes and back: another one that reads it goes on as this one. */
void sections_stash(struct sections *ss, u32 cpus, struct stash *s);

struct log_config;
/* "map_page_host", "fault", "-": the innermost operation of a section. */
const char *section_op_name(const struct log_config *c, const struct lock_section *s);

/* Give @told the sections of a whole log, from where the source stands; returns how many are unfinished in *@left. */
struct log_source;
struct err;
MUST_CHECK int sections_read(struct log_source *s, const struct sections_told *told, u32 *left,
                             struct err *e);
