// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/report/feed.h"

#include "oracle/report/means.h"
#include "sim/base/vec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int count(const volatile int *interrupts)
{
	return interrupts ? __atomic_load_n(interrupts, __ATOMIC_RELAXED) : 0;
}

int feed_both(struct log_source *s, struct checker *c, struct overlap *o,
              const volatile int *interrupts, struct err *e)
{
	struct event batch[SOURCE_BATCH];
	int before = count(interrupts);
	u32 n = 0;

	do {
		int rc;

		if (count(interrupts) != before)
			return FEED_STOPPED;
		rc = s->next(s, batch, SOURCE_BATCH, &n, e);
		if (rc < 0)
			return rc;
		checker_feed(c, batch, n);
		if (o)
			overlap_feed(o, batch, n);
	} while (n > 0);
	return 0;
}

int feed_checker(struct log_source *s, struct checker *c, const volatile int *interrupts,
                 struct err *e)
{
	return feed_both(s, c, NULL, interrupts, e);
}

/* The merge broke off: @found.  @m has the streams; NULL: a text, which tells what cannot be streams at its place. */
static void add_break(const struct merge_finding *found, const struct merge *m, struct checker *c)
{
	struct finding f = { .check = CHK_MERGE,
		             .row = merge_row_name(found->row),
		             .lk = found->lk < ID_END ? found->lk : FINDING_NO_LOCK,
		             .cpu = found->cpu < MAX_CPU ? found->cpu : FINDING_NO_CPU,
		             .at = checker_n_events(c),
		             .index = checker_n_events(c) };
	struct broken *b = m ? xcalloc(1, sizeof(*b)) : NULL;

	if (m)
		f.at = f.index = means_of(m, c, b);
	snprintf(f.sentence, sizeof(f.sentence), "%s: %.*s", merge_row_sentence(found->row),
	         (int)sizeof(f.sentence) - 150, found->text);
	checker_add_finding(c, &f);
	if (m)
		checker_add_broken(c, b);
	free(b);
}

void feed_merge_verdict(struct log_source *s, struct checker *c, bool whole, struct log_status *out)
{
	char worst[64] = "";

	log_source_status(s, out);
	/* In a text log that came from a run each stream ends with a mark, unless it was cut. */
	if (!out->binary && s->config->scenario[0])
		out->cut = checker_n_closed(c) < s->config->cpus;
	/* What is behind is not judged, so the end of the episode is not there to be judged either. */
	if (!whole || out->cut || out->finding)
		checker_cut(c);
	if (out->finding) {
		add_break(out->finding, merge_of_source(s), c);
		return;
	}
	if (!out->binary)
		return;
	if (!whole) {
		checker_merge_in_part(c);
		return;
	}
	if (out->in_part)
		snprintf(worst, sizeof(worst), "up to where there was no room for more");
	else if (out->holes)
		snprintf(worst, sizeof(worst), "%u holes of killed CPUs filled", out->holes);
	checker_merge_judged(c, worst);
}
