/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Where in the code the CPUs of an execution were when they came to each step. */
#include "sim/cli/where.h"
#include "sim/explore/step.h"

struct step_wheres;

struct step_wheres *step_wheres_new(void);
void step_wheres_free(struct step_wheres *s);
/* As engine_opts.at: CPU @cpu is at a point. */
void step_wheres_at(struct step_wheres *s, u32 cpu, const struct execution *x);
/* The execution has ended.  false: functions and lines are not known. */
bool step_wheres_look_up(struct step_wheres *s);
/* Of a step; file "": it is not known. */
struct where step_wheres_get(const struct step_wheres *s, const struct step *step);
