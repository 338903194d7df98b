// SPDX-License-Identifier: GPL-2.0-only
#include "sim/machine/surprise.h"

#include "lock/slot.h"
#include "lock/word.h"
#include "sim/base/check.h"
#include "sim/log/mark_arg.h"

_Static_assert((int)RUN_DID == MV_ANSWER_DID, "one order");
_Static_assert((int)RUN_REFUSED == MV_ANSWER_REFUSED, "one order");
_Static_assert((int)RUN_PANICKED == MV_ANSWER_PANICKED, "one order");
_Static_assert((int)RUN_WAS_STUCK == MV_ANSWER_STUCK, "one order");
_Static_assert((int)RUN_OTHER == MV_ANSWER_OTHER, "one order");

_Static_assert((int)RUN_ABOUT_FRAME == MV_ABOUT_FRAME, "one order");
_Static_assert((int)RUN_ABOUT_VM == MV_ABOUT_VM, "one order");
_Static_assert((int)RUN_ABOUT_VCPU == MV_ABOUT_VCPU, "one order");
_Static_assert((int)RUN_ABOUT_BANK == MV_ABOUT_BANK, "one order");

/* The mark's numbers, into args; how many. */
static u32 surprise_args(enum run_answer expected, enum run_answer came,
                         const struct run_about *about, u32 n, u64 args[2 + 2 * RUN_ABOUT_MAX])
{
	SIM_ASSERT(n <= RUN_ABOUT_MAX);
	args[0] = expected;
	args[1] = came;
	for (u32 i = 0; i < n; i++) {
		args[2 + 2 * i] = about[i].what;
		args[3 + 2 * i] = about[i].number;
	}
	return 2 + 2 * n;
}

void surprise_of_cpu(struct cpu *c, enum run_answer expected, enum run_answer came,
                     const struct run_about *about, u32 n, const char *text)
{
	u64 args[2 + 2 * RUN_ABOUT_MAX];
	u32 n_args = surprise_args(expected, came, about, n, args);

	c->surprises++;
	if (log_on(c->log))
		log_mark_text(c->log, MARK_SURPRISE, n_args, args, text);
}

void differs_about(struct run_differs *d, enum run_about_what what, u64 number)
{
	if (d->n_about < RUN_ABOUT_MAX)
		d->about[d->n_about++] = (struct run_about){ what, number };
}

void surprise_of_run(struct machine *m, const struct run_differs *d)
{
	u64 args[2 + 2 * RUN_ABOUT_MAX];
	u32 n_args = surprise_args(RUN_DID, RUN_OTHER, d->about, d->n_about, args);
	struct log_writer *w = log_run_writer(m->log, m->episode);

	if (log_on(w))
		log_mark_text(w, MARK_SURPRISE, n_args, args, d->text);
}

void stall_look(const struct machine *m, u32 cpu, u64 ms, struct stall *out)
{
	u64 waits = pub_load(&m->cpu[cpu].pub.waits);

	*out = (struct stall){ .cpu = cpu, .ms = ms, .waits = waits };
	if (!waits)
		return;
	out->now = word_now(word_get_now(&m->locks.lock[waits_lock(waits)].word));
	out->sleeps = slot_sleeps(&m->locks.lock[waits_lock(waits)], waits_ticket(waits));
}

/* What a CPU that does not move does, of type WAITS. */
static u64 waits_state(const struct stall *s)
{
	if (!s->waits)
		return MV_WAITS_RUNS;
	if (s->sleeps)
		return MV_WAITS_SLEEPS;
	return waits_lock(s->waits) == FLATMEM_ID ? MV_WAITS_FLAT : MV_WAITS_LOOKS;
}

void stall_say(struct machine *m, const struct stall *s)
{
	struct log_writer *w = log_run_writer(m->log, m->episode);
	const u64 args[] = { s->cpu,
		             waits_state(s),
		             s->waits ? waits_lock(s->waits) : 0,
		             s->waits ? waits_ticket(s->waits) : 0,
		             s->now,
		             s->ms };

	if (log_on(w))
		log_mark(w, MARK_STALL, ARRAY_SIZE(args), args);
}
