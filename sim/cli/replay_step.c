// SPDX-License-Identifier: GPL-2.0-only
/*
 * Going back is executing again up to the step before: the machine is undone and follows the same CPUs.  The prompt stands inside the
 * execution, where it is asked whose step comes next, so that what is shown is the machine as it is there.
 */
#include "sim/cli/replay_step.h"

#include "shmem/obj/obj.h"
#include "sim/base/vec.h"
#include "sim/cli/cmd.h"
#include "sim/cli/where.h"
#include "sim/exec/look.h"
#include "sim/explore/replay.h"
#include "sim/log/event.h"

#include <editline/readline.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char replay_step_help[] =
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
	"  events               what the last step has written\n"
	"  help, quit\n";

enum until {
	UNTIL_STEP,      /* number */
	UNTIL_CPU,       /* number */
	UNTIL_LOCK,      /* number */
	UNTIL_OPERATION, /* text */
	UNTIL_EVENT,     /* text */
	UNTIL_CHANGE,    /* text: of a get or dump; was */
	UNTIL_END,
};

/**
 * struct walk
 * @path:   [n] whose step is first, second, ...
 * @until:  it goes on until that is so, but not before step number @from
 * @looked: the CPU that is looked at; NOBODY: whose step is next
 * @wheres, @note: of each CPU, where it is: number of the note + 1
 * @made:   [cpu] the number of the call of its last step, + 1
 * @again:  the execution is given up, to be executed again; @quits: for good; @wrong: a line of the script was
 */
struct walk {
	const struct saved *saved;
	struct engine *e;
	struct setup *setup;
	struct exec_look *look;
	VEC(u32) path;
	enum until until;
	u64 number;
	u32 from, looked;
	char text[256], *was;
	struct wheres *wheres;
	u32 note[EXPLORE_CPUS], made[EXPLORE_CPUS];
	u64 line;
	bool again, quits, wrong, tty, begun;
};

struct walk *walk_new(const struct saved *saved, struct err *e)
{
	struct walk *w = xcalloc(1, sizeof(*w));

	w->saved = saved;
	w->looked = NOBODY;
	w->tty = isatty(STDIN_FILENO);
	w->wheres = wheres_new();
	if (exec_look_new(&w->look, stdout, e) < 0) {
		walk_free(w);
		return NULL;
	}
	return w;
}

void walk_free(struct walk *w)
{
	if (!w)
		return;
	exec_look_free(w->look);
	wheres_free(w->wheres);
	vec_free(&w->path);
	free(w->was);
	free(w);
}

void walk_at(void *arg, u32 cpu, const struct execution *x)
{
	struct walk *w = arg;

	(void)x;
	w->note[cpu] = wheres_note(w->wheres) + 1;
}

/* Whose step is next where nobody says: as the path has it, as the schedule has it, else the lowest CPU's. */
static u32 next_of(const struct walk *w, const struct execution *x)
{
	const struct schedule *s = &w->saved->schedule;

	if (x->n < w->path.n && execution_can(x, w->path.v[x->n]))
		return w->path.v[x->n];
	for (u32 k = 0; k < s->n; k++) {
		u32 cpu = s->v[k].step.cpu;

		if (cpu < x->cpus && execution_can(x, cpu) &&
		    step_equal(&s->v[k].step, &x->at[cpu]))
			return cpu;
	}
	for (u32 i = 0; i < x->cpus; i++)
		if (execution_can(x, i))
			return i;
	return NOBODY;
}

/* ---- what is shown ---- */

static const char *call_text(const struct walk *w, u32 cpu)
{
	const struct scope_calls *p = &w->setup->scope->program[cpu];
	u32 i = w->setup->call[cpu].number;

	return i < p->n ? p->v[i].text : "";
}

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
		       call_text(w, cpu));
	else
		printf("%s  %s", step_print(&x->at[cpu], buf, sizeof(buf)), call_text(w, cpu));
	if (known && w->note[cpu]) {
		struct where at = wheres_get(w->wheres, w->note[cpu] - 1);

		if (at.file[0])
			printf("  %s, %s:%u", at.function, at.file, at.line);
	}
	putchar('\n');
}

static void show_next(struct walk *w, const struct execution *x, u32 cpu)
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

static void show_end(struct walk *w)
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

/* ---- going on ---- */

static bool has_event(const struct walk *w, u32 k, const char *word)
{
	const struct event *v;
	char buf[128];
	u32 n;

	v = engine_events(w->e, k, &n);
	for (u32 i = 0; i < n; i++)
		if (strstr(event_print(&v[i], buf, sizeof(buf)), word))
			return true;
	return false;
}

static void go_on(struct walk *w, enum until until, u64 number, u32 from)
{
	w->until = until;
	w->number = number;
	w->from = from;
}

/* The value that it waits to see changed has changed. */
static bool changed(struct walk *w, u32 cpu)
{
	struct err e;
	char *is = exec_look_text(w->look, w->setup->m, cpu, w->text, &e);
	bool differs = is && w->was && strcmp(is, w->was) != 0;

	free(is);
	return differs;
}

/* The CPU's step before belongs to another call. */
static bool begins_call(const struct walk *w, u32 cpu)
{
	return w->made[cpu] != w->setup->call[cpu].number + 1 && strstr(call_text(w, cpu), w->text);
}

/* Does it stop before the step that @cpu is to make? */
static bool stops(struct walk *w, const struct execution *x, u32 cpu)
{
	if (x->n < w->from)
		return false;
	switch (w->until) {
	case UNTIL_STEP:
		return x->n >= w->number;
	case UNTIL_CPU:
		return cpu == w->number;
	case UNTIL_LOCK:
		return x->at[cpu].kind == POINT_TICKET && x->at[cpu].object == w->number;
	case UNTIL_OPERATION:
		return begins_call(w, cpu);
	case UNTIL_CHANGE:
		return changed(w, w->looked == NOBODY ? 0 : w->looked);
	case UNTIL_EVENT:
	case UNTIL_END:
		break;
	}
	return false;
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

/* Until what "get" or "dump" shows is something else. */
static bool until_changed(struct walk *w, const struct execution *x, const char *verb,
                          const char *what)
{
	struct err e;

	snprintf(w->text, sizeof(w->text), "%s %s", verb, what);
	free(w->was);
	w->was = exec_look_text(w->look, w->setup->m, w->looked == NOBODY ? 0 : w->looked, w->text,
	                        &e);
	if (!w->was)
		return wrong(w, "%s", e.msg);
	go_on(w, UNTIL_CHANGE, 0, x->n + 1);
	return true;
}

static bool to(struct walk *w, const struct execution *x, const char *what, const char *arg)
{
	u64 n = 0;

	if (strcmp(what, "step") == 0 && *arg && number_of(arg, 0, &n)) {
		go_on(w, UNTIL_STEP, n, 0);
		w->again = n < x->n;
	} else if (strcmp(what, "cpu") == 0 && *arg && number_of(arg, 0, &n) && n < x->cpus) {
		go_on(w, UNTIL_CPU, n, x->n + 1);
	} else if (strcmp(what, "lock") == 0 && lock_of(arg, &n)) {
		go_on(w, UNTIL_LOCK, n, x->n + 1);
	} else if (strcmp(what, "operation") == 0) {
		snprintf(w->text, sizeof(w->text), "%s", arg);
		go_on(w, UNTIL_OPERATION, 0, x->n + 1);
	} else if (strcmp(what, "event") == 0 && *arg) {
		snprintf(w->text, sizeof(w->text), "%s", arg);
		go_on(w, UNTIL_EVENT, 0, x->n);
	} else if (strcmp(what, "page") == 0 && *arg) {
		char line[128];

		snprintf(line, sizeof(line), "s2page %.100s", arg);
		return until_changed(w, x, "dump", line);
	} else if (*what && *arg) {
		char line[200];

		snprintf(line, sizeof(line), "%.40s %.150s", what, arg);
		return until_changed(w, x, "get", line);
	} else {
		return wrong(w, "to what? (help says what there is)");
	}
	return true;
}

static bool back(struct walk *w, const struct execution *x, u64 n)
{
	go_on(w, UNTIL_STEP, n < x->n ? x->n - n : 0, 0);
	w->again = true;
	return true;
}

static bool choose_cpu(struct walk *w, const struct execution *x, u64 n)
{
	if (n >= x->cpus || !execution_can(x, (u32)n))
		return wrong(w, "CPU %llu has no step that it can make", (unsigned long long)n);
	w->path.n = x->n < w->path.n ? x->n : w->path.n;
	vec_push(&w->path, (u32)n);
	go_on(w, UNTIL_STEP, x->n + 1, 0);
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
static bool command(struct walk *w, const struct execution *x, u32 cpu, char *line)
{
	char *word = line + strspn(line, " \t"), *arg, *rest;
	u64 n = 0;
	struct err e;
	bool ended = cpu == NOBODY;

	if (exec_look_is(word)) {
		u32 who = w->looked != NOBODY ? w->looked : ended ? 0 : cpu;

		return exec_look(w->look, w->setup->m, who, word, "line", w->line, &e) < 0 &&
		       wrong(w, "%s", e.msg);
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
	if (strcmp(word, "look") == 0 && *arg && n < x->cpus)
		return w->looked = (u32)n, false;
	if (ended)
		return wrong(w, "it has ended: back, to step N, get, dump, events, quit");
	if (strcmp(word, "next") == 0)
		return go_on(w, UNTIL_STEP, x->n + n, 0), true;
	if (strcmp(word, "end") == 0)
		return go_on(w, UNTIL_END, 0, 0), true;
	if (strcmp(word, "cpu") == 0 && *arg)
		return choose_cpu(w, x, n);
	return wrong(w, "there is no command \"%s\" (help says what there is)", word);
}

/* The next line, without its newline; NULL: there is none. */
static char *read_line(struct walk *w)
{
	char *line = NULL;
	size_t room = 0;

	fflush(stdout);
	w->line++;
	if (w->tty) {
		line = readline("step> ");
		if (line && *line)
			add_history(line);
		return line;
	}
	if (getline(&line, &room, stdin) < 0) {
		free(line);
		return NULL;
	}
	line[strcspn(line, "\n")] = '\0';
	return line;
}

static void prompt(struct walk *w, const struct execution *x, u32 cpu)
{
	bool done = false;

	show_next(w, x, cpu);
	while (!done && !w->quits) {
		char *line = read_line(w);

		if (!line)
			w->quits = true;
		else
			done = command(w, x, cpu, line);
		free(line);
	}
}

/* ---- the strategy ---- */

static bool begin(void *arg)
{
	struct walk *w = arg;
	bool first = !w->begun;

	w->begun = true;
	return first;
}

static u32 choose(void *arg, const struct execution *x)
{
	struct walk *w = arg;
	u32 cpu = next_of(w, x);

	if (stops(w, x, cpu)) {
		prompt(w, x, cpu);
		cpu = next_of(w, x);
	}
	if (w->quits || w->again)
		return NOBODY;
	if (x->n >= w->path.n)
		vec_push(&w->path, cpu);
	w->made[cpu] = w->setup->call[cpu].number + 1;
	return cpu;
}

static void ended(void *arg, const struct execution *x)
{
	(void)arg;
	(void)x;
}

static u32 same(const void *arg)
{
	(void)arg;
	return 0;
}

/* At the end: behind the first step that has the event, or it says that there is none. */
static void find_event(struct walk *w, const struct execution *x)
{
	for (u32 k = w->from; k < x->n; k++)
		if (has_event(w, k, w->text)) {
			printf("step %u has written it\n", k);
			go_on(w, UNTIL_STEP, k + 1, 0);
			w->again = k + 1 < x->n;
			return;
		}
	printf("no step behind this one writes \"%s\"\n", w->text);
}

int walk_run(struct walk *w, struct engine *e, struct setup *setup)
{
	const struct strategy by = { begin, choose, ended, same, w };
	const struct execution *x = engine_execution(e);

	w->e = e;
	w->setup = setup;
	go_on(w, UNTIL_STEP, 0, 0);
	while (!w->quits) {
		w->begun = w->again = false;
		wheres_free(w->wheres);
		w->wheres = wheres_new();
		memset(w->note, 0, sizeof(w->note));
		memset(w->made, 0, sizeof(w->made));
		if (engine_run(e, &by) && !w->again && !w->quits &&
		    engine_result(e)->end != EXECUTION_AGAIN) {
			if (w->until == UNTIL_EVENT)
				find_event(w, x);
			if (!w->again) {
				show_end(w);
				prompt(w, x, NOBODY);
			}
		}
		engine_undo(e);
	}
	return w->wrong ? EXIT_BAD_INPUT : EXIT_NOTHING;
}
