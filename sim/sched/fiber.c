// SPDX-License-Identifier: GPL-2.0-only
#include "sim/sched/fiber.h"

#include "sim/base/check.h"
#include "sim/sched/context.h"
#include "sim/sched/sanitize.h"
#include "sim/sched/stack.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

/* A frame that is larger than a page steps over a guard of one. */
enum { GUARD = 64 * 1024 };

/*
 * The tops of stacks that lie a multiple of 4 KiB apart would have the same few lines of a cache: each begins a bit lower than
 * the one before it, modulo a page.
 */
enum { STAGGER = 576, STAGGERS = 7 };

/**
 * struct fiber - one body, or home
 * @edge: ThreadSanitizer's name for the order of home and this body's beginning
 * @map:  guard and stack; NULL: home
 */
struct fiber {
#if CONTEXT_NATIVE
	struct context context;
#endif
	struct sanitized sanitized;
	struct fibers *all;
	u32 i;
	char edge;
	char *map;
	ucontext_t portable;
};

/**
 * struct fibers - those of one vehicle
 * @ended: ThreadSanitizer's name for the order of bodies' ends and home
 * @f:     [n + 1] home last
 */
struct fibers {
	u32 n;
	bool portable;
	char ended;
	u32 (*run)(void *arg, u32 i);
	void *arg;
	struct fiber f[];
};

static void swap(struct fiber *from, struct fiber *to, bool ended)
{
	struct fibers *all = from->all;

	sanitized_leave(&from->sanitized, &to->sanitized, ended);
#if CONTEXT_NATIVE
	if (likely(!all->portable))
		context_switch(&from->context, &to->context);
	else
#endif
		swapcontext(&from->portable, &to->portable);
	sanitized_arrive(&from->sanitized, &all->f[all->n].sanitized);
}

/*
 * One function for all switches, so that each returns to the same place (context_x86_64.c).  A body that has ended waits in the
 * loop of fiber_main() until it is switched to again, which is its next beginning.
 */
static __attribute__((noinline)) void leave(struct fiber *from, struct fiber *to, bool ended)
{
	struct fibers *all = from->all;

	swap(from, to, ended);
	if (from->i == all->n)
		sanitized_acquire(&all->ended);
}

static void fiber_main(void *arg)
{
	struct fiber *self = arg;
	struct fibers *all = self->all;
	u32 to;

	sanitized_arrive(&self->sanitized, &all->f[all->n].sanitized);
	for (;;) {
		sanitized_acquire(&self->edge);
		to = all->run(all->arg, self->i);
		sanitized_release(&all->ended);
		leave(self, &all->f[to], true);
	}
}

/* makecontext() passes numbers of 32 bits. */
static void portable_main(u32 high, u32 low)
{
	fiber_main((void *)((uintptr_t)high << 16 << 16 | low));
}

static void make_context(struct fiber *f)
{
	char *bottom = f->map + GUARD;
	size_t size = VEHICLE_STACK - f->i % STAGGERS * STAGGER;
	uintptr_t self = (uintptr_t)f;

	sanitized_new(&f->sanitized, bottom, VEHICLE_STACK);
#if CONTEXT_NATIVE
	if (!f->all->portable) {
		context_make(&f->context, bottom + size, fiber_main, f);
		return;
	}
#endif
	getcontext(&f->portable);
	f->portable.uc_stack.ss_sp = bottom;
	f->portable.uc_stack.ss_size = size;
	f->portable.uc_link = NULL;
	makecontext(&f->portable, (void (*)(void))portable_main, 2, (u32)(self >> 16 >> 16),
	            (u32)self);
}

static int map_stack(struct fiber *f, struct err *e)
{
	char *map = mmap(NULL, GUARD + VEHICLE_STACK, PROT_NONE,
	                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);

	if (map == MAP_FAILED)
		return err_host(e, ERR_MEMORY, errno, "stack of CPU %u", f->i);
	f->map = map;
	if (mprotect(map + GUARD, VEHICLE_STACK, PROT_READ | PROT_WRITE))
		return err_host(e, ERR_MEMORY, errno, "stack of CPU %u", f->i);
	return 0;
}

int fibers_new(struct fibers **out, u32 n, bool portable, u32 (*run)(void *arg, u32 i), void *arg,
               struct err *e)
{
	struct fibers *all = calloc(1, sizeof(*all) + (n + 1) * sizeof(all->f[0]));
	int rc;

	if (!all)
		return err_host(e, ERR_MEMORY, ENOMEM, "fibers");
	all->n = n;
	all->portable = portable || !CONTEXT_NATIVE;
	all->run = run;
	all->arg = arg;
	for (u32 i = 0; i <= n; i++) {
		all->f[i].all = all;
		all->f[i].i = i;
	}
	sanitized_home(&all->f[n].sanitized);
	for (u32 i = 0; i < n; i++) {
		rc = map_stack(&all->f[i], e);
		if (rc) {
			fibers_free(all);
			return rc;
		}
		make_context(&all->f[i]);
	}
	*out = all;
	return 0;
}

void fibers_free(struct fibers *all)
{
	if (!all)
		return;
	for (u32 i = 0; i < all->n; i++) {
		if (!all->f[i].map)
			continue;
		sanitized_free(&all->f[i].sanitized);
		munmap(all->f[i].map, GUARD + VEHICLE_STACK);
	}
	free(all);
}

void fibers_begin(struct fibers *all, u32 i)
{
	sanitized_release(&all->f[i].edge);
}

void fibers_switch(struct fibers *all, u32 from, u32 to)
{
	leave(&all->f[from], &all->f[to], false);
}
