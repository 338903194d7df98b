// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/calls.h"

#include "cpu/say.h"
#include "sim/base/large.h"
#include "sim/base/rng.h"
#include "sim/log/panic_reason.h"
#include "sim/machine/stuck_text.h"

#include <stdio.h>
#include <string.h>
#include <xxhash.h>

static void mark_begin(struct cpu *c, const struct scope_call *call)
{
	const u64 args[] = { 0, call->line };

	if (log_on(c->log))
		log_mark(c->log, MARK_BEGIN, ARRAY_SIZE(args), args);
}

static void mark_stuck(struct cpu *c)
{
	u64 rule = c->stuck.rule;
	char text[256];

	if (!log_on(c->log))
		return;
	log_mark_text(c->log, MARK_STUCK, 1, &rule, stuck_call(&c->stuck, text, sizeof(text)));
}

static u64 who_runs(const struct cpu *c)
{
	return mix64((u64)c->cur_vmid << 32 | c->cur_vcpuid << 1 | c->ihost);
}

static u64 hash_regs(const struct cpu *c)
{
	return XXH3_64bits_withSeed(c->regs.r, sizeof(c->regs.r), who_runs(c));
}

static __attribute__((noinline)) u64 hash_regs_as(const struct cpu *c, struct regs_hash *last)
{
	u64 who = who_runs(c);

	if (last->known && last->who == who && memcmp(&last->regs, &c->regs, sizeof(c->regs)) == 0)
		return last->hash;
	copy_large(&last->regs, &c->regs, sizeof(c->regs));
	last->who = who;
	last->hash = hash_regs(c);
	last->known = true;
	return last->hash;
}

void calls_make(struct cpu *c, const struct scope_call *call, bool *open, struct regs_hash *last,
                struct called *out)
{
	for (u32 i = 0; i < call->n_regs; i++) {
		c->regs.r[call->reg[i]] = call->value[i];
		say_touch_regs(c, reg_block((enum reg)call->reg[i]));
	}
	if (!*open)
		mark_begin(c, call);
	*open = true;
	clear_large(out, sizeof(*out));
	out->made = true;
	out->did.gives = call->prim->returns;
	out->did.outcome = prim_run(c, call->prim, call->args, &out->did.value);
	switch (out->did.outcome) {
	case OUT_OK:
		if (call->prim->family == PRIM_HYP)
			out->regs = last ? hash_regs_as(c, last) : hash_regs(c);
		if (!cpu_held(c)) {
			if (log_on(c->log))
				log_mark(c->log, MARK_END_OP, out->did.gives, &out->did.value);
			*open = false;
		}
		return;
	case OUT_STUCK:
		out->did.rule = c->stuck.rule;
		mark_stuck(c);
		*open = false;
		return;
	case OUT_PANIC:
		if (c->panicked)
			out->did.panic = c->panic;
		else
			calls_left(c, false);
		*open = false;
		return;
	case OUT_STOPPED:
		return;
	}
}

void calls_left(struct cpu *c, bool deadlock)
{
	u64 rule = STUCK_DEADLOCK;

	if (!log_on(c->log))
		return;
	if (deadlock)
		log_mark_text(c->log, MARK_STUCK, 1, &rule, "");
	else
		log_mark(c->log, MARK_STOPPED, 0, NULL);
}

bool calls_keep_regs(const struct scope_calls *calls)
{
	for (u32 i = 0; i < calls->n; i++) {
		const struct scope_call *call = &calls->v[i];

		switch ((u32)call->prim->family) {
		case PRIM_LOCK:
		case PRIM_PULL:
		case PRIM_PUSH:
		case PRIM_LOCKS:
		case PRIM_GETTER:
		case PRIM_SETTER:
			if (call->n_regs == 0)
				continue;
		}
		return false;
	}
	return true;
}

bool called_left(const struct called *c)
{
	return c->did.outcome == OUT_STOPPED ||
	       (c->did.outcome == OUT_PANIC && c->did.panic.reason == PANIC_NONE);
}

const char *called_print(const struct called *c, char *buf, size_t size)
{
	if (!c->made)
		snprintf(buf, size, "not made");
	else if (c->did.outcome == OUT_STOPPED)
		snprintf(buf, size, "cut");
	else if (called_left(c))
		snprintf(buf, size, "left");
	else
		scope_outcome_print(&c->did, buf, size);
	return buf;
}
