// SPDX-License-Identifier: GPL-2.0-only
/* Values from outside, as the log has them. */
#include "sim/log/mark_arg.h"
#include "sim/rerun/rerun_types.h"

#include <stdlib.h>

/* Arguments of the mark OUTSIDE. */
enum { SAID_STREAM, SAID_VMID, SAID_N, SAID_COUNT, SAID_VALUES };

static int by_number(const void *a, const void *b)
{
	const struct given *x = a, *y = b;

	if (x->vmid != y->vmid)
		return x->vmid < y->vmid ? -1 : 1;
	return x->n < y->n ? -1 : x->n > y->n;
}

/* The event of flat memory that the CPU is about to make: the next one of its stream. */
static const struct event *next_flat(const struct rerun *r, u32 cpu)
{
	const struct recorded_cpu *rec = &r->rec->cpu[cpu];

	for (u32 i = r->cpu[cpu].seen; i < rec->event.n; i++)
		if (rec->event.v[i].kind == EV_OFLATMEM)
			return &rec->event.v[i];
	return NULL;
}

/* What the frame holds behind the event: what its differences say, or what it held. */
static u64 fetched(const struct rerun *r, u64 pfn)
{
	const struct event *e = next_flat(r, r->runs);
	const struct obj *o = &r->m->shared.obj[FLATMEM_ID];

	for (u32 i = 0; e && i < e->n; i++)
		if (e->diffs[i].first <= pfn && pfn <= e->diffs[i].last && !e->diffs[i].oracle)
			return e->diffs[i].new;
	return obj_get(o, F_FLATMEM_flatmem, pfn);
}

static u64 data_value(const struct params *p, vmid_t vmid, u64 n)
{
	struct rerun *r = p->arg;
	struct given key = { .vmid = vmid, .n = n };
	const struct given *g =
		r->given.n ? bsearch(&key, r->given.v, r->given.n, sizeof(key), by_number) : NULL;

	r->out->values++;
	if (g)
		return g->value;
	/* The values of a change of flat memory are asked one after the other. */
	return fetched(r, r->cpu[r->runs].fetch_at++);
}

/* The next value that the log gives to the CPU that runs, of a stream. */
static u64 next_of(struct rerun *r, u32 stream, const char *name)
{
	const struct recorded_cpu *rec = &r->rec->cpu[r->runs];
	u32 *at = &r->cpu[r->runs].gave[stream];

	while (*at < rec->event.n) {
		const struct event *e = &rec->event.v[(*at)++];

		if (e->kind == MARK_OUTSIDE && e->args[SAID_STREAM] == stream &&
		    e->n > SAID_VALUES) {
			r->out->values++;
			return e->args[SAID_VALUES];
		}
	}
	if (rec->left != NO_PLACE)
		rerun_leave(&r->m->cpu[r->runs]);
	(void)rerun_compare(r, r->runs);
	rerun_differs(r, r->runs, "asks for a value from outside (%s)", name);
	return 0;
}

static u64 core_value(const struct params *p, cpu_t cpu, vmid_t vmid, u64 n)
{
	(void)cpu;
	(void)vmid;
	(void)n;
	return next_of(p->arg, MV_STREAM_CORE, "core");
}

static u32 image_value(const struct params *p, cpu_t cpu, vmid_t vmid, u64 addr)
{
	(void)cpu;
	(void)vmid;
	(void)addr;
	return (u32)next_of(p->arg, MV_STREAM_VERIFY_IMAGE, "verify_image");
}

static u64 reg_value(const struct params *p, u32 index)
{
	(void)index;
	return next_of(p->arg, MV_STREAM_REG_DESC, "reg_desc");
}

static u64 vector_value(const struct params *p, u64 pstate)
{
	(void)pstate;
	return next_of(p->arg, MV_STREAM_VECTOR, "exception_vector");
}

static void find_given(struct rerun *r)
{
	r->given.n = 0;
	for (u32 c = 0; c < r->cpus; c++) {
		const struct recorded_cpu *rec = &r->rec->cpu[c];

		for (u32 i = 0; i < rec->event.n; i++) {
			const struct event *e = &rec->event.v[i];

			if (e->kind != MARK_OUTSIDE ||
			    (e->args[SAID_STREAM] != MV_STREAM_DATA &&
			     e->args[SAID_STREAM] != MV_STREAM_DATA_PEEK))
				continue;
			for (u32 k = SAID_VALUES; k < e->n; k++)
				vec_push(&r->given,
				         ((struct given){ (u32)e->args[SAID_VMID],
				                          e->args[SAID_N] + k - SAID_VALUES,
				                          e->args[k] }));
		}
	}
	if (r->given.n)
		qsort(r->given.v, r->given.n, sizeof(*r->given.v), by_number);
}

void rerun_outside_begin(struct rerun *r)
{
	struct params *p = &r->m->model;

	*p = r->keyed;
	p->arg = r;
	p->verify_img = image_value;
	if (r->rec->data_given) {
		find_given(r);
		p->doracle = data_value;
	}
	if (r->rec->core_given)
		p->core_doracle = core_value;
	if (r->rec->reg_given)
		p->reg_desc = reg_value;
	if (r->rec->vector_given)
		p->exception_vector = vector_value;
}
