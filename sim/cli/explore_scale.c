// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/explore_scale.h"

#include "sim/base/number.h"
#include "sim/base/vec.h"
#include "sim/cli/args.h"
#include "sim/cli/cmd.h"
#include "sim/explore/estimate.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ESTIMATE_EXECUTIONS = 1000 };

/* "3/16" */
static void parse_shard(struct argp_state *state, struct scale *s, const char *arg)
{
	const char *slash = strchr(arg, '/');
	char first[24];

	if (!slash || slash == arg || (size_t)(slash - arg) >= sizeof(first))
		argp_error(state, "--shard: expected I/N as 3/16, found \"%s\"", arg);
	snprintf(first, sizeof(first), "%.*s", (int)(slash - arg), arg);
	s->shards = (u32)arg_number(state, "--shard", slash + 1, 1, SPREAD_SHARDS);
	s->shard = (u32)arg_number(state, "--shard", first, 1, s->shards);
}

error_t scale_parse(int key, char *arg, struct argp_state *state, struct scale *s)
{
	switch (key) {
	case 'J':
		s->jobs = (u32)arg_number(state, "--jobs", arg, 1, SPREAD_JOBS);
		return 0;
	case KEY_SHARD:
		parse_shard(state, s, arg);
		return 0;
	case KEY_RESUME:
		s->resume = arg;
		return 0;
	case KEY_EVERY:
		s->every = arg_seconds(state, "--every", arg, 1000000);
		return 0;
	case KEY_ESTIMATE:
		s->estimate = true;
		return 0;
	case KEY_MERGE:
		s->merge = true;
		return 0;
	case ARGP_KEY_ARG:
		vec_push(&s->file, arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

bool scale_spreads(const struct scale *s)
{
	return s->jobs || s->shards || s->resume;
}

struct spread_opts scale_opts(const struct scale *s, const struct search_opts *search)
{
	struct spread_opts o = { .search = *search,
		                 .jobs = s->jobs ? s->jobs : 1,
		                 .shard = s->shard,
		                 .shards = s->shards,
		                 .keep = s->resume,
		                 .keep_ns = (u64)((s->every > 0 ? s->every : 30) * 1e9) };

	o.search.kind = SEARCH_REVISIT;
	return o;
}

static void print_time(double seconds)
{
	char text[DURATION_TEXT];

	fputs(number_duration(seconds, 1, text), stdout);
}

static void print_estimate(const struct estimate *e)
{
	double seconds = e->classes * e->ns_each / 1e9;

	if (e->exact) {
		printf("%.0f classes: all were there", e->classes);
	} else {
		printf("about %.*g classes", e->classes < 1e6 ? 6 : 4, e->classes);
		printf(" (95%%: %.0f to %.0f), from %llu random executions, of which %llu came to "
		       "nothing",
		       e->low, e->high, (unsigned long long)e->probes, (unsigned long long)e->dead);
	}
	printf("\na search by one job takes about ");
	print_time(seconds);
	printf(", at %.1f us for an execution\n", e->ns_each / 1e3);
}

static void json_estimate(const struct estimate *e)
{
	json_t *o = json_object();

	json_object_set_new(o, "exact", json_boolean(e->exact));
	json_object_set_new(o, "classes", json_real(e->classes));
	json_object_set_new(o, "low", json_real(e->low));
	json_object_set_new(o, "high", json_real(e->high));
	json_object_set_new(o, "probes", json_integer((json_int_t)e->probes));
	json_object_set_new(o, "dead", json_integer((json_int_t)e->dead));
	json_object_set_new(o, "seconds", json_real(e->classes * e->ns_each / 1e9));
	json_dumpf(o, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(o);
}

int scale_estimate(struct engine *e, struct setup *setup, u64 seed, bool (*is_interrupted)(void),
                   bool json)
{
	struct estimate_opts o = { .seed = seed,
		                   .executions = ESTIMATE_EXECUTIONS,
		                   .interrupted = is_interrupted };
	struct estimate est;

	estimate_run(e, setup, &o, &est);
	if (json)
		json_estimate(&est);
	else
		print_estimate(&est);
	return EXIT_NOTHING;
}
