// SPDX-License-Identifier: GPL-2.0-only
/* libhypsim-check: include/hypsim/check.h over the checker. */
#include "include/hypsim/check.h"

#include "oracle/check/check.h"
#include "oracle/report/feed.h"
#include "oracle/report/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct hypsim_check {
	struct log_source *source;
	struct checker *checker;
	bool cut;
	char *json;
};

_Static_assert(sizeof(((struct check_verdict *)0)->worst) == HYPSIM_CHECK_NOTE_BYTES,
               "a note is whole");

/* The checks of "a,b"; < 0: a name is none. */
static int checks_of(struct check_set *out, const char *only, struct err *e)
{
	if (!only) {
		*out = check_set_all();
		return 0;
	}
	*out = (struct check_set){ 0 };
	for (const char *p = only;; p++) {
		size_t n = strcspn(p, ",");

		if (!check_set_named(out, p, n))
			return err_set(e, ERR_USAGE, "\"%.*s\" is no check and no group of checks",
			               (int)n, p);
		p += n;
		if (!*p)
			return 0;
	}
}

static int judge(struct hypsim_check *c, const char *path, struct check_set checks, struct err *e)
{
	struct log_status status;
	int rc = log_open(path, &c->source, e);

	if (rc < 0)
		return rc;
	c->checker = checker_new(c->source->config, checks);
	rc = feed_checker(c->source, c->checker, NULL, e);
	feed_merge_verdict(c->source, c->checker, rc == 0, &status);
	checker_end(c->checker, false);
	c->cut = status.cut;
	return rc;
}

int hypsim_check_file(struct hypsim_check **check, const char *path, const char *only,
                      char error[HYPSIM_CHECK_ERROR_BYTES])
{
	struct hypsim_check *c = calloc(1, sizeof(*c));
	struct err e = { .code = ERR_NONE };
	struct check_set checks;
	int rc;

	*check = NULL;
	if (!c) {
		(void)snprintf(error, HYPSIM_CHECK_ERROR_BYTES, "%s: no memory", path);
		return err_status(ERR_MEMORY);
	}
	rc = checks_of(&checks, only, &e);
	if (rc == 0)
		rc = judge(c, path, checks, &e);
	if (rc < 0)
		(void)snprintf(error, HYPSIM_CHECK_ERROR_BYTES, "%s", e.msg);
	if (!c->checker) {
		free(c);
		return err_status(e.code);
	}
	*check = c;
	if (checker_n_findings(c->checker))
		return 1;
	return rc < 0 ? err_status(e.code) : 0;
}

void hypsim_check_free(struct hypsim_check *c)
{
	if (!c)
		return;
	checker_free(c->checker);
	c->source->close(c->source);
	free(c->json);
	free(c);
}

uint64_t hypsim_check_events(const struct hypsim_check *c)
{
	return checker_n_events(c->checker);
}

uint64_t hypsim_check_violations(const struct hypsim_check *c)
{
	return checker_n_findings(c->checker);
}

int hypsim_check_cut(const struct hypsim_check *c)
{
	return c->cut;
}

int hypsim_check_finding(const struct hypsim_check *c, unsigned i, struct hypsim_finding *out)
{
	u32 n;
	const struct finding *f = checker_findings(c->checker, &n);

	if (i >= n)
		return 0;
	f += i;
	*out = (struct hypsim_finding){ .check = check_name(f->check),
		                        .rule = f->row,
		                        .sentence = f->sentence,
		                        .event = f->event,
		                        .state = f->state,
		                        .at = f->index,
		                        .lock = f->lk,
		                        .thread = f->cpu };
	return 1;
}

/* Check number @i of those that were asked for; CHK_NR: there is none. */
static u32 check_at(const struct checker *c, unsigned i)
{
	u32 id = 0;

	for (; id < CHK_NR; id++)
		if (checker_has(c, id) && i-- == 0)
			break;
	return id;
}

int hypsim_check_row(const struct hypsim_check *c, unsigned i, struct hypsim_check_row *row)
{
	u32 id = check_at(c->checker, i);
	struct check_verdict v;

	if (id == CHK_NR)
		return 0;
	checker_verdict(c->checker, id, &v);
	*row = (struct hypsim_check_row){ .check = check_name(id),
		                          .sentence = check_sentence(id),
		                          .source = check_source(id),
		                          .verdict = v.n_findings ? HYPSIM_VIOLATION
		                                     : v.judged   ? HYPSIM_OK
		                                                  : HYPSIM_NOT_JUDGED,
		                          .violations = v.n_findings };
	memcpy(row->note, v.worst, sizeof(v.worst));
	return 1;
}

const char *hypsim_check_json(struct hypsim_check *c)
{
	if (!c->json) {
		json_t *j = report_json(c->checker, c->source->config);

		c->json = json_dumps(j, JSON_COMPACT);
		json_decref(j);
	}
	return c->json;
}

const char *hypsim_check_version(void)
{
	return HYPSIM_VERSION;
}
