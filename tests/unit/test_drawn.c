// SPDX-License-Identifier: GPL-2.0-only
/* Scopes that are drawn: one seed, one scope; what it does is what the scenario did; and nothing is found in it. */
#include "sim/base/vec.h"
#include "sim/explore/redraw.h"
#include "sim/explore/setup.h"
#include "tests/kit.h"
#include "tests/kit_scope.h"

#include <string.h>

static void must(int rc, const struct err *e)
{
	if (rc < 0)
		fail_msg("%s", e->msg);
}

/* All sides are intended. */
static struct errata_choice intended(void)
{
	struct errata_choice c = { .has_all = false };
	struct err e;

	must(errata_choose_all(&c, "intended", &e), &e);
	return c;
}

static struct scope *draw(const char *name, u64 seed, const struct errata_choice *chosen)
{
	struct drawn_opts o = { .row = drawn_row_by_name(name), .seed = seed, .chosen = chosen };
	struct scope *s;
	struct err e;

	must(drawn_scope(&s, &o, &e), &e);
	return s;
}

/* A scope is what its print says, the same each time, and another one for another seed. */
static void one_seed(void **state)
{
	(void)state;
	for (u32 i = 0; i < n_drawn_rows; i++) {
		char *had = NULL;

		for (u64 seed = 1; seed <= 8; seed++) {
			struct scope *a = draw(drawn_rows[i].name, seed, NULL);
			struct scope *b = draw(drawn_rows[i].name, seed, NULL);
			char *text = scope_text(a), buf[256];

			assert_int_equal(a->cpus, drawn_rows[i].cpus);
			assert_null(scope_round_trip(a, buf, sizeof(buf)));
			assert_null(scope_differs(a, b, buf, sizeof(buf)));
			if (had)
				assert_string_not_equal(text, had);
			free(had);
			had = text;
			scope_free(a);
			scope_free(b);
		}
		free(had);
	}
}

/* What a drawer draws does not depend on what it has drawn before: any seed of its start, in any order. */
static void redrawn(void **state)
{
	const u64 seeds[] = { 3, 19, 3 + 16 * 1000, 35, 19 };
	struct drawn_opts o = { .row = drawn_row_by_name("clash"), .seed = 3 };
	struct drawer *d;
	struct scope *live;
	struct err e;
	char buf[256];

	(void)state;
	must(drawer_new(&d, &o, &e), &e);
	must(drawer_scope(d, 3, &live, &e), &e);
	assert_true(drawer_starts(d, 19));
	assert_false(drawer_starts(d, 12));
	for (u32 i = 0; i < ARRAY_SIZE(seeds); i++) {
		struct scope *alone = draw("clash", seeds[i], NULL);

		drawer_redraw(d, seeds[i], live);
		assert_null(scope_differs(live, alone, buf, sizeof(buf)));
		scope_free(alone);
	}
	scope_free(live);
	drawer_free(d);
}

/* ---- what it does ---- */

/* Operations in the order in which they were drawn: CPUs in turn. */
struct in_turn {
	u32 cpu, op;
	bool begun;
};

static bool turn_begin(void *arg)
{
	struct in_turn *t = arg;
	bool first = !t->begun;

	t->begun = true;
	t->cpu = 0;
	t->op = 1;
	return first;
}

static u32 turn_choose(void *arg, const struct execution *x)
{
	struct in_turn *t = arg;

	while (!execution_can(x, t->cpu) || x->op[t->cpu] > t->op) {
		if (++t->cpu == x->cpus) {
			t->cpu = 0;
			t->op++;
		}
	}
	return t->cpu;
}

static void turn_ended(void *arg, const struct execution *x)
{
	(void)arg;
	(void)x;
}

static u32 turn_same(const void *arg)
{
	(void)arg;
	return 0;
}

/* Does every CPU make as many calls as it was drawn operations? */
static bool is_whole(const struct scope *s, u32 ops)
{
	for (u32 i = 0; i < s->cpus; i++)
		if (s->program[i].n != ops)
			return false;
	return true;
}

/* Contents that do not come from outside are the same in both; a registered share may have been made again and again. */
static void same_contents(const struct machine *a, const struct machine *b, const char *name,
                          u64 seed)
{
	char object[24];

	for (lk_t id = 0; id < ID_END; id++)
		if (id != FLATMEM_ID && a->shared.obj[id].digest != b->shared.obj[id].digest)
			fail_msg("%s, seed %llu: %s", name, (unsigned long long)seed,
			         obj_name(id, object, sizeof(object)));
}

/*
 * Executed in the order in which it was drawn, a scope comes to what the scenario came to: its lines say what the scenario did.  False: it
 * cannot be said of this one, in which a CPU found nothing to do.
 */
static bool does_as_drawn(const char *name, u64 seed, const struct errata_choice *chosen)
{
	struct drawn_opts o = { .row = drawn_row_by_name(name), .seed = seed, .chosen = chosen };
	struct in_turn turn = { .cpu = 0 };
	const struct strategy strategy = { turn_begin, turn_choose, turn_ended,
		                           turn_same,  &turn,       true };
	struct engine_opts eo = { .steps = 1000000 };
	struct drawer *d;
	struct scope *s;
	struct setup *setup;
	struct engine *engine;
	struct err e;
	bool whole;

	must(drawer_new(&d, &o, &e), &e);
	must(drawer_scope(d, seed, &s, &e), &e);
	whole = is_whole(s, o.row->ops);
	if (whole) {
		must(setup_new(&setup, s, true, &e), &e);
		must(engine_opts_settle(&eo, s, &e), &e);
		must(engine_new(&engine, setup, &eo, &e), &e);
		assert_true(engine_run(engine, &strategy));
		assert_int_equal(engine_result(engine)->end, EXECUTION_DONE);
		same_contents(drawer_machine(d), setup->m, name, seed);
		engine_undo(engine);
		engine_free(engine);
		setup_free(setup);
	}
	scope_free(s);
	drawer_free(d);
	return whole;
}

static void as_drawn(void **state)
{
	const struct errata_choice chosen = intended();
	u32 n = 0;

	(void)state;
	for (u64 seed = 1; seed <= 16; seed++) {
		n += does_as_drawn("clash", seed, NULL);
		n += does_as_drawn("clash", seed, &chosen);
	}
	for (u64 seed = 1; seed <= 4; seed++)
		n += does_as_drawn("storm", seed, seed % 2 ? NULL : &chosen);
	assert_true(n > 18);
}

/* ---- what occurs ---- */

/* Of clash; in each of these there is a scope of the first ones. */
static const char *const words[] = {
	"hvc HVC_CLEAR_VM_S2_RANGE",
	"hvc HVC_SET_BOOT_INFO",
	"hvc HVC_REMAP_VM_IMAGE",
	"hvc HVC_VERIFY_VM_IMAGE",
	"hvc HVC_SMMU_FREE_PGD",
	"hvc HVC_SMMU_ALLOC_PGD",
	"hvc HVC_SMMU_LPAE_MAP",
	"hvc HVC_SMMU_LPAE_IOVA_TO_PHYS",
	"hvc HVC_SMMU_CLEAR",
	"hvc HVC_PHYS_ADDR_IOREMAP",
	"hvc HVC_REGISTER_KVM",
	"hvc HVC_REGISTER_VCPU",
	"hvc HVC_ENCRYPT_BUF",
	"hvc HVC_DECRYPT_BUF",
	"hvc HVC_SAVE_CRYPT_VCPU",
	"hvc HVC_LOAD_CRYPT_VCPU",
	"fault ",
	"run ",
	"irq",
	"trap ESR_ELx_EC_HVC64 HVC_KVM_SET_DESC_PFN",
	"trap ESR_ELx_EC_HVC64 HVC_KVM_UNSET_DESC_PFN",
	"trap ESR_ELx_EC_HVC64 PSCI_0_2_FN_SYSTEM_OFF",
	"trap ESR_ELx_EC_WFx",
	"try_load ",
	"try_store ",
	"try_dev_load ",
	"try_dev_store ",
	"try_dma_load ",
	"try_dma_store ",
};

enum { WORDS = 29, SCOPES = 200 };

_Static_assert(ARRAY_SIZE(words) == WORDS, "one count each");

static void occurs(void **state)
{
	const struct errata_choice chosen = intended();
	u32 count[WORDS] = { 0 }, both = 0, calls = 0;

	(void)state;
	for (u64 seed = 0; seed < SCOPES; seed++) {
		struct scope *s = draw("clash", seed, &chosen);
		u32 cpus[WORDS] = { 0 };

		for (u32 c = 0; c < s->cpus; c++)
			for (u32 i = 0; i < s->program[c].n; i++) {
				calls++;
				for (u32 w = 0; w < WORDS; w++)
					if (strncmp(s->program[c].v[i].text, words[w],
					            strlen(words[w])) == 0) {
						count[w]++;
						cpus[w] |= 1u << c;
					}
			}
		for (u32 w = 0; w < WORDS; w++)
			both += (cpus[w] & (cpus[w] - 1)) != 0;
		scope_free(s);
	}
	for (u32 w = 0; w < WORDS; w++)
		if (count[w] == 0)
			fail_msg("%s: never in %d scopes", words[w], SCOPES);
	/* CPUs do the same, and most find something to do. */
	assert_true(both > SCOPES);
	assert_true(calls > SCOPES * 3 * 7);
}

/* ---- what is found ---- */

static bool finds;

static void found(void *arg, struct engine *e)
{
	(void)arg;
	(void)e;
	finds = true;
}

/* As intended, nothing is found in executions of as many scopes, and the same ones the next time. */
static void clean(void **state)
{
	const struct errata_choice chosen = intended();
	const struct drawn_opts o = { .row = drawn_row_by_name("clash"),
		                      .seed = 77,
		                      .chosen = &chosen };
	const struct engine_opts eo = { .judged = true,
		                        .checks = check_set_all(),
		                        .steps = 100000 };
	struct search_opts so = {
		.kind = search_by_name("pos"), .seed = 77, .executions = 120, .class_bytes = 1 << 20
	};
	u64 steps = 0;

	(void)state;
	for (u32 i = 0; i < 2; i++) {
		struct redraw *r;
		struct search_result out;
		struct err e;

		must(redraw_new(&r, &o, &eo, &e), &e);
		finds = false;
		must(redraw_run(r, &so, found, NULL, &out, &e), &e);
		if (finds)
			fail_msg("found in the scope of seed %llu",
			         (unsigned long long)redraw_seed(r));
		assert_int_equal(out.executions, 120);
		assert_int_equal(out.classes, 120);
		assert_int_equal(redraw_seed(r), 77 + 119);
		if (i)
			assert_int_equal(out.steps, steps);
		steps = out.steps;
		redraw_free(r);
	}
}

static void refused(void **state)
{
	static const char *const unknown[] = { "pages=3" }, *const large[] = { "dates=101" };
	struct drawn_opts o = { .row = drawn_row_by_name("clash"), .seed = 1, .n_options = 1 };
	struct drawer *d;
	struct err e;

	(void)state;
	assert_null(drawn_row_by_name("vm-boot"));
	o.option = unknown;
	assert_int_equal(drawer_new(&d, &o, &e), -ERR_USAGE);
	assert_non_null(strstr(e.msg, "clash has no option 'pages'"));
	o.option = large;
	assert_int_equal(drawer_new(&d, &o, &e), -ERR_USAGE);
	assert_non_null(strstr(e.msg, "option 'dates' of clash: expected a number 0..100"));
	o = (struct drawn_opts){ .row = drawn_row_by_name("storm"), .cpus = DRAWN_MAX_CPUS + 1 };
	assert_int_equal(drawer_new(&d, &o, &e), -ERR_USAGE);
	assert_non_null(strstr(e.msg, "scope storm: --cpus: expected a number 1..16, found 17"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_seed), cmocka_unit_test(redrawn), cmocka_unit_test(as_drawn),
		cmocka_unit_test(occurs),   cmocka_unit_test(clean),   cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
