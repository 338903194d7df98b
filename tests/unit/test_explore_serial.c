// SPDX-License-Identifier: GPL-2.0-only
/* How many serial orders of its operations a scope has at least, before all are made. */
#include "sim/explore/search.h"
#include "sim/explore/serial.h"
#include "tests/kit.h"
#include "tests/kit_built.h"

/* An engine for a scope of @cpus CPUs with @sections sections of one lock each. */
struct made {
	struct built b;
	struct setup *setup;
	struct engine *e;
};

static void make(struct made *m, u32 cpus, u32 sections)
{
	struct engine_opts o = { .vehicle = VEHICLE_FIBER,
		                 .depend = DEPEND_TICKETS,
		                 .steps = 10000 };
	struct err err;

	built_begin(&m->b, cpus);
	for (u32 i = 0; i < cpus; i++)
		for (u32 k = 0; k < sections; k++)
			built_section(&m->b, i, 0);
	assert_int_equal(setup_new(&m->setup, &m->b.s, false, &err), 0);
	assert_int_equal(engine_new(&m->e, m->setup, &o, &err), 0);
}

static void drop(struct made *m)
{
	engine_free(m->e);
	setup_free(m->setup);
	built_drop(&m->b);
}

/* So many there are at least, behind each of all orders; behind the last one it is their number. */
static void rises_to_the_number(void **state)
{
	static const struct {
		u32 cpus, sections;
		u64 orders;
	} rows[] = { { 1, 3, 1 }, { 2, 1, 2 },  { 2, 3, 20 },
		     { 3, 1, 6 }, { 3, 2, 90 }, { 4, 2, 2520 } };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		struct serial *s = serial_new();
		struct strategy by = serial_strategy(s);
		struct made m;
		u64 made = 0, before = 0;

		make(&m, rows[i].cpus, rows[i].sections);
		while (engine_run(m.e, &by)) {
			engine_undo(m.e);
			made++;
			assert_true(serial_at_least(s) >= made);
			assert_true(serial_at_least(s) >= before);
			assert_true(serial_at_least(s) <= rows[i].orders);
			before = serial_at_least(s);
		}
		assert_int_equal(made, rows[i].orders);
		assert_int_equal(before, rows[i].orders);
		serial_free(s);
		drop(&m);
	}
}

/* Many orders of many operations are known to be too many after few executions; of few orders nobody says that they are too many. */
static void exceeds(void **state)
{
	static const struct {
		u32 cpus, sections;
		u64 orders;
		bool exceeds;
		u64 executions;
	} rows[] = { { 2, 200, 10000, true, 60 }, { 2, 1000, 10000, true, 11 },
		     { 8, 100, 10000, true, 10 }, { 4, 2, 2520, false, 2520 },
		     { 1, 100, 1, false, 2 },     { 2, 1, 2, false, 2 },
		     { 2, 1, 1, true, 1 } };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		struct made m;
		u64 executions;

		make(&m, rows[i].cpus, rows[i].sections);
		assert_int_equal(search_serial_exceeds(m.e, rows[i].orders, NULL, &executions),
		                 rows[i].exceeds);
		assert_true(executions <= rows[i].executions);
		drop(&m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rises_to_the_number),
		cmocka_unit_test(exceeds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
