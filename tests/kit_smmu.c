// SPDX-License-Identifier: GPL-2.0-only
#include "tests/kit_smmu.h"

#include "lock/wait.h"
#include "shmem/shared.h"
#include "tests/kit.h"

#include <stdlib.h>
#include <string.h>

static u64 set_cell(struct cpu *c, const u64 *k)
{
	lk_t lk = (lk_t)k[0];

	wait_lock(c, lk);
	acquire_shared(c, lk);
	shared_store(c, lk, (u32)k[1], k[2], k[3]);
	release_shared(c, lk);
	pass_lock(c, lk);
	return 0;
}

void kit_set_cell(struct test_machine *t, lk_t lk, u32 field, u64 index, u64 value)
{
	kit_ok(t, 0, set_cell, "set_cell", KIT_LIST(lk, field, index, value));
}

static u64 halt(struct cpu *c, const u64 *k)
{
	(void)k;
	panic_called(c);
	return 0;
}

void kit_halt(struct test_machine *t)
{
	kit_panics(t, 0, halt, "panic", KIT_LIST(0));
}

void kit_expect_text(struct test_machine *t, const char *part)
{
	char *text = kit_text(t, 0);

	if (!strstr(text, part))
		fail_msg("\"%s\" is not in\n%s", part, text);
	free(text);
}

void kit_end(struct test_machine *t)
{
	kit_judge(t);
	test_machine_free(t);
}
