// SPDX-License-Identifier: GPL-2.0-only
#include "sim/exec/exec.h"

#include "sim/base/vec.h"
#include "sim/exec/complete.h"
#include "sim/exec/concurrent.h"
#include "sim/exec/read.h"
#include "sim/exec/record.h"
#include "sim/exec/scope_op.h"
#include "sim/exec/script.h"
#include "sim/log/json.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

void exec_as_at_start(struct exec *x)
{
	x->errata = x->o.errata;
	x->cpu = 0;
	x->weak = x->o.weak;
	x->level = x->o.ticket ? ENV_TICKET : ENV_HIGH;
	x->last = (struct exec_last){ .have = false };
}

int exec_new(struct exec **out, const struct exec_opts *o, struct err *e)
{
	struct exec *x = xcalloc(1, sizeof(*x));
	int rc;

	x->o = *o;
	exec_as_at_start(x);
	x->record = record_new(x->o.record);
	rc = exec_make(x, 0, e);
	if (rc < 0) {
		exec_free(x);
		return rc;
	}
	*out = x;
	return 0;
}

void exec_free(struct exec *x)
{
	if (!x)
		return;
	concurrent_free(x->concurrent);
	record_free(x->record);
	exec_drop(x);
	free(x);
}

int exec_end(struct exec *x, struct err *e)
{
	struct err late;
	int rc = concurrent_closed(x->concurrent, e);
	int ended = record_end(x->record, rc < 0 ? &late : e);

	return rc < 0 ? rc : ended;
}

bool exec_collects(const struct exec *x)
{
	return x->concurrent != NULL;
}

struct machine *exec_machine(const struct exec *x)
{
	return x->m;
}

u32 exec_cpu_number(const struct exec *x)
{
	return x->cpu;
}

enum outcome exec_outcome(const struct exec *x)
{
	return x->last.o.outcome;
}

u32 exec_failed(const struct exec *x)
{
	return x->n_failed;
}

void print_json_string(FILE *f, const char *s)
{
	json_t *j = json_string(s);

	json_dumpf(j, f, JSON_ENCODE_ANY);
	json_decref(j);
}

/* The rule, and the state that it was broken in. */
static void stuck_json(FILE *f, const struct cpu *c)
{
	bool first = true;

	fprintf(f, ",\"rule\":\"%s\",\"bars\":\"%s\",\"tstate\":%u,\"locks\":{",
	        stuck_name(c->stuck.rule), bars_name(c->bars), c->tstate);
	for (lk_t lk = 0; lk < LK_SPACE; lk++) {
		if (c->lock[lk] == LOCK_FALSE)
			continue;
		fprintf(f, "%s\"%u\":\"%s\"", first ? "" : ",", lk, lock_state_name(c->lock[lk]));
		first = false;
	}
	fputs("}", f);
}

/* Numbers that count or name something small; the others are addresses, entries, registers. */
static bool is_small(enum prim_arg kind)
{
	switch (kind) {
	case PRIM_ARG_bound:
	case PRIM_ARG_lk:
	case PRIM_ARG_vmid:
	case PRIM_ARG_vcpuid:
	case PRIM_ARG_load_idx:
	case PRIM_ARG_cbndx:
	case PRIM_ARG_smmu:
	case PRIM_ARG_region:
	case PRIM_ARG_index:
	case PRIM_ARG_reg:
	case PRIM_ARG_u32:
	case PRIM_ARG_state:
	case PRIM_ARG_owner:
	case PRIM_ARG_count:
	case PRIM_ARG_pgnum:
	case PRIM_ARG_size:
		return true;
	case PRIM_ARG_event:
	case PRIM_ARG_hsr:
	case PRIM_ARG_u64:
	case PRIM_ARG_addr:
	case PRIM_ARG_pfn:
	case PRIM_ARG_gfn:
	case PRIM_ARG_s2idx:
	case PRIM_ARG_inbuf:
	case PRIM_ARG_outbuf:
	case PRIM_ARG_pstate:
	case PRIM_ARG_next:
	case PRIM_ARG_value:
	case PRIM_ARG_NR:
		break;
	}
	return false;
}

/* The reason, and its values by name. */
static void panic_json(FILE *f, const struct panic_report *p)
{
	char buf[32];

	fprintf(f, ",\"reason\":\"%s\",\"values\":{", panic_name(p->reason));
	for (u32 i = 0; i < p->n; i++) {
		size_t len;
		const char *name = panic_value_name(p->reason, i, &len);

		fprintf(f, "%s\"%.*s\":%s", i ? "," : "", (int)len, name,
		        json_u64_text(p->values[i], buf, sizeof(buf)));
	}
	fputs("}", f);
}

static void report_json(struct exec *x, const char *call, u32 n, const u64 *a, const char *event)
{
	const struct prim *p = prim_by_name(call);
	FILE *f = x->o.out;
	char buf[32];

	fprintf(f, "{\"line\":%llu,\"cpu\":%u,\"call\":", (unsigned long long)x->line, x->cpu);
	print_json_string(f, call);
	fputs(",\"args\":[", f);
	for (u32 i = 0; i < n; i++) {
		fputs(i ? "," : "", f);
		if (i == 0 && event)
			print_json_string(f, event);
		else
			fputs(p && i < p->n_args && is_small(p->arg[i])
			              ? json_u64_text(a[i], buf, sizeof(buf))
			              : json_hex_text(a[i], buf, sizeof(buf)),
			      f);
	}
	fprintf(f, "],\"outcome\":\"%s\"", outcome_word(x->last.o.outcome));
	if (x->last.o.gives)
		fprintf(f, ",\"value\":%s", json_hex_text(x->last.o.value, buf, sizeof(buf)));
	if (x->last.o.outcome == OUT_STUCK)
		stuck_json(f, exec_cpu(x));
	else if (x->last.o.outcome == OUT_PANIC)
		panic_json(f, &x->last.o.panic);
	fputs("}\n", f);
}

static void report_text(struct exec *x, const char *call, u32 n, const u64 *a, const char *event)
{
	const struct prim *p = prim_by_name(call);
	FILE *f = x->o.out;
	char buf[2048];

	fprintf(f, "%s(", call);
	for (u32 i = 0; i < n; i++) {
		/* Frames, addresses and entries are hex, where it is known that they are. */
		bool hex = p && i < p->n_args && !is_small(p->arg[i]) && a[i] > 9;

		if (hex)
			snprintf(buf, sizeof(buf), "0x%llx", (unsigned long long)a[i]);
		else
			number_print(a[i], buf, sizeof(buf));
		fprintf(f, "%s%s", i ? ", " : "", i == 0 && event ? event : buf);
	}
	if (x->last.o.outcome == OUT_STUCK)
		fprintf(f, ") = stuck %s\n", stuck_print(exec_cpu(x), buf, sizeof(buf)));
	else if (x->last.o.outcome == OUT_PANIC)
		fprintf(f, ") = panic %s\n", panic_print(&x->last.o.panic, buf, sizeof(buf)));
	else if (x->last.o.outcome == OUT_OK && x->last.o.gives)
		fprintf(f, ") = %s\n", number_print(x->last.o.value, buf, sizeof(buf)));
	else
		fprintf(f, ") = %s\n", outcome_word(x->last.o.outcome));
}

void exec_report(struct exec *x, const char *call, u32 n, const u64 *a, const char *event,
                 enum outcome outcome, bool gives, u64 value)
{
	x->last = (struct exec_last){ .have = true,
		                      .o = { .gives = gives && outcome == OUT_OK,
		                             .outcome = outcome,
		                             .rule = exec_cpu(x)->stuck.rule,
		                             .panic = exec_cpu(x)->panic,
		                             .value = value } };
	if (x->o.json)
		report_json(x, call, n, a, event);
	else
		report_text(x, call, n, a, event);
}

void exec_report_state(struct exec *x, const char *name, bool set, u64 value)
{
	char buf[32];

	x->last = (struct exec_last){ .have = true,
		                      .o = { .gives = true, .outcome = OUT_OK, .value = value } };
	if (x->o.json)
		fprintf(x->o.out, "{\"line\":%llu,\"cpu\":%u,\"%s\":\"%s\",\"value\":%s}\n",
		        (unsigned long long)x->line, x->cpu, set ? "set" : "get", name,
		        json_hex_text(value, buf, sizeof(buf)));
	else
		fprintf(x->o.out, "%s %s %s\n", name, set ? ":=" : "=",
		        number_print(value, buf, sizeof(buf)));
}

static int do_cpu(struct exec *x, struct text_line *l, struct err *e)
{
	return read_cpu(l, x->o.cpus, &x->cpu, e);
}

/* "1 WAIT_LOCK 10 ; 1 OPULL 8", nothing at all being an answer too. */
static int read_answer(struct exec *x, struct text_line *l, lk_t lk, struct env_events *batch,
                       struct err *e)
{
	bool more = false;

	for (;;) {
		const char *at = l->at;
		struct env_event ev;
		u64 cpu = 0;
		int rc;

		if (!more && text_next(l).len == 0)
			return 0;
		l->at = at;
		rc = script_number(l, MAX_CPU - 1, "a CPU", &cpu, e);
		if (rc == 0)
			rc = script_event(l, lk, x->env, ";", &ev, &more, e);
		if (rc < 0)
			return rc;
		ev.cpu = (u8)cpu;
		vec_push(batch, ev);
		if (!more)
			return script_end(l, e);
	}
}

static int do_env(struct exec *x, struct text_line *l, struct err *e)
{
	struct env_events batch = { .n = 0 };
	struct text_word w;
	u64 lk = 0;
	int rc = script_number(l, LK_SPACE - 1, "a log", &lk, e);

	if (rc < 0)
		return rc;
	w = text_next(l);
	if (!text_is(w, ":"))
		return text_expected(l, w, 0, e, "':' and the events");
	rc = read_answer(x, l, (lk_t)lk, &batch, e);
	if (rc == 0)
		env_answer(x->env, (lk_t)lk, &batch);
	vec_free(&batch);
	return rc;
}

static int do_level(struct exec *x, struct text_line *l, struct err *e)
{
	bool high;
	int rc = read_either(l, "high", "ticket", &high, e);

	if (rc == 0)
		x->level = high ? ENV_HIGH : ENV_TICKET;
	return rc;
}

static int do_weak(struct exec *x, struct text_line *l, struct err *e)
{
	const char *at = l->at;
	bool on = true;
	int rc = 0;

	if (text_next(l).len > 0) {
		l->at = at;
		rc = read_either(l, "on", "off", &on, e);
	}
	if (rc == 0)
		x->weak = on;
	return rc;
}

static int do_errata(struct exec *x, struct text_line *l, struct err *e)
{
	return read_errata(l, &x->errata, e);
}

static int do_erratum(struct exec *x, struct text_line *l, struct err *e)
{
	return read_erratum(l, &x->errata, e);
}

static int do_search(struct exec *x, struct text_line *l, struct err *e)
{
	(void)x;
	return read_for_search(l, e);
}

int exec_prim(struct exec *x, const struct prim *p, const u64 *args, const char *call, u32 n,
              const u64 *a, const char *event, struct err *e)
{
	struct cpu *c = exec_cpu(x);
	enum outcome out;
	u64 value;

	c->level = x->level;
	c->errata = x->errata;
	if (x->o.before)
		x->o.before(x->o.before_arg, p->name, args ? p->n_args : 0, args);
	record_before(x->record, &(struct record_state){ x->cpu, x->line, x->weak, x->errata });
	out = exec_call(x->env, c, p, args, x->weak, &value);
	exec_report(x, call, n, a, event, out, p->returns, value);
	return record_call(x->record, p, args, &x->last.o, e);
}

int exec_call_line(struct exec *x, struct read_call *call, struct err *e)
{
	struct scope_call *c = &call->call;
	const char *first = call->event_text;

	if (call->has_event)
		c->args[0] = (u64)(uintptr_t)&call->event;
	else if (call->entry && !x->o.json)
		first = call->first;
	for (u32 i = 0; i < c->n_regs; i++)
		exec_cpu(x)->regs.r[c->reg[i]] = c->value[i];
	return exec_prim(x, c->prim, call->entry ? NULL : c->args, call->name, call->n, call->v,
	                 call->n && first[0] ? first : NULL, e);
}

static int do_concurrent(struct exec *x, struct text_line *l, struct err *e)
{
	int rc;

	if (x->o.sequential)
		return text_expected(l, script_first(l), 0, e,
		                     "a line that makes one call at most");
	rc = script_end(l, e);
	if (rc == 0)
		x->concurrent = concurrent_new(l);
	return rc;
}

static int make_program(struct exec *x, struct program *p, const char *file, struct err *e)
{
	for (u32 i = 0; i < p->n_calls; i++) {
		struct read_call *c = &p->call[i];
		int rc;

		x->line = c->call.line;
		exec_own(x, &c->call, p->feed, p->used, program_fed(p, i));
		rc = exec_call_line(x, c, e);
		exec_own_taken(x, p->used);
		if (rc < 0)
			return rc;
		for (u32 k = 0; k < c->call.n_expects; k++)
			exec_judge(x, &c->call.expect[k], file);
	}
	return 0;
}

/* CPU 0 makes its calls, then CPU 1, ...; what comes behind is CPU 0's. */
static int do_end(struct exec *x, struct text_line *l, struct err *e)
{
	struct concurrent *r = x->concurrent;
	int rc;

	if (!r)
		return text_expected(l, script_first(l), 0, e, "concurrent before its end");
	rc = script_end(l, e);
	if (rc < 0)
		return rc;
	x->concurrent = NULL;
	for (u32 i = 0; i < x->o.cpus && rc == 0; i++) {
		x->cpu = i;
		rc = make_program(x, concurrent_program(r, i), l->file, e);
	}
	x->cpu = 0;
	x->last.have = false;
	concurrent_free(r);
	return rc;
}

static const struct {
	const char *name;
	int (*run)(struct exec *x, struct text_line *l, struct err *e);
} directives[] = {
	{ "cpu", do_cpu },       { "env", do_env },       { "level", do_level },
	{ "weak", do_weak },     { "errata", do_errata }, { "erratum", do_erratum },
	{ "reset", do_reset },   { "expect", do_expect }, { "get", state_get },
	{ "set", state_set },    { "dump", dump },        { "boot", do_boot },
	{ "feed", do_feed },     { "depend", do_search }, { "grain", do_search },
	{ "checks", do_search }, { "end", do_end },       { "concurrent", do_concurrent },
};

const char *exec_word(u32 i)
{
	if (i < ARRAY_SIZE(directives))
		return directives[i].name;
	i -= (u32)ARRAY_SIZE(directives);
	if (i < n_entries)
		return entry_word(i);
	i -= n_entries;
	if (i < n_scope_ops)
		return scope_ops[i].name;
	i -= n_scope_ops;
	return i < n_prims ? prims[i].name : NULL;
}

static int run_line(struct exec *x, const char *line, size_t len, const char *file, u64 number,
                    struct err *e)
{
	struct text_line l = {
		.file = file, .number = number, .begin = line, .end = line + len, .at = line
	};
	struct text_word w = text_next(&l);
	struct read_call call;
	int rc;

	x->line = number;
	if (w.len == 0)
		return 0;
	if (x->concurrent && !text_is(w, "end"))
		return concurrent_line(x->concurrent, x->o.cpus, &l, w, e);
	for (u32 i = 0; i < ARRAY_SIZE(directives); i++)
		if (text_is(w, directives[i].name))
			return directives[i].run(x, &l, e);
	rc = read_call(&l, w, x->env, &call, e);
	if (rc > 0)
		return text_expected(
			&l, w, 0, e,
			"a primitive (hypsim list primitives), or one of cpu, env, "
			"level, weak, errata, erratum, boot, feed, hvc, fault, run, trap, irq, "
			"reset, expect, get, set, dump, depend, grain, checks, concurrent, end");
	if (rc < 0)
		return rc;
	exec_own(x, &call.call, NULL, NULL, 0);
	return exec_call_line(x, &call, e);
}

int exec_line(struct exec *x, const char *line, size_t len, const char *file, u64 number,
              struct err *e)
{
	return exec_hinted(run_line(x, line, len, file, number, e), line, len, file, e);
}
