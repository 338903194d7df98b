/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Translations that outlived a change of their table. */
#include "oracle/check/family.h"
#include "oracle/check/judge.h"

struct tlb_checks;

/* MARK_ACCESS. */
void tlb_access(struct tlb_checks *s, struct judge *j, const struct event *e);

extern const struct family tlb_family;
