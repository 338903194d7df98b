// SPDX-License-Identifier: GPL-2.0-only
#include "sim/base/man.h"

#include "sim/base/types.h"

#include <argp.h>
#include <string.h>

/* Text, of which no line is taken for a request, and "-" stays what is typed. */
static void text(FILE *f, const char *s, size_t len)
{
	bool begins = true;

	for (size_t i = 0; i < len; i++) {
		if (begins && (s[i] == '.' || s[i] == '\''))
			fputs("\\&", f);
		begins = s[i] == '\n';
		if (s[i] == '\\')
			fputs("\\e", f);
		else if (s[i] == '-')
			fputs("\\-", f);
		else
			fputc(s[i], f);
	}
}

static void words(FILE *f, const char *s)
{
	text(f, s, strlen(s));
}

/* "hypsim-log-show" */
static void page_name(FILE *f, const char *program)
{
	for (const char *p = program; *p; p++)
		fputs(*p == ' ' || *p == '-' ? "\\-" : (char[]){ *p, '\0' }, f);
}

static void upper(FILE *f, const char *program)
{
	for (const char *p = program; *p; p++)
		fputc(*p == ' ' ? '-' : *p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p, f);
}

/* The first sentence, or its first half: up to a "." or ":" before a blank, or the end. */
static size_t first_sentence(const char *s)
{
	size_t n = 0;

	while (s[n] && s[n] != '\v' && s[n] != '\n' &&
	       !((s[n] == '.' || s[n] == ':') &&
	         (s[n + 1] == ' ' || s[n + 1] == '\v' || !s[n + 1])))
		n++;
	return n;
}

static void head(FILE *f, const char *program, const char *sentence)
{
	fputs(".TH ", f);
	upper(f, program);
	fprintf(f, " 1 \"\" \"hypsim %s\" \"hypsim\"\n.SH NAME\n", HYPSIM_VERSION);
	page_name(f, program);
	fputs(" \\- ", f);
	text(f, sentence, first_sentence(sentence));
	fputs("\n.SH SYNOPSIS\n", f);
}

static void synopsis(FILE *f, const char *program, const char *arguments)
{
	fputs(".B ", f);
	words(f, program);
	fputs("\n[OPTION...] ", f);
	words(f, arguments);
	fputc('\n', f);
}

/* Arguments may be of several sorts, a line each. */
static void all_synopses(FILE *f, const struct argp *a, const char *program)
{
	const char *doc = a->args_doc ? a->args_doc : "";
	char one[512];

	do {
		size_t n = strcspn(doc, "\n");

		snprintf(one, sizeof(one), "%.*s", (int)n, doc);
		synopsis(f, program, one);
		doc += n;
		if (*doc)
			fputs(".br\n", f);
	} while (*doc++);
}

static void option(FILE *f, const struct argp_option *o)
{
	const char *open = o->flags & OPTION_ARG_OPTIONAL ? "[=" : "=";

	fputs(".TP\n", f);
	if (o->key > ' ' && o->key < 0x7f)
		fprintf(f, "\\fB\\-%c\\fR%s", o->key, o->name ? ", " : "");
	if (o->name) {
		fputs("\\fB\\-\\-", f);
		words(f, o->name);
		fputs("\\fR", f);
	}
	if (o->arg) {
		fprintf(f, "%s\\fI", open);
		words(f, o->arg);
		fprintf(f, "\\fR%s", o->flags & OPTION_ARG_OPTIONAL ? "]" : "");
	}
	fputc('\n', f);
	words(f, o->doc ? o->doc : "");
	fputc('\n', f);
}

void man_page(FILE *f, const struct argp *a, const char *program)
{
	const char *doc = a->doc ? a->doc : "", *behind = strchr(doc, '\v');
	size_t len = behind ? (size_t)(behind - doc) : strlen(doc);

	head(f, program, doc);
	all_synopses(f, a, program);
	fputs(".SH DESCRIPTION\n", f);
	text(f, doc, len);
	fputs("\n.SH OPTIONS\n", f);
	for (const struct argp_option *o = a->options; o && (o->name || o->key || o->doc); o++)
		if (!(o->flags & OPTION_HIDDEN))
			option(f, o);
	fputs(".TP\n\\fB\\-?\\fR, \\fB\\-\\-help\\fR\nsay this in short\n", f);
	if (!behind)
		return;
	/* What stands there may be a table. */
	fputs(".SH NOTES\n.nf\n", f);
	words(f, behind + 1);
	fputs("\n.fi\n", f);
}

void man_head(FILE *f, const char *program, const char *sentence, const char *arguments)
{
	head(f, program, sentence);
	synopsis(f, program, arguments);
	fputs(".SH COMMANDS\n", f);
}

void man_command(FILE *f, const char *program, const char *name, const char *line)
{
	fputs(".TP\n\\fB", f);
	words(f, program);
	fputc(' ', f);
	words(f, name);
	fputs("\\fR\n", f);
	words(f, line);
	fputc('\n', f);
}
