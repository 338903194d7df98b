// SPDX-License-Identifier: GPL-2.0-only
/*
 * conform [--erratum ID=SIDE] FILE...: runs every record of vector files (JSON lines) and compares what comes out with what the record
 * expects: the folds of oracle/cal, programs of primitives as a script calls them, helpers on registers.
 *
 *   FILE: passed P, failed F, skipped S     on standard output, after the first differences and the reasons to skip
 *
 * The vectors follow the published side of each erratum; another side shows that they see the difference.
 *
 * Exit status: 1 when a record failed or one in a hundred of a file was skipped, else 2 when a file is unreadable or
 * malformed, else 0.
 */
#include "sim/base/check.h"
#include "tests/conform/record.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

enum { MAX_SHOWN = 5, MAX_REASONS = 4 };

/**
 * struct tally - of one file
 * @shown:  differences printed so far
 * @reason: [n_reasons] why records were skipped, and how many for that
 */
struct tally {
	const char *path;
	u64 line, passed, failed, skipped;
	u32 shown, n_reasons;
	struct {
		const char *why;
		u64 n;
	} reason[MAX_REASONS];
};

/* As the vectors write it. */
static char *dump(const json_t *v)
{
	char *s;

	if (json_is_string(v) && isdigit((unsigned char)json_string_value(v)[0]))
		s = strdup(json_string_value(v));
	else
		s = v ? json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY) : strdup("nothing");

	return s ? s : strdup("?");
}

static void skip(struct tally *t, const char *why)
{
	u32 i = 0;

	while (i < t->n_reasons && strcmp(t->reason[i].why, why) != 0)
		i++;
	SIM_ASSERT(i < MAX_REASONS);
	if (i == t->n_reasons)
		t->reason[t->n_reasons++].why = why;
	t->reason[i].n++;
	t->skipped++;
}

/* The @field of a program's results that differs first is that of a call: name it, and the rule that it broke. */
static void show_call(const json_t *rec, const struct verdict *v, const char *path)
{
	unsigned int i;

	if (sscanf(path, "r[%u]", &i) != 1 || !json_object_get(rec, "c"))
		return;
	const json_t *rule = json_array_get(v->rules, i);
	char *call = dump(json_array_get(json_object_get(rec, "c"), i));

	printf("  call %u: %s%s%s\n", i, call, json_is_string(rule) ? ", stuck by " : "",
	       json_is_string(rule) ? json_string_value(rule) : "");
	free(call);
}

static void show(struct tally *t, const json_t *rec, const struct verdict *v, const char *field)
{
	const json_t *expected = json_object_get(rec, field), *got = json_object_get(v->got, field);
	char path[256], *e, *g;

	if (t->shown == MAX_SHOWN)
		return;
	t->shown++;
	snprintf(path, sizeof(path), "%s", field);
	first_difference(&expected, &got, path, sizeof(path));
	e = dump(expected);
	g = dump(got);
	printf("%s:%llu: %s: expected %s, got %s\n", t->path, (unsigned long long)t->line, path, e,
	       g);
	free(e);
	free(g);
	show_call(rec, v, path);
}

/* Every result against the record's field of that name. */
static void judge(struct tally *t, const json_t *rec, const struct verdict *v)
{
	bool same = true;

	if (v->skipped) {
		skip(t, v->skipped);
		return;
	}
	for (void *it = json_object_iter(v->got); it; it = json_object_iter_next(v->got, it)) {
		const char *field = json_object_iter_key(it);

		if (json_equal(json_object_get(rec, field), json_object_iter_value(it)))
			continue;
		same = false;
		show(t, rec, v, field);
	}
	if (same)
		t->passed++;
	else
		t->failed++;
}

static int run_line(struct tally *t, struct rig *r, const char *line, size_t len, struct err *e)
{
	struct verdict v = { .got = NULL };
	bool beyond = false;
	json_error_t why;
	json_t *rec;
	int rc = 0;

	rec = vector_load(line, len, &beyond, &why);
	if (!rec)
		return err_set(e, ERR_VECTOR, "%s:%llu:%d: %s", t->path,
		               (unsigned long long)t->line, why.column, why.text);
	if (beyond)
		skip(t, BEYOND_64);
	else
		rc = record_run(r, rec, &v, e);
	if (rc < 0)
		err_wrap(e, "%s:%llu", t->path, (unsigned long long)t->line);
	else if (!beyond)
		judge(t, rec, &v);
	verdict_free(&v);
	json_decref(rec);
	return rc;
}

/* Up to the first malformed line.  Returns 0, or < 0 with *e filled. */
static int run_file(struct tally *t, struct rig *r, struct err *e)
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
		rc = run_line(t, r, line, (size_t)len, e);
	}
	if (rc == 0 && ferror(f))
		rc = err_set(e, ERR_OPEN, "%s: %s", t->path, strerror(errno));
	else if (rc == 0 && t->line == 0)
		rc = err_set(e, ERR_EMPTY, "%s: no record", t->path);
	free(line);
	fclose(f);
	return rc;
}

/* Returns whether the file is as it should be. */
static bool print(const struct tally *t)
{
	bool too_many = t->skipped * 100 > t->line;

	for (u32 i = 0; i < t->n_reasons; i++)
		printf("%s: skipped %llu: %s\n", t->path, (unsigned long long)t->reason[i].n,
		       t->reason[i].why);
	if (too_many)
		printf("%s: more than 1 %% is skipped\n", t->path);
	printf("%s: passed %llu, failed %llu, skipped %llu\n", t->path,
	       (unsigned long long)t->passed, (unsigned long long)t->failed,
	       (unsigned long long)t->skipped);
	return t->failed == 0 && !too_many;
}

int main(int argc, char **argv)
{
	bool failed = false, bad = false;
	struct errata errata;
	int first = 1;
	struct rig r;
	struct err e;

	errata_all_published(&errata);
	while (first + 1 < argc && strcmp(argv[first], "--erratum") == 0) {
		if (errata_parse(&errata, argv[first + 1], &e) < 0) {
			fprintf(stderr, "conform: %s\n", e.msg);
			return 2;
		}
		first += 2;
	}
	if (first == argc || argv[first][0] == '-') {
		bool help = first < argc && strcmp(argv[first], "--help") == 0;

		fprintf(help ? stdout : stderr,
		        "usage: conform [--erratum ID=published|intended]... FILE...\n"
		        "Runs each record of vector files (JSON lines) and compares with what it "
		        "says.\n"
		        "Exit status: 0 all as said, 1 a difference, 2 a file that cannot be read, "
		        "3 the host "
		        "failed.\n");
		return help ? 0 : 2;
	}
	if (rig_make(&r, &errata, &e) < 0) {
		fprintf(stderr, "conform: %s\n", e.msg);
		return 3;
	}
	for (int i = first; i < argc; i++) {
		struct tally t = { .path = argv[i] };

		if (run_file(&t, &r, &e) < 0) {
			fflush(stdout);
			fprintf(stderr, "conform: %s\n", e.msg);
			bad = true;
		}
		failed |= !print(&t);
	}
	rig_free(&r);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "conform: standard output: %s\n", strerror(errno));
		return failed ? 1 : 3;
	}
	return failed ? 1 : bad ? 2 : 0;
}
