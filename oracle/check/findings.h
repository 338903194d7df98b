/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What was found: the collection, the events around the first finding, and where in the log the judge is. */
#include "oracle/check/context.h"
#include "oracle/check/finding.h"

/**
 * struct findings
 * @found, @n_found: those that are kept in full: the first MAX_FINDINGS in the order of the log, then of the checks
 * @n_findings: all
 * @slice, @slice_n: the events that are being judged
 * @n_events:  events and marks before the slice
 */
struct findings {
	struct finding found[MAX_FINDINGS];
	u32 n_found;
	u64 n_findings;
	u64 n_by_check[CHK_NR];

	const struct event *slice;
	u32 slice_n;
	u64 n_events;

	struct context context;
};

/* A finding that was made elsewhere.  It is put at its place by @f->index. */
void findings_keep(struct findings *s, const struct finding *f);

/* A finding of @row at event @e of the slice; @state, printf-like, is the state just before it. */
__attribute__((cold)) void found(struct findings *s, enum check_row row, const struct event *e,
                                 const char *state, ...) PRINTF(4, 5);
/* The same for a row of a fold. */
__attribute__((cold)) void found_fold(struct findings *s, enum check_id id, const char *row,
                                      const char *sentence, const struct event *e,
                                      const char *state, ...) PRINTF(6, 7);
/* A finding that belongs to no event: the end of the log, the memory. */
__attribute__((cold)) void found_at_end(struct findings *s, enum check_row row, lk_t lk, cpu_t cpu,
                                        const char *state, ...) PRINTF(5, 6);
