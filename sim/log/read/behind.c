// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/behind.h"

#include "sim/log/read/decode.h"

#include <stdlib.h>
#include <string.h>

enum { BATCH = 64 };

/* Is the event one that tells the finding? */
static bool tells(const struct merge_finding *f, const struct event *e)
{
	if (e->kind == MARK_ACCESS)
		return f->lk == FLATMEM_ID && f->at_step;
	if (event_is_mark(e->kind))
		return false;
	return f->row == MERGE_CYCLE || !f->at_step || e->lk == f->lk;
}

/* Keep what tells of the batch, and empty it.  Returns how many events it had. */
static u32 keep(const struct merge_finding *f, struct behind *out, u32 cpu, struct decode_batch *b)
{
	u32 n = b->n;

	for (u32 i = 0; i < n && out->n[cpu] < BEHIND_MAX; i++) {
		struct event *e = &out->ev[cpu][out->n[cpu]];

		if (!tells(f, &b->event[i]))
			continue;
		*e = b->event[i];
		e->n = 0;
		e->args = NULL;
		out->n[cpu]++;
	}
	b->n = 0;
	b->used = 0;
	return n;
}

/* Does CPU @cpu stand at a step that was not put out? */
static bool at_step(const struct merge *m, u32 cpu)
{
	u64 waits = m->turns.parked | m->turns.ready;

	return waits >> cpu & 1 || (m->finding.stands && m->finding.cpu == cpu);
}

static void look(const struct merge *m, u32 cpu, struct decode_batch *b, struct behind *out)
{
	struct reader *r = reader_ahead(m->reader, cpu);
	bool step = at_step(m, cpu);
	struct decoder d;
	u32 seen = 0;

	decoder_copy(&d, &m->cpu[cpu].dec);
	while (out->n[cpu] < BEHIND_MAX && seen < BEHIND_LOOK) {
		enum decode_stop stop;
		struct reader_bytes bytes;
		struct err ignored;

		if (step)
			decoder_emit(&d, b);
		seen += keep(&m->finding, out, cpu, b);
		stop = decoder_run(&d, b);
		seen += keep(&m->finding, out, cpu, b);
		step = stop == DECODE_STEP;
		if (stop == DECODE_END && r && reader_next(r, cpu, &bytes, &ignored) > 0)
			reader_feed(&d, &bytes);
		else if (stop != DECODE_STEP && stop != DECODE_FULL)
			break;
	}
	decoder_destroy(&d);
	reader_close(r);
}

void merge_behind(const struct merge *m, struct behind *out)
{
	struct event event[BATCH];
	struct decode_batch b = { .event = event, .max = BATCH };
	u64 gone = m->closed | m->at_episode | m->marks;

	memset(out->n, 0, sizeof(out->n));
	for (u32 c = 0; c < m->cpus; c++)
		if (!(gone >> c & 1))
			look(m, c, &b, out);
	free(b.arena);
}
