// SPDX-License-Identifier: GPL-2.0-only
/* What the CPUs write, against what the log has. */
#include "sim/base/check.h"
#include "sim/log/mark_arg.h"
#include "sim/log/read/replay.h"
#include "sim/log/text/text.h"
#include "sim/rerun/rerun_types.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 1 << 16, SAID_FROM = 1, SAID_COMPARED = 5 };

/* Not what a CPU does, but how long it waits; and what each stream has at its ends. */
static bool is_ignored(const struct event *e)
{
	return e->kind == EV_GET_NOW || e->kind == MARK_EPISODE || e->kind == MARK_CLOSE;
}

/* ---- two events ---- */

static u64 index_after(const struct event *e, const struct diff *d, u64 at, u64 n)
{
	return at + n * obj_field(obj_kind_of(e->lk), d->field)->scale;
}

/* Cells of a difference from @at on. */
static u64 cells(const struct event *e, const struct diff *d, u64 at)
{
	return (d->last - at) / obj_field(obj_kind_of(e->lk), d->field)->scale + 1;
}

/* The same cells with the same values, however they are divided into ranges. */
static bool same_diffs(const struct event *a, const struct event *b)
{
	u32 i = 0, k = 0;
	u64 x = a->n ? a->diffs[0].first : 0, y = b->n ? b->diffs[0].first : 0;

	while (i < a->n && k < b->n) {
		const struct diff *p = &a->diffs[i], *q = &b->diffs[k];
		u64 n = min_u64(cells(a, p, x), cells(b, q, y));

		if (p->field != q->field || x != y || p->oracle != q->oracle)
			return false;
		if (p->oracle ? p->vmid != q->vmid ||
		                        p->index + (x - p->first) != q->index + (y - q->first)
		              : p->new != q->new || p->old != q->old)
			return false;
		if (cells(a, p, x) == n)
			x = ++i < a->n ? a->diffs[i].first : 0;
		else
			x = index_after(a, p, x, n);
		if (cells(b, q, y) == n)
			y = ++k < b->n ? b->diffs[k].first : 0;
		else
			y = index_after(b, q, y, n);
	}
	return i == a->n && k == b->n;
}

static bool same_digest(const struct event *a, const struct event *b)
{
	if (a->digest_len == 0 || b->digest_len == 0)
		return true;
	return a->digest_len == 8 && b->digest_len == 8 ? a->digest == b->digest
	                                                : (u8)a->digest == (u8)b->digest;
}

static u64 arg_of(const struct event *e, u32 i)
{
	return i < e->n ? e->args[i] : 0;
}

/* Which versions were read is not compared: they were placed by what they are. */
static bool same_access(const struct event *a, const struct event *b)
{
	for (u32 i = 0; i < SAID_COMPARED; i++) {
		u64 x = arg_of(a, i), y = arg_of(b, i);

		if (i == SAID_FROM) {
			x = x > MV_FROM_WALK;
			y = y > MV_FROM_WALK;
		}
		if (x != y)
			return false;
	}
	return true;
}

static bool same_mark(const struct event *a, const struct event *b)
{
	u32 n = a->n > b->n ? a->n : b->n;

	if (a->kind == MARK_ACCESS)
		return same_access(a, b);
	for (u32 i = 0; i < n; i++)
		if (arg_of(a, i) != arg_of(b, i))
			return false;
	return strcmp(mark_text(a), mark_text(b)) == 0;
}

static bool same_event(const struct event *a, const struct event *b)
{
	if (a->kind != b->kind)
		return false;
	if (event_is_mark(a->kind))
		return same_mark(a, b);
	if (a->lk != b->lk || a->arg != b->arg || !same_digest(a, b))
		return false;
	if ((a->flags & b->flags & EVF_WORD) && event_is_rmw(a->kind) &&
	    (a->ticket != b->ticket || a->now != b->now))
		return false;
	/* What a killed CPU wrote last is not known. */
	if (a->flags & EVF_FILLED)
		return true;
	return !event_is_push(a->kind) || same_diffs(a, b);
}

/* ---- what is told ---- */

static void print(const struct rerun *r, const struct event *e, char *out, size_t size)
{
	struct event bare = *e;
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	bare.flags &= (u8)~EVF_TIME;
	if (!f) {
		event_print(e, out, size);
		return;
	}
	text_print_event(f, r->rec->config, e->lk, &bare);
	fclose(f);
	text[strcspn(text, "\n")] = '\0';
	snprintf(out, size, "%s", text);
	free(text);
}

/* The log's next event of the CPU, or that there is none. */
static void differs_at(struct rerun *r, u32 cpu)
{
	struct rerun_differs *d = &r->out->differs;
	const struct recorded_cpu *rec = &r->rec->cpu[cpu];
	u32 at = r->cpu[cpu].seen;

	d->is = true;
	d->cpu = cpu;
	d->index = at < rec->event.n ? rec->index.v[at] : ~0ull;
	if (at < rec->event.n)
		print(r, &rec->event.v[at], d->log, sizeof(d->log));
	else
		snprintf(d->log, sizeof(d->log), "the episode has nothing more");
	r->over = true;
}

void rerun_differs(struct rerun *r, u32 cpu, const char *fmt, ...)
{
	va_list ap;

	if (r->over)
		return;
	differs_at(r, cpu);
	va_start(ap, fmt);
	vsnprintf(r->out->differs.ours, sizeof(r->out->differs.ours), fmt, ap);
	va_end(ap);
}

/* ---- streams ---- */

static void skip_ignored(struct rerun *r, u32 cpu)
{
	const struct recorded_cpu *rec = &r->rec->cpu[cpu];

	while (r->cpu[cpu].seen < rec->event.n && is_ignored(&rec->event.v[r->cpu[cpu].seen]))
		r->cpu[cpu].seen++;
	if (!r->cpu[cpu].begun && rec->event.n &&
	    rec->event.v[r->cpu[cpu].seen].kind == MARK_BARRIER)
		r->cpu[cpu].seen++;
}

/* A barrier that a stream's first record carries is the one of an operation that was left in the episode before. */
static bool is_before(struct rerun_cpu *s, const struct event *e)
{
	bool is = !s->begun && e->kind == MARK_BARRIER;

	s->begun |= e->kind != MARK_EPISODE && !is;
	return is;
}

/* A CPU that was left may have had a ticket of flat memory, of which no stream says anything; then the end does not say what it holds. */
static bool says_nothing_of_frames(const struct rerun *r)
{
	const struct recorded_cpu *rec = &r->rec->cpu[0];
	u32 at = r->cpu[0].seen;

	return at == rec->event.n || rec->event.v[at].kind != MARK_MEMORY ||
	       rec->event.v[at].args[0] != FLATMEM_ID;
}

static void compare_event(struct rerun *r, u32 cpu, const struct event *e)
{
	struct rerun_cpu *s = &r->cpu[cpu];
	const struct recorded_cpu *rec = &r->rec->cpu[cpu];

	if (s->left || r->over)
		return;
	if (!is_ignored(e))
		skip_ignored(r, cpu);
	if (is_ignored(e) || is_before(s, e) || s->left || r->over ||
	    (r->memory_only && e->kind != MARK_MEMORY))
		return;
	skip_ignored(r, cpu);
	if (r->memory_only && e->args[0] == FLATMEM_ID && says_nothing_of_frames(r))
		return;
	if (s->seen < rec->event.n && same_event(&rec->event.v[s->seen], e)) {
		s->seen++;
		r->out->events++;
		return;
	}
	/* Behind the last event that is known, a CPU that was left may have said registers and begun something. */
	if (rec->left != NO_PLACE && s->seen >= rec->left && !r->memory_only) {
		s->left = true;
		return;
	}
	differs_at(r, cpu);
	print(r, e, r->out->differs.ours, sizeof(r->out->differs.ours));
}

static void take_batch(struct rerun *r, u32 cpu)
{
	struct err err;
	u64 at;

	for (u32 i = 0; i < r->batch.n; i++) {
		struct event *e = &r->batch.event[i];
		int rc = replay_event(r->contents, e, &at, &err);

		if (rc < 0)
			sim_bug(__FILE__, __LINE__, err.msg);
		compare_event(r, cpu, e);
	}
	r->batch.n = 0;
	r->batch.used = 0;
}

static void room(struct rerun *r)
{
	if (!r->batch.arena)
		r->batch = (struct decode_batch){ .event = r->event,
			                          .max = ARRAY_SIZE(r->event),
			                          .arena = xcalloc(1, ARENA_BYTES),
			                          .cap = ARENA_BYTES };
}

/* The decoder has bytes: all events of them. */
static void decode(struct rerun *r, u32 cpu)
{
	struct decoder *d = &r->cpu[cpu].dec;

	for (;;) {
		switch (decoder_run(d, &r->batch)) {
		case DECODE_STEP:
			if (!decoder_fits(d, &r->batch))
				take_batch(r, cpu);
			decoder_emit(d, &r->batch);
			break;
		case DECODE_EPISODE:
		case DECODE_CLOSE:
			break;
		case DECODE_FULL:
			take_batch(r, cpu);
			break;
		case DECODE_END:
			take_batch(r, cpu);
			return;
		case DECODE_ERROR:
			sim_bug(__FILE__, __LINE__, d->why);
		}
	}
}

bool rerun_compare(struct rerun *r, u32 cpu)
{
	const struct chunk_source *from = log_in_memory(r->log);
	struct rerun_cpu *s = &r->cpu[cpu];
	const u8 *cur;
	u64 n;

	room(r);
	while (from->next(from, cpu, &s->place, &cur, &n)) {
		decoder_feed(&s->dec, cur, cur + n, false);
		decode(r, cpu);
	}
	return !r->over;
}

bool rerun_is_left(const struct rerun *r, u32 cpu)
{
	const struct recorded_cpu *rec = &r->rec->cpu[cpu];
	u32 at = r->cpu[cpu].seen;

	if (rec->left == NO_PLACE)
		return false;
	while (at < rec->left && is_ignored(&rec->event.v[at]))
		at++;
	return at >= rec->left;
}

/* Of an episode in which a CPU was left only what memory holds is compared of its end. */
static bool somebody_left(const struct rerun *r)
{
	for (u32 i = 0; i < r->cpus; i++)
		if (r->rec->cpu[i].left != NO_PLACE)
			return true;
	return false;
}

/* CPU 0's stream goes on where it says what memory holds. */
static void to_memory(struct rerun *r)
{
	const struct recorded_cpu *rec = &r->rec->cpu[0];
	struct rerun_cpu *s = &r->cpu[0];

	r->memory_only = true;
	for (u32 i = 0; i < r->cpus; i++)
		r->cpu[i].left = i != 0;
	while (s->seen < rec->event.n && rec->event.v[s->seen].kind != MARK_MEMORY)
		s->seen++;
}

void rerun_compare_end(struct rerun *r)
{
	for (u32 i = 0; i < r->cpus; i++)
		if (!r->rec->cpu[i].ends)
			return;
	if (somebody_left(r))
		to_memory(r);
	machine_end_episode(r->m);
	for (u32 i = 0; i < r->cpus; i++) {
		if (!rerun_compare(r, i))
			return;
		skip_ignored(r, i);
		if (!r->cpu[i].left && r->cpu[i].seen < r->rec->cpu[i].event.n)
			rerun_differs(r, i, "the episode has ended");
	}
}
