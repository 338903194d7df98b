/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Random executions, each with the inverse of the probability of its class (sim/explore/estimate.h). */
#include "sim/explore/strategy.h"
#include "sim/machine/machine.h"

struct probe;

/* @m: the machine that the executions are of. */
struct probe *probe_new(const struct machine *m, u64 seed);
void probe_free(struct probe *p);
/* Begins an execution as often as it is asked. */
struct strategy probe_strategy(struct probe *p);
/* Of the execution that has ended: how many classes it stands for; 0: it was given up. */
double probe_weight(const struct probe *p);
/* The probability, so far as it is known, with which it was given the chance to do what no execution before had shown to be possible. */
double probe_risk(const struct probe *p);
