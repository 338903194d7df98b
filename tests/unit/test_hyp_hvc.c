// SPDX-License-Identifier: GPL-2.0-only
/* TrapDispatcher: the host's hypercalls, each argument at its limits. */
#include "sim/hyp/trap.h"

#include "cpu/mode.h"
#include "sim/hyp/api.h"
#include "tests/kit.h"
#include "tests/kit_feed.h"
#include "tests/kit_hyp.h"

#include <stdio.h>

static struct test_machine t;

KIT_VOID(host_hvc_handler)
KIT_VOID(host_hvc_dispatcher)
KIT_VOID(panic_called)

#define K40    (1ull << 40)
#define K48    (1ull << 48)
#define ANY    0x5a5a5a5a5a5a5a5aull
#define NO_SUM 0xffffffffffffffffull

static struct cpu *c0(void)
{
	return &t.m->cpu[0];
}

/* How a call ends: it does what the events say; its function halts the machine; a range does; it is stuck. */
enum end { DONE, HALTS, RANGE, IS_STUCK };

/**
 * struct row - a call and what it is to do
 * @x: its number, and x1..x5; the rest of the registers is ANY
 */
struct row {
	u64 x[6];
	enum end end;
	const char *events;
};

/* The call of a host on a machine as it boots. */
static void call(const struct row *r)
{
	for (u32 i = 0; i <= 30; i++)
		c0()->regs.r[R_x0 + i] = i < 6 ? r->x[i] : ANY;
	switch (r->end) {
	case DONE:
		OK(host_hvc_handler);
		assert_true(mode_is(c0(), true));
		break;
	case HALTS:
	case RANGE:
		PANICS(host_hvc_handler);
		assert_true(c0()->ihost);
		assert_true(c0()->icore);
		break;
	case IS_STUCK:
		STUCK(RANGE, host_hvc_handler);
		break;
	}
	kit_expect_events(&t, 0, r->events);
	if (r->end == RANGE)
		assert_true(kit_held(&t) == 0);
	for (u32 i = 0; i <= 30; i++) {
		u64 want = i < 6 ? r->x[i] : ANY;

		/* the context has what the host passed, and the host what the context has */
		if (i > 0)
			assert_true(c0()->regs.r[R_x0 + i] == want);
		if (i > 0)
			assert_true(t.m->shadow_ctxts[0].r[R_x0 + i] == want);
	}
}

static void rows(const struct row *r, u32 n, const struct errata *e)
{
	for (u32 i = 0; i < n; i++) {
		test_machine_boot(&t, 1, e);
		kit_feed(&t);
		call(&r[i]);
		assert_true(c0()->regs.r[R_x0] == r[i].x[0]);
		test_machine_free(&t);
	}
}

/* Booting VMs: what is in range reaches its function, which finds the VM UNUSED; what is not halts the machine. */
static void booting(void **state)
{
	static const struct row row[] = {
		{ { 13, ANY, ANY, ANY, ANY, ANY }, DONE, "" },

		{ { 14, 1, 0, 0 }, DONE, "[get_vm_poweron(1) INFO:1+ INFO:1- OVM_GET]" },
		{ { 14, 15, K40 - 1, K40 - 1 },
		  DONE,
		  "[get_vm_poweron(15) INFO:15+ INFO:15- OVM_GET]" },
		{ { 14, 0, 0, 0 }, RANGE, "" },
		{ { 14, 16, 0, 0 }, RANGE, "" },
		{ { 14, 1ull << 32 | 1, 0, 0 }, RANGE, "" },
		{ { 14, 1, K48, 0 }, RANGE, "" },
		{ { 14, 1, 0, K40 }, RANGE, "" },

		{ { 15, 15, K40 - 1, 0 },
		  HALTS,
		  "[set_boot_info(15,1099511627775,0) INFO:15+ OBOOT_INFO!]" },
		{ { 15, 1, 0, K40 - 1 },
		  HALTS,
		  "[set_boot_info(1,0,1099511627775) INFO:1+ OBOOT_INFO!]" },
		{ { 15, 0, 0, 0 }, RANGE, "" },
		{ { 15, 16, 0, 0 }, RANGE, "" },
		{ { 15, 1, K40, 0 }, RANGE, "" },
		{ { 15, 1, 0, K40 }, RANGE, "" },
		{ { 15, 1, K40 - 1, 1 }, RANGE, "" },
		{ { 15, 1, 1, NO_SUM }, RANGE, "" },

		{ { 16, 15, (1 << 28) - 1, 4 },
		  HALTS,
		  "[remap_vm_image(15,268435455,4) INFO:15+ OREMAP_IMAGE!]" },
		{ { 16, 0, 0, 0 }, RANGE, "" },
		{ { 16, 16, 0, 0 }, RANGE, "" },
		{ { 16, 1, 1 << 28, 0 }, RANGE, "" },
		{ { 16, 1, 0, 5 }, RANGE, "" },
		{ { 16, 1, 0, 1ull << 32 }, RANGE, "" },

		{ { 17, 15 }, HALTS, "[verify_and_load_images(15) INFO:15+ OVERIFY!]" },
		{ { 17, 0 }, RANGE, "" },
		{ { 17, 16 }, RANGE, "" },

		{ { 25, 15, 7 }, HALTS, "[register_vcpu(15,7) INFO:15+ OREG_VCPU!]" },
		{ { 25, 0, 0 }, RANGE, "" },
		{ { 25, 16, 0 }, RANGE, "" },
		{ { 25, 1, 8 }, RANGE, "" },
		{ { 25, 1, 1ull << 32 }, RANGE, "" },
	};

	(void)state;
	rows(row, ARRAY_SIZE(row), NULL);
}

/* The SMMUs' contexts, of which none has an owner. */
static void smmu(void **state)
{
	static const struct row row[] = {
		{ { 18, 7, 1 }, DONE, "[el2_free_smmu_pgd(7,1) SMMU+ SMMU- OSMMU_FREE]" },
		{ { 18, 8, 1 }, RANGE, "" },
		{ { 18, 7, 2 }, RANGE, "" },

		{ { 19, 7, 15, 1 },
		  DONE,
		  "[el2_alloc_smmu_pgd(7,15,1) SMMU+ INFO:15+ SPT+ SPT- INFO:15- SMMU* "
		  "OSMMU_ALLOC]" },
		{ { 19, 0, 0, 0 },
		  DONE,
		  "[el2_alloc_smmu_pgd(0,0,0) SMMU+ INFO:0+ SPT+ SPT- INFO:0- SMMU* OSMMU_ALLOC]" },
		{ { 19, 8, 0, 0 }, RANGE, "" },
		{ { 19, 0, 16, 0 }, RANGE, "" },
		{ { 19, 0, 0, 2 }, RANGE, "" },

		{ { 20, K40 - 1, K40 - 1, 0x7ffffffffffffffeull & ~0xfffffffff000ull, 7, 1 },
		  DONE,
		  "[smmu_assign_page(7,1,268435455,268435455) SMMU+ SMMU- OASSIGN_SMMU] "
		  "[smmu_map_page(7,1,1099511627775,9223091661389692927) SMMU+ SMMU- OSMMU_MAP]" },
		{ { 20, K40, 0, 0, 0, 0 }, RANGE, "" },
		{ { 20, 0, K40, 0, 0, 0 }, RANGE, "" },
		{ { 20, 0, 0, 0x7fffffffffffffffull & ~0xfffffffff000ull, 0, 0 },
		  DONE,
		  "[smmu_assign_page(0,0,0,0) SMMU+ SMMU- OASSIGN_SMMU] "
		  "[smmu_map_page(0,0,0,9223090561878134783) SMMU+ SMMU- OSMMU_MAP]" },
		{ { 20, 0, 0, 0x7fffffffffffffffull, 0, 0 }, RANGE, "" },
		{ { 20, 0, 0, 1ull << 63, 0, 0 }, RANGE, "" },
		{ { 20, 0, 0, 0x1000, 0, 0 }, RANGE, "" },
		{ { 20, 0, 0, 0x800000000000ull, 0, 0 }, RANGE, "" },
		{ { 20, 0, 0, 0, 8, 0 }, RANGE, "" },
		{ { 20, 0, 0, 0, 0, 2 }, RANGE, "" },

		{ { 21, K40, 0, 0 }, RANGE, "" },
		{ { 21, 0, 8, 0 }, RANGE, "" },
		{ { 21, 0, 0, 2 }, RANGE, "" },

		{ { 22, K40 - 1, 7, 1 },
		  DONE,
		  "[el2_arm_lpae_clear(1099511627775,7,1) SMMU+ SMMU- OSMMU_CLEAR]" },
		{ { 22, K40, 0, 0 }, RANGE, "" },
		{ { 22, 0, 8, 0 }, RANGE, "" },
		{ { 22, 0, 0, 2 }, RANGE, "" },
	};

	(void)state;
	rows(row, ARRAY_SIZE(row), NULL);
}

/* Numbers that are none, with all their 64 bits, and those of the guest: nothing. */
static void unknown(void **state)
{
	static const u64 none[] = { 0, 10, 11, 12, 26, 27, 28, 29, 30, 1ull << 32 | 24, INVALID64 };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(none); i++) {
		struct row row = { { none[i], ANY, ANY, ANY, ANY, ANY }, DONE, "" };

		rows(&row, 1, NULL);
	}
}

/* Two calls answer in x0. */
static void answers(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	call(&(struct row){ { 24, ANY, ANY, ANY, ANY, ANY },
	                    DONE,
	                    "[gen_vmid() CORE+ CORE* OGEN_VMID] "
	                    "[register_kvm(1) INFO:1+ INFO:1* OREG_KVM]" });
	assert_true(c0()->regs.r[R_x0] == 1);
	call(&(struct row){ { 25, 1, 7 }, DONE, "[register_vcpu(1,7) INFO:1+ INFO:1* OREG_VCPU]" });
	assert_true(c0()->regs.r[R_x0] == 25);
	call(&(struct row){
		{ 15, 1, 0x1000, 0x2000 },
		DONE,
		"[set_boot_info(1,4096,8192) INFO:1+ CORE+ CORE* INFO:1* OBOOT_INFO]" });
	assert_true(c0()->regs.r[R_x0] == 15); /* the image's number is thrown away */
	call(&(struct row){ { 21, K40 - 1, 7, 1 },
	                    DONE,
	                    "[el2_arm_lpae_iova_to_phys(1099511627775,7,1) SPT+ SPT- OSMMU_GET]" });
	assert_true(c0()->regs.r[R_x0] == 4095);
	kit_judge(&t);
	test_machine_free(&t);
}

static const struct errata *with(enum erratum id, bool published)
{
	static struct errata e;

	errata_defaults(&e);
	errata_set(&e, id, published);
	return &e;
}

/* Erratum hvc-numbers: which numbers register VMs and vCPUs. */
static void numbers(void **state)
{
	static const char *const kvm = "[gen_vmid() CORE+ CORE* OGEN_VMID] "
				       "[register_kvm(1) INFO:1+ INFO:1* OREG_KVM]";
	static const char *const vcpu = "[register_vcpu(15,7) INFO:15+ OREG_VCPU!]";

	(void)state;
	for (u32 published = 0; published <= 1; published++) {
		const struct errata *e = with(ERRATUM_HVC_NUMBERS, published);
		const struct row none[] = {
			{ { published ? 24 : 26, ANY, ANY }, DONE, "" },
			{ { published ? 25 : 27, ANY, ANY }, DONE, "" },
		};
		const struct row two[] = {
			{ { published ? 27 : 25, 15, 7 }, HALTS, vcpu },
			{ { published ? 27 : 25, 15, 8 }, RANGE, "" },
		};
		const struct row one = { { published ? 26 : 24 }, DONE, kvm };

		rows(none, ARRAY_SIZE(none), e);
		rows(two, ARRAY_SIZE(two), e);
		test_machine_boot(&t, 1, e);
		call(&one);
		assert_true(c0()->regs.r[R_x0] == 1);
		test_machine_free(&t);
	}
}

/* Erratum crypt-hypercalls: four calls that are there as intended only. */
static void crypt_calls(void **state)
{
	static const struct row intended[] = {
		{ { 26, 15, K40 - 1, K40 - 1 },
		  HALTS,
		  "[save_encrypt_buf(15,1099511627775,1099511627775) S2PAGE+ OSAVE_ENC_BUF!]" },
		{ { 26, 0, 0, 0 }, RANGE, "" },
		{ { 26, 16, 0, 0 }, RANGE, "" },
		{ { 26, 1, K40, 0 }, RANGE, "" },
		{ { 26, 1, 0, K40 }, RANGE, "" },
		{ { 27, 15, K40 - 1 },
		  HALTS,
		  "[load_decrypt_buf(15,1099511627775) INFO:15+ OLOAD_ENC_BUF!]" },
		{ { 27, 0, 0 }, RANGE, "" },
		{ { 27, 16, 0 }, RANGE, "" },
		{ { 27, 1, K40 }, RANGE, "" },
		{ { 28, 15, 7 }, DONE, "" },
		{ { 28, 0, 0 }, RANGE, "" },
		{ { 28, 16, 0 }, RANGE, "" },
		{ { 28, 1, 8 }, RANGE, "" },
		{ { 29, 15, 7 }, HALTS, "[load_encrypted_vcpu(15,7) INFO:15+ OLOAD_ENC_VCPU!]" },
		{ { 29, 0, 0 }, RANGE, "" },
		{ { 29, 16, 0 }, RANGE, "" },
		{ { 29, 1, 8 }, RANGE, "" },
	};
	struct errata e;

	(void)state;
	rows(intended, ARRAY_SIZE(intended), with(ERRATUM_CRYPT_HYPERCALLS, false));
	for (u32 i = 0; i < ARRAY_SIZE(intended); i++) {
		struct row ignored = intended[i];

		ignored.end = DONE;
		ignored.events = "";
		rows(&ignored, 1, with(ERRATUM_CRYPT_HYPERCALLS, true));
	}
	/* with the published numbers of the registering calls 26 and 27 are theirs */
	e = *with(ERRATUM_CRYPT_HYPERCALLS, false);
	errata_set(&e, ERRATUM_HVC_NUMBERS, true);
	rows(&(struct row){ { 27, 15, 7 }, HALTS, "[register_vcpu(15,7) INFO:15+ OREG_VCPU!]" }, 1,
	     &e);
	rows(&(struct row){ { 28, 15, 7 }, DONE, "" }, 1, &e);
}

/* Erratum clear-range-bound: a start from 2^40 on is stuck, or halts the machine. */
static void clear_range(void **state)
{
	static const char *const get = "[get_vm_poweron(15) INFO:15+ INFO:15- OVM_GET]";

	(void)state;
	for (u32 published = 0; published <= 1; published++) {
		const struct row row[] = {
			{ { 14, 15, K40 - 1, 0 }, DONE, get },
			{ { 14, 15, K40, 0 }, published ? IS_STUCK : RANGE, "" },
			{ { 14, 15, K48 - 1, 0 }, published ? IS_STUCK : RANGE, "" },
			{ { 14, 15, K48, 0 }, RANGE, "" },
		};

		rows(row, ARRAY_SIZE(row), with(ERRATUM_CLEAR_RANGE_BOUND, published));
	}
}

/*
 * Erratum ioremap-bound.  As published only sums are bounded, and they wrap: larger arguments are stuck in the function;
 * and a call for the host or the core reaches it, where their records are not READY.
 */
static void ioremap(void **state)
{
	static const struct {
		u64 vmid, gpa, pa, size;
		enum end published, intended;
	} row[] = {
		{ 15, 0x1000, 0x2000, 1, HALTS, HALTS },
		{ 15, 0x1000, 0x2000, 0, DONE, DONE },
		{ 0, 0x1000, 0x2000, 1, HALTS, RANGE },
		{ 16, 0x1000, 0x2000, 1, HALTS, RANGE },
		{ 17, 0x1000, 0x2000, 1, RANGE, RANGE },
		{ 1ull << 32, 0x1000, 0x2000, 1, RANGE, RANGE },
		{ 15, K48 - 1, 0, 0, DONE, DONE },
		{ 15, K48 - 2, 0, 1, HALTS, RANGE }, /* its page reaches the end */
		{ 15, K48 - 1, 0, 1, RANGE, RANGE },
		{ 15, K48, 0, 0, RANGE, RANGE },
		{ 15, 0, K40 - 2, 1, HALTS, RANGE },
		{ 15, 0, K40 - 1, 1, RANGE, RANGE },
		{ 15, 0, K40, 0, RANGE, RANGE },
		{ 15, 0, 0, K40 - 1, HALTS, RANGE },
		{ 15, 0, 0, K40 - 4096, HALTS, HALTS },
		{ 15, 0, 0, K40, RANGE, RANGE },
		{ 15, 1, 1, NO_SUM, IS_STUCK, RANGE },
		{ 15, NO_SUM, 1, 1, IS_STUCK, RANGE },
		{ 15, 1, NO_SUM, 1, IS_STUCK, RANGE },
	};

	(void)state;
	for (u32 n = 0; n < 2 * ARRAY_SIZE(row); n++) {
		u32 i = n / 2;
		enum end end = n & 1 ? row[i].published : row[i].intended;
		struct row r = { { 23, row[i].vmid, row[i].gpa, row[i].pa, row[i].size }, end, "" };
		char want[120];

		snprintf(want, sizeof(want), "[map_io(%llu,%llu,%llu) INFO:%llu+ OMAP_IO!]",
		         (unsigned long long)row[i].vmid, (unsigned long long)row[i].gpa,
		         (unsigned long long)row[i].pa, (unsigned long long)row[i].vmid);
		if (end == HALTS)
			r.events = want;
		rows(&r, 1, with(ERRATUM_IOREMAP_BOUND, n & 1));
	}
}

/* What runs here is asked for; a machine that has halted does nothing. */
static void who_runs(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	c0()->cur_vmid = 17;
	REFUSES(host_hvc_dispatcher, 17, 0);
	c0()->cur_vmid = 0;
	c0()->cur_vcpuid = 8;
	REFUSES(host_hvc_dispatcher, 0, 8);
	c0()->cur_vcpuid = 0;
	t.m->shadow_ctxts[0].r[R_x0] = 24;
	OK(host_hvc_dispatcher);
	assert_true(t.m->shadow_ctxts[0].r[R_x0] == 1);
	kit_forget(&t);
	t.m->shadow_ctxts[0].r[R_x0] = 24;
	PANICS(panic_called);
	PANICS(host_hvc_dispatcher);
	PANICS(host_hvc_handler);
	kit_expect_events(&t, 0, "");
	test_machine_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(booting),     cmocka_unit_test(smmu),
		cmocka_unit_test(unknown),     cmocka_unit_test(answers),
		cmocka_unit_test(numbers),     cmocka_unit_test(crypt_calls),
		cmocka_unit_test(clear_range), cmocka_unit_test(ioremap),
		cmocka_unit_test(who_runs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
