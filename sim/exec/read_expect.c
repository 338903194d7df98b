// SPDX-License-Identifier: GPL-2.0-only
#include "sim/exec/read_expect.h"

#include "sim/base/check.h"
#include "sim/exec/read.h"
#include "sim/exec/words.h"

#include <ctype.h>
#include <string.h>

/* "panic PANIC_PAGE_PRIVATE 512 1 0": as an expectation says it. */
static const char *panic_words(enum panic_reason reason, u32 n, const u64 *values, char *buf,
                               size_t size)
{
	size_t at = (size_t)snprintf(buf, size, "panic %s", panic_name(reason));
	char number[32];

	for (u32 i = 0; i < n && at < size; i++)
		at += (size_t)snprintf(buf + at, size - at, " %s",
		                       number_print(values[i], number, sizeof(number)));
	return buf;
}

const char *scope_outcome_print(const struct scope_outcome *o, char *buf, size_t size)
{
	if (o->outcome == OUT_STUCK)
		snprintf(buf, size, "stuck %s", stuck_name(o->rule));
	else if (o->outcome == OUT_PANIC)
		panic_words(o->panic.reason, o->panic.n, o->panic.values, buf, size);
	else if (o->gives)
		number_print(o->value, buf, size);
	else
		snprintf(buf, size, "%s", outcome_word(o->outcome));
	return buf;
}

bool scope_expect_holds(const struct scope_expect *x, const struct scope_outcome *o)
{
	switch (x->kind) {
	case EXPECT_OK:
		return o->outcome == OUT_OK;
	case EXPECT_VALUE:
		return o->outcome == OUT_OK && o->gives && o->value == x->value;
	case EXPECT_STUCK:
		return o->outcome == OUT_STUCK && (x->rule == STUCK_NONE || x->rule == o->rule);
	case EXPECT_PANIC:
		return o->outcome == OUT_PANIC &&
		       (x->reason == PANIC_NONE ||
		        (x->reason == o->panic.reason &&
		         memcmp(x->values, o->panic.values, x->n * sizeof(u64)) == 0));
	}
	SIM_UNREACHABLE();
}

static int read_stuck(struct text_line *l, struct scope_expect *out, struct err *e)
{
	struct text_word w = text_next(l);

	out->kind = EXPECT_STUCK;
	snprintf(out->text, sizeof(out->text), "stuck");
	if (w.len == 0)
		return 0;
	for (u32 r = STUCK_NONE + 1; r < STUCK_NR; r++)
		if (text_is(w, stuck_name(r)) || text_is(w, stuck_name(r) + strlen("STUCK_")))
			out->rule = (enum stuck_rule)r;
	if (out->rule == STUCK_NONE)
		return text_expected(l, w, 0, e, "a rule (hypsim list rules)");
	snprintf(out->text, sizeof(out->text), "stuck %s", stuck_name(out->rule));
	return script_end(l, e);
}

/* The reason that the word names; PANIC_NONE: none. */
static enum panic_reason reason_of(struct text_word w)
{
	for (u32 r = PANIC_NONE + 1; r < PANIC_NR && w.len > 0; r++)
		if (text_is(w, panic_name(r)) || text_is(w, panic_name(r) + strlen("PANIC_")))
			return (enum panic_reason)r;
	return PANIC_NONE;
}

/* Behind a reason its values, all of them or none. */
static int read_panic(struct text_line *l, struct scope_expect *out, struct err *e)
{
	struct text_word w = text_next(l);
	u32 all;

	out->kind = EXPECT_PANIC;
	snprintf(out->text, sizeof(out->text), "panic");
	if (w.len == 0)
		return 0;
	out->reason = reason_of(w);
	if (out->reason == PANIC_NONE)
		return text_expected(l, w, 0, e, "a reason (hypsim list panics)");
	all = panic_n_values(out->reason);
	for (const char *at = l->at; text_next(l).len > 0; at = l->at) {
		int rc;

		l->at = at;
		if (out->n == all)
			break;
		rc = script_number(l, ~0ull, "a value of the reason", &out->values[out->n++], e);
		if (rc < 0)
			return rc;
	}
	if (out->n > 0 && out->n < all)
		return text_expected(l, text_next(l), 0, e, "all values of the reason: %s",
		                     panic_values(out->reason));
	panic_words(out->reason, out->n, out->values, out->text, sizeof(out->text));
	return script_end(l, e);
}

int read_expect(struct text_line *l, struct scope_expect *out, struct err *e)
{
	const char *at = l->at;
	struct text_word w = text_next(l);
	int rc;

	*out = (struct scope_expect){ .kind = EXPECT_OK,
		                      .line = l->number,
		                      .column = script_column(l, w) };
	if (text_is(w, "stuck"))
		return read_stuck(l, out, e);
	if (text_is(w, "panic"))
		return read_panic(l, out, e);
	if (text_is(w, "ok")) {
		snprintf(out->text, sizeof(out->text), "ok");
		return script_end(l, e);
	}
	l->at = at;
	out->kind = EXPECT_VALUE;
	rc = script_number(l, ~0ull, "ok, panic [REASON], stuck [RULE], or a value", &out->value,
	                   e);
	number_print(out->value, out->text, sizeof(out->text));
	return rc == 0 ? script_end(l, e) : rc;
}

static int read_verdict(struct text_line *l, struct read_search *out, struct err *e)
{
	struct text_word w = text_next(l);
	int rc = read_words(l, w, "a word of the verdict",
	                    "clean, or words of what is found, with commas between", e);

	if (rc < 0)
		return rc;
	for (size_t i = 0, word = 0; i < w.len; i++) {
		word = w.p[i] == ',' ? i + 1 : word;
		if (w.len > 5 && i - word == 4 && memcmp(w.p + word, "clean", 5) == 0 &&
		    (i + 1 == w.len || w.p[i + 1] == ','))
			return text_expected(l, w, word, e, "clean alone, or what is found");
	}
	out->column = script_column(l, w);
	if (w.len >= sizeof(out->verdict))
		return text_expected(l, w, 0, e, "a verdict of at most %zu characters",
		                     sizeof(out->verdict) - 1);
	snprintf(out->verdict, sizeof(out->verdict), "%.*s", (int)w.len, w.p);
	out->is_verdict = true;
	return script_end(l, e);
}

int read_search(struct text_line *l, struct read_search *out, struct err *e)
{
	const char *at = l->at;
	struct text_word w = text_next(l);
	int rc;

	*out = (struct read_search){ .classes = 0 };
	if (text_is(w, "verdict"))
		return read_verdict(l, out, e);
	if (!text_is(w, "classes")) {
		l->at = at;
		return 1;
	}
	rc = script_number(l, ~0ull, "how many classes there are", &out->classes, e);
	return rc == 0 ? script_end(l, e) : rc;
}
