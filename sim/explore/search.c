// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/search.h"

#include "sim/base/clock.h"
#include "sim/explore/alike.h"
#include "sim/explore/classes.h"
#include "sim/explore/dfs.h"
#include "sim/explore/naive.h"
#include "sim/explore/revisit.h"
#include "sim/explore/serial.h"

#include <string.h>

static const char *const names[SEARCH_SAMPLER] = { [SEARCH_DFS] = "dfs",
	                                           [SEARCH_NAIVE] = "naive",
	                                           [SEARCH_SERIAL] = "serial",
	                                           [SEARCH_REVISIT] = "revisit" };

const char *search_name(enum search_kind k)
{
	if (k >= SEARCH_SAMPLER)
		return sampler_name((enum sampler_kind)(k - SEARCH_SAMPLER));
	return names[k];
}

enum search_kind search_by_name(const char *name)
{
	u32 k = 0;

	while (k < SEARCH_NR && strcmp(search_name((enum search_kind)k), name) != 0)
		k++;
	return (enum search_kind)k;
}

bool search_found(const struct engine_result *r)
{
	return r->violations != 0 || r->unexpected.expect || r->end == EXECUTION_DEADLOCK ||
	       r->end == EXECUTION_STUCK;
}

/**
 * struct search
 */
struct search {
	const struct search_opts *o;
	const struct scope *scope;
	struct dfs *dfs;
	struct naive *naive;
	struct sampler *sampler;
	struct revisit *revisit;
	struct serial *serial;
	struct strategy strategy;
	struct classes *classes;
	u64 start;
};

static void begin(struct search *s, const struct search_opts *o, const struct scope *scope)
{
	struct sampler_opts so = { .seed = o->seed, .depth = search_depth(o), .scope = scope };

	*s = (struct search){
		.o = o, .scope = scope, .classes = classes_new(o->class_bytes), .start = clock_ns()
	};
	if (o->kind == SEARCH_DFS) {
		u8 same_as[EXPLORE_CPUS];

		s->dfs = dfs_new();
		if (o->symmetry) {
			alike_cpus(scope, same_as);
			dfs_symmetric(s->dfs, same_as);
		}
		s->strategy = dfs_strategy(s->dfs);
	} else if (o->kind >= SEARCH_SAMPLER) {
		so.kind = (enum sampler_kind)(o->kind - SEARCH_SAMPLER);
		s->sampler = sampler_new(&so);
		s->strategy = sampler_strategy(s->sampler);
	} else if (o->kind == SEARCH_SERIAL) {
		s->serial = serial_new();
		s->strategy = serial_strategy(s->serial);
	} else if (o->kind == SEARCH_REVISIT) {
		s->revisit = revisit_new(true);
		s->strategy = revisit_strategy(s->revisit);
	} else {
		s->naive = naive_new();
		s->strategy = naive_strategy(s->naive);
	}
}

static void end(struct search *s)
{
	dfs_free(s->dfs);
	naive_free(s->naive);
	sampler_free(s->sampler);
	revisit_free(s->revisit);
	serial_free(s->serial);
	classes_free(s->classes);
}

static bool limited(const struct search *s, const struct search_result *out)
{
	const struct search_opts *o = s->o;

	return (o->executions && out->executions >= o->executions) ||
	       (o->seconds && clock_ns() - s->start >= o->seconds * 1000000000u) ||
	       (o->interrupted && o->interrupted());
}

void search_count(struct search_result *out, const struct engine *e)
{
	const struct engine_result *r = engine_result(e);

	out->ends[r->end]++;
	out->steps += engine_execution(e)->n;
	if (r->end == EXECUTION_BLOCKED) {
		out->blocked++;
		return;
	}
	out->executions++;
	out->violations += r->violations != 0;
	out->unexpected += r->unexpected.expect != NULL;
}

static void begin_again(struct search *s, struct endings *outcomes, void *arg,
                        struct search_result *out)
{
	const struct search_opts *o = s->o;
	u64 start = s->start;

	end(s);
	begin(s, o, s->scope);
	s->start = start;
	*out = (struct search_result){ .begun = out->begun + 1 };
	if (outcomes)
		outcomes_clear(outcomes);
	if (o->again)
		o->again(arg);
}

void search_add(struct search_result *into, const struct search_result *part)
{
	into->executions += part->executions;
	into->classes += part->classes;
	into->redundant += part->redundant;
	into->blocked += part->blocked;
	into->steps += part->steps;
	for (u32 i = 0; i < ARRAY_SIZE(into->ends); i++)
		into->ends[i] += part->ends[i];
	into->violations += part->violations;
	into->unexpected += part->unexpected;
	into->forgot |= part->forgot;
	into->unfit |= part->unfit;
	into->complete &= part->complete;
	for (u32 i = 0; i < SEARCH_ROUNDS; i++)
		into->rounds[i] += part->rounds[i];
	into->beyond += part->beyond;
	into->ns += part->ns;
}

bool search_tells(const struct search_opts *o, const struct execution *x, struct search_result *out)
{
	u32 rounds = o->rounds ? class_rounds(x) : 0;

	if (!o->rounds)
		return true;
	out->rounds[min_u64(rounds, SEARCH_ROUNDS) - 1]++;
	out->beyond += rounds > o->rounds;
	return rounds <= o->rounds;
}

bool search_ends(const struct search_opts *o, void *arg)
{
	return !o->all && (!o->enough || o->enough(arg));
}

static void count(struct search *s, const struct engine *e, struct search_result *out)
{
	search_count(out, e);
	if (engine_result(e)->end != EXECUTION_BLOCKED &&
	    !classes_add(s->classes, class_name(engine_execution(e))))
		out->redundant++;
}

void search_run(struct engine *e, const struct setup *setup, const struct search_opts *o,
                struct endings *outcomes, void (*found)(void *arg, struct engine *e), void *arg,
                struct search_result *out)
{
	struct search s;
	bool more = true, stop = false;

	*out = (struct search_result){ .begun = 1 };
	begin(&s, o, setup->scope);
	while (!stop && !limited(&s, out)) {
		more = engine_run(e, &s.strategy);
		if (!more)
			break;
		if (engine_result(e)->end == EXECUTION_AGAIN) {
			engine_undo(e);
			begin_again(&s, outcomes, arg, out);
			continue;
		}
		count(&s, e, out);
		if (engine_result(e)->end != EXECUTION_BLOCKED &&
		    search_tells(o, engine_execution(e), out)) {
			if (o->each)
				o->each(o->each_arg, e);
			if (outcomes)
				outcomes_add(outcomes, e, setup->m);
			if (search_found(engine_result(e))) {
				if (found)
					found(arg, e);
				stop = search_ends(o, arg);
			}
		}
		engine_undo(e);
		if (unlikely(o->progress))
			o->progress(o->progress_arg, out);
	}
	out->unfit = s.revisit && revisit_unfit(s.revisit);
	out->complete = !more && out->ends[EXECUTION_LIMIT] == 0 && !out->unfit;
	out->classes = classes_count(s.classes);
	out->forgot = classes_full(s.classes);
	if (s.sampler)
		out->bound = sampler_bound(s.sampler);
	out->ns = clock_ns() - s.start;
	if (outcomes)
		outcomes_sort(outcomes);
	end(&s);
}

bool search_serial_exceeds(struct engine *e, u64 orders, bool (*stops)(void), u64 *executions_out)
{
	struct serial *s = serial_new();
	struct strategy by = serial_probes(s);
	bool exceeds;

	*executions_out = 0;
	while (serial_at_least(s) <= orders && !(stops && stops()) && engine_run(e, &by)) {
		(*executions_out)++;
		/* What was learned of where steps begin is true of all that follow: those before count for nothing. */
		if (engine_result(e)->end == EXECUTION_AGAIN) {
			serial_free(s);
			s = serial_new();
			by = serial_probes(s);
		}
		engine_undo(e);
	}
	exceeds = serial_at_least(s) > orders;
	serial_free(s);
	return exceeds;
}

u64 search_serial(struct engine *e, const struct setup *setup, const struct search_opts *o,
                  struct endings *outcomes)
{
	enum { ORDERS = 10000, SECONDS = 10 };
	struct search_opts serial = { .kind = SEARCH_SERIAL,
		                      .executions = ORDERS,
		                      .seconds = SECONDS,
		                      .all = true,
		                      .class_bytes = o->class_bytes,
		                      .interrupted = o->interrupted };
	struct endings *orders = outcomes_new(setup->scope, ORDERS);
	struct search_result r = { .complete = false };
	u64 n = 0, probes;

	engine_restart(e);
	if (!search_serial_exceeds(e, ORDERS, o->interrupted, &probes))
		search_run(e, setup, &serial, orders, NULL, NULL, &r);
	if (r.complete) {
		outcomes_compare(outcomes, orders);
		n = r.executions;
	}
	outcomes_free(orders);
	return n;
}
