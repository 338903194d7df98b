// SPDX-License-Identifier: GPL-2.0-only
/* expect: what a call must have come to. */
#include "sim/exec/script.h"

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

static const char *last_print(const struct exec *x, char *buf, size_t size)
{
	if (x->last.outcome == OUT_STUCK)
		snprintf(buf, size, "stuck %s", stuck_name(x->last.rule));
	else if (x->last.outcome == OUT_PANIC)
		panic_words(x->last.panic.reason, x->last.panic.n, x->last.panic.values, buf, size);
	else if (x->last.gives)
		number_print(x->last.value, buf, size);
	else
		snprintf(buf, size, "%s", outcome_word(x->last.outcome));
	return buf;
}

/* An expectation that does not hold is printed with both values. */
static void expected(struct exec *x, const struct text_line *l, bool holds, const char *what)
{
	char buf[160];

	if (holds)
		return;
	x->n_failed++;
	last_print(x, buf, sizeof(buf));
	if (x->o.json) {
		fprintf(x->o.out, "{\"line\":%llu,\"expect\":", (unsigned long long)l->number);
		print_json_string(x->o.out, what);
		fputs(",\"got\":", x->o.out);
		print_json_string(x->o.out, buf);
		fputs("}\n", x->o.out);
	} else {
		fprintf(x->o.out, "%s:%llu: expected %s, got %s\n", l->file,
		        (unsigned long long)l->number, what, buf);
	}
}

static int expect_stuck(struct exec *x, struct text_line *l, struct err *e)
{
	struct text_word w = text_next(l);
	enum stuck_rule rule = STUCK_NONE;
	char what[96] = "stuck";
	int rc;

	for (u32 r = STUCK_NONE + 1; r < STUCK_NR && w.len > 0; r++)
		if (text_is(w, stuck_name(r)) || text_is(w, stuck_name(r) + strlen("STUCK_")))
			rule = (enum stuck_rule)r;
	if (w.len > 0 && rule == STUCK_NONE)
		return text_expected(l, w, 0, e, "a rule (hypsim list rules)");
	if (rule != STUCK_NONE)
		snprintf(what, sizeof(what), "stuck %s", stuck_name(rule));
	rc = script_end(l, e);
	if (rc == 0)
		expected(x, l,
		         x->last.outcome == OUT_STUCK &&
		                 (rule == STUCK_NONE || rule == x->last.rule),
		         what);
	return rc;
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
static int expect_panic(struct exec *x, struct text_line *l, struct err *e)
{
	const struct panic_report *p = &x->last.panic;
	struct text_word w = text_next(l);
	enum panic_reason reason = reason_of(w);
	u64 values[PANIC_MAX_VALUES] = { 0 };
	char what[160] = "panic";
	bool holds = x->last.outcome == OUT_PANIC;
	u32 n = 0;
	int rc = 0;

	if (w.len > 0 && reason == PANIC_NONE)
		return text_expected(l, w, 0, e, "a reason (hypsim list panics)");
	for (const char *at = l->at; reason != PANIC_NONE && text_next(l).len > 0; at = l->at) {
		l->at = at;
		if (n == panic_n_values(reason))
			break;
		rc = script_number(l, ~0ull, "a value of the reason", &values[n++], e);
		if (rc < 0)
			return rc;
	}
	if (n > 0 && n < panic_n_values(reason))
		rc = text_expected(l, text_next(l), 0, e, "all values of the reason: %s",
		                   panic_values(reason));
	if (rc == 0)
		rc = script_end(l, e);
	if (rc < 0)
		return rc;
	if (reason != PANIC_NONE) {
		panic_words(reason, n, values, what, sizeof(what));
		holds = holds && p->reason == reason &&
		        memcmp(p->values, values, n * sizeof(u64)) == 0;
	}
	expected(x, l, holds, what);
	return 0;
}

int do_expect(struct exec *x, struct text_line *l, struct err *e)
{
	const char *at = l->at;
	struct text_word w = text_next(l);
	char what[32];
	u64 value = 0;
	int rc;

	if (!x->last.have)
		return text_expected(l, w, 0, e, "a call before it");
	if (text_is(w, "stuck"))
		return expect_stuck(x, l, e);
	if (text_is(w, "panic"))
		return expect_panic(x, l, e);
	if (text_is(w, "ok")) {
		rc = script_end(l, e);
		if (rc == 0)
			expected(x, l, x->last.outcome == OUT_OK, "ok");
		return rc;
	}
	l->at = at;
	rc = script_number(l, ~0ull, "ok, panic [REASON], stuck [RULE], or a value", &value, e);
	if (rc == 0)
		rc = script_end(l, e);
	if (rc == 0)
		expected(x, l, x->last.outcome == OUT_OK && x->last.gives && x->last.value == value,
		         number_print(value, what, sizeof(what)));
	return rc;
}
