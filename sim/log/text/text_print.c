// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/text/text.h"

#include "sim/base/check.h"

#include "sim/log/op.h"
#include "sim/log/stuck_rule.h"

#include <inttypes.h>
#include <stdlib.h>

void text_print_config(FILE *f, const struct log_config *c)
{
	char *json = log_config_to_json(c);

	fprintf(f, "#! config %s\n", json);
	free(json);
}

static void print_mark(FILE *f, const struct log_config *c, const struct event *e)
{
	u32 i = 0;

	fprintf(f, "#! %u %s", e->cpu, event_name(e->kind));
	if ((e->kind == MARK_OP || e->kind == MARK_SEVENT) && e->n > 0 && e->args[0] < HYP_OP_NR)
		fprintf(f, " %s", op_function(e->args[i++]));
	else if (e->kind == MARK_BEGIN && e->n > 0 && e->args[0] < c->n_ops)
		fprintf(f, " %s", c->op_names[e->args[i++]]);
	else if (e->kind == MARK_STUCK && e->n > 0 && e->args[0] < STUCK_NR)
		fprintf(f, " %s", stuck_name(e->args[i++]));
	for (; i < e->n; i++)
		fprintf(f, " %" PRIu64, e->args[i]);
	fputc('\n', f);
}

void text_print_event(FILE *f, const struct log_config *c, u64 lock, const struct event *e)
{
	char buf[160];

	if (e->flags & EVF_TIME)
		fprintf(f, "#! %u time %" PRIu64 "\n", e->cpu, e->time_ns);
	if (event_is_mark(e->kind)) {
		print_mark(f, c, e);
		return;
	}
	fprintf(f, "%" PRIu64 " %u %s", lock, e->cpu, event_print(e, buf, sizeof(buf)));
	if (e->kind == EV_OFLATMEM && e->flags & EVF_FILLED)
		fprintf(f, " ?");
	if (event_is_push(e->kind)) {
		for (u32 i = 0; i < e->n; i++)
			fprintf(f, " %s", diff_print(e->lk, &e->diffs[i], buf, sizeof(buf)));
	}
	if (e->digest_len == 1)
		fprintf(f, " @%02x", (unsigned)(e->digest & 0xff));
	else if (e->digest_len == 8)
		fprintf(f, " @%016" PRIx64, e->digest);
	fputc('\n', f);
}
