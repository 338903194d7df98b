// SPDX-License-Identifier: GPL-2.0-only
/*
 * Behind a change of an entry that mapped a frame: the invalidation of its pages, in the buffers of all CPUs, begun and waited for in
 * the same section.  [VRM: Sequential-TLB-Invalidation; spec D5]
 *
 * An entry that held nothing is in no buffer, and needs none.  TLBI says how many differences of the section stand before it; so what
 * was begun before the entry was written does not count.  The table's lock may be passed when all that the section has changed is
 * invalidated; what is invalidated behind the lock comes too late, whoever looks.
 */
#include "oracle/check/check_if.h"
#include "sim/base/addr.h"
#include "sim/base/number.h"
#include "sim/log/mark_arg.h"

#include <inttypes.h>
#include <stdio.h>

enum {
	BEGUN = 16, /* invalidations that a CPU has begun in its section */
	OWED = 8,   /* changes of it that are not invalidated yet */
	TOLD = 16, /* violations that are told of a log: who invalidates wrongly does so in each section */
};

/**
 * struct begun - an invalidation
 * @diffs:  differences of the section before it
 * @waited: it is over
 */
struct begun {
	u64 space, first, pages, diffs, waited;
};

/**
 * struct owing - leaves that the section has changed
 * @lk:      of the table
 * @space, @first, @pages: which
 * @written: differences of the section up to the one that changed them
 * @pfn:     what the first one mapped
 */
struct owing {
	u64 lk, space, first, pages, written, pfn;
};

/**
 * struct invalidation_cpu - a CPU in its section of a table
 * @lost: more was begun, or is owed, than is kept: the section is not judged
 */
struct invalidation_cpu {
	u64 n_begun, n_owed, lost;
	struct begun begun[BEGUN];
	struct owing owed[OWED];
};

/**
 * struct invalidation
 * @off: locks (bits) for which a violation was found in this episode: one is enough
 */
struct invalidation {
	u64 off;
	struct invalidation_cpu cpu[MAX_CPU];
};

static const u64 table_locks = 1ull << SPT_ID | ((1ull << INFO_ID) - (1ull << NPT_ID));

static void mark(struct judge *j, void *own, const struct event *e)
{
	struct invalidation_cpu *c = &((struct invalidation *)own)->cpu[e->cpu];

	if (!j->tlb || (e->kind != MARK_TLBI && e->kind != MARK_TLBWAIT))
		return;
	/* Outside of sections of tables nothing is owed. */
	if (e->kind == MARK_TLBI && !(trail_held_by(j->trail, e->cpu) & table_locks))
		return;
	KEEP(j, *c);
	if (e->kind == MARK_TLBWAIT) {
		for (u64 i = 0; i < c->n_begun; i++)
			c->begun[i].waited = true;
	} else if (c->n_begun == BEGUN) {
		c->lost = true;
	} else {
		c->begun[c->n_begun++] = (struct begun){ .space = e->args[0],
			                                 .first = e->args[1],
			                                 .pages = e->args[2],
			                                 .diffs = e->args[3] };
	}
}

/**
 * struct way - the entries by which a walk goes, as the table is now
 * @slot: [n] their addresses
 */
struct way {
	u64 slot[4];
	u32 n;
};

static struct way way_to(const struct world *w, const struct change *c)
{
	static const u32 npt[] = { F_NPT_pt_vttbr_pool, F_NPT_pt_pgd_pool, F_NPT_pt_pud_pool,
		                   F_NPT_pt_pmd_pool };
	static const u32 spt[] = { F_SPT_spt_vttbr_pool, F_SPT_spt_pgd_pool, F_SPT_spt_pmd_pool };
	bool bank = c->kind == CH_SPT_LEAF;
	const u32 *fields = bank ? spt : npt;
	u32 levels = bank ? ARRAY_SIZE(spt) : ARRAY_SIZE(npt), shift = (levels - 1) * 9;
	u64 page = bank ? SMMU_POOL_START + (u64)c->who * 2 * PAGE_SIZE : pool_start(c->who);
	u64 entry, index = bank ? c->at >> shift : c->at >> shift & 511;
	struct way way = { .n = 0 };

	for (u32 i = 0; i < levels; i++) {
		way.slot[way.n++] = page + index * 8;
		entry = world_value(w, c->lk, fields[i], page + index * 8);
		page = phys_page(entry);
		if (page == 0 || (fields[i] == F_NPT_pt_pud_pool && !bank && !is_table(entry)))
			break;
		shift -= shift ? 9 : 0;
		index = c->at >> shift & 511;
	}
	return way;
}

/* Differences of the push up to the last one on the way to the change's first leaf: it is what changed it. */
static u64 written_by(const struct judge *j, const struct change *c)
{
	struct way way = way_to(j->world, c);
	const struct event *e = j->at;
	u64 written = 1;

	for (u32 i = 0; i < e->n; i++)
		for (u32 k = 0; k < way.n; k++)
			if (way.slot[k] >= e->diffs[i].first && way.slot[k] <= e->diffs[i].last)
				written = i + 1;
	return written;
}

static bool covers(const struct begun *b, const struct owing *o)
{
	return b->space == o->space && b->first <= o->first &&
	       o->first + o->pages <= b->first + b->pages;
}

static bool is_over(const struct invalidation_cpu *c, const struct owing *o)
{
	for (u64 i = 0; i < c->n_begun; i++)
		if (c->begun[i].waited && c->begun[i].diffs >= o->written &&
		    covers(&c->begun[i], o))
			return true;
	return false;
}

/* A leaf that mapped a frame is gone, or maps another. */
static void change(struct judge *j, void *own, const struct section *s, const struct change *c)
{
	struct invalidation_cpu *cpu = &((struct invalidation *)own)->cpu[s->cpu];
	struct owing o = { .lk = s->lk, .first = c->at, .pages = c->n };

	if (!j->tlb || c->before.map.pfn == 0 || c->before.map.pfn == c->after.map.pfn)
		return;
	if (!trusts(j, CHK_INVALIDATION, 1ull << s->lk))
		return;
	o.space = c->kind == CH_SPT_LEAF ? SPACE_BANKS + c->who : c->who;
	o.written = written_by(j, c);
	o.pfn = c->before.map.pfn;
	evaluated(j, CHK_INVALIDATION);
	if (is_over(cpu, &o))
		return;
	KEEP(j, *cpu);
	if (cpu->n_owed == OWED)
		cpu->lost = true;
	else
		cpu->owed[cpu->n_owed++] = o;
}

/* What the section did about @o that comes closest, and the row that it breaks. */
static const struct begun *closest(const struct invalidation_cpu *c, const struct owing *o,
                                   enum check_row *row)
{
	const struct begun *best = NULL;

	*row = ROW_INVALIDATION_MISSING;
	for (u64 i = 0; i < c->n_begun; i++) {
		const struct begun *b = &c->begun[i];
		enum check_row is = !covers(b, o)           ? ROW_INVALIDATION_SCOPE
		                    : b->diffs < o->written ? ROW_INVALIDATION_EARLY
		                                            : ROW_INVALIDATION_WAIT;

		if (!best || is == ROW_INVALIDATION_WAIT ||
		    (is == ROW_INVALIDATION_EARLY && *row == ROW_INVALIDATION_SCOPE)) {
			best = b;
			*row = is;
		}
	}
	return best;
}

static void tell(struct judge *j, const struct invalidation_cpu *c, const struct owing *o)
{
	char space[MARK_WORD], other[MARK_WORD], words[120] = "";
	struct finding f;
	enum check_row row;
	const struct begun *b = closest(c, o, &row);

	if (j->tlb_as_is && !j->findings.strict &&
	    j->findings.n_by_check[FINDING_KNOWN][CHK_INVALIDATION]) {
		findings_count_known(&j->findings, row, ERRATUM_TLB_INVALIDATE);
		return;
	}
	if (b)
		snprintf(words, sizeof(words),
		         "; invalidated %s: %s, page 0x%" PRIx64 ", %" PRIu64 " of them",
		         b->waited ? "was" : "and not waited for was",
		         mark_print(NULL, MARG_SPACE, b->space, other, sizeof(other)), b->first,
		         b->pages);
	finding_make(&j->findings, &f, row, j->at,
	             "%s: page 0x%" PRIx64 " (%" PRIu64 " of them) no longer maps frame 0x%" PRIx64
	             "%s%s",
	             mark_print(NULL, MARG_SPACE, o->space, space, sizeof(space)), o->first,
	             o->pages, o->pfn, words,
	             j->tlb_as_is ? " (K18, erratum tlb-invalidate, published: nothing invalidates)"
	                          : "");
	finding_facts(&j->findings, &f, j->at,
	              FACTS(fact_object("table", o->lk), fact_hex("page", o->first),
	                    fact_n("pages", o->pages), fact_hex("pfn", o->pfn),
	                    fact_word("invalidated", !b          ? "nothing"
	                                             : b->waited ? "waited for"
	                                                         : "not waited for")));
	f.class = j->tlb_as_is ? FINDING_KNOWN : FINDING_VIOLATION;
	f.erratum = ERRATUM_TLB_INVALIDATE;
	findings_keep(&j->findings, &f);
}

static void passed(struct judge *j, void *own, const struct section *s)
{
	struct invalidation *state = own;
	struct invalidation_cpu *c = &state->cpu[s->cpu];
	const struct owing *first = NULL;

	if (!j->tlb || (!c->n_begun && !c->n_owed))
		return;
	KEEP(j, *c);
	if (c->lost)
		not_judged(j, CHK_INVALIDATION, UNJUDGED_MANY);
	for (u64 i = 0; i < c->n_owed && !c->lost && !first; i++)
		if (c->owed[i].lk == s->lk && !is_over(c, &c->owed[i]))
			first = &c->owed[i];
	if (first && !(state->off >> s->lk & 1) &&
	    j->findings.n_by_check[FINDING_VIOLATION][CHK_INVALIDATION] < TOLD) {
		tell(j, c, first);
		KEEP(j, state->off);
		state->off |= j->tlb_as_is && !j->findings.strict ? 0 : 1ull << s->lk;
	}
	/* The CPU is in one table's section at a time. */
	c->n_begun = c->n_owed = c->lost = 0;
}

const struct state_check check_invalidation = { .id = CHK_INVALIDATION,
	                                        .changes = 1 << CH_LEAF | 1 << CH_SPT_LEAF,
	                                        .bytes = sizeof(struct invalidation),
	                                        .change = change,
	                                        .objects = 1 << OBJ_NPT | 1 << OBJ_SPT,
	                                        .passed = passed,
	                                        .marks = STATE_MARK(MARK_TLBI) |
	                                                 STATE_MARK(MARK_TLBWAIT),
	                                        .mark = mark };

_Static_assert(sizeof(struct invalidation) % 8 == 0, "words");
