// SPDX-License-Identifier: GPL-2.0-only
/* One access of the host to a register of an SMMU: what may be written, what reaches the device, what is read. */
#include "sim/hyp/mmio_core.h"

#include "shmem/locks.h"
#include "tests/kit.h"
#include "tests/kit_smmu.h"

KIT_VALUE(handle_smmu_global_access, (u32)k[0], k[1], (u32)k[2])
KIT_VALUE(handle_smmu_cb_access, k[0])
KIT_VOID(__handle_smmu_write, (u32)k[0], k[1], (u32)k[2], k[3], (u32)k[4])
KIT_VOID(__handle_smmu_read, (u32)k[0], k[1], (u32)k[2])
KIT_VOID(handle_smmu_write, (u32)k[0], k[1], (u32)k[2], (u32)k[3])
KIT_VOID(handle_smmu_read, (u32)k[0], k[1], (u32)k[2])
KIT_VOID(acquire_lock_smmu)

enum { RT = 7, HSR = RT << 16 };

static struct test_machine t;

/* SMMU is held; banks 0 and 7 of SMMU 1 are VM 3's, bank 1 is the host's, the others nobody's. */
static void make_held(void)
{
	test_machine_boot(&t, 1, NULL);
	kit_set_cell(&t, SMMU_ID, F_SMMU_smmu_vmid, smmu_id(1, 0), 3);
	kit_set_cell(&t, SMMU_ID, F_SMMU_smmu_vmid, smmu_id(1, 1), HOSTVISOR);
	kit_set_cell(&t, SMMU_ID, F_SMMU_smmu_vmid, smmu_id(1, 7), 3);
	OK(acquire_lock_smmu);
}

static void set_data(u64 data)
{
	t.m->shadow_ctxts[0].r[R_x0 + RT] = data;
}

/* What the host may write where. */
static void global_registers(void **state)
{
	static const struct {
		u64 offset, data;
		u32 allowed;
	} rows[] = {
		/* sCR0: SMCFCFG must be set. */
		{ 0, 0, 0 },
		{ 0, 1 << 20 | 1 << 22, 0 },
		{ 0, 1 << 21, 1 },
		{ 0, INVALID64, 1 },
		/* sCR2: the low byte must be 0. */
		{ 8, 0, 1 },
		{ 8, 0xffffff00, 1 },
		{ 8, 1, 0 },
		{ 8, 0x80, 0 },
		/* The rest of the first page. */
		{ 1, 0, 1 },
		{ 4, 0, 1 },
		{ 12, 1, 1 },
		{ 4095, 1, 1 },
		/* CBAR of VM 3's bank 7: its vmid and nothing else. */
		{ 4124, 3, 1 },
		{ 4127, 3, 1 },
		{ 4124, 0xff03, 1 },
		{ 4124, 2, 0 },
		{ 4124, 0, 0 },
		{ 4124, 0x10003, 0 },
		{ 4124, 1ull << 32 | 3, 0 },
		/* CBAR of the host's bank 1: anything. */
		{ 4100, INVALID64, 1 },
		{ 4103, 0, 1 },
		/* Three bytes of bank 0's CBAR. */
		{ 4097, 3, 1 },
		{ 4097, 4, 0 },
		{ 4099, 4, 0 },
		/* Behind the CBARs. */
		{ 6144, 0, 1 },
		{ 32767, 0, 1 },
	};

	(void)state;
	make_held();
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		set_data(rows[i].data);
		assert_int_equal(OK(handle_smmu_global_access, HSR, rows[i].offset, 1),
		                 rows[i].allowed);
	}
	kit_end(&t);
}

/* smmu-cbar0: as published the CBAR of bank 0 takes what no other does. */
static void erratum_cbar0(void **state)
{
	(void)state;
	for (u32 side = 0; side < 2; side++) {
		make_held();
		assert_true(published(CPU0, ERRATUM_SMMU_CBAR0));
		errata_set(&CPU0->errata, ERRATUM_SMMU_CBAR0, side);
		set_data(4);
		assert_int_equal(OK(handle_smmu_global_access, HSR, 4096, 1), side ? 1 : 0);
		set_data(3);
		assert_int_equal(OK(handle_smmu_global_access, HSR, 4096, 1), 1);
		assert_int_equal(OK(handle_smmu_global_access, HSR, 4095, 1), 1);
		set_data(4);
		if (side)
			OK(handle_smmu_write, HSR, 0x1000, 8, 1);
		else
			PANICS(handle_smmu_write, HSR, 0x1000, 8, 1);
		kit_end(&t);
	}
}

/* smmu-gr1: where no bank has its CBAR, and that of a bank without an owner: stuck as published, refused as intended. */
static void erratum_gr1(void **state)
{
	static const struct {
		u64 offset;
		u32 index;
		const char *prim;
	} rows[] = {
		{ 4128, 1, "get_smmu_cfg_vmid" },
		{ 6143, 1, "get_smmu_cfg_vmid" },
		{ 4104, 1, "handle_smmu_global_access" },
		{ 4124, 0, "handle_smmu_global_access" },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		for (u32 side = 0; side < 2; side++) {
			make_held();
			assert_true(published(CPU0, ERRATUM_SMMU_GR1));
			errata_set(&CPU0->errata, ERRATUM_SMMU_GR1, side);
			set_data(255);
			if (side) {
				STUCK_IN(RANGE, rows[i].prim, handle_smmu_global_access, HSR,
				         rows[i].offset, rows[i].index);
				STUCK_IN(RANGE, rows[i].prim, handle_smmu_write, HSR,
				         rows[i].offset, 8, rows[i].index);
			} else {
				assert_int_equal(OK(handle_smmu_global_access, HSR, rows[i].offset,
				                    rows[i].index),
				                 0);
				PANICS(handle_smmu_write, HSR, rows[i].offset, 8, rows[i].index);
			}
			/* No such SMMU is stuck either way, but only where its banks are asked for. */
			kit_end(&t);
			make_held();
			errata_set(&CPU0->errata, ERRATUM_SMMU_GR1, side);
			REFUSES(handle_smmu_global_access, HSR, rows[i].offset, 2);
			OK(handle_smmu_global_access, HSR, 4095, 2);
			OK(handle_smmu_global_access, HSR, 6144, 2);
			kit_end(&t);
		}
	}
}

/* Of a context bank's page only TTBR0 and CONTEXTIDR are told from the rest, and those by their first byte. */
static void bank_pages(void **state)
{
	static const struct {
		u64 offset;
		u32 ret;
	} rows[] = {
		{ 0x8000, 1 }, { 0x8020, 2 }, { 0x8034, 0 }, { 0xf020, 2 }, { 0xf034, 0 },
		{ 0x8024, 1 }, { 0x8028, 1 }, { 0x8030, 1 }, { 0x8033, 1 }, { 0x8fff, 1 },
	};

	(void)state;
	test_machine_boot(&t, 1, NULL);
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(OK(handle_smmu_cb_access, rows[i].offset), rows[i].ret);
	}
	for (u32 halted = 0; halted < 2; halted++) {
		if (halted)
			kit_halt(&t);
		REFUSES(handle_smmu_cb_access, 0x7fff);
	}
	PANICS(handle_smmu_cb_access, 0x8020);
	kit_end(&t);
}

/* What reaches the device, by offset and number of bytes; 0 bytes: a panic. */
static void writes(void **state)
{
	enum { DATA = 0x5a200000u }; /* with SMCFCFG; its low byte is 0, its type is not */
	static const u64 wide = 0x1122334400000000 | DATA;
	static const struct {
		u64 ipa, data8, data4;
		u32 len; /* the widths that go through */
	} rows[] = {
		{ 0x600000, wide, 0, 8 | 4 },
		{ 0x600008, wide, 0, 8 | 4 },
		{ 0x600010, wide, 0, 8 | 4 },
		{ 0x601004, wide, 0, 8 | 4 },
		{ 0x60101c, 0, 0, 0 },
		{ 0x601800, wide, 0, 8 | 4 },
		{ 0x608000, wide, 0, 8 | 4 },
		{ 0x608020, 0x20000, 0x20000, 8 | 4 },
		{ 0x60f020, 0x2e000, 0x2e000, 8 | 4 },
		{ 0x608034, 0, 0, 0 },
		{ 0xffffffff8030, wide, 0, 8 | 4 },
		{ 0x60b024, wide, 0, 8 | 4 },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		for (u32 len = 1; len <= 16; len *= 2) {
			make_held();
			set_data(wide);
			if (rows[i].len & len) {
				OK(handle_smmu_write, HSR, rows[i].ipa, len, 1);
				assert_int_equal(CPU0->device.bytes, len);
				assert_true(CPU0->device.value ==
				            (len == 8 ? rows[i].data8 : rows[i].data4));
				assert_true(CPU0->device.addr == rows[i].ipa);
			} else {
				PANICS(handle_smmu_write, HSR, rows[i].ipa, len, 1);
				assert_int_equal(CPU0->device.bytes, 0);
				assert_true(kit_held(&t) == 1ull << SMMU_ID);
			}
			kit_end(&t);
		}
	}
}

/* smmu-write32: four bytes are 0 as published, the host's as intended; the hypervisor's own value is written either way. */
static void erratum_write32(void **state)
{
	(void)state;
	for (u32 side = 0; side < 2; side++) {
		make_held();
		assert_true(published(CPU0, ERRATUM_SMMU_WRITE32));
		errata_set(&CPU0->errata, ERRATUM_SMMU_WRITE32, side);
		set_data(0x1122334455667788);
		OK(handle_smmu_write, HSR, 0x610010, 4, 1);
		assert_true(CPU0->device.value == (side ? 0 : 0x55667788));
		OK(handle_smmu_write, HSR, 0x610010, 8, 1);
		assert_true(CPU0->device.value == 0x1122334455667788);
		OK(handle_smmu_write, HSR, 0x618020, 4, 1);
		assert_true(CPU0->device.value == 0x20000);
		OK(__handle_smmu_write, HSR, 0x610010, 4, 99, 1);
		assert_true(CPU0->device.value == 99);
		OK(__handle_smmu_write, HSR, 0x610010, 8, 99, 1);
		assert_true(CPU0->device.value == 99);
		/* As published the host's register is not even looked at. */
		CPU0->cur_vcpuid = 8;
		if (side)
			OK(__handle_smmu_write, HSR, 0x610010, 4, 0, 0);
		else
			STUCK_IN(RANGE, "get_shadow_ctxt", __handle_smmu_write, HSR, 0x610010, 4, 0,
			         0);
		OK(__handle_smmu_write, HSR, 0x610010, 8, 99, 1);
		STUCK_IN(RANGE, "get_shadow_ctxt", __handle_smmu_write, HSR, 0x610010, 8, 0, 0);
		kit_end(&t);
	}
}

/* A read takes the next value of the host's oracle, four bytes of it zero-extended; the zero register forgets it. */
static void reads(void **state)
{
	static const struct {
		kit_fn *read;
		u32 len, rt;
	} rows[] = {
		{ do_handle_smmu_read, 8, 0 },    { do_handle_smmu_read, 4, 30 },
		{ do_handle_smmu_read, 4, 31 },   { do___handle_smmu_read, 8, RT },
		{ do___handle_smmu_read, 8, 31 },
	};
	struct ctxt before;

	(void)state;
	test_machine_boot(&t, 1, NULL);
	CPU0->cur_vcpuid = 2;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		u64 v = t.m->model.doracle(&t.m->model, HOSTVISOR, i);

		before = t.m->shadow_ctxts[2];
		kit_ok(&t, 0, rows[i].read, "read",
		       KIT_LIST(rows[i].rt << 16, 0x608034, rows[i].len));
		assert_true(t.m->data_logs.data[HOSTVISOR] == i + 1);
		if (rows[i].rt < 31)
			before.r[R_x0 + rows[i].rt] = rows[i].len == 8 ? v : v & 0xffffffff;
		assert_memory_equal(&before, &t.m->shadow_ctxts[2], sizeof(before));
	}
	CPU0->cur_vcpuid = 8;
	REFUSES(__handle_smmu_read, HSR, 0, 8);
	STUCK_IN(RANGE, "__handle_smmu_read", handle_smmu_read, HSR, 0, 2);
	assert_true(t.m->data_logs.data[HOSTVISOR] == ARRAY_SIZE(rows));
	kit_end(&t);
	for (u32 len = 1; len <= 16; len = len == 2 ? 16 : 2 * len) {
		test_machine_boot(&t, 1, NULL);
		PANICS(handle_smmu_read, HSR, 0x600000, len);
		assert_true(t.m->data_logs.data[HOSTVISOR] == 0);
		kit_end(&t);
	}
}

/* Ranges come first, then the halted machine, then the lock, then the vCPU. */
static void order_of_checks(void **state)
{
	(void)state;
	test_machine_boot(&t, 1, NULL);
	CPU0->cur_vcpuid = 8;
	STUCK_IN(NOT_PULLED, "handle_smmu_global_access", handle_smmu_global_access, HSR, 4, 0);
	for (u32 halted = 0; halted < 2; halted++) {
		if (halted)
			kit_halt(&t);
		REFUSES(handle_smmu_write, HSR, 1ull << 48, 8, 0);
		REFUSES(handle_smmu_write, HSR, 0x8000, 8, 2);
		if (!halted)
			STUCK_IN(NOT_PULLED, "handle_smmu_write", handle_smmu_write, HSR, 0x8000, 8,
			         0);
	}
	PANICS(handle_smmu_global_access, HSR, 4, 0);
	CPU0->device.bytes = 0;
	PANICS(handle_smmu_write, HSR, 0x8000, 8, 0);
	PANICS(__handle_smmu_write, HSR, 0x8000, 8, 0, 0);
	PANICS(handle_smmu_read, HSR, 0x8000, 8);
	assert_int_equal(CPU0->device.bytes, 0);
	assert_true(t.m->data_logs.data[HOSTVISOR] == 0);
	kit_end(&t);
	make_held();
	CPU0->cur_vcpuid = 8;
	STUCK_IN(RANGE, "get_shadow_ctxt", handle_smmu_global_access, HSR, 4, 0);
	REFUSES(handle_smmu_write, HSR, 0x8020, 8, 0);
	kit_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(global_registers),
		cmocka_unit_test(erratum_cbar0),
		cmocka_unit_test(erratum_gr1),
		cmocka_unit_test(bank_pages),
		cmocka_unit_test(writes),
		cmocka_unit_test(erratum_write32),
		cmocka_unit_test(reads),
		cmocka_unit_test(order_of_checks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
