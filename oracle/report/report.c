// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/report/report.h"

#include "oracle/check/about.h"
#include "oracle/report/columns.h"
#include "oracle/report/known.h"
#include "sim/log/json.h"
#include "sim/log/op.h"

#include <string.h>

#define RED   "\033[31m"
#define GREEN "\033[32m"
#define BOLD  "\033[1m"
#define PLAIN "\033[0m"

enum { MAX_OTHERS = 8 }; /* findings after the first that get a line */

static const char *verdict_word(const struct check_verdict *v)
{
	if (!v->judged)
		return "not judged";
	return v->n_findings ? "VIOLATION" : "ok";
}

static void print_row(FILE *f, const char *name, const struct check_verdict *v, bool color)
{
	const char *on = "";

	if (color && v->judged)
		on = v->n_findings ? RED : GREEN;
	fprintf(f, "  %-10s %s%-12s%s%s", name, on, verdict_word(v), *on ? PLAIN : "", v->worst);
	if (v->n_findings > 1)
		fprintf(f, "%s%llu findings", v->worst[0] ? "; " : "",
		        (unsigned long long)v->n_findings);
	if (v->n_known)
		fprintf(f, "%s%llu known", v->worst[0] || v->n_findings > 1 ? "; " : "",
		        (unsigned long long)v->n_known);
	fputc('\n', f);
}

/* Is a group told in one line, and of its checks only those that found something?  Not if all that is asked for is in it. */
static bool in_one_line(const struct checker *c, enum check_group group)
{
	if (group == GROUP_LOCK || group == GROUP_LOG)
		return false;
	for (u32 id = 0; id < CHK_NR; id++)
		if (checker_has(c, id) && check_group(id) != group)
			return true;
	return false;
}

/* What the checks of a group say together; false: none of them is asked for. */
static bool group_verdict(const struct checker *c, enum check_group group,
                          struct check_verdict *all)
{
	u32 n = 0, judged = 0;
	u64 cases = 0;

	*all = (struct check_verdict){ 0 };
	for (u32 id = 0; id < CHK_NR; id++) {
		struct check_verdict v;

		if (check_group(id) != group || !checker_has(c, id))
			continue;
		checker_verdict(c, id, &v);
		n++;
		judged += v.judged;
		cases += v.n_cases;
		all->judged |= v.judged;
		all->n_findings += v.n_findings;
		all->n_known += v.n_known;
		if (!v.judged && !all->judged)
			snprintf(all->worst, sizeof(all->worst), "%s", v.worst);
	}
	if (all->judged)
		snprintf(all->worst, sizeof(all->worst), "%u of %u checks judged, %llu cases",
		         judged, n, (unsigned long long)cases);
	return n > 0;
}

/* A group's line, and those of its checks that found something. */
static void print_group(FILE *f, const struct checker *c, enum check_group group, bool color)
{
	struct check_verdict v;

	if (!group_verdict(c, group, &v))
		return;
	print_row(f, check_group_name(group), &v, color);
	for (u32 id = 0; id < CHK_NR; id++) {
		if (check_group(id) != group || !checker_has(c, id))
			continue;
		checker_verdict(c, id, &v);
		if (v.n_findings || v.n_known)
			print_row(f, check_name(id), &v, color);
	}
}

void report_table(FILE *f, const struct checker *c, bool color)
{
	for (u32 id = 0; id < CHK_NR; id++) {
		struct check_verdict v;

		if (!checker_has(c, id) || in_one_line(c, check_group(id)))
			continue;
		checker_verdict(c, id, &v);
		print_row(f, check_name(id), &v, color);
	}
	for (u32 g = 0; g < GROUP_NR; g++)
		if (in_one_line(c, g))
			print_group(f, c, g, color);
}

/* Is no check of the group judged, each for this reason? */
static bool group_is_for(const struct checker *c, enum check_group group, const char *reason)
{
	for (u32 id = 0; id < CHK_NR; id++) {
		struct check_verdict v;

		if (check_group(id) != group || !checker_has(c, id))
			continue;
		checker_verdict(c, id, &v);
		if (v.judged || strcmp(v.worst, reason) != 0)
			return false;
	}
	return true;
}

/* Names of the checks from @id on that are not judged for one reason, and the reason; *said: those that were told. */
static void one_reason(FILE *f, const struct checker *c, u32 id, const struct check_verdict *why,
                       struct check_set *said)
{
	for (u32 other = id; other < CHK_NR; other++) {
		enum check_group group = check_group(other);
		struct check_verdict v;
		bool whole;

		if (!checker_has(c, other) || check_set_has(said, other))
			continue;
		checker_verdict(c, other, &v);
		if (v.judged || strcmp(v.worst, why->worst) != 0)
			continue;
		whole = in_one_line(c, group) && group_is_for(c, group, v.worst);
		fprintf(f, "%s%s", other == id ? "" : ", ",
		        whole ? check_group_name(group) : check_name(other));
		check_set_add(said, other);
		for (u32 rest = other; whole && rest < CHK_NR; rest++)
			if (check_group(rest) == group)
				check_set_add(said, rest);
	}
	fprintf(f, " (%s)", why->worst);
}

/* Checks that have cases which could not be told, one way or the other. */
static const char *untold(FILE *f, const struct checker *c, const char *sep)
{
	for (u32 id = 0; id < CHK_NR; id++) {
		struct check_verdict v;

		if (!checker_has(c, id))
			continue;
		checker_verdict(c, id, &v);
		if (v.n_untold == 0)
			continue;
		fprintf(f, "%s%llu cases of %s (could not be told)", sep,
		        (unsigned long long)v.n_untold, check_name(id));
		sep = "; ";
	}
	return sep;
}

void report_not_judged(FILE *f, const struct checker *c)
{
	struct check_set said = { 0 };
	const char *sep = "";
	char name[16];

	fprintf(f, "not judged: ");
	for (u32 id = 0; id < CHK_NR; id++) {
		struct check_verdict v;

		if (!checker_has(c, id) || check_set_has(&said, id))
			continue;
		checker_verdict(c, id, &v);
		if (v.judged)
			continue;
		fprintf(f, "%s", sep);
		one_reason(f, c, id, &v, &said);
		sep = "; ";
	}
	sep = untold(f, c, sep);
	if (checker_high_locks(c) && checker_n_ticket_events(c)) {
		fprintf(f, "%sall but H_CalLock of", sep);
		for (u64 locks = checker_high_locks(c); locks; locks &= locks - 1)
			fprintf(f, " %s",
			        obj_name((lk_t)__builtin_ctzll(locks), name, sizeof(name)));
		fprintf(f, " (high-level)");
		sep = "; ";
	}
	fprintf(f, "%s\n", *sep ? "" : "nothing");
}

const char *report_hollow(const struct checker *c)
{
	if (checker_n_events(c) == 0)
		return ", of nothing: the log is empty";
	if (checker_n_contended(c) == 0 && checker_n_ticket_events(c) > 0)
		return ", but no lock was contended";
	return "";
}

/* "lock 7 (NPT:2), CPU 1, event 5 (1723 of the log): HOLD_LOCK" */
static void print_place(FILE *out, const struct finding *f)
{
	char name[16];
	const char *sep = "";

	if (f->lk != FINDING_NO_LOCK) {
		fprintf(out, "lock %u", f->lk);
		if (f->lk < ID_END)
			fprintf(out, " (%s)", obj_name(f->lk, name, sizeof(name)));
		sep = ", ";
	}
	if (f->cpu != FINDING_NO_CPU) {
		fprintf(out, "%sCPU %u", sep, f->cpu);
		sep = ", ";
	}
	if (f->event[0] && f->lk != FINDING_NO_LOCK)
		fprintf(out, "%sevent %llu of the lock's log (%llu of all): %s", sep,
		        (unsigned long long)f->at, (unsigned long long)f->index, f->event);
	else if (f->event[0])
		fprintf(out, "%smark %llu of all: %s", sep, (unsigned long long)f->index, f->event);
	else
		fprintf(out, "%safter event %llu", sep, (unsigned long long)f->index);
}

/* Of the merge's finding, what the records on both sides of the break say. */
static void print_means(FILE *out, const struct checker *c, const struct finding *f,
                        const char *indent)
{
	const struct broken *b = f->check == CHK_MERGE ? checker_broken(c) : NULL;

	for (u32 i = 0; b && i < b->n_means; i++)
		fprintf(out, "%s%s\n", indent, b->mean[i]);
}

/* The same, the records behind it. */
static void print_behind(FILE *out, const struct checker *c, const struct finding *f, bool locks)
{
	const struct broken *b = f->check == CHK_MERGE ? checker_broken(c) : NULL;

	for (u32 i = 0; b && i < b->n_records; i++)
		locks |= b->record[i].lk != b->record[0].lk;
	if (b && b->n_records) {
		fputc('\n', out);
		columns_behind(out, b, f->cpu, locks);
	}
}

/* Of a surprise, what it is about, and what other CPUs did to it before. */
static void print_about(FILE *out, const struct finding *f, const struct log_config *config)
{
	char text[256];

	for (u32 i = 0; i < f->n_about; i++) {
		const struct about *a = &f->about[i];

		fprintf(out, "  %s\n", about_print(a, text, sizeof(text)));
		for (u32 k = 0; k < a->n_changes; k++)
			fprintf(out, "    %s\n",
			        about_change_print(&a->change[k], config, text, sizeof(text)));
	}
}

static void print_first(FILE *out, const struct checker *c, const struct log_config *config,
                        const struct finding *f, bool color)
{
	const char *source = check_source(f->check), *clauses = check_clauses(f->check);
	const struct context_event *v;
	bool locks = false;
	u32 n;

	fprintf(out, "\n%sfirst violation: %s%s (check %s%s%s%s%s)\n", color ? BOLD : "", f->row,
	        color ? PLAIN : "", check_name(f->check), clauses[0] ? ", " : "", clauses,
	        source[0] ? ", " : "", source);
	fprintf(out, "  %s\n  ", f->sentence);
	print_place(out, f);
	fputc('\n', out);
	if (f->state[0])
		fprintf(out, "  just before: %s\n", f->state);
	print_means(out, c, f, "  ");
	print_about(out, f, config);
	v = checker_context(c, &n);
	if (n == 0) {
		print_behind(out, c, f, true);
		return;
	}
	for (u32 i = 1; i < n; i++)
		locks |= v[i].lk != v[0].lk || event_is_mark(v[i].kind) || event_is_mark(v[0].kind);
	fputc('\n', out);
	columns_print(out, v, n, config, f->event[0] ? f->index : ~0ull, locks);
	print_behind(out, c, f, locks);
}

void report_findings(FILE *out, const struct checker *c, const struct log_config *config,
                     bool color)
{
	u64 all = checker_n_findings(c);
	const struct finding *f;
	u32 n;

	f = checker_findings(c, &n);
	if (n == 0)
		return;
	print_first(out, c, config, f, color);
	if (n > 1)
		fprintf(out, "\nalso:\n");
	for (u32 i = 1; i < n && i <= MAX_OTHERS; i++) {
		fprintf(out, "  %-18s ", f[i].row);
		print_place(out, &f[i]);
		fprintf(out, "\n  %-18s   %s\n", "", f[i].state[0] ? f[i].state : f[i].sentence);
		print_means(out, c, &f[i], "                       ");
	}
	if (all > MAX_OTHERS + 1)
		fprintf(out, "  and %llu more\n", (unsigned long long)(all - MAX_OTHERS - 1));
}

/* The first known finding of the erratum that is kept; NULL: violations have taken all room. */
static const struct finding *first_of(const struct checker *c, enum erratum erratum)
{
	const struct finding *f;
	u32 n;

	f = checker_known(c, &n);
	for (u32 i = 0; i < n; i++)
		if (f[i].erratum == erratum)
			return &f[i];
	return NULL;
}

void report_known(FILE *out, const struct checker *c)
{
	for (u32 i = 0; i < ERRATUM_NR; i++) {
		u64 n = checker_n_known_of(c, i);
		const struct finding *f = first_of(c, i);

		if (n == 0)
			continue;
		fprintf(out, "known, erratum %s: %llu", erratum_name(i), (unsigned long long)n);
		if (f) {
			fprintf(out, "; the first: %s, ", f->row);
			print_place(out, f);
			fprintf(out, "\n  %s", f->state[0] ? f->state : f->sentence);
		}
		fputc('\n', out);
	}
}

static json_t *number_or_null(u32 value, u32 none)
{
	return value == none ? json_null() : json_integer(value);
}

static json_t *finding_json(const struct finding *f)
{
	return json_pack("{s:s, s:s, s:o, s:o, s:I, s:I, s:s, s:s, s:s, s:s}", "check",
	                 check_name(f->check), "row", f->row, "lock",
	                 number_or_null(f->lk, FINDING_NO_LOCK), "cpu",
	                 number_or_null(f->cpu, FINDING_NO_CPU), "at", (json_int_t)f->at, "index",
	                 (json_int_t)f->index, "event", f->event, "sentence", f->sentence, "state",
	                 f->state, "clauses", check_clauses(f->check));
}

static json_t *change_json(const struct touch *t)
{
	json_t *o = json_pack(
		"{s:i, s:o, s:s, s:o, s:o, s:o}", "cpu", (int)t->cpu, "index", json_u64(t->index),
		"field", obj_field(obj_kind_of(t->lk), t->field)->name, "first", json_hex(t->first),
		"last", json_hex(t->last), t->outside ? "number" : "value", json_hex(t->value));

	if (t->op != TOUCHED_NO_OP)
		json_object_set_new(o, "operation", json_string(op_function(t->op)));
	return o;
}

/* {"what":"frame","number":"0x210","record":{"s2_owner":"0x2"},"changes":[{"cpu","index","field","first","last","value","operation"}]} */
static json_t *about_json(const struct about *a)
{
	json_t *record = json_object(), *changes = json_array();
	char word[MARK_WORD];
	json_t *o = json_pack("{s:s, s:o}", "what",
	                      mark_print(NULL, MARG_ABOUT, a->what, word, sizeof(word)), "number",
	                      json_hex(a->number));

	if (a->what == MV_ABOUT_VCPU)
		json_object_set_new(o, "vmid", json_u64(a->vmid));
	if (a->what == MV_ABOUT_FRAME && a->page != INVALID64)
		json_object_set_new(o, "page", json_hex(a->page));
	for (u32 i = 0; i < a->n_fields; i++)
		json_object_set_new(record, a->field[i].name, json_hex(a->field[i].value));
	for (u32 i = 0; i < a->n_changes; i++)
		json_array_append_new(changes, change_json(&a->change[i]));
	json_object_set_new(o, "record", record);
	json_object_set_new(o, "changes", changes);
	return o;
}

static json_t *abouts_json(const struct finding *f)
{
	json_t *all = json_array();

	for (u32 i = 0; i < f->n_about; i++)
		json_array_append_new(all, about_json(&f->about[i]));
	return all;
}

static json_t *record_json(const struct broken_record *r)
{
	struct event e = { .kind = r->kind, .arg = r->arg };
	char event[32];
	json_t *o = json_pack("{s:i, s:i, s:s}", "cpu", (int)r->cpu, "lock", (int)r->lk, "event",
	                      event_print(&e, event, sizeof(event)));

	if (r->ranked)
		json_object_set_new(o, "ticket", json_integer(r->ticket));
	if (r->ranked && r->lk != FLATMEM_ID)
		json_object_set_new(o, "now", json_integer(r->now));
	return o;
}

/* {"ticket","now","saw_ticket","saw_now","means":["..."],"behind":[{"cpu","lock","event","ticket","now"}]} */
static json_t *broken_json(const struct broken *b)
{
	json_t *o = json_object(), *means = json_array(), *behind = json_array();

	if (b->at_step) {
		json_object_set_new(o, "ticket", json_integer(b->ticket));
		json_object_set_new(o, "now", json_integer(b->now));
		json_object_set_new(o, "saw_ticket", json_integer(b->seen_ticket));
		json_object_set_new(o, "saw_now", json_integer(b->seen_now));
	}
	for (u32 i = 0; i < b->n_means; i++)
		json_array_append_new(means, json_string(b->mean[i]));
	for (u32 i = 0; i < b->n_records; i++)
		json_array_append_new(behind, record_json(&b->record[i]));
	json_object_set_new(o, "means", means);
	json_object_set_new(o, "behind", behind);
	return o;
}

/* Those that are kept, each with its erratum. */
static json_t *known_findings_json(const struct checker *c)
{
	json_t *all = json_array();
	const struct finding *f;
	u32 n;

	f = checker_known(c, &n);
	for (u32 i = 0; i < n; i++) {
		json_t *o = finding_json(&f[i]);

		json_object_set_new(o, "erratum", json_string(erratum_name(f[i].erratum)));
		json_array_append_new(all, o);
	}
	return all;
}

json_t *report_json(const struct checker *c)
{
	json_t *checks = json_array(), *findings = json_array();
	const struct finding *f;
	u32 n;

	for (u32 id = 0; id < CHK_NR; id++) {
		struct check_verdict v;

		if (!checker_has(c, id))
			continue;
		checker_verdict(c, id, &v);
		json_array_append_new(
			checks,
			json_pack("{s:s, s:s, s:s, s:I, s:I}", "check", check_name(id), "verdict",
		                  v.judged && v.n_findings ? "violation" : verdict_word(&v),
		                  "worst", v.worst, "untold", (json_int_t)v.n_untold, "cases",
		                  (json_int_t)v.n_cases));
	}
	f = checker_findings(c, &n);
	for (u32 i = 0; i < n; i++) {
		json_t *o = finding_json(&f[i]);

		if (f[i].check == CHK_MERGE && checker_broken(c))
			json_object_set_new(o, "break", broken_json(checker_broken(c)));
		if (f[i].n_about)
			json_object_set_new(o, "about", abouts_json(&f[i]));
		json_array_append_new(findings, o);
	}
	return json_pack("{s:s, s:I, s:I, s:o, s:o, s:I, s:I, s:o, s:o}", "verdict",
	                 checker_n_findings(c) ? "violation" : "ok", "events",
	                 (json_int_t)checker_n_events(c), "contended",
	                 (json_int_t)checker_n_contended(c), "checks", checks, "findings", findings,
	                 "more_findings", (json_int_t)(checker_n_findings(c) - n), "known",
	                 (json_int_t)checker_n_known(c), "known_errata", known_json(c),
	                 "known_findings", known_findings_json(c));
}
