// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/data.h"
#include "sim/base/whole_file.h"
#include "sim/cli/args.h"
#include "sim/cli/cmd.h"
#include "sim/cli/log_command.h"
#include "sim/cli/output.h"
#include "sim/log/convert/convert.h"
#include "sim/log/convert/pack.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPT_TEXT = 256, OPT_BINARY, OPT_ZSTD };

struct convert_args {
	struct log_files in;
	bool text, binary, zstd;
	int level;
};

static error_t parse_convert(int key, char *arg, struct argp_state *state)
{
	struct convert_args *a = state->input;

	switch (key) {
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
	case ARGP_KEY_END:
		log_parse_file(key, arg, state);
		if (a->text && (a->binary || a->zstd))
			argp_error(state, "--text goes with neither --binary nor --zstd");
		return 0;
	default:
		return log_parse_file(key, arg, state);
	}
}

/* Text to standard output. */
static int text_to_stdout(struct convert_args *a, struct log_source *s)
{
	struct err e;
	int rc = convert_to_text(s, doracle, stdout, &e);

	log_tell_skipped(&a->in, s);
	return cli_finish_stdout(log_judge(&a->in, s, rc, &e));
}

/* Text to a file, which is there when it is whole. */
static int text_to_file(struct convert_args *a, struct log_source *s)
{
	struct whole_file out;
	int rc, status;
	struct err e;
	FILE *f;

	if (whole_open(&out, a->in.file[1], &e) < 0)
		return log_complain(&a->in, &e);
	f = fdopen(dup(out.fd), "w");
	if (!f) {
		err_host(&e, ERR_OPEN, errno, "%s", a->in.file[1]);
		whole_drop(&out);
		return log_complain(&a->in, &e);
	}
	rc = convert_to_text(s, doracle, f, &e);
	log_tell_skipped(&a->in, s);
	status = log_judge(&a->in, s, rc, &e);
	rc = ferror(f);
	if (fclose(f) || rc) {
		fprintf(stderr, "%s: %s: writing failed: %s\n", a->in.name, a->in.file[1],
		        strerror(errno));
		if (status == EXIT_NOTHING)
			status = EXIT_HOST;
	}
	if (status == EXIT_NOTHING && whole_commit(&out, &e) < 0)
		status = log_complain(&a->in, &e);
	whole_drop(&out);
	return cli_finish_stdout(status);
}

static int to_binary(struct convert_args *a, struct log_source *s, bool repack)
{
	int level = a->zstd ? a->level : PACK_PLAIN, rc;
	struct err e;

	if (strcmp(a->in.file[1], "-") == 0) {
		fprintf(stderr, "%s: a binary log cannot go to standard output\n", a->in.name);
		return EXIT_BAD_INPUT;
	}
	rc = repack ? convert_repack_source(s, a->in.file[1], level, &e)
	            : convert_to_binary(s, doracle, a->in.file[1], level, &e);
	/* The others name the file that they are about. */
	if (rc < 0 && e.code == ERR_NO_BINARY)
		err_wrap(&e, "%s", a->in.file[0]);
	if (rc < 0)
		return log_complain(&a->in, &e);
	if (!repack)
		log_tell_skipped(&a->in, s);
	return cli_finish_stdout(repack ? EXIT_NOTHING : log_judge(&a->in, s, rc, &e));
}

/* Is it one file, whatever it is called?  What writes OUT begins by emptying it. */
static bool one_file(const char *in, const char *out)
{
	struct stat a, b;

	return stat(in, &a) == 0 && stat(out, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

static int convert(struct convert_args *a)
{
	struct log_source *s;
	struct log_status st;
	struct err e;
	int status;

	if (strcmp(a->in.file[1], "-") != 0 && one_file(a->in.file[0], a->in.file[1])) {
		fprintf(stderr, "%s: %s is both IN and OUT\n", a->in.name, a->in.file[1]);
		return EXIT_BAD_INPUT;
	}
	if (log_open(a->in.file[0], &s, &e) < 0)
		return log_complain(&a->in, &e);
	log_source_status(s, &st);
	if (a->text || (st.binary && !a->binary && !a->zstd))
		status =
			strcmp(a->in.file[1], "-") == 0 ? text_to_stdout(a, s) : text_to_file(a, s);
	else
		status = to_binary(a, s, st.binary);
	s->close(s);
	return status;
}

static const struct argp_option convert_options[] = {
	{ "text", OPT_TEXT, NULL, 0, "OUT is in text form (the default for a binary log)", 0 },
	{ "binary", OPT_BINARY, NULL, 0,
	  "OUT is a binary log of packed chunks (the default for a text log)", 0 },
	{ "zstd", OPT_ZSTD, "LEVEL", OPTION_ARG_OPTIONAL, "compress the chunks, 0..19 (default 1)",
	  0 },
	{ 0 },
};

static const struct argp argp = {
	.options = convert_options,
	.parser = parse_convert,
	.args_doc = "IN OUT",
	.doc = "Binary to text, text to binary, or the chunks of a binary log packed and "
	       "compressed.  - is standard input or output for text.  A text that the "
	       "binary form cannot say (of its order of looks, too) is refused."
};

static int run(int argc, char **argv)
{
	struct convert_args a = { .text = false };

	log_parse(&argp, argc, argv, 2, &a);
	return convert(&a);
}

const struct log_command log_command_convert = { "convert", "one form of a log into another", run };
