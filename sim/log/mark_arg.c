// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/mark_arg.h"

#include "shmem/obj/regs.h"
#include "sim/base/check.h"
#include "sim/base/errata.h"
#include "sim/log/op.h"
#include "sim/log/panic_reason.h"
#include "sim/log/stuck_rule.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define A(n, t) { #n, MARG_##t, false },
#define R(n, t) { #n, MARG_##t, true },
#define TEXT
#define MARK(name, word, least, args, sentence) \
	static const struct mark_arg args_##name[] = { args{ NULL, MARG_NR, false } };
#include "sim/log/mark.def"
#undef TEXT
#undef A
#undef R

/* The same lists, counted. */
#define A(n, t) +1
#define R(n, t)
#define TEXT
#define MARK(name, word, least, args, sentence) enum { FIXED_##name = 0 args };
#include "sim/log/mark.def"
#undef TEXT
#undef A
#undef R

#define A(n, t)
#define R(n, t) +1
#define TEXT
#define MARK(name, word, least, args, sentence) enum { GROUP_##name = 0 args };
#include "sim/log/mark.def"
#undef TEXT
#undef R

#define R(n, t)
#define TEXT                                    +1
#define MARK(name, word, least, args, sentence) enum { TEXT_##name = 0 args };
#include "sim/log/mark.def"
#undef TEXT
#undef A
#undef R

const struct mark_spec mark_specs[EV_NR] = {
#define MARK(name, word, least, args, sentence) \
	[MARK_##name] = { least, FIXED_##name, GROUP_##name, TEXT_##name, args_##name },
#include "sim/log/mark.def"
};

#define MARK(name, word, least, args, sentence)                          \
	_Static_assert(MARK_##name - EV_END - 1 < MARK_MAY_SKIP, #name); \
	_Static_assert((least) <= FIXED_##name + GROUP_##name, #name);
#include "sim/log/mark.def"

static const char *const expected[MARG_NR] = {
#define TYPE(name, text) [MARG_##name] = text,
#include "sim/log/mark_arg.def"
};

static const struct {
	enum mark_type type;
	const char *word;
	u64 value;
} values[] = {
#define VALUE(type, name, number, word) { MARG_##type, word, number },
#include "sim/log/mark_arg.def"
};

const struct mark_spec *mark_spec(u32 kind)
{
	SIM_ASSERT(event_is_mark(kind) && kind < EV_NR);
	return &mark_specs[kind];
}

const char *mark_text(const struct event *e)
{
	return mark_spec(e->kind)->text && e->args ? (const char *)(e->args + e->n) : "";
}

u32 mark_written(const struct event *e)
{
	const struct mark_spec *s = mark_spec(e->kind);
	u32 n = e->n;

	while (n <= s->fixed && n > s->least && e->args[n - 1] == 0)
		n--;
	return n;
}

const char *mark_expected(enum mark_type type)
{
	return expected[type];
}

/* Address spaces: VMs by number, then context banks. */
static const char *space_word(u64 v, char *buf, size_t size)
{
	if (v < SPACE_BANKS)
		snprintf(buf, size, "VM:%" PRIu64, v);
	else
		snprintf(buf, size, "BANK:%" PRIu64, v - SPACE_BANKS);
	return buf;
}

const char *mark_word(const struct log_config *config, enum mark_type type, u64 v, char *buf,
                      size_t size)
{
	switch (type) {
	case MARG_DEC:
	case MARG_HEX:
		return NULL;
	case MARG_WORK:
		return v < config->n_ops ? config->op_names[v] : NULL;
	case MARG_ATOMIC:
		return v < HYP_OP_NR ? op_function(v) : NULL;
	case MARG_STUCK:
		return v < STUCK_NR ? stuck_name(v) : NULL;
	case MARG_OBJECT:
		return v < ID_END ? obj_name((lk_t)v, buf, size) : NULL;
	case MARG_REG:
		return v < REG_NR ? reg_name((enum reg)v) : NULL;
	case MARG_SPACE:
		return v < SPACE_NR ? space_word(v, buf, size) : NULL;
	case MARG_PANIC:
		return v < PANIC_NR ? panic_name(v) : NULL;
	case MARG_ERRATUM:
		return v < ERRATUM_NR ? erratum_name((enum erratum)v) : NULL;
	case MARG_ENTRY:
	case MARG_MOVE:
	case MARG_STREAM:
	case MARG_ACCESS:
	case MARG_FROM:
	case MARG_WAITS:
	case MARG_ABOUT:
	case MARG_ANSWER:
	case MARG_SIDE:
		break;
	case MARG_NR:
		SIM_UNREACHABLE();
	}
	for (u32 i = 0; i < ARRAY_SIZE(values); i++)
		if (values[i].type == type && values[i].value == v)
			return values[i].word;
	return NULL;
}

/* How many values the type's words can name. */
static u64 count_of(const struct log_config *config, enum mark_type type)
{
	switch (type) {
	case MARG_WORK:
		return config->n_ops;
	case MARG_ATOMIC:
		return HYP_OP_NR;
	case MARG_STUCK:
		return STUCK_NR;
	case MARG_OBJECT:
		return ID_END;
	case MARG_REG:
		return REG_NR;
	case MARG_SPACE:
		return SPACE_NR;
	case MARG_DEC:
	case MARG_HEX:
		return 0;
	case MARG_PANIC:
		return PANIC_NR;
	case MARG_ERRATUM:
		return ERRATUM_NR;
	case MARG_ENTRY:
	case MARG_MOVE:
	case MARG_STREAM:
	case MARG_ACCESS:
	case MARG_FROM:
	case MARG_WAITS:
	case MARG_ABOUT:
	case MARG_ANSWER:
	case MARG_SIDE:
		return ARRAY_SIZE(values);
	case MARG_NR:
		break;
	}
	SIM_UNREACHABLE();
}

bool mark_value(const struct log_config *config, enum mark_type type, const char *word, size_t len,
                u64 *out)
{
	char buf[MARK_WORD];

	for (u64 v = 0; v < count_of(config, type); v++) {
		const char *w = mark_word(config, type, v, buf, sizeof(buf));

		if (!w || strlen(w) != len || memcmp(w, word, len) != 0)
			continue;
		*out = v;
		return true;
	}
	return false;
}

const char *mark_print(const struct log_config *config, enum mark_type type, u64 v, char *buf,
                       size_t size)
{
	const char *w = mark_word(config, type, v, buf, size);

	if (w)
		return w;
	snprintf(buf, size, type != MARG_HEX || v < 10 ? "%" PRIu64 : "0x%" PRIx64, v);
	return buf;
}
