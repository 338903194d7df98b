// SPDX-License-Identifier: GPL-2.0-only
/* BootOps: vCPUs and buffers that leave the machine encrypted and come back. */
#include "sim/hyp/vm_crypt.h"

#include "shmem/fields.h"
#include "shmem/locks.h"
#include "sim/hyp/mem_mgr.h"
#include "sim/hyp/npt_ops.h"
#include "tests/kit.h"
#include "tests/kit_feed.h"
#include "tests/kit_hyp.h"

#include <string.h>

static struct test_machine t;

KIT_VOID(save_encrypted_vcpu, (u32)k[0], (u32)k[1])
KIT_VOID(load_encrypted_vcpu, (u32)k[0], (u32)k[1])
KIT_VOID(save_encrypt_buf, (u32)k[0], k[1], k[2])
KIT_VOID(load_decrypt_buf, (u32)k[0], k[1])
KIT_VOID(acquire_lock_vm, (u32)k[0])
KIT_VOID(release_lock_vm, (u32)k[0])
KIT_VOID(set_vcpu_state, (u32)k[0], (u32)k[1], (u32)k[2])
KIT_VOID(map_page_host, k[0])
KIT_VOID(map_s2pt, (u32)k[0], k[1], (u32)k[2], k[3])

enum { V = 3, C = 5, LOW = 512, HIGH = 262144, N_STATES = ACTIVE + 1 };

#define HELD_INFO   (1ull << (INFO_ID + V))
#define HELD_S2PAGE (1ull << S2PAGE_ID)

/* The host's gfn of a page. */
#define HOST_GFN(pfn) ((pfn) + 1000000000ull)

static void boot(const struct errata *e, u32 vm_state, u32 vcpu_state)
{
	test_machine_boot(&t, 1, e);
	kit_feed(&t);
	kit_set_state(&t, V, vm_state);
	OK(acquire_lock_vm, V);
	OK(set_vcpu_state, V, C, vcpu_state);
	OK(release_lock_vm, V);
	kit_forget(&t);
}

static const struct errata *with(enum erratum id, bool published)
{
	static struct errata e;

	errata_defaults(&e);
	errata_set(&e, ERRATUM_MEM_BUF_PFN, false); /* else the frames are out of range */
	errata_set(&e, id, published);
	return &e;
}

static const struct errata *by_frame(void)
{
	return with(ERRATUM_MEM_BUF_PFN, false);
}

static struct ctxt *slot(void)
{
	return &t.m->shadow_ctxts[V * VCPU_PER_VM + C];
}

/* Saving looks at nothing and changes nothing. */
static void saves(void **state)
{
	struct ctxt before;

	(void)state;
	boot(NULL, UNUSED, UNUSED);
	slot()->r[R_x3] = 7;
	before = *slot();
	OK(save_encrypted_vcpu, V, C);
	assert_memory_equal(slot(), &before, sizeof(before));
	kit_expect_events(&t, 0, "");
	test_machine_free(&t);
}

/* A vCPU gets its registers from the VM's oracle; only with VM and vCPU READY. */
static void loads(void **state)
{
	(void)state;
	for (u32 n = 0; n < N_STATES * N_STATES; n++) {
		u32 vm = n / N_STATES, vcpu = n % N_STATES;
		bool ok = vm == READY && vcpu == READY;

		boot(NULL, vm, vcpu);
		slot()->r[R_dirty] = INVALID64;
		if (ok)
			OK(load_encrypted_vcpu, V, C);
		else
			PANICS(load_encrypted_vcpu, V, C);
		kit_expect_events(&t, 0,
		                  ok ? "[load_encrypted_vcpu(3,5) INFO:3+ INFO:3* OLOAD_ENC_VCPU]"
		                     : "[load_encrypted_vcpu(3,5) INFO:3+ OLOAD_ENC_VCPU!]");
		assert_true(kit_held(&t) == (ok ? 0 : HELD_INFO));
		assert_true(slot()->r[R_x30] == (ok ? KIT_UNFED + 30 : 0));
		assert_true(slot()->r[R_mpidr_el1] == (ok ? KIT_UNFED + 31 : 0));
		assert_true(slot()->r[R_dirty] == INVALID64);
		assert_int_equal(kit_data_used(&t, V), ok ? 31 + 24 : 0);
		kit_judge(&t);
		test_machine_free(&t);
	}
	boot(NULL, READY, READY);
	REFUSES(load_encrypted_vcpu, 17, 0);
	REFUSES(load_encrypted_vcpu, V, 8);
	test_machine_free(&t);
}

/* Erratum set-vm-inc-exe: as published the VM has one image then, and nothing says that it was restored. */
static void inc_exe(void **state)
{
	(void)state;
	for (u32 published = 0; published <= 1; published++) {
		boot(with(ERRATUM_SET_VM_INC_EXE, published), READY, READY);
		OK(load_encrypted_vcpu, V, C);
		assert_int_equal(kit_cell(&t, INFO_ID + V, F_INFO_vm_inc_exe, 0), !published);
		assert_int_equal(kit_cell(&t, INFO_ID + V, F_INFO_vm_next_load_info, 0), published);
		test_machine_free(&t);
	}
}

/* A page of the VM into one of the host; the VM's state is not looked at. */
static void save_buf(void **state)
{
	(void)state;
	boot(by_frame(), UNUSED, UNUSED);
	kit_set_page(&t, LOW + 1, V, 0, 9);
	kit_forget(&t);
	kit_feed_data(&t, 0, KIT_FEED_LIST(0x5ec3e7));
	OK(save_encrypt_buf, V, (LOW + 1) * 4096 + 5, (u64)HIGH * 4096 + 6);
	kit_expect_events(
		&t, 0, "[save_encrypt_buf(3,2101253,1073741830) S2PAGE+ F S2PAGE- OSAVE_ENC_BUF]");
	assert_true(kit_flat(&t, HIGH) == 0x5ec3e7);
	assert_true(kit_flat(&t, LOW + 1) == 0);
	assert_int_equal(kit_data_used(&t, 0), 1);
	kit_judge(&t);
	test_machine_free(&t);
}

/* Owners that are not as they should be, device pages among them. */
static void save_buf_panics(void **state)
{
	static const struct {
		u32 in_owner, out_owner;
		u64 in, out;
	} row[] = {
		{ V + 1, 0, LOW, HIGH }, { 0, 0, LOW, HIGH }, { V, V, LOW, HIGH },
		{ V, 0, 1, HIGH },       { V, 0, LOW, 1 },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		boot(by_frame(), READY, UNUSED);
		kit_set_page(&t, LOW, row[i].in_owner, 0, 9);
		kit_set_page(&t, HIGH, row[i].out_owner, 0, 9);
		kit_forget(&t);
		PANICS(save_encrypt_buf, V, row[i].in * 4096, row[i].out * 4096);
		assert_true(kit_held(&t) == HELD_S2PAGE);
		assert_int_equal(kit_data_used(&t, 0), 0);
		test_machine_free(&t);
	}
	/* the host's buffers are the host's own; pages that do not exist */
	boot(by_frame(), READY, UNUSED);
	STUCK(RANGE, save_encrypt_buf, V, 1ull << 48, (u64)HIGH * 4096);
	test_machine_free(&t);
}

/* A page of the host becomes the VM's, without an address yet, and the host has it no longer. */
static void load_buf(void **state)
{
	(void)state;
	boot(by_frame(), READY, UNUSED);
	OK(map_page_host, (LOW + 1) * 4096);
	kit_forget(&t);
	kit_feed_data(&t, 0, KIT_FEED_LIST(0xc1ea7));
	OK(load_decrypt_buf, V, (LOW + 1) * 4096 + 7);
	kit_expect_events(&t, 0,
	                  "[load_decrypt_buf(3,2101255) INFO:3+ S2PAGE+ NPT:0+ NPT:0* F S2PAGE* "
	                  "INFO:3- OLOAD_ENC_BUF]");
	assert_true(kit_page_is(&t, LOW + 1, V, 0, INVALID64));
	assert_int_equal(kit_walk(&t, 0, (LOW + 1) * 4096).level, 0);
	assert_true(kit_flat(&t, LOW + 1) == 0xc1ea7);
	assert_int_equal(kit_data_used(&t, 0), 1);
	REFUSES(load_decrypt_buf, 17, 0);
	REFUSES(load_decrypt_buf, V, 1ull << 40);
	kit_judge(&t);
	test_machine_free(&t);
}

static void load_buf_panics(void **state)
{
	(void)state;
	for (u32 vm = 0; vm < N_STATES; vm++) {
		if (vm == READY)
			continue;
		boot(by_frame(), vm, UNUSED);
		PANICS(load_decrypt_buf, V, LOW * 4096);
		kit_expect_events(&t, 0, "[load_decrypt_buf(3,2097152) INFO:3+ OLOAD_ENC_BUF!]");
		assert_true(kit_held(&t) == HELD_INFO);
		test_machine_free(&t);
	}
	for (u32 i = 0; i < 2; i++) {
		boot(by_frame(), READY, UNUSED);
		kit_set_page(&t, LOW, V, 0, 9);
		kit_forget(&t);
		PANICS(load_decrypt_buf, V, i ? LOW * 4096 : 4096); /* the VM's own; a device's */
		assert_true(kit_held(&t) == (HELD_INFO | HELD_S2PAGE));
		test_machine_free(&t);
	}
	/* the host maps a block there */
	boot(by_frame(), READY, UNUSED);
	OK(map_s2pt, 0, LOW * 4096, 2, LOW * 4096 | 1);
	PANICS(load_decrypt_buf, V, LOW * 4096);
	assert_true(kit_held(&t) == (HELD_INFO | HELD_S2PAGE | 1ull << NPT_ID));
	test_machine_free(&t);
}

/* Erratum decrypt-buf-count: a page that a device of the host has mapped is taken, or halts the machine. */
static void buf_count(void **state)
{
	(void)state;
	for (u32 published = 0; published <= 1; published++) {
		boot(with(ERRATUM_DECRYPT_BUF_COUNT, published), READY, UNUSED);
		kit_set_page(&t, LOW, 0, 1, HOST_GFN(LOW));
		kit_forget(&t);
		if (published)
			OK(load_decrypt_buf, V, LOW * 4096);
		else
			PANICS(load_decrypt_buf, V, LOW * 4096);
		assert_true(kit_page_is(&t, LOW, published ? V : 0, !published,
		                        published ? INVALID64 : HOST_GFN(LOW)));
		assert_true(kit_held(&t) == (published ? 0 : HELD_INFO | HELD_S2PAGE));
		test_machine_free(&t);
	}
}

/* Erratum mem-buf-pfn: as published the bytes' addresses, which are no frames' numbers, are taken for such. */
static void buf_frames(void **state)
{
	(void)state;
	for (u32 published = 0; published <= 1; published++) {
		boot(with(ERRATUM_MEM_BUF_PFN, published), READY, UNUSED);
		kit_set_page(&t, LOW, V, 0, 9);
		kit_forget(&t);
		if (published) {
			STUCK(RANGE, save_encrypt_buf, V, LOW * 4096, (u64)HIGH * 4096);
		} else {
			OK(save_encrypt_buf, V, LOW * 4096, (u64)HIGH * 4096);
			assert_true(kit_flat(&t, HIGH) == KIT_UNFED);
		}
		test_machine_free(&t);
		boot(with(ERRATUM_MEM_BUF_PFN, published), READY, UNUSED);
		OK(load_decrypt_buf, V, LOW * 4096);
		assert_true(kit_flat(&t, published ? LOW * 4096 : LOW) == KIT_UNFED);
		test_machine_free(&t);
	}
}

static void halted(void **state)
{
	(void)state;
	boot(NULL, UNUSED, UNUSED);
	PANICS(load_encrypted_vcpu, V, C);
	kit_forget(&t);
	PANICS(load_encrypted_vcpu, 99, 99);
	PANICS(save_encrypted_vcpu, 99, 99);
	PANICS(save_encrypt_buf, 99, INVALID64, INVALID64);
	PANICS(load_decrypt_buf, 99, INVALID64);
	kit_expect_events(&t, 0, "");
	test_machine_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(saves),           cmocka_unit_test(loads),
		cmocka_unit_test(inc_exe),         cmocka_unit_test(save_buf),
		cmocka_unit_test(save_buf_panics), cmocka_unit_test(load_buf),
		cmocka_unit_test(load_buf_panics), cmocka_unit_test(buf_count),
		cmocka_unit_test(buf_frames),      cmocka_unit_test(halted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
