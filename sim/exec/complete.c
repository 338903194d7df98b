// SPDX-License-Identifier: GPL-2.0-only
#include "sim/exec/complete.h"

#include "shmem/obj/obj.h"
#include "sim/base/nearest.h"
#include "sim/exec/script.h"
#include "sim/log/event.h"

#include <stdio.h>
#include <string.h>

/* What a place in a line takes: each gives its i-th word, NULL beyond the last. */
typedef const char *(*words_fn)(u32 i, char *buf);

static const char *of(const char *const *list, u32 n, u32 i)
{
	return i < n ? list[i] : NULL;
}

#define WORDS(name, ...)                                           \
	static const char *name(u32 i, char *buf)                  \
	{                                                          \
		static const char *const list[] = { __VA_ARGS__ }; \
                                                                   \
		(void)buf;                                         \
		return of(list, ARRAY_SIZE(list), i);              \
	}

WORDS(level_words, "high", "ticket")
WORDS(weak_words, "on", "off")
WORDS(errata_words, "default", "intended")
WORDS(side_words, "published", "intended")
WORDS(oracle_words, "data", "core")
WORDS(expect_words, "ok", "panic", "stuck", "verdict", "classes")
WORDS(depend_words, "tickets", "cells")
WORDS(grain_words, "lock", "word", "cell", "word,cell")
WORDS(checks_words, "only", "skip")

static const char *rule_words(u32 i, char *buf)
{
	(void)buf;
	return i + STUCK_NONE + 1 < STUCK_NR ? stuck_name((enum stuck_rule)(i + STUCK_NONE + 1))
	                                     : NULL;
}

static const char *reason_words(u32 i, char *buf)
{
	(void)buf;
	return i + PANIC_NONE + 1 < PANIC_NR ? panic_name(i + PANIC_NONE + 1) : NULL;
}

static const char *erratum_words(u32 i, char *buf)
{
	(void)buf;
	if (i == ERRATUM_NR)
		return "all";
	return i < ERRATUM_NR ? erratum_name((enum erratum)i) : NULL;
}

static const char *reg_words(u32 i, char *buf)
{
	(void)buf;
	return i < REG_NR ? reg_name((enum reg)i) : NULL;
}

static const char *dump_words(u32 i, char *buf)
{
	(void)buf;
	return dump_word(i);
}

static const char *state_words(u32 i, char *buf)
{
	(void)buf;
	return state_word(i);
}

/* Numbers have names: of locks, constants and contexts' indices; and events stand where numbers do. */
static const char *value_words(u32 i, char *buf)
{
	if (i < ID_END)
		return obj_name((lk_t)i, buf, COMPLETE_MAX);
	i -= ID_END;
	if (i < EV_NR - EV_NONE - 1)
		return event_name(i + EV_NONE + 1);
	return constant_word(i - (EV_NR - EV_NONE - 1));
}

/*
 * @second: behind the first word; @third: behind the second when it is @which (NULL: any).  Of rows with one first word the
 * first has @second.
 */
static const struct {
	const char *first;
	words_fn second;
	const char *which;
	words_fn third;
} places[] = {
	{ "level", level_words, NULL, NULL },
	{ "weak", weak_words, NULL, NULL },
	{ "errata", errata_words, NULL, NULL },
	{ "erratum", erratum_words, NULL, side_words },
	{ "expect", expect_words, "stuck", rule_words },
	{ "expect", NULL, "panic", reason_words },
	{ "feed", oracle_words, NULL, NULL },
	{ "depend", depend_words, NULL, NULL },
	{ "grain", grain_words, NULL, NULL },
	{ "checks", checks_words, NULL, NULL },
	{ "get", state_words, "reg", reg_words },
	{ "set", state_words, "reg", reg_words },
	{ "dump", dump_words, NULL, NULL },
};

static words_fn place(const struct text_word *w, u32 n)
{
	for (u32 i = 0; i < ARRAY_SIZE(places); i++) {
		if (!text_is(w[0], places[i].first))
			continue;
		if (n == 1)
			return places[i].second;
		if (n == 2 && places[i].third &&
		    (!places[i].which || text_is(w[1], places[i].which)))
			return places[i].third;
		/* "get ctxt 1 0 x0" */
		if (n == 4 && text_is(w[1], "ctxt"))
			return reg_words;
	}
	return value_words;
}

const char *exec_complete(const char *before, size_t len, u32 i, char *buf)
{
	struct text_line l = { .begin = before, .end = before + len, .at = before };
	struct text_word w[4], next;
	u32 n = 0;

	while ((next = text_next(&l)).len > 0) {
		if (n < ARRAY_SIZE(w))
			w[n] = next;
		n++;
	}
	return n ? place(w, n)(i, buf) : exec_word(i);
}

const char *exec_hint(const char *line, size_t len, size_t at, char *buf, size_t size)
{
	char word[COMPLETE_MAX];
	struct nearest n;
	const char *known;
	size_t end = at;

	while (end < len && !strchr(" \t[=#", line[end]))
		end++;
	nearest_begin(&n, line + at, end - at);
	/* A number that is not in its range is no word. */
	if (end > at && (line[at] < '0' || line[at] > '9')) {
		for (u32 i = 0; (known = exec_complete(line, at, i, word)); i++)
			nearest_try(&n, known);
		for (u32 kind = 0; kind < OBJ_NR; kind++)
			for (u32 f = 0; f < obj_n_fields(kind); f++)
				nearest_try(&n, obj_field(kind, f)->name);
	}
	/* A word that is known, and does not belong there. */
	if (n.distance == 0)
		n.best[0] = '\0';
	return nearest_hint(&n, buf, size);
}

int exec_hinted(int rc, const char *line, size_t len, const char *file, struct err *e)
{
	unsigned long long column = 0;
	size_t skip = strlen(file), used;
	char hint[96];

	if (rc != -ERR_TEXT || strncmp(e->msg, file, skip) != 0 ||
	    sscanf(e->msg + skip, ":%*u:%llu: expected", &column) != 1 || column == 0 ||
	    column > len)
		return rc;
	/* What is wrong stands there; the words that could are known. */
	used = strlen(e->msg);
	snprintf(e->msg + used, sizeof(e->msg) - used, "%s",
	         exec_hint(line, len, (size_t)column - 1, hint, sizeof(hint)));
	return rc;
}
