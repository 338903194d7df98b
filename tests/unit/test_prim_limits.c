// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every primitive of the table with every argument at its limits, beyond them and at random: on a fresh machine, on one
 * where everything is locked and pulled, and on a halted one, for the CPU that halted it and for the others; as published and as intended; under a scripted environment
 * and as in a run.  Nothing crashes, a stuck call changes nothing, and the ranges are what 'hypsim list primitives' says.
 */
#include "shmem/shared.h"
#include "sim/base/rng.h"
#include "sim/log/event.h"
#include "tests/kit.h"
#include "tests/kit_env.h"

#include <stdio.h>
#include <string.h>

/* @PANICKED: halted by the CPU that calls, in the call that it is in. */
enum machine_state { FRESH, LOCKED, HALTED, PANICKED, N_STATES };

static const char *const state_names[N_STATES] = { "fresh", "locked", "halted", "panicked" };

/* How a value stands to the range of its argument. */
enum place { WITHIN, BEYOND, ANY };

/**
 * struct values - of one kind of argument
 * @legal:  what it is while another argument is tried
 * @within: [n_within] within its limits; @beyond: [n_beyond] one beyond, the largest of its type
 * @any:    [n_any] it is for the primitive to say
 */
struct values {
	u64 legal;
	u32 n_within, n_beyond, n_any;
	u64 within[10], beyond[6], any[8];
};

#define IN(...) \
	.n_within = sizeof((const u64[]){ __VA_ARGS__ }) / sizeof(u64), .within = { __VA_ARGS__ }
#define OUT(...) \
	.n_beyond = sizeof((const u64[]){ __VA_ARGS__ }) / sizeof(u64), .beyond = { __VA_ARGS__ }
#define OPEN(...) \
	.n_any = sizeof((const u64[]){ __VA_ARGS__ }) / sizeof(u64), .any = { __VA_ARGS__ }
#define U32    0xffffffffull
#define ANY_32 IN(0, 1, 0x7fffffff, 0x80000000, U32)
#define ANY_64 IN(0, 1, U32, 1ull << 63, INVALID64)
enum { VMID = 3, LK = NPT_ID + VMID };

static const struct values kinds[PRIM_ARG_NR] = {
	[PRIM_ARG_bound] = { LOCK_BOUND, ANY_32 },
	[PRIM_ARG_lk] = { LK, IN(1, 38), OUT(64, U32), OPEN(0, 39, 63) },
	[PRIM_ARG_event] = { 0 },
	[PRIM_ARG_vmid] = { VMID, IN(0, 1, 15, 16), OUT(17, 1000, U32) },
	[PRIM_ARG_vcpuid] = { 1, IN(0, 7), OUT(8, U32) },
	[PRIM_ARG_load_idx] = { 2, IN(0, 4), OUT(5, U32) },
	[PRIM_ARG_cbndx] = { 1, IN(0, 7), OUT(8, U32) },
	[PRIM_ARG_smmu] = { 1, IN(0), OUT(2, U32) },
	[PRIM_ARG_region] = { 3, IN(0, 31), OUT(32, U32) },
	[PRIM_ARG_index] = { 5, IN(0, 255), OUT(256, U32) },
	[PRIM_ARG_reg] = { 4, IN(0, 30, 31, 34, 69, 72, 73, U32) },
	[PRIM_ARG_hsr] = { 7, ANY_32 },
	[PRIM_ARG_u32] = { 7, ANY_32 },
	[PRIM_ARG_state] = { 7, ANY_32 },
	[PRIM_ARG_owner] = { 7, ANY_32 },
	[PRIM_ARG_count] = { 7, ANY_32 },
	[PRIM_ARG_u64] = { 7, ANY_64 },
	[PRIM_ARG_addr] = { 0, ANY_64 },
	[PRIM_ARG_pfn] = { KVM_PFN_SPACE - 4, IN(0, 1, KVM_PFN_SPACE - 1),
	                   OUT(KVM_PFN_SPACE, INVALID64) },
	[PRIM_ARG_pgnum] = { 1, IN(0, 4), OUT(5, KVM_PFN_SPACE - 1, KVM_PFN_SPACE, INVALID64) },
	[PRIM_ARG_size] = { PAGE_SIZE, ANY_64 },
	[PRIM_ARG_gfn] = { 7, ANY_64 },
	[PRIM_ARG_s2idx] = { 5, IN(0, MAX_S2PAGE_NUM - 1), OUT(MAX_S2PAGE_NUM, INVALID64) },
	[PRIM_ARG_inbuf] = { 9 * PAGE_SIZE, IN(0, KVM_PFN_SPACE - 1), OUT(KVM_PHYS_SIZE, INVALID64),
	                     OPEN(KVM_PFN_SPACE) },
	[PRIM_ARG_outbuf] = { 9 * PAGE_SIZE, IN(0, KVM_PFN_SPACE - 1),
	                      OUT(KVM_PHYS_SIZE, INVALID64), OPEN(KVM_PFN_SPACE) },
	[PRIM_ARG_pstate] = { 7, ANY_64 },
	[PRIM_ARG_next] = { 7, ANY_64 },
	[PRIM_ARG_value] = { 7, ANY_64 },
};

/* Addresses of the pools: each boundary and the last entry before it. */
#define POOL(start, second, third, last, end)                                                     \
	{                                                                                         \
		(start) + 8,                                                                      \
			IN(start, (second)-8, second, (third)-8, third, (last)-8, last, (end)-8), \
			OUT(0, (start)-8, (start)-1, end, (end) + 8, INVALID64),                  \
			OPEN((start) + 1, (end)-1)                                                \
	}
enum { NPT_AT = PT_POOL_START + VMID * PT_POOL_PER_VM };
static const struct values npt_addr = POOL(NPT_AT, NPT_AT + PGD_OFFSET, NPT_AT + PUD_OFFSET,
                                           NPT_AT + PMD_OFFSET, NPT_AT + PT_POOL_PER_VM);
static const struct values spt_addr =
	POOL(SMMU_POOL_START, SMMU_PGD_START, SMMU_PMD_START, SMMU_PMD_START + 8, SMMU_POOL_END);
static const struct values image_addr = { 7, IN(0, KVM_ADDR_SPACE - 1),
	                                  OUT(KVM_ADDR_SPACE, INVALID64) };

static const struct values *values_of(const struct prim *p, u32 arg)
{
	if (p->arg[arg] != PRIM_ARG_addr)
		return &kinds[p->arg[arg]];
	if (p->family == PRIM_PT)
		return &npt_addr;
	if (p->family == PRIM_SPT)
		return &spt_addr;
	return p->family == PRIM_PARAM ? &image_addr : &kinds[PRIM_ARG_addr];
}

/* Each kind of event, of an object and of none, and with a payload that has a cell of no object. */
static struct shared_event events[4 * (EV_OFLATMEM - EV_OPULL + 1)];
static u32 n_events;
static struct payload *odd_payload;

static void make_events(void)
{
	odd_payload = payload_new(true);
	payload_put(odd_payload, 0, INVALID64, 0, 5);
	events[n_events++] = (struct shared_event){ .kind = EV_ONPT, .obj = LK };
	for (u32 kind = EV_OPULL; kind <= EV_OFLATMEM; kind++) {
		for (u32 with = 0; with < 2; with++)
			events[n_events++] = (struct shared_event){
				.kind = kind,
				.arg = with ? 0xffffffff : LK,
				.obj = ENV_NO_OBJ,
				.payload = with && kind != EV_OPULL ? odd_payload : NULL,
			};
	}
}

/**
 * struct trial - how the primitives are tried now
 * @base:  the machine before each call
 */
static struct trial {
	struct test_env env;
	enum machine_state state;
	bool published, scripted;
	struct test_state *base;
	u32 n_ok, n_stuck;
} t;

static u64 seed;

static void put_machine(void)
{
	struct cpu *c = t.env.c;

	machine_reset(t.env.m);
	c->effects = 0;
	if (t.state == HALTED || t.state == PANICKED)
		flag_set(&t.env.m->halt);
	c->panicked = t.state == PANICKED;
	if (t.state != LOCKED)
		return;
	for (lk_t lk = 0; lk < ID_END; lk++)
		c->lock[lk] = LOCK_OWN_PULLED;
	c->tstate = 0;
}

static void set_trial(enum machine_state s, bool published, bool scripted)
{
	t.state = s;
	t.published = published;
	t.scripted = scripted;
	test_env_reset(&t.env);
	for (u32 i = 0; i < ERRATUM_NR; i++)
		test_env_erratum(&t.env, (enum erratum)i, published);
	test_env_run(&t.env, !scripted);
	if (s == LOCKED)
		test_env_lock(&t.env, 0, ID_END - 1);
	put_machine();
	test_state_free(t.base);
	t.base = test_state_take(&t.env);
}

static const char *print(const struct prim *p, const u64 *a)
{
	static char text[256];
	size_t n = (size_t)snprintf(text, sizeof(text), "%s, %s, %s: %s(", state_names[t.state],
	                            t.published ? "published" : "intended",
	                            t.scripted ? "scripted" : "run", p->name);

	for (u32 i = 0; i < p->n_args; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%#llx", i ? ", " : "",
		                      (unsigned long long)a[i]);
	return text;
}

/* Nothing has changed since the trial began. */
static void is_base(const struct prim *p, const u64 *a, const char *when)
{
	struct test_state *now = test_state_take(&t.env);
	const char *what = test_state_differs(t.base, now);

	if (what)
		fail_msg("%s): %s: %s changed", print(p, a), when, what);
	test_state_free(now);
}

struct call {
	const struct prim *p;
	const u64 *a;
	u64 value;
	bool came_back;
};

static void run(struct cpu *c, void *arg)
{
	struct call *call = arg;

	call->value = call->p->call(c, call->a);
	call->came_back = true;
}

/* The report of a stuck call names a rule and the primitive; one that is no sequence of others names its arguments. */
static void check_report(const struct prim *p, const u64 *a)
{
	const struct stuck *r = &t.env.c->stuck;
	bool sequence = p->family == PRIM_LOCKS || p->family == PRIM_LAYERS;
	bool push = p->family == PRIM_PUSH;

	if (r->rule == STUCK_NONE || r->rule >= STUCK_NR)
		fail_msg("%s): no rule", print(p, a));
	if (r->n_args > STUCK_MAX_ARGS || !r->prim || !*r->prim)
		fail_msg("%s): no report", print(p, a));
	if (sequence)
		return;
	if (strncmp(r->prim, push ? "release_shared" : p->function, push ? 14 : 99) != 0)
		fail_msg("%s): the report names %s", print(p, a), r->prim);
	if (push)
		return;
	if (r->n_args != p->n_args)
		fail_msg("%s): the report has %u arguments", print(p, a), r->n_args);
	for (u32 i = 0; i < r->n_args; i++)
		if (r->args[i] != a[i])
			fail_msg("%s): the report has %#llx for argument %u", print(p, a),
			         (unsigned long long)r->args[i], i);
}

/* Does the primitive look at halt, so that a halted machine answers 0 and nothing changes? */
static bool looks_at_halt(const struct prim *p)
{
	if (p->family == PRIM_FIXED)
		return strncmp(p->name, "get_smmu", 8) == 0;
	if (p->family == PRIM_FAULT)
		return strncmp(p->name, "host_dabt", 9) != 0;
	if (p->family == PRIM_LOCKS)
		return strncmp(p->name, "acquire", 7) == 0 || strncmp(p->name, "release", 7) == 0;
	if (strcmp(p->name, "get_exception_vector") == 0 || strcmp(p->name, "panic") == 0)
		return false;
	return p->family != PRIM_LOCK && p->family != PRIM_PULL && p->family != PRIM_PUSH &&
	       p->family != PRIM_LAYERS;
}

/* No effect in the model: never stuck, and a halt is not looked at. */
static bool does_nothing(const struct prim *p)
{
	static const char *const names[] = {
		"set_pt_vttbr", "encrypt_gp_regs", "encrypt_sys_regs",
		"set_int_gpr",  "mem_load_raw",    "mem_store_raw",
		"dev_load_raw", "dev_store_raw",   "timer_set_cntvoff"
	};

	for (u32 i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(p->name, names[i]) == 0)
			return true;
	return false;
}

/* Is argument @arg out of its range a reason to be stuck? */
static bool looks_at_range(const struct prim *p, u32 arg)
{
	if (does_nothing(p) || p->arg[arg] == PRIM_ARG_reg)
		return false;
	if (p->arg[arg] == PRIM_ARG_vmid) {
		if (strstr(p->name, "crypt_mem_buf"))
			return false;
		if (p->family == PRIM_LAYERS || (p->family == PRIM_PUSH && t.published))
			return false;
	}
	return true;
}

/* On a machine where all is locked and pulled: is a call within all limits OK? */
static bool works_locked(const struct prim *p)
{
	/* The published numbers of locks begin with flat memory's, which in a run is no lock. */
	if (p->family == PRIM_PUSH && t.published && !t.scripted)
		return false;
	return p->family != PRIM_LOCK && p->family != PRIM_PULL && p->family != PRIM_LOCKS &&
	       p->family != PRIM_LAYERS && strcmp(p->name, "panic") != 0;
}

/* The CPU that halted it goes on with zeros, and so does a script; in a run another CPU leaves. */
static void check_halted(const struct prim *p, const u64 *a, enum outcome out,
                         const struct call *call)
{
	if (!looks_at_halt(p) || does_nothing(p))
		return;
	if (out != (t.scripted && t.state == HALTED ? OUT_OK : OUT_PANIC))
		fail_msg("%s): outcome %d on a halted machine", print(p, a), out);
	if (call->came_back != (t.scripted || t.state == PANICKED))
		fail_msg("%s): the call %s on a halted machine", print(p, a),
		         call->came_back ? "goes on" : "was left");
	if (call->value != 0)
		fail_msg("%s): a halted machine answers %llu", print(p, a),
		         (unsigned long long)call->value);
	is_base(p, a, "halted");
}

static void try(const struct prim *p, const u64 *a, u32 arg, enum place place)
{
	struct cpu *c = t.env.c;
	struct call call = { .p = p, .a = a };
	enum outcome out;

	if (t.scripted)
		env_begin(t.env.e, c);
	out = cpu_call(c, run, &call);
	t.n_ok += out == OUT_OK;
	t.n_stuck += out == OUT_STUCK;
	if (out == OUT_STUCK)
		check_report(p, a);
	if (out == OUT_STOPPED ||
	    (out == OUT_PANIC && t.state < HALTED && strcmp(p->name, "panic") != 0))
		fail_msg("%s): outcome %d", print(p, a), out);
	if (t.state >= HALTED)
		check_halted(p, a, out, &call);
	else if (place == BEYOND && looks_at_range(p, arg) &&
	         (out != OUT_STUCK || c->stuck.rule != STUCK_RANGE))
		fail_msg("%s): argument %u is beyond its range, outcome %d, rule %s", print(p, a),
		         arg, out, stuck_name(c->stuck.rule));
	if (t.state == LOCKED && place == WITHIN && works_locked(p) && out != OUT_OK)
		fail_msg("%s): outcome %d, rule %s", print(p, a), out, stuck_name(c->stuck.rule));
	/* Undone, or (as in a run) made anew, the machine is as it was; a stuck primitive has not changed it. */
	if (!t.scripted && out == OUT_STUCK)
		is_base(p, a, "stuck");
	if (t.scripted)
		env_undo(t.env.e, c);
	else
		put_machine();
	is_base(p, a, "put back");
}

static void try_values(const struct prim *p, u64 *a, u32 arg, const u64 *v, u32 n, enum place place)
{
	/* Whether an address is one of a pool's, depends on the VM. */
	bool of_pool = p->family == PRIM_PT && p->n_args > 1 && arg == 0;
	u64 legal = a[arg];

	for (u32 i = 0; i < n; i++) {
		a[arg] = v[i];
		if (of_pool)
			a[1] = pool_start((vmid_t)a[0]) + 8;
		try(p, a, arg, place);
	}
	a[arg] = legal;
	if (of_pool)
		a[1] = npt_addr.legal;
}

static void try_events(const struct prim *p, u64 *a, u32 arg)
{
	for (u32 i = 0; i < n_events; i++) {
		a[arg] = (u64)(uintptr_t)&events[i];
		try(p, a, arg, ANY);
	}
	a[arg] = (u64)(uintptr_t)&events[0];
}

static void try_prim(const struct prim *p, struct rng *r)
{
	u64 a[PRIM_MAX_ARGS] = { 0 }, garbage[4];

	for (u32 i = 0; i < p->n_args; i++)
		a[i] = p->arg[i] == PRIM_ARG_event ? (u64)(uintptr_t)&events[0]
		                                   : values_of(p, i)->legal;
	try(p, a, 0, WITHIN);
	for (u32 i = 0; i < p->n_args; i++) {
		const struct values *v = values_of(p, i);

		if (p->arg[i] == PRIM_ARG_event) {
			try_events(p, a, i);
			continue;
		}
		for (u32 k = 0; k < ARRAY_SIZE(garbage); k++)
			garbage[k] = rng_next(r) & prim_arg_max(p->arg[i]) &
			             (k % 2 ? INVALID64 : 0xfff8);
		try_values(p, a, i, v->within, v->n_within, WITHIN);
		try_values(p, a, i, v->beyond, v->n_beyond, BEYOND);
		try_values(p, a, i, v->any, v->n_any, ANY);
		try_values(p, a, i, garbage, ARRAY_SIZE(garbage), ANY);
	}
}

static void try_all(enum machine_state s, bool published, bool scripted)
{
	struct rng r = { seed };

	t.n_ok = t.n_stuck = 0;
	set_trial(s, published, scripted);
	for (u32 i = 0; i < n_prims; i++)
		if (prims[i].family != PRIM_HYP && (scripted || prims[i].family != PRIM_LAYERS))
			try_prim(&prims[i], &r);
	assert_true(t.n_ok > 0 || s == PANICKED);
	assert_true(t.n_stuck > 0);
}

/* Each state of the machine, under a script that follows the published sides. */
static void published_script(void **unused)
{
	(void)unused;
	for (u32 s = 0; s < N_STATES; s++)
		try_all(s, true, true);
}

/* The intended sides have ranges of their own. */
static void intended_script(void **unused)
{
	(void)unused;
	for (u32 s = 0; s < N_STATES; s++)
		try_all(s, false, true);
}

/* In a run nothing is undone: a stuck primitive has not written, and a halt ends every call that looks at it. */
static void in_a_run(void **unused)
{
	(void)unused;
	for (u32 s = 0; s < N_STATES; s++) {
		try_all(s, true, false);
		try_all(s, false, false);
	}
}

/* Every kind of argument has its values: a new one cannot be forgotten. */
static void every_kind(void **unused)
{
	(void)unused;
	for (u32 k = 0; k < PRIM_ARG_NR; k++) {
		if (k != PRIM_ARG_event && kinds[k].n_within == 0)
			fail_msg("no values for %s", prim_arg_name(k));
		for (u32 i = 0; i < kinds[k].n_within; i++)
			assert_true(kinds[k].within[i] <= prim_arg_max(k));
		for (u32 i = 0; i < kinds[k].n_beyond; i++)
			assert_true(kinds[k].beyond[i] <= prim_arg_max(k));
	}
}

static int begin(void **unused)
{
	(void)unused;
	test_env_make(&t.env, true);
	make_events();
	seed = test_seed(1);
	return 0;
}

static int end(void **unused)
{
	(void)unused;
	test_state_free(t.base);
	test_env_free(&t.env);
	payload_free(odd_payload);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind),
		cmocka_unit_test(published_script),
		cmocka_unit_test(intended_script),
		cmocka_unit_test(in_a_run),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
