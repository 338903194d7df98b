/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Translations that outlived a change of their table: whose, who made the change, and which invalidation is missing. */
#include "oracle/check/family.h"
#include "oracle/check/judge.h"

struct tlb_checks;

/* MARK_FILL, MARK_TLBI or MARK_TLBWAIT. */
void tlb_mark(struct tlb_checks *s, const struct judge *j, const struct event *e);
/* Has a buffer taken a translation?  Before that changes of tables are nothing to it. */
bool tlb_remembers(const struct tlb_checks *s);
/* A push of a page table: who takes which leaf out, and what was invalidated behind it.  @table: behind it, NULL: not known. */
void tlb_push(struct tlb_checks *s, struct judge *j, const struct event *e,
              const struct obj *table);
/* MARK_ACCESS. */
void tlb_access(struct tlb_checks *s, struct judge *j, const struct event *e);

extern const struct family tlb_family;
