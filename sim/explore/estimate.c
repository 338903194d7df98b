// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/estimate.h"

#include "sim/base/vec.h"
#include "sim/explore/probe.h"
#include "sim/explore/search.h"

#include <math.h>

/* Of the executions a fifth measures the speed of a search, and some teach the probes what the programs do. */
enum { SPEED_PART = 5, LESSONS = 20, CLASS_BYTES = 1 << 20 };

/* Standard errors to each side of the mean. */
#define WIDE 2.2

/* Executions of a search, one after the other. */
static void measure(struct engine *e, struct setup *setup, const struct estimate_opts *o,
                    struct estimate *out)
{
	struct search_opts so = { .kind = SEARCH_DFS,
		                  .executions = o->executions / SPEED_PART,
		                  .all = true,
		                  .class_bytes = CLASS_BYTES,
		                  .interrupted = o->interrupted };
	struct search_result r;

	search_run(e, setup, &so, NULL, NULL, NULL, &r);
	out->exact = r.complete;
	out->classes = out->low = out->high = (double)r.executions;
	out->ns_each = r.executions ? (double)r.ns / (double)r.executions : 0;
}

/**
 * struct weights
 * @v: [n] of each execution
 * @risk: the sum of their probe_risk()
 */
struct weights {
	double *v;
	u32 n, cap;
	double risk;
};

/*
 * Weights are far from normal: many are alike, a few are large.  The interval is wider than that of a normal distribution would be, is
 * moved by the third moment (Johnson, "Modified t Tests and Confidence Intervals for Asymmetrical Populations", J. Am. Stat. Assoc. 73,
 * 1978), and has room for what was never drawn because it was taken to be impossible.
 */
static void interval(struct estimate *out, const struct weights *w)
{
	double n = w->n, mean = 0, squares = 0, cubes = 0, seen = out->low, error, moved = 0, risk;

	for (u32 i = 0; i < w->n; i++)
		mean += w->v[i] / n;
	for (u32 i = 0; i < w->n; i++) {
		double off = w->v[i] - mean;

		squares += off * off / (n - 1);
		cubes += off * off * off / n;
	}
	error = sqrt(squares / n);
	if (error > 1e-9 * mean)
		moved = fmax(0, cubes / (squares * n)) * (1.0 / 6 + WIDE * WIDE / 3);
	risk = mean * (w->risk / n + 1e-9);
	/* Classes are whole, and those that were seen are there. */
	out->low = fmax(floor(mean - WIDE * error - risk + 1e-6 * mean), seen);
	out->high = fmax(ceil(mean + WIDE * error + risk + moved - 1e-6 * mean), out->low);
	out->classes = fmin(fmax(mean, out->low), out->high);
}

void estimate_run(struct engine *e, struct setup *setup, const struct estimate_opts *o,
                  struct estimate *out)
{
	struct weights w = { .n = 0 };
	struct strategy s;
	struct probe *p;
	u64 left;

	*out = (struct estimate){ .exact = false };
	measure(e, setup, o, out);
	if (out->exact)
		return;
	p = probe_new(setup->m, o->seed);
	s = probe_strategy(p);
	left = o->executions - o->executions / SPEED_PART;
	for (u64 i = 0; i < left && !(o->interrupted && o->interrupted()); i++) {
		(void)engine_run(e, &s);
		engine_undo(e);
		out->probes++;
		out->dead += probe_weight(p) <= 0;
		if (i >= LESSONS && i >= left / 20) {
			vec_push(&w, probe_weight(p));
			w.risk += probe_risk(p);
		}
	}
	probe_free(p);
	if (w.n > 1)
		interval(out, &w);
	vec_free(&w);
}
