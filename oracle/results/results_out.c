// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/results/results_out.h"

#include "oracle/results/annotate.h"
#include "oracle/results/junit.h"
#include "oracle/results/results.h"
#include "oracle/results/sarif.h"
#include "sim/base/whole_file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *file(struct argp_state *state, const char *option, const char *arg)
{
	if (strcmp(arg, "-") == 0)
		argp_error(state, "%s: standard output has what people read: name a file", option);
	return arg;
}

error_t results_parse(int key, char *arg, struct argp_state *state, struct results_out *o)
{
	switch (key) {
	case KEY_JUNIT:
		o->junit = file(state, "--junit", arg);
		return 0;
	case KEY_SARIF:
		o->sarif = file(state, "--sarif", arg);
		return 0;
	case KEY_ANNOTATE:
		o->github = true;
		if (strcmp(arg, "github") != 0)
			argp_error(state, "--annotate: expected github, found \"%s\"", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* A word as a shell takes it. */
static void quote(FILE *f, const char *word)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._/=,:+@%";

	if (*word && word[strspn(word, plain)] == '\0') {
		fputs(word, f);
		return;
	}
	fputc('\'', f);
	for (; *word; word++)
		if (*word == '\'')
			fputs("'\\''", f);
		else
			fputc(*word, f);
	fputc('\'', f);
}

/* One of ours: how many words it takes; 0: it is none. */
static int is_ours(const char *word)
{
	static const char *const ours[] = { "--junit", "--sarif", "--annotate" };

	for (u32 i = 0; i < ARRAY_SIZE(ours); i++) {
		size_t len = strlen(ours[i]);

		if (strncmp(word, ours[i], len) == 0 && (!word[len] || word[len] == '='))
			return word[len] ? 1 : 2;
	}
	return 0;
}

void results_out_line(struct results_out *o, int argc, char **argv)
{
	size_t size;
	FILE *f = open_memstream(&o->line, &size);

	if (!f)
		abort();
	fputs(argv[0], f);
	for (int i = 1; i < argc; i++) {
		int ours = is_ours(argv[i]);

		if (ours) {
			i += ours - 1;
			continue;
		}
		fputc(' ', f);
		quote(f, argv[i]);
	}
	fclose(f);
}

bool results_wanted(const struct results_out *o)
{
	return o->junit || o->sarif || o->github;
}

static bool same_file(const char *a, const char *b)
{
	struct stat at, bt;

	return strcmp(a, b) == 0 ||
	       (stat(a, &at) == 0 && stat(b, &bt) == 0 && S_ISREG(at.st_mode) &&
	        at.st_dev == bt.st_dev && at.st_ino == bt.st_ino);
}

static int try(const char *option, const char *path, const char *const *input, u32 n, struct err *e)
{
	int rc;

	if (!path)
		return 0;
	for (u32 i = 0; i < n; i++)
		if (same_file(path, input[i]))
			return err_set(e, ERR_USAGE, "%s: %s is read, and shall not be overwritten",
			               option, path);
	rc = whole_try(path, e);
	return rc < 0 ? err_wrap(e, "%s", option) : 0;
}

int results_out_begin(struct results_out *o, const char *const *input, u32 n, struct err *e)
{
	int rc;

	if (o->junit && o->sarif && same_file(o->junit, o->sarif))
		return err_set(e, ERR_USAGE, "--junit and --sarif: one file, %s", o->junit);
	rc = try("--junit", o->junit, input, n, e);
	if (rc == 0)
		rc = try("--sarif", o->sarif, input, n, e);
	if (rc == 0)
		o->suites = json_array();
	return rc;
}

void results_failed(struct results_out *o, const char *name, const char *why)
{
	json_t *suite;

	if (!o->suites || json_array_size(o->suites))
		return;
	suite = results_suite(name, NULL, o->line);
	results_error(results_case(suite, "command", name), why);
	json_array_append_new(o->suites, suite);
}

static int write_file(const char *option, const char *path, const char *text, size_t size,
                      struct err *e)
{
	int rc = whole_put(path, text, size, e);

	return rc < 0 ? err_wrap(e, "%s", option) : 0;
}

static int write_junit(const struct results_out *o, const char *command, struct err *e)
{
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	int rc;

	if (!f)
		return err_set(e, ERR_MEMORY, "--junit");
	junit_write(f, command, o->suites);
	fclose(f);
	rc = write_file("--junit", o->junit, text, size, e);
	free(text);
	return rc;
}

static int write_sarif(const struct results_out *o, int status, struct err *e)
{
	json_t *j = sarif_json(o->line, status, o->suites);
	char *text = json_dumps(j, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
	int rc = text ? write_file("--sarif", o->sarif, text, strlen(text), e)
	              : err_set(e, ERR_MEMORY, "--sarif");

	free(text);
	json_decref(j);
	return rc;
}

static int told(const char *command, int rc, const struct err *e, int status)
{
	if (rc == 0)
		return status;
	fflush(stdout);
	fprintf(stderr, "%s: %s\n", command, e->msg);
	return status_worse(status, err_status(e->code));
}

int results_out_end(struct results_out *o, const char *command, int status)
{
	int now = status;
	struct err e;

	/* Without suites the work was not begun. */
	if (o->suites && o->junit)
		now = told(command, write_junit(o, command, &e), &e, now);
	if (o->suites && o->sarif)
		now = told(command, write_sarif(o, status, &e), &e, now);
	if (o->suites && o->github) {
		fflush(stdout);
		annotate_github(stderr, command, o->suites);
	}
	json_decref(o->suites);
	free(o->line);
	o->suites = NULL;
	o->line = NULL;
	return now;
}
