// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/data.h"
#include "tests/kit.h"

/* The formula of docs/log-format.md: logs that refer to the oracle can be read by what was built later. */
static void values_are_fixed(void **state)
{
	static const struct {
		u64 seed, n;
		vmid_t vmid;
		u64 data, core;
	} rows[] = {
		{ 0, 0, 0, 0xc30c47bc7ff45b01, 0x4013248a0393f898 },
		{ 1, 0, 0, 0x5f033bf398c868aa, 0x13c055a5334d69bc },
		{ 1, 17, 3, 0x2dbc624777291888, 0x1edacd1fc38114e3 },
		{ ~0ull, ~0ull, 16, 0x35b7bde063b20105, 0xb55f427979fd88f7 },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_true(doracle(rows[i].seed, rows[i].vmid, rows[i].n) == rows[i].data);
		assert_true(core_doracle(rows[i].seed, rows[i].vmid, rows[i].n) == rows[i].core);
	}
}

/* Another seed, VM or number, or the core's oracle, is another value. */
static void every_key_counts(void **state)
{
	(void)state;
	for (u64 n = 0; n < 1000; n++) {
		u64 v = doracle(7, 2, n);

		assert_true(v != doracle(8, 2, n));
		assert_true(v != doracle(7, 3, n));
		assert_true(v != doracle(7, 2, n + 1));
		assert_true(v != core_doracle(7, 2, n));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_fixed),
		cmocka_unit_test(every_key_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
