// SPDX-License-Identifier: GPL-2.0-only
#include "tests/kit_seeded.h"

#include "cpu/point.h"
#include "lock/barrier.h"
#include "lock/wait.h"
#include "lock/word.h"
#include "shmem/fields.h"
#include "shmem/locks.h"
#include "shmem/npt.h"
#include "shmem/shared.h"
#include "shmem/tlb.h"
#include "sim/base/vec.h"
#include "sim/hyp/user.h"

#include <stdio.h>

enum { BROKEN = S2PAGE_ID };

static u64 take_ticket(struct cpu *c, enum broken_how how)
{
	u64 *w = &c->locks->lock[BROKEN].word, word;

	if (how != LOAD_AND_STORE)
		return word_inc_ticket(w);
	word = word_get_now(w);
	point(c, POINT_WORD, BROKEN);
	*w = word + (1ull << 32);
	return word;
}

static void wait_for(struct cpu *c, enum broken_how how, u32 ticket)
{
	u32 first = ticket - (how == ENTERS_EARLY);

	point(c, POINT_QUEUED, BROKEN);
	pub_store(&c->pub.waits, waits_of(BROKEN, ticket));
	for (;;) {
		u64 word = word_get_now(&c->locks->lock[BROKEN].word);

		if (log_on(c->log))
			log_get_now(c->log, BROKEN, word);
		if (word_now(word) == ticket || word_now(word) == first)
			break;
		c->control->await(c, BROKEN, ticket);
		cpu_look(c);
	}
	pub_store(&c->pub.waits, 0);
}

static void section(struct cpu *c, enum broken_how how)
{
	u64 word;

	point(c, POINT_TICKET, BROKEN);
	cpu_look(c);
	word = take_ticket(c, how);
	if (log_on(c->log))
		log_inc_ticket(c->log, BROKEN, word, c->bound);
	wait_for(c, how, word_ticket(word));
	log_hold(c, BROKEN);
	barrier(c);
	c->lock[BROKEN] = LOCK_OWN;
	c->served[BROKEN] = word_ticket(word);
	pub_store(&c->pub.held, cpu_held(c) | 1ull << BROKEN);
	point(c, POINT_HOLD, BROKEN);
	acquire_shared(c, BROKEN);
	release_shared_s2page(c);
	pass_lock(c, BROKEN);
}

static u64 do_section(struct cpu *c, const u64 *a)
{
	section(c, (enum broken_how)a[0]);
	return 0;
}

/* Two looks without the lock at what a section writes: whose page 0 is, and how many it is shared with. */
static u64 do_look_twice(struct cpu *c, const u64 *a)
{
	u32 owner = peek_s2_page_vmid(c, 0), again;

	again = a[0] ? peek_s2_page_count(c, 0) : peek_s2_page_vmid(c, 0);
	return owner != again;
}

static u64 do_write_both(struct cpu *c, const u64 *a)
{
	acquire_lock_s2page(c);
	set_s2_page_vmid(c, 0, (u32)a[0]);
	set_s2_page_count(c, 0, (u32)a[0]);
	release_lock_s2page(c);
	return 0;
}

/* The host loads a page of its own, if it may. */
static u64 do_load(struct cpu *c, const u64 *a)
{
	return mem_access(c, ACCESS_LOAD, a[0], 3).how;
}

static u64 do_take(struct cpu *c, const u64 *a)
{
	acquire_lock_pt(c, HOSTVISOR);
	pt_store(c, HOSTVISOR, a[1], 0);
	tlb_invalidate_begin(c, HOSTVISOR, PAGE);
	if (a[0] == WAITS)
		tlb_invalidate_wait(c);
	release_lock_pt(c, HOSTVISOR);
	if (a[0] == WAITS_LATE)
		tlb_invalidate_wait(c);
	return 0;
}

static const struct prim seeds[SEEDED] = {
	[SECTION] = { .name = "section", .family = PRIM_HYP, .n_args = 1, .call = do_section },
	[LOOK_TWICE] = { .name = "look_twice",
	                 .family = PRIM_HYP,
	                 .n_args = 1,
	                 .returns = true,
	                 .call = do_look_twice },
	[WRITE_BOTH] = { .name = "write_both",
	                 .family = PRIM_HYP,
	                 .n_args = 1,
	                 .call = do_write_both },
	/* By its name it is an access. */
	[LOAD] = { .name = "mem_load",
	           .family = PRIM_HYP,
	           .n_args = 1,
	           .returns = true,
	           .call = do_load },
	[TAKE] = { .name = "take", .family = PRIM_HYP, .n_args = 2, .call = do_take },
};

void seed(struct scope *s, u32 cpu, enum seeded what, u64 a, u64 b)
{
	struct scope_call call = { .cpu = cpu, .prim = &seeds[what], .args = { a, b } };

	snprintf(call.text, sizeof(call.text), "%s %llu", seeds[what].name, (unsigned long long)a);
	vec_push(&s->program[cpu], call);
	if (cpu >= s->cpus)
		s->cpus = cpu + 1;
}
