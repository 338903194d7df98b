// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/show_mark.h"

#include "sim/log/json.h"
#include "sim/log/mark_arg.h"
#include "sim/log/op.h"
#include "sim/log/panic_reason.h"
#include "sim/log/text/text.h"

#include <inttypes.h>
#include <stdlib.h>

/* "map_page_host(addr=0x200000)" */
static void show_op(FILE *f, const struct event *e)
{
	char buf[160];

	fputs(op_print(e->args[0], e->n - 1, e->args + 1, buf, sizeof(buf)), f);
}

/* "OVM_GET, state=1", "OSMMU_FREE, the machine halts" */
static void show_sevent(FILE *f, const struct event *e)
{
	char buf[160];

	fputs(op_print_end(e->args[0], e->n - 1, e->args + 1, buf, sizeof(buf)), f);
}

/* "panic PANIC_PAGE_PRIVATE, pfn=0x200, owner=3" */
static void show_panic(FILE *f, const struct event *e)
{
	char buf[160];

	fprintf(f, "panic %s%s%s", panic_name(e->args[0]), e->n > 1 ? ", " : "",
	        panic_print_values(e->args[0], e->n - 1, e->args + 1, buf, sizeof(buf)));
}

void show_mark(FILE *f, const struct log_config *c, const struct event *e)
{
	const struct mark_spec *spec = mark_spec(e->kind);
	bool names = spec->fixed + spec->group > 2;
	const char *between = " ";
	char word[MARK_WORD];

	if (e->kind == MARK_OP) {
		show_op(f, e);
		return;
	}
	if (e->kind == MARK_SEVENT) {
		show_sevent(f, e);
		return;
	}
	if (e->kind == MARK_PANIC && e->args[0]) {
		show_panic(f, e);
		return;
	}
	fputs(event_name(e->kind), f);
	for (u32 i = 0; i < mark_written(e); i++) {
		const struct mark_arg *arg = mark_arg_of(spec, i);
		bool pair = arg->type == MARG_REG;

		fputs(between, f);
		if (names && !pair && *between == ' ')
			fprintf(f, "%s=", arg->name);
		fputs(mark_print(c, arg->type, e->args[i], word, sizeof(word)), f);
		/* A register and its value: "x0=0x10". */
		between = pair ? "=" : " ";
	}
	if (*mark_text(e)) {
		fputc(' ', f);
		text_print_quoted(f, mark_text(e));
	}
}

static void json_value(FILE *f, const struct log_config *c, enum mark_type type, u64 v)
{
	char buf[MARK_WORD];
	const char *word = mark_word(c, type, v, buf, sizeof(buf));

	if (word)
		fprintf(f, "\"%s\"", word);
	else if (type == MARG_HEX)
		fputs(json_hex_text(v, buf, sizeof(buf)), f);
	else
		fputs(json_u64_text(v, buf, sizeof(buf)), f);
}

static void json_fixed(FILE *f, const struct log_config *c, const struct mark_arg *arg, u64 v)
{
	fprintf(f, ",\"%s\":", arg->type == MARG_ATOMIC ? "function" : arg->name);
	json_value(f, c, arg->type, v);
	if (arg->type == MARG_ATOMIC)
		fprintf(f, ",\"atomic\":\"%s\"", op_event(v));
}

static void json_text(FILE *f, const char *text)
{
	char *quoted = json_quote(text);

	fprintf(f, ",\"text\":%s", quoted);
	free(quoted);
}

void show_mark_json(FILE *f, const struct log_config *c, const struct event *e)
{
	const struct mark_spec *spec = mark_spec(e->kind);

	for (u32 i = 0; i < spec->fixed; i++)
		json_fixed(f, c, &spec->arg[i], e->args[i]);
	for (u32 k = 0; k < spec->group; k++) {
		const struct mark_arg *arg = &spec->arg[spec->fixed + k];

		fprintf(f, ",\"%s\":[", arg->name);
		for (u32 i = spec->fixed + k; i < e->n; i += spec->group) {
			fputs(i > spec->fixed + k ? "," : "", f);
			json_value(f, c, arg->type, e->args[i]);
		}
		fputc(']', f);
	}
	fputs(",\"args\":[", f);
	for (u32 i = 0; i < e->n; i++) {
		fputs(i ? "," : "", f);
		json_value(f, c, MARG_DEC, e->args[i]);
	}
	fputc(']', f);
	if (*mark_text(e))
		json_text(f, mark_text(e));
}
