// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/export_perfetto.h"

#include "sim/base/vec.h"
#include "sim/inspect/cpu_state.h"
#include "sim/inspect/perfetto.h"
#include "sim/log/mark_arg.h"
#include "sim/log/op.h"

#include <inttypes.h>
#include <stdlib.h>

enum slice_kind { SLICE_WORK, SLICE_OP, SLICE_WAIT, SLICE_HOLD };

/* Slices that a CPU's track can have open: brackets, and a section and a wait of each lock. */
enum { LANE_MAX = NEST_MAX + 2 * ID_END };

/**
 * struct slice - one that is open on a CPU's track
 * @id: operation, or lock; @name: as it is known to the trace
 */
struct slice {
	enum slice_kind kind;
	u64 id, name;
};

/**
 * struct lane - the track of a CPU
 * @slice: [n] open ones, the outermost first
 * @time:  of the CPU's last event
 */
struct lane {
	u32 track, n;
	struct slice slice[LANE_MAX];
	u64 time;
};

/**
 * struct lock_lane - the tracks of a lock; 0: there is none yet
 * @held:    a slice is open; @waiting: CPUs that wait
 * @passed:  the flow that the next holder ends; 0: none
 * @hold, @wait, @pass: names of slices and instants on tracks of CPUs
 */
struct lock_lane {
	u32 track, counter, waiting;
	bool held;
	u64 passed, hold, wait, pass;
};

/**
 * struct trace
 * @index, @time:   of the event that is looked at; @end: the latest time
 * @work, @atomic:  names of operations, 0: not known to the trace yet; @work has @n_work
 * @episodes:       the track of episodes; @named: the name of their slices; @in_episode: one is open
 */
struct trace {
	struct log_source *s;
	struct perfetto *p;
	struct sections *ss;
	u64 index, time, end;
	struct lane cpu[MAX_CPU];
	struct lock_lane lock[ID_END];
	u32 cpus, locks, episodes;
	u64 episode, named;
	bool in_episode;
	u64 *work;
	u32 n_work;
	u64 atomic[HYP_OP_NR + 1];
	u64 unknown, panic, stuck, nobody;
	u64 flows;
};

static const struct perfetto_flow no_flow = { .out = 0 };

/* The number of a name, which the trace learns at its first use. */
static u64 named(struct trace *t, u64 *name, const char *before, const char *text)
{
	char whole[160];

	if (*name)
		return *name;
	snprintf(whole, sizeof(whole), "%s%s", before, text);
	*name = perfetto_name(t->p, whole);
	return *name;
}

static u64 op_named(struct trace *t, bool atomic, u64 op)
{
	const char *work = atomic ? NULL : nest_work_name(t->s->config, op);

	if (atomic)
		return named(t, &t->atomic[min_u64(op, HYP_OP_NR)], "", op_function(op));
	if (work && op < t->n_work)
		return named(t, &t->work[op], "", work);
	return named(t, &t->unknown, "", "-");
}

static void begin_slice(struct trace *t, u32 cpu, struct slice s, const char *call,
                        struct perfetto_flow flow)
{
	struct lane *l = &t->cpu[cpu];

	if (l->n == LANE_MAX)
		return;
	l->slice[l->n++] = s;
	perfetto_slice(t->p, l->track, t->time, s.name, call, flow);
}

/* The innermost slice of that kind and number; LANE_MAX: there is none. */
static u32 find_slice(const struct lane *l, enum slice_kind kind, u64 id)
{
	for (u32 i = l->n; i-- > 0;)
		if (l->slice[i].kind == kind && (l->slice[i].id == id || kind == SLICE_WORK))
			return i;
	return LANE_MAX;
}

static void end_slices(struct trace *t, struct lane *l, u32 from, u64 time)
{
	for (; l->n > from; l->n--)
		perfetto_slice_end(t->p, l->track, time);
}

/*
 * Slice @i of the CPU's track ends, and with it all within, since slices nest.  Sections and waits go on in a slice of their own, and
 * so do operations within a section; operations within an operation were left.
 */
static void end_slice(struct trace *t, u32 cpu, u32 i)
{
	struct lane *l = &t->cpu[cpu];
	struct slice within[LANE_MAX];
	bool op;
	u32 n = 0;

	if (i == LANE_MAX)
		return;
	op = l->slice[i].kind <= SLICE_OP;
	for (u32 k = i + 1; k < l->n; k++)
		if (!op || l->slice[k].kind > SLICE_OP)
			within[n++] = l->slice[k];
	end_slices(t, l, i, t->time);
	for (u32 k = 0; k < n; k++)
		begin_slice(t, cpu, within[k], NULL, no_flow);
}

static struct lock_lane *lock_lane(struct trace *t, lk_t lk)
{
	struct lock_lane *l = &t->lock[lk];
	char name[32], waiting[48];

	if (l->track)
		return l;
	(void)lock_name_of(&t->s->config->locks, (lk_t)t->s->lock_name(t->s, lk), name,
	                   sizeof(name));
	snprintf(waiting, sizeof(waiting), "waiting for %s", name);
	l->track = perfetto_track(t->p, t->locks, name, false);
	l->counter = perfetto_track(t->p, t->locks, waiting, true);
	(void)named(t, &l->hold, "", name);
	(void)named(t, &l->wait, "wait ", name);
	(void)named(t, &l->pass, "pass on ", name);
	return l;
}

static void set_waiting(struct trace *t, struct lock_lane *l, u32 n)
{
	l->waiting = n;
	perfetto_value(t->p, l->counter, t->time, n);
}

static void asked(void *arg, const struct sections *ss, const struct lock_section *s)
{
	struct trace *t = arg;
	struct lock_lane *l = lock_lane(t, s->lk);

	(void)ss;
	if (s->depth == 0)
		return;
	set_waiting(t, l, l->waiting + 1);
	begin_slice(t, s->cpu, (struct slice){ SLICE_WAIT, s->lk, l->wait }, NULL, no_flow);
}

static void got(void *arg, const struct sections *ss, const struct lock_section *s)
{
	struct trace *t = arg;
	struct lock_lane *l = lock_lane(t, s->lk);
	bool atomic = s->in.atomic != NEST_NONE;
	char who[16];

	(void)ss;
	if (s->depth > 0 && l->waiting > 0)
		set_waiting(t, l, l->waiting - 1);
	end_slice(t, s->cpu, find_slice(&t->cpu[s->cpu], SLICE_WAIT, s->lk));
	begin_slice(t, s->cpu, (struct slice){ SLICE_HOLD, s->lk, l->hold }, NULL,
	            (struct perfetto_flow){ .in = l->passed });
	l->passed = 0;
	if (l->held)
		perfetto_slice_end(t->p, l->track, t->time);
	snprintf(who, sizeof(who), "CPU %u", s->cpu);
	perfetto_slice(t->p, l->track, t->time,
	               op_named(t, atomic, atomic ? s->in.atomic : s->in.work), who, no_flow);
	l->held = true;
}

static void done(void *arg, const struct sections *ss, const struct lock_section *s)
{
	struct trace *t = arg;
	struct lock_lane *l = lock_lane(t, s->lk);

	(void)ss;
	if (l->waiting > 0 && !l->passed) {
		l->passed = ++t->flows;
		perfetto_instant(t->p, t->cpu[s->cpu].track, t->time, l->pass, NULL,
		                 (struct perfetto_flow){ .out = l->passed });
	}
	end_slice(t, s->cpu, find_slice(&t->cpu[s->cpu], SLICE_HOLD, s->lk));
	if (l->held)
		perfetto_slice_end(t->p, l->track, t->time);
	l->held = false;
}

/* The machine of an episode is gone: nobody has its locks or waits for them. */
static void end_locks(struct trace *t)
{
	for (u32 lk = 0; lk < ID_END; lk++) {
		struct lock_lane *l = &t->lock[lk];

		if (l->held)
			perfetto_slice_end(t->p, l->track, t->time);
		if (l->waiting)
			set_waiting(t, l, 0);
		if (l->passed)
			perfetto_instant(t->p, l->track, t->time,
			                 named(t, &t->nobody, "", "nobody came"), NULL,
			                 (struct perfetto_flow){ .in = l->passed });
		l->held = false;
		l->passed = 0;
	}
}

static void begin_episode(struct trace *t, const struct event *e)
{
	char number[16];

	end_slices(t, &t->cpu[e->cpu], 0, t->time);
	if (t->in_episode && t->episode == e->arg)
		return;
	end_locks(t);
	if (t->in_episode)
		perfetto_slice_end(t->p, t->episodes, t->time);
	snprintf(number, sizeof(number), "%u", e->arg);
	perfetto_slice(t->p, t->episodes, t->time, named(t, &t->named, "", "episode"), number,
	               no_flow);
	t->in_episode = true;
	t->episode = e->arg;
}

static void begin_op(struct trace *t, const struct event *e)
{
	bool atomic = e->kind == MARK_OP;
	u64 op = e->args[0];
	char call[160];

	begin_slice(t, e->cpu,
	            (struct slice){ atomic ? SLICE_OP : SLICE_WORK, op, op_named(t, atomic, op) },
	            e->n > 1 ? cpu_state_call(t->s->config, e, call, sizeof(call)) : NULL, no_flow);
}

static void tell_mark(struct trace *t, const struct event *e, u64 *name, enum mark_type type)
{
	char word[MARK_WORD];

	perfetto_instant(t->p, t->cpu[e->cpu].track, t->time,
	                 named(t, name, "", event_name(e->kind)),
	                 mark_print(t->s->config, type, e->args[0], word, sizeof(word)), no_flow);
}

static void take_mark(struct trace *t, const struct event *e)
{
	struct lane *l = &t->cpu[e->cpu];

	switch (e->kind) {
	case MARK_EPISODE:
		begin_episode(t, e);
		return;
	case MARK_BEGIN:
	case MARK_OP:
		begin_op(t, e);
		return;
	case MARK_END_OP:
		end_slice(t, e->cpu, find_slice(l, SLICE_WORK, 0));
		return;
	case MARK_SEVENT:
		end_slice(t, e->cpu, find_slice(l, SLICE_OP, e->args[0]));
		return;
	case MARK_STOPPED:
		end_slices(t, l, 0, t->time);
		return;
	case MARK_PANIC:
		tell_mark(t, e, &t->panic, MARG_PANIC);
		return;
	case MARK_STUCK:
		tell_mark(t, e, &t->stuck, MARG_STUCK);
		return;
	default:
		return;
	}
}

static void take(struct trace *t, const struct event *e)
{
	struct lane *l = &t->cpu[e->cpu];

	if (e->flags & EVF_TIME)
		l->time = e->time_ns;
	t->time = t->s->config->timestamps ? l->time : t->index;
	t->end = max_u64(t->end, t->time);
	if (event_is_mark(e->kind) && !(e->flags & EVF_RUN))
		take_mark(t, e);
	sections_event(t->ss, t->index++, e);
}

static void begin(struct trace *t)
{
	char name[16];

	t->n_work = t->s->config->n_ops;
	t->work = xcalloc(t->n_work + 1, sizeof(*t->work));
	t->episodes = perfetto_track(t->p, PERFETTO_TOP, "episodes", false);
	t->cpus = perfetto_track(t->p, PERFETTO_TOP, "CPUs", false);
	for (u32 cpu = 0; cpu < t->s->config->cpus; cpu++) {
		snprintf(name, sizeof(name), "CPU %u", cpu);
		t->cpu[cpu].track = perfetto_track(t->p, t->cpus, name, false);
	}
	t->locks = perfetto_track(t->p, PERFETTO_TOP, "locks", false);
}

/* What is open at the end of the log ends there. */
static void end(struct trace *t)
{
	t->time = t->end;
	for (u32 cpu = 0; cpu < t->s->config->cpus; cpu++)
		end_slices(t, &t->cpu[cpu], 0, t->time);
	end_locks(t);
	if (t->in_episode)
		perfetto_slice_end(t->p, t->episodes, t->time);
}

static int read_all(struct trace *t, struct err *e)
{
	struct event ev[SOURCE_BATCH];
	u32 n;
	int rc;

	do {
		rc = t->s->next(t->s, ev, SOURCE_BATCH, &n, e);
		for (u32 i = 0; i < n; i++)
			take(t, &ev[i]);
	} while (rc == 0 && n > 0);
	return rc;
}

int export_perfetto(struct log_source *s, struct whole_file *to, struct perfetto_counts *out,
                    struct err *e)
{
	struct trace *t = xcalloc(1, sizeof(*t));
	const struct sections_told told = { .asked = asked, .got = got, .done = done, .arg = t };
	int rc, wrote;

	t->s = s;
	t->p = perfetto_new(to);
	t->ss = sections_new(&told);
	begin(t);
	rc = read_all(t, e);
	end(t);
	wrote = rc < 0 ? 0 : perfetto_end(t->p, e);
	*out = (struct perfetto_counts){ .events = t->index,
		                         .written = perfetto_events(t->p),
		                         .flows = t->flows,
		                         .moved = perfetto_moved(t->p) };
	perfetto_free(t->p);
	sections_free(t->ss);
	free(t->work);
	free(t);
	return rc < 0 ? rc : wrote;
}
