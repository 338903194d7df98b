// SPDX-License-Identifier: GPL-2.0-only
/* The programs of a scope that is drawn, behind its start, and the scope. */
#include "scenarios/clash_alone.h"
#include "sim/base/check.h"
#include "sim/base/vec.h"
#include "sim/explore/drawn.h"
#include "sim/explore/drawn_types.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SCOPE_SEED = 1, /* of the oracles of the machine on which a scope is explored */
	NOBODY_YET = -1,
	PERCENT = 100,
};

/* In a program: whoever runs a vCPU for the first time has an entry point that lies in its image. */
static void add_program(struct drawer *d, u32 cpu)
{
	u64 n = (u64)(cpu * DRAWN_MAX_OPS + d->n[cpu]) * DRAWN_VCPU_VALUES;

	if (drawn_runs_first(d))
		drawn_feed(d, &d->program[cpu], (vmid_t)d->now.args[RUN_VMID], n,
		           DRAWN_VCPU_VALUES);
	drawn_add_op(d, &d->program[cpu]);
}

/* As it was behind what comes before. */
static void go_back(struct drawer *d)
{
	machine_undo_run(d->undo, ~0ull >> (64 - d->cpus), ~0ull);
	kit_return(d->kit, d->kept);
	for (u32 i = 0; i < d->cpus; i++) {
		d->m->cpu[i].stats = d->stats[i];
		d->program[i].n = 0;
	}
	memcpy(d->rng, d->base_rng, sizeof(d->rng));
	memcpy(d->n, d->base_n, sizeof(d->n));
}

static void draw(struct drawer *d, u64 seed)
{
	struct rng meet = { .s = mix_key(seed, MIX_CHOICE, ~0ull, d->cpus) };
	enum made how = MADE;
	int last = NOBODY_YET;

	SIM_ASSERT(drawer_starts(d, seed));
	go_back(d);
	for (u32 i = 0; i < d->cpus && drawn_is_clash(d); i++)
		d->rng[i].s = mix_key(seed, MIX_CHOICE, ~0ull, i);
	for (u32 i = 0; i < d->ops * d->cpus && how != MADE_LAST; i++) {
		u32 cpu = i % d->cpus;

		if (drawn_is_clash(d) && last != NOBODY_YET && rng_below(&meet, PERCENT) < d->dates)
			clash_alone_come(&d->kit->cpu[cpu], &d->kit->cpu[last]);
		how = drawn_make(d, cpu);
		if (how == MADE_OVER)
			return;
		if (how == MADE_NOT)
			continue;
		last = (int)cpu;
		add_program(d, cpu);
	}
}

static void put_programs(FILE *f, const struct drawer *d)
{
	fprintf(f, "concurrent\n");
	for (u32 i = 0; i < d->cpus; i++)
		fprintf(f, "cpu %u\n%.*s", i, (int)d->program[i].n, d->program[i].v);
	fprintf(f, "end\n");
}

static int parse(struct drawer *d, const char *name, bool whole, struct scope **out, struct err *e)
{
	struct scope_opts so = { .cpus = d->cpus, .seed = SCOPE_SEED, .errata = d->errata };
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	int rc;

	if (!f)
		return err_set(e, ERR_MEMORY, "scope %s: no memory for its lines", name);
	if (whole)
		fprintf(f, "boot %llu\n%.*s", (unsigned long long)d->kit->board.n_pages,
		        (int)d->start.n, d->start.v);
	put_programs(f, d);
	rc = fclose(f) ? err_set(e, ERR_MEMORY, "scope %s: no memory for its lines", name) : 0;
	if (rc == 0)
		rc = scope_parse(out, name, text, len, &so, e);
	free(text);
	return rc;
}

static char *text_of(const struct scope *s)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	scope_print(f, s);
	if (fclose(f) == 0)
		return text;
	free(text);
	return NULL;
}

int drawer_scope(struct drawer *d, u64 seed, struct scope **out, struct err *e)
{
	struct scope_opts so = { .cpus = d->cpus, .seed = SCOPE_SEED };
	struct scope *s;
	char name[160], *text;
	int rc;

	draw(d, seed);
	drawer_name(d, seed, name, sizeof(name));
	rc = parse(d, name, true, &s, e);
	if (rc < 0)
		return rc;
	s->tlb = d->o.tlb;
	s->grain = d->o.grain;
	/* Its lines are those of the file that it is when it is printed. */
	text = text_of(s);
	scope_free(s);
	errata_defaults(&so.errata);
	if (!text)
		return err_set(e, ERR_MEMORY, "scope %s: no memory for its lines", name);
	rc = scope_parse(out, name, text, strlen(text), &so, e);
	free(text);
	return rc;
}

/* The programs of @from, and what is fed in them, become those of @to. */
static void take_programs(struct scope *to, struct scope *from)
{
	u32 n = 0;

	while (n < to->n_feeds && to->feed[n].part == SCOPE_BEFORE)
		n++;
	to->n_feeds = n;
	for (u32 i = 0; i < from->n_feeds; i++) {
		if (to->n_feeds == to->cap_feeds)
			to->feed = vec_grow(to->feed, &to->cap_feeds, sizeof(*to->feed));
		to->feed[to->n_feeds++] = from->feed[i];
	}
	for (u32 i = 0; i < to->cpus; i++) {
		struct scope_calls had = to->program[i];

		to->program[i] = from->program[i];
		from->program[i] = had;
	}
}

void drawer_redraw(struct drawer *d, u64 seed, struct scope *io)
{
	struct scope *s;
	struct err e;
	int rc;

	draw(d, seed);
	rc = parse(d, io->name, false, &s, &e);
	if (rc < 0)
		sim_bug(__FILE__, __LINE__, e.msg);
	take_programs(io, s);
	scope_free(s);
}

int drawn_scope(struct scope **out, const struct drawn_opts *o, struct err *e)
{
	struct drawer *d;
	int rc = drawer_new(&d, o, e);

	if (rc < 0)
		return rc;
	rc = drawer_scope(d, o->seed, out, e);
	drawer_free(d);
	return rc;
}
