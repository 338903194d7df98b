// SPDX-License-Identifier: GPL-2.0-only
/* All of it is read off the tables by which the checker judges; why.def adds what no code needs. */
#include "oracle/report/explain.h"

#include "oracle/cal/rules.h"
#include "oracle/check/clause.h"
#include "oracle/check/finding.h"
#include "oracle/world/change.h"
#include "sim/base/errata.h"
#include "sim/base/nearest.h"
#include "sim/log/read/merge_finding.h"
#include "sim/log/stuck_rule.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { LINE = 100, MARGIN = 13 };

static const struct {
	const char *when, *why;
} whys[CHK_NR] = {
#define WHY(check, when, why) [CHK_##check] = { when, why },
#include "oracle/report/why.def"
};

static const struct {
	enum erratum erratum;
	const char *of, *number, *spoilt, *clean;
} knowns[KNOWN_NR] = {
#define KNOWN(id, e, of, n, spoilt, clean) [KNOWN_##id] = { ERRATUM_##e, #of, n, spoilt, clean },
#include "oracle/check/known.def"
};

static const struct {
	enum known_id by;
	enum check_id check;
} excuses[] = {
#define EXCUSES(id, check) { KNOWN_##id, CHK_##check },
#include "oracle/check/known.def"
};

/* Checks of which an erratum excuses findings without a row of known.def. */
static const struct {
	enum check_id check;
	enum erratum erratum;
} direct[] = {
	{ CHK_TLB, ERRATUM_TLB_INVALIDATE },
	{ CHK_INVALIDATION, ERRATUM_TLB_INVALIDATE },
	{ CHK_PRINCIPALS, ERRATUM_DECRYPT_ORACLE },
};

/**
 * struct row - a row of any table
 * @check: whose findings have it; CHK_NR: no check's, `hypsim fold` tells it
 */
struct row {
	const char *name, *sentence;
	enum check_id check;
};

enum {
	ROWS_FOLD = CAL_NR - 1,
	ROWS_CHECK = (int)ROWS_FOLD + (int)CHECK_ROW_NR,
	ROWS_MERGE = ROWS_CHECK + (int)MERGE_NR - 1,
	ROWS = ROWS_MERGE + (int)STUCK_NR - 1,
};

/* A fold's row is told by the check of that fold; the derived log and what H_CalLock says of it by one. */
static enum check_id fold_check(enum cal_row row)
{
	const char *fold = cal_row_source(row);

	if (strcmp(fold, check_source(CHK_QUEUE)) == 0)
		return CHK_QUEUE;
	if (strcmp(fold, check_source(CHK_HIGH)) == 0 ||
	    strcmp(fold, check_source(CHK_THEOREM)) == 0)
		return CHK_HIGH;
	return CHK_NR;
}

static struct row row_at(u32 i)
{
	if (i < ROWS_FOLD)
		return (struct row){ cal_row_name(i + 1), cal_row_sentence(i + 1),
			             fold_check(i + 1) };
	if (i < ROWS_CHECK)
		return (struct row){ check_row_name(i - ROWS_FOLD),
			             check_row_sentence(i - ROWS_FOLD),
			             check_row_check(i - ROWS_FOLD) };
	if (i < ROWS_MERGE)
		return (struct row){ merge_row_name(i - ROWS_CHECK + 1),
			             merge_row_sentence(i - ROWS_CHECK + 1), CHK_MERGE };
	return (struct row){ stuck_name(i - ROWS_MERGE + 1), stuck_sentence(i - ROWS_MERGE + 1),
		             CHK_STUCK };
}

/* @text in lines, from column MARGIN on. */
static void wrapped(const char *text)
{
	u32 at = MARGIN;

	while (*text) {
		u32 len = (u32)strcspn(text, " ");

		if (at > MARGIN && at + 1 + len > LINE) {
			printf("\n%*s", MARGIN, "");
			at = MARGIN;
		} else if (at > MARGIN) {
			putchar(' ');
			at++;
		}
		printf("%.*s", (int)len, text);
		at += len;
		text += len + (text[len] == ' ');
	}
	putchar('\n');
}

static void line(const char *title, const char *text)
{
	printf("  %-*s", MARGIN - 2, title);
	wrapped(text);
}

/* Of an invariant, when its clause is asked. */
static void clause_when(const struct clause *c)
{
	char text[512];
	size_t at = (size_t)snprintf(text, sizeof(text),
	                             "at each cut of the locks of what it speaks of, when nobody "
	                             "holds one of them, if a section before has changed");
	const char *sep = " one of these: ";

	for (u32 kind = 0; kind < CH_NR && at < sizeof(text); kind++) {
		if (!(c->changes >> kind & 1))
			continue;
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s", sep,
		                       change_name(kind));
		sep = ", ";
	}
	if (c->wrote && at < sizeof(text))
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%sany entry", sep);
	if (at < sizeof(text))
		snprintf(text + at, sizeof(text) - at,
		         "; for all that there is at the begin and the end of an episode, and with "
		         "--full after every 1000 sections");
	line("evaluated", text);
}

static void print_known(enum check_id id)
{
	const char *title = "known";
	char text[640];

	for (u32 i = 0; i < ARRAY_SIZE(excuses); i++) {
		enum known_id k = excuses[i].by;

		if (excuses[i].check != id)
			continue;
		snprintf(text, sizeof(text),
		         "where erratum %s%s%s%s is judged by its published side, of a %s from "
		         "where "
		         "%s until %s",
		         erratum_name(knowns[k].erratum), knowns[k].number[0] ? " (" : "",
		         knowns[k].number, knowns[k].number[0] ? ")" : "",
		         strcmp(knowns[k].of, "VM") == 0     ? "VM"
		         : strcmp(knowns[k].of, "BANK") == 0 ? "context bank"
		                                             : "page",
		         knowns[k].spoilt, knowns[k].clean);
		line(title, text);
		title = "";
	}
	for (u32 k = 0; k < ARRAY_SIZE(direct); k++) {
		if (direct[k].check != id)
			continue;
		snprintf(text, sizeof(text), "where erratum %s is judged by its published side: %s",
		         erratum_name(direct[k].erratum),
		         erratum_sentence(direct[k].erratum, true));
		line(title, text);
		title = "";
	}
}

static void print_rows(enum check_id id)
{
	const char *title = "rows";
	char text[512];

	for (u32 i = 0; i < ROWS_MERGE; i++) {
		struct row r = row_at(i);

		if (r.check != id)
			continue;
		snprintf(text, sizeof(text), "%s: %s", r.name, r.sentence);
		line(title, text);
		title = "";
	}
}

static void print_check(enum check_id id)
{
	const char *clauses = check_clauses(id), *source = check_source(id);
	const struct clause *c = clause_of(id);
	char text[256];

	printf("check %s", check_name(id));
	if (*clauses || *source)
		printf("  [%s%s%s]", clauses, *clauses && *source ? ", " : "", source);
	printf("\n");
	line("says", check_sentence(id));
	line("why", whys[id].why);
	if (c && !whys[id].when[0])
		clause_when(c);
	else
		line("evaluated", whys[id].when);
	line("told", check_told_by(id) == TOLD_BY_LOCK ? "among the events of its lock"
	                                               : "among the events of its CPU");
	snprintf(text, sizeof(text), "%s: %s", check_group_name(check_group(id)),
	         check_group_sentence(check_group(id)));
	line("group", text);
	if (*check_implied(id)) {
		snprintf(text, sizeof(text),
		         "by %s: where this does not hold, one of these does not",
		         check_implied(id));
		line("implied", text);
	}
	print_known(id);
	print_rows(id);
	if (id == CHK_REQUIRE)
		line("alone", "hypsim check --require WHAT LOG");
	else {
		snprintf(text, sizeof(text), "hypsim check --only %s LOG", check_name(id));
		line("alone", text);
	}
}

static void print_row(const struct row *r)
{
	printf("%s\n", r->name);
	line("says", r->sentence);
	if (r->check == CHK_NR) {
		line("told", "by hypsim fold; no check has it");
		return;
	}
	printf("\n");
	print_check(r->check);
}

static void print_group(enum check_group g)
{
	printf("group %s\n", check_group_name(g));
	line("says", check_group_sentence(g));
	for (u32 id = 0; id < CHK_NR; id++) {
		if (check_group(id) != g)
			continue;
		printf("  %s%s%s\n", check_name(id), *check_clauses(id) ? "  " : "",
		       check_clauses(id));
		printf("%*s", MARGIN, "");
		wrapped(check_sentence(id));
	}
}

bool explain_knows(const char *name, size_t len)
{
	if (check_by_name(name, len) < CHK_NR)
		return true;
	for (u32 id = 0; id < CHK_NR; id++)
		if (check_has_clause((enum check_id)id, name, len))
			return true;
	for (u32 i = 0; i < ROWS; i++)
		if (strlen(row_at(i).name) == len && memcmp(row_at(i).name, name, len) == 0)
			return true;
	return false;
}

bool explain(const char *program, const char *name)
{
	size_t len = strlen(name);
	enum check_id id = check_by_name(name, len);
	enum check_group g = check_group_by_name(name, len);
	struct nearest near;
	char hint[80];

	for (u32 i = 0; i < ROWS; i++) {
		struct row r = row_at(i);

		if (strcmp(r.name, name) != 0)
			continue;
		print_row(&r);
		return true;
	}
	if (id < CHK_NR)
		print_check(id);
	/* One name is a check's and its group's: refine. */
	if (id < CHK_NR && g < GROUP_NR)
		printf("\n");
	if (g < GROUP_NR)
		print_group(g);
	if (id < CHK_NR || g < GROUP_NR)
		return true;
	/* Of two that are as near, a check and its row, the first one stays: who writes small letters means the check. */
	nearest_begin(&near, name, len);
	for (u32 i = 0; i < ROWS && isupper((unsigned char)name[0]); i++)
		nearest_try(&near, row_at(i).name);
	for (u32 i = 0; i < CHK_NR; i++)
		nearest_try(&near, check_name(i));
	for (u32 i = 0; i < GROUP_NR; i++)
		nearest_try(&near, check_group_name(i));
	for (u32 i = 0; i < ROWS; i++)
		nearest_try(&near, row_at(i).name);
	fprintf(stderr,
	        "%s: --explain: there is no check, row or group '%s'%s; hypsim list checks and "
	        "hypsim list rules have them\n",
	        program, name, nearest_hint(&near, hint, sizeof(hint)));
	return false;
}
