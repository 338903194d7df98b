// SPDX-License-Identifier: GPL-2.0-only
/* What a body on a vehicle has to itself: its stack, its registers, how its floating point rounds. */
#include "tests/unit/vehicle_make.h"

#include "sim/base/rng.h"

#include <fenv.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

struct jumps {
	sigjmp_buf buf[2];
	u32 left[2];
};

static __attribute__((noinline)) void down(struct jumps *j, u32 i, u32 depth)
{
	volatile char frame[256];

	frame[depth % sizeof(frame)] = (char)depth;
	if (depth) {
		down(j, i, depth - 1);
		frame[0] = 1;
		return;
	}
	vehicle_switch(v, i, 1 - i);
	siglongjmp(j->buf[i], 1);
}

static u32 jumps(void *arg, u32 i)
{
	struct jumps *j = arg;

	for (volatile u32 round = 0; round < 1000; round++) {
		if (!sigsetjmp(j->buf[i], 0))
			down(j, i, 1 + round % 40);
		else
			j->left[i]++;
	}
	if (!i)
		vehicle_switch(v, 0, 1);
	return i ? 0 : 2;
}

/* A body leaves its frames by siglongjmp() to a place of its own, while others are inside theirs. */
static void jump_out(void **state)
{
	(void)state;
	for (enum vehicle_kind k = 0; k < VEHICLE_NR; k++) {
		struct jumps j = { 0 };

		make_two(k, jumps, &j, 0);
		assert_int_equal(j.left[0], 1000);
		assert_int_equal(j.left[1], 1000);
		vehicle_free(v);
	}
}

/* Two bodies look, each on its own stack, at what the other might have changed. */
struct looks {
	u64 (*wrong_of)(u32 i, u32 to);
	u64 wrong[2];
};

static u32 looks(void *arg, u32 i)
{
	struct looks *l = arg;

	l->wrong[i] = l->wrong_of(i, 1 - i);
	if (!i)
		vehicle_switch(v, 0, 1);
	return i ? 0 : 2;
}

static void nothing_wrong(u64 (*wrong_of)(u32 i, u32 to))
{
	for (enum vehicle_kind k = 0; k < VEHICLE_NR; k++) {
		struct looks l = { wrong_of, { 9, 9 } };

		make_two(k, looks, &l, 0);
		assert_true(l.wrong[0] == 0);
		assert_true(l.wrong[1] == 0);
		vehicle_free(v);
	}
}

/* Most of a body's stack, written at one place and read behind a switch. */
static __attribute__((noinline)) u64 deep(u32 i, u64 bytes)
{
	volatile u64 frame[128];
	u64 sum;

	for (u32 k = 0; k < ARRAY_SIZE(frame); k++)
		frame[k] = (u64)i << 32 | bytes;
	if (bytes > 2 * sizeof(frame))
		sum = deep(i, bytes - 2 * sizeof(frame));
	else
		vehicle_switch(v, i, 1 - i), sum = 0;
	for (u32 k = 0; k < ARRAY_SIZE(frame); k++)
		sum += frame[k] != ((u64)i << 32 | bytes);
	return sum;
}

static u64 deepens(u32 i, u32 to)
{
	(void)to;
	/* a frame is given twice its size: the sanitizers need the rest */
	return deep(i, 3 * VEHICLE_STACK / 4);
}

/* A body has the stack that it is promised, and nobody else writes there. */
static void deep_stack(void **state)
{
	(void)state;
	nothing_wrong(deepens);
}

/* Twelve numbers and eight fractions, all needed behind each switch: some are in callee-saved registers. */
static __attribute__((noinline)) u64 keep(u32 i, u32 to)
{
	u64 a[12];
	double d[8];
	u64 wrong = 0;

	for (u32 k = 0; k < ARRAY_SIZE(a); k++)
		a[k] = mix_key(i, k, 1, 2);
	for (u32 k = 0; k < ARRAY_SIZE(d); k++)
		d[k] = (double)mix_key(i, k, 3, 4) / 7;
	for (u32 round = 0; round < 100; round++) {
		vehicle_switch(v, i, to);
		for (u32 k = 0; k < ARRAY_SIZE(a); k++)
			a[k] = a[k] * 5 + round;
		for (u32 k = 0; k < ARRAY_SIZE(d); k++)
			d[k] = d[k] / 3 + round;
	}
	for (u32 k = 0; k < ARRAY_SIZE(a); k++) {
		u64 x = mix_key(i, k, 1, 2);

		for (u32 round = 0; round < 100; round++)
			x = x * 5 + round;
		wrong += a[k] != x;
	}
	for (u32 k = 0; k < ARRAY_SIZE(d); k++) {
		double x = (double)mix_key(i, k, 3, 4) / 7;

		for (u32 round = 0; round < 100; round++)
			x = x / 3 + round;
		wrong += d[k] != x;
	}
	return wrong;
}

static void registers(void **state)
{
	(void)state;
	nothing_wrong(keep);
}

#if defined(__x86_64__) || defined(__aarch64__)
/*
 * Every register that a call keeps, but the frame pointer's and the stack's: set, switched away with, looked at.  The bodies
 * differ in all of them, so one that were not exchanged would show.
 */
static __attribute__((noinline)) u64 every_register(u32 i, u32 to)
{
	u64 tag = 0x1000 * (i + 1);
	u64 wrong = 0;

	for (u32 round = 0; round < 10; round++) {
#if defined(__x86_64__)
		register u64 b __asm__("rbx") = tag + 1;
		register u64 r12 __asm__("r12") = tag + 2;
		register u64 r13 __asm__("r13") = tag + 3;
		register u64 r14 __asm__("r14") = tag + 4;
		register u64 r15 __asm__("r15") = tag + 5;

		__asm__ volatile("" : "+r"(b), "+r"(r12), "+r"(r13), "+r"(r14), "+r"(r15));
		vehicle_switch(v, i, to);
		__asm__ volatile("" : "+r"(b), "+r"(r12), "+r"(r13), "+r"(r14), "+r"(r15));
		wrong |= (b ^ (tag + 1)) | (r12 ^ (tag + 2)) | (r13 ^ (tag + 3)) |
		         (r14 ^ (tag + 4)) | (r15 ^ (tag + 5));
#else
		register u64 x19 __asm__("x19") = tag + 1;
		register u64 x20 __asm__("x20") = tag + 2;
		register u64 x23 __asm__("x23") = tag + 3;
		register u64 x28 __asm__("x28") = tag + 4;
		u64 d[8];

		__asm__ volatile("" : "+r"(x19), "+r"(x20), "+r"(x23), "+r"(x28));
		/* Not as variables: those the compiler may keep elsewhere meanwhile. */
		__asm__ volatile("fmov d8, %0\n\tfmov d9, %0\n\tfmov d10, %0\n\tfmov d11, %0\n\t"
		                 "fmov d12, %0\n\tfmov d13, %0\n\tfmov d14, %0\n\tfmov d15, %0"
		                 :
		                 : "r"(tag + 5)
		                 : "d8", "d9", "d10", "d11", "d12", "d13", "d14", "d15");
		vehicle_switch(v, i, to);
		__asm__ volatile("stp d8, d9, [%0]\n\tstp d10, d11, [%0, #16]\n\t"
		                 "stp d12, d13, [%0, #32]\n\tstp d14, d15, [%0, #48]"
		                 :
		                 : "r"(d)
		                 : "memory");
		__asm__ volatile("" : "+r"(x19), "+r"(x20), "+r"(x23), "+r"(x28));
		wrong |= (x19 ^ (tag + 1)) | (x20 ^ (tag + 2)) | (x23 ^ (tag + 3)) |
		         (x28 ^ (tag + 4));
		for (u32 k = 0; k < ARRAY_SIZE(d); k++)
			wrong |= d[k] ^ (tag + 5);
#endif
	}
	return wrong;
}

static void kept_registers(void **state)
{
	(void)state;
	nothing_wrong(every_register);
}
#endif

static const int roundings[] = { FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO };

/* A third of one, by the unit that doubles use, and by that of long doubles. */
static void thirds(volatile double *d, volatile long double *l)
{
	volatile double one = 1, three = 3;
	volatile long double lone = 1, lthree = 3;

	*d = one / three;
	*l = lone / lthree;
}

enum { ROUNDS = 5 };

/* Each switches to the next one, the last one to home. */
static u32 rounds(void *arg, u32 i)
{
	volatile double d[2];
	volatile long double l[2];
	u32 *wrong = arg;

	wrong[i] = fegetround() != FE_TONEAREST;
	fesetround(roundings[i]);
	thirds(&d[0], &l[0]);
	for (u32 k = 0; k < ROUNDS; k++) {
		vehicle_switch(v, i, i + 1);
		wrong[i] += fegetround() != roundings[i];
		thirds(&d[1], &l[1]);
		wrong[i] += d[0] != d[1] || l[0] != l[1];
	}
	fesetround(FE_TONEAREST);
	return i + 1;
}

/* How floating point rounds is each body's own. */
static void rounding(void **state)
{
	(void)state;
	for (enum vehicle_kind k = 0; k < VEHICLE_NR; k++) {
		u32 wrong[3] = { 9, 9, 9 };

		make(k, 3, rounds, wrong);
		for (u32 i = 0; i < 3; i++)
			vehicle_begin(v, i);
		for (u32 round = 0; round <= ROUNDS; round++) {
			vehicle_switch(v, 3, 0);
			assert_int_equal(fegetround(), FE_TONEAREST);
		}
		for (u32 i = 0; i < 3; i++)
			assert_int_equal(wrong[i], 0);
		vehicle_free(v);
	}
}

static __attribute__((noinline)) u32 endless(u32 depth)
{
	volatile char frame[4096];

	frame[0] = (char)depth;
	return depth == UINT32_MAX ? 0 : endless(depth + 1) + (u32)frame[0];
}

/* What the handler knows: the highest address of the body's stack, nearly; 0: it is the host's. */
static uintptr_t top;

/* Exit status 7: the first address that could not be written lies right below the stack. */
static void faulted(int number, siginfo_t *info, void *context)
{
	uintptr_t below = top - (uintptr_t)info->si_addr;

	(void)number;
	(void)context;
	_exit(!top || (below > VEHICLE_STACK - 8192 && below <= VEHICLE_STACK + 65536) ? 7 : 8);
}

static u32 overflows(void *arg, u32 i)
{
	if (arg)
		top = (uintptr_t)__builtin_frame_address(0);
	return endless(i);
}

static __attribute__((noreturn)) void overflow(enum vehicle_kind k)
{
	static char place[65536];
	const stack_t other = { .ss_sp = place, .ss_size = sizeof(place) };
	struct sigaction handler = { .sa_sigaction = faulted, .sa_flags = SA_SIGINFO | SA_ONSTACK };

	if (k == VEHICLE_PTHREAD) { /* whose other stack would be each thread's own */
		signal(SIGSEGV, SIG_DFL);
		make(k, 3, overflows, NULL);
	} else {
		if (sigaltstack(&other, NULL) || sigaction(SIGSEGV, &handler, NULL))
			_exit(9);
		make(k, 3, overflows, place);
	}
	vehicle_begin(v, 1);
	vehicle_switch(v, 3, 1);
	_exit(0);
}

/* A body that needs more stack than there is dies at the end of its own. */
static void guard(void **state)
{
	(void)state;
	for (enum vehicle_kind k = 0; k < VEHICLE_NR; k++) {
		int status;
		pid_t child = fork();

		assert_true(child >= 0);
		if (!child)
			overflow(k);
		assert_int_equal(waitpid(child, &status, 0), child);
		if (k == VEHICLE_PTHREAD) {
			assert_true(WIFSIGNALED(status));
			assert_int_equal(WTERMSIG(status), SIGSEGV);
		} else {
			assert_true(WIFEXITED(status));
			assert_int_equal(WEXITSTATUS(status), 7);
		}
	}
}

/* As the program began, before there was any vehicle. */
static cpu_set_t before;

static cpu_set_t may_run(void)
{
	cpu_set_t s;

	assert_int_equal(sched_getaffinity(0, sizeof(s), &s), 0);
	return s;
}

static u32 says_cores(void *arg, u32 i)
{
	((cpu_set_t *)arg)[i] = may_run();
	return i ? 2 : 1;
}

/* Threads and home are on one core as long as there is a vehicle of them, and home has its cores again behind it. */
static void one_core(void **state)
{
	cpu_set_t s[2], now;

	(void)state;
	for (enum vehicle_kind k = 0; k < VEHICLE_NR; k++) {
		make_two(k, says_cores, s, 0);
		now = may_run();
		assert_true(CPU_EQUAL(&s[0], &now));
		assert_true(CPU_EQUAL(&s[1], &now));
		if (k == VEHICLE_PTHREAD)
			assert_int_equal(CPU_COUNT(&now), 1);
		else
			assert_true(CPU_EQUAL(&now, &before));
		vehicle_free(v);
		now = may_run();
		assert_true(CPU_EQUAL(&now, &before));
	}
}

/* Of two vehicles, whichever ends first. */
static void cores_of_two(void **state)
{
	cpu_set_t s[2], now;

	(void)state;
	for (u32 first = 0; first < 2; first++) {
		struct vehicle *two[2];

		for (u32 i = 0; i < 2; i++) {
			make_two(VEHICLE_PTHREAD, says_cores, s, 0);
			two[i] = v;
			assert_int_equal(CPU_COUNT(&s[0]), 1);
		}
		vehicle_free(two[first]);
		vehicle_free(two[!first]);
		now = may_run();
		assert_true(CPU_EQUAL(&now, &before));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jump_out),
		cmocka_unit_test(deep_stack),
		cmocka_unit_test(registers),
#if defined(__x86_64__) || defined(__aarch64__)
		cmocka_unit_test(kept_registers),
#endif
		cmocka_unit_test(rounding),
		cmocka_unit_test(guard),
		cmocka_unit_test(one_core),
		cmocka_unit_test(cores_of_two),
	};

	before = may_run();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
