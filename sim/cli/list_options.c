// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/list_options.h"

#include "sim/cli/explore_args.h"
#include "sim/cli/list_rows.h"
#include "sim/cli/replay_args.h"

#include <stdlib.h>

static void list_options(struct list_rows *r, const struct goes_with *t)
{
	for (u32 i = 0; i < t->n_rows; i++) {
		char name[40], *sentence = NULL;
		size_t len;
		FILE *f = open_memstream(&sentence, &len);

		if (!f)
			abort();
		goes_row_print(f, t, i);
		fclose(f);
		snprintf(name, sizeof(name), "--%s", goes_row_name(t, i));
		list_row(r, "", name, "", sentence);
		free(sentence);
	}
}

void list_explore_options(struct list_rows *r)
{
	list_options(r, &explore_goes);
}

void list_replay_options(struct list_rows *r)
{
	list_options(r, &replay_goes);
}
