// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/data.h"
#include "sim/base/interrupt.h"
#include "sim/base/nearest.h"
#include "sim/base/options.h"
#include "sim/base/whole_file.h"
#include "sim/cli/args.h"
#include "sim/cli/cmd.h"
#include "sim/cli/output.h"
#include "sim/inspect/log_show.h"
#include "sim/inspect/log_stats.h"
#include "sim/log/convert/convert.h"
#include "sim/log/convert/pack.h"
#include "sim/log/text/skipped.h"
#include "sim/log/text/text_line.h"

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPT_COLUMNS = 256, OPT_RAW, OPT_OP, OPT_FROM, OPT_TO, OPT_TEXT, OPT_BINARY, OPT_ZSTD };

enum { LOG_MAX_OPS = 32 };

/**
 * struct log_args
 * @ops: [n_ops] lists of names for --op; what they name is known when the log is open
 */
struct log_args {
	const char *name;
	struct show_options show;
	char *ops[LOG_MAX_OPS];
	u32 n_ops;
	bool json, text, binary, zstd;
	int level;
	u32 n_files, max_files;
	const char *file[2];
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

/* "3" or "SPT", "NPT:2" */
static u64 lock_bit(struct argp_state *state, const char *s)
{
	struct text_word w = { .p = s, .len = strlen(s) };
	u64 lk = 0;

	if (!text_object(w, &lk) || lk >= ID_END)
		argp_error(state,
		           "--lock: expected a number below %d or a name as NPT:2, found \"%s\"",
		           ID_END, s);
	return 1ull << lk;
}

static u64 cpu_bit(struct argp_state *state, const char *s)
{
	return 1ull << arg_number(state, "--cpu", s, 0, MAX_CPU - 1);
}

/* "1,3": their bits; a second list adds to the first. */
static void bits(struct argp_state *state, const char *what, char *list,
                 u64 (*bit)(struct argp_state *state, const char *s), u64 *out)
{
	char *save;

	if (*out == ~0ull)
		*out = 0;
	for (char *s = strtok_r(list, ",", &save); s; s = strtok_r(NULL, ",", &save))
		*out |= bit(state, s);
	if (*out == 0)
		argp_error(state, "%s: the list is empty", what);
}

static void set_form(struct argp_state *state, struct log_args *a, enum show_form form)
{
	if (a->show.form != SHOW_NESTED && a->show.form != form)
		argp_error(state, "--raw, --columns and --json are forms of one output");
	a->show.form = form;
}

static error_t parse_show(int key, char *arg, struct argp_state *state)
{
	struct log_args *a = state->input;

	switch (key) {
	case 'c':
		bits(state, "--cpu", arg, cpu_bit, &a->show.cpus);
		return 0;
	case 'l':
		bits(state, "--lock", arg, lock_bit, &a->show.locks);
		return 0;
	case 'k':
		bits(state, "--kind", arg, kind_bit, &a->show.kinds);
		return 0;
	case OPT_OP:
		if (a->n_ops == LOG_MAX_OPS)
			argp_error(state, "--op: at most %d of them", LOG_MAX_OPS);
		a->ops[a->n_ops++] = arg;
		return 0;
	case OPT_RAW:
		set_form(state, a, SHOW_RAW);
		return 0;
	case OPT_FROM:
		a->show.from = arg_number(state, "--from", arg, 0, ~0ull - 1);
		return 0;
	case OPT_TO:
		a->show.to = arg_number(state, "--to", arg, 0, ~0ull - 1);
		return 0;
	case OPT_COLUMNS:
		set_form(state, a, SHOW_COLUMNS);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct log_args *a = state->input;

	switch (key) {
	case 'j':
		a->json = true;
		set_form(state, a, SHOW_JSON);
		return 0;
	case OPT_TEXT:
		a->text = true;
		return 0;
	case OPT_BINARY:
		a->binary = true;
		return 0;
	case OPT_ZSTD:
		a->zstd = true;
		a->level = arg ? (int)arg_number(state, "--zstd", arg, 0, 19) : 1;
		return 0;
	case ARGP_KEY_ARG:
		if (a->n_files == a->max_files)
			argp_error(state, "one file too many: \"%s\"", arg);
		a->file[a->n_files++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (a->n_files < a->max_files)
			argp_error(state, a->n_files ? "OUT is missing" : "no log is given");
		if (a->show.from > a->show.to)
			argp_error(state, "--from %llu --to %llu: the range is empty",
			           (unsigned long long)a->show.from,
			           (unsigned long long)a->show.to);
		if (a->text && (a->binary || a->zstd))
			argp_error(state, "--text goes with neither --binary nor --zstd");
		return 0;
	default:
		return parse_show(key, arg, state);
	}
}

static int complain(const struct log_args *a, const struct err *e)
{
	fprintf(stderr, "%s: %s\n", a->name, e->msg);
	return interrupt_status(err_status(e->code));
}

/* What the merge found, on standard error: the events end there. */
static int judge(const struct log_args *a, struct log_source *s, int rc, const struct err *e)
{
	struct log_status st;
	char told[160];

	log_source_status(s, &st);
	if (log_times_back(s, told, sizeof(told)))
		fprintf(stderr, "%s: %s: %s\n", a->name, a->file[0], told);
	if (st.cut && rc == 0)
		fprintf(stderr, "%s: %s: cut: not closed in order; %u missing step%s filled in\n",
		        a->name, a->file[0], st.holes, st.holes == 1 ? "" : "s");
	if (st.finding) {
		fprintf(stderr, "%s: %s: %s: %s\n", a->name, a->file[0],
		        merge_row_name(st.finding->row), st.finding->text);
		return EXIT_VIOLATION;
	}
	return rc < 0 ? complain(a, e) : EXIT_NOTHING;
}

/* On standard error: marks that are not in what was shown or written, and keys. */
static void tell_skipped(const struct log_args *a, struct log_source *s)
{
	struct log_status st;
	char before[512];

	log_source_status(s, &st);
	snprintf(before, sizeof(before), "%s: %s: ", a->name, a->file[0]);
	skipped_print(stderr, before, s->config, &st);
}

static bool keep_going(void)
{
	return !cli_stdout_broken();
}

/* What --op names, in this log. */
static int find_ops(struct log_args *a, const struct log_config *c, struct err *e)
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

/* Has the log the CPUs that --cpu names? */
static int find_cpus(const struct log_args *a, const struct log_config *c, struct err *e)
{
	u64 more = a->show.cpus == ~0ull || c->cpus == MAX_CPU ? 0 : a->show.cpus >> c->cpus;

	if (!more)
		return 0;
	return err_set(e, ERR_USAGE, "%s: --cpu %u: the log has CPUs 0..%u", a->file[0],
	               c->cpus + (u32)__builtin_ctzll(more), c->cpus - 1);
}

static int show(struct log_args *a)
{
	struct log_source *s;
	struct err e;
	int rc, status;

	if (log_open(a->file[0], &s, &e) < 0)
		return complain(a, &e);
	if (find_ops(a, s->config, &e) < 0) {
		s->close(s);
		return complain(a, &e);
	}
	if (find_cpus(a, s->config, &e) < 0) {
		s->close(s);
		return complain(a, &e);
	}
	a->show.keep_going = keep_going;
	rc = log_show(s, &a->show, stdout, &e);
	fflush(stdout);
	tell_skipped(a, s);
	status = judge(a, s, rc, &e);
	if (status == EXIT_NOTHING && !cli_stdout_broken() && a->show.from > 0 &&
	    a->show.from >= s->times.n_events) {
		err_set(&e, ERR_USAGE, "%s: --from %llu: the log has %llu events", a->file[0],
		        (unsigned long long)a->show.from, (unsigned long long)s->times.n_events);
		status = complain(a, &e);
	}
	s->close(s);
	return cli_finish_stdout(status);
}

static int stats(struct log_args *a)
{
	struct log_source *s;
	struct err e;
	int rc, status;

	if (log_open(a->file[0], &s, &e) < 0)
		return complain(a, &e);
	rc = log_stats(s, a->file[0], a->json, stdout, &e);
	fflush(stdout);
	status = judge(a, s, rc, &e);
	s->close(s);
	return cli_finish_stdout(status);
}

/* Text to standard output. */
static int text_to_stdout(struct log_args *a, struct log_source *s)
{
	struct err e;
	int rc = convert_to_text(s, doracle, stdout, &e);

	tell_skipped(a, s);
	return cli_finish_stdout(judge(a, s, rc, &e));
}

/* Text to a file, which is there when it is whole. */
static int text_to_file(struct log_args *a, struct log_source *s)
{
	struct whole_file out;
	int rc, status;
	struct err e;
	FILE *f;

	if (whole_open(&out, a->file[1], &e) < 0)
		return complain(a, &e);
	f = fdopen(dup(out.fd), "w");
	if (!f) {
		err_host(&e, ERR_OPEN, errno, "%s", a->file[1]);
		whole_drop(&out);
		return complain(a, &e);
	}
	rc = convert_to_text(s, doracle, f, &e);
	tell_skipped(a, s);
	status = judge(a, s, rc, &e);
	rc = ferror(f);
	if (fclose(f) || rc) {
		fprintf(stderr, "%s: %s: writing failed: %s\n", a->name, a->file[1],
		        strerror(errno));
		if (status == EXIT_NOTHING)
			status = EXIT_HOST;
	}
	if (status == EXIT_NOTHING && whole_commit(&out, &e) < 0)
		status = complain(a, &e);
	whole_drop(&out);
	return cli_finish_stdout(status);
}

static int to_binary(struct log_args *a, struct log_source *s, bool repack)
{
	int level = a->zstd ? a->level : PACK_PLAIN, rc;
	struct err e;

	if (strcmp(a->file[1], "-") == 0) {
		fprintf(stderr, "%s: a binary log cannot go to standard output\n", a->name);
		return EXIT_BAD_INPUT;
	}
	rc = repack ? convert_repack_source(s, a->file[1], level, &e)
	            : convert_to_binary(s, doracle, a->file[1], level, &e);
	/* The others name the file that they are about. */
	if (rc < 0 && e.code == ERR_NO_BINARY)
		err_wrap(&e, "%s", a->file[0]);
	if (rc < 0)
		return complain(a, &e);
	if (!repack)
		tell_skipped(a, s);
	return cli_finish_stdout(repack ? EXIT_NOTHING : judge(a, s, rc, &e));
}

/* Is it one file, whatever it is called?  What writes OUT begins by emptying it. */
static bool one_file(const char *in, const char *out)
{
	struct stat a, b;

	return stat(in, &a) == 0 && stat(out, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

static int convert(struct log_args *a)
{
	struct log_source *s;
	struct log_status st;
	struct err e;
	int status;

	if (strcmp(a->file[1], "-") != 0 && one_file(a->file[0], a->file[1])) {
		fprintf(stderr, "%s: %s is both IN and OUT\n", a->name, a->file[1]);
		return EXIT_BAD_INPUT;
	}
	if (log_open(a->file[0], &s, &e) < 0)
		return complain(a, &e);
	log_source_status(s, &st);
	if (a->text || (st.binary && !a->binary && !a->zstd))
		status = strcmp(a->file[1], "-") == 0 ? text_to_stdout(a, s) : text_to_file(a, s);
	else
		status = to_binary(a, s, st.binary);
	s->close(s);
	return status;
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
	{ "from", OPT_FROM, "I", 0, "from this index in the merged log on", 0 },
	{ "to", OPT_TO, "I", 0, "up to this index", 0 },
	{ "raw", OPT_RAW, NULL, 0, "the text form, behind the index", 0 },
	{ "columns", OPT_COLUMNS, NULL, 0, "one column a CPU", 0 },
	{ "json", 'j', NULL, 0, "one JSON object a line", 0 },
	{ 0 },
};

static const struct argp_option stats_options[] = {
	{ "json", 'j', NULL, 0, "one JSON object", 0 },
	{ 0 },
};

static const struct argp_option convert_options[] = {
	{ "text", OPT_TEXT, NULL, 0, "OUT is in text form (the default for a binary log)", 0 },
	{ "binary", OPT_BINARY, NULL, 0,
	  "OUT is a binary log of packed chunks (the default for a text log)", 0 },
	{ "zstd", OPT_ZSTD, "LEVEL", OPTION_ARG_OPTIONAL, "compress the chunks, 0..19 (default 1)",
	  0 },
	{ 0 },
};

static const struct {
	const char *name, *line;
	u32 files;
	int (*run)(struct log_args *a);
	struct argp argp;
} subcommands[] = {
	{ "show",
	  "print the events in their merged order",
	  1,
	  show,
	  { .options = show_options,
	    .parser = parse,
	    .args_doc = "LOG",
	    .doc = "Print the events of a log, binary or text (- is standard input), in one legal "
	           "global order, with their indices: each operation with its arguments, the steps "
	           "on locks indented below it, and its atomic event." } },
	{ "stats",
	  "how big a log is and how its locks were used",
	  1,
	  stats,
	  { .options = stats_options,
	    .parser = parse,
	    .args_doc = "LOG",
	    .doc = "Configuration, events a CPU, acquisitions and waiting a lock, bytes an "
	           "event." } },
	{ "convert",
	  "one form of a log into another",
	  2,
	  convert,
	  { .options = convert_options,
	    .parser = parse,
	    .args_doc = "IN OUT",
	    .doc = "Binary to text, text to binary, or the chunks of a binary log packed and "
	           "compressed.  - is standard input or output for text.  A text that the "
	           "binary form cannot say (of its order of looks, too) is refused." } },
};

static void usage(FILE *f)
{
	fprintf(f, "Usage: hypsim log COMMAND [OPTION...] LOG\n\n");
	for (u32 i = 0; i < ARRAY_SIZE(subcommands); i++)
		fprintf(f, "  %-8s %s\n", subcommands[i].name, subcommands[i].line);
	fprintf(f, "\n'hypsim log COMMAND --help' says more.  Exit status: 0, 1 the streams have "
	           "no legal order,\n"
	           "2 wrong usage or a malformed log, 3 the host failed.\n");
}

static const char *sub_name(u32 i)
{
	return subcommands[i].name;
}

int cmd_log(int argc, char **argv)
{
	const char *which = argc > 1 ? argv[1] : NULL;
	char hint[80];

	if (which && (strcmp(which, "--help") == 0 || strcmp(which, "-h") == 0 ||
	              strcmp(which, "-?") == 0)) {
		usage(stdout);
		return cli_finish_stdout(EXIT_NOTHING);
	}
	for (u32 i = 0; which && i < ARRAY_SIZE(subcommands); i++) {
		struct log_args a = {
			.show = { .cpus = ~0ull, .locks = ~0ull, .kinds = ~0ull, .to = ~0ull },
			.max_files = subcommands[i].files
		};
		char name[64];

		if (strcmp(which, subcommands[i].name) != 0)
			continue;
		snprintf(name, sizeof(name), "hypsim log %s", which);
		a.name = name;
		argv[1] = name;
		argp_err_exit_status = EXIT_BAD_INPUT;
		options_known(&subcommands[i].argp, argc - 1, argv + 1);
		argp_parse(&subcommands[i].argp, argc - 1, argv + 1, 0, NULL, &a);
		interrupts_catch(INTERRUPT_STEPS);
		return subcommands[i].run(&a);
	}
	if (which)
		fprintf(stderr, "hypsim log: unknown command '%s'%s\n", which,
		        nearest_of(which, ARRAY_SIZE(subcommands), sub_name, hint, sizeof(hint)));
	usage(stderr);
	return EXIT_BAD_INPUT;
}
