// SPDX-License-Identifier: GPL-2.0-only
#include "sim/exec/read.h"

#include "sim/base/vec.h"
#include "sim/exec/env.h"
#include "sim/exec/scope_op.h"
#include "sim/exec/words.h"
#include "sim/log/event.h"
#include "sim/machine/boot.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

bool read_needs_env(const struct prim *p)
{
	for (u32 i = 0; i < p->n_args; i++)
		if (p->arg[i] == PRIM_ARG_event)
			return true;
	return p->family == PRIM_LAYERS;
}

static int read_event(struct text_line *l, struct env *env, struct read_call *out, struct err *e)
{
	struct env_event ev;
	struct event shown;
	bool stopped;
	int rc = script_event(l, LK_SPACE, env, NULL, &ev, &stopped, e);

	if (rc < 0)
		return rc;
	if (!event_is_shared(ev.kind))
		return text_expected(l, (struct text_word){ .p = l->at }, 0, e,
		                     "an event of TSHARED, as OPULL or ONPT");
	shown = (struct event){ .kind = ev.kind, .arg = ev.arg };
	event_print(&shown, out->event_text, sizeof(out->event_text));
	out->event = (struct shared_event){
		.kind = ev.kind, .arg = ev.arg, .obj = ENV_NO_OBJ, .payload = ev.payload
	};
	out->has_event = true;
	return 0;
}

int read_call(struct text_line *l, struct text_word w, struct env *env, struct read_call *out,
              struct err *e)
{
	char name[64];
	const struct prim *p;
	int rc;

	*out = (struct read_call){ .entry = false };
	rc = read_entry(l, w, out, e);
	if (rc <= 0)
		return rc;
	snprintf(name, sizeof(name), "%.*s", (int)min_u64(w.len, sizeof(name) - 1), w.p);
	p = w.len < sizeof(name) ? scope_callable(name) : NULL;
	if (!p)
		return 1;
	if (!env && read_needs_env(p))
		return text_expected(l, w, 0, e,
		                     "a call that needs no scripted environment (the other CPUs "
		                     "are the environment)");
	out->call.prim = p;
	out->name = p->name;
	out->n = p->n_args;
	rc = 0;
	for (u32 i = 0; i < p->n_args && rc == 0; i++) {
		if (p->arg[i] == PRIM_ARG_event)
			rc = read_event(l, env, out, e);
		else
			rc = script_number(l, prim_arg_max(p->arg[i]), prim_arg_name(p->arg[i]),
			                   &out->v[i], e);
	}
	memcpy(out->call.args, out->v, sizeof(out->call.args));
	return rc == 0 ? script_end(l, e) : rc;
}

int read_feed(struct text_line *l, struct read_feed *out, struct err *e)
{
	struct text_word w = text_next(l);
	u64 vmid = 0, value;
	int rc;

	*out = (struct read_feed){ .core = text_is(w, "core") };
	if (!out->core && !text_is(w, "data"))
		return text_expected(l, w, 0, e, "data or core");
	rc = script_number(l, N_VMID - 1, "a vmid", &vmid, e);
	out->vmid = (vmid_t)vmid;
	while (rc == 0) {
		const char *at;

		rc = script_number(l, ~0ull, "a value", &value, e);
		if (rc < 0)
			break;
		vec_push(out, value);
		at = l->at;
		if (text_next(l).len == 0)
			return 0;
		l->at = at;
	}
	vec_free(out);
	return rc;
}

int read_cpu(struct text_line *l, u32 cpus, u32 *out, struct err *e)
{
	u64 cpu = 0;
	int rc = script_number(l, cpus - 1, "a CPU", &cpu, e);

	if (rc == 0)
		rc = script_end(l, e);
	if (rc == 0)
		*out = (u32)cpu;
	return rc;
}

int read_boot(struct text_line *l, u64 *pages, struct err *e)
{
	const char *at = l->at;
	struct text_word w = text_next(l);
	int rc;

	*pages = BOOT_PAGES;
	if (w.len == 0)
		return 0;
	l->at = at;
	rc = script_number(l, BOOT_PAGES_MAX, "managed pages", pages, e);
	if (rc == 0 && (*pages < BOOT_PAGES_MIN || *pages % PMD_PAGE_NUM != 0))
		rc = text_expected(l, w, 0, e, "managed pages, a multiple of %d from %d on",
		                   PMD_PAGE_NUM, BOOT_PAGES_MIN);
	return rc == 0 ? script_end(l, e) : rc;
}

int read_either(struct text_line *l, const char *a, const char *b, bool *first, struct err *e)
{
	struct text_word w = text_next(l);

	*first = text_is(w, a);
	if (!*first && !text_is(w, b))
		return text_expected(l, w, 0, e, "%s or %s", a, b);
	return script_end(l, e);
}

int read_errata(struct text_line *l, struct errata *io, struct err *e)
{
	bool dflt;
	int rc = read_either(l, "default", "intended", &dflt, e);

	if (rc < 0)
		return rc;
	if (dflt)
		errata_defaults(io);
	else
		errata_all_intended(io);
	return 0;
}

int read_erratum(struct text_line *l, struct errata *io, struct err *e)
{
	struct text_word w = text_next(l);
	struct errata errata = *io;
	bool published;
	char arg[96];
	struct err why;
	int rc;

	snprintf(arg, sizeof(arg), "%.*s=published", (int)min_u64(w.len, 64), w.p);
	if (errata_parse(&errata, arg, &why) < 0)
		return text_expected(l, w, 0, e, "the name of an erratum (hypsim list errata)");
	rc = read_either(l, "published", "intended", &published, e);
	if (rc < 0)
		return rc;
	snprintf(arg, sizeof(arg), "%.*s=%s", (int)min_u64(w.len, 64), w.p,
	         published ? "published" : "intended");
	return errata_parse(io, arg, e);
}

int read_depend(struct text_line *l, enum scope_depend *out, struct err *e)
{
	bool tickets;
	int rc = read_either(l, "tickets", "cells", &tickets, e);

	if (rc == 0)
		*out = tickets ? DEPEND_TICKETS : DEPEND_CELLS;
	return rc;
}

int read_grain(struct text_line *l, enum scope_grain *out, struct err *e)
{
	struct text_word w = text_next(l);

	*out = scope_grain_by_name(w.p, w.len);
	if (*out == GRAIN_DEFAULT)
		return text_expected(l, w, 0, e, "lock, word, cell or word,cell");
	return script_end(l, e);
}

int read_words(const struct text_line *l, struct text_word w, const char *one, const char *more,
               struct err *e)
{
	bool begun = false;

	for (size_t i = 0; i < w.len; i++) {
		bool comma = w.p[i] == ',';

		if ((comma && !begun) ||
		    (!comma && !isalnum((unsigned char)w.p[i]) && w.p[i] != '_' && w.p[i] != '-'))
			return text_expected(l, w, i, e, "%s", one);
		begun = !comma;
	}
	return begun ? 0 : text_expected(l, w, w.len, e, "%s", more);
}

int read_checks(struct text_line *l, struct scope_checks *out, struct err *e)
{
	struct text_word how = text_next(l), w = text_next(l);
	int rc;

	if (!text_is(how, "only") && !text_is(how, "skip"))
		return text_expected(l, how, 0, e, "only or skip");
	rc = read_words(l, w, "a check or a group of checks (hypsim list checks)",
	                "checks or groups of checks (hypsim list checks), with commas between", e);
	if (rc < 0)
		return rc;
	if (how.len + 1 + w.len >= sizeof(out->text))
		return text_expected(l, w, 0, e, "at most %zu characters",
		                     sizeof(out->text) - how.len - 2);
	snprintf(out->text, sizeof(out->text), "%.*s %.*s", (int)how.len, how.p, (int)w.len, w.p);
	out->line = l->number;
	out->column = script_column(l, w);
	return script_end(l, e);
}

int read_for_search(struct text_line *l, struct err *e)
{
	struct text_word w = script_first(l);
	struct scope_checks checks;
	enum scope_depend depend;
	enum scope_grain grain;

	if (text_is(w, "grain"))
		return read_grain(l, &grain, e);
	return text_is(w, "checks") ? read_checks(l, &checks, e) : read_depend(l, &depend, e);
}

int read_cell(struct text_line *l, struct scope_cell *out, struct text_word *w, struct err *e)
{
	const char *why = NULL;
	char text[128];
	struct diff d;
	u64 id = 0;
	int rc = script_number(l, ID_END - 1, "an object", &id, e), at;

	if (rc < 0)
		return rc;
	*w = text_next(l);
	/* The form of a difference, which knows fields and ranges. */
	snprintf(text, sizeof(text), "%.*s=0>0", (int)min_u64(w->len, 96), w->p);
	at = diff_parse((lk_t)id, text, strlen(text), &d, &why);
	if (at >= 0 || d.first != d.last)
		return text_expected(l, *w, at > 0 ? min_u64((u64)at, w->len) : 0, e, "%s",
		                     at >= 0 ? why : "one cell, as field[index]");
	*out = (struct scope_cell){ .obj = (lk_t)id, .field = d.field, .index = d.first };
	return 0;
}

int read_unclosed(const char *file, u64 line, u64 column, struct err *e)
{
	return err_set(e, ERR_TEXT,
	               "%s:%llu:%llu: expected end behind concurrent, found the end of the file",
	               file, (unsigned long long)line, (unsigned long long)column);
}

int read_text(const struct text_line *l, char *buf, size_t size, struct err *e)
{
	struct text_line again = *l;
	struct text_word w;
	size_t at = 0;

	again.at = again.begin;
	buf[0] = '\0';
	while ((w = text_next(&again)).len > 0) {
		if (at + w.len + 2 > size)
			return text_expected(l, w, 0, e,
			                     "a line of a scope of at most %zu characters",
			                     size - 1);
		at += (size_t)snprintf(buf + at, size - at, "%s%.*s", at ? " " : "", (int)w.len,
		                       w.p);
	}
	return 0;
}

enum { BEFORE = 1 << SCOPE_BEFORE, INSIDE = 1 << SCOPE_CONCURRENT, BEHIND = 1 << SCOPE_BEHIND };

/* Words that a scope's lines do not begin with everywhere: where they do, and what is expected elsewhere. */
static const struct {
	const char *word;
	u32 parts;
	const char *instead;
} placed[] = {
	{ "env", 0, "a line of a scope (the other CPUs are the environment)" },
	{ "level", 0, "a line of a scope (its locks are tickets)" },
	{ "weak", 0, "a line of a scope (its primitives look at bars)" },
	{ "reset", 0, "a line of a scope (it has one machine)" },
	{ "get", BEHIND, "get behind end (a call asks for a value elsewhere)" },
	{ "set", BEFORE, "set before concurrent (only calls change what is explored)" },
	{ "dump", BEFORE | BEHIND, "a call, cpu, feed, expect or end (dump shows no execution)" },
	{ "boot", BEFORE, "boot before concurrent (a scope has one machine)" },
	{ "errata", BEFORE, "errata before concurrent (a scope has one side of each)" },
	{ "erratum", BEFORE, "erratum before concurrent (a scope has one side of each)" },
	{ "depend", BEFORE, "depend before concurrent" },
	{ "grain", BEFORE, "grain before concurrent" },
	{ "checks", BEFORE, "checks before concurrent" },
};

const char *read_refusal(struct text_word w, enum scope_part part)
{
	if (text_is(w, "concurrent") && part == SCOPE_CONCURRENT)
		return "end before another concurrent (it is not nested)";
	if (text_is(w, "concurrent") && part == SCOPE_BEHIND)
		return "one concurrent in a scope";
	if (text_is(w, "end") && part != SCOPE_CONCURRENT)
		return "concurrent before its end";
	for (u32 i = 0; i < ARRAY_SIZE(placed); i++)
		if (text_is(w, placed[i].word) && !(placed[i].parts >> part & 1))
			return placed[i].instead;
	return NULL;
}
