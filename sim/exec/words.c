// SPDX-License-Identifier: GPL-2.0-only
#include "sim/exec/words.h"

#include "sim/base/consts.h"
#include "sim/exec/env.h"
#include "sim/log/event.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	u64 value;
} constants[] = {
#define CONST(name, value) { #name, value },
#include "sim/base/consts.def"
#define CTXT(name, number) { #name, number },
#include "shmem/obj/ctxt_index.def"
	{ "FLATMEM_ID", FLATMEM_ID }, { "CORE_ID", CORE_ID }, { "S2PAGE_ID", S2PAGE_ID },
	{ "SPT_ID", SPT_ID },         { "SMMU_ID", SMMU_ID }, { "NPT_ID", NPT_ID },
	{ "INFO_ID", INFO_ID },
};

static bool hex(struct text_word w, u64 *out)
{
	u64 v = 0;

	if (w.len < 3 || w.len > 18 || w.p[0] != '0' || (w.p[1] != 'x' && w.p[1] != 'X'))
		return false;
	for (size_t i = 2; i < w.len; i++) {
		char c = w.p[i];

		if (c >= '0' && c <= '9')
			v = v << 4 | (u64)(c - '0');
		else if (c >= 'a' && c <= 'f')
			v = v << 4 | (u64)(c - 'a' + 10);
		else if (c >= 'A' && c <= 'F')
			v = v << 4 | (u64)(c - 'A' + 10);
		else
			return false;
	}
	*out = v;
	return true;
}

const char *constant_word(u32 i)
{
	return i < ARRAY_SIZE(constants) ? constants[i].name : NULL;
}

static bool named(struct text_word w, u64 *out)
{
	for (u32 i = 0; i < ARRAY_SIZE(constants); i++) {
		if (text_is(w, constants[i].name)) {
			*out = constants[i].value;
			return true;
		}
	}
	return false;
}

/* What begins with a digit is no name of a constant; few words are the name of an object. */
static bool number_or_name(struct text_word w, u64 *out)
{
	bool digit = w.len > 0 && w.p[0] >= '0' && w.p[0] <= '9';

	return hex(w, out) || (!digit && named(w, out)) || text_object(w, out);
}

int script_number(struct text_line *l, u64 max, const char *what, u64 *out, struct err *e)
{
	struct text_word w = text_next(l);

	if (number_or_name(w, out) && *out <= max)
		return 0;
	return text_expected(l, w, 0, e, "%s, a number 0..%llu", what, (unsigned long long)max);
}

struct text_word script_first(const struct text_line *l)
{
	struct text_line again = *l;

	again.at = again.begin;
	return text_next(&again);
}

u64 script_column(const struct text_line *l, struct text_word w)
{
	return (u64)(w.p - l->begin) + 1;
}

int script_end(struct text_line *l, struct err *e)
{
	struct text_word w = text_next(l);

	return w.len ? text_expected(l, w, 0, e, "the end of the line") : 0;
}

/* The object whose fields a push of @kind names on log @lk; its numbers are those of an object of the kind. */
static lk_t object_of(u32 kind, lk_t lk)
{
	if (lk < ID_END && event_push_of(lk) == kind)
		return lk;
	for (lk_t id = 0; id < ID_END; id++)
		if (event_push_of(id) == kind)
			return id;
	return FLATMEM_ID;
}

/* A payload holds each cell of a range by itself: so many, and a line costs no more than some megabytes. */
enum { MAX_RANGE = 65536 };

static int script_payload(struct text_line *l, struct text_word w, lk_t id, struct payload *p,
                          struct err *e)
{
	const char *why = NULL;
	struct diff d;
	int at = diff_parse(id, w.p, w.len, &d, &why);

	if (at >= 0)
		return text_expected(l, w, (size_t)at, e, "%s", why);
	if ((d.last - d.first) / obj_field(obj_kind_of(id), d.field)->scale >= MAX_RANGE)
		return text_expected(l, w, 0, e, "a range of at most %u cells", (u32)MAX_RANGE);
	for (u64 i = d.first; i <= d.last; i += obj_field(obj_kind_of(id), d.field)->scale)
		payload_put(p, d.field, i, d.old, d.new);
	return 0;
}

int script_event(struct text_line *l, lk_t lk, struct env *env, const char *stop,
                 struct env_event *out, bool *stopped, struct err *e)
{
	struct text_word w = text_next(l);
	enum event_kind kind = event_by_name(w.p, w.len);
	u64 arg = 0;
	int rc;

	*stopped = false;
	if (w.len == 0 || kind == EV_NONE)
		return text_expected(l, w, 0, e, "an event, as INC_TICKET, OPULL or ONPT");
	if (event_arg(kind) != ARG_NONE) {
		rc = script_number(l, UINT32_MAX,
		                   event_arg(kind) == ARG_BOUND ? "a bound" : "an object's number",
		                   &arg, e);
		if (rc < 0)
			return rc;
	}
	*out = (struct env_event){ .kind = (u8)kind, .arg = (u32)arg };
	if (event_is_push(kind))
		out->payload = env_own(env, payload_new(false));
	for (;;) {
		const char *at = l->at;

		w = text_next(l);
		if (w.len == 0)
			return 0;
		if (stop && text_is(w, stop)) {
			*stopped = true;
			return 0;
		}
		/* Not a difference: the caller's word. */
		if (!memchr(w.p, '=', w.len)) {
			l->at = at;
			return 0;
		}
		if (!out->payload)
			return text_expected(l, w, 0, e, "no payload behind %s", event_name(kind));
		rc = script_payload(l, w, object_of(kind, lk), out->payload, e);
		if (rc < 0)
			return rc;
	}
}

const char *number_print(u64 v, char *buf, size_t size)
{
	snprintf(buf, size, v < 4096 ? "%llu" : "0x%llx", (unsigned long long)v);
	return buf;
}

const char *stuck_print(const struct cpu *c, char *buf, size_t size)
{
	int n = snprintf(buf, size, "%s: %s; cpu %u, bars %s, tstate %u", stuck_name(c->stuck.rule),
	                 stuck_sentence(c->stuck.rule), c->id, bars_name(c->bars), c->tstate);

	for (lk_t lk = 0; lk < LK_SPACE && n > 0 && (size_t)n < size; lk++) {
		char name[24];

		if (c->lock[lk] == LOCK_FALSE)
			continue;
		snprintf(name, sizeof(name), "lock %u", lk);
		n += snprintf(buf + n, size - (size_t)n, ", %s %s",
		              lk < ID_END ? obj_name(lk, name, sizeof(name)) : name,
		              lock_state_name(c->lock[lk]));
	}
	return buf;
}

const char *panic_print(const struct panic_report *p, char *buf, size_t size)
{
	int n = snprintf(buf, size, "%s: %s%s", panic_name(p->reason), panic_sentence(p->reason),
	                 p->n ? "; " : "");

	if (n > 0 && (size_t)n < size)
		panic_print_values(p->reason, p->n, p->values, buf + n, size - (size_t)n);
	return buf;
}

static const char *const outcome_words[] = {
	[OUT_OK] = "ok", [OUT_STUCK] = "stuck", [OUT_PANIC] = "panic", [OUT_STOPPED] = "stopped"
};

const char *outcome_word(enum outcome o)
{
	return outcome_words[o];
}
