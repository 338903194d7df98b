// SPDX-License-Identifier: GPL-2.0-only
#include "sim/exec/scope_named.h"

#include "sim/base/check.h"
#include "sim/base/consts.h"
#include "sim/base/nearest.h"
#include "sim/base/number.h"

#include <stdlib.h>
#include <string.h>

const struct scope_row scope_rows[] = {
#define SCOPE(name, sentence, max_cpus, cpus, max_sections, sections) \
	{ #name, sentence, max_cpus, cpus, max_sections, sections },
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

static int ranged(const struct scope_row *row, const char *key, const char *text, u64 v, u32 max,
                  struct err *e)
{
	if (v >= 1 && v <= max)
		return 0;
	return err_set(e, ERR_USAGE, "scope %s: %s: expected a number 1..%u, found \"%s\"",
	               row->name, key, max, text);
}

int scope_size_set(const struct scope_row *row, const char *arg, struct scope_size *io,
                   struct err *e)
{
	bool is_cpus = strncmp(arg, "cpus=", 5) == 0;
	const char *value = strchr(arg, '=');
	u64 v = 0;
	int rc;

	if (!is_cpus && strncmp(arg, "sections=", 9) != 0)
		return err_set(e, ERR_USAGE,
		               "scope %s: expected cpus=N or sections=K, found \"%s\"", row->name,
		               arg);
	value++;
	if (!number_parse(value, strlen(value), &v))
		v = 0;
	rc = ranged(row, is_cpus ? "cpus" : "sections", value, v,
	            is_cpus ? row->max_cpus : row->max_sections, e);
	if (rc == 0)
		*(is_cpus ? &io->cpus : &io->sections) = (u32)v;
	return rc;
}

/**
 * struct maker - of a scope's lines
 * @n, @k:    CPUs, sections
 * @classes:  by tickets; 0: not known
 * @verdict:  what a search finds
 */
struct maker {
	FILE *f;
	u32 n, k;
	u64 classes;
	const char *verdict;
	const char *behind;
};

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

static void take(const struct maker *m, const char *lock)
{
	fprintf(m->f, "acquire_lock_%s\n", lock);
}

static void give(const struct maker *m, const char *lock)
{
	fprintf(m->f, "release_lock_%s\n", lock);
}

/* *io times a, 0 when that is not known or too large. */
static void times(u64 *io, u64 a)
{
	if (__builtin_mul_overflow(*io, a, io))
		*io = 0;
}

/* The orders of @n CPUs with @k sections of one lock each: (nk)! / (k!)^n; 0: too many. */
static u64 orders(u32 n, u32 k)
{
	u64 all = 1;

	/* One CPU after the other: where its sections stand among those that are there. */
	for (u32 cpu = 1; cpu < n; cpu++) {
		u64 places = 1;

		for (u32 i = 1; i <= k; i++) {
			times(&places, (u64)cpu * k + i);
			places /= i;
		}
		times(&all, places);
	}
	return all;
}

static void lock(struct maker *m, u32 cpu)
{
	(void)cpu;
	take(m, "s2page");
	give(m, "s2page");
	m->classes = orders(m->n, m->k);
}

static void disjoint(struct maker *m, u32 cpu)
{
	char name[16];

	own_lock(cpu, name, sizeof(name));
	take(m, name);
	give(m, name);
	m->classes = 1;
}

/* Of one section each, the orders of the two locks are free of each other. */
static void sequence(struct maker *m, u32 cpu)
{
	(void)cpu;
	take(m, "core");
	give(m, "core");
	take(m, "s2page");
	give(m, "s2page");
	m->classes = m->k == 1 ? orders(m->n, 1) : m->n == 1;
	times(&m->classes, m->classes);
}

static void nested(struct maker *m, u32 cpu)
{
	(void)cpu;
	take(m, "s2page");
	take(m, "pt 0");
	give(m, "pt 0");
	give(m, "s2page");
	m->classes = orders(m->n, m->k);
}

static void abba(struct maker *m, u32 cpu)
{
	static const u64 known[] = { 1, 3, 12, 64, 384 };
	const char *outer = cpu % 2 ? "pt 0" : "s2page", *inner = cpu % 2 ? "s2page" : "pt 0";

	take(m, outer);
	take(m, inner);
	give(m, inner);
	give(m, outer);
	if (m->n == 1)
		m->classes = 1;
	else
		m->classes = m->k == 1 && m->n <= ARRAY_SIZE(known) ? known[m->n - 1] : 0;
	m->verdict = m->n > 1 ? "deadlock,order" : "clean";
}

static void split(struct maker *m, u32 cpu)
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
#define SCOPE(name, ...) name,
#include "sim/exec/scopes.def"
};

static void print_scope(struct maker *m, void (*section)(struct maker *m, u32 cpu))
{
	fprintf(m->f, "depend tickets\nconcurrent\n");
	for (u32 cpu = 0; cpu < m->n; cpu++) {
		fprintf(m->f, "cpu %u\n", cpu);
		for (u32 i = 0; i < m->k; i++)
			section(m, cpu);
	}
	fprintf(m->f, "end\n%sexpect verdict %s\n", m->behind, m->verdict);
	if (m->classes)
		fprintf(m->f, "expect classes %llu\n", (unsigned long long)m->classes);
}

static const char *row_name(u32 i)
{
	return scope_rows[i].name;
}

int scope_named(const char *name, u32 cpus, u32 n_sections, struct scope **out, struct err *e)
{
	const struct scope_row *row = scope_row_by_name(name);
	struct scope_opts o = { .seed = 1 };
	struct maker m = { .verdict = "clean", .behind = "" };
	char hint[80], number[16];
	char *text = NULL;
	size_t len;
	int rc;

	if (!row)
		return err_set(e, ERR_USAGE, "there is no scope '%s'%s (hypsim list scopes)", name,
		               nearest_of(name, n_scope_rows, row_name, hint, sizeof(hint)));
	m.n = cpus ? cpus : row->cpus;
	m.k = n_sections ? n_sections : row->sections;
	snprintf(number, sizeof(number), "%u", m.n);
	rc = ranged(row, "cpus", number, m.n, row->max_cpus, e);
	snprintf(number, sizeof(number), "%u", m.k);
	if (rc == 0)
		rc = ranged(row, "sections", number, m.k, row->max_sections, e);
	if (rc < 0)
		return rc;
	m.f = open_memstream(&text, &len);
	if (!m.f)
		return err_set(e, ERR_MEMORY, "scope %s: no memory for its lines", name);
	print_scope(&m, sections[row - scope_rows]);
	if (fclose(m.f) != 0)
		rc = err_set(e, ERR_MEMORY, "scope %s: no memory for its lines", name);
	errata_defaults(&o.errata);
	if (rc == 0)
		rc = scope_parse(out, name, text, len, &o, e);
	free(text);
	return rc;
}
