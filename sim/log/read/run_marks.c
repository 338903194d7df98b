// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/run_marks.h"

#include "sim/log/read/decode.h"

/* The marks that the run's own stream may have, as by the CPU that they speak of.  False: there is something else. */
static bool adopt(struct merge *m, u32 first)
{
	for (u32 i = first; i < m->batch.n; i++) {
		struct event *e = &m->batch.event[i];

		if (e->kind != MARK_STALL && e->kind != MARK_DEADLOCK && e->kind != MARK_SURPRISE)
			return false;
		e->flags |= EVF_RUN;
		if (e->kind != MARK_SURPRISE)
			e->cpu = e->args[0] < m->cpus ? (u8)e->args[0] : 0;
	}
	return true;
}

/* The run's own stream cannot be read on. */
static __attribute__((cold)) void bad_run(struct merge *m, const char *why)
{
	char place[256];

	m->run_ended = true;
	if (m->error.code == ERR_NONE)
		err_set(&m->error, ERR_RECORD, "%s: %s",
		        reader_place(m->reader, m->cpus, m->run.cur, place, sizeof(place)), why);
}

bool merge_put_run_marks(struct merge *m)
{
	static const char *const foreign = "a record that the run's own stream cannot have";
	struct reader_bytes bytes;

	while (!m->run_ended && (m->done || m->run_episode <= m->episode)) {
		u32 first = m->batch.n;
		enum decode_stop stop = decoder_run(&m->run, &m->batch);
		int rc;

		if (!adopt(m, first)) {
			m->batch.n = first;
			bad_run(m, foreign);
			break;
		}
		switch (stop) {
		case DECODE_FULL:
			return false;
		case DECODE_EPISODE:
			m->run_episode = m->run.episode;
			break;
		case DECODE_END:
			reader_used(m->reader, m->cpus, m->run.cur);
			rc = reader_next(m->reader, m->cpus, &bytes, &m->error);
			m->run_ended = rc < 0;
			if (rc <= 0)
				return true;
			reader_feed(&m->run, &bytes);
			break;
		case DECODE_STEP:
		case DECODE_CLOSE:
			bad_run(m, foreign);
			break;
		case DECODE_ERROR:
			bad_run(m, m->run.why);
			break;
		}
	}
	return true;
}
