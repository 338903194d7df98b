/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A judge of its own: families of checks, over the events that it is fed.  A checker has one of all families, or two that share
 * nothing, so that a thread each can feed them: those that need events alone, and those that need what the log says the machine is.
 */
#include "oracle/check/check_set.h"
#include "oracle/check/family.h"
#include "oracle/check/judge.h"

/* Families, a bit each. */
enum {
	FAMILIES_ALL = (1 << FAMILY_NR) - 1,
	FAMILIES_EVENTS = 1 << FAMILY_QUEUE | 1 << FAMILY_TICKET | 1 << FAMILY_PROGRAM_ORDER |
	                  1 << FAMILY_LOCK_ORDER | 1 << FAMILY_MARKS | 1 << FAMILY_OUTSIDE,
	FAMILIES_WORLD = FAMILIES_ALL & ~FAMILIES_EVENTS,
};

struct undoes;

/**
 * struct half
 * @families: (bits) whose checks are judged here
 * @own:      the families' states
 * @undoes:   NULL: nothing can be undone
 * @episode:  number of the running episode; @any: there was an event
 */
struct half {
	struct judge judge;
	u32 families;
	void *own[FAMILY_NR];
	struct undoes *undoes;
	u64 episode;
	bool any;
};

/* The family of a check; FAMILY_NR: it has none. */
u32 half_family(enum check_id id);

/* Of @checks those of @families, and @others those that have no family.  What is needed of @config is copied. */
struct half *half_new(const struct log_config *config, const struct check_set *checks, u32 families,
                      bool others);
void half_free(struct half *h);
/* The next @n events and marks of the log. */
void half_feed(struct half *h, const struct event *ev, u32 n);
/* As checker_keep() or, @places, checker_keep_places(); as checker_undo(). */
void half_keep(struct half *h, bool places);
void half_undo(struct half *h, u64 n);
/* The episode is over, as family->end() says. */
void half_end(struct half *h, bool closed, bool cut);
/* The verdict of one of its checks; *out says "judged". */
void half_verdict(const struct half *h, enum check_id id, struct check_verdict *out);
