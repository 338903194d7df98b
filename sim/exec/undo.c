// SPDX-License-Identifier: GPL-2.0-only
#include "sim/exec/undo.h"

#include "sim/exec/env_types.h"

#include <stdlib.h>
#include <string.h>

struct saved_log {
	u32 n, next, fresh;
};

struct saved_cell {
	struct obj *o;
	u32 field;
	u64 index, old;
};

struct applied {
	lk_t lk;
	u32 i;
};

/**
 * struct env_undo
 * @ctxts: [n_ctxts] of the machine
 * @cell:  [n] writes, oldest first
 * @extra: copies of what the objects had beside their cells
 */
struct env_undo {
	struct machine *m;
	struct cpu cpu;
	struct flag halt;
	struct data_logs data_logs;
	struct ctxt *ctxts;
	u32 n_ctxts;
	u64 word[LK_SPACE];
	struct saved_log log[LK_SPACE];
	u32 n_slog;
	u32 dirty[ID_END], base[ID_END];
	VEC(struct payload_cell) extra[ID_END];
	VEC(struct saved_cell) cell;
	VEC(struct applied) applied;
};

struct env_undo *undo_new(struct machine *m)
{
	struct env_undo *u = NULL;

	if (posix_memalign((void **)&u, CACHE_LINE, sizeof(*u)) != 0)
		return xcalloc(SIZE_MAX, 1);
	memset(u, 0, sizeof(*u));
	u->m = m;
	u->n_ctxts = N_VMID * m->model.vcpu_per_vm;
	u->ctxts = xcalloc(u->n_ctxts, sizeof(*u->ctxts));
	return u;
}

void undo_free(struct env_undo *u)
{
	for (u32 id = 0; id < ID_END; id++)
		vec_free(&u->extra[id]);
	vec_free(&u->cell);
	vec_free(&u->applied);
	free(u->ctxts);
	free(u);
}

void undo_begin(struct env_undo *u, const struct env *e, const struct cpu *c)
{
	const struct machine *m = u->m;

	u->cpu = *c;
	u->halt = m->halt;
	u->data_logs = m->data_logs;
	memcpy(u->ctxts, m->shadow_ctxts, u->n_ctxts * sizeof(*u->ctxts));
	for (lk_t lk = 0; lk < LK_SPACE; lk++) {
		u->word[lk] = m->locks.lock[lk].word;
		u->log[lk] =
			(struct saved_log){ e->log[lk].ev.n, e->log[lk].next, e->log[lk].fresh };
	}
	u->n_slog = e->slog.n;
	for (u32 id = 0; id < ID_END; id++) {
		const struct payload_obj *o = &e->contents.obj[id];

		u->dirty[id] = o->dirty.n;
		u->base[id] = o->base;
		u->extra[id].n = 0;
		for (u32 i = 0; i < o->extra.n; i++)
			vec_push(&u->extra[id], o->extra.v[i]);
	}
	undo_forget(u);
}

void undo_note(struct env_undo *u, const struct obj *o, u32 field, u64 first, u64 n)
{
	const struct obj_field *f = obj_field(o->kind, field);
	u64 from = obj_first_index(o->id, field);

	for (u64 i = first; i < first + n; i++)
		vec_push(&u->cell, ((struct saved_cell){ .o = &u->m->shared.obj[o->id],
		                                         .field = field,
		                                         .index = from + i * f->scale,
		                                         .old = o->cell[f->cell0 + i] }));
}

void undo_applied(struct env_undo *u, lk_t lk, u32 i)
{
	vec_push(&u->applied, ((struct applied){ lk, i }));
}

static void undo_contents(struct env_undo *u, struct payload_contents *s)
{
	while (u->cell.n > 0) {
		const struct saved_cell *c = &u->cell.v[--u->cell.n];

		obj_set(c->o, c->field, c->index, c->old);
	}
	for (u32 id = 0; id < ID_END; id++) {
		struct payload_obj *o = &s->obj[id];

		o->dirty.n = u->dirty[id];
		o->base = u->base[id];
		o->extra.n = 0;
		for (u32 i = 0; i < u->extra[id].n; i++)
			vec_push(&o->extra, u->extra[id].v[i]);
	}
}

void undo_run(struct env_undo *u, struct env *e, struct cpu *c)
{
	struct machine *m = u->m;
	struct stuck report = c->stuck;

	*c = u->cpu;
	c->stuck = report;
	m->halt = u->halt;
	m->data_logs = u->data_logs;
	memcpy(m->shadow_ctxts, u->ctxts, u->n_ctxts * sizeof(*u->ctxts));
	for (lk_t lk = 0; lk < LK_SPACE; lk++) {
		m->locks.lock[lk].word = u->word[lk];
		e->log[lk].ev.n = u->log[lk].n;
		e->log[lk].next = u->log[lk].next;
		e->log[lk].fresh = u->log[lk].fresh;
	}
	while (u->applied.n > 0) {
		const struct applied *a = &u->applied.v[--u->applied.n];

		if (a->i < e->log[a->lk].ev.n)
			e->log[a->lk].ev.v[a->i].applied = false;
	}
	e->slog.n = u->n_slog;
	undo_contents(u, &e->contents);
	undo_forget(u);
}

void undo_forget(struct env_undo *u)
{
	u->cell.n = u->applied.n = 0;
}
