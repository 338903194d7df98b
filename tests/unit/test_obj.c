// SPDX-License-Identifier: GPL-2.0-only
#include "shmem/obj/obj.h"
#include "sim/base/rng.h"
#include "tests/kit.h"

#include <string.h>
#include <sys/mman.h>

static struct obj made(lk_t id)
{
	struct obj o;
	struct err e;

	assert_int_equal(obj_init(&o, id, &e), 0);
	return o;
}

/* Fields of a kind lie one behind the other, and their numbers count up from 0. */
static void layout(void **state)
{
	(void)state;
	for (lk_t id = 0; id < ID_END; id++) {
		enum obj_kind kind = obj_kind_of(id);
		u64 cell = 0;

		for (u32 f = 0; f < obj_n_fields(kind); f++) {
			const struct obj_field *row = obj_field(kind, f);

			assert_true(row->cell0 == cell);
			cell += row->count;
			assert_int_equal(obj_field_by_name(kind, row->name, strlen(row->name)), f);
			assert_true(obj_index_ok(id, f, obj_first_index(id, f)));
			assert_true(obj_index_ok(
				id, f, obj_first_index(id, f) + (row->count - 1) * row->scale));
			assert_false(obj_index_ok(
				id, f, obj_first_index(id, f) + row->count * row->scale));
			assert_false(obj_index_ok(id, f, obj_first_index(id, f) - 1));
		}
	}
}

/* The published pool addresses: NPT v begins at pool_start v, the SMMU's at SMMU_POOL_START. */
static void pool_addresses(void **state)
{
	(void)state;
	assert_true(obj_first_index(NPT_ID + 3, F_NPT_pt_vttbr_pool) == 65536 + 3 * 33554432ull);
	assert_true(obj_first_index(NPT_ID, F_NPT_pt_pgd_pool) == 65536 + 4096);
	assert_true(obj_first_index(NPT_ID, F_NPT_pt_pud_pool) == 65536 + 1052672);
	assert_true(obj_first_index(NPT_ID, F_NPT_pt_pmd_pool) == 65536 + 9441280);
	assert_true(obj_first_index(SPT_ID, F_SPT_spt_pgd_pool) == 1114112);
	assert_true(obj_first_index(SPT_ID, F_SPT_spt_pmd_pool) == 2162688);
}

/* The digest that obj_set keeps is the one of the cells, whatever the order of the writes; 0 when all are 0. */
static void digest_follows_cells(void **state)
{
	struct obj a = made(S2PAGE_ID), b = made(S2PAGE_ID);

	(void)state;
	obj_set(&a, F_S2PAGE_s2_owner, 5, 9);
	obj_set(&a, F_S2PAGE_s2_count, 16777215, 3);
	obj_set(&b, F_S2PAGE_s2_count, 16777215, 77);
	obj_set(&b, F_S2PAGE_s2_count, 16777215, 3);
	obj_set(&b, F_S2PAGE_s2_owner, 5, 9);
	assert_true(a.digest == b.digest);
	assert_true(a.digest == obj_digest(&a));
	assert_true(a.digest != 0);
	obj_set(&a, F_S2PAGE_s2_owner, 5, 0);
	obj_set(&a, F_S2PAGE_s2_count, 16777215, 0);
	assert_true(a.digest == 0);
	/* A write that goes round the setter is seen by the cells' digest, not by the kept one. */
	*obj_cell(&b, F_S2PAGE_s2_gfn, 1234567) = 1;
	assert_true(b.digest != obj_digest(&b));
	obj_destroy(&a);
	obj_destroy(&b);
}

/* obj_equal names the first cell that differs, also one that only one side ever touched. */
static void equal_names_the_cell(void **state)
{
	struct obj a = made(NPT_ID + 1), b = made(NPT_ID + 1);
	u64 at = obj_first_index(NPT_ID + 1, F_NPT_pt_pmd_pool) + 8 * 1000000, index;
	u32 field;

	(void)state;
	assert_true(obj_equal(&a, &b, &field, &index));
	obj_set(&b, F_NPT_pt_pmd_pool, at, 1);
	assert_false(obj_equal(&a, &b, &field, &index));
	assert_int_equal(field, F_NPT_pt_pmd_pool);
	assert_true(index == at);
	obj_set(&a, F_NPT_pt_pmd_pool, at, 1);
	assert_true(obj_equal(&a, &b, &field, &index));
	obj_reset(&a);
	assert_true(a.digest == 0);
	assert_true(obj_get(&a, F_NPT_pt_pmd_pool, at) == 0);
	assert_false(obj_equal(&a, &b, &field, &index));
	obj_destroy(&a);
	obj_destroy(&b);
}

/* A difference with an old value says whether the cell held it; one without adds. */
static void apply(void **state)
{
	struct obj o = made(SMMU_ID);
	struct diff range = {
		.field = F_SMMU_smmu_vmid, .both = true, .first = 2, .last = 4, .old = 0, .new = 7
	};
	struct diff add = { .field = F_SMMU_smmu_vmid, .first = 3, .last = 3, .new = ~0ull };
	u64 index, found;

	(void)state;
	assert_int_equal(obj_apply(&o, &range, &index, &found), 0);
	assert_int_equal(obj_apply(&o, &add, &index, &found), 0);
	assert_true(obj_get(&o, F_SMMU_smmu_vmid, 3) == 6);
	range.old = 7;
	range.new = 1;
	assert_int_equal(obj_apply(&o, &range, &index, &found), 1);
	assert_true(index == 3);
	assert_true(found == 6);
	assert_true(obj_get(&o, F_SMMU_smmu_vmid, 4) == 1);
	assert_true(o.digest == obj_digest(&o));
	obj_destroy(&o);
}

static u64 any_value(u64 seed, vmid_t vmid, u64 n)
{
	return mix64(seed + vmid * 1000003 + n) >> 62;
}

/* A difference of flat memory, whose long ranges come from a few lengths and places, across the borders of pages. */
static struct diff any_diff(struct rng *r)
{
	static const u64 lengths[] = { 1, 511, 512, 513, 4096, 5000, 9999 };
	u64 kind = rng_below(r, 4);
	struct diff d = { .first = rng_below(r, 40000),
		          .old = rng_below(r, 3),
		          .new = rng_below(r, 3) };

	d.last = d.first + lengths[rng_below(r, ARRAY_SIZE(lengths))] - 1;
	d.both = kind < 2;
	d.oracle = kind == 2;
	d.vmid = (vmid_t)rng_below(r, 3);
	return d;
}

/* Long ranges that are kept by pages come to what the same ranges come to cell by cell: answers, cells, digest. */
static void ranges_by_pages(void **state)
{
	static const struct data_oracle data = { .value = any_value, .seed = 3 };
	struct rng r = { 7 };
	u32 by_pages = 0;

	(void)state;
	for (u32 round = 0; round < 40; round++) {
		struct obj a = made(FLATMEM_ID), b = made(FLATMEM_ID);
		u32 field;
		u64 index;

		b.by_pages = true;
		for (u32 i = 0; i < 25; i++) {
			struct diff d = any_diff(&r);
			u64 at = rng_below(&r, 50000), ai = 0, af = 0, bi = 0, bf = 0, v = 0;

			if (d.oracle) {
				obj_apply_oracle(&a, &d, &data);
				obj_apply_oracle(&b, &d, &data);
			} else {
				assert_int_equal(obj_apply(&a, &d, &ai, &af),
				                 obj_apply(&b, &d, &bi, &bf));
				assert_true(ai == bi && af == bf);
			}
			assert_true(obj_get(&a, 0, at) == obj_get(&b, 0, at));
			for (u64 k = obj_same(&b, 0, at, 700, &v); k > 0; k--)
				assert_true(obj_get(&a, 0, at + k - 1) == v);
			if (rng_below(&r, 20) == 0)
				obj_settle(&b);
		}
		by_pages += b.pages != NULL;
		obj_settle(&b);
		assert_true(obj_equal(&a, &b, &field, &index));
		assert_true(a.digest == b.digest);
		assert_true(b.digest == obj_digest(&b));
		obj_destroy(&a);
		obj_destroy(&b);
	}
	assert_true(by_pages > 20);
}

/* A range costs what it holds: after a thousand over all of flat memory nobody has taken a cell. */
static void long_ranges_take_no_cells(void **state)
{
	static const struct data_oracle data = { .value = any_value, .seed = 3 };
	struct diff d = { .oracle = true, .last = (1 << 24) - 1, .vmid = 1 };
	struct obj o = made(FLATMEM_ID);
	unsigned char vec[4096];

	(void)state;
	o.by_pages = true;
	for (u32 i = 0; i < 1000; i++)
		obj_apply_oracle(&o, &d, &data);
	for (u32 i = 0; i < 8; i++) {
		assert_int_equal(mincore(o.cell + (u64)i * 4096 * 512, sizeof(vec) * 4096, vec), 0);
		assert_null(memchr(vec, 1, sizeof(vec)));
	}
	assert_true(obj_get(&o, 0, 12345) == any_value(3, 1, 12345));
	obj_destroy(&o);
}

static u64 seed_vmid_n(u64 seed, vmid_t vmid, u64 n)
{
	return seed * 10000 + vmid * 100 + n;
}

/* A difference from the data oracle gives each cell the next value, whatever it held. */
static void apply_oracle(void **state)
{
	const struct data_oracle data = { .value = seed_vmid_n, .seed = 7 };
	struct obj o = made(FLATMEM_ID);
	struct diff d = { .field = F_FLATMEM_flatmem,
		          .oracle = true,
		          .vmid = 3,
		          .first = 5,
		          .last = 7,
		          .index = 98 };

	(void)state;
	obj_set(&o, F_FLATMEM_flatmem, 6, 1);
	obj_apply_oracle(&o, &d, &data);
	assert_true(obj_get(&o, F_FLATMEM_flatmem, 4) == 0);
	assert_true(obj_get(&o, F_FLATMEM_flatmem, 5) == 70398);
	assert_true(obj_get(&o, F_FLATMEM_flatmem, 6) == 70399);
	assert_true(obj_get(&o, F_FLATMEM_flatmem, 7) == 70400);
	assert_true(obj_get(&o, F_FLATMEM_flatmem, 8) == 0);
	assert_true(o.digest == obj_digest(&o));
	obj_destroy(&o);
}

/* Differences print and parse back; a malformed one says where and what was expected. */
static void diff_text(void **state)
{
	static const struct {
		lk_t id;
		const char *text;
		int at; /* -1: good */
	} rows[] = {
		{ CORE_ID, "next_vmid[0]=1>2", -1 },
		{ FLATMEM_ID, "flatmem[0x10..0x1f]=0>7", -1 },
		{ S2PAGE_ID, "s2_gfn[0xffffff]=0>0xffffffffffffffff", -1 },
		{ FLATMEM_ID, "flatmem[5]=doracle(3,0x11)", -1 },
		{ FLATMEM_ID, "flatmem[5..8]=doracle(16,0xfffffffffffffffc)", -1 },
		{ CORE_ID, "next[0]=1>2", 0 },
		{ CORE_ID, "next_vmid", 9 },
		{ CORE_ID, "next_vmid[1]=1>2", 10 },
		{ CORE_ID, "next_vmid[x]=1>2", 10 },
		{ SMMU_ID, "smmu_vmid[3..2]=1>2", 13 },
		{ SMMU_ID, "smmu_vmid[3..0x10]=1>2", 13 },
		{ SMMU_ID, "smmu_vmid[3=1>2", 11 },
		{ SMMU_ID, "smmu_vmid[3]=>2", 13 },
		{ SMMU_ID, "smmu_vmid[3]=1-2", 14 },
		{ SMMU_ID, "smmu_vmid[3]=1>", 15 },
		{ SMMU_ID, "smmu_vmid[3]=1>0x10000000000000000", 15 },
		{ SMMU_ID, "smmu_vmid[3]=1>2x", 16 },
		{ NPT_ID, "pt_pgd_pool[0x11001]=1>2", 12 },
		{ FLATMEM_ID, "flatmem[5]=doracle(17,1)", 19 },
		{ FLATMEM_ID, "flatmem[5]=doracle(,1)", 19 },
		{ FLATMEM_ID, "flatmem[5]=doracle(3)", 20 },
		{ FLATMEM_ID, "flatmem[5]=doracle(3,x)", 21 },
		{ FLATMEM_ID, "flatmem[5..8]=doracle(3,0xfffffffffffffffd)", 24 },
		{ FLATMEM_ID, "flatmem[5]=doracle(3,1>2", 22 },
		{ FLATMEM_ID, "flatmem[5]=doracle(3,1)2", 23 },
		{ SMMU_ID, "smmu_vmid[3]=doracle(3,1)", 13 },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		struct diff d;
		const char *expected = NULL;
		char buf[128];

		assert_int_equal(
			diff_parse(rows[i].id, rows[i].text, strlen(rows[i].text), &d, &expected),
			rows[i].at);
		if (rows[i].at == -1)
			assert_string_equal(diff_print(rows[i].id, &d, buf, sizeof(buf)),
			                    rows[i].text);
		else
			assert_non_null(expected);
	}
}

static u64 plain(u64 seed, vmid_t vmid, u64 n)
{
	return seed + vmid * 100 + n;
}

/* What a VM gets lies in a range, when there is one; what the host gets, anywhere. */
static void data_range(void **state)
{
	struct data_oracle d = { plain, 1000, 0, 0 };

	(void)state;
	assert_true(data_oracle_value(&d, 3, 7) == 1307);
	d.guest_base = 0x4000;
	assert_true(data_oracle_value(&d, 3, 7) == 1307);
	d.guest_span = 1000;
	assert_true(data_oracle_value(&d, 3, 7) == 0x4000 + 307);
	assert_true(data_oracle_value(&d, COREVISOR, 0) == 0x4000 + 600);
	assert_true(data_oracle_value(&d, HOSTVISOR, 7) == 1007);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(data_range),
		cmocka_unit_test(layout),
		cmocka_unit_test(pool_addresses),
		cmocka_unit_test(digest_follows_cells),
		cmocka_unit_test(equal_names_the_cell),
		cmocka_unit_test(apply),
		cmocka_unit_test(apply_oracle),
		cmocka_unit_test(ranges_by_pages),
		cmocka_unit_test(long_ranges_take_no_cells),
		cmocka_unit_test(diff_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
