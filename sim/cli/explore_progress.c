// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/explore_progress.h"

#include "sim/base/clock.h"
#include "sim/base/number.h"

#include <stdio.h>
#include <unistd.h>

/* A line every second.  The estimate is to take half a second: as many probes as the search makes executions in it, within bounds. */
enum { EVERY_NS = 1000000000, PROBES = 1000, PROBES_LEAST = 20 };

/* Nothing of the search's own machine: what an estimate learns of where steps begin would change what the search does. */
static void estimate(struct explore_progress *p, double rate)
{
	const struct search_opts *so = p->search;
	struct estimate_opts o = { .seed = p->seed, .interrupted = so->interrupted };
	struct engine_opts eo = *p->engine;
	struct setup *setup = NULL;
	struct engine *e = NULL;
	struct estimate est;
	struct err err;

	p->estimated = true;
	if ((so->kind != SEARCH_DFS && so->kind != SEARCH_REVISIT) || so->symmetry)
		return;
	eo.judged = false;
	o.executions = rate / 2 < PROBES ? (u64)(rate / 2) : PROBES;
	if (o.executions < PROBES_LEAST)
		o.executions = PROBES_LEAST;
	if (setup_new(&setup, p->scope, false, &err) == 0 &&
	    engine_new(&e, setup, &eo, &err) == 0) {
		estimate_run(e, setup, &o, &est);
		p->classes = est.classes / (p->shards ? p->shards : 1);
	}
	engine_free(e);
	setup_free(setup);
}

/* In seconds; below 0: nobody knows. */
static double left_of(const struct explore_progress *p, const struct search_result *r, double rate)
{
	const struct search_opts *so = p->search;
	double goal = p->classes, left = -1, seconds;

	if (so->executions && (goal <= 0 || (double)so->executions < goal))
		goal = (double)so->executions;
	if (goal > (double)r->executions && rate > 0)
		left = (goal - (double)r->executions) / rate;
	seconds = (double)so->seconds - (double)(clock_ns() - p->first_ns) / 1e9;
	if (so->seconds && (left < 0 || seconds < left))
		left = seconds > 0 ? seconds : 0;
	return left;
}

static void print_left(double seconds)
{
	char text[DURATION_TEXT];

	fprintf(stderr, ", %s left", number_duration(seconds, 0, text));
}

static void say(struct explore_progress *p, const struct search_result *r, double seconds,
                double rate)
{
	double left = left_of(p, r, rate);

	fprintf(stderr, "%s%.0f s: %llu executions, %.0f/s", p->terminal ? "\r" : "", seconds,
	        (unsigned long long)r->executions, rate);
	if (r->violations)
		fprintf(stderr, ", %llu with violations", (unsigned long long)r->violations);
	if (p->classes > 0) {
		double part = 100 * (double)r->executions / p->classes;

		fprintf(stderr, "; about %.6g classes, %.3g %%", p->classes, part < 99 ? part : 99);
	}
	if (left >= 0)
		print_left(left);
	fprintf(stderr, "%s", p->terminal ? "\033[K" : "\n");
	fflush(stderr);
	p->said = true;
}

static void look(void *arg, const struct search_result *r)
{
	struct explore_progress *p = arg;
	u64 now = clock_ns();
	double seconds, rate;

	if (!p->looked) {
		p->looked = true;
		p->first = r->executions;
	}
	/* A search that begins again has fewer than it had. */
	if (r->executions < p->first)
		p->first = 0;
	if (now < p->next_ns)
		return;
	seconds = (double)(now - p->first_ns) / 1e9;
	rate = (double)(r->executions - p->first) / seconds;
	if (!p->estimated)
		estimate(p, rate);
	say(p, r, seconds, rate);
	p->next_ns = clock_ns() + EVERY_NS;
}

void explore_progress_begin(struct explore_progress *p, bool asked, const struct scope *scope,
                            const struct engine_opts *engine, struct search_opts *so, u32 shards)
{
	u64 now = clock_ns();

	*p = (struct explore_progress){ .terminal = isatty(STDERR_FILENO),
		                        .scope = scope,
		                        .engine = engine,
		                        .search = so,
		                        .seed = so->seed,
		                        .shards = shards,
		                        .first_ns = now,
		                        .next_ns = now + EVERY_NS };
	if (!p->terminal && !asked)
		return;
	so->progress = look;
	so->progress_arg = p;
}

void explore_progress_end(const struct explore_progress *p)
{
	if (p->said && p->terminal)
		fprintf(stderr, "\r\033[K");
}
