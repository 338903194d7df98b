// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/goes_with.h"

#include "sim/base/check.h"

#include <string.h>

static const struct goes_row *row_of(const struct goes_with *t, int key)
{
	for (u32 i = 0; i < t->n_rows; i++)
		if (t->row[i].key == key)
			return &t->row[i];
	return NULL;
}

/* The option's name on the command line, without "--". */
static const char *name_of(const struct goes_with *t, int key)
{
	for (const struct argp_option *o = t->options; o->name; o++)
		if (o->key == key)
			return o->name;
	SIM_UNREACHABLE();
}

/* Does the option choose what the command does? */
static bool is_mode(const struct goes_with *t, int key)
{
	for (u32 i = 0; i < t->n_modes; i++)
		if (t->mode[i].key == key)
			return true;
	return false;
}

static bool said_has(const struct goes_said *s, int key)
{
	for (u32 i = 0; i < s->n; i++)
		if (s->key[i] == key)
			return true;
	return false;
}

/* "a log of hypsim run", of a name that says more behind it. */
static int mode_name_len(const struct goes_mode *m)
{
	return (int)strcspn(m->name, ",");
}

static void print_modes(FILE *f, const struct goes_with *t, const struct goes_row *row)
{
	bool any = false;

	for (u32 i = 0; i < t->n_modes; i++) {
		const struct goes_mode *m = &t->mode[i];

		if (!(row->modes >> i & 1))
			continue;
		fputs(any ? ", " : "with ", f);
		any = true;
		if (m->key)
			fprintf(f, "--%s", name_of(t, m->key));
		else
			fprintf(f, "%.*s", mode_name_len(m), m->name);
	}
}

const char *goes_row_name(const struct goes_with *t, u32 i)
{
	return name_of(t, t->row[i].key);
}

void goes_row_print(FILE *f, const struct goes_with *t, u32 i)
{
	const struct goes_row *row = &t->row[i];

	if (is_mode(t, row->key))
		fprintf(f, "instead of %.*s", mode_name_len(&t->mode[0]), t->mode[0].name);
	else
		print_modes(f, t, row);
	if (row->needs && !is_mode(t, row->needs))
		fprintf(f, "; with --%s only", name_of(t, row->needs));
	for (u32 k = 0; k < GOES_NOT && row->not_with[k]; k++)
		fprintf(f, "%s--%s", k ? ", " : "; not with ", name_of(t, row->not_with[k]));
}

void goes_said_add(struct goes_said *s, const struct goes_with *t, int key)
{
	if (!row_of(t, key) || said_has(s, key))
		return;
	SIM_ASSERT(s->n < GOES_SAID);
	s->key[s->n++] = key;
}

u32 goes_mode_of(struct argp_state *state, const struct goes_with *t, const struct goes_said *s)
{
	u32 mode = 0;

	for (u32 i = 1; i < t->n_modes; i++) {
		if (!t->mode[i].key || !said_has(s, t->mode[i].key))
			continue;
		if (mode)
			argp_error(state, "--%s does not go with --%s", name_of(t, t->mode[i].key),
			           name_of(t, t->mode[mode].key));
		mode = i;
	}
	return mode;
}

static void check_row(struct argp_state *state, const struct goes_with *t,
                      const struct goes_said *s, u32 mode, const struct goes_row *row)
{
	const char *name = name_of(t, row->key);

	if (row->needs && !said_has(s, row->needs))
		argp_error(state, "--%s goes with --%s only", name, name_of(t, row->needs));
	for (u32 i = 0; i < GOES_NOT && row->not_with[i]; i++)
		if (said_has(s, row->not_with[i]))
			argp_error(state, "--%s does not go with --%s", name,
			           name_of(t, row->not_with[i]));
	if (row->modes >> mode & 1)
		return;
	if (t->mode[mode].key)
		argp_error(state, "--%s does not go with --%s", name,
		           name_of(t, t->mode[mode].key));
	argp_error(state, "--%s does not go with %s", name, t->mode[mode].name);
}

void goes_with_check(struct argp_state *state, const struct goes_with *t, const struct goes_said *s,
                     u32 mode)
{
	for (u32 i = 0; i < s->n; i++)
		check_row(state, t, s, mode, row_of(t, s->key[i]));
}
