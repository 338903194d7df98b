// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the world says of a storm's log, push by push, is what one finds who keeps plain cells and reads every table from its root:
 * leaves, mappers, and each change; and an undo to any push, with all pushes behind it done again, leaves no trace.
 */
#include "oracle/world/world.h"
#include "sim/base/rng.h"
#include "sim/base/vec.h"
#include "sim/log/read/merge.h"
#include "sim/log/write/log.h"
#include "tests/kit.h"
#include "tests/kit_naive.h"
#include "tests/kit_storm.h"
#include "tests/kit_world.h"

#include <stdlib.h>
#include <string.h>

enum { CPUS = 3, OPS = 2000, EPISODE_OPS = 800, CHECK_ALL = 64, UNDO_ONE_IN = 48 };

/* A push of the episode, to be done again. */
struct done {
	lk_t lk;
	u32 n, mark;
	struct diff *d;
	u64 hash; /* of all behind it, 0: not taken */
};

static struct {
	struct log_config *config;
	struct naive n;
	struct world *w;
	VEC(struct done) done;
	struct rng rng;
	u64 kinds[CH_NR], blocks, undone, pushes;
} t;

static struct page record(u64 index)
{
	return naive_record(&t.n.obj[S2PAGE_ID], index);
}

static bool same_change(const struct change *a, const struct change *b)
{
	if (a->kind != b->kind || a->lk != b->lk || a->field != b->field || a->who != b->who ||
	    a->at != b->at || a->n != b->n)
		return false;
	if (a->kind == CH_LEAF || a->kind == CH_SPT_LEAF)
		return maplet_equal(a->before.map, b->before.map) &&
		       maplet_equal(a->after.map, b->after.map);
	if (a->kind == CH_PAGE)
		return naive_page_equal(a->before.page, b->before.page) &&
		       naive_page_equal(a->after.page, b->after.page);
	return a->before.v == b->before.v && a->after.v == b->after.v;
}

static void expect(const struct change *have)
{
	char text[256], want[256] = "nothing";
	u32 i = 0;

	while (i < t.n.want.n && !same_change(&t.n.want.v[i], have))
		i++;
	if (i < t.n.want.n) {
		t.n.want.v[i] = t.n.want.v[--t.n.want.n];
		return;
	}
	if (t.n.want.n)
		kit_change(&t.n.want.v[0], want, sizeof(want));
	fail_msg("push %llu changes %s, expected %s", (unsigned long long)t.pushes,
	         kit_change(have, text, sizeof(text)), want);
}

static void expect_changes(lk_t lk)
{
	const struct change *c;
	char text[256];
	u32 n;

	c = world_changes(t.w, &n);
	for (u32 i = 0; i < n; i++) {
		struct change one = c[i];

		t.kinds[one.kind]++;
		t.blocks += one.n == 512;
		one.n = one.kind == CH_FLAT ? one.n : 1;
		for (u32 k = 0; k < (one.kind == CH_FLAT ? 1 : c[i].n); k++) {
			if (one.kind == CH_LEAF || one.kind == CH_SPT_LEAF) {
				one.at = c[i].at + k;
				one.before.map = change_maplet(c[i].before.map, k);
				one.after.map = change_maplet(c[i].after.map, k);
			}
			expect(&one);
		}
	}
	if (t.n.want.n)
		fail_msg("push %llu, lock %u: %s is missing", (unsigned long long)t.pushes, lk,
		         kit_change(&t.n.want.v[0], text, sizeof(text)));
}

/* ---- what there is, against the naive tables ---- */

struct asked {
	lk_t lk;
	struct leaf leaf;
	u32 n, of_table;
};

static void count_mapper(void *arg, u16 who, u64 gfn, bool spt)
{
	struct asked *a = arg;

	if (a->lk != (spt ? (lk_t)SPT_ID : (lk_t)NPT_ID + who))
		return;
	a->of_table++;
	a->n += who == a->leaf.who && gfn == a->leaf.gfn;
}

static int by_pfn(const void *a, const void *b)
{
	const struct leaf *x = a, *y = b;

	return x->m.pfn < y->m.pfn ? -1 : x->m.pfn > y->m.pfn;
}

/* Each leaf of the table is a mapper of its frame, once; and a frame has no other mappers in this table. */
static void check_mappers(lk_t lk)
{
	u32 n = t.n.leaves[lk].v.n, of_frame = 0, of_table = 0;
	struct leaf *v = xcalloc(n + 1, sizeof(*v));

	if (n)
		memcpy(v, t.n.leaves[lk].v.v, n * sizeof(*v));
	qsort(v, n, sizeof(*v), by_pfn);
	for (u32 i = 0; i < n; i++) {
		struct asked a = { .lk = lk, .leaf = v[i] };

		if (!v[i].m.level)
			continue;
		world_each_mapper(t.w, v[i].m.pfn, count_mapper, &a);
		assert_int_equal(a.n, 1);
		of_frame = i > 0 && v[i - 1].m.pfn == v[i].m.pfn ? of_frame + 1 : 1;
		of_table = a.of_table;
		if (i + 1 == n || v[i + 1].m.pfn != v[i].m.pfn)
			assert_int_equal(of_frame, of_table);
	}
	for (u32 i = 0; i < t.n.before.v.n; i++) {
		const struct leaf *l = &t.n.before.v.v[i];
		struct asked a = { .lk = lk, .leaf = *l };
		struct maplet m = lk == SPT_ID ? world_spt(t.w, l->who, l->gfn)
		                               : world_npt(t.w, l->who, l->gfn);

		world_each_mapper(t.w, l->m.pfn, count_mapper, &a);
		assert_int_equal(a.n, m.level && m.pfn == l->m.pfn);
	}
	free(v);
}

struct expected_leaves {
	lk_t lk;
	u16 who;
	u32 at;
};

static void is_next(void *arg, u64 gfn, u32 n, struct maplet m)
{
	struct expected_leaves *e = arg;

	for (u32 i = 0; i < n; i++) {
		const struct leaf *l;

		while (t.n.leaves[e->lk].v.v[e->at].m.level == 0)
			e->at++;
		l = &t.n.leaves[e->lk].v.v[e->at++];
		assert_true(l->who == e->who && l->gfn == gfn + i &&
		            maplet_equal(l->m, change_maplet(m, i)));
	}
}

/* Leaves in order, and single walks. */
static void check_leaves(lk_t lk)
{
	struct expected_leaves e = { .lk = lk };
	const struct leaves *l = &t.n.leaves[lk];

	if (lk == SPT_ID)
		for (e.who = 0; e.who < 16; e.who++)
			world_each_spt_leaf(t.w, e.who, is_next, &e);
	else
		world_each_leaf(t.w, e.who = (u16)(lk - NPT_ID), is_next, &e);
	while (e.at < l->v.n && l->v.v[e.at].m.level == 0)
		e.at++;
	assert_int_equal(e.at, l->v.n);
	for (u32 i = 0; i < l->v.n; i++) {
		const struct leaf *x = &l->v.v[i];

		assert_true(maplet_equal(x->m, lk == SPT_ID ? world_spt(t.w, x->who, x->gfn)
		                                            : world_npt(t.w, x->who, x->gfn)));
	}
}

static void check_records(void)
{
	for (u64 i = 0; i < 4096; i++) {
		u64 pfn = naive_frame(&t.config->fixed, i);

		if (pfn != INVALID64)
			assert_true(naive_page_equal(world_page(t.w, pfn), record(i)));
	}
}

static void check_all(void)
{
	t.n.before.v.n = 0;
	for (lk_t lk = 0; lk < ID_END; lk++) {
		struct obj *o = world_obj(t.w, lk);

		obj_settle(o);
		assert_true(o->digest == t.n.obj[lk].digest);
		if (naive_is_table(lk)) {
			check_leaves(lk);
			check_mappers(lk);
		}
	}
	check_records();
	assert_true(world_trusts(t.w, ~0ull));
}

/* ---- undo ---- */

static void mix_mapper(void *arg, u16 who, u64 gfn, bool spt)
{
	u64 *hash = arg;

	*hash = mix64(*hash ^ gfn ^ (u64)who << 40 ^ (u64)spt << 56);
}

static void mix_leaf(void *arg, u64 gfn, u32 n, struct maplet m)
{
	u64 *hash = arg;

	*hash = mix64(*hash ^ mix64(gfn ^ (u64)n << 50) ^ m.pte);
	world_each_mapper(t.w, m.pfn, mix_mapper, hash);
}

/* Of all that the world says, mappers in their order too. */
static u64 hash_world(void)
{
	u64 hash = 1;

	for (lk_t lk = 0; lk < ID_END; lk++) {
		struct obj *o = world_obj(t.w, lk);

		obj_settle(o);
		hash = mix64(hash ^ o->digest) + world_doubts(t.w, lk);
	}
	for (vmid_t v = 0; v < N_VMID; v++)
		world_each_leaf(t.w, v, mix_leaf, &hash);
	for (u32 k = 0; k < EL2_SMMU_CFG_SIZE; k++)
		world_each_spt_leaf(t.w, k, mix_leaf, &hash);
	return hash ? hash : 1;
}

static void do_push(const struct done *p)
{
	struct world_cell where;

	world_begin(t.w);
	for (u32 i = 0; i < p->n; i++)
		assert_int_equal(world_apply(t.w, p->lk, &p->d[i], &where), WORLD_OK);
}

/* Back to some push, and on again; what was taken on the way is the same both times. */
static void undo_and_redo(void)
{
	u32 to = (u32)rng_below(&t.rng, t.done.n);

	for (u32 i = t.done.n; i-- > to;) {
		if (rng_below(&t.rng, 8) && i != to)
			continue;
		world_undo(t.w, t.done.v[i].mark);
		if (i > 0 && t.done.v[i - 1].hash)
			assert_true(hash_world() == t.done.v[i - 1].hash);
	}
	for (u32 i = to; i < t.done.n; i++) {
		assert_int_equal(world_mark(t.w), t.done.v[i].mark);
		do_push(&t.done.v[i]);
		if (t.done.v[i].hash)
			assert_true(hash_world() == t.done.v[i].hash);
	}
	t.undone++;
}

/* ---- the log ---- */

static void forget_pushes(void)
{
	for (u32 i = 0; i < t.done.n; i++)
		free(t.done.v[i].d);
	t.done.n = 0;
}

static void begin_episode(void)
{
	forget_pushes();
	world_reset(t.w);
	naive_begin(&t.n);
	check_all();
}

static void push(const struct event *e)
{
	struct done p = { .lk = e->lk, .n = e->n, .mark = world_mark(t.w) };

	if (e->n == 0)
		return;
	p.d = xcalloc(p.n, sizeof(*p.d));
	memcpy(p.d, e->diffs, p.n * sizeof(*p.d));
	t.pushes++;
	naive_push(&t.n, p.lk, p.d, p.n);
	do_push(&p);
	expect_changes(p.lk);
	if (naive_is_table(p.lk)) {
		check_leaves(p.lk);
		check_mappers(p.lk);
	}
	if (t.pushes % CHECK_ALL == 0) {
		check_all();
		p.hash = hash_world();
	}
	vec_push(&t.done, p);
	if (rng_below(&t.rng, UNDO_ONE_IN) == 0)
		undo_and_redo();
}

static void replay(struct kit_storm *k)
{
	struct merge *m = merge_open_memory(log_in_memory(k->log));
	struct event e[SOURCE_BATCH];
	u32 n, episode = ~0u;
	struct err err;

	do {
		assert_int_equal(merge_source(m)->next(merge_source(m), e, SOURCE_BATCH, &n, &err),
		                 0);
		for (u32 i = 0; i < n; i++) {
			if (e[i].kind == MARK_EPISODE && e[i].arg != episode) {
				if (episode != ~0u)
					check_all();
				episode = e[i].arg;
				begin_episode();
			}
			if (event_is_push(e[i].kind))
				push(&e[i]);
		}
	} while (n > 0);
	check_all();
	merge_free(m);
}

static void storm(const char *side)
{
	static const char *const options[] = { "panics=20", "smmu=60",    "boot=60",
		                               "fault=100", "reclaim=40", NULL };
	const u64 seed = test_seed(9);
	const struct kit_storm_opts o = { .cpus = CPUS,
		                          .seed = seed,
		                          .ops = OPS,
		                          .episode_ops = EPISODE_OPS,
		                          .side = side,
		                          .options = options };
	struct kit_storm k;

	memset(&t, 0, sizeof(t));
	kit_storm_run(&k, &o);
	t.config = &k.config;
	t.rng.s = seed;
	t.w = world_new(&k.config, WORLD_INDEX);
	world_keep(t.w, true);
	naive_init(&t.n, &k.config);
	replay(&k);
	for (u32 i = 0; i < CH_NR; i++)
		/* No operation writes a record that no region has. */
		if (t.kinds[i] == 0 && i != CH_RECORD)
			fail_msg("no change of kind %s", change_name((enum change_kind)i));
	assert_true(t.undone > 3 && t.n.gone > 0 && t.n.mapped > 100);
	forget_pushes();
	vec_free(&t.done);
	naive_drop(&t.n);
	world_free(t.w);
	kit_storm_free(&k);
	print_message("%llu pushes with differences, %llu blocks, %llu leaves came, %llu went, "
	              "%llu undone\n",
	              (unsigned long long)t.pushes, (unsigned long long)t.blocks,
	              (unsigned long long)t.n.mapped, (unsigned long long)t.n.gone,
	              (unsigned long long)t.undone);
}

static void default_side(void **state)
{
	(void)state;
	storm(NULL);
}

static void intended_side(void **state)
{
	(void)state;
	storm("all=intended");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(default_side),
		cmocka_unit_test(intended_side),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
