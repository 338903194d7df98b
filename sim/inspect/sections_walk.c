// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/sections_walk.h"

int sections_walk(struct sections *ss, struct log_source *s, struct index_walk *w, struct err *e)
{
	struct event ev[SOURCE_BATCH];
	u64 index = 0;
	u32 n;
	int rc;

	do {
		index_walk(w, s, &index);
		rc = s->next(s, ev, SOURCE_BATCH, &n, e);
		for (u32 i = 0; i < n; i++)
			sections_event(ss, index++, &ev[i]);
	} while (rc == 0 && n > 0);
	return rc;
}
