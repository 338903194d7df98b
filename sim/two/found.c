// SPDX-License-Identifier: GPL-2.0-only
#include "sim/two/found.h"

#include "sim/two/known.h"
#include "sim/two/view.h"

#include <stdio.h>
#include <string.h>

void two_see(struct pair *pr, struct two_side *s)
{
	two_view(&s->view, s->m);
	obs_prints(&s->now, &s->view, pr->p);
}

void two_part(struct pair *pr, enum two_split why)
{
	if (pr->split == SPLIT_NONE) {
		pr->split = why;
		pr->count.split[why]++;
	}
}

/* How much of it says what was done, without the arguments: "host_load" of "host_load(...)", two words of a script's line. */
static size_t op_word(const char *op)
{
	size_t n = strcspn(op, " (");

	return op[n] == ' ' ? n + 1 + strcspn(op + n + 1, " (") : n;
}

/* The same that was found before; NULL: it is new. */
static struct two_finding *find(struct pair *pr, const struct two_finding *f)
{
	size_t n = op_word(f->op);

	for (u32 i = 0; i < pr->n_findings; i++) {
		struct two_finding *o = &pr->finding[i];

		if (o->kind == f->kind && o->row == f->row && o->erratum == f->erratum &&
		    o->inside == f->inside && op_word(o->op) == n && strncmp(o->op, f->op, n) == 0)
			return o;
	}
	return NULL;
}

static void keep(struct pair *pr, const struct two_finding *f)
{
	struct two_finding *o = find(pr, f);

	if (!o && pr->n_findings == TWO_FINDINGS) {
		pr->lost++;
	} else if (!o) {
		pr->finding[pr->n_findings++] = *f;
	} else {
		o->n += f->step == o->step && f->run == o->run;
		o->times += f->step != o->last;
		o->last = f->step;
	}
}

bool two_mend(struct pair *pr, enum obs_row row, u64 key, u64 value)
{
	struct machine *m = pr->side[1].m;

	switch ((u32)row) {
	case OBS_REG:
		m->cpu[obs_key_cpu(key)].regs.r[obs_key_reg(key)] = value;
		return true;
	case OBS_CTXT:
		m->shadow_ctxts[pr->p * m->model.vcpu_per_vm + obs_key_cpu(key)]
			.r[obs_key_reg(key)] = value;
		return true;
	case OBS_FLATMEM:
		obj_set(&m->shared.obj[FLATMEM_ID], F_FLATMEM_flatmem, key, value);
		return true;
	default:
		return false;
	}
}

/**
 * struct differing - a row that differs
 * @f:      what is the same of each place
 * @mends:  run 1 shall take what run 0 has; @mended: it has
 */
struct differing {
	struct pair *pr;
	struct two_finding f;
	bool mends, mended;
};

static void differs(void *arg, u64 key, u64 a, u64 b)
{
	struct differing *d = arg;
	struct two_finding f = d->f;

	f.key = key;
	f.value[0] = a;
	f.value[1] = b;
	f.n = 1;
	f.times = 1;
	f.last = f.step;
	/* Of two values in one run the later one has come there. */
	f.is_secret = secret_of(b, &f.secret) || secret_of(a, &f.secret);
	f.erratum = two_known(&d->pr->side[0].m->cpu[f.cpu].errata, &f);
	keep(d->pr, &f);
	if (d->mends)
		d->mended &= two_mend(d->pr, f.row, key, a);
}

static struct differing differing(struct pair *pr, enum two_kind kind, u32 run, const char *op)
{
	struct differing d = { .pr = pr, .mended = true };

	d.f = (struct two_finding){
		.p = pr->p, .kind = kind, .run = run, .step = pr->count.steps, .cpu = pr->cpu
	};
	snprintf(d.f.op, sizeof(d.f.op), "%s", op);
	return d;
}

/* Rows that differ, bits. */
static u32 rows_of(const u64 *a, const u64 *b)
{
	u32 rows = 0;

	for (u32 i = 0; i < OBS_NR; i++)
		rows |= (u32)(a[i] != b[i]) << i;
	return rows;
}

u32 two_compare(struct pair *pr, enum two_kind kind, const char *op)
{
	struct two_side *a = &pr->side[0], *b = &pr->side[1];
	u32 rows = rows_of(a->now.row, b->now.row);
	struct obs_items x = { .n = 0 }, y = { .n = 0 };
	struct differing d;

	if (rows == 0)
		return 0;
	d = differing(pr, kind, 0, op);
	d.mends = true;
	for (u32 i = 0; i < OBS_NR; i++) {
		if (!(rows >> i & 1))
			continue;
		d.f.row = (enum obs_row)i;
		obs_list(&a->view, pr->p, d.f.row, &x);
		obs_list(&b->view, pr->p, d.f.row, &y);
		obs_differences(&x, &y, differs, &d);
	}
	vec_free(&x);
	vec_free(&y);
	two_see(pr, b);
	if (!d.mended || obs_first(&a->now, &b->now) != OBS_NR)
		two_part(pr, SPLIT_FOUND);
	return rows;
}

u32 two_unchanged(struct pair *pr, u32 run, const char *op)
{
	struct two_side *s = &pr->side[run];
	u32 rows = rows_of(s->before.row, s->now.row);
	struct obs_items x = { .n = 0 };
	struct differing d;

	if (rows == 0)
		return 0;
	d = differing(pr, TWO_INTEGRITY, run, op);
	for (u32 i = 0; i < OBS_NR; i++) {
		if (!(rows >> i & 1))
			continue;
		d.f.row = (enum obs_row)i;
		if (pr->listed) {
			obs_list(&s->view, pr->p, d.f.row, &x);
			obs_differences(&s->was[i], &x, differs, &d);
		} else {
			differs(&d, 0, 0, 0);
		}
	}
	vec_free(&x);
	return rows;
}

/* What can be compared while the core runs: registers move. */
#define SHARED_ROWS                                                                              \
	(1u << OBS_NPT | 1u << OBS_OWNER | 1u << OBS_COUNT | 1u << OBS_GFN | 1u << OBS_FLATMEM | \
	 1u << OBS_SMMU | 1u << OBS_SPT | 1u << OBS_BOOT_INFO | 1u << OBS_STATE_INFO |           \
	 1u << OBS_CORE_DATA | 1u << OBS_DATA_LOG | 1u << OBS_CORE_LOG)

/* A point inside a step of run 0: keep what is seen there. */
static void keep_cut(struct pair *pr, const struct two_side *s)
{
	struct two_cut *cut;

	if (s->n_cuts == pr->cuts_cap) {
		u32 old = pr->cuts_cap;

		pr->cut = vec_grow(pr->cut, &pr->cuts_cap, sizeof(*pr->cut));
		memset(pr->cut + old, 0, (pr->cuts_cap - old) * sizeof(*pr->cut));
	}
	cut = &pr->cut[s->n_cuts];
	pr->n_cuts = s->n_cuts + 1;
	memcpy(cut->row, s->now.row, sizeof(cut->row));
	for (u32 i = 0; i < OBS_NR && pr->listed; i++)
		if (SHARED_ROWS >> i & 1)
			obs_list(&s->view, pr->p, (enum obs_row)i, &cut->list[i]);
}

/* The first place at which a row differs, and how many there are. */
static void place(void *arg, u64 key, u64 a, u64 b)
{
	struct two_inside_row *n = arg;

	if (n->n++)
		return;
	n->key = key;
	n->value[0] = a;
	n->value[1] = b;
}

/* Rows that differ inside the step: of each the first time is noted, and told when it has ended. */
static void note(struct pair *pr, struct two_side *s, enum two_kind kind, u32 rows,
                 const struct obs_items *lists)
{
	struct obs_items x = { .n = 0 };

	rows &= ~pr->inside_rows;
	pr->inside_rows |= rows;
	for (u32 i = 0; i < OBS_NR; i++) {
		struct two_inside_row *n = &pr->inside[i];

		if (!(rows >> i & 1))
			continue;
		n->kind = kind;
		n->run = (u32)(s - pr->side);
		n->key = n->value[0] = n->value[1] = n->n = 0;
		if (!pr->listed)
			continue;
		obs_list(&s->view, pr->p, (enum obs_row)i, &x);
		obs_differences(&lists[i], &x, place, n);
	}
	vec_free(&x);
}

static bool holds(const struct cpu *c)
{
	for (lk_t lk = 0; lk < LK_SPACE; lk++)
		if (c->lock[lk] != LOCK_FALSE)
			return true;
	return false;
}

void two_inside(struct cpu *c)
{
	struct two_side *s = c->passed_arg;
	struct pair *pr = s->pr;
	u32 run = (u32)(s - pr->side), at = s->n_cuts;

	if (!pr->stepping || pr->split != SPLIT_NONE || !pr->in_role || holds(c))
		return;
	two_see(pr, s);
	if (run == 0) {
		keep_cut(pr, s);
	} else if (at < pr->n_cuts) {
		const struct two_cut *cut = &pr->cut[at];

		pr->inside_compared++;
		note(pr, s, TWO_CONFIDENTIALITY, rows_of(cut->row, s->now.row) & SHARED_ROWS,
		     cut->list);
	}
	s->n_cuts++;
	if (s->active || obs_active(&s->view, pr->p, c->id))
		return;
	pr->inside_compared++;
	note(pr, s, TWO_INTEGRITY, rows_of(s->before.row, s->now.row) & SHARED_ROWS, s->was);
}

void two_inside_end(struct pair *pr, u32 rows, const char *op)
{
	for (u32 i = 0; i < OBS_NR; i++) {
		const struct two_inside_row *n = &pr->inside[i];
		struct differing d;

		if (!(pr->inside_rows & ~rows & 1u << i))
			continue;
		d = differing(pr, n->kind, n->run, op);
		d.f.row = (enum obs_row)i;
		d.f.inside = true;
		differs(&d, n->key, n->value[0], n->value[1]);
	}
	pr->count.inside += pr->inside_compared;
}

void two_inside_free(struct pair *pr)
{
	for (u32 i = 0; i < pr->cuts_cap; i++)
		for (u32 r = 0; r < OBS_NR; r++)
			vec_free(&pr->cut[i].list[r]);
	free(pr->cut);
	pr->cut = NULL;
	pr->n_cuts = pr->cuts_cap = 0;
}
