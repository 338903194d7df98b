/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The life of a family of checks: checks that need the same state.  What a family does at an event is in its header, for
 * the pass; everything that happens once is a function of its row.
 */
#include "oracle/check/finding.h"

struct judge;

enum family_id {
	FAMILY_QUEUE,
	FAMILY_TICKET,
	FAMILY_PROGRAM_ORDER,
	FAMILY_LOCK_ORDER,
	FAMILY_CONTENTS,
	FAMILY_MARKS,
	FAMILY_OUTCOME,
	FAMILY_TLB,
	FAMILY_REGISTERS,
	FAMILY_OUTSIDE,
	FAMILY_STATE,
	FAMILY_NR
};

/**
 * struct family
 * @create:  the state, as before the first event; NULL: it has none.  Ends the process when the host has no memory
 * @free:    takes NULL
 * @reset:   an episode begins: forget everything but worst cases
 * @keep:    from now on what it keeps is to be undone, within the episode; said again behind each reset.  May be NULL
 * @end:     the episode is over.  @closed: in order: no lock may be held; @cut: events of it are missing.  May be NULL
 * @verdict: of one of its checks: the worst case, or verdict_lacks(), verdict_no_case(); *out says "judged" before
 */
struct family {
	void *(*create)(const struct judge *j);
	void (*free)(void *own);
	void (*reset)(void *own, const struct judge *j);
	void (*keep)(void *own);
	void (*end)(void *own, struct judge *j, bool closed, bool cut);
	void (*verdict)(const void *own, const struct judge *j, enum check_id id,
	                struct check_verdict *out);
};
