// SPDX-License-Identifier: GPL-2.0-only
#include "sim/exec/scope.h"

/**
 * struct printer
 * @cpu: whose calls the next lines are
 */
struct printer {
	FILE *f;
	const struct scope *s;
	u32 cpu;
};

static void say_cpu(struct printer *p, u32 cpu)
{
	if (p->cpu != cpu)
		fprintf(p->f, "cpu %u\n", cpu);
	p->cpu = cpu;
}

/* What is fed before call number @call of a part; of concurrent to @cpu. */
static void print_feeds(struct printer *p, enum scope_part part, u32 cpu, u32 call)
{
	const struct scope *s = p->s;

	for (u32 i = 0; i < s->n_feeds; i++) {
		const struct scope_feed *f = &s->feed[i];

		if (f->part == part && f->cpu == cpu && f->call == call)
			fprintf(p->f, "feed %s %u 0x%llx\n", f->core ? "core" : "data", f->vmid,
			        (unsigned long long)f->value);
	}
}

static void print_expects(struct printer *p, const struct scope_expect *expect, u32 n)
{
	for (u32 i = 0; i < n; i++)
		fprintf(p->f, "expect %s\n", expect[i].text);
}

static void print_looks(struct printer *p, u32 call)
{
	const struct scope *s = p->s;

	for (u32 i = 0; i < s->n_looks; i++) {
		if (s->look[i].call != call)
			continue;
		fprintf(p->f, "%s\n", s->look[i].cell.text);
		print_expects(p, s->look[i].expect, s->look[i].n_expects);
	}
}

static void print_calls(struct printer *p, enum scope_part part, u32 cpu,
                        const struct scope_calls *calls)
{
	for (u32 i = 0; i < calls->n; i++) {
		const struct scope_call *c = &calls->v[i];

		print_feeds(p, part, cpu, i);
		if (part == SCOPE_BEHIND)
			print_looks(p, i);
		say_cpu(p, c->cpu);
		fprintf(p->f, "%s\n", c->text);
		print_expects(p, c->expect, c->n_expects);
	}
	print_feeds(p, part, cpu, calls->n);
	if (part == SCOPE_BEHIND)
		print_looks(p, calls->n);
}

/* Is it the CPU's that anything is said of in concurrent? */
static bool has_program(const struct scope *s, u32 cpu)
{
	for (u32 i = 0; i < s->n_feeds; i++)
		if (s->feed[i].part == SCOPE_CONCURRENT && s->feed[i].cpu == cpu)
			return true;
	return s->program[cpu].n > 0;
}

/* One more than the highest number that a CPU has in the calls. */
static u32 cpus_named(const struct scope *s)
{
	const struct scope_calls *const parts[] = { &s->before, &s->after };
	u32 n = 1;

	for (u32 i = 0; i < ARRAY_SIZE(parts); i++)
		for (u32 k = 0; k < parts[i]->n; k++)
			n = parts[i]->v[k].cpu >= n ? parts[i]->v[k].cpu + 1 : n;
	for (u32 i = n; i < s->cpus; i++)
		n = has_program(s, i) ? i + 1 : n;
	return n;
}

static void print_machine(struct printer *p)
{
	const struct scope *s = p->s;
	struct errata dflt;

	if (s->depend != DEPEND_DEFAULT)
		fprintf(p->f, "depend %s\n", s->depend == DEPEND_TICKETS ? "tickets" : "cells");
	if (s->grain != GRAIN_DEFAULT)
		fprintf(p->f, "grain %s\n", scope_grain_name(s->grain));
	if (s->checks.text[0])
		fprintf(p->f, "checks %s\n", s->checks.text);
	errata_defaults(&dflt);
	for (u32 i = 0; i < ERRATUM_NR; i++)
		if (errata_differ(&s->errata, &dflt, i))
			fprintf(p->f, "erratum %s %s\n", erratum_name(i),
			        errata_published(&s->errata, i) ? "published" : "intended");
	if (s->pages)
		fprintf(p->f, "boot %llu\n", (unsigned long long)s->pages);
	if (s->tlb)
		fprintf(p->f, "set tlb 1\n");
	for (u32 i = 0; i < s->n_cells; i++)
		fprintf(p->f, "%s\n", s->cell[i].text);
	/* CPUs that make no call are there as well. */
	if (cpus_named(s) < s->cpus)
		fprintf(p->f, "cpu %u\ncpu 0\n", s->cpus - 1);
}

void scope_print(FILE *f, const struct scope *s)
{
	struct printer p = { .f = f, .s = s };

	print_machine(&p);
	print_calls(&p, SCOPE_BEFORE, SCOPE_ANY_CPU, &s->before);
	fprintf(f, "concurrent\n");
	for (u32 i = 0; i < s->cpus; i++) {
		if (!has_program(s, i))
			continue;
		fprintf(f, "cpu %u\n", i);
		p.cpu = i;
		print_calls(&p, SCOPE_CONCURRENT, i, &s->program[i]);
	}
	fprintf(f, "end\n");
	p.cpu = 0;
	print_calls(&p, SCOPE_BEHIND, SCOPE_ANY_CPU, &s->after);
	if (s->verdict[0])
		fprintf(f, "expect verdict %s\n", s->verdict);
	if (s->has_classes)
		fprintf(f, "expect classes %llu\n", (unsigned long long)s->classes);
}
