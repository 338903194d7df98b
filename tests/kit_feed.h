/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What a test feeds a machine from outside: values of the data oracles, in order; verdicts on images; parameters.
 * A value that nobody has fed is KIT_UNFED + its number, so that it shows where it went.
 */
#include "tests/kit_machine.h"

enum { KIT_FEED_MAX = 64 };

#define KIT_UNFED 0xfeed0000000ull

/* From now on the machine's oracles and parameters are the test's: images are good, reg_desc(i) is 0xde5c0000 + i, the
 * exception vector of pstate is 0xec0000 + pstate. */
void kit_feed(struct test_machine *t);

/* The next values of the data oracle, or of the core's, for a VM: KIT_FEED_LIST(1, 2, 3). */
#define KIT_FEED_LIST(...) \
	(const u64[]){ __VA_ARGS__ }, sizeof((const u64[]){ __VA_ARGS__ }) / sizeof(u64)
void kit_feed_data(struct test_machine *t, vmid_t vmid, const u64 *v, size_t n);
void kit_feed_core(struct test_machine *t, vmid_t vmid, const u64 *v, size_t n);

/* The image at this remap address is bad; 0: none is. */
void kit_bad_image(u64 remap_addr);

/* How many values were used so far. */
u64 kit_data_used(const struct test_machine *t, vmid_t vmid);
u64 kit_core_used(const struct test_machine *t, vmid_t vmid);
