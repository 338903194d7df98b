// SPDX-License-Identifier: GPL-2.0-only
#include "sim/exec/scope_named.h"

#include "sim/base/check.h"
#include "sim/base/consts.h"
#include "sim/base/nearest.h"
#include "sim/base/number.h"
#include "sim/exec/scope_maker.h"

#include <stdlib.h>
#include <string.h>

const struct scope_row scope_rows[] = {
#define SCOPE(name, sentence, max_cpus, cpus, max_sections, sections) \
	{ #name, sentence, NULL, NULL, 1, max_cpus, cpus, max_sections, sections },
#define SHAPE(name, sentence, mended, min_cpus, max_cpus, cpus) \
	{ #name, sentence, NULL, mended, min_cpus, max_cpus, cpus, 1, 1 },
#define SIZED(name, shape, cpus) { name, NULL, #shape, NULL, cpus, cpus, cpus, 1, 1 },
#include "sim/exec/scopes.def"
};
const u32 n_scope_rows = (u32)ARRAY_SIZE(scope_rows);

const struct scope_row *scope_row_by_name(const char *name)
{
	for (u32 i = 0; i < n_scope_rows; i++)
		if (strcmp(scope_rows[i].name, name) == 0)
			return &scope_rows[i];
	return NULL;
}

const char *scope_row_mended(const struct scope_row *row)
{
	return row->shape ? scope_row_by_name(row->shape)->mended : row->mended;
}

static int ranged(const struct scope_row *row, const char *key, const char *text, u64 v, u32 min,
                  u32 max, struct err *e)
{
	char what[40];

	if (v >= min && v <= max)
		return 0;
	if (min == max)
		snprintf(what, sizeof(what), "%u", min);
	else
		snprintf(what, sizeof(what), "a number %u..%u", min, max);
	return err_set(e, ERR_USAGE, "scope %s: %s: expected %s, found \"%s\"", row->name, key,
	               what, text);
}

u32 scope_choices(const struct scope_row *row, struct scope_choice out[SCOPE_CHOICES])
{
	const char *mended = scope_row_mended(row);
	u32 n = 0;

	if (row->min_cpus < row->max_cpus)
		out[n++] = (struct scope_choice){ SCOPE_CPUS,      "cpus",        "N",
			                          "how many CPUs", row->min_cpus, row->max_cpus,
			                          row->cpus };
	if (row->max_sections > 1)
		out[n++] = (struct scope_choice){
			SCOPE_SECTIONS,    "sections",   "K", "how often each CPU does it", 1,
			row->max_sections, row->sections
		};
	if (mended)
		out[n++] = (struct scope_choice){ SCOPE_MENDED, "mended", "1", mended, 0, 1, 0 };
	return n;
}

int scope_size_set(const struct scope_row *row, const char *arg, struct scope_size *io,
                   struct err *e)
{
	u32 *const field[SCOPE_CHOICES] = { &io->cpus, &io->sections, &io->mended };
	struct scope_choice choice[SCOPE_CHOICES];
	u32 n = scope_choices(row, choice), at = 0;
	char said[64] = "nothing";

	for (u32 i = 0; i < n; i++) {
		const struct scope_choice *c = &choice[i];
		size_t len = strlen(c->key);
		const char *value;
		u64 v = 0;
		int rc;

		at += (u32)snprintf(said + at, sizeof(said) - at, "%s%s=%s", i == 0 ? "" : " or ",
		                    c->key, c->value);
		if (strncmp(arg, c->key, len) != 0 || arg[len] != '=')
			continue;
		value = arg + len + 1;
		if (!number_parse(value, strlen(value), &v))
			v = ~0ull;
		rc = ranged(row, c->key, value, v, c->min, c->max, e);
		if (rc == 0)
			*field[c->which] = (u32)v;
		return rc;
	}
	return err_set(e, ERR_USAGE, "scope %s: expected %s, found \"%s\"", row->name, said, arg);
}

/* Lock number @i of those that a CPU can have for itself, from 0 on: its argument, "" if it takes none. */
static void own_lock(u32 i, char *buf, size_t size)
{
	static const char *const single[] = { "core", "s2page", "spt", "smmu" };

	if (i < N_VMID)
		snprintf(buf, size, "pt %u", i);
	else if (i < 2 * N_VMID)
		snprintf(buf, size, "vm %u", i - N_VMID);
	else
		snprintf(buf, size, "%s", single[i - 2 * N_VMID]);
}

static void make_lock(struct maker *m, u32 cpu)
{
	(void)cpu;
	maker_take(m, "s2page");
	maker_give(m, "s2page");
	m->classes = maker_orders(m->n, m->k);
}

static void make_disjoint(struct maker *m, u32 cpu)
{
	char name[16];

	own_lock(cpu, name, sizeof(name));
	maker_take(m, name);
	maker_give(m, name);
	m->classes = 1;
}

/* Of one section each, the orders of the two locks are free of each other. */
static void make_sequence(struct maker *m, u32 cpu)
{
	(void)cpu;
	maker_take(m, "core");
	maker_give(m, "core");
	maker_take(m, "s2page");
	maker_give(m, "s2page");
	m->classes = m->k == 1 ? maker_orders(m->n, 1) : m->n == 1;
	maker_times(&m->classes, m->classes);
}

static void make_nested(struct maker *m, u32 cpu)
{
	(void)cpu;
	maker_take(m, "s2page");
	maker_take(m, "pt 0");
	maker_give(m, "pt 0");
	maker_give(m, "s2page");
	m->classes = maker_orders(m->n, m->k);
}

static void make_abba(struct maker *m, u32 cpu)
{
	static const u64 known[] = { 1, 3, 12, 64, 384 };
	const char *outer = cpu % 2 ? "pt 0" : "s2page", *inner = cpu % 2 ? "s2page" : "pt 0";

	maker_take(m, outer);
	maker_take(m, inner);
	maker_give(m, inner);
	maker_give(m, outer);
	if (m->n == 1)
		m->classes = 1;
	else
		m->classes = m->k == 1 && m->n <= ARRAY_SIZE(known) ? known[m->n - 1] : 0;
	m->verdict = m->n > 1 ? "deadlock,order" : "clean";
}

static void make_split(struct maker *m, u32 cpu)
{
	static const u64 known[] = { 1, 6, 66, 1176 };

	(void)cpu;
	fprintf(m->f, "check_then_act\n");
	if (m->n == 1)
		m->classes = 1;
	else
		m->classes = m->k == 1 && m->n <= ARRAY_SIZE(known) ? known[m->n - 1] : 0;
	m->verdict = m->n > 1 ? "expect" : "clean";
	m->behind = "acquire_lock_core\nget_next_vmid\nexpect 1\nrelease_lock_core\n";
}

/* In the order of scopes.def: the lines of one section of a CPU. */
static void (*const sections[])(struct maker *m, u32 cpu) = {
#define SCOPE(name, ...)        make_##name,
#define SHAPE(name, ...)        make_##name,
#define SIZED(name, shape, ...) make_##shape,
#include "sim/exec/scopes.def"
};

static void print_programs(struct maker *m, void (*section)(struct maker *m, u32 cpu))
{
	for (u32 cpu = 0; cpu < m->n; cpu++) {
		fprintf(m->f, "cpu %u\n", cpu);
		for (u32 i = 0; i < m->k; i++)
			section(m, cpu);
	}
}

/* What stands around the programs is known when these were made. */
static void print_scope(FILE *f, const struct maker *m, const char *programs)
{
	fprintf(f, "depend tickets\n%sconcurrent\n%send\n%sexpect verdict %s\n", m->before,
	        programs, m->behind, m->verdict);
	if (m->classes)
		fprintf(f, "expect classes %llu\n", (unsigned long long)m->classes);
}

static const char *row_name(u32 i)
{
	return scope_rows[i].name;
}

/* A size is what was chosen, or what @row has. */
static int size_of(const struct scope_row *row, const struct scope_size *size, struct maker *m,
                   struct err *e)
{
	char number[16];
	int rc;

	m->n = size->cpus ? size->cpus : row->cpus;
	m->k = size->sections ? size->sections : row->sections;
	m->mended = size->mended;
	snprintf(number, sizeof(number), "%u", m->n);
	rc = ranged(row, "cpus", number, m->n, row->min_cpus, row->max_cpus, e);
	snprintf(number, sizeof(number), "%u", m->k);
	if (rc == 0)
		rc = ranged(row, "sections", number, m->k, 1, row->max_sections, e);
	return rc;
}

int scope_make(const struct scope_row *row, const struct scope_size *size, struct scope **out,
               struct err *e)
{
	struct maker m = { .verdict = "clean", .before = "", .behind = "" };
	struct scope_opts o = { .seed = 1 };
	char *programs = NULL, *text = NULL;
	size_t len;
	FILE *f;
	int rc = size_of(row, size, &m, e);

	if (rc < 0)
		return rc;
	m.f = open_memstream(&programs, &len);
	if (m.f)
		print_programs(&m, sections[row - scope_rows]);
	f = m.f && fclose(m.f) == 0 ? open_memstream(&text, &len) : NULL;
	if (f)
		print_scope(f, &m, programs);
	errata_defaults(&o.errata);
	if (!f || fclose(f) != 0)
		rc = err_set(e, ERR_MEMORY, "scope %s: no memory for its lines", row->name);
	else
		rc = scope_parse(out, row->name, text, len, &o, e);
	free(programs);
	free(text);
	return rc;
}

int scope_named(const char *name, u32 cpus, u32 n_sections, struct scope **out, struct err *e)
{
	const struct scope_row *row = scope_row_by_name(name);
	char hint[80];

	if (!row)
		return err_set(e, ERR_USAGE, "there is no scope '%s'%s (hypsim list scopes)", name,
		               nearest_of(name, n_scope_rows, row_name, hint, sizeof(hint)));
	return scope_make(row, &(struct scope_size){ cpus, n_sections, 0 }, out, e);
}
