// SPDX-License-Identifier: GPL-2.0-only
#include "sim/base/option_rows.h"

#include "sim/base/types.h"

#include <argp.h>

static void row(FILE *f, const struct argp_option *o)
{
	const char *value = !o->arg ? "no" : o->flags & OPTION_ARG_OPTIONAL ? "may" : "must";

	if (o->name)
		fprintf(f, "--%s", o->name);
	fputc('\t', f);
	if (o->key > ' ' && o->key < 0x7f)
		fprintf(f, "-%c", o->key);
	fprintf(f, "\t%s\t%s\t%s\n", value, o->arg ? o->arg : "", o->doc ? o->doc : "");
}

/* Arguments of several sorts have a line each in @doc; the row has them in one. */
static void arguments(FILE *f, const char *doc)
{
	fputs("*\t\tmust\t", f);
	for (const char *p = doc; p && *p; p++)
		fputc(*p == '\n' ? ' ' : *p, f);
	fputs("\t\n", f);
}

void option_rows(FILE *f, const struct argp *a)
{
	for (const struct argp_option *o = a->options; o && (o->name || o->key || o->doc); o++)
		if (!(o->flags & OPTION_HIDDEN))
			row(f, o);
	fputs("--help\t-?\tno\t\tsay what there is\n"
	      "--usage\t\tno\t\tsay it in short\n",
	      f);
	arguments(f, a->args_doc);
}

void option_rows_command(FILE *f, const char *name, const char *line)
{
	fprintf(f, "%s\t\tno\t\t%s\n", name, line);
}
