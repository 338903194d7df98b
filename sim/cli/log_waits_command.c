// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/args.h"
#include "sim/cli/log_command.h"
#include "sim/inspect/log_waits.h"

enum { OPT_BY = 256, OPT_TOP };

struct waits_args {
	struct log_files in;
	struct waits_options o;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct waits_args *a = state->input;

	switch (key) {
	case 'j':
		a->o.json = true;
		return 0;
	case 'l':
		log_parse_locks(state, arg, &a->o.locks);
		return 0;
	case 'c':
		log_parse_cpus(state, arg, &a->o.cpus);
		return 0;
	case OPT_BY:
		a->o.by = (enum waits_by)arg_one_of(state, "--by", arg, WAITS_BY_NR, waits_by_name);
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
	  "what is long: time (the default, of a log with timestamps), hand-overs (the default of "
	  "others), rounds (looks at the lock word), events (of all CPUs meanwhile)",
	  0 },
	{ "top", OPT_TOP, "N", 0, "so many (default 10)", 0 },
	{ "lock", 'l', "L,...", 0, "only waits for these locks, by number or name", 0 },
	{ "cpu", 'c', "N,...", 0, "only waits of these CPUs", 0 },
	LOG_RANGE_ROWS("waits that begin at this index in the merged log or later",
	               "and end up to this index"),
	LOG_INDEX_ROW,
	{ "json", 'j', NULL, 0, "one JSON object", 0 },
	{ 0 },
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "LOG",
	.doc = "The longest waits for locks: the operation that waited, those that held the lock "
	       "meanwhile, and how many events each CPU had in between."
};

static int ask(void *input, struct log_source *s, struct err *e)
{
	const struct waits_args *a = input;
	int rc = log_find_cpus(&a->in, s->config, a->o.cpus, e);

	return rc < 0 ? rc : log_waits(s, a->in.ix, a->in.file[0], &a->o, stdout, e);
}

static int run(int argc, char **argv)
{
	struct waits_args a = {
		.in = { .wants = true },
		.o = { .by = WAITS_BY_NR, .locks = ~0ull, .cpus = ~0ull, .to = ~0ull, .top = 10 }
	};

	log_parse(&argp, argc, argv, 1, &a);
	return log_ask(&a, ask);
}

const struct log_command log_command_waits = { "waits", "the longest waits, and who held the lock",
	                                       run };
