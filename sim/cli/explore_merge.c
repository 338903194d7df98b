// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/explore_merge.h"

#include "sim/base/err.h"
#include "sim/base/vec.h"
#include "sim/cli/cmd.h"
#include "sim/cli/explore_results.h"
#include "sim/explore/found.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/**
 * struct merged
 * @sum:   the first file's object, to which the others are added
 * @from:  [shards] the file that has the shard; NULL: none yet
 * @found: of all
 */
struct merged {
	json_t *sum;
	u32 shards;
	const char **from;
	struct found *found;
};

static const char *const sums[] = { "executions", "classes",       "redundant",
	                            "blocked",    "outcomes_left", "beyond_rounds" };
static const char *const alike[] = { "program", "search", "shards",   "scope",           "cpus",
	                             "depend",  "grain",  "expected", "expected_classes" };

/* A number of explore's JSON: an integer, or a string "0x..." where it is too large for one. */
static bool number_of(const json_t *v, u64 *out)
{
	if (json_is_integer(v) && json_integer_value(v) >= 0) {
		*out = (u64)json_integer_value(v);
		return true;
	}
	if (!json_is_string(v) || strncmp(json_string_value(v), "0x", 2) != 0)
		return false;
	*out = strtoull(json_string_value(v), NULL, 16);
	return true;
}

static json_t *number(u64 n)
{
	char buf[24];

	if (n < 1ull << 53)
		return json_integer((json_int_t)n);
	snprintf(buf, sizeof(buf), "0x%llx", (unsigned long long)n);
	return json_string(buf);
}

static bool add_number(json_t *sum, const json_t *part, const char *key)
{
	u64 a = 0, b;

	if (!number_of(json_object_get(part, key), &b))
		return false;
	if (json_object_get(sum, key) && !number_of(json_object_get(sum, key), &a))
		return false;
	json_object_set_new(sum, key, number(a + b));
	return true;
}

/* All numbers of the object @key. */
static bool add_numbers(json_t *sum, const json_t *part, const char *key)
{
	json_t *of = json_object_get(part, key), *to = json_object_get(sum, key), *v;
	const char *name;

	if (!json_is_object(of) || !json_is_object(to))
		return false;
	json_object_foreach(of, name, v)
	{
		if (!add_number(to, of, name))
			return false;
	}
	return true;
}

static bool same_result(const json_t *a, const json_t *b)
{
	return json_equal(json_object_get(a, "end"), json_object_get(b, "end")) &&
	       json_equal(json_object_get(a, "contents"), json_object_get(b, "contents")) &&
	       json_equal(json_object_get(a, "calls"), json_object_get(b, "calls"));
}

/* Shorter, or as long and first in the order of CPUs. */
static bool is_better(const json_t *a, const json_t *b)
{
	size_t n = json_array_size(a);

	if (n != json_array_size(b))
		return n < json_array_size(b);
	for (size_t i = 0; i < n; i++) {
		json_int_t x = json_integer_value(json_array_get(a, i));
		json_int_t y = json_integer_value(json_array_get(b, i));

		if (x != y)
			return x < y;
	}
	return false;
}

static bool add_outcome(json_t *outcomes, json_t *one)
{
	json_t *o;
	size_t i;

	if (!json_is_object(one))
		return false;
	json_array_foreach(outcomes, i, o)
	{
		json_t *schedule = json_object_get(one, "schedule");

		if (!same_result(o, one))
			continue;
		if (is_better(schedule, json_object_get(o, "schedule")))
			json_object_set(o, "schedule", schedule);
		return add_number(o, one, "executions") && add_number(o, one, "violations");
	}
	json_array_append(outcomes, one);
	return true;
}

static bool add_outcomes(json_t *sum, const json_t *part)
{
	json_t *of = json_object_get(part, "outcomes"), *to = json_object_get(sum, "outcomes"), *o;
	size_t i;

	if (!json_is_array(of) || !json_is_array(to))
		return false;
	json_array_foreach(of, i, o)
	{
		if (!add_outcome(to, o))
			return false;
	}
	return true;
}

static bool add_found(struct found *f, const json_t *part)
{
	const char *hex = json_string_value(json_object_get(part, "found_state"));
	struct bytes b = { .n = 0 };
	struct bytes_in in;
	bool good = hex && strlen(hex) % 2 == 0;

	for (const char *p = hex; good && *p; p += 2) {
		unsigned int v;
		u8 byte;

		good = sscanf(p, "%2x", &v) == 1;
		byte = (u8)v;
		if (good)
			bytes_put(&b, &byte, 1);
	}
	in = (struct bytes_in){ .v = b.v, .n = b.n };
	good = good && found_load(f, &in);
	bytes_free(&b);
	return good;
}

static bool and_with(json_t *sum, const json_t *part, const char *key)
{
	const json_t *v = json_object_get(part, key);

	if (!json_is_boolean(v))
		return false;
	json_object_set_new(
		sum, key, json_boolean(json_is_true(v) && json_is_true(json_object_get(sum, key))));
	return true;
}

static bool add(struct merged *m, const json_t *part)
{
	bool good = add_found(m->found, part);

	if (!m->sum) {
		m->sum = json_deep_copy(part);
		return good;
	}
	for (u32 i = 0; i < ARRAY_SIZE(sums); i++)
		good = good && add_number(m->sum, part, sums[i]);
	return good && add_numbers(m->sum, part, "ends") && add_numbers(m->sum, part, "found") &&
	       add_outcomes(m->sum, part) && and_with(m->sum, part, "complete") &&
	       and_with(m->sum, part, "exact");
}

/* Its number, if it is a shard of the same search as those before. */
static int check_shard(struct merged *m, const char *file, const json_t *part, u32 *shard,
                       struct err *e)
{
	u64 i, n;

	if (!json_is_object(part) || !json_is_string(json_object_get(part, "search")))
		return err_set(e, ERR_CONFIG, "%s: this is not what explore --json prints", file);
	if (!number_of(json_object_get(part, "shard"), &i) ||
	    !number_of(json_object_get(part, "shards"), &n) || i < 1 || i > n || n > 1000000)
		return err_set(e, ERR_CONFIG, "%s: this is no shard's result (--shard I/N)", file);
	if (!m->sum) {
		m->shards = (u32)n;
		m->from = xcalloc(n + 1, sizeof(*m->from));
	}
	for (u32 k = 0; k < ARRAY_SIZE(alike) && m->sum; k++) {
		json_t *a = json_object_get(m->sum, alike[k]);
		json_t *b = json_object_get(part, alike[k]);

		if (a && b && json_equal(a, b))
			continue;
		return err_set(e, ERR_CONFIG,
		               "%s: a shard of another search than the first file: \"%s\" differs",
		               file, alike[k]);
	}
	if (m->from[i])
		return err_set(e, ERR_CONFIG, "%s: shard %llu of %llu is in %s, too", file,
		               (unsigned long long)i, (unsigned long long)n, m->from[i]);
	*shard = (u32)i;
	return 0;
}

/* What the file's JSON is: the caller's. */
static int load(const char *file, json_t **out, struct err *e)
{
	json_error_t where;
	FILE *f;
	struct stat st = { .st_mode = 0 };
	int rc = 0;

	if (strcmp(file, "-") == 0)
		return err_set(e, ERR_USAGE, "--merge: standard input is no shard's file");
	f = fopen(file, "re");
	if (!f)
		return err_host(e, ERR_OPEN, errno, "%s", file);
	(void)fstat(fileno(f), &st);
	if (S_ISDIR(st.st_mode))
		rc = err_set(e, ERR_NOT_FILE, "%s: a directory", file);
	else if (S_ISREG(st.st_mode) && st.st_size == 0)
		rc = err_set(e, ERR_EMPTY, "%s: empty", file);
	if (rc == 0) {
		*out = json_loadf(f, JSON_REJECT_DUPLICATES, &where);
		if (!*out)
			rc = err_set(e, ERR_CONFIG, "%s:%d:%d: %s", file, where.line, where.column,
			             where.text);
	}
	fclose(f);
	return rc;
}

static int add_file(struct merged *m, const char *file, struct err *e)
{
	json_t *part = NULL;
	u32 shard = 0;
	int rc = load(file, &part, e);

	if (rc < 0)
		return rc;
	rc = check_shard(m, file, part, &shard, e);
	if (rc == 0 && !add(m, part))
		rc = err_set(e, ERR_CONFIG, "%s: this is not what explore --json prints", file);
	if (rc == 0)
		m->from[shard] = file;
	json_decref(part);
	return rc;
}

static int add_all(struct merged *m, const char *const *file, u32 n, struct err *e)
{
	for (u32 i = 0; i < n; i++) {
		int rc = add_file(m, file[i], e);

		if (rc < 0)
			return rc;
	}
	for (u32 i = 1; i <= m->shards; i++)
		if (!m->from[i])
			return err_set(e, ERR_USAGE, "--merge: shard %u of %u is missing", i,
			               m->shards);
	return 0;
}

/* As explore judges a whole search. */
static bool judge(struct merged *m, bool required)
{
	const char *verdict = json_string_value(json_object_get(m->sum, "expected"));
	bool complete = json_is_true(json_object_get(m->sum, "complete"));
	u64 expected, classes = 0;
	char why[160] = "";
	bool good = found_as_expected(m->found, verdict ? verdict : "clean", why, sizeof(why));

	(void)number_of(json_object_get(m->sum, "classes"), &classes);
	if (good && complete && json_is_true(json_object_get(m->sum, "exact")) &&
	    number_of(json_object_get(m->sum, "expected_classes"), &expected) &&
	    expected != classes) {
		good = false;
		snprintf(why, sizeof(why), "%llu classes are expected",
		         (unsigned long long)expected);
	}
	if (good && required && !complete) {
		good = false;
		snprintf(why, sizeof(why), "not complete, which is required");
	}
	json_object_set_new(m->sum, "as_expected", json_boolean(good));
	json_object_set_new(m->sum, "why", json_string(why));
	json_object_set_new(m->sum, "shard", json_null());
	json_object_del(m->sum, "found_state");
	return good;
}

static void print(const struct merged *m)
{
	u64 n[ARRAY_SIZE(sums)] = { 0 };
	json_t *v;
	const char *name;
	bool complete = json_is_true(json_object_get(m->sum, "complete"));

	for (u32 i = 0; i < ARRAY_SIZE(sums); i++)
		(void)number_of(json_object_get(m->sum, sums[i]), &n[i]);
	printf("%s: %u shards, by %s", json_string_value(json_object_get(m->sum, "scope")),
	       m->shards, json_string_value(json_object_get(m->sum, "depend")));
	if (json_is_string(json_object_get(m->sum, "checks")))
		printf(", checks %s", json_string_value(json_object_get(m->sum, "checks")));
	putchar('\n');
	printf("%llu executions, %llu classes%s, %llu redundant, %llu blocked, %s\n",
	       (unsigned long long)n[0], (unsigned long long)n[1],
	       json_is_true(json_object_get(m->sum, "exact")) ? "" : " at least",
	       (unsigned long long)n[2], (unsigned long long)n[3],
	       complete ? "complete" : "NOT complete");
	printf("%zu outcomes\n", json_array_size(json_object_get(m->sum, "outcomes")));
	json_object_foreach(json_object_get(m->sum, "found"), name, v)
	{
		u64 k = 0;

		(void)number_of(v, &k);
		printf("found: %s in %llu executions\n", name, (unsigned long long)k);
	}
	if (json_is_true(json_object_get(m->sum, "as_expected")))
		printf("verdict: %s in %llu executions, %s\n",
		       json_is_string(json_object_get(m->sum, "expected")) ? "as expected"
		                                                           : "nothing found",
		       (unsigned long long)n[0], complete ? "complete" : "NOT complete");
	else
		printf("verdict: NOT as expected: %s\n",
		       json_string_value(json_object_get(m->sum, "why")));
}

static void tell_results(const struct merged *m, bool required, struct results_out *out)
{
	struct explore_came c = {
		.name = json_string_value(json_object_get(m->sum, "scope")),
		.why = json_string_value(json_object_get(m->sum, "why")),
		.as_expected = json_is_true(json_object_get(m->sum, "as_expected")),
		.complete = json_is_true(json_object_get(m->sum, "complete")),
		.found = m->found,
	};

	(void)number_of(json_object_get(m->sum, "executions"), &c.executions);
	(void)number_of(json_object_get(m->sum, "classes"), &c.classes);
	if (results_wanted(out))
		explore_results(out, &c, NULL, required);
}

int explore_merge(const char *const *file, u32 n, bool json, bool complete, struct results_out *out)
{
	struct merged m = { .found = found_new() };
	struct err e;
	int status, rc = add_all(&m, file, n, &e);

	if (rc < 0) {
		results_failed(out, "merge", e.msg);
		fprintf(stderr, "hypsim explore: %s\n", e.msg);
		status = err_status(e.code);
	} else {
		status = judge(&m, complete) ? EXIT_NOTHING : EXIT_VIOLATION;
		if (json) {
			json_dumpf(m.sum, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
			putchar('\n');
		} else {
			print(&m);
		}
		tell_results(&m, complete, out);
	}
	json_decref(m.sum);
	free(m.from);
	found_free(m.found);
	return status;
}
