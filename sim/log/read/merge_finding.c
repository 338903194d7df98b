// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/merge_finding.h"

#include "sim/base/check.h"

#include <stdarg.h>
#include <stdio.h>

static const struct {
	const char *name, *sentence;
} rows[MERGE_NR] = {
	[MERGE_NONE] = { "NONE", "nothing found" },
#define MERGE(id, text) [MERGE_##id] = { "MERGE_" #id, text },
#include "sim/log/merge.def"
};

const char *merge_row_name(enum merge_row row)
{
	SIM_ASSERT(row < MERGE_NR);
	return rows[row].name;
}

const char *merge_row_sentence(enum merge_row row)
{
	SIM_ASSERT(row < MERGE_NR);
	return rows[row].sentence;
}

void merge_find(struct merge_finding *f, enum merge_row row, u32 lk, u32 rank, u32 cpu,
                const char *fmt, ...)
{
	va_list ap;

	if (f->row != MERGE_NONE)
		return;
	*f = (struct merge_finding){ .row = row, .lk = lk, .rank = rank, .cpu = cpu };
	va_start(ap, fmt);
	vsnprintf(f->text, sizeof(f->text), fmt, ap);
	va_end(ap);
}

void merge_find_step(struct merge_finding *f, u8 op, u64 word, u64 seen)
{
	f->at_step = true;
	f->op = op;
	f->word = word;
	f->seen = seen;
}
