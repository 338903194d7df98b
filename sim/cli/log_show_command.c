// SPDX-License-Identifier: GPL-2.0-only
#include "sim/base/nearest.h"
#include "sim/cli/args.h"
#include "sim/cli/cmd.h"
#include "sim/cli/log_about.h"
#include "sim/cli/log_command.h"
#include "sim/cli/output.h"
#include "sim/cli/pager.h"
#include "sim/inspect/log_index.h"
#include "sim/inspect/log_show.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { OPT_COLUMNS = 256, OPT_RAW, OPT_OP, OPT_AROUND, OPT_EPISODE, OPT_TIME, OPT_FOLLOW };

/* How long nothing is looked at while a run writes on. */
enum { FOLLOW_NS = 50000000 };

enum { SHOW_MAX_OPS = 32 };

/* Of lines with columns that are for no terminal. */
enum { PLAIN_WIDTH = 100 };

/**
 * struct show_args
 * @follow: the log is read on while a run writes it
 * @around, @context: of --around: the event, and how many before and behind it; ~0: there is none
 * @ops: [n_ops] lists of names for --op; what they name is known when the log is open
 */
struct show_args {
	struct log_files in;
	struct show_options show;
	bool follow;
	u64 around, context;
	char *ops[SHOW_MAX_OPS];
	u32 n_ops;
};

static const char *kind_name(u32 k)
{
	return k > EV_NONE && k != EV_END ? event_name(k) : NULL;
}

/* "INC_TICKET", "opull", "begin", ... */
static u64 kind_bit(struct argp_state *state, const char *s)
{
	char hint[80];

	for (u32 k = EV_NONE + 1; k < EV_NR; k++)
		if (k != EV_END && strcasecmp(event_name(k), s) == 0)
			return 1ull << k;
	argp_error(state, "--kind: there is no event or mark \"%s\"%s", s,
	           nearest_of(s, EV_NR, kind_name, hint, sizeof(hint)));
	return 0;
}

static void set_form(struct argp_state *state, struct show_args *a, enum show_form form)
{
	if (a->show.form != SHOW_NESTED && a->show.form != form)
		argp_error(state, "--raw, --columns and --json are forms of one output");
	a->show.form = form;
}

/* "1000..2500", "1000..": nanoseconds. */
static void parse_time(struct argp_state *state, struct show_args *a, char *arg)
{
	char *dots = strstr(arg, "..");

	if (!dots)
		argp_error(state, "--time: expected FROM..TO in ns, found \"%s\"", arg);
	*dots = '\0';
	a->show.in_time = true;
	a->show.from_ns = arg[0] ? arg_number(state, "--time", arg, 0, ~0ull) : 0;
	a->show.to_ns = dots[2] ? arg_number(state, "--time", dots + 2, 0, ~0ull) : ~0ull;
	if (a->show.from_ns > a->show.to_ns)
		argp_error(state, "--time: the range is empty");
}

/* --around is --from and --to. */
static void find_range(struct argp_state *state, struct show_args *a)
{
	bool range = a->show.from > 0 || a->show.to < ~0ull;

	if (a->around == ~0ull) {
		if (a->context != ~0ull)
			argp_error(state, "-C goes with --around");
		return;
	}
	if (range)
		argp_error(state, "--around goes with neither --from nor --to");
	if (a->context == ~0ull)
		a->context = 10;
	a->show.from = a->around > a->context ? a->around - a->context : 0;
	a->show.to = a->around + min_u64(a->context, ~0ull - 1 - a->around);
}

static error_t parse_show(int key, char *arg, struct argp_state *state)
{
	struct show_args *a = state->input;

	switch (key) {
	case 'c':
		log_parse_cpus(state, arg, &a->show.cpus);
		return 0;
	case 'l':
		log_parse_locks(state, arg, &a->show.locks);
		return 0;
	case 'k':
		log_parse_bits(state, "--kind", arg, kind_bit, &a->show.kinds);
		return 0;
	case OPT_OP:
		if (a->n_ops == SHOW_MAX_OPS)
			argp_error(state, "--op: at most %d of them", SHOW_MAX_OPS);
		a->ops[a->n_ops++] = arg;
		return 0;
	case OPT_RAW:
		set_form(state, a, SHOW_RAW);
		return 0;
	case OPT_AROUND:
		a->around = arg_number(state, "--around", arg, 0, ~0ull - 1);
		return 0;
	case 'C':
		a->context = arg_number(state, "-C", arg, 0, ~0u);
		return 0;
	case OPT_EPISODE:
		a->show.in_episode = true;
		a->show.episode = arg_number(state, "--episode", arg, 0, ~0u);
		return 0;
	case OPT_TIME:
		parse_time(state, a, arg);
		return 0;
	case OPT_FOLLOW:
		a->follow = true;
		return 0;
	case OPT_COLUMNS:
		set_form(state, a, SHOW_COLUMNS);
		return 0;
	case 'j':
		set_form(state, a, SHOW_JSON);
		return 0;
	case ARGP_KEY_END:
		log_parse_range(key, arg, state, &a->show.from, &a->show.to);
		find_range(state, a);
		return 0;
	default:
		if (log_parse_about(key, arg, state, &a->show.about) == 0)
			return 0;
		return log_parse_range(key, arg, state, &a->show.from, &a->show.to);
	}
}

static bool keep_going(void)
{
	return !cli_stdout_broken();
}

/* What --op names, in this log. */
static int find_ops(struct show_args *a, const struct log_config *c, struct err *e)
{
	for (u32 i = 0; i < a->n_ops; i++) {
		char *save;

		for (char *w = strtok_r(a->ops[i], ",", &save); w; w = strtok_r(NULL, ",", &save))
			if (!show_ops_by_name(&a->show.ops, c, w))
				return err_set(e, ERR_USAGE,
				               "--op: there is no operation \"%s\", neither of the "
				               "hypervisor nor of the log",
				               w);
		a->show.in_ops = true;
	}
	return 0;
}

/* Is there anything to pass over? */
static bool asks_for_part(const struct show_options *o)
{
	return o->from > 0 || o->cpus != ~0ull || o->locks != ~0ull || o->kinds != ~0ull ||
	       o->in_ops || o->in_episode || o->in_time || about_asks(&o->about);
}

/* What was shown can be read before more is looked for. */
static bool more_comes(struct log_source *s)
{
	const struct timespec pause = { .tv_nsec = FOLLOW_NS };
	bool more = log_poll(s);

	fflush(stdout);
	if (more)
		nanosleep(&pause, NULL);
	return more;
}

static int show(struct show_args *a)
{
	struct log_source *s;
	struct err e;
	int rc, status;

	rc = a->follow ? log_open_follow(a->in.file[0], &s, &e) : log_open(a->in.file[0], &s, &e);
	if (rc < 0)
		return log_complain(&a->in, &e);
	if (find_ops(a, s->config, &e) < 0 ||
	    log_find_cpus(&a->in, s->config, a->show.cpus, &e) < 0) {
		s->close(s);
		return log_complain(&a->in, &e);
	}
	a->show.width = cli_width();
	if (a->show.width == 0)
		a->show.width = PLAIN_WIDTH;
	if (!a->follow && a->show.form != SHOW_JSON)
		pager_begin();
	a->show.keep_going = keep_going;
	about_know(&a->show.about, s->config);
	if (a->follow)
		a->show.more = more_comes;
	else if (asks_for_part(&a->show))
		log_find_index(&a->in, s);
	rc = log_show(s, a->in.ix, &a->show, stdout, &e);
	fflush(stdout);
	log_tell_skipped(&a->in, s);
	status = log_judge(&a->in, s, rc, &e);
	if (status == EXIT_NOTHING && !cli_stdout_broken() && a->show.from > 0 &&
	    a->show.from >= s->times.n_events) {
		err_set(&e, ERR_USAGE, "%s: --from %llu: the log has %llu events", a->in.file[0],
		        (unsigned long long)a->show.from, (unsigned long long)s->times.n_events);
		status = log_complain(&a->in, &e);
	}
	log_index_close(a->in.ix);
	s->close(s);
	return cli_finish_stdout(status);
}

static const struct argp_option show_options[] = {
	{ "cpu", 'c', "N,...", 0, "only events of these CPUs", 0 },
	{ "lock", 'l', "L,...", 0, "only events of these locks, by number or name", 0 },
	{ "kind", 'k', "K,...", 0, "only these events and marks, by name: INC_TICKET, OPULL, begin",
	  0 },
	{ "op", OPT_OP, "NAME,...", 0,
	  "only what lies within these operations: functions of the hypervisor, atomic events, "
	  "operations of the log's workload",
	  0 },
	LOG_RANGE_ROWS("from this index in the merged log on", "up to this index"),
	{ "around", OPT_AROUND, "I", 0, "this index, and ten events before and behind it", 0 },
	{ "context", 'C', "N", 0, "of --around: so many before and behind it", 0 },
	{ "episode", OPT_EPISODE, "N", 0, "only events of this episode", 0 },
	{ "time", OPT_TIME, "FROM..TO", 0,
	  "only events of these nanoseconds since the start of the run", 0 },
	LOG_ABOUT_ROWS,
	LOG_INDEX_ROW,
	{ "follow", OPT_FOLLOW, NULL, 0,
	  "of a log that a run is writing: go on until the run has ended", 0 },
	{ "raw", OPT_RAW, NULL, 0, "the text form, behind the index", 0 },
	{ "columns", OPT_COLUMNS, NULL, 0,
	  "one column a CPU, as wide as the terminal: long texts are cut", 0 },
	{ "json", 'j', NULL, 0, "one JSON object a line", 0 },
	{ 0 },
};

static const struct argp argp = {
	.options = show_options,
	.parser = parse_show,
	.args_doc = "LOG",
	.doc = "Print the events of a log, binary or text (- is standard input), in one legal "
	       "global order, with their indices: each operation with its arguments, the steps "
	       "on locks indented below it, and its atomic event.  On a terminal "
	       "a pager has them ($HYPSIM_PAGER, $PAGER, less)."
	       "\v--pfn: changes of a frame's record or contents, of leaves that named or name it; "
	       "arguments pfn, pte, pa, and map_page_host's addr.  --vm: steps on the locks of a "
	       "VM's table and record; owners; arguments vmid, owner, and spaces and objects of "
	       "the VM.  --vcpu: a record's vm_vcpu[I] and vm_vcpu_state[I]; a vcpuid behind a "
	       "vmid.  "
	       "--bank: a bank's owner and the entries of its first table; a cbndx before an "
	       "index, and its space.  All of these: surprises about it.  --cell: pushes that say "
	       "something of the cell.  --arg: a number, or a word of the argument's type; a "
	       "number alone means none that stands for a word.  Of several values of one "
	       "option any one is enough; of several options all must be met."
};

static int run(int argc, char **argv)
{
	struct show_args a = {
		.show = { .cpus = ~0ull, .locks = ~0ull, .kinds = ~0ull, .to = ~0ull },
		.around = ~0ull,
		.context = ~0ull
	};
	int status;

	log_parse(&argp, argc, argv, 1, &a);
	status = show(&a);
	about_free(&a.show.about);
	return status;
}

const struct log_command log_command_show = { "show", "print the events in their merged order",
	                                      run };
