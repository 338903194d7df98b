/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Strategies that draw executions at random: one seed, one sequence of executions.  None of them ever ends by itself, and none says that
 * everything was there.
 */
#include "sim/explore/sampler_opts.h"

struct sampler;

struct sampler *sampler_new(const struct sampler_opts *o);
/* NULL: nothing. */
void sampler_free(struct sampler *s);
struct strategy sampler_strategy(struct sampler *s);

/*
 * With what probability, at least, each next execution shows a bug that needs no more than @depth orders: of PCT, when an execution has
 * ended.  0: the strategy does not promise any.
 */
double sampler_bound(const struct sampler *s);

/* "random", "pct", "surw", "urw", "pos", "feedback". */
const char *sampler_name(enum sampler_kind k);
