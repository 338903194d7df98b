// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/args.h"
#include "sim/cli/log_command.h"
#include "sim/inspect/log_locks.h"

enum { OPT_BY = 256, OPT_SORT, OPT_TOP };

struct locks_args {
	struct log_files in;
	struct locks_options o;
};

static const char *const by_names[] = { "lock", "waiter", "holder" };

static const char *by_name(u32 i)
{
	return i < ARRAY_SIZE(by_names) ? by_names[i] : NULL;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct locks_args *a = state->input;

	switch (key) {
	case 'j':
		a->o.json = true;
		return 0;
	case 'l':
		log_parse_locks(state, arg, &a->o.locks);
		return 0;
	case OPT_BY:
		a->o.by = (enum locks_by)arg_one_of(state, "--by", arg, ARRAY_SIZE(by_names),
		                                    by_name);
		return 0;
	case OPT_SORT:
		a->o.sort = (enum locks_sort)arg_one_of(state, "--sort", arg, LOCKS_SORT_NR,
		                                        locks_sort_name);
		return 0;
	case OPT_TOP:
		a->o.top = (u32)arg_number(state, "--top", arg, 1, 1000);
		return 0;
	default:
		return log_parse_range(key, arg, state, &a->o.from, &a->o.to);
	}
}

static const struct argp_option options[] = {
	{ "by", OPT_BY, "WHAT", 0,
	  "a row for each lock (the default), for each operation as the waiter, for each operation "
	  "as the holder: lock, waiter, holder",
	  0 },
	{ "sort", OPT_SORT, "COLUMN", 0,
	  "most first: wait (the default), wait-max, hold, hold-max, acquisitions, contended, "
	  "hand-overs, depth; or name",
	  0 },
	{ "top", OPT_TOP, "N", 0, "at most so many rows", 0 },
	{ "lock", 'l', "L,...", 0, "only sections of these locks, by number or name", 0 },
	LOG_RANGE_ROWS("sections let go from this index in the merged log on", "up to this index"),
	LOG_INDEX_ROW,
	{ "json", 'j', NULL, 0, "one JSON object", 0 },
	{ 0 },
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "LOG",
	.doc = "How the locks of a log were used."
	       "\vacquisitions: sections that ended.  contended: of those, which found the lock "
	       "taken "
	       "as they asked.  hand-overs: which had it from another CPU.  wait: from asking for "
	       "the lock to having it; with --by holder: what others waited while this operation "
	       "had the lock.  hold: from having it to letting it go.  depth: how many stood "
	       "before "
	       "a section as it asked, the holder included: mean and max.  Jain: 1 if all CPUs had "
	       "as many sections, 1/n if one had all.  p50 and p99 are at most an eighth too high."
};

static int ask(void *input, struct log_source *s, struct err *e)
{
	const struct locks_args *a = input;

	return log_locks(s, a->in.ix, a->in.file[0], &a->o, stdout, e);
}

static int run(int argc, char **argv)
{
	struct locks_args a = { .in = { .wants = true }, .o = { .locks = ~0ull, .to = ~0ull } };

	log_parse(&argp, argc, argv, 1, &a);
	return log_ask(&a, ask);
}

const struct log_command log_command_locks = { "locks",
	                                       "how the locks of a log were used: contention",
	                                       run };
