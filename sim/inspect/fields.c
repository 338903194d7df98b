// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/fields.h"

#include "sim/log/json.h"

static void name_it(struct fields *o, const char *name)
{
	if (o->json)
		fprintf(o->f, "%s\"%s\":", o->n ? "," : "", name);
	else
		fprintf(o->f, "%s%s ", o->n ? ", " : "", name);
	o->n++;
}

void fields_begin(struct fields *o, FILE *f, bool json)
{
	*o = (struct fields){ .f = f, .json = json };
	if (json)
		fputc('{', f);
}

void fields_end(struct fields *o)
{
	if (o->json)
		fputc('}', o->f);
}

static const char *number(const struct fields *o, u64 v, char *buf, size_t size)
{
	if (o->json)
		return json_u64_text(v, buf, size);
	snprintf(buf, size, "%llu", (unsigned long long)v);
	return buf;
}

void fields_number(struct fields *o, const char *name, u64 v)
{
	char buf[32];

	name_it(o, name);
	fputs(number(o, v, buf, sizeof(buf)), o->f);
}

void fields_word(struct fields *o, const char *name, const char *word)
{
	name_it(o, name);
	if (o->json && word)
		fprintf(o->f, "\"%s\"", word);
	else
		fputs(word ? word : o->json ? "null" : "none", o->f);
}

void fields_list_begin(struct fields *o, const char *name)
{
	name_it(o, name);
	fputc('[', o->f);
	o->n = 0;
}

static void separate(struct fields *o, const char *text)
{
	if (o->n++)
		fputs(o->json ? "," : text, o->f);
}

void fields_item(struct fields *o, u64 v)
{
	char buf[32];

	separate(o, " ");
	fputs(number(o, v, buf, sizeof(buf)), o->f);
}

void fields_item_word(struct fields *o, const char *word)
{
	separate(o, ", ");
	fprintf(o->f, o->json ? "\"%s\"" : "%s", word);
}

void fields_list_end(struct fields *o)
{
	fputc(']', o->f);
	o->n = 1;
}
