// SPDX-License-Identifier: GPL-2.0-only
#include "sim/rerun/recorded.h"

#include <stdlib.h>

void recorded_free(struct recorded *r)
{
	if (!r)
		return;
	for (u32 c = 0; c < MAX_CPU; c++) {
		vec_free(&r->cpu[c].event);
		vec_free(&r->cpu[c].index);
		vec_free(&r->cpu[c].turn);
		vec_free(&r->cpu[c].look);
		vec_free(&r->cpu[c].access);
	}
	for (u32 i = 0; i < ORDERS; i++)
		vec_free(&r->order[i]);
	for (u32 i = 0; i < r->block.n; i++)
		free(r->block.v[i]);
	vec_free(&r->block);
	free(r);
}
