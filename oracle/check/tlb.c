// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/tlb.h"

#include "sim/base/addr.h"
#include "sim/base/number.h"
#include "sim/base/rng.h"
#include "sim/base/vec.h"
#include "sim/log/mark_arg.h"
#include "sim/log/op.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	CHANGE_ROWS = 2048, /* of leaves that were taken out of a table */
	CHANGE_WAYS = 4,
	BEGUN_MAX =
		8, /* invalidations of a section that are kept: as many as are under way at once, and more */
	FILL_ROWS = 256, /* of each CPU */
};

/* An invalidation that the CPU began; @diffs: of the section before it. */
struct begun {
	u64 first, pages, diffs;
	u32 space;
	bool waited;
};

/* What followed the change of a leaf in its section. */
enum behind { BEHIND_NOTHING, BEHIND_NOT_WAITED, BEHIND_WAITED };

/**
 * struct taken - a leaf was taken out of its table, or given another frame
 * @index:  of the push among all events
 * @pfn, @pages: frames that it mapped
 * @begun:  of @behind: the invalidation
 * @op:     as in struct touch
 */
struct taken {
	u64 index, pfn, pages;
	struct begun begun;
	u8 cpu, lk, op, behind;
	bool any;
};

/* A CPU's translation buffer took @pfn for @gfn of @space. */
struct fill {
	u64 gfn, pfn;
	u32 space;
};

/**
 * struct stale - the finding of a CPU whose change of the table has not come yet
 * @index: of the finding; INVALID64: there is none
 */
struct stale {
	u64 index, pfn;
	lk_t lk;
};

struct tlb_cpu {
	u32 n_begun;
	struct begun begun[BEGUN_MAX];
	struct fill fill[FILL_ROWS];
	struct stale stale;
};

/* Kept from a log's first fill on. */
struct tlb_memory {
	u64 n[CHANGE_ROWS];
	struct taken change[CHANGE_ROWS][CHANGE_WAYS];
	struct tlb_cpu cpu[MAX_CPU];
};

/**
 * struct tlb_checks
 * @buffered: accesses of running code through a translation buffer; @stale: of these, whose translation the table no longer
 *            had; @untold: of which this could not be told
 * @off:      the check has failed on this CPU in this episode, bit cpu: one finding is enough, known ones are counted
 * @memory:   who changed which leaf, and what the buffers took; NULL: the log has no fill yet
 * @room:     for it; where the first fill was undone it is empty again
 */
struct tlb_checks {
	struct tlb_counts {
		u64 buffered, untold, stale;
	} n;
	u64 off;
	struct tlb_memory *memory, *room;
};

static void *create(const struct judge *j)
{
	(void)j;
	return xcalloc(1, sizeof(struct tlb_checks));
}

static void destroy(void *own)
{
	struct tlb_checks *s = own;

	if (s)
		free(s->room);
	free(s);
}

static void empty(struct tlb_memory *m)
{
	memset(m, 0, sizeof(*m));
	for (u32 c = 0; c < MAX_CPU; c++)
		m->cpu[c].stale.index = INVALID64;
}

static void reset(void *own, const struct judge *j)
{
	struct tlb_checks *s = own;

	(void)j;
	s->off = 0;
	if (s->memory)
		empty(s->memory);
}

/* The lock of the tables of an address space. */
static lk_t lock_of(u64 space)
{
	return space < SPACE_BANKS ? NPT_ID + (lk_t)space : SPT_ID;
}

static void first_fill(struct tlb_checks *s, const struct judge *j)
{
	if (!s->room) {
		s->room = xcalloc(1, sizeof(*s->room));
		empty(s->room);
	}
	KEEP(j, s->memory);
	s->memory = s->room;
}

void tlb_mark(struct tlb_checks *s, const struct judge *j, const struct event *e)
{
	struct tlb_cpu *c;

	if (e->kind == MARK_FILL && !s->memory)
		first_fill(s, j);
	if (!s->memory)
		return;
	c = &s->memory->cpu[e->cpu];
	switch (e->kind) {
	case MARK_FILL:
		KEEP(j, c->fill[e->args[2] % FILL_ROWS]);
		c->fill[e->args[2] % FILL_ROWS] = (struct fill){ .gfn = e->args[1],
			                                         .pfn = e->args[2],
			                                         .space = (u32)e->args[0] };
		break;
	case MARK_TLBI:
		KEEP(j, c->begun[c->n_begun % BEGUN_MAX]);
		KEEP(j, c->n_begun);
		c->begun[c->n_begun++ % BEGUN_MAX] = (struct begun){ .space = (u32)e->args[0],
			                                             .first = e->args[1],
			                                             .pages = e->args[2],
			                                             .diffs = e->args[3] };
		break;
	case MARK_TLBWAIT:
		KEEP(j, c->begun);
		for (u32 i = 0; i < BEGUN_MAX; i++)
			c->begun[i].waited = true;
		break;
	}
}

/* The frames that a difference takes out of a table; 0: none.  @table: as it is behind the push, NULL: it is not known. */
static u64 taken_out(lk_t lk, const struct diff *d, const struct obj *table, u64 *pfn)
{
	bool block = lk != SPT_ID && d->field == F_NPT_pt_pud_pool;
	u64 old = d->old;

	if (!d->both)
		old = table ? obj_get(table, d->field, d->first) - d->new : 0;
	if (!old)
		return 0;
	*pfn = phys_page(old) / PAGE_SIZE;
	if (block)
		return is_table(old) ? 0 : PMD_PAGE_NUM;
	return d->field == (lk == SPT_ID ? F_SPT_spt_pmd_pool : F_NPT_pt_pmd_pool);
}

static void say_begun(const struct begun *b, char *buf, size_t size)
{
	char space[MARK_WORD], first[NUMBER_TEXT], pages[NUMBER_TEXT];

	snprintf(buf, size, "(%s, page %s, %s of them)",
	         mark_print(NULL, MARG_SPACE, b->space, space, sizeof(space)),
	         number_hex(b->first, first), number_hex(b->pages, pages));
}

/* "; CPU 2 took it out of NPT:3 at event 4711, clear_vm_page, and nothing was invalidated behind it" */
static void say_change(const struct taken *x, const struct fill *fill, char *buf, size_t size)
{
	char lock[16], begun[96] = "", gfn[NUMBER_TEXT];
	size_t at =
		(size_t)snprintf(buf, size, "; CPU %u took it out of %s at event %llu%s%s", x->cpu,
	                         obj_name(x->lk, lock, sizeof(lock)), (unsigned long long)x->index,
	                         x->op != TOUCHED_NO_OP ? ", " : "",
	                         x->op != TOUCHED_NO_OP ? op_function(x->op) : "");
	const struct begun *b = &x->begun;
	bool covers = !fill || (fill->space == b->space && fill->gfn - b->first < b->pages);

	say_begun(b, begun, sizeof(begun));
	if (at >= size)
		return;
	if (x->behind == BEHIND_NOTHING)
		snprintf(buf + at, size - at, ", and nothing was invalidated behind it");
	else if (!covers)
		snprintf(buf + at, size - at,
		         ", and what was invalidated behind it %s is not page %s", begun,
		         number_hex(fill->gfn, gfn));
	else
		snprintf(buf + at, size - at, ", and the invalidation behind it %s was %s", begun,
		         x->behind == BEHIND_WAITED ? "waited for" : "not waited for");
}

/* The CPU's fill of the frame, if it is still known. */
static const struct fill *fill_of(const struct tlb_cpu *c, u64 pfn)
{
	const struct fill *f = &c->fill[pfn % FILL_ROWS];

	return f->pfn == pfn && pfn ? f : NULL;
}

static bool fits(const struct taken *x, lk_t lk, u64 pfn)
{
	return x->any && x->lk == lk && pfn - x->pfn < x->pages;
}

/* A block's row is that of its first frame, and another one than that of the first frame's page. */
static u32 row_of(lk_t lk, u64 pfn, u64 pages)
{
	return (u32)(mix64((u64)lk << 48 ^ pages << 32 ^ pfn / pages) % CHANGE_ROWS);
}

/* The last change of a leaf of @lk that mapped @pfn, or NULL. */
static const struct taken *change_of(const struct tlb_memory *m, lk_t lk, u64 pfn)
{
	const u32 row[] = { row_of(lk, pfn, 1), row_of(lk, pfn, PMD_PAGE_NUM) };
	const struct taken *last = NULL;

	for (u32 i = 0; i < ARRAY_SIZE(row) * CHANGE_WAYS; i++) {
		const struct taken *x = &m->change[row[i / CHANGE_WAYS]][i % CHANGE_WAYS];

		if (fits(x, lk, pfn) && (!last || x->index > last->index))
			last = x;
	}
	return last;
}

/* The change came behind the access: the two have no order in the log but the lock's. */
static void tell_later(struct tlb_memory *m, struct judge *j, const struct taken *x)
{
	char text[256];

	for (u32 cpu = 0; cpu < j->cpus && cpu < MAX_CPU; cpu++) {
		struct stale *stale = &m->cpu[cpu].stale;

		if (stale->index == INVALID64 || !fits(x, stale->lk, stale->pfn))
			continue;
		say_change(x, fill_of(&m->cpu[cpu], stale->pfn), text, sizeof(text));
		findings_add_words(&j->findings, ROW_TLB_STALE, stale->index, text);
		KEEP(j, stale->index);
		stale->index = INVALID64;
	}
}

bool tlb_remembers(const struct tlb_checks *s)
{
	return s->memory;
}

void tlb_push(struct tlb_checks *s, struct judge *j, const struct event *e, const struct obj *table)
{
	struct tlb_memory *m = s->memory;
	struct tlb_cpu *c = &m->cpu[e->cpu];
	u8 op = j->touched ? j->touched->cpu[e->cpu].op : TOUCHED_NO_OP;

	for (u32 i = 0; i < e->n; i++) {
		struct taken x = { .index = findings_index(&j->findings, e),
			           .cpu = e->cpu,
			           .lk = (u8)e->lk,
			           .op = op,
			           .any = true };
		u32 row;

		x.pages = taken_out(e->lk, &e->diffs[i], table, &x.pfn);
		if (!x.pages)
			continue;
		for (u32 k = 0; k < (u32)min_u64(c->n_begun, BEGUN_MAX); k++)
			if (lock_of(c->begun[k].space) == e->lk && c->begun[k].diffs > i &&
			    x.behind != BEHIND_WAITED) {
				x.begun = c->begun[k];
				x.behind = x.begun.waited ? BEHIND_WAITED : BEHIND_NOT_WAITED;
			}
		row = row_of(e->lk, x.pfn, x.pages);
		KEEP(j, m->change[row][m->n[row] % CHANGE_WAYS]);
		KEEP(j, m->n[row]);
		m->change[row][m->n[row]++ % CHANGE_WAYS] = x;
		tell_later(m, j, &x);
	}
	KEEP(j, c->n_begun);
	c->n_begun = 0;
}

void tlb_access(struct tlb_checks *s, struct judge *j, const struct event *e)
{
	u64 from = e->args[1], pfn = e->args[3];
	lk_t lk = e->n > 5 ? (lk_t)e->args[5] : ID_END;
	const struct taken *x = NULL;
	char words[256] = "", lock[16];
	struct finding f;

	if (from < MV_FROM_BUFFER)
		return;
	KEEP(j, s->n);
	s->n.buffered++;
	s->n.untold += from == MV_FROM_UNTOLD;
	if (from != MV_FROM_STALE)
		return;
	s->n.stale++;
	if (!check_on(j, CHK_TLB))
		return;
	if (s->off >> e->cpu & 1) {
		if (j->tlb_as_is)
			findings_count_known(&j->findings, ROW_TLB_STALE, ERRATUM_TLB_INVALIDATE);
		return;
	}
	KEEP(j, s->off);
	s->off |= 1ull << e->cpu;
	if (s->memory && lk < ID_END)
		x = change_of(s->memory, lk, pfn);
	if (x)
		say_change(x, fill_of(&s->memory->cpu[e->cpu], pfn), words, sizeof(words));
	finding_make(&j->findings, &f, ROW_TLB_STALE, e,
	             "CPU %u reached frame 0x%llx through its buffer, and %s has another%s%s",
	             e->cpu, (unsigned long long)pfn,
	             lk < ID_END ? obj_name(lk, lock, sizeof(lock)) : "the table",
	             j->tlb_as_is ? " (erratum tlb-invalidate, published: nothing invalidates)"
	                          : "",
	             words);
	finding_facts(&j->findings, &f, e,
	              FACTS(fact_hex("pfn", pfn), lk < ID_END ? fact_object("table", lk)
	                                                      : fact_word("table", "unknown")));
	f.class = j->tlb_as_is ? FINDING_KNOWN : FINDING_VIOLATION;
	f.erratum = ERRATUM_TLB_INVALIDATE;
	findings_keep(&j->findings, &f);
	if (!s->memory || x)
		return;
	KEEP(j, s->memory->cpu[e->cpu].stale);
	s->memory->cpu[e->cpu].stale = (struct stale){ .index = f.index, .pfn = pfn, .lk = lk };
}

static void verdict(const void *own, const struct judge *j, enum check_id id,
                    struct check_verdict *out)
{
	const struct tlb_checks *s = own;

	(void)j;
	(void)id;
	if (!s->n.buffered) {
		verdict_lacks(out, "log has no translation buffers");
		return;
	}
	out->n_untold = s->n.untold;
	snprintf(out->worst, sizeof(out->worst),
	         "%llu accesses through a buffer, %llu stale, %llu could not be told",
	         (unsigned long long)s->n.buffered, (unsigned long long)s->n.stale,
	         (unsigned long long)s->n.untold);
}

const struct family tlb_family = {
	.create = create, .free = destroy, .reset = reset, .verdict = verdict
};
