/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Registers over exit and entry: what is saved of a vCPU is what it had; until its next entry only what its dirty word names changes,
 * the pc goes on by 4 or to where exceptions go, which keep pc and pstate; and what it, or the host, goes on with is that.  oracle/registers.h rebuilds registers.
 */
#include "oracle/check/judge.h"
#include "oracle/registers.h"

struct kept;

/* @r: as it is behind each mark; it lives longer. */
struct kept *kept_new(const struct judge *j, const struct registers *r);
void kept_free(struct kept *k);
/* An episode begins. */
void kept_reset(struct kept *k);

/* A mark of registers, before it is applied to them, and behind that. */
void kept_before(struct kept *k, struct judge *j, const struct event *e);
void kept_mark(struct kept *k, struct judge *j, const struct event *e);
/* A mark OUTSIDE says where exceptions go. */
void kept_vector(struct kept *k, struct judge *j, const struct event *e);
