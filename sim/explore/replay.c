// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/replay.h"

#include "sim/base/check.h"
#include "sim/base/rng.h"
#include "sim/base/vec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct replay
 * @map:   NULL: each is its own
 * @used:  [schedule->n] the step was made
 * @first: all before it were made
 * @begun: the execution has begun: there is no second one
 */
struct replay {
	const struct schedule *s;
	enum replay_how how;
	const struct replay_map *map;
	const struct setup *setup;
	struct replayed *out;
	bool *used;
	u32 first;
	bool begun;
};

static bool begin(void *arg)
{
	struct replay *r = arg;
	bool first = !r->begun;

	r->begun = true;
	return first;
}

static void ended(void *arg, const struct execution *x)
{
	struct replay *r = arg;

	for (u32 i = 0; i < r->s->n && r->how == REPLAY_TOLERANT; i++)
		r->out->missed += !r->used[i];
	if (r->how == REPLAY_STRICT && !r->out->differs && x->n < r->s->n) {
		char buf[96];

		r->out->differs = true;
		r->out->at = x->n;
		snprintf(r->out->why, sizeof(r->out->why),
		         "the schedule has %s, and the execution has ended",
		         step_print(&r->s->v[x->n].step, buf, sizeof(buf)));
	}
}

static u32 same(const void *arg)
{
	(void)arg;
	return 0;
}

/* What every CPU could do instead: "CPU 0's step 1: ticket of S2PAGE". */
static void differs(struct replay *r, const struct execution *x, const struct step *want)
{
	char *why = r->out->why, buf[96];
	size_t size = sizeof(r->out->why);
	int at;

	r->out->differs = true;
	r->out->at = x->n;
	at = snprintf(why, size, "the schedule %s%s, and the machine ", want ? "has " : "has ended",
	              want ? step_print(want, buf, sizeof(buf)) : "");
	for (u32 i = 0, n = 0; i < x->cpus && (size_t)at < size; i++) {
		if (x->state[i] != CPU_PENDING || (want && x->cpus > want->cpu && i != want->cpu &&
		                                   x->state[want->cpu] == CPU_PENDING))
			continue;
		at += snprintf(why + at, size - (size_t)at, "%s%s", n++ ? ", " : "is at ",
		               step_print(&x->at[i], buf, sizeof(buf)));
	}
}

static u32 choose_strict(struct replay *r, const struct execution *x)
{
	const struct step *want = x->n < r->s->n ? &r->s->v[x->n].step : NULL;

	if (want && want->cpu < x->cpus && execution_can(x, want->cpu) &&
	    step_equal(want, &x->at[want->cpu]))
		return want->cpu;
	differs(r, x, want);
	return NOBODY;
}

/* Which of its call's steps of that kind and object would it be, as the schedule that was made so far has them? */
static u32 in_call(const struct replay *r, const struct step *s, u32 call)
{
	const struct schedule *took = &r->out->took;
	u32 n = 0;

	for (u32 i = took->n; i-- > 0;) {
		const struct scheduled *b = &took->v[i];

		if (b->step.cpu != s->cpu)
			continue;
		if (b->call != call)
			break;
		n += b->step.kind == s->kind && b->step.object == s->object;
	}
	return n;
}

/* Where the schedule has the step that CPU @i is at; its length: nowhere. */
static u32 place_of(const struct replay *r, const struct execution *x, u32 i)
{
	const struct step *s = &x->at[i];
	u32 call = r->setup->call[i].number, cpu = i, nth = in_call(r, s, call);

	if (r->map) {
		cpu = r->map->cpu[i];
		call = cpu == NOBODY ? NO_CALL : r->map->call[i][call];
	}
	if (call == NO_CALL)
		return r->s->n;
	for (u32 k = r->first; k < r->s->n; k++) {
		const struct scheduled *z = &r->s->v[k];

		if (!r->used[k] && z->step.cpu == cpu && z->call == call &&
		    z->step.kind == s->kind && z->step.object == s->object && z->in_call == nth)
			return k;
	}
	return r->s->n;
}

static u32 choose_tolerant(struct replay *r, const struct execution *x)
{
	u32 best = NOBODY, at = 0;

	for (u32 i = 0; i < x->cpus; i++) {
		u32 place;

		if (!execution_can(x, i))
			continue;
		place = place_of(r, x, i);
		if (place == r->s->n)
			return i;
		if (best == NOBODY || place < at) {
			best = i;
			at = place;
		}
	}
	r->used[at] = true;
	while (r->first < r->s->n && r->used[r->first])
		r->first++;
	return best;
}

static u32 choose(void *arg, const struct execution *x)
{
	struct replay *r = arg;
	u32 cpu = r->how == REPLAY_STRICT ? choose_strict(r, x) : choose_tolerant(r, x);

	if (cpu != NOBODY)
		schedule_add(&r->out->took, &x->at[cpu], r->setup->call[cpu].number);
	return cpu;
}

/* ---- what it came to ---- */

static u64 hash_bytes(u64 h, const u8 *p, size_t n)
{
	u64 word;

	for (; n >= sizeof(word); p += sizeof(word), n -= sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		h = mix64(h + word);
	}
	for (; n > 0; p++, n--)
		h = mix64(h + *p + 1);
	return h;
}

/* Only what is in memory: a log in a file is compared as a file. */
static u64 hash_log(struct log *log)
{
	u64 h = 0;

	for (u32 c = 0; c < log->cpus && log->slots.kind == LOG_MEMORY; c++) {
		const struct log_writer *w = log_writer(log, c);
		const struct log_chunks *own = &log->chunks[c];

		for (u32 i = 0; i < own->n; i++) {
			const struct log_chunk_header *k = own->v[i];
			bool last = k == w->chunk;
			size_t end = last ? place_at(w->place) : sizeof(*k) + k->record_bytes;

			h = hash_bytes(h + c, (const u8 *)k + sizeof(*k), end - sizeof(*k));
			if (last)
				break;
		}
	}
	return h;
}

static void begin_again(struct replay *r)
{
	memset(r->used, 0, r->s->n * sizeof(bool));
	r->first = 0;
	r->begun = false;
	r->out->took.n = 0;
	r->out->differs = false;
	r->out->missed = 0;
}

void replay_run(struct engine *e, struct setup *setup, const struct schedule *s,
                enum replay_how how, const struct replay_map *map, struct replayed *out,
                void (*told)(void *arg, struct engine *e), void *arg)
{
	struct replay r = { .s = s,
		            .how = how,
		            .map = map,
		            .setup = setup,
		            .out = out,
		            .used = xcalloc(s->n + 1, sizeof(bool)) };
	const struct strategy strategy = { begin, choose, ended, same, &r, true };
	bool ran;

	*out = (struct replayed){ .found = found_new() };
	for (;;) {
		engine_next_whole(e);
		ran = engine_run(e, &strategy);
		SIM_ASSERT(ran);
		if (engine_result(e)->end != EXECUTION_AGAIN)
			break;
		/* In another scope it can be learned that steps begin elsewhere. */
		SIM_ASSERT(!engine_once(e));
		engine_undo(e);
		begin_again(&r);
	}
	out->end = engine_result(e)->end;
	if (out->end != EXECUTION_BLOCKED)
		found_add(out->found, e);
	out->log = hash_log(setup->log);
	if (told)
		told(arg, e);
	if (!engine_once(e))
		engine_undo(e);
	free(r.used);
}

void replayed_free(struct replayed *r)
{
	schedule_free(&r->took);
	found_free(r->found);
	r->found = NULL;
}

bool replay_has(const struct found *f, const char *name)
{
	for (u32 i = 0; i < found_count(f); i++)
		if (strcmp(found_get(f, i)->name, name) == 0)
			return true;
	if (strcmp(name, "clean") != 0)
		return false;
	for (u32 i = 0; i < found_count(f); i++)
		if (!found_get(f, i)->answer)
			return false;
	return true;
}

const char *replay_verdict(const struct found *f)
{
	const char *answer = "clean";

	/* Rows of a deadlock say less: locks in a wrong order are so in every schedule. */
	if (replay_has(f, "deadlock"))
		return "deadlock";
	for (u32 i = 0; i < found_count(f); i++) {
		if (!found_get(f, i)->answer)
			return found_get(f, i)->name;
		answer = found_get(f, i)->name;
	}
	return answer;
}

void replay_same(const struct replayed *a, const struct replayed *b)
{
	char x[32], y[32];

	for (u32 i = 0; i < a->took.n || i < b->took.n; i++) {
		const struct step *p = i < a->took.n ? &a->took.v[i].step : NULL,
				  *q = i < b->took.n ? &b->took.v[i].step : NULL;

		if (!p || !q || !step_equal(p, q))
			nondeterminism_step(i, p, q);
	}
	if (strcmp(replay_verdict(a->found), replay_verdict(b->found)) != 0)
		nondeterminism("what is found", replay_verdict(a->found), replay_verdict(b->found));
	if (a->log == b->log)
		return;
	snprintf(x, sizeof(x), "%016llx", (unsigned long long)a->log);
	snprintf(y, sizeof(y), "%016llx", (unsigned long long)b->log);
	nondeterminism("the bytes of the log, by their hash", x, y);
}
