/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The walk of replay --step: what it does (replay_step.c), and the commands that say so (replay_command.c). */
#include "sim/base/vec.h"
#include "sim/cli/where.h"
#include "sim/exec/look.h"
#include "sim/explore/engine.h"
#include "sim/explore/saved.h"
#include "sim/explore/setup.h"

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
 * @sought: the place of the command "to" that is on its way; "": none is; @stood: number of the next step where the command was given
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
	u32 from, looked, stood;
	char text[256], *was;
	char sought[256];
	struct wheres *wheres;
	u32 note[EXPLORE_CPUS], made[EXPLORE_CPUS];
	u64 line;
	bool again, quits, wrong, tty, begun;
};

/* The walk goes on until @until is so, but not before step number @from; nothing is sought. */
void walk_go_on(struct walk *w, enum until until, u64 number, u32 from);
/* The call that the CPU makes; "" behind its last one. */
const char *walk_call(const struct walk *w, u32 cpu);

/* A command; true: the prompt is left.  @cpu: whose step is next; NOBODY: the execution has ended. */
bool walk_command(struct walk *w, const struct execution *x, u32 cpu, char *line);
/* The execution has ended and what is sought did not come: that is told, and the walk goes back to where it stood. */
void walk_not_found(struct walk *w, const struct execution *x);
/* Which step is next, or how it has ended; what was found at the end. */
void walk_show_next(struct walk *w, const struct execution *x, u32 cpu);
void walk_show_end(struct walk *w);
