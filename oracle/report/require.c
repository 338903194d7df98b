// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/report/require.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_word(const char *p, size_t len, const char *word)
{
	return strlen(word) == len && memcmp(p, word, len) == 0;
}

/* A number below 2^64 that fills @len bytes. */
static bool parse_number(const char *p, size_t len, u64 *out)
{
	char text[24], *end;

	if (len == 0 || len >= sizeof(text) || *p < '0' || *p > '9')
		return false;
	memcpy(text, p, len);
	text[len] = '\0';
	errno = 0;
	*out = strtoull(text, &end, 10);
	return *end == '\0' && errno == 0;
}

static int parse_evaluated(struct require *r, const char *p, size_t len, struct err *e)
{
	enum check_group group = check_group_by_name(p, len);
	enum check_id id = check_by_name(p, len);

	if (id == CHK_NR && group == GROUP_NR)
		return err_set(e, ERR_USAGE, "--require: there is no check '%.*s'", (int)len, p);
	if (id < CHK_NR)
		check_set_add(&r->evaluated, id);
	else
		check_set_join(&r->evaluated, check_set_group(group));
	return 0;
}

static int parse_one(struct require *r, const char *p, size_t len, struct err *e)
{
	const char *eq = memchr(p, '=', len), *value = eq ? eq + 1 : p + len;
	size_t name = eq ? (size_t)(eq - p) : len, rest = len - (size_t)(value - p);

	if (!eq && is_word(p, name, "closed")) {
		r->closed = true;
		return 0;
	}
	if (eq && is_word(p, name, "evaluated"))
		return parse_evaluated(r, value, rest, e);
	if (eq && is_word(p, name, "events") && parse_number(value, rest, &r->events))
		return 0;
	if (eq && is_word(p, name, "contended") && parse_number(value, rest, &r->contended))
		return 0;
	return err_set(e, ERR_USAGE,
	               "--require: '%.*s' is not closed, events=N, contended=N or evaluated=CHECK",
	               (int)len, p);
}

int require_parse(struct require *r, const char *text, struct err *e)
{
	for (const char *p = text;; p++) {
		size_t len = strcspn(p, ",");
		int rc = parse_one(r, p, len, e);

		if (rc < 0)
			return rc;
		r->any = true;
		p += len;
		if (*p == '\0')
			return 0;
	}
}

static void require_evaluated(struct checker *c, enum check_id id)
{
	struct check_verdict v;

	if (!checker_has(c, id)) {
		checker_require(c, ROW_REQUIRE_EVALUATED, false, "%s: not asked for",
		                check_name(id));
		return;
	}
	checker_verdict(c, id, &v);
	checker_require(c, ROW_REQUIRE_EVALUATED, v.judged, "%s: %s", check_name(id), v.worst);
}

void require_judge(const struct require *r, struct checker *c, bool closed)
{
	if (r->closed)
		checker_require(c, ROW_REQUIRE_CLOSED, closed, "%u streams ended in order",
		                checker_n_closed(c));
	if (r->events)
		checker_require(c, ROW_REQUIRE_EVENTS, checker_n_events(c) >= r->events,
		                "%llu events of %llu", (unsigned long long)checker_n_events(c),
		                (unsigned long long)r->events);
	if (r->contended)
		checker_require(c, ROW_REQUIRE_CONTENDED, checker_n_contended(c) >= r->contended,
		                "%llu tickets of %llu", (unsigned long long)checker_n_contended(c),
		                (unsigned long long)r->contended);
	for (u32 id = 0; id < CHK_NR; id++)
		if (id != CHK_REQUIRE && check_set_has(&r->evaluated, id))
			require_evaluated(c, id);
}
