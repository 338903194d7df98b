// SPDX-License-Identifier: GPL-2.0-only
/*
 * A machine that is undone holds what it held at the base, whatever its CPUs did, and there the same operations come to the
 * same ends, leave the same machine, and write the same log.
 */
#include "sim/base/rng.h"
#include "tests/kit.h"
#include "tests/kit_events.h"
#include "tests/kit_undo.h"

enum { MAX_OPS = 24 };

static struct kit_undo k;

struct sequence {
	u32 n;
	u64 seed[MAX_OPS];
	enum outcome how[MAX_OPS];
};

static void choose(struct sequence *s, struct rng *r, u32 max)
{
	s->n = 1 + (u32)rng_below(r, max);
	for (u32 i = 0; i < s->n; i++)
		s->seed[i] = rng_next(r);
}

/* Do it; its digest, with how each ended.  @again: each ends as before. */
static u64 play(struct sequence *s, bool legal, bool again)
{
	for (u32 i = 0; i < s->n; i++) {
		enum outcome how = kit_undo_any(&k, s->seed[i], legal);

		if (again)
			assert_int_equal(how, s->how[i]);
		s->how[i] = how;
		if (legal)
			assert_int_equal(how, OUT_OK);
	}
	return machine_undo_digest(k.t.m);
}

static void there_and_back(struct rng *r, bool legal, u64 base)
{
	struct sequence s;
	u64 first;

	choose(&s, r, MAX_OPS);
	first = play(&s, legal, false);
	kit_undo_back(&k);
	assert_true(machine_undo_digest(k.t.m) == base);
	assert_true(play(&s, legal, true) == first);
	kit_undo_back(&k);
	assert_true(machine_undo_digest(k.t.m) == base);
}

/* From the base as it is made, and from others behind it, which lie where machines are broken too. */
static void law(const struct kit_undo_opts *o, u64 seed)
{
	struct rng r = { seed };

	kit_undo_make(&k, o);
	for (u32 bases = 0; bases < 8; bases++) {
		u64 base = machine_undo_digest(k.t.m);
		struct sequence on;

		for (u32 i = 0; i < 8; i++)
			there_and_back(&r, false, base);
		choose(&on, &r, 4);
		play(&on, bases < 6, false);
		machine_undo_base(k.undo);
		k.ran = 0;
	}
	for (u32 i = 0; i <= OUT_STOPPED; i++)
		assert_true(k.ended[i] > 0);
	kit_undo_free(&k);
}

static void law_published(void **state)
{
	(void)state;
	law(&(struct kit_undo_opts){ .cpus = 4 }, test_seed(1));
}

static void law_buffers(void **state)
{
	(void)state;
	law(&(struct kit_undo_opts){ .cpus = 3, .tlb = true, .intended = true }, test_seed(2));
}

static void law_without_a_log(void **state)
{
	(void)state;
	law(&(struct kit_undo_opts){ .cpus = 3, .tlb = true, .off = true }, test_seed(3));
}

/* What is done behind many undos is judged as if nothing had been undone, over more than a chunk of each stream. */
static void law_judged(void **state)
{
	struct rng r = { test_seed(4) };

	(void)state;
	for (u32 tlb = 0; tlb < 2; tlb++) {
		u64 at;

		kit_undo_make(&k,
		              &(struct kit_undo_opts){ .cpus = 3, .tlb = tlb, .intended = true });
		for (u32 i = 0; i < 40; i++) {
			struct sequence s;

			for (u32 j = 0; j < 40; j++) {
				choose(&s, &r, MAX_OPS);
				for (u32 n = 0; n < s.n; n++)
					assert_int_equal(kit_undo_any(&k, s.seed[n], true), OUT_OK);
				at = log_bytes(k.t.log);
				kit_undo_back(&k);
				assert_true(log_bytes(k.t.log) < at);
			}
			for (u32 j = 0; j < 500; j++)
				assert_int_equal(kit_undo_any(&k, rng_next(&r), true), OUT_OK);
			machine_undo_base(k.undo);
			k.ran = 0;
		}
		for (u32 i = 0; i < k.t.m->params.cpus; i++) {
			assert_true(k.t.log->chunks[i].n > 1);
			assert_true(k.t.m->cpu[i].effects > 100);
		}
		kit_judge(&k.t);
		kit_undo_free(&k);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(law_published),
		cmocka_unit_test(law_buffers),
		cmocka_unit_test(law_without_a_log),
		cmocka_unit_test(law_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
