/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A schedule as data: which step came first, second, ..., each by its key.  A key says whose step it is, at what kind of point it begins
 * and of which object, and which one of the CPU's it is; so a replay can see that it is the same step, and not only the same CPU.
 */
#include "sim/explore/step.h"

/**
 * struct scheduled - a step of a schedule
 * @call:    number of the call of the CPU's program that makes it
 * @in_call: of the call's steps of this kind and object, from 0 on
 */
struct scheduled {
	struct step step;
	u16 call, in_call;
};

/* [n] in their order; all 0: none. */
struct schedule {
	struct scheduled *v;
	u32 n, cap;
};

void schedule_free(struct schedule *s);
/* CPU step->cpu makes @step in call @call of its program; it is the next one. */
void schedule_add(struct schedule *s, const struct step *step, u32 call);
/* The same of a call that nobody asks for. */
void schedule_add_key(struct schedule *s, const struct step *step);
void schedule_copy(struct schedule *to, const struct schedule *from);
/* How often another CPU goes on than did the step before, though the one before has a step to come. */
u32 schedule_switches(const struct schedule *s);

/* What the step's point is about: "S2PAGE", "VM 3", "S2PAGE s2_owner[3]"; "": nothing of its own.  Returns @buf. */
const char *step_object_print(const struct step *s, char *buf, size_t size);
/* "CPU 1's step 0: ticket of S2PAGE"; NULL: "nothing".  Returns @buf. */
const char *step_print(const struct step *s, char *buf, size_t size);

/*
 * Two executions of one schedule differ: "uncontrolled nondeterminism", which is a mistake of our own: abort.  At step number @at one of them
 * did @was, and the other @is (NULL: no step that it could take).
 */
__attribute__((noreturn, cold)) void nondeterminism_step(u32 at, const struct step *was,
                                                         const struct step *is);
/* The same: CPU @cpu made the execution's next step, and now it cannot. */
__attribute__((noreturn, cold)) void nondeterminism_cannot(const struct execution *x, u32 cpu);
/* The same for all else: @what differs, and both sides. */
__attribute__((noreturn, cold)) void nondeterminism(const char *what, const char *was,
                                                    const char *is);

/*
 * Steps that come again and again at the end of a schedule: the last @period ones are the ones before, at least twice over.
 * Returns the shortest period; 0: there is none.
 */
u32 schedule_repeats(const struct execution *x);
