// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/data.h"
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

/* "INC_TICKET", "opull", "begin", ... */
static u64 kind_bit(struct argp_state *state, const char *s)
{
	for (u32 k = EV_NONE + 1; k < EV_NR; k++)
		if (k != EV_END && strcasecmp(event_name(k), s) == 0)
			return 1ull << k;
	argp_error(state, "--kind: there is no event or mark \"%s\"", s);
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
		a->show.form = SHOW_RAW;
		return 0;
	case OPT_FROM:
		a->show.from = arg_number(state, "--from", arg, 0, ~0ull - 1);
		return 0;
	case OPT_TO:
		a->show.to = arg_number(state, "--to", arg, 0, ~0ull - 1);
		return 0;
	case OPT_COLUMNS:
		a->show.form = SHOW_COLUMNS;
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
		a->show.form = SHOW_JSON;
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
	return err_status(e->code);
}

/* What the merge found, on standard error: the events end there. */
static int judge(const struct log_args *a, struct log_source *s, int rc, const struct err *e)
{
	struct log_status st;

	log_source_status(s, &st);
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
	cli_begin_stdout();
	a->show.keep_going = keep_going;
	rc = log_show(s, &a->show, stdout, &e);
	fflush(stdout);
	tell_skipped(a, s);
	status = judge(a, s, rc, &e);
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
	cli_begin_stdout();
	rc = log_stats(s, a->file[0], a->json, stdout, &e);
	fflush(stdout);
	status = judge(a, s, rc, &e);
	s->close(s);
	return cli_finish_stdout(status);
}

/* Text to @path or standard output. */
static int to_text(struct log_args *a, struct log_source *s)
{
	bool to_stdout = strcmp(a->file[1], "-") == 0;
	FILE *f = stdout;
	struct err e;
	int rc, status;

	cli_begin_stdout();
	if (!to_stdout)
		f = fopen(a->file[1], "we");
	if (!f) {
		fprintf(stderr, "%s: %s: %s\n", a->name, a->file[1], strerror(errno));
		return EXIT_BAD_INPUT;
	}
	rc = convert_to_text(s, doracle, f, &e);
	tell_skipped(a, s);
	status = judge(a, s, rc, &e);
	if (to_stdout)
		return cli_finish_stdout(status);
	rc = ferror(f);
	if (fclose(f) || rc) {
		fprintf(stderr, "%s: %s: writing failed: %s\n", a->name, a->file[1],
		        strerror(errno));
		return status == EXIT_VIOLATION ? status : EXIT_HOST;
	}
	return status;
}

static int to_binary(struct log_args *a, struct log_source *s, bool repack)
{
	int level = a->zstd ? a->level : PACK_PLAIN, rc;
	struct err e;

	if (strcmp(a->file[1], "-") == 0) {
		fprintf(stderr, "%s: a binary log cannot go to standard output\n", a->name);
		return EXIT_BAD_INPUT;
	}
	rc = repack ? convert_repack(a->file[0], a->file[1], level, &e)
	            : convert_to_binary(s, doracle, a->file[1], level, &e);
	/* The others name the file that they are about. */
	if (rc < 0 && e.code == ERR_NO_BINARY)
		err_wrap(&e, "%s", a->file[0]);
	if (rc < 0)
		return complain(a, &e);
	if (!repack)
		tell_skipped(a, s);
	return repack ? EXIT_NOTHING : judge(a, s, rc, &e);
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
		status = to_text(a, s);
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
	           "compressed.  - is standard input or output for text." } },
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

int cmd_log(int argc, char **argv)
{
	const char *which = argc > 1 ? argv[1] : NULL;

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
		argp_parse(&subcommands[i].argp, argc - 1, argv + 1, 0, NULL, &a);
		return subcommands[i].run(&a);
	}
	if (which)
		fprintf(stderr, "hypsim log: unknown command '%s'\n", which);
	usage(stderr);
	return EXIT_BAD_INPUT;
}
