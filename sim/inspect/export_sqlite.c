// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/export_sqlite.h"

#include "oracle/check/check.h"
#include "sim/base/vec.h"
#include "sim/inspect/calls.h"
#include "sim/inspect/export_tables.h"
#include "sim/inspect/log_world.h"
#include "sim/inspect/sections.h"
#include "sim/log/op.h"
#include "sim/log/text/open.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INTO_LOG, INTO_OPERATIONS, INTO_SECTIONS, INTO_WAITS, INTO_CHANGES, INTO_FINDINGS, INTO_NR };

static const char *const inserts[INTO_NR] = {
	[INTO_LOG] = "INSERT INTO log VALUES(?,?)",
	[INTO_OPERATIONS] = "INSERT INTO operations VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[INTO_SECTIONS] = "INSERT INTO sections VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[INTO_WAITS] = "INSERT INTO waits VALUES(?,?)",
	[INTO_CHANGES] = "INSERT INTO changes VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[INTO_FINDINGS] = "INSERT INTO findings VALUES(?,?,?,?,?,?,?,?)",
};

/**
 * struct export
 * @rc:       the library's first error, or SQLITE_OK: nothing is written behind it
 * @at:       the next value's place in the row that is being made
 * @asked_in: [cpu][lock] the operation in which the CPU asked for the lock; 0: none
 */
struct export
{
	struct log_source *s;
	sqlite3 *db;
	sqlite3_stmt *into[INTO_NR];
	int rc;
	int at;
	struct sections *ss;
	struct log_world world;
	struct checker *check;
	u64 episode;
	bool begun;
	struct calls calls;
	u64 asked_in[MAX_CPU][ID_END];
	struct export_counts n;
};

static void keep_error(struct export *x, int rc)
{
	if (x->rc == SQLITE_OK && rc != SQLITE_OK && rc != SQLITE_DONE)
		x->rc = rc;
}

static void put_null(struct export *x, u32 into)
{
	keep_error(x, sqlite3_bind_null(x->into[into], ++x->at));
}

static void put_u64(struct export *x, u32 into, u64 v)
{
	char text[24];

	if (v >> 63) {
		snprintf(text, sizeof(text), "0x%" PRIx64, v);
		keep_error(x,
		           sqlite3_bind_text(x->into[into], ++x->at, text, -1, SQLITE_TRANSIENT));
	} else {
		keep_error(x, sqlite3_bind_int64(x->into[into], ++x->at, (sqlite3_int64)v));
	}
}

static void put_some(struct export *x, u32 into, bool some, u64 v)
{
	if (some)
		put_u64(x, into, v);
	else
		put_null(x, into);
}

/* @text: for as long as the row is made. */
static void put_text(struct export *x, u32 into, const char *text)
{
	keep_error(x, sqlite3_bind_text(x->into[into], ++x->at, text, -1, SQLITE_TRANSIENT));
}

static void put_hex(struct export *x, u32 into, u64 v)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%" PRIx64, v);
	put_text(x, into, text);
}

static void put_row(struct export *x, u32 into)
{
	keep_error(x, sqlite3_step(x->into[into]));
	keep_error(x, sqlite3_reset(x->into[into]));
	x->at = 0;
}

static const char *lock_text(const struct export *x, lk_t lk, char *buf, size_t size)
{
	return lock_name_of(&x->s->config->locks, (lk_t)x->s->lock_name(x->s, lk), buf, size);
}

static bool timed(const struct export *x)
{
	return x->s->config->timestamps;
}

/* The innermost operation that the CPU is in; 0: none. */
static u64 current_op(const struct export *x, u32 cpu)
{
	const struct call *call = calls_inner(&x->calls, cpu);

	return call ? call->id : 0;
}

static const char *op_name(const struct export *x, const struct call *call)
{
	const char *work = nest_work_name(x->s->config, call->op);

	if (call->atomic)
		return op_function(call->op);
	return work ? work : "?";
}

/* calls.ended */
static void put_call(void *arg, u32 cpu, const struct call *call, u64 index, const struct event *e)
{
	struct export *x = arg;
	u32 skip = call->atomic ? 2 : 0;
	u64 around = current_op(x, cpu);

	put_u64(x, INTO_OPERATIONS, call->id);
	put_some(x, INTO_OPERATIONS, around, around);
	put_u64(x, INTO_OPERATIONS, x->episode);
	put_u64(x, INTO_OPERATIONS, cpu);
	put_text(x, INTO_OPERATIONS, call->atomic ? "atomic" : "work");
	put_text(x, INTO_OPERATIONS, op_name(x, call));
	put_text(x, INTO_OPERATIONS, call->text);
	put_u64(x, INTO_OPERATIONS, call->begun);
	put_some(x, INTO_OPERATIONS, e, index);
	put_some(x, INTO_OPERATIONS, timed(x), call->ns);
	put_some(x, INTO_OPERATIONS, e && timed(x), e ? e->time_ns : 0);
	if (e && e->n > skip)
		put_hex(x, INTO_OPERATIONS, e->args[skip]);
	else
		put_null(x, INTO_OPERATIONS);
	put_some(x, INTO_OPERATIONS, e && call->atomic, e && e->n > 1 ? e->args[1] : 0);
	put_row(x, INTO_OPERATIONS);
}

static void leave_all(struct export *x)
{
	for (u32 cpu = 0; cpu < MAX_CPU; cpu++)
		calls_leave(&x->calls, cpu);
}

static void begin_episode(struct export *x, const struct event *e)
{
	if (x->begun && e->arg == x->episode)
		return;
	/* What others left in the last one is of that one. */
	leave_all(x);
	x->begun = true;
	x->episode = e->arg;
}

static void take_mark(struct export *x, u64 index, const struct event *e)
{
	calls_mark(&x->calls, index, e);
	if (e->kind == MARK_EPISODE)
		begin_episode(x, e);
}

static void asked(void *arg, const struct sections *ss, const struct lock_section *s)
{
	struct export *x = arg;

	(void)ss;
	x->asked_in[s->cpu][s->lk] = current_op(x, s->cpu);
}

static void done(void *arg, const struct sections *ss, const struct lock_section *s)
{
	struct export *x = arg;
	u64 in = x->asked_in[s->cpu][s->lk];
	char name[32];

	x->n.sections++;
	put_u64(x, INTO_SECTIONS, s->number);
	put_some(x, INTO_SECTIONS, in, in);
	put_u64(x, INTO_SECTIONS, x->episode);
	put_u64(x, INTO_SECTIONS, s->cpu);
	put_text(x, INTO_SECTIONS, lock_text(x, s->lk, name, sizeof(name)));
	put_u64(x, INTO_SECTIONS, s->asked.index);
	put_u64(x, INTO_SECTIONS, s->got.index);
	put_u64(x, INTO_SECTIONS, s->released.index);
	put_some(x, INTO_SECTIONS, timed(x), s->asked.ns);
	put_some(x, INTO_SECTIONS, timed(x), s->got.ns);
	put_some(x, INTO_SECTIONS, timed(x), s->released.ns);
	put_u64(x, INTO_SECTIONS, s->ticket);
	put_u64(x, INTO_SECTIONS, s->depth);
	put_u64(x, INTO_SECTIONS, s->rounds);
	put_some(x, INTO_SECTIONS, s->from != SECTION_NONE, s->from);
	put_row(x, INTO_SECTIONS);
	for (u32 i = 0; i < s->depth && i < MAX_CPU; i++) {
		const struct lock_section *b = sections_before(ss, s, i);

		if (!b)
			continue;
		put_u64(x, INTO_WAITS, s->number);
		put_u64(x, INTO_WAITS, b->number);
		put_row(x, INTO_WAITS);
	}
}

static void put_values(struct export *x, const struct change *c)
{
	const struct page *was = &c->before.page, *is = &c->after.page;
	bool leaf = change_is_leaf(c), page = c->kind == CH_PAGE;

	put_hex(x, INTO_CHANGES, leaf ? c->before.map.pte : page ? was->owner : c->before.v);
	put_hex(x, INTO_CHANGES, leaf ? c->after.map.pte : page ? is->owner : c->after.v);
	put_some(x, INTO_CHANGES, leaf && c->before.map.level, c->before.map.pfn);
	put_some(x, INTO_CHANGES, leaf && c->after.map.level, c->after.map.pfn);
	put_some(x, INTO_CHANGES, page, was->count);
	put_some(x, INTO_CHANGES, page, is->count);
	put_some(x, INTO_CHANGES, page, was->gfn);
	put_some(x, INTO_CHANGES, page, is->gfn);
}

static void put_change(struct export *x, u64 index, u32 cpu, const struct change *c)
{
	bool field = c->kind == CH_VM || c->kind == CH_CORE || c->kind == CH_CURSOR ||
	             c->kind == CH_LINK || c->kind == CH_RECORD;
	u64 in = current_op(x, cpu);
	char name[32];

	x->n.changes++;
	put_u64(x, INTO_CHANGES, index);
	put_some(x, INTO_CHANGES, in, in);
	put_u64(x, INTO_CHANGES, x->episode);
	put_u64(x, INTO_CHANGES, cpu);
	put_text(x, INTO_CHANGES, obj_name(c->lk, name, sizeof(name)));
	put_text(x, INTO_CHANGES, change_name(c->kind));
	put_u64(x, INTO_CHANGES, c->who);
	if (field)
		put_text(x, INTO_CHANGES, obj_field(obj_kind_of(c->lk), c->field)->name);
	else
		put_null(x, INTO_CHANGES);
	put_u64(x, INTO_CHANGES, c->at);
	put_u64(x, INTO_CHANGES, c->n);
	put_values(x, c);
	put_row(x, INTO_CHANGES);
}

static void put_changes(struct export *x, u64 index, u32 cpu)
{
	const struct change *c;
	u32 n;

	c = world_changes(x->world.w, &n);
	for (u32 i = 0; i < n; i++)
		put_change(x, index, cpu, &c[i]);
}

static void take(struct export *x, u64 index, const struct event *e)
{
	sections_event(x->ss, index, e);
	if (event_is_mark(e->kind))
		take_mark(x, index, e);
	if (x->world.w && log_world_event(&x->world, e) == LOG_WORLD_PUSH)
		put_changes(x, index, e->cpu);
}

static void put_findings(struct export *x, const struct finding *f, u32 n)
{
	char name[32];

	for (u32 i = 0; i < n; i++, f++) {
		x->n.findings++;
		put_u64(x, INTO_FINDINGS, f->index);
		put_some(x, INTO_FINDINGS, f->cpu != FINDING_NO_CPU, f->cpu);
		if (f->lk != FINDING_NO_LOCK)
			put_text(x, INTO_FINDINGS, lock_text(x, f->lk, name, sizeof(name)));
		else
			put_null(x, INTO_FINDINGS);
		put_text(x, INTO_FINDINGS, f->row);
		put_text(x, INTO_FINDINGS, f->class == FINDING_KNOWN ? "known" : "violation");
		if (f->class == FINDING_KNOWN)
			put_text(x, INTO_FINDINGS, erratum_name(f->erratum));
		else
			put_null(x, INTO_FINDINGS);
		put_text(x, INTO_FINDINGS, f->sentence);
		put_text(x, INTO_FINDINGS, f->state);
		put_row(x, INTO_FINDINGS);
	}
}

static void put_key(struct export *x, const char *key, u64 v)
{
	put_text(x, INTO_LOG, key);
	put_u64(x, INTO_LOG, v);
	put_row(x, INTO_LOG);
}

static void put_log(struct export *x, const char *path)
{
	const struct log_config *c = x->s->config;
	struct log_status st;

	log_source_status(x->s, &st);
	put_text(x, INTO_LOG, "path");
	put_text(x, INTO_LOG, path);
	put_row(x, INTO_LOG);
	put_text(x, INTO_LOG, "scenario");
	put_text(x, INTO_LOG, c->scenario);
	put_row(x, INTO_LOG);
	put_key(x, "cpus", c->cpus);
	put_key(x, "seed", c->seed);
	put_key(x, "timestamps", c->timestamps);
	put_key(x, "events", x->n.events);
	put_key(x, "cut", st.cut);
}

static void run_sql(struct export *x, const char *sql)
{
	if (x->rc == SQLITE_OK)
		keep_error(x, sqlite3_exec(x->db, sql, NULL, NULL, NULL));
}

static void begin(struct export *x, const char *to)
{
	keep_error(x, sqlite3_open(to, &x->db));
	/* A file of its own, which nobody else reads before it is whole. */
	run_sql(x, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;");
	run_sql(x, export_tables);
	run_sql(x, "BEGIN");
	for (u32 i = 0; i < INTO_NR && x->rc == SQLITE_OK; i++)
		keep_error(x, sqlite3_prepare_v2(x->db, inserts[i], -1, &x->into[i], NULL));
}

static int read_all(struct export *x, struct err *e)
{
	struct event ev[SOURCE_BATCH];
	u32 n;
	int rc;

	do {
		rc = x->s->next(x->s, ev, SOURCE_BATCH, &n, e);
		for (u32 i = 0; i < n; i++)
			take(x, x->n.events++, &ev[i]);
		checker_feed(x->check, ev, n);
	} while (rc == 0 && n > 0 && x->rc == SQLITE_OK);
	leave_all(x);
	return rc;
}

static void put_all_findings(struct export *x)
{
	const struct finding *f;
	struct log_status st;
	u32 n;

	log_source_status(x->s, &st);
	if (st.cut)
		checker_cut(x->check);
	checker_end(x->check, !st.cut);
	f = checker_findings(x->check, &n);
	put_findings(x, f, n);
	f = checker_known(x->check, &n);
	put_findings(x, f, n);
}

static void end(struct export *x)
{
	for (u32 i = 0; i < INTO_NR; i++)
		sqlite3_finalize(x->into[i]);
	run_sql(x, "COMMIT");
	run_sql(x, export_indices);
	keep_error(x, sqlite3_close(x->db));
}

int export_sqlite(struct log_source *s, const char *path, const char *to, struct export_counts *out,
                  struct err *e)
{
	struct export *x = xcalloc(1, sizeof(*x));
	const struct sections_told told = { .asked = asked, .done = done, .arg = x };
	int rc;

	x->s = s;
	x->calls = (struct calls){ .config = s->config, .ended = put_call, .arg = x };
	x->ss = sections_new(&told);
	x->world.w = s->config->fixed.region_cnt ? world_new(s->config, WORLD_INDEX) : NULL;
	x->check = checker_new(s->config, check_set_all());
	begin(x, to);
	rc = read_all(x, e);
	put_all_findings(x);
	put_log(x, path);
	end(x);
	if (rc == 0 && x->rc != SQLITE_OK)
		rc = err_set(e, ERR_HOST, "%s: %s", to, sqlite3_errstr(x->rc));
	x->n.operations = x->calls.n;
	*out = x->n;
	sections_free(x->ss);
	if (x->world.w)
		world_free(x->world.w);
	checker_free(x->check);
	free(x);
	return rc;
}
