/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What the log says of registers, of saved contexts and of who runs on a CPU: does it fit what it said before?
 * oracle/registers.h rebuilds it.
 */
#include "oracle/check/family.h"
#include "oracle/check/judge.h"
#include "oracle/registers.h"
#include "sim/log/mark_arg.h"

struct register_checks;

/* Is a mark one of registers, or says it where exceptions go? */
static inline bool register_is_mark(const struct event *e)
{
	return registers_is_mark(e) || (e->kind == MARK_OUTSIDE && e->args[0] == MV_STREAM_VECTOR);
}

/* A mark that register_is_mark(). */
void register_event(struct register_checks *s, struct judge *j, const struct event *e);

/* The registers as the marks so far say. */
const struct registers *register_checks_rebuilt(const struct register_checks *s);

/* Does some check ask for registers? */
static inline bool registers_active(const struct judge *j)
{
	return check_on(j, CHK_REGISTERS) || check_on(j, CHK_ENTRIES) || check_on(j, CHK_REFINE) ||
	       check_on(j, CHK_COMPOSITE) || check_on(j, CHK_ROOT) || check_on(j, CHK_DIRTY) ||
	       check_on(j, CHK_KEPT) || check_on(j, CHK_ASKED);
}

extern const struct family registers_family;
