// SPDX-License-Identifier: GPL-2.0-only
/*
 * The classic shapes: small programs that the papers on how to test concurrent ones measure with (SCTBench: Thomson, Donaldson, Betts,
 * PPoPP 2014).  Their shared variables are cells of the machine, and an access to one is a section (sim/exec/scope_op.c).
 */
#include "sim/exec/scope_maker.h"

#include "sim/base/check.h"
#include "sim/base/consts.h"

static bool is_last(const struct maker *m, u32 cpu)
{
	return cpu == m->n - 1;
}

/* The shape is wrong in some orders, and has so many classes; mended it is one section for each CPU. */
static void wrong(struct maker *m, u64 classes)
{
	m->classes = m->mended ? maker_orders(m->n, 1) : classes;
	m->verdict = m->mended ? "clean" : "expect";
}

/*
 * CPU 0 makes three steps on the number, each other CPU one: (N + 2)! / 3! orders, and N! of them have the three together.  The locks
 * around them add none: no two CPUs whose steps can be mixed have the same one.
 */
void make_wronglock(struct maker *m, u32 cpu)
{
	u64 classes = 1;

	fprintf(m->f, cpu ? "count %u\n" : "count_alone %u\nexpect 0\n", cpu && !m->mended ? 2 : 1);
	for (u32 i = 4; i <= m->n + 2; i++)
		maker_times(&classes, i);
	wrong(m, classes);
}

static void set_both(struct maker *m)
{
	fprintf(m->f, "set_both %u\n", m->mended);
}

/*
 * Of M = N - 1 CPUs that set, the first stage has M! orders, and the second one too.  Who looks comes before all of the first, and ends; or
 * in one of M other places there, and in one of M + 1 of the second.
 */
void make_twostage(struct maker *m, u32 cpu)
{
	u64 classes = maker_orders(m->n - 1, 1), others = m->n - 1;

	if (is_last(m, cpu))
		fprintf(m->f, "sees_first_alone %u\nexpect 0\n", m->mended);
	else
		set_both(m);
	maker_times(&classes, classes);
	maker_times(&classes, 1 + others * (others + 1));
	wrong(m, classes);
}

/* Of who comes first: the other one asks for the counters' lock behind it altogether, or between its two sections: then both wait. */
void make_carter(struct maker *m, u32 cpu)
{
	fprintf(m->f, "visit %u %u\n", cpu, m->mended);
	m->classes = m->mended ? 6 : 4;
	m->verdict = m->mended ? "clean" : "deadlock,order";
}

static u64 factorial(u64 n)
{
	return n < 2 ? 1 : n * factorial(n - 1);
}

/*
 * Of M = N - 1 CPUs that set, a and b have M! orders each.  Who looks
 *   sees a old, b old: before all of both;
 *   sees a old, b new behind @j of b, then a behind @p, among them the @j that have set b, then b behind @j or more;
 *   sees a new, twice: in two of M places of a, in order; then b in one of M + 1.
 */
static u64 reorder_classes(u64 others)
{
	u64 all = factorial(others), sum = all + all * (others * (others + 1) / 2) * (others + 1);

	for (u64 p = 1; p <= others; p++)
		for (u64 j = 1; j <= p; j++)
			sum += factorial(p) / factorial(p - j) * factorial(others - j) *
			       (others - j + 1);
	return all * sum;
}

void make_reorder(struct maker *m, u32 cpu)
{
	if (is_last(m, cpu))
		fprintf(m->f, "sees_one_alone %u\nexpect 0\n", m->mended);
	else
		set_both(m);
	/* With 13 CPUs the number has more than 64 bits. */
	wrong(m, m->n <= 12 ? reorder_classes(m->n - 1) : 0);
}

void make_account(struct maker *m, u32 cpu)
{
	static const char *const program[] = { "deposit 2\n", "withdraw 1\n" };

	m->before = "acquire_lock_core\nset_next_remap_ptr 4\nrelease_lock_core\n";
	if (is_last(m, cpu))
		fprintf(m->f, "account_differs %u\nexpect 0\n", m->mended ? 5 : 1);
	else
		fputs(program[cpu], m->f);
	wrong(m, maker_orders(m->n, 1));
}

/* By hand with two CPUs; with three as naive enumeration says, and with four as both ways to make each class once. */
void make_bluetooth(struct maker *m, u32 cpu)
{
	static const u64 known[2][3] = { { 10, 418, 59532 }, { 9, 286, 25866 } };
	u32 i = m->n - 2;

	m->before = "acquire_lock_core\nset_next_vmid 1\nrelease_lock_core\n";
	if (is_last(m, cpu))
		fprintf(m->f, "stop_driver\n");
	else
		fprintf(m->f, "use_driver %u\nexpect 0\n", m->mended);
	m->classes = i < ARRAY_SIZE(known[0]) ? known[m->mended][i] : 0;
	m->verdict = m->mended ? "clean" : "expect";
}

/* Fork number @i: forks that lie side by side have locks of different ranks.  Returns the rank (shmem/obj/lock_rank.h). */
static u32 fork_of(const struct maker *m, u32 i, char *buf, size_t size)
{
	if (m->n % 2 && is_last(m, i)) {
		snprintf(buf, size, "core");
		return 2;
	}
	snprintf(buf, size, "%s %u", i % 2 ? "pt" : "vm", i / 2);
	return i % 2 ? 3 : 1;
}

/*
 * Each fork is wanted by two CPUs, and one of them has it first.  All ways but two are possible: that everybody is behind the CPU at the
 * same hand; of these the one is the deadlock, the other one has no beginning, and mended none of the two has.
 */
void make_philosophers(struct maker *m, u32 cpu)
{
	char left[16], right[16];
	u32 left_rank = fork_of(m, cpu, left, sizeof(left));
	bool right_first = fork_of(m, (cpu + 1) % m->n, right, sizeof(right)) < left_rank;

	right_first = right_first && m->mended;
	maker_take(m, right_first ? right : left);
	maker_take(m, right_first ? left : right);
	maker_give(m, right_first ? left : right);
	maker_give(m, right_first ? right : left);
	m->classes = (1ull << m->n) - (m->mended ? 2 : 1);
	m->verdict = m->mended ? "clean" : "deadlock,order";
}
