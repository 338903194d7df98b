// SPDX-License-Identifier: GPL-2.0-only
/* Registers and contexts rebuilt from marks, and what is wrong with marks. */
#include "oracle/registers.h"

#include "sim/log/mark_arg.h"
#include "sim/log/op.h"
#include "sim/log/said.h"
#include "tests/kit.h"

static struct log_config config;
static struct registers *r;

static int begin(void **state)
{
	(void)state;
	log_config_init(&config, 2);
	r = registers_new(config.cpus, config.total_cpu, true);
	return 0;
}

static int end(void **state)
{
	(void)state;
	registers_free(r);
	log_config_free(&config);
	return 0;
}

static enum registers_row take(u32 cpu, u32 kind, const u64 *args, u32 n)
{
	struct event e = { .kind = (u8)kind, .cpu = (u8)cpu, .n = n, .args = args };

	e.arg = n ? (u32)args[0] : 0;
	return registers_event(r, &e);
}

#define TAKE(cpu, kind, ...)                          \
	take(cpu, kind, (const u64[]){ __VA_ARGS__ }, \
	     sizeof((const u64[]){ __VA_ARGS__ }) / sizeof(u64))

static u64 of_cpu(u32 cpu, enum reg reg)
{
	return registers_of_cpu(r, cpu)->r[reg];
}

static u64 of_vcpu(u64 vmid, u64 vcpuid, enum reg reg)
{
	return registers_of_vcpu(r, vmid, vcpuid)->r[reg];
}

/* The digest of registers of which these are not 0. */
static u64 digest(enum reg a, u64 va, enum reg b, u64 vb)
{
	struct ctxt c = { .r = { 0 } };

	c.r[a] = va;
	c.r[b] = vb;
	return regs_digest(&c);
}

/* Every register is 0 and the host on every CPU, at first and when an episode begins. */
static void first(void **state)
{
	struct runs_on runs;

	(void)state;
	for (u32 again = 0; again < 2; again++) {
		assert_true(of_cpu(1, R_x5) == 0);
		assert_true(of_vcpu(3, 1, R_pc) == 0);
		runs = registers_runs_on(r, 1);
		assert_true(runs.ihost && !runs.icore);
		assert_true(runs.vmid == HOSTVISOR && runs.vcpuid == 1);
		TAKE(1, MARK_ENTER, MV_ENTRY_EXIT, 0x16, 3, 1, 11);
		TAKE(1, MARK_REGS, said_short(digest(R_x0, 11, R_x5, 7)), R_x5, 7);
		TAKE(1, MARK_MOVE, MV_MOVE_SAVE_GP);
		assert_true(of_vcpu(3, 1, R_x5) == 7);
		runs = registers_runs_on(r, 1);
		assert_true(runs.icore && runs.vmid == 3 && runs.vcpuid == 1);
		TAKE(1, MARK_EPISODE, 1 + again);
	}
	assert_null(registers_of_vcpu(r, N_VMID, 0));
	assert_null(registers_of_vcpu(r, 0, config.total_cpu));
}

/* Where an entry goes on: said, or by nothing as before it. */
static void leaves(void **state)
{
	struct runs_on runs;

	(void)state;
	TAKE(0, MARK_ENTER, MV_ENTRY_RUN, 3, 0, 0);
	assert_true(of_cpu(0, R_x0) == 3);
	TAKE(0, MARK_LEAVE, 0, 0, 3, 2);
	runs = registers_runs_on(r, 0);
	assert_false(runs.ihost || runs.icore);
	assert_true(runs.vmid == 3 && runs.vcpuid == 2);
	TAKE(0, MARK_ENTER, MV_ENTRY_EXIT, ENTRY_NO_TRAP, 3, 2);
	assert_true(registers_runs_on(r, 0).icore);
	take(0, MARK_LEAVE, NULL, 0);
	runs = registers_runs_on(r, 0);
	assert_false(runs.ihost || runs.icore);
	assert_true(runs.vmid == 3 && runs.vcpuid == 2);
}

/* Moves follow the context that was named last. */
static void moves(void **state)
{
	(void)state;
	TAKE(0, MARK_CTXT, 3, 1, digest(R_x0, 5, R_pc, 6), R_x0, 5, R_pc, 6);
	TAKE(0, MARK_MOVE, MV_MOVE_LOAD_SYS, 3, 1);
	assert_true(of_cpu(0, R_elr_el2) == 6);
	assert_true(of_cpu(0, R_x0) == 0);
	TAKE(0, MARK_MOVE, MV_MOVE_LOAD_GP);
	assert_true(of_cpu(0, R_x0) == 5);
	TAKE(0, MARK_ENTER, MV_ENTRY_HVC, 13, 0, 0);
	TAKE(0, MARK_MOVE, MV_MOVE_SAVE_GP);
	assert_true(of_vcpu(0, 0, R_x0) == 13);
	assert_true(of_vcpu(3, 1, R_x0) == 5);
}

/* A load that came to something leaves its value in the register: a saved one, or the CPU's. */
static void loads(void **state)
{
	(void)state;
	for (u32 how = MV_ACCESS_OWN; how <= MV_ACCESS_NO_TRANSLATION; how++) {
		TAKE(0, MARK_OP, OP_mem_load, 0x100, 12);
		TAKE(0, MARK_ACCESS, how, MV_FROM_WALK, 3, 0x100, 0);
		assert_int_equal(TAKE(0, MARK_SEVENT, OP_mem_load, 0, 0x10 + how), REGISTERS_OK);
	}
	assert_true(of_vcpu(0, 0, R_x12) == 0x10 + MV_ACCESS_SHARED);
	registers_free(r);
	r = registers_new(config.cpus, config.total_cpu, false);
	TAKE(1, MARK_OP, OP_dev_load, 0x100, 12, 1, 0);
	TAKE(1, MARK_ACCESS, MV_ACCESS_OWN, MV_FROM_WALK, 3, 0x100, 0);
	TAKE(1, MARK_SEVENT, OP_dev_load, 0, 0x20);
	assert_true(of_cpu(1, R_x12) == 0x20);
}

/* Digests, whole and short, are those of all registers; what is wrong is said, and the rest taken all the same. */
static void wrong(void **state)
{
	u64 d = digest(R_x1, 1, R_x2, 2);

	(void)state;
	assert_int_equal(TAKE(0, MARK_REGS, d, R_x1, 1, R_x2, 2), REGISTERS_OK);
	assert_int_equal(TAKE(0, MARK_REGS, said_short(d)), REGISTERS_OK);
	assert_int_equal(TAKE(0, MARK_REGS, said_short(d) ^ 1), REGISTERS_DIGEST);
	TAKE(0, MARK_EPISODE, 1);
	assert_int_equal(TAKE(0, MARK_REGS, d ^ 1, R_x1, 1, R_x2, 2), REGISTERS_DIGEST);
	TAKE(0, MARK_EPISODE, 2);
	assert_int_equal(TAKE(0, MARK_REGS, d, R_x1, 2, R_x2, 1), REGISTERS_DIGEST);
	assert_true(of_cpu(0, R_x1) == 2);
	assert_int_equal(TAKE(0, MARK_REGS, 0, REG_NR, 1), REGISTERS_NO_REG);
	assert_int_equal(TAKE(0, MARK_ENTER, MV_ENTRY_RUN, 1, 0, 0, 7), REGISTERS_NO_REG);
	assert_int_equal(TAKE(0, MARK_MOVE, MV_MOVE_LOAD_REST + 1), REGISTERS_NO_REG);
	assert_int_equal(TAKE(0, MARK_CTXT, N_VMID, 0, 0), REGISTERS_NO_CTXT);
	assert_int_equal(TAKE(0, MARK_CTXT, 0, config.total_cpu, 0), REGISTERS_NO_CTXT);
	assert_int_equal(TAKE(0, MARK_MOVE, MV_MOVE_SAVE_GP, N_VMID, 0), REGISTERS_NO_CTXT);
	assert_int_equal(TAKE(MAX_CPU - 1, MARK_REGS, 1), REGISTERS_OK);
}

/* A context is loaded when something was said of it in this episode: that it was saved, or what it holds. */
static void unsaid(void **state)
{
	(void)state;
	for (u32 episode = 1; episode < 3; episode++) {
		assert_int_equal(TAKE(0, MARK_MOVE, MV_MOVE_LOAD_GP, 3, 1), REGISTERS_UNSAID);
		assert_int_equal(TAKE(0, MARK_MOVE, MV_MOVE_SAVE_GP, 0, 0), REGISTERS_OK);
		assert_int_equal(TAKE(0, MARK_MOVE, MV_MOVE_LOAD_SYS), REGISTERS_OK);
		assert_int_equal(TAKE(1, MARK_CTXT, 3, 2, 0), REGISTERS_OK);
		assert_int_equal(TAKE(0, MARK_MOVE, MV_MOVE_LOAD_GP, 3, 2), REGISTERS_OK);
		TAKE(0, MARK_EPISODE, episode);
	}
}

/* What a CPU enters as is what it left the core for, by an entry of that mode. */
static void entries(void **state)
{
	(void)state;
	assert_int_equal(TAKE(1, MARK_ENTER, MV_ENTRY_HVC, 13, 0, 0), REGISTERS_WHO);
	TAKE(1, MARK_EPISODE, 1);
	assert_int_equal(TAKE(1, MARK_ENTER, MV_ENTRY_EXIT, 0x16, 0, 1), REGISTERS_MODE);
	TAKE(1, MARK_EPISODE, 2);
	assert_int_equal(take(1, MARK_LEAVE, NULL, 0), REGISTERS_LEAVE);
	TAKE(1, MARK_EPISODE, 3);
	assert_int_equal(TAKE(1, MARK_ENTER, MV_ENTRY_RUN, 3, 0, 1), REGISTERS_OK);
	assert_int_equal(TAKE(1, MARK_ENTER, MV_ENTRY_RUN, 3, 0, 1), REGISTERS_ENTER);
	assert_int_equal(TAKE(1, MARK_LEAVE, 0, 0, 3, config.total_cpu - 1), REGISTERS_OK);
	assert_int_equal(TAKE(1, MARK_ENTER, MV_ENTRY_FAULT, 0x24, 3, config.total_cpu - 1),
	                 REGISTERS_MODE);
	TAKE(1, MARK_EPISODE, 4);
	for (u32 bad = 0; bad < 6; bad++) {
		static const u64 to[][4] = { { 1, 0, 0, 0 }, { 1, 0, 3, 1 },  { 0, 0, 0, 1 },
			                     { 0, 0, 3, 8 }, { 0, 0, 16, 1 }, { 1, 1, 0, 1 } };

		TAKE(1, MARK_EPISODE, 5 + bad);
		assert_int_equal(TAKE(1, MARK_ENTER, MV_ENTRY_RUN, 3, 0, 1), REGISTERS_OK);
		assert_int_equal(take(1, MARK_LEAVE, to[bad], 4),
		                 to[bad][1] ? REGISTERS_MODE : REGISTERS_VCPU);
	}
}

/* How many digests were compared, and how many were not. */
static void compared(u64 want, u64 want_doubted)
{
	u64 whole, doubted;

	assert_int_equal(registers_digests(r, &whole, &doubted), want);
	assert_int_equal(doubted, want_doubted);
}

/* Behind a wrong digest nothing that rests on it is judged, and what is told anew is. */
static void doubt(void **state)
{
	u64 all[1 + 2 * REG_NR], n = 1, d = digest(R_x1, 2, R_x2, 0);

	(void)state;
	TAKE(0, MARK_ENTER, MV_ENTRY_HVC, 0, 0, 0);
	TAKE(0, MARK_MOVE, MV_MOVE_SAVE_FP);
	assert_int_equal(TAKE(0, MARK_REGS, 1, R_x1, 1), REGISTERS_DIGEST);
	assert_int_equal(TAKE(0, MARK_REGS, d, R_x1, 2), REGISTERS_OK);
	compared(0, 1);
	/* The context is as sure as before, but for what was saved since. */
	assert_int_equal(TAKE(0, MARK_CTXT, 0, 0, 0), REGISTERS_OK);
	compared(1, 1);
	TAKE(0, MARK_MOVE, MV_MOVE_SAVE_GP);
	assert_int_equal(TAKE(0, MARK_CTXT, 0, 0, 1), REGISTERS_OK);
	compared(1, 2);
	/* Another one, and what is loaded from it. */
	TAKE(1, MARK_CTXT, 3, 1, digest(R_x3, 3, R_fp_q1, 4), R_x3, 3, R_fp_q1, 4);
	compared(2, 2);
	TAKE(0, MARK_MOVE, MV_MOVE_LOAD_GP, 3, 1);
	TAKE(0, MARK_MOVE, MV_MOVE_LOAD_SYS);
	TAKE(0, MARK_MOVE, MV_MOVE_LOAD_FP);
	TAKE(0, MARK_REGS, 1);
	compared(2, 3);
	/* Only the registers that no move takes along are in doubt now: they are told, and the digest counts again. */
	for (u32 i = 0; i < REG_NR; i++) {
		all[n++] = i;
		all[n++] = i == R_x1 ? 5 : 0;
	}
	all[0] = digest(R_x1, 5, R_x2, 0);
	assert_int_equal(take(0, MARK_REGS, all, (u32)n), REGISTERS_OK);
	compared(3, 3);
	all[0]++;
	assert_int_equal(take(0, MARK_REGS, all, (u32)n), REGISTERS_DIGEST);
	TAKE(0, MARK_EPISODE, 1);
	assert_int_equal(TAKE(0, MARK_REGS, 0), REGISTERS_OK);
	compared(4, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(first, begin, end),
		cmocka_unit_test_setup_teardown(leaves, begin, end),
		cmocka_unit_test_setup_teardown(moves, begin, end),
		cmocka_unit_test_setup_teardown(loads, begin, end),
		cmocka_unit_test_setup_teardown(wrong, begin, end),
		cmocka_unit_test_setup_teardown(unsaid, begin, end),
		cmocka_unit_test_setup_teardown(entries, begin, end),
		cmocka_unit_test_setup_teardown(doubt, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
