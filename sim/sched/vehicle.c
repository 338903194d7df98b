// SPDX-License-Identifier: GPL-2.0-only
#include "sim/sched/vehicle.h"

#include "sim/base/check.h"
#include "sim/sched/baton.h"
#include "sim/sched/fiber.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum standing {
	NOT_BEGUN, /* has ended, or never began */
	BEGUN,     /* to begin when it is switched to */
	INSIDE     /* between its beginning and its end; home always */
};

/* Written by who runs only: what the vehicle does to make memory of one visible to the next holds for these, too. */
struct vehicle {
	u32 n;
	u32 running;
	u32 (*body)(void *arg, u32 i);
	void *arg;
	struct fibers *fibers; /* or NULL */
	struct batons *batons; /* or NULL */
	u8 standing[];         /* [n + 1] enum standing */
};

static const char *const names[VEHICLE_NR] = {
	[VEHICLE_FIBER] = "fiber",
	[VEHICLE_UCONTEXT] = "ucontext",
	[VEHICLE_PTHREAD] = "pthread",
};

const char *vehicle_name(enum vehicle_kind kind)
{
	SIM_ASSERT(kind < VEHICLE_NR);
	return names[kind];
}

enum vehicle_kind vehicle_by_name(const char *name)
{
	for (enum vehicle_kind k = 0; k < VEHICLE_NR; k++)
		if (!strcmp(names[k], name))
			return k;
	return VEHICLE_NR;
}

u32 vehicle_running(const struct vehicle *v)
{
	return v->running;
}

/* Body @i from its beginning to its end, on its own stack. */
static u32 run(void *arg, u32 i)
{
	struct vehicle *v = arg;
	u32 to;

	SIM_ASSERT(v->running == i);
	v->standing[i] = INSIDE;
	to = v->body(v->arg, i);
	SIM_ASSERT(v->running == i);
	v->standing[i] = NOT_BEGUN;
	SIM_ASSERT(to <= v->n);
	SIM_ASSERT(v->standing[to] != NOT_BEGUN);
	v->running = to;
	return to;
}

int vehicle_new(struct vehicle **out, enum vehicle_kind kind, u32 n, u32 (*body)(void *arg, u32 i),
                void *arg, struct err *e)
{
	struct vehicle *v;
	int rc;

	SIM_ASSERT(kind < VEHICLE_NR);
	SIM_ASSERT(n >= 1);
	v = calloc(1, sizeof(*v) + n + 1);
	if (!v)
		return err_host(e, ERR_MEMORY, ENOMEM, "a vehicle for %u CPUs", n);
	v->n = n;
	v->running = n;
	v->body = body;
	v->arg = arg;
	v->standing[n] = INSIDE;
	if (kind == VEHICLE_PTHREAD)
		rc = batons_new(&v->batons, n, run, v, e);
	else
		rc = fibers_new(&v->fibers, n, kind == VEHICLE_UCONTEXT, run, v, e);
	if (rc) {
		free(v);
		return err_wrap(e, "a vehicle for %u CPUs", n);
	}
	*out = v;
	return 0;
}

void vehicle_free(struct vehicle *v)
{
	if (!v)
		return;
	SIM_ASSERT(v->running == v->n);
	for (u32 i = 0; i < v->n; i++)
		SIM_ASSERT(v->standing[i] != INSIDE);
	fibers_free(v->fibers);
	batons_free(v->batons);
	free(v);
}

void vehicle_begin(struct vehicle *v, u32 i)
{
	SIM_ASSERT(v->running == v->n);
	SIM_ASSERT(i < v->n);
	SIM_ASSERT(v->standing[i] != INSIDE);
	v->standing[i] = BEGUN;
	if (v->fibers)
		fibers_begin(v->fibers, i);
}

void vehicle_switch(struct vehicle *v, u32 from, u32 to)
{
	SIM_ASSERT(v->running == from);
	SIM_ASSERT(to <= v->n);
	SIM_ASSERT(v->standing[to] != NOT_BEGUN);
	if (from == to)
		return;
	v->running = to;
	if (v->fibers)
		fibers_switch(v->fibers, from, to);
	else
		batons_switch(v->batons, from, to);
}
