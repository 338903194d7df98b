/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The second tier (oracle/check/check_if.h): who of its checks is told of what.  Its state is NULL when none is on. */
#include "oracle/check/check_if.h"

struct state;

/* Is a check of the second tier on, of a log that has what they need? */
bool state_wanted(const struct judge *j, const struct log_config *config);

/* OPULL. */
void state_pull(struct state *s, struct judge *j, const struct event *e);
/* A push, or a change of flat memory, before it is applied, and behind that. */
void state_push_begins(struct state *s, struct judge *j, const struct event *e);
void state_push(struct state *s, struct judge *j, const struct event *e);
/* INC_NOW. */
void state_pass(struct state *s, struct judge *j, const struct event *e);
/* A mark other than MARK_BARRIER. */
void state_mark(struct state *s, struct judge *j, const struct event *e);

extern const struct family state_family;
