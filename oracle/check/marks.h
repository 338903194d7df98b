/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Marks of operations: the workload's (begin, end), one after the other, and in them the hypervisor's atomic ones (op,
 * sevent), which nest; and what marks name.
 */
#include "oracle/check/family.h"
#include "oracle/check/judge.h"

struct marks;

/* A mark other than MARK_BARRIER. */
void marks_event(struct marks *s, struct judge *j, const struct event *e);

/* Is there something to judge? */
static inline bool marks_active(const struct judge *j)
{
	return check_on(j, CHK_MARKS);
}

extern const struct family marks_family;
