// SPDX-License-Identifier: GPL-2.0-only
/* Completion at the prompt of exec: what a line can go on with depends on the words before. */
#include "sim/exec/complete.h"

#include "tests/kit.h"

#include <string.h>

/* Is @word offered behind @before?  *n: how many words are. */
static bool offers(const char *before, const char *word, u32 *n)
{
	char buf[COMPLETE_MAX];
	const char *w;
	bool found = false;

	for (*n = 0; (w = exec_complete(before, strlen(before), *n, buf)); ++*n) {
		assert_true(strlen(w) > 0);
		assert_true(*n < 2000);
		found |= strcmp(w, word) == 0;
	}
	return found;
}

/* Each place offers its own words, and none of those of another place. */
static void places(void **state)
{
	static const struct {
		const char *before, *yes, *no;
		u32 n; /* 0: any number */
	} rows[] = {
		{ "", "acquire_shared", "HVC_REGISTER_KVM", 0 },
		{ "  ", "dump", "core", 0 },
		{ "# dump ", "dump", "core", 0 },
		{ "level ", "ticket", "dump", 2 },
		{ "weak ", "off", "high", 2 },
		{ "errata ", "intended", "core-to-vm", 2 },
		{ "erratum ", "core-to-vm", "intended", 0 },
		{ "erratum ", "all", "intended", 0 },
		{ "erratum core-to-vm ", "intended", "core-to-vm", 2 },
		{ "expect ", "stuck", "STUCK_RANGE", 5 },
		{ "depend ", "cells", "ok", 2 },
		{ "expect stuck ", "STUCK_RANGE", "stuck", 0 },
		{ "expect panic ", "PANIC_VMIDS", "STUCK_RANGE", 0 },
		{ "expect panic VMIDS ", "CORE", "PANIC_VMIDS", 0 },
		{ "expect 5 ", "CORE", "STUCK_RANGE", 0 },
		{ "feed ", "data", "CORE", 2 },
		{ "get ", "reg", "elr_el2", 0 },
		{ "get reg ", "elr_el2", "reg", 0 },
		{ "set ctxt 1 0 ", "x30", "CORE", 0 },
		{ "set cell ", "NPT:16", "x30", 0 },
		{ "dump ", "s2page", "acquire_shared", 0 },
		{ "dump lock ", "INFO:3", "s2page", 0 },
		{ "hvc ", "HVC_REGISTER_KVM", "acquire_shared", 0 },
		{ "env CORE : 1 ", "OCORE_DATA", "dump", 0 },
		{ "a b c d e f g ", "MAX_VM_NUM", "dump", 0 },
	};
	u32 n;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!offers(rows[i].before, rows[i].yes, &n))
			fail_msg("\"%s\" does not offer %s", rows[i].before, rows[i].yes);
		if (rows[i].n && n != rows[i].n)
			fail_msg("\"%s\" offers %u words", rows[i].before, n);
		if (offers(rows[i].before, rows[i].no, &n))
			fail_msg("\"%s\" offers %s", rows[i].before, rows[i].no);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
