// SPDX-License-Identifier: GPL-2.0-only
#include "tests/conform/tokens.h"

#include "sim/base/vec.h"

#include <stdio.h>
#include <string.h>

static const char letters[EV_END] = {
	[EV_INC_TICKET] = 'I', [EV_GET_NOW] = 'G',   [EV_HOLD_LOCK] = 'H', [EV_INC_NOW] = 'N',
	[EV_CAS_TICKET] = 'C', [EV_WAIT_LOCK] = 'W', [EV_REL_LOCK] = 'R',  [EV_OPULL] = 'P',
	[EV_OCORE_DATA] = 'D', [EV_OS2_PAGE] = 'S',  [EV_ONPT] = 'T',      [EV_OVMINFO] = 'V',
	[EV_OSPT] = 'U',       [EV_OSMMU] = 'M',     [EV_OFLATMEM] = 'F',
};

enum event_kind event_of_letter(char letter)
{
	u32 kind = EV_NONE + 1;

	while (kind < EV_END && letters[kind] != letter)
		kind++;
	return kind < EV_END ? (enum event_kind)kind : EV_NONE;
}

/* Decimal digits up to the first other character; false when there are none or the number is above @max. */
static bool number(const char **at, u64 max, u64 *out)
{
	const char *p = *at;
	u64 v = 0;

	for (; *p >= '0' && *p <= '9'; p++) {
		v = v * 10 + (u64)(*p - '0');
		if (v > max)
			return false;
	}
	if (p == *at)
		return false;
	*at = p;
	*out = v;
	return true;
}

static bool token(const char **at, struct event *out)
{
	u64 cpu, arg = 0;
	u32 kind;

	if (!number(at, MAX_CPU - 1, &cpu))
		return false;
	kind = event_of_letter(**at);
	if (kind == EV_NONE)
		return false;
	++*at;
	if (event_arg(kind) != ARG_NONE && !number(at, UINT32_MAX, &arg))
		return false;
	*out = cal_event((enum event_kind)kind, (cpu_t)cpu, (u32)arg);
	return **at == ' ' || **at == '\0';
}

int tokens_parse(const char *text, struct cal_events *out, struct err *e)
{
	const char *at = text;
	struct event ev;
	u32 n = 0;

	if (*text == '\0')
		return 0;
	for (;;) {
		const char *begin = at;

		n++;
		if (!token(&at, &ev))
			return err_set(e, ERR_VECTOR,
			               "token %u: expected a CPU below 64, one of IGHNCWRPDSTVUMF "
			               "and the argument of I, W and P, found \"%.*s\"",
			               n, (int)strcspn(begin, " "), begin);
		vec_push(out, ev);
		if (*at == '\0')
			return 0;
		at++;
	}
}

char *tokens_print(const struct cal_events *ev)
{
	size_t size = 32 * (size_t)ev->n + 1;
	char *text = xcalloc(size, 1), *at = text;

	for (u32 i = 0; i < ev->n; i++) {
		const struct event *e = &ev->v[i];

		at += sprintf(at, "%s%u%c", i ? " " : "", e->cpu, letters[e->kind]);
		if (event_arg(e->kind) != ARG_NONE)
			at += sprintf(at, "%u", e->arg);
	}
	return text;
}
