// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/explore_keep.h"

#include "sim/explore/replay.h"

#include <stdio.h>
#include <string.h>

void explore_keep_add(struct explore_keep *k, const struct engine *e)
{
	const struct execution *x = engine_execution(e);
	struct found *f;

	if (k->have &&
	    (k->end == EXECUTION_DEADLOCK || engine_result(e)->end != EXECUTION_DEADLOCK))
		return;
	k->schedule.n = 0;
	f = found_new();
	found_add(f, e);
	k->have = true;
	k->known = engine_known(e);
	k->end = engine_result(e)->end;
	snprintf(k->verdict, sizeof(k->verdict), "%s", replay_verdict(f));
	found_free(f);
	for (u32 i = 0; i < x->n; i++)
		schedule_add_key(&k->schedule, &x->step[i].step);
}

void explore_keep_again(struct explore_keep *k)
{
	k->have = false;
}

void explore_keep_free(struct explore_keep *k)
{
	schedule_free(&k->schedule);
}

void explore_keep_end(const struct explore_keep *k, struct engine *e, struct setup *setup,
                      const struct scope *scope, bool strict, struct saved *out)
{
	struct replayed r;

	/* Another engine may have found it. */
	engine_know(e, &k->known);
	replay_run(e, setup, &k->schedule, REPLAY_STRICT, NULL, &r, NULL, NULL);
	if (r.differs)
		nondeterminism("a step", "the schedule that was found", r.why);
	if (!replay_has(r.found, k->verdict))
		nondeterminism("what is found", k->verdict, replay_verdict(r.found));
	saved_of(out, scope, strict);
	out->end = r.end;
	out->known = engine_known(e);
	snprintf(out->verdict, sizeof(out->verdict), "%s", k->verdict);
	schedule_copy(&out->schedule, &r.took);
	replayed_free(&r);
}

void explore_keep_smaller(struct saved *io, const struct shrunk *s)
{
	struct saved small;

	saved_of(&small, s->scope, io->strict);
	small.known = s->known;
	small.end = io->end;
	memcpy(small.verdict, io->verdict, sizeof(small.verdict));
	schedule_copy(&small.schedule, &s->schedule);
	saved_free(io);
	*io = small;
}
