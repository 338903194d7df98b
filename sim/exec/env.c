// SPDX-License-Identifier: GPL-2.0-only
#include "sim/exec/env.h"

#include "cpu/point.h"
#include "lock/word.h"
#include "shmem/shared.h"
#include "sim/base/check.h"
#include "sim/exec/fold.h"
#include "sim/exec/undo.h"
#include "sim/log/event.h"

#include <stdlib.h>
#include <string.h>

struct payload *env_own(struct env *e, struct payload *p)
{
	if (p)
		vec_push(&e->payloads, p);
	return p;
}

/* The others' steps on a lock's word. */
static void step_word(struct env *e, lk_t lk, u32 kind)
{
	u64 *w = &e->m->locks.lock[lk].word;

	if (kind == EV_INC_TICKET)
		word_inc_ticket(w);
	else if (kind == EV_INC_NOW)
		word_inc_now(w, word_now(word_get_now(w)));
}

static void hook_query(struct cpu *c, lk_t lk)
{
	struct env *e = c->env_arg;
	struct env_log *l = &e->log[lk];

	l->fresh = l->ev.n;
	if (l->next == l->batch.n)
		return;
	for (u32 i = 0; i < l->batch.v[l->next].n; i++) {
		vec_push(&l->ev, l->batch.v[l->next].v[i]);
		step_word(e, lk, l->ev.v[l->ev.n - 1].kind);
	}
	l->next++;
}

static void hook_append(struct cpu *c, lk_t lk, u32 kind, u32 arg)
{
	struct env *e = c->env_arg;

	vec_push(&e->log[lk].ev,
	         ((struct env_event){ .kind = (u8)kind, .cpu = (u8)c->id, .arg = arg }));
}

static struct payload *payload_of(struct env *e, const struct shared_event *ev)
{
	if (ev->kind == EV_OPULL)
		return NULL;
	if (ev->payload) {
		const struct payload *given = ev->payload;
		struct payload *p = env_own(e, payload_new(given->whole));

		for (u32 i = 0; i < given->cell.n; i++)
			vec_push(&p->cell, given->cell.v[i]);
		return p;
	}
	if (ev->obj == ENV_NO_OBJ)
		return env_own(e, payload_new(e->whole));
	return env_own(e, e->whole ? payload_contents_snapshot(&e->contents, ev->obj)
	                           : payload_contents_diff(&e->contents, ev->obj));
}

static void hook_push(struct cpu *c, lk_t lk, const struct shared_event *ev)
{
	struct env *e = c->env_arg;

	vec_push(&e->log[lk].ev, ((struct env_event){ .kind = (u8)ev->kind,
	                                              .cpu = (u8)c->id,
	                                              .applied = !ev->payload,
	                                              .arg = ev->arg,
	                                              .payload = payload_of(e, ev) }));
}

static void note_cell(void *arg, struct obj *o, u32 field, u64 cell)
{
	struct env *e = arg;

	undo_note(e->undo, o, field, cell, 1);
	payload_contents_note(&e->contents, o, field, cell, 1);
}

/* CalState: the last push that carries the whole object, and the differences of others behind it.  [CalLock.CalState] */
static void hook_pull(struct cpu *c, lk_t lk, bool fresh)
{
	struct env *e = c->env_arg;
	struct env_log *l = &e->log[lk];
	u32 i = l->ev.n, from = fresh ? l->fresh : 0;

	if (lk >= ID_END)
		return;
	while (i > from && !(l->ev.v[i - 1].kind == event_push_of(lk) && l->ev.v[i - 1].payload &&
	                     l->ev.v[i - 1].payload->whole))
		i--;
	if (i > from)
		payload_contents_apply(&e->contents, lk, l->ev.v[i - 1].payload, note_cell, e);
	else
		i = 0;
	for (; i < l->ev.n; i++) {
		struct env_event *ev = &l->ev.v[i];

		if (ev->kind != event_push_of(lk) || ev->applied || !ev->payload ||
		    ev->payload->whole)
			continue;
		payload_contents_apply(&e->contents, lk, ev->payload, note_cell, e);
		undo_applied(e->undo, lk, i);
		ev->applied = true;
	}
}

static bool hook_fold(struct cpu *c, lk_t lk, enum env_fold fold, struct env_state *out)
{
	const struct env *e = c->env_arg;
	struct fold_from from = { .fairness = e->m->log->config->fairness,
		                  .t = e->m->params.start_ticket,
		                  .n = e->m->params.start_now,
		                  .as_published = published(c, ERRATUM_TICKET_LOG) };

	return fold_log(&e->log[lk].ev, fold, &from, out);
}

static void hook_op(struct cpu *c, u32 op, u32 n, const u64 *args)
{
	struct env *e = c->env_arg;
	struct env_op o = { .cpu = (u8)c->id, .n = (u8)n, .op = (u16)op };

	SIM_ASSERT(n <= ARRAY_SIZE(o.args));
	memcpy(o.args, args, n * sizeof(u64));
	vec_push(&e->slog, o);
}

static void hook_note(struct cpu *c, struct obj *o, u32 field, u64 first, u64 n)
{
	struct env *e = c->control_arg;

	undo_note(e->undo, o, field, first, n);
	payload_contents_note(&e->contents, o, field, first, n);
}

static const struct env_ops hooks = { .query = hook_query,
	                              .append = hook_append,
	                              .push = hook_push,
	                              .pull = hook_pull,
	                              .fold = hook_fold,
	                              .op = hook_op };

static const struct control_ops control = { .note = hook_note };

struct env *env_new(struct machine *m, bool whole)
{
	struct env *e = xcalloc(1, sizeof(*e));

	e->m = m;
	e->whole = whole;
	e->undo = undo_new(m);
	payload_contents_init(&e->contents, m->shared.obj);
	for (u32 i = 0; i < m->params.cpus; i++) {
		m->cpu[i].env = &hooks;
		m->cpu[i].env_arg = e;
		m->cpu[i].control = &control;
		m->cpu[i].control_arg = e;
	}
	return e;
}

static void forget(struct env *e)
{
	for (lk_t lk = 0; lk < LK_SPACE; lk++) {
		struct env_log *l = &e->log[lk];

		for (u32 i = 0; i < l->batch.n; i++)
			vec_free(&l->batch.v[i]);
		l->batch.n = l->next = 0;
		l->ev.n = l->fresh = 0;
	}
	for (u32 i = 0; i < e->payloads.n; i++)
		payload_free(e->payloads.v[i]);
	e->payloads.n = 0;
	e->slog.n = 0;
}

void env_reset(struct env *e)
{
	forget(e);
	payload_contents_reset(&e->contents);
}

void env_free(struct env *e)
{
	if (!e)
		return;
	forget(e);
	for (lk_t lk = 0; lk < LK_SPACE; lk++) {
		vec_free(&e->log[lk].ev);
		vec_free(&e->log[lk].batch);
	}
	vec_free(&e->payloads);
	vec_free(&e->slog);
	payload_contents_free(&e->contents);
	undo_free(e->undo);
	free(e);
}

void env_log_start(struct env *e, lk_t lk, const struct env_event *ev)
{
	vec_push(&e->log[lk].ev, *ev);
	step_word(e, lk, ev->kind);
}

void env_answer(struct env *e, lk_t lk, struct env_events *batch)
{
	vec_push(&e->log[lk].batch, *batch);
	*batch = (struct env_events){ .n = 0 };
}

u32 env_answers_left(const struct env *e, lk_t lk)
{
	return e->log[lk].batch.n - e->log[lk].next;
}

void env_set(struct env *e, lk_t id, const struct payload *p)
{
	payload_contents_apply(&e->contents, id, p, note_cell, e);
	undo_forget(e->undo);
}

void env_begin(struct env *e, struct cpu *c)
{
	undo_begin(e->undo, e, c);
}

void env_undo(struct env *e, struct cpu *c)
{
	undo_run(e->undo, e, c);
}

void env_commit(struct env *e)
{
	undo_forget(e->undo);
}
