// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/event.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	enum event_family family;
	enum event_arg arg;
} rows[EV_NR] = {
#define EVENT(n, f, a, s) [EV_##n] = { #n, FAM_##f, ARG_##a },
#include "sim/log/event.def"
#define MARK(n, w, l, a, s) [MARK_##n] = { #w, FAM_MARK, ARG_NONE },
#include "sim/log/mark.def"
};

const char *event_name(u32 kind)
{
	return kind < EV_NR && rows[kind].name ? rows[kind].name : "?";
}

static enum event_kind by_name(const char *name, size_t len, u32 from, u32 to)
{
	for (u32 k = from; k < to; k++)
		if (strlen(rows[k].name) == len && memcmp(rows[k].name, name, len) == 0)
			return (enum event_kind)k;
	return EV_NONE;
}

enum event_kind event_by_name(const char *name, size_t len)
{
	return by_name(name, len, EV_NONE + 1, EV_END);
}

enum event_kind mark_by_name(const char *name, size_t len)
{
	return by_name(name, len, EV_END + 1, EV_NR);
}

enum event_family event_family(u32 kind)
{
	return kind < EV_NR ? rows[kind].family : FAM_MARK;
}

enum event_arg event_arg(u32 kind)
{
	return kind < EV_NR ? rows[kind].arg : ARG_NONE;
}

enum event_kind event_push_of(lk_t lk)
{
	static const u8 push[OBJ_NR] = {
#define KIND(name, event, sentence) [OBJ_##name] = EV_##event,
#include "shmem/obj/obj.def"
	};

	return (enum event_kind)push[obj_kind_of(lk)];
}

const char *event_print(const struct event *e, char *buf, size_t size)
{
	if (event_arg(e->kind) != ARG_NONE)
		snprintf(buf, size, "%s %u", event_name(e->kind), e->arg);
	else
		snprintf(buf, size, "%s", event_name(e->kind));
	return buf;
}
