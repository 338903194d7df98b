/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* One event or mark of a log, decoded.  The checker and the inspectors see nothing else of a run. */
#include "shmem/obj/obj.h"
#include "sim/base/consts.h"
#include "sim/base/types.h"

enum event_kind {
	EV_NONE,
#define EVENT(name, family, arg, sentence) EV_##name,
#include "sim/log/event.def"
	EV_END, /* one past the last TEVENT */
#define MARK(name, word, least, args, sentence) MARK_##name,
#include "sim/log/mark.def"
	EV_NR
};

enum event_family { FAM_TTICKET, FAM_TSHARED, FAM_MARK };
enum event_arg { ARG_NONE, ARG_BOUND, ARG_ID };

enum {
	EVF_WORD = 1, /* ticket and now hold the word that the atomic returned */
	EVF_FILLED =
		2, /* not recorded: a killed CPU's last step, filled in by the merge; OFLATMEM: without what it wrote */
	EVF_TIME = 4, /* time_ns is set */
	EVF_RUN =
		8, /* a mark of the run itself, by no CPU: @cpu is the one that it speaks of, or 0 */
	EVF_PLACE =
		16, /* who judges the log may want to go back to before it (checker_keep_places()) */
};

enum {
	MAX_MARK_ARGS = 256,
	ACCESS_MAX_ARGS = 32, /* of the mark ACCESS */
	MAX_MARK_TEXT = 511,  /* bytes of a mark's sentence */
	MARK_MAY_SKIP = 64, /* marks from this number on are not needed to understand the others */
	MARK_FIRST = EV_END + 1, /* kinds of marks follow each other */
	MARK_KINDS = EV_NR - MARK_FIRST,
	MARK_SKIPPABLE = 256 - MARK_MAY_SKIP, /* how many such numbers there are */
};

/**
 * struct event - an event of a merged (or text) log
 * @kind:       enum event_kind
 * @cpu:        who did it, 0..MAX_CPU-1
 * @flags:      EVF_*
 * @digest_len: bytes of @digest that the record carries: 0, 1 (the low byte) or 8
 * @lk:         the lock whose log it is in; marks: 0
 * @arg:        the bound, the object id, or the mark's number (operation, rule, episode)
 * @n:          number of @diffs (pushes) or @args (marks: at least the fixed ones, sim/log/mark_arg.h)
 * @ticket, @now: both halves of the lock word as the atomic returned it, that is before INC_TICKET or INC_NOW; both the
 *              number of an OFLATMEM on lock 0, or of an ACCESS
 * @digest:     the object's digest, at OPULL and pushes
 * @time_ns:    nanoseconds since the start of the run, when timestamps are on
 * @diffs, @args: owned by the source of the event until its next batch; behind a mark's args[n - 1] stands its sentence,
 *              if it has one: mark_text()
 */
struct event {
	u8 kind, cpu, flags, digest_len;
	u32 lk;
	u32 arg;
	u32 n;
	u32 ticket, now;
	u64 digest;
	u64 time_ns;
	union {
		const struct diff *diffs;
		const u64 *args;
	};
};

/* "INC_TICKET", "OPULL", ..., or a mark's word; "?" for anything else. */
const char *event_name(u32 kind);
/* EV_NONE when there is no TEVENT of that name.  @len bytes of @name. */
enum event_kind event_by_name(const char *name, size_t len);
enum event_family event_family(u32 kind);
enum event_arg event_arg(u32 kind);
enum event_kind mark_by_name(const char *name, size_t len);

/* The push that carries the object of lock @lk; @lk < ID_END. */
enum event_kind event_push_of(lk_t lk);

static inline bool event_is_push(u32 kind)
{
	return kind >= EV_OCORE_DATA && kind <= EV_OFLATMEM;
}

static inline bool event_is_shared(u32 kind)
{
	return kind >= EV_OPULL && kind <= EV_OFLATMEM;
}

/* Legal in no ticket-level log: CAS_TICKET, WAIT_LOCK, REL_LOCK. */
static inline bool event_is_high(u32 kind)
{
	return kind >= EV_CAS_TICKET && kind <= EV_REL_LOCK;
}

static inline bool event_is_mark(u32 kind)
{
	return kind > EV_END;
}

/* Does the event change the lock word?  INC_TICKET and INC_NOW do. */
static inline bool event_is_rmw(u32 kind)
{
	return kind == EV_INC_TICKET || kind == EV_INC_NOW;
}

/* "INC_TICKET 10", "OPULL 7", "ONPT": the event without lock, CPU and payload.  Returns buf. */
const char *event_print(const struct event *e, char *buf, size_t size);
