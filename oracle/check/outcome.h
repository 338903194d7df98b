/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* How the run ended, as the run itself saw it (marks stall, deadlock, surprise), and translations that had outlived a change. */
#include "oracle/check/family.h"
#include "oracle/check/judge.h"

struct outcome_checks;

/* A mark from MARK_ACCESS on. */
void outcome_event(struct outcome_checks *s, struct judge *j, const struct event *e);

extern const struct family outcome_family;
