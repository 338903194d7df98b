// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/calls.h"

#include "cpu/say.h"
#include "sim/log/panic_reason.h"
#include "sim/machine/stuck_text.h"

#include <stdio.h>
#include <string.h>

static void mark_begin(struct cpu *c, const struct scope_call *call)
{
	const u64 args[] = { 0, call->line };

	log_mark(c->log, MARK_BEGIN, ARRAY_SIZE(args), args);
}

static void mark_stuck(struct cpu *c)
{
	u64 rule = c->stuck.rule;
	char text[256];

	log_mark_text(c->log, MARK_STUCK, 1, &rule, stuck_call(&c->stuck, text, sizeof(text)));
}

void calls_make(struct cpu *c, const struct scope_call *call, bool *open, struct called *out)
{
	for (u32 i = 0; i < call->n_regs; i++) {
		c->regs.r[call->reg[i]] = call->value[i];
		say_touch_regs(c, reg_block((enum reg)call->reg[i]));
	}
	if (!*open)
		mark_begin(c, call);
	*open = true;
	*out = (struct called){ .made = true };
	out->outcome = prim_run(c, call->prim, call->args, &out->value);
	switch (out->outcome) {
	case OUT_OK:
		if (!cpu_held(c)) {
			log_mark(c->log, MARK_END_OP, call->prim->returns, &out->value);
			*open = false;
		}
		return;
	case OUT_STUCK:
		out->rule = c->stuck.rule;
		mark_stuck(c);
		*open = false;
		return;
	case OUT_PANIC:
		if (c->panicked)
			out->panic = c->panic;
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

	if (deadlock)
		log_mark_text(c->log, MARK_STUCK, 1, &rule, "");
	else
		log_mark(c->log, MARK_STOPPED, 0, NULL);
}

bool calls_as_expected(const struct scope_call *call, const struct scope_expect *e,
                       const struct called *out)
{
	switch (e->kind) {
	case EXPECT_OK:
		return out->outcome == OUT_OK;
	case EXPECT_VALUE:
		return out->outcome == OUT_OK && call->prim->returns && out->value == e->value;
	case EXPECT_STUCK:
		return out->outcome == OUT_STUCK && (e->rule == STUCK_NONE || e->rule == out->rule);
	case EXPECT_PANIC:
		return out->outcome == OUT_PANIC &&
		       (e->reason == PANIC_NONE || e->reason == out->panic.reason) &&
		       (e->n == 0 || memcmp(e->values, out->panic.values, e->n * sizeof(u64)) == 0);
	}
	return false;
}

static int put_number(char *buf, size_t size, const char *before, u64 v)
{
	return snprintf(buf, size, v < 10 ? "%s%llu" : "%s0x%llx", before, (unsigned long long)v);
}

const char *called_print(const struct scope_call *call, const struct called *out, char *buf,
                         size_t size)
{
	size_t at;

	if (!out->made) {
		snprintf(buf, size, "not made");
	} else if (out->outcome == OUT_STOPPED) {
		snprintf(buf, size, "cut");
	} else if (out->outcome == OUT_STUCK) {
		snprintf(buf, size, "stuck %s", stuck_name(out->rule));
	} else if (out->outcome == OUT_PANIC && out->panic.reason == PANIC_NONE) {
		snprintf(buf, size, "left");
	} else if (out->outcome == OUT_PANIC) {
		at = (size_t)snprintf(buf, size, "panic %s", panic_name(out->panic.reason));
		for (u32 i = 0; i < out->panic.n && at < size; i++)
			at += (size_t)put_number(buf + at, size - at, " ", out->panic.values[i]);
	} else if (call->prim->returns) {
		put_number(buf, size, "", out->value);
	} else {
		snprintf(buf, size, "ok");
	}
	return buf;
}
