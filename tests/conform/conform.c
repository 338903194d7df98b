// SPDX-License-Identifier: GPL-2.0-only
/*
 * conform FILE...: runs the folds of oracle/cal on every record of vector files (JSON lines) and compares the results
 * with what the record expects.
 *
 *   FILE: passed P, failed F, skipped S     on standard output, after the first differences
 *
 * Exit status: 1 when a record failed, else 2 when a file is unreadable or malformed, else 0.
 */
#include "tests/conform/record.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

enum { MAX_SHOWN = 5 };

/**
 * struct tally - of one file
 * @shown: differences printed so far
 */
struct tally {
	const char *path;
	u64 line, passed, failed, skipped;
	u32 shown;
};

static char *dump(const json_t *v)
{
	char *s = v ? json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY) : strdup("nothing");

	return s ? s : strdup("?");
}

static void show(struct tally *t, const char *field, const json_t *expected, const json_t *got)
{
	char *e, *g;

	if (t->shown == MAX_SHOWN)
		return;
	t->shown++;
	e = dump(expected);
	g = dump(got);
	printf("%s:%llu: %s: expected %s, got %s\n", t->path, (unsigned long long)t->line, field, e,
	       g);
	free(e);
	free(g);
}

/* Every result against the record's field of that name.  Returns whether all are equal. */
static bool compare(struct tally *t, const json_t *rec, json_t *got)
{
	const char *field;
	bool same = true;
	json_t *v;

	json_object_foreach(got, field, v)
	{
		json_t *expected = json_object_get(rec, field);

		if (json_equal(expected, v))
			continue;
		same = false;
		show(t, field, expected, v);
	}
	return same;
}

static int run_line(struct tally *t, const char *line, size_t len, struct err *e)
{
	json_t *rec, *got = NULL;
	json_error_t why;
	int rc;

	rec = json_loadb(line, len, JSON_REJECT_DUPLICATES, &why);
	if (!rec)
		return err_set(e, ERR_VECTOR, "%s:%llu:%d: %s", t->path,
		               (unsigned long long)t->line, why.column, why.text);
	rc = record_run(rec, &got, e);
	if (rc < 0)
		err_wrap(e, "%s:%llu", t->path, (unsigned long long)t->line);
	else if (compare(t, rec, got))
		t->passed++;
	else
		t->failed++;
	json_decref(got);
	json_decref(rec);
	return rc;
}

/* Up to the first malformed line.  Returns 0, or < 0 with *e filled. */
static int run_file(struct tally *t, struct err *e)
{
	FILE *f = fopen(t->path, "r");
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	int rc = 0;

	if (!f)
		return err_set(e, ERR_OPEN, "%s: %s", t->path, strerror(errno));
	errno = 0;
	while (rc == 0 && (len = getline(&line, &room, f)) > 0) {
		t->line++;
		if (line[len - 1] == '\n')
			len--;
		rc = run_line(t, line, (size_t)len, e);
	}
	if (rc == 0 && ferror(f))
		rc = err_set(e, ERR_OPEN, "%s: %s", t->path, strerror(errno));
	else if (rc == 0 && t->line == 0)
		rc = err_set(e, ERR_EMPTY, "%s: no record", t->path);
	free(line);
	fclose(f);
	return rc;
}

int main(int argc, char **argv)
{
	bool failed = false, bad = false;

	if (argc < 2 || argv[1][0] == '-') {
		fprintf(stderr, "usage: conform FILE...\n");
		return 2;
	}
	for (int i = 1; i < argc; i++) {
		struct tally t = { .path = argv[i] };
		struct err e;

		if (run_file(&t, &e) < 0) {
			fflush(stdout);
			fprintf(stderr, "conform: %s\n", e.msg);
			bad = true;
		}
		printf("%s: passed %llu, failed %llu, skipped %llu\n", t.path,
		       (unsigned long long)t.passed, (unsigned long long)t.failed,
		       (unsigned long long)t.skipped);
		failed |= t.failed > 0;
	}
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "conform: standard output: %s\n", strerror(errno));
		return failed ? 1 : 3;
	}
	return failed ? 1 : bad ? 2 : 0;
}
