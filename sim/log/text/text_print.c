// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/text/text.h"

#include "sim/log/mark_arg.h"

#include <inttypes.h>
#include <stdlib.h>

void text_print_config(FILE *f, const struct log_config *c)
{
	char *json = log_config_to_json(c);

	fprintf(f, "#! config %s\n", json);
	free(json);
}

void text_print_quoted(FILE *f, const char *text)
{
	fputc('"', f);
	for (const char *p = text; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if (c == '"' || c == '\\')
			fprintf(f, "\\%c", c);
		else if (c < ' ' || c == 0x7f)
			fprintf(f, "\\x%02x", c);
		else
			fputc(c, f);
	}
	fputc('"', f);
}

static void print_mark(FILE *f, const struct log_config *c, const struct event *e)
{
	const struct mark_spec *spec = mark_spec(e->kind);
	char word[MARK_WORD];

	if (e->flags & EVF_RUN)
		fprintf(f, "#! run %s", event_name(e->kind));
	else
		fprintf(f, "#! %u %s", e->cpu, event_name(e->kind));
	for (u32 i = 0; i < mark_written(e); i++)
		fprintf(f, " %s",
		        mark_print(c, mark_arg_of(spec, i)->type, e->args[i], word, sizeof(word)));
	if (*mark_text(e)) {
		fputc(' ', f);
		text_print_quoted(f, mark_text(e));
	}
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
