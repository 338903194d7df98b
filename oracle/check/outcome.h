/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* How the run ended, as the run itself saw it (marks stall, deadlock, surprise). */
#include "oracle/check/family.h"
#include "oracle/check/judge.h"

struct contents;
struct outcome_checks;

/* A mark behind MARK_ACCESS.  @contents: of the log, for what a surprise is about. */
void outcome_event(struct outcome_checks *s, struct contents *contents, struct judge *j,
                   const struct event *e);

extern const struct family outcome_family;
