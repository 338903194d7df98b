// SPDX-License-Identifier: GPL-2.0-only
/*
 * Going back is executing again up to the step before: the machine is undone and follows the same CPUs.  The prompt stands inside the
 * execution, where it is asked whose step comes next, so that what is shown is the machine as it is there.
 */
#include "sim/cli/replay_step.h"

#include "sim/cli/cmd.h"
#include "sim/cli/replay_walk.h"
#include "sim/log/event.h"

#include <editline/readline.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
	return w->made[cpu] != w->setup->call[cpu].number + 1 && strstr(walk_call(w, cpu), w->text);
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

	walk_show_next(w, x, cpu);
	while (!done && !w->quits) {
		char *line = read_line(w);

		if (!line)
			w->quits = true;
		else
			done = walk_command(w, x, cpu, line);
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

/* At the end: behind the first step that has the event, if one has. */
static void find_event(struct walk *w, const struct execution *x)
{
	for (u32 k = w->from; k < x->n; k++)
		if (has_event(w, k, w->text)) {
			printf("step %u has written it\n", k);
			walk_go_on(w, UNTIL_STEP, k + 1, 0);
			w->again = k + 1 < x->n;
			return;
		}
}

/* The execution has come to its end: was that where the walk was to go? */
static void at_end(struct walk *w, const struct execution *x)
{
	if (w->until == UNTIL_EVENT)
		find_event(w, x);
	else if (w->until == UNTIL_STEP && w->number == x->n)
		w->sought[0] = '\0';
	if (w->sought[0])
		walk_not_found(w, x);
	if (w->again || w->quits)
		return;
	walk_show_end(w);
	prompt(w, x, NOBODY);
}

int walk_run(struct walk *w, struct engine *e, struct setup *setup)
{
	const struct strategy by = { begin, choose, ended, same, w, true };
	const struct execution *x = engine_execution(e);

	w->e = e;
	w->setup = setup;
	walk_go_on(w, UNTIL_STEP, 0, 0);
	while (!w->quits) {
		w->begun = w->again = false;
		wheres_free(w->wheres);
		w->wheres = wheres_new();
		memset(w->note, 0, sizeof(w->note));
		memset(w->made, 0, sizeof(w->made));
		if (engine_run(e, &by) && !w->again && !w->quits &&
		    engine_result(e)->end != EXECUTION_AGAIN)
			at_end(w, x);
		engine_undo(e);
	}
	return w->wrong ? EXIT_BAD_INPUT : EXIT_NOTHING;
}
