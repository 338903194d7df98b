// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/report/page.h"

#include "oracle/check/about.h"
#include "oracle/report/columns.h"
#include "sim/base/number.h"
#include "sim/log/op.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define BOLD  "\033[1m"
#define PLAIN "\033[0m"

enum { MAX_OTHERS = 8 }; /* findings after the first that get a line */

/* "lock 7 (NPT:2), CPU 1, event 5 (1723 of the log): HOLD_LOCK" */
static void print_place(FILE *out, const struct finding *f, const struct log_config *config)
{
	char name[LOCK_NAME_BYTES];
	const char *sep = "";

	if (f->lk != FINDING_NO_LOCK) {
		fprintf(out, "lock %u", f->lk);
		if (f->lk < ID_END)
			fprintf(out, " (%s)",
			        lock_name_of(&config->locks, f->lk, name, sizeof(name)));
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

/* Of the merge's finding, the records behind the break. */
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

/* "event 812, CPU 1, host_fault, map_page_host": who wrote a value, or that nobody has in this episode. */
static void print_writer(FILE *out, u64 word, const struct log_config *config)
{
	struct writer w = writer_of_word(word);

	if (!word) {
		fprintf(out, "as the episode began");
		return;
	}
	fprintf(out, "event %" PRIu64 ", CPU %u", w.at, w.cpu);
	if (w.work < config->n_ops)
		fprintf(out, ", %s", config->op_names[w.work]);
	if (w.op != WRITER_NO_OP)
		fprintf(out, ", %s", op_function(w.op));
}

/* "pte 0x213fff", "owner was VM 1": the value that a cell holds, or held before the event of the finding.  Returns buf. */
static const char *value_words(const struct fact *f, const struct log_config *config, char *buf,
                               size_t size)
{
	bool was = f->other_is == OTHER_BEFORE;
	char v[160];

	snprintf(buf, size, "%s %s%s", f->name, was ? "was " : "",
	         fact_print(f, was, &config->locks, v, sizeof(v)));
	return buf;
}

/* "NPT:0 pt_pmd_pool[0x911098]".  Returns buf. */
static const char *place_words(struct cell_at p, char *buf, size_t size)
{
	char name[16], at[NUMBER_TEXT];

	snprintf(buf, size, "%s %s[%s]", obj_name(p.lk, name, sizeof(name)),
	         obj_field(obj_kind_of(p.lk), p.field)->name, number_hex(p.index, at));
	return buf;
}

/* Of each value that a cell holds, who wrote it last. */
static void print_writers(FILE *out, const struct finding *f, const struct log_config *config)
{
	char value[200], place[80];
	int wide = 0, wide_place = 0;
	bool any = false;

	for (u32 i = 0; i < f->n_facts; i++) {
		const struct fact *v = &f->fact[i];
		int n = v->kept ? (int)strlen(value_words(v, config, value, sizeof(value))) : 0;
		int p = v->kept ? (int)strlen(place_words(v->place, place, sizeof(place))) : 0;

		wide = n > wide ? n : wide;
		wide_place = p > wide_place ? p : wide_place;
	}
	for (u32 i = 0; i < f->n_facts; i++) {
		const struct fact *v = &f->fact[i];

		if (!v->kept)
			continue;
		if (!any)
			fprintf(out, "  written last:\n");
		any = true;
		fprintf(out, "    %-*s  %-*s  ", wide, value_words(v, config, value, sizeof(value)),
		        wide_place, place_words(v->place, place, sizeof(place)));
		print_writer(out, v->writer, config);
		fputc('\n', out);
	}
}

static void print_locks(FILE *out, const struct log_config *config, const char *words, u64 locks)
{
	char name[LOCK_NAME_BYTES];

	if (locks)
		fprintf(out, "%s", words);
	for (bool first = true; locks; locks &= locks - 1, first = false)
		fprintf(out, "%s%s", first ? "" : ", ",
		        lock_name_of(&config->locks, (lk_t)__builtin_ctzll(locks), name,
		                     sizeof(name)));
}

/* "CPU 1: host_fault, map_page_host(addr=0x213000); inside S2PAGE, NPT:0; waits for CORE": where the CPUs were. */
static void print_scene(FILE *out, const struct around *a, const struct log_config *config)
{
	char call[160];
	bool any = false;

	for (u32 i = 0; i < MAX_CPU && a->scenes.known; i++) {
		const struct scene *s = &a->scenes.cpu[i];
		u64 waits = s->holder.taken & ~s->holder.held;
		bool work = s->work < config->n_ops, op = s->op != TOUCHED_NO_OP;

		if (!(s->holder.taken | s->holder.held) && !work && !op)
			continue;
		if (!any)
			fprintf(out, "  where the CPUs were:\n");
		any = true;
		fprintf(out, "    CPU %u: %s%s%s", i, work ? config->op_names[s->work] : "",
		        work && op ? ", " : "",
		        op ? op_print(s->op, s->n_arg, s->arg, call, sizeof(call)) : "");
		print_locks(out, config, work || op ? "; inside " : "inside ", s->holder.held);
		print_locks(out, config,
		            work || op || s->holder.held ? "; waits for " : "waits for ", waits);
		fputc('\n', out);
	}
}

/* Where operations begin and end on all CPUs, unless the events above have it all. */
static void print_operations(FILE *out, const struct around *a, const struct log_config *config,
                             const struct finding *f)
{
	bool others = false, of_lock = a->found.n && !event_is_mark(a->found.v[0].kind);

	for (u32 i = 0; i < a->found.n; i++)
		of_lock &=
			a->found.v[i].lk == a->found.v[0].lk && !event_is_mark(a->found.v[i].kind);
	for (u32 i = 0; i < a->ops.n; i++)
		others |= of_lock || a->ops.v[i].cpu != f->cpu;
	if (!others)
		return;
	fprintf(out, "\noperations around it:\n");
	columns_print(out, a->ops.v, a->ops.n, config, f->event[0] ? f->index : ~0ull, true);
}

/* Events around a finding, and of the merge's the records behind the break. */
static void print_around(FILE *out, const struct checker *c, const struct around *a,
                         const struct log_config *config, const struct finding *f)
{
	const struct context_event *v = a ? a->found.v : NULL;
	bool locks = false;

	if (!a || a->found.n == 0) {
		print_behind(out, c, f, true);
		return;
	}
	for (u32 i = 1; i < a->found.n; i++)
		locks |= v[i].lk != v[0].lk || event_is_mark(v[i].kind) || event_is_mark(v[0].kind);
	fputc('\n', out);
	columns_print(out, v, a->found.n, config, f->event[0] ? f->index : ~0ull, locks);
	print_behind(out, c, f, locks);
}

static void print_page(FILE *out, const struct checker *c, const struct log_config *config,
                       const struct finding *f, const char *title, bool color)
{
	const char *source = check_source(f->check), *clauses = check_clauses(f->check);
	const struct around *a = checker_around(c, f);

	fprintf(out, "\n%s%s: %s%s (check %s%s%s%s%s)\n", color ? BOLD : "", title, f->row,
	        color ? PLAIN : "", check_name(f->check), clauses[0] ? ", " : "", clauses,
	        source[0] ? ", " : "", source);
	fprintf(out, "  %s\n  ", f->sentence);
	print_place(out, f, config);
	fputc('\n', out);
	if (f->state[0])
		fprintf(out, "  just before: %s\n", f->state);
	print_means(out, c, f, "  ");
	print_about(out, f, config);
	print_writers(out, f, config);
	if (a)
		print_scene(out, a, config);
	print_around(out, c, a, config, f);
	if (a)
		print_operations(out, a, config, f);
}

char *page_again(const struct finding *f, struct page_how how)
{
	char *line;

	/* What --require asks for is no check that --only could ask for. */
	if (!how.log || strcmp(how.log, "-") == 0 || f->check == CHK_REQUIRE)
		return NULL;
	if (asprintf(&line, "hypsim check %s--only %s %s", how.strict ? "--strict " : "",
	             check_name(f->check), how.log) < 0)
		return NULL;
	return line;
}

/* How a person sees it again, and where it is explained. */
static void print_again(FILE *out, const struct log_config *config, const struct finding *f,
                        struct page_how how)
{
	json_t *extra = config->extra_json ? json_loads(config->extra_json, 0, NULL) : NULL;
	const char *command = json_string_value(json_object_get(extra, "command"));
	char *again = page_again(f, how);

	fprintf(out, "\nwhat it means: hypsim check --explain %s\n", f->row);
	if (again)
		fprintf(out, "to see it again: %s\n", again);
	if (command)
		fprintf(out, "the run was: %s%s\n", command,
		        config->cpus > 1 ? "  (CPUs meet otherwise each time)" : "");
	free(again);
	json_decref(extra);
}

static void print_others(FILE *out, const struct checker *c, const struct finding *f, u32 n,
                         const struct log_config *config)
{
	u64 all = checker_n_findings(c);

	if (n > 1)
		fprintf(out, "\nalso:\n");
	for (u32 i = 1; i < n && i <= MAX_OTHERS; i++) {
		fprintf(out, "  %-18s ", f[i].row);
		print_place(out, &f[i], config);
		fprintf(out, "\n  %-18s   %s\n", "", f[i].state[0] ? f[i].state : f[i].sentence);
		print_means(out, c, &f[i], "                       ");
	}
	if (all > MAX_OTHERS + 1)
		fprintf(out, "  and %llu more%s\n", (unsigned long long)(all - MAX_OTHERS - 1),
		        n > MAX_OTHERS + 1 ? " (--all)" : "");
}

/* Findings number 2 and on, and known ones, as pages. */
static void print_all(FILE *out, const struct checker *c, const struct log_config *config,
                      bool color)
{
	const struct finding *f;
	char title[64];
	u64 more;
	u32 n;

	f = checker_findings(c, &n);
	for (u32 i = 1; i < n; i++) {
		snprintf(title, sizeof(title), "violation %u", i + 1);
		print_page(out, c, config, &f[i], title, color);
	}
	more = checker_n_findings(c) - n;
	f = checker_known(c, &n);
	for (u32 i = 0; i < n; i++) {
		snprintf(title, sizeof(title), "known, erratum %s", erratum_name(f[i].erratum));
		print_page(out, c, config, &f[i], title, color);
	}
	if (more)
		fprintf(out,
		        "\nand %llu more violations, which are counted and not kept (%d are)\n",
		        (unsigned long long)more, MAX_FINDINGS);
}

void page_findings(FILE *out, const struct checker *c, const struct log_config *config,
                   struct page_how how)
{
	const struct finding *f;
	u32 n;

	f = checker_findings(c, &n);
	if (n)
		print_page(out, c, config, f, "first violation", how.color);
	if (how.all)
		print_all(out, c, config, how.color);
	else if (n)
		print_others(out, c, f, n, config);
	if (n)
		print_again(out, config, f, how);
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

void page_known(FILE *out, const struct checker *c, const struct log_config *config)
{
	for (u32 i = 0; i < ERRATUM_NR; i++) {
		u64 n = checker_n_known_of(c, i);
		const struct finding *f = first_of(c, i);

		if (n == 0)
			continue;
		fprintf(out, "known, erratum %s: %llu", erratum_name(i), (unsigned long long)n);
		if (f) {
			fprintf(out, "; the first: %s, ", f->row);
			print_place(out, f, config);
			fprintf(out, "\n  %s", f->state[0] ? f->state : f->sentence);
		}
		fputc('\n', out);
	}
}
