// SPDX-License-Identifier: GPL-2.0-only
/* Answers of accesses against the tables and records that they read.  [spec/32 7.3] */
#include "oracle/spec/access.h"
#include "tests/kit.h"
#include "tests/kit_spec.h"

#include <string.h>

static struct kit_spec k;

static int setup(void **state)
{
	(void)state;
	kit_spec_new(&k);
	kit_spec_map(&k, 0, 0x210, 3, 0x210fff);
	kit_spec_map(&k, 3, 0x80010, 3, 0x211fff);
	kit_spec_spt(&k, 1, 2, 5, 0x211007);
	kit_spec_page(&k, 0x211, 3, 0, 0x80010);
	kit_spec_state(&k, 3, VERIFIED);
	kit_spec_set(&k, SMMU_ID, F_SMMU_smmu_vmid, 10, 3);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	kit_spec_free(&k);
	return 0;
}

/* What speaks against it, "": nothing; and it is on this object that it rests: that one says so alone, and when nothing is known nothing does. */
static void expect(struct access a, lk_t on, const char *want)
{
	char text[160];
	lk_t have;
	bool fits;

	a.walked = true;
	k.abs.held = (1ull << ID_END) - 1;
	fits = access_fits(&k.abs, &a, &have, text, sizeof(text));
	if (fits != !*want || strcmp(text, want) != 0 || (*want && have != on))
		fail_msg("%s (%u), expected %s (%u)", text, have, want, on);
	k.abs.held = 1ull << on;
	assert_true(access_fits(&k.abs, &a, &have, text, sizeof(text)) == !*want);
	k.abs.held = 0;
	assert_true(access_fits(&k.abs, &a, &have, text, sizeof(text)));
	assert_true(abs_is_stable(&k.abs));
}

#define SAYS(answer, ...) ((struct access){ .how = MV_ACCESS_##answer, __VA_ARGS__ })

static void of_the_host(void **state)
{
	(void)state;
	expect(SAYS(OWN, .gfn = 0x210, .pfn = 0x210), 0, "");
	expect(SAYS(SHARED, .gfn = 0x210, .pfn = 0x210), S2PAGE_ID,
	       "frame 0x210 has owner 0 and count 0");
	expect(SAYS(OWN, .gfn = 0x210, .pfn = 0x211), NPT_ID,
	       "gfn 0x210 is mapped to frame 0x210 (level 3, entry 0x210fff)");
	expect(SAYS(NO_TRANSLATION, .gfn = 0x210), NPT_ID,
	       "gfn 0x210 is mapped to frame 0x210 (level 3, entry 0x210fff)");
	expect(SAYS(NO_TRANSLATION, .gfn = 0x211), 0, "");
	expect(SAYS(OWN, .gfn = 0x211, .pfn = 0x211), NPT_ID, "gfn 0x211 is mapped to nothing");
	kit_spec_page(&k, 0x210, 4, 1, 7);
	expect(SAYS(SHARED, .gfn = 0x210, .pfn = 0x210), 0, "");
	expect(SAYS(OWN, .gfn = 0x210, .pfn = 0x210), S2PAGE_ID,
	       "frame 0x210 has owner 4 and count 1");
}

static void of_a_guest(void **state)
{
	(void)state;
	expect(SAYS(OWN, .vmid = 3, .gfn = 0x80010, .pfn = 0x211), 0, "");
	expect(SAYS(SHARED, .vmid = 3, .gfn = 0x80010, .pfn = 0x211), S2PAGE_ID,
	       "frame 0x211 has owner 3 and count 0");
	expect(SAYS(NOT_VERIFIED, .vmid = 3, .gfn = 0x80010), INFO_ID + 3,
	       "the state of VM 3 is 3");
	kit_spec_page(&k, 0x211, 3, INVALID, 0x80010);
	expect(SAYS(SHARED, .vmid = 3, .gfn = 0x80010, .pfn = 0x211), 0, "");
	kit_spec_map(&k, 3, 0x80011, 3, 0x100fff);
	expect(SAYS(NO_RECORD, .vmid = 3, .gfn = 0x80011, .pfn = 0x100), 0, "");
	expect(SAYS(OWN, .vmid = 3, .gfn = 0x80011, .pfn = 0x100), S2PAGE_ID,
	       "frame 0x100 has owner 0xffffffff and count 0xffffffff");
	kit_spec_state(&k, 3, POWEROFF);
	expect(SAYS(NOT_VERIFIED, .vmid = 3, .gfn = 0x80010), 0, "");
	expect(SAYS(SHARED, .vmid = 3, .gfn = 0x80010, .pfn = 0x211), INFO_ID + 3,
	       "the state of VM 3 is 4");
}

static void of_a_device(void **state)
{
	(void)state;
	expect(SAYS(OWN, .vmid = 3, .device = true, .bank = 10, .gfn = 5, .pfn = 0x211), 0, "");
	expect(SAYS(OWN, .vmid = 3, .device = true, .bank = 10, .gfn = 6, .pfn = 0x211), SPT_ID,
	       "gfn 6 is mapped to nothing");
	expect(SAYS(NOT_OWNER, .vmid = 3, .device = true, .bank = 10, .gfn = 5), SMMU_ID,
	       "the owner of context bank 10 is 3");
	expect(SAYS(NOT_OWNER, .vmid = 4, .device = true, .bank = 10, .gfn = 5), 0, "");
	expect(SAYS(OWN, .vmid = 4, .device = true, .bank = 10, .gfn = 5, .pfn = 0x211), SMMU_ID,
	       "the owner of context bank 10 is 3");
}

/* Beyond the model: its bank's owner's, and nobody's is nobody's. */
static void whoever_runs(void **state)
{
	(void)state;
#define DMA(answer, owner, ...) \
	SAYS(answer, .vmid = owner, .device = true, .dma = true, __VA_ARGS__, .gfn = 5)
	expect(DMA(OWN, 3, .bank = 10, .pfn = 0x211), 0, "");
	expect(DMA(NOT_OWNER, 3, .bank = 10), SMMU_ID, "the owner of context bank 10 is 3");
	kit_spec_set(&k, SMMU_ID, F_SMMU_smmu_vmid, 11, INVALID);
	expect(DMA(NOT_OWNER, 0, .bank = 11), 0, "");
	expect(DMA(OWN, 0, .bank = 11, .pfn = 0x211), SMMU_ID,
	       "the owner of context bank 11 is 0xffffffff");
	kit_spec_state(&k, 3, READY);
	expect(DMA(OWN, 3, .bank = 10, .pfn = 0x211), INFO_ID + 3, "the state of VM 3 is 2");
	expect(DMA(NOT_VERIFIED, 3, .bank = 10), 0, "");
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = { ROW(of_the_host), ROW(of_a_guest), ROW(of_a_device),
		                            ROW(whoever_runs) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
