// SPDX-License-Identifier: GPL-2.0-only
/* Each thing that an execution can change is changed, and comes back; what is the owner's stays as it is set. */
#include "cpu/ctxt.h"
#include "cpu/intake.h"
#include "cpu/say.h"
#include "cpu/switch_regs.h"
#include "lock/ticket.h"
#include "shmem/fields.h"
#include "shmem/flatmem.h"
#include "shmem/locks.h"
#include "shmem/shared.h"
#include "shmem/tlb.h"
#include "sim/base/vec.h"
#include "sim/hyp/api.h"
#include "sim/hyp/npt_ops.h"
#include "sim/hyp/user.h"
#include "tests/kit.h"
#include "tests/kit_events.h"
#include "tests/kit_undo.h"

#include <stdlib.h>
#include <string.h>

enum { CPUS = 4, GFN = 0x80000, LOW = 512 };

static struct kit_undo k;
static u64 base;

static int make(const struct kit_undo_opts *o)
{
	kit_undo_make(&k, o);
	base = machine_undo_digest(k.t.m);
	return 0;
}

static int setup(void **state)
{
	(void)state;
	return make(&(struct kit_undo_opts){ .cpus = CPUS });
}

static int setup_off(void **state)
{
	(void)state;
	return make(&(struct kit_undo_opts){ .cpus = CPUS, .off = true });
}

static int setup_tlb(void **state)
{
	(void)state;
	return make(&(struct kit_undo_opts){ .cpus = CPUS, .tlb = true, .intended = true });
}

static int teardown(void **state)
{
	(void)state;
	kit_undo_free(&k);
	return 0;
}

/* Something has changed, by what the digest says; it is undone. */
static void back(void)
{
	assert_true(machine_undo_digest(k.t.m) != base);
	kit_undo_back(&k);
	assert_true(machine_undo_digest(k.t.m) == base);
}

#define DO(cpu, fn) assert_int_equal(kit_undo_call(&k, cpu, fn, NULL), OUT_OK)

/* Rows of undo_cpu.def; of what is kept of each lock, one lock's. */
static const struct row {
	const char *name;
	size_t at, size;
	bool kept;
} rows[] = {
#define ROW(field, k) { #field, offsetof(struct cpu, field), sizeof(((struct cpu *)0)->field), k },
#define CPU_KEPT_LOCKS(field) \
	{ #field, offsetof(struct cpu, field) + S2PAGE_ID * sizeof(u32), sizeof(u32), true },
#define CPU_KEPT(field)      ROW(field, true)
#define CPU_KEPT_REGS(field) ROW(field, true)
#define CPU_LEFT(field)      ROW(field, false)
#include "sim/machine/undo_cpu.def"
};

/* A step on the word of S2PAGE's lock, without which no CPU can have had the lock. */
static void step_on_word(void)
{
	k.t.m->locks.lock[S2PAGE_ID].word += 1ull << 32;
}

/*
 * Each field of a CPU that is kept comes back, and no other one is touched; the digest knows it.  A bit is turned in its first
 * byte, which makes another value of each type.
 */
static void fields_of_a_cpu(void **state)
{
	u8 *c = (u8 *)&k.t.m->cpu[1];

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *r = &rows[i];
		u8 was = c[r->at];

		c[r->at] ^= 1;
		/* No pointer to anything: the digest asks of which lock it is. */
		if (strcmp(r->name, "hold_word") == 0)
			k.t.m->cpu[1].hold_word = &k.t.m->locks.lock[2].word;
		if (r->kept && machine_undo_digest(k.t.m) == base)
			fail_msg("%s: the digest does not know it", r->name);
		step_on_word();
		machine_undo_run(k.undo, 1u << 1, ~0ull);
		if ((c[r->at] == was) != r->kept)
			fail_msg("%s: %s", r->name, r->kept ? "is not brought back" : "is touched");
		c[r->at] = was;
		k.t.m->cpu[1].hold_word = NULL;
	}
	assert_true(machine_undo_digest(k.t.m) == base);
}

/* Also its last byte. */
static void whole_fields(void **state)
{
	u8 *c = (u8 *)&k.t.m->cpu[0];

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		u8 *last = &c[rows[i].at + rows[i].size - 1], was = *last;

		if (!rows[i].kept || rows[i].size < 4)
			continue;
		*last ^= 1;
		step_on_word();
		machine_undo_run(k.undo, 1, ~0ull);
		assert_int_equal(*last, was);
	}
}

/* What controlled CPUs do not come to. */
static void rest_of_a_cpu(void **state)
{
	struct cpu *c = &k.t.m->cpu[1];

	(void)state;
	k.ran = 2;
	c->gives_way = true;
	back();
	k.ran = 2;
	c->permit = 3;
	back();
	k.ran = 2;
	rng_next(&c->perturb_rng);
	back();
}

/* CPUs that did not run are not looked at. */
static void only_those_that_ran(void **state)
{
	(void)state;
	k.t.m->cpu[0].effects += 5;
	k.t.m->cpu[2].effects += 7;
	k.t.m->says[2].at++;
	machine_undo_run(k.undo, 1, ~0ull);
	assert_true(machine_undo_digest(k.t.m) != base);
	machine_undo_run(k.undo, 4, ~0ull);
	assert_true(machine_undo_digest(k.t.m) == base);
}

static void section(struct cpu *c, void *arg)
{
	(void)arg;
	acquire_lock_s2page(c);
	set_s2_page_count(c, 5, 1);
	set_s2_page_count(c, 5, 2);
	set_s2_page_count(c, 6, 3);
	release_lock_s2page(c);
}

/* A cell that was written twice has what it held first; running digest and memory agree. */
static void cells(void **state)
{
	const struct obj *o = &k.t.m->shared.obj[S2PAGE_ID];
	u64 digest = o->digest;

	(void)state;
	DO(0, section);
	assert_int_equal(obj_get(o, F_S2PAGE_s2_count, 5), 2);
	assert_true(o->digest != digest);
	back();
	assert_int_equal(obj_get(o, F_S2PAGE_s2_count, 5), 0);
	assert_int_equal(obj_get(o, F_S2PAGE_s2_count, 6), 0);
	assert_true(o->digest == digest);
	assert_true(obj_digest(o) == digest);
}

/* What a section that is open has counted and told, words of locks, what is held: here of a lock that stays taken. */
static void left_open(struct cpu *c, void *arg)
{
	(void)arg;
	acquire_lock_vm(c, 3);
	set_vm_state(c, 3, 77);
	acquire_lock_s2page(c);
	stuck(c, STUCK_RANGE, "left_open", 1, 7, 0);
}

static void an_open_section(void **state)
{
	struct cpu *c = &k.t.m->cpu[2];

	(void)state;
	assert_int_equal(kit_undo_call(&k, 2, left_open, NULL), OUT_STUCK);
	assert_int_equal(c->lock[INFO_ID + 3], LOCK_OWN_PULLED);
	assert_int_equal(c->n_diffs[INFO_ID + 3], 1);
	assert_int_equal(c->stuck.n_args, 1);
	back();
	assert_int_equal(c->lock[INFO_ID + 3], LOCK_FALSE);
	assert_int_equal(c->stuck.n_args, 0);
	/* The lock is free again, for anybody. */
	assert_int_equal(kit_undo_call(&k, 1, section, NULL), OUT_OK);
	back();
}

/* Words alone: no event, no cell. */
static void words(void **state)
{
	(void)state;
	for (lk_t lk = 0; lk < ID_END; lk++) {
		k.t.m->locks.lock[lk].word += 1ull << (lk % 2 ? 0 : 32);
		back();
	}
	k.t.m->locks.lock[FLATMEM_ID].number++;
	back();
}

static void frames(struct cpu *c, void *arg)
{
	(void)arg;
	flat_store(c, 600, 5);
	flat_fetch(c, 590, 1500, 2, data_log_take(c, 2, 1500));
	flat_store(c, 600, 6);
}

/* Ranges over whole pages of memory, whose numbers and values from outside are counted. */
static void flat(void **state)
{
	const struct obj *o = &k.t.m->shared.obj[FLATMEM_ID];

	(void)state;
	DO(3, frames);
	assert_int_equal(obj_get(o, F_FLATMEM_flatmem, 600), 6);
	assert_true(obj_get(o, F_FLATMEM_flatmem, 2000) != 0);
	back();
	assert_int_equal(obj_digest(o), 0);
	assert_int_equal(o->digest, 0);
}

/* An object that was undone, and reset, is empty as any other. */
static void reset_behind(void **state)
{
	(void)state;
	DO(3, frames);
	back();
	machine_reset(k.t.m);
	assert_int_equal(obj_digest(&k.t.m->shared.obj[FLATMEM_ID]), 0);
	assert_true(obj_digest(&k.t.m->shared.obj[S2PAGE_ID]) ==
	            k.t.m->shared.obj[S2PAGE_ID].digest);
}

/* What an execution takes from outside. */
static void outside(struct cpu *c, void *arg)
{
	(void)arg;
	get_int_esr(c, 1, 0);
	get_int_run_vcpuid(c, 2);
}

static void data_logs(void **state)
{
	(void)state;
	DO(1, outside);
	assert_int_equal(k.t.m->data_logs.data[1], 1);
	assert_int_equal(k.t.m->data_logs.core[2], 1);
	back();
	assert_int_equal(k.t.m->data_logs.data[1], 0);
	assert_int_equal(k.t.m->data_logs.core[2], 0);
}

/* Each way to change a context. */
static void set_one(struct cpu *c, void *arg)
{
	(void)arg;
	set_shadow_ctxt(c, 2, 1, CTXT_X0 + 3, 9);
}

static void clear_one(struct cpu *c, void *arg)
{
	(void)arg;
	set_shadow_dirty_bit(c, 3, 0, 4);
	reset_fp_regs(c, 3, 1);
	clear_shadow_gp_regs(c, 3, 2);
}

static void load_one(struct cpu *c, void *arg)
{
	(void)arg;
	set_access_reg(c, 4, 77);
}

static void move_some(struct cpu *c, void *arg)
{
	(void)arg;
	for (u32 i = 0; i < 20; i++)
		c->regs.r[R_x0 + i] = 100 + i;
	host_to_core(c);
	save_sysregs(c);
	fpsimd_save_state(c);
	exit_populate_fault(c);
}

static void decrypt_one(struct cpu *c, void *arg)
{
	(void)arg;
	decrypt_gp_regs(c, 4, 0);
	decrypt_sys_regs(c, 4, 0);
}

static void contexts(void **state)
{
	void (*const fn[])(struct cpu *, void *) = { set_one, clear_one, load_one, move_some,
		                                     decrypt_one };
	size_t bytes = N_VMID * k.t.m->model.vcpu_per_vm * sizeof(struct ctxt);
	struct ctxt *was = xcalloc(1, bytes);

	(void)state;
	memcpy(was, k.t.m->shadow_ctxts, bytes);
	for (u32 i = 0; i < ARRAY_SIZE(fn); i++) {
		DO(1, fn[i]);
		assert_true(memcmp(was, k.t.m->shadow_ctxts, bytes) != 0);
		back();
		assert_int_equal(memcmp(was, k.t.m->shadow_ctxts, bytes), 0);
	}
	free(was);
}

static void run_vcpu(struct cpu *c, void *arg)
{
	(void)arg;
	c->regs.r[R_x0] = 1 + c->id;
	c->regs.r[R_x5] = 5;
	host_vcpu_run_handler(c);
}

static void interrupt(struct cpu *c, void *arg)
{
	(void)arg;
	c->regs.r[R_x7]++;
	c->regs.r[R_ec] = ARM_EXCEPTION_INTERRUPT;
	vm_exit_handler(c);
}

/* A guest runs and leaves: mode, registers, what the log has said of them and of the contexts. */
static void a_guest(void **state)
{
	struct cpu *c = &k.t.m->cpu[1];
	const struct say_set *said = k.t.m->says ? &k.t.m->said_ctxts[2 * c->vcpu_per_vm] : NULL;
	u32 n_marks = said ? said->n_marks : 0;

	(void)state;
	DO(1, run_vcpu);
	assert_int_equal(c->cur_vmid, 2);
	assert_false(c->ihost);
	DO(1, interrupt);
	if (said) {
		assert_int_not_equal(said->n_marks, n_marks);
		assert_true(k.t.m->says[1].regs.used);
	}
	back();
	assert_int_equal(c->cur_vmid, HOSTVISOR);
	assert_true(c->ihost);
	if (said) {
		assert_int_equal(said->n_marks, n_marks);
		assert_false(k.t.m->says[1].regs.used);
	}
}

/* What the CPU said before the base and has not told yet is told behind it, and is not forgotten. */
static void touched_before(void **state)
{
	(void)state;
	DO(1, set_one);
	assert_int_equal(k.t.m->says[1].n_touched, 1);
	machine_undo_base(k.undo);
	base = machine_undo_digest(k.t.m);
	DO(1, section);
	assert_int_equal(k.t.m->says[1].n_touched, 0);
	back();
	assert_int_equal(k.t.m->says[1].n_touched, 1);
}

static void say_load_only(struct cpu *c, void *arg)
{
	(void)arg;
	set_access_reg(c, 4, 77);
}

static void say_the_load(struct cpu *c, void *arg)
{
	(void)arg;
	say_loaded(c);
}

/* The same of a load, whose operation ends behind it. */
static void loaded_before(void **state)
{
	(void)state;
	DO(1, say_load_only);
	machine_undo_base(k.undo);
	base = machine_undo_digest(k.t.m);
	assert_true(k.t.m->says[1].loaded);
	DO(1, say_the_load);
	back();
	assert_true(k.t.m->says[1].loaded);
}

static void halts(struct cpu *c, void *arg)
{
	(void)arg;
	acquire_lock_s2page(c);
	panic_called(c);
	release_lock_s2page(c);
}

static void a_halt(void **state)
{
	(void)state;
	assert_int_equal(kit_undo_call(&k, 0, halts, NULL), OUT_PANIC);
	assert_true(flag_get(&k.t.m->halt));
	assert_int_equal(kit_undo_call(&k, 1, section, NULL), OUT_PANIC);
	back();
	assert_false(flag_get(&k.t.m->halt));
	assert_false(k.t.m->cpu[0].panicked);
	DO(1, section);
	back();
}

static void a_stop(void **state)
{
	(void)state;
	flag_set(&k.t.m->stop);
	back();
	assert_false(flag_get(&k.t.m->stop));
}

static void fill_buffer(struct cpu *c, void *arg)
{
	(void)arg;
	run_vcpu(c, NULL);
	mem_access(c, ACCESS_STORE, GFN, 3);
	mem_access(c, ACCESS_LOAD, GFN + 1, 4);
}

static void empty_buffers(struct cpu *c, void *arg)
{
	(void)arg;
	acquire_lock_pt(c, 1);
	for (u32 i = 0; i < 8; i++)
		tlb_invalidate_begin(c, 1, GFN + i);
	tlb_invalidate_wait(c);
	tlb_invalidate_begin(c, 1, GFN + 9);
	release_lock_pt(c, 1);
}

/* A CPU's translations, which another one drops: its own buffer comes back though it did not run. */
static void buffers(void **state)
{
	struct tlb was;

	(void)state;
	DO(0, fill_buffer);
	assert_true(memcmp(&k.t.m->tlbs[0], &(struct tlb){ .n_begun = 0 }, sizeof(was)) != 0);
	back();
	DO(0, fill_buffer);
	machine_undo_base(k.undo);
	k.ran = 0;
	base = machine_undo_digest(k.t.m);
	was = k.t.m->tlbs[0];
	DO(3, empty_buffers);
	assert_true(memcmp(&k.t.m->tlbs[0], &was, sizeof(was)) != 0);
	assert_int_equal(k.t.m->tlbs[3].n_begun, 1);
	back();
	assert_int_equal(memcmp(&k.t.m->tlbs[0], &was, sizeof(was)), 0);
	assert_int_equal(k.t.m->tlbs[3].n_begun, 0);
}

/* What the run itself says, of a deadlock for example. */
static void the_runs_stream(void **state)
{
	const u64 args[] = { 0, 1 };

	(void)state;
	log_mark(log_run_writer(k.t.log, k.t.m->episode), MARK_STALL, 2, args);
	back();
}

/* A call that is not gone on with: its fiber is gone, and the CPU is in no call. */
static void given_up(void **state)
{
	struct cpu *c = &k.t.m->cpu[2];

	(void)state;
	c->in_call = true;
	c->leave_step = say_left;
	k.ran = 1u << 2;
	back();
	assert_false(c->in_call);
	assert_int_equal(kit_undo_call(&k, 2, section, NULL), OUT_OK);
	back();
}

/* An episode's end says the rest of registers, of each CPU and of contexts that nobody has touched since the base. */
static void an_end(void **state)
{
	(void)state;
	DO(1, run_vcpu);
	DO(1, interrupt);
	machine_undo_base(k.undo);
	base = machine_undo_digest(k.t.m);
	DO(0, section);
	machine_end_episode(k.t.m);
	k.ran = (1u << CPUS) - 1;
	back();
}

/* The base moves: what was done before it stays. */
static void another_base(void **state)
{
	(void)state;
	DO(0, section);
	machine_undo_base(k.undo);
	assert_true(machine_undo_digest(k.t.m) != base);
	base = machine_undo_digest(k.t.m);
	DO(1, frames);
	DO(0, section);
	back();
	assert_int_equal(obj_get(&k.t.m->shared.obj[S2PAGE_ID], F_S2PAGE_s2_count, 5), 2);
}

/* What comes after many undos is judged as if there had been none. */
static void judged(void **state)
{
	(void)state;
	for (u32 i = 0; i < 50; i++) {
		DO(i % CPUS, section);
		DO(1, run_vcpu);
		DO(1, interrupt);
		DO(2, frames);
		DO(0, outside);
		if (i < 49)
			back();
	}
	kit_judge(&k.t);
}

#define WITH(fn)     cmocka_unit_test_setup_teardown(fn, setup, teardown)
#define WITHOUT(fn)  cmocka_unit_test_setup_teardown(fn, setup_off, teardown)
#define WITH_TLB(fn) cmocka_unit_test_setup_teardown(fn, setup_tlb, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(fields_of_a_cpu), WITH(whole_fields),
		WITH(rest_of_a_cpu),   WITH(only_those_that_ran),
		WITH(cells),           WITH(an_open_section),
		WITH(words),           WITH(flat),
		WITH(reset_behind),    WITH(data_logs),
		WITH(contexts),        WITHOUT(contexts),
		WITH(a_guest),         WITHOUT(a_guest),
		WITHOUT(flat),         WITH(touched_before),
		WITH(loaded_before),   WITH(a_halt),
		WITH(a_stop),          WITH_TLB(buffers),
		WITH(the_runs_stream), WITH(given_up),
		WITH(an_end),          WITH(another_base),
		WITH(judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
