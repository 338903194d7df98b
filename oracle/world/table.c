// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/world/table.h"

#include "sim/base/addr.h"
#include "sim/base/check.h"
#include "sim/base/vec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
	NPT_PGD = PGD_OFFSET / 8,
	NPT_PUD = PUD_OFFSET / 8,
	NPT_PMD = PMD_OFFSET / 8,
	SPT_PGD = (SMMU_PGD_START - SMMU_POOL_START) / 8,
	SPT_PMD = (SMMU_PMD_START - SMMU_POOL_START) / 8,
	SPT_END = (SMMU_POOL_END - SMMU_POOL_START) / 8,
};

_Static_assert(TABLE_NPT_CELLS == PT_POOL_PER_VM / 8, "an NPT's pools are its cells");
_Static_assert((int)SPT_END <= (int)TABLE_NPT_CELLS, "the SPT has room behind the NPTs");

static const struct shape npt_shape = {
	.n_levels = 4,
	.root_bits = 9,
	.gfn_bits = 36,
	.level = { { F_NPT_pt_vttbr_pool, 0, NPT_PGD, 27, false },
	           { F_NPT_pt_pgd_pool, NPT_PGD, NPT_PUD, 18, false },
	           { F_NPT_pt_pud_pool, NPT_PUD, NPT_PMD, 9, true },
	           { F_NPT_pt_pmd_pool, NPT_PMD, TABLE_NPT_CELLS, 0, false } },
};

static const struct shape spt_shape = {
	.n_levels = 3,
	.root_bits = 10,
	.gfn_bits = 28,
	.level = { { F_SPT_spt_vttbr_pool, 0, SPT_PGD, 18, false },
	           { F_SPT_spt_pgd_pool, SPT_PGD, SPT_PMD, 9, false },
	           { F_SPT_spt_pmd_pool, SPT_PMD, SPT_END, 0, false } },
};

void tables_init(struct tables *ts, struct journal *journal)
{
	const size_t links = N_SLOTS * sizeof(*ts->link);
	const size_t pages = (N_SLOTS / TABLE_PAGE_CELLS + 1) * sizeof(*ts->page);
	const size_t frames = FRAME_HEADS * sizeof(*ts->frame);
	char *p;

	*ts = (struct tables){ .journal = journal, .recall = xcalloc(1, sizeof(*ts->recall)) };
	ts->bytes = links + pages + frames + BLOCK_HEADS * sizeof(*ts->block);
	p = mmap(NULL, ts->bytes, PROT_READ | PROT_WRITE,
	         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED) {
		fprintf(stderr,
		        "hypsim: no address space for the index of page tables: %zu MiB (ulimit "
		        "-v)\n",
		        ts->bytes >> 20);
		exit(3);
	}
	ts->link = (void *)p;
	ts->page = (void *)(p + links);
	ts->frame = (void *)(p + links + pages);
	ts->block = (void *)(p + links + pages + frames);
}

void tables_destroy(struct tables *ts)
{
	if (ts->link)
		munmap(ts->link, ts->bytes);
	ts->link = NULL;
	free(ts->recall);
}

void tables_forget(struct tables *ts)
{
	memset(ts->recall, 0, sizeof(*ts->recall));
}

static u32 number_of(lk_t lk)
{
	if (lk == SPT_ID)
		return N_VMID;
	return lk >= NPT_ID && lk < INFO_ID ? lk - NPT_ID : N_TABLES;
}

void tables_object(struct tables *ts, const struct obj *o)
{
	u32 n = number_of(o->id);

	SIM_ASSERT(n < N_TABLES);
	ts->table[n] = (struct ptable){ .shape = n == N_VMID ? &spt_shape : &npt_shape,
		                        .o = o,
		                        .way = &ts->recall->way[n],
		                        .start = n == N_VMID ? SMMU_POOL_START : pool_start(n),
		                        .slot0 = 1 + n * TABLE_NPT_CELLS,
		                        .lk = o->id,
		                        .who = (u16)(n == N_VMID ? 0 : n) };
}

const struct ptable *tables_of(const struct tables *ts, lk_t lk)
{
	u32 n = number_of(lk);

	return n < N_TABLES ? &ts->table[n] : NULL;
}

const struct ptable *tables_of_slot(const struct tables *ts, u32 slot, u64 *cell)
{
	*cell = (slot - 1) % TABLE_NPT_CELLS;
	return &ts->table[(slot - 1) / TABLE_NPT_CELLS];
}

static u32 number_of_page(const struct ptable *t, u64 cell)
{
	return (u32)((t->slot0 - 1 + cell) / TABLE_PAGE_CELLS);
}

static struct table_page *page_of_cell(const struct tables *ts, const struct ptable *t, u64 cell)
{
	return &ts->page[number_of_page(t, cell)];
}

static void see_page(struct tables *ts, const struct ptable *t, u64 cell)
{
	u32 n = number_of_page(t, cell);

	ts->seen[n / 64] |= 1ull << n % 64;
}

u32 table_level(const struct ptable *t, u32 field)
{
	u32 level = 0;

	while (level < t->shape->n_levels && t->shape->level[level].field != field)
		level++;
	return level;
}

struct names table_names(const struct ptable *t, u32 level, u64 entry)
{
	const struct level *l = &t->shape->level[level];
	u64 page = phys_page(entry), cell = (page - t->start) / 8;
	bool last = level + 1 == t->shape->n_levels;

	if (last || (l->blocks && !is_table(entry)))
		return (struct names){ (u8)(page == 0 ? NAMES_NOTHING
			                    : last    ? NAMES_FRAME
			                              : NAMES_BLOCK),
			               page / PAGE_SIZE };
	if (page < t->start || cell < l[1].first || cell >= l[1].end)
		return (struct names){ NAMES_NOTHING, 0 };
	return (struct names){ NAMES_TABLE, cell };
}

u64 table_entry(const struct ptable *t, u64 cell)
{
	return unlikely(t->o->pages != NULL) ? obj_pages_value(t->o, cell) : t->o->cell[cell];
}

u32 table_used(const struct tables *ts, const struct ptable *t, u64 cell)
{
	return page_of_cell(ts, t, cell)->used;
}

void tables_each_parent(const struct tables *ts, const struct ptable *t, u64 page,
                        void (*fn)(void *arg, u64 slot), void *arg)
{
	u64 cell = (page - t->start) / 8;

	SIM_ASSERT(cell < TABLE_NPT_CELLS);
	for (u32 slot = page_of_cell(ts, t, cell)->parents; slot; slot = ts->link[slot].next)
		fn(arg, t->start + (u64)(slot - t->slot0) * 8);
}

void tables_each_page(const struct tables *ts, const struct ptable *t,
                      void (*fn)(void *arg, u64 page), void *arg)
{
	const struct shape *s = t->shape;
	u32 root = number_of_page(t, 0), first = number_of_page(t, s->level[1].first);
	u32 end = number_of_page(t, s->level[s->n_levels - 1].end);

	for (u32 word = first / 64; word * 64 < end; word++) {
		for (u64 left = ts->seen[word]; left; left &= left - 1) {
			u32 n = word * 64 + (u32)__builtin_ctzll(left);

			if (n >= first && n < end && (ts->page[n].used || ts->page[n].parents))
				fn(arg, t->start + (u64)(n - root) * PAGE_SIZE);
		}
	}
}

struct maplet table_leaf(const struct ptable *t, u32 level, u64 entry, u64 gfn)
{
	const struct level *l = &t->shape->level[level];
	struct names n = table_names(t, level, entry);
	bool ends = level + 1 == t->shape->n_levels || (l->blocks && !is_table(entry));

	if (n.what == NAMES_FRAME)
		return (struct maplet){ n.at, entry, 3 };
	if (n.what == NAMES_BLOCK)
		return (struct maplet){ n.at + gfn % TABLE_PAGE_CELLS, entry, 2 };
	return (struct maplet){ 0, ends ? entry : 0, 0 };
}

/* From the root: where the walk of @gfn, which the table has, ends.  @s is the table's shape, a constant. */
ALWAYS_INLINE struct way walk(const struct ptable *t, const struct shape *s, u32 bank, u64 gfn)
{
	u64 cell = (u64)bank << s->root_bits | gfn >> s->level[0].shift;
	u32 last = s->n_levels - 1, level = 0;

	for (; level < last; level++) {
		struct names n = table_names(t, level, table_entry(t, cell));

		if (n.what != NAMES_TABLE)
			break;
		cell = n.at + (level + 1 == last
		                       ? 0
		                       : (gfn >> s->level[level + 1].shift) % TABLE_PAGE_CELLS);
	}
	return (struct way){ .level = level, .cell = cell };
}

static __attribute__((noinline)) void walk_anew(const struct ptable *t, u32 bank, u64 gfn)
{
	*t->way = t->shape == &npt_shape ? walk(t, &npt_shape, bank, gfn)
	                                 : walk(t, &spt_shape, bank, gfn);
}

/* Where the walk of @gfn, which the table has, ends. */
ALWAYS_INLINE struct way way_of(const struct ptable *t, u32 bank, u64 gfn)
{
	u64 group = 1 + ((u64)bank << npt_shape.gfn_bits | gfn) / TABLE_PAGE_CELLS;
	struct way way;

	if (unlikely(t->way->group != group)) {
		walk_anew(t, bank, gfn);
		t->way->group = group;
	}
	way = *t->way;
	if (way.level + 1 == t->shape->n_levels)
		way.cell += gfn % TABLE_PAGE_CELLS;
	return way;
}

bool table_walk_entry(const struct ptable *t, u32 bank, u64 gfn, u32 *level_out, u64 *cell_out)
{
	struct way way;

	if (gfn >> t->shape->gfn_bits)
		return false;
	way = way_of(t, bank, gfn);
	*level_out = way.level;
	*cell_out = way.cell;
	return true;
}

struct maplet table_walk(const struct ptable *t, u32 bank, u64 gfn)
{
	struct way way;

	if (unlikely(gfn >> t->shape->gfn_bits))
		return (struct maplet){ .level = 0 };
	way = way_of(t, bank, gfn);
	return table_leaf(t, way.level, table_entry(t, way.cell), gfn);
}

/* The list that a slot is in which names @n; NULL: none. */
static u32 *head_of(const struct tables *ts, const struct ptable *t, struct names n)
{
	switch ((enum names_what)n.what) {
	case NAMES_NOTHING:
		return NULL;
	case NAMES_TABLE:
		return &page_of_cell(ts, t, n.at)->parents;
	case NAMES_FRAME:
		return tables_frame_head(ts, n.at);
	case NAMES_BLOCK:
		return tables_block_head(ts, n.at / TABLE_PAGE_CELLS);
	}
	SIM_UNREACHABLE();
}

/* More table pages than these are given back to the kernel, which costs as much as all of the address space that they are in. */
enum { RESET_PAGES = 2048 };

/* Is it less to look at each table page that was seen? */
static bool few_seen(const struct tables *ts)
{
	u32 n = 0;

	for (u32 i = 0; i < ARRAY_SIZE(ts->seen); i++)
		n += (u32)__builtin_popcountll(ts->seen[i]);
	for (u32 i = 0; i < N_TABLES; i++)
		if (ts->table[i].o && ts->table[i].o->pages)
			return false;
	return n <= RESET_PAGES;
}

/* Table page number @n: its slots are in no list, and name nothing. */
static void reset_page(struct tables *ts, u32 n)
{
	u64 cell;
	const struct ptable *t = tables_of_slot(ts, 1 + n * TABLE_PAGE_CELLS, &cell);
	u32 level = 0, slot = t->slot0 + (u32)cell;

	while (cell >= t->shape->level[level].end)
		level++;
	for (u64 i = 0; i < TABLE_PAGE_CELLS; i++) {
		u64 entry = table_entry(t, cell + i);
		u32 *head = entry ? head_of(ts, t, table_names(t, level, entry)) : NULL;

		if (head)
			*head = 0;
	}
	memset(&ts->link[slot], 0, TABLE_PAGE_CELLS * sizeof(ts->link[0]));
	ts->page[n] = (struct table_page){ 0 };
}

void tables_reset(struct tables *ts)
{
	if (!few_seen(ts)) {
		int rc = madvise(ts->link, ts->bytes, MADV_DONTNEED);

		SIM_ASSERT(rc == 0);
	} else {
		for (u32 word = 0; word < ARRAY_SIZE(ts->seen); word++)
			for (u64 left = ts->seen[word]; left; left &= left - 1)
				reset_page(ts, word * 64 + (u32)__builtin_ctzll(left));
	}
	memset(ts->seen, 0, sizeof(ts->seen));
	tables_forget(ts);
}

static void list_add(struct tables *ts, u32 *head, u32 slot)
{
	journal_word(ts->journal, &ts->link[slot].next, *head);
	journal_word(ts->journal, &ts->link[slot].prev, 0);
	if (*head)
		journal_word(ts->journal, &ts->link[*head].prev, slot);
	journal_word(ts->journal, head, slot);
}

static void list_del(struct tables *ts, u32 *head, u32 slot)
{
	struct slot_link l = ts->link[slot];

	if (l.next)
		journal_word(ts->journal, &ts->link[l.next].prev, l.prev);
	journal_word(ts->journal, l.prev ? &ts->link[l.prev].next : head, l.next);
}

void tables_store(struct tables *ts, const struct ptable *t, u32 level, u64 cell, u64 old, u64 new)
{
	struct table_page *page = page_of_cell(ts, t, cell);
	u32 *from = head_of(ts, t, table_names(t, level, old));
	struct names is = table_names(t, level, new);
	u32 *to = head_of(ts, t, is);
	u32 slot = t->slot0 + (u32)cell;

	ts->recall->mappers = (struct mappers){ .pfn = 0 };
	if (level + 1 < t->shape->n_levels)
		t->way->group = 0;
	if (!old != !new) {
		journal_word(ts->journal, &page->used, page->used + (new ? 1 : ~0u));
		see_page(ts, t, cell);
	}
	if (is.what == NAMES_TABLE)
		see_page(ts, t, is.at);
	if (from == to)
		return;
	if (from)
		list_del(ts, from, slot);
	if (to)
		list_add(ts, to, slot);
}

/* From slot @cell of @level upwards; @gfn: what the levels below add. */
static void ways_up(const struct tables *ts, const struct ptable *t, u32 level, u64 cell, u64 gfn,
                    struct gfns *g)
{
	const struct shape *s = t->shape;

	if (g->steps == 0)
		return;
	g->steps--;
	if (level == 0) {
		gfn |= (cell & ((1ull << s->root_bits) - 1)) << s->level[0].shift;
		g->fn(g, (u16)(t->who + (cell >> s->root_bits)), gfn);
		return;
	}
	gfn |= cell % TABLE_PAGE_CELLS << s->level[level].shift;
	for (u32 slot = page_of_cell(ts, t, cell)->parents; slot; slot = ts->link[slot].next)
		ways_up(ts, t, level - 1, slot - t->slot0, gfn, g);
}

void tables_gfns(const struct tables *ts, const struct ptable *t, u32 level, u64 cell,
                 struct gfns *g)
{
	ways_up(ts, t, level, cell, 0, g);
}

/**
 * struct down - where tables_each_leaf() is
 */
struct down {
	const struct tables *ts;
	const struct ptable *t;
	void (*fn)(void *arg, u64 gfn, u32 n, struct maplet m);
	void *arg;
};

/* The first of cells [@at, @end) whose entry may be other than 0; @end: there is none. */
static inline u64 next_entry(const struct ptable *t, u64 at, u64 end)
{
	const u64 *cell = t->o->cell;

	if (unlikely(t->o->pages != NULL))
		return at;
	while (at + 8 <= end && !(cell[at] | cell[at + 1] | cell[at + 2] | cell[at + 3] |
	                          cell[at + 4] | cell[at + 5] | cell[at + 6] | cell[at + 7]))
		at += 8;
	while (at < end && !cell[at])
		at++;
	return at;
}

static void entries_below(const struct down *d, u32 level, u64 cell, u64 n, u64 gfn, u32 used)
{
	const struct level *l = &d->t->shape->level[level];

	for (u64 i = 0; i < n && used > 0; i++) {
		struct names names;
		struct maplet m;
		u64 entry, at;

		i = next_entry(d->t, cell + i, cell + n) - cell;
		if (i == n)
			break;
		entry = table_entry(d->t, cell + i);
		if (entry == 0)
			continue;
		at = gfn | i << l->shift;
		used--;
		names = table_names(d->t, level, entry);
		if (names.what == NAMES_TABLE) {
			entries_below(d, level + 1, names.at, TABLE_PAGE_CELLS, at,
			              table_used(d->ts, d->t, names.at));
			continue;
		}
		m = table_leaf(d->t, level, entry, at);
		if (m.level)
			d->fn(d->arg, at, m.level == 2 ? TABLE_PAGE_CELLS : 1, m);
	}
}

void tables_each_leaf(const struct tables *ts, const struct ptable *t, u32 bank,
                      void (*fn)(void *arg, u64 gfn, u32 n, struct maplet m), void *arg)
{
	const struct down d = { ts, t, fn, arg };
	u64 n = 1ull << t->shape->root_bits;

	entries_below(&d, 0, bank * n, n, 0, ~0u);
}
