// SPDX-License-Identifier: GPL-2.0-only
/* The commands of replay --step, and what they show. */
#include "shmem/obj/obj.h"
#include "sim/cli/replay_walk.h"
#include "sim/log/event.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the prompt takes, a line each. */
static const char replay_step_help[] =
	"  next [N]             make the next step, or N of them\n"
	"  back [N]             go back a step, or N of them\n"
	"  cpu N                CPU N makes the next step; go on from there\n"
	"  to step N            before step number N\n"
	"  to cpu N             before a step of CPU N\n"
	"  to lock LOCK         before a ticket of the lock (NPT:3, S2PAGE, a number)\n"
	"  to operation [TEXT]  before the first step of a call (that has TEXT in it)\n"
	"  to event WORD        behind a step that has written such an event\n"
	"  to page INDEX        behind a step that has changed the page's record\n"
	"  to cell|reg|... WHAT behind a step that has changed what 'get' shows\n"
	"  end                  to the end\n"
	"  get WHAT, dump WHAT  as in hypsim exec, of the CPU that is looked at\n"
	"  look N               the CPU that is looked at (else: whose step is next)\n"
	"  where                where each CPU is, with function and line\n"
	"  steps                those that were made, and those of the schedule that follow\n"
	"  events               what each step has written (at the end)\n"
	"  help, quit\n";

void walk_go_on(struct walk *w, enum until until, u64 number, u32 from)
{
	w->until = until;
	w->number = number;
	w->from = from;
	w->sought[0] = '\0';
}

const char *walk_call(const struct walk *w, u32 cpu)
{
	const struct scope_calls *p = &w->setup->scope->program[cpu];
	u32 i = w->setup->call[cpu].number;

	return i < p->n ? p->v[i].text : "";
}

/* ---- what is shown ---- */

static void show_cpu(const struct walk *w, const struct execution *x, u32 cpu, bool known)
{
	char buf[96], name[32];
	u64 waits = pub_load(&w->setup->m->cpu[cpu].pub.waits);

	if (x->state[cpu] == CPU_ENDED) {
		printf("CPU %u has ended\n", cpu);
		return;
	}
	if (x->state[cpu] == CPU_WAITS)
		printf("CPU %u waits for %s  %s", cpu,
		       waits ? obj_name(waits_lock(waits), name, sizeof(name)) : "a lock",
		       walk_call(w, cpu));
	else
		printf("%s  %s", step_print(&x->at[cpu], buf, sizeof(buf)), walk_call(w, cpu));
	if (known && w->note[cpu]) {
		struct where at = wheres_get(w->wheres, w->note[cpu] - 1);

		if (at.file[0])
			printf("  %s, %s:%u", at.function, at.file, at.line);
	}
	putchar('\n');
}

void walk_show_next(struct walk *w, const struct execution *x, u32 cpu)
{
	if (cpu == NOBODY) {
		printf("%u: the end: %s\n", x->n, end_name(engine_result(w->e)->end));
		return;
	}
	printf("%u: ", x->n);
	show_cpu(w, x, cpu, wheres_look_up(w->wheres));
}

static void show_where(struct walk *w, const struct execution *x)
{
	bool known = wheres_look_up(w->wheres);

	for (u32 i = 0; i < x->cpus; i++)
		show_cpu(w, x, i, known);
}

static void show_steps(const struct walk *w, const struct execution *x)
{
	const struct schedule *s = &w->saved->schedule;
	char buf[96];

	for (u32 i = 0; i < x->n; i++)
		printf("  %4u  %s\n", i, step_print(&x->step[i].step, buf, sizeof(buf)));
	for (u32 k = 0, n = x->n; k < s->n; k++) {
		bool made = false;

		for (u32 i = 0; i < x->n && !made; i++)
			made = step_equal(&x->step[i].step, &s->v[k].step);
		if (!made)
			printf("> %4u  %s\n", n++, step_print(&s->v[k].step, buf, sizeof(buf)));
	}
}

void walk_show_end(struct walk *w)
{
	const struct engine_result *r = engine_result(w->e);
	struct found *f = found_new();
	char text[512];

	if (r->cycle.n)
		printf("deadlock since step %u: %s\n", r->cycle_at,
		       wait_cycle_print(&r->cycle, text, sizeof(text)));
	found_add(f, w->e);
	for (u32 i = 0; i < found_count(f); i++)
		printf("found: %s\n", found_get(f, i)->name);
	found_free(f);
}

/* ---- commands ---- */

static PRINTF(2, 3) bool wrong(struct walk *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (!w->tty)
		fprintf(stderr,
		        "hypsim replay: standard input:%llu: ", (unsigned long long)w->line);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	if (!w->tty)
		w->wrong = w->quits = true;
	return !w->tty;
}

/* The same, with an error of a get or dump that names the place of the line itself. */
static bool wrong_there(struct walk *w, const struct err *e)
{
	fprintf(stderr, "%s%s\n", w->tty ? "" : "hypsim replay: ", e->msg);
	if (!w->tty)
		w->wrong = w->quits = true;
	return !w->tty;
}

void walk_not_found(struct walk *w, const struct execution *x)
{
	u32 stood = w->stood;

	if (w->until == UNTIL_STEP)
		wrong(w, "to %s: there are %u steps", w->sought, x->n);
	else
		wrong(w, "to %s: there is no such place behind step %u", w->sought, stood);
	walk_go_on(w, UNTIL_STEP, stood, 0);
	w->again = stood < x->n;
}

/* A number behind a word; @dflt where there is none.  false: it is something else. */
static bool number_of(const char *arg, u64 dflt, u64 *out)
{
	char *end;

	*out = dflt;
	if (!*arg)
		return true;
	*out = strtoull(arg, &end, 0);
	return *end == '\0' && *arg != '-';
}

static bool lock_of(const char *arg, u64 *out)
{
	char name[32];

	for (lk_t lk = 0; lk < ID_END; lk++)
		if (strcmp(obj_name(lk, name, sizeof(name)), arg) == 0) {
			*out = lk;
			return true;
		}
	return *arg && number_of(arg, 0, out) && *out < ID_END;
}

/* Until what "get" or "dump" shows is something else.  An error is about the line that is looked at, which nobody has written. */
static bool until_changed(struct walk *w, const struct execution *x, const char *verb,
                          const char *what, const char *to)
{
	struct err e;
	const char *msg;

	snprintf(w->text, sizeof(w->text), "%s %s", verb, what);
	free(w->was);
	w->was = exec_look_text(w->look, w->setup->m, w->looked == NOBODY ? 0 : w->looked, w->text,
	                        &e);
	if (!w->was) {
		msg = strstr(e.msg, ": ");
		return wrong(w, "to %s%s", to, msg ? msg : "");
	}
	walk_go_on(w, UNTIL_CHANGE, 0, x->n + 1);
	return true;
}

/* @name: "step 7", what and @arg as they were written. */
static bool to_place(struct walk *w, const struct execution *x, const char *what, const char *arg,
                     const char *name)
{
	char line[200];
	u64 n = 0;

	if (strcmp(what, "step") == 0) {
		if (!*arg || !number_of(arg, 0, &n))
			return wrong(w, "to step: expected a number, found \"%s\"", arg);
		walk_go_on(w, UNTIL_STEP, n, 0);
		w->again = n < x->n;
	} else if (strcmp(what, "cpu") == 0) {
		if (!*arg || !number_of(arg, 0, &n) || n >= x->cpus)
			return wrong(w, "to cpu: expected a CPU 0..%u, found \"%s\"", x->cpus - 1,
			             arg);
		walk_go_on(w, UNTIL_CPU, n, x->n + 1);
	} else if (strcmp(what, "lock") == 0) {
		if (!lock_of(arg, &n))
			return wrong(w,
			             "to lock: expected a lock (NPT:3, S2PAGE, a number 0..%u), "
			             "found \"%s\"",
			             ID_END - 1, arg);
		walk_go_on(w, UNTIL_LOCK, n, x->n + 1);
	} else if (strcmp(what, "operation") == 0) {
		snprintf(w->text, sizeof(w->text), "%s", arg);
		walk_go_on(w, UNTIL_OPERATION, 0, x->n + 1);
	} else if (strcmp(what, "event") == 0 && *arg) {
		snprintf(w->text, sizeof(w->text), "%s", arg);
		walk_go_on(w, UNTIL_EVENT, 0, x->n);
	} else if (strcmp(what, "page") == 0 && *arg) {
		snprintf(line, sizeof(line), "s2page %.100s", arg);
		return until_changed(w, x, "dump", line, name);
	} else if (*what && *arg) {
		snprintf(line, sizeof(line), "%.40s %.150s", what, arg);
		return until_changed(w, x, "get", line, name);
	} else {
		return wrong(w, "to what? (help says what there is)");
	}
	return true;
}

static bool to(struct walk *w, const struct execution *x, const char *what, const char *arg)
{
	char name[sizeof(w->sought)];
	bool leaves;

	snprintf(name, sizeof(name), "%.40s%s%.200s", what, *arg ? " " : "", arg);
	leaves = to_place(w, x, what, arg, name);
	if (leaves && !w->quits) {
		strcpy(w->sought, name);
		w->stood = x->n;
	}
	return leaves;
}

static bool back(struct walk *w, const struct execution *x, u64 n)
{
	walk_go_on(w, UNTIL_STEP, n < x->n ? x->n - n : 0, 0);
	w->again = true;
	return true;
}

static bool choose_cpu(struct walk *w, const struct execution *x, u64 n)
{
	if (n >= x->cpus || !execution_can(x, (u32)n))
		return wrong(w, "CPU %llu has no step that it can make", (unsigned long long)n);
	w->path.n = x->n < w->path.n ? x->n : w->path.n;
	vec_push(&w->path, (u32)n);
	walk_go_on(w, UNTIL_STEP, x->n + 1, 0);
	return true;
}

static void show_events(struct walk *w, const struct execution *x, bool ended)
{
	const struct event *v;
	char buf[128], name[32];
	u32 n;

	if (!ended) {
		printf("known at the end only: end, then to step %u, or to event WORD\n", x->n);
		return;
	}
	for (u32 k = 0; k < x->n; k++) {
		v = engine_events(w->e, k, &n);
		for (u32 i = 0; i < n; i++)
			printf("  %4u  CPU %u  %-8s %s\n", k, v[i].cpu,
			       event_is_mark(v[i].kind) ? ""
			                                : obj_name(v[i].lk, name, sizeof(name)),
			       event_print(&v[i], buf, sizeof(buf)));
	}
}

/* A command; true: the prompt is left.  @cpu: whose step is next. */
bool walk_command(struct walk *w, const struct execution *x, u32 cpu, char *line)
{
	char *word = line + strspn(line, " \t"), *arg, *rest;
	u64 n = 0;
	struct err e;
	bool ended = cpu == NOBODY;

	if (exec_look_is(word)) {
		u32 who = w->looked != NOBODY ? w->looked : ended ? 0 : cpu;

		return exec_look(w->look, w->setup->m, who, line, "standard input", w->line, &e) <
		               0 &&
		       wrong_there(w, &e);
	}
	arg = word + strcspn(word, " \t");
	if (*arg)
		*arg++ = '\0';
	arg += strspn(arg, " \t");
	if (!*word || *word == '#')
		return false;
	if (strcmp(word, "quit") == 0 || strcmp(word, "exit") == 0)
		return w->quits = true;
	if (strcmp(word, "help") == 0)
		return fputs(replay_step_help, stdout), false;
	if (strcmp(word, "where") == 0)
		return show_where(w, x), false;
	if (strcmp(word, "steps") == 0)
		return show_steps(w, x), false;
	if (strcmp(word, "events") == 0)
		return show_events(w, x, ended), false;
	if (strcmp(word, "to") == 0) {
		rest = arg + strcspn(arg, " \t");
		if (*rest)
			*rest++ = '\0';
		rest += strspn(rest, " \t");
		return to(w, x, arg, rest);
	}
	if (!number_of(arg, 1, &n))
		return wrong(w, "expected a number, found \"%s\"", arg);
	if (strcmp(word, "back") == 0)
		return back(w, x, n);
	if (!*arg && (strcmp(word, "look") == 0 || strcmp(word, "cpu") == 0))
		return wrong(w, "%s: which CPU?", word);
	if (strcmp(word, "look") == 0 && n >= x->cpus)
		return wrong(w, "look: expected a CPU 0..%u, found \"%s\"", x->cpus - 1, arg);
	if (strcmp(word, "look") == 0)
		return w->looked = (u32)n, false;
	if (ended)
		return wrong(w, "it has ended: back, to step N, get, dump, events, quit");
	if (strcmp(word, "next") == 0)
		return walk_go_on(w, UNTIL_STEP, x->n + n, 0), true;
	if (strcmp(word, "end") == 0)
		return walk_go_on(w, UNTIL_END, 0, 0), true;
	if (strcmp(word, "cpu") == 0)
		return choose_cpu(w, x, n);
	return wrong(w, "there is no command \"%s\" (help says what there is)", word);
}
