// SPDX-License-Identifier: GPL-2.0-only
#include "bench/results.h"

#include "sim/base/vec.h"
#include "sim/base/whole_file.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

/* What a file of tables says that it is, and the form of what stands in it. */
#define RESULTS_IS "hypsim bench"
enum { RESULTS_VERSION = 1 };

struct results {
	json_t *doc;
};

/* The processor's name as the kernel has it; "" where it has none. */
static void processor(char *out, size_t size)
{
	FILE *f = fopen("/proc/cpuinfo", "r");
	char line[256];

	out[0] = '\0';
	while (f && fgets(line, sizeof(line), f)) {
		char *colon = strchr(line, ':');

		if (strncmp(line, "model name", 10) != 0 || !colon)
			continue;
		colon += 1 + strspn(colon + 1, " ");
		snprintf(out, size, "%.*s", (int)strcspn(colon, "\n"), colon);
		break;
	}
	if (f)
		fclose(f);
}

static void set_text(json_t *o, const char *key, const char *text)
{
	json_t *j = json_string(text);

	/* A host may have bytes in its name that are no text. */
	json_object_set_new(o, key, j ? j : json_string("?"));
}

/* The host, but for its name: files of tables are shown to others. */
static json_t *host(void)
{
	char cpu[128], kernel[2 * sizeof(((struct utsname *)0)->release)] = "?";
	json_t *o = json_object();
	struct utsname u;

	if (uname(&u) == 0)
		snprintf(kernel, sizeof(kernel), "%s %s", u.sysname, u.release);
	processor(cpu, sizeof(cpu));
	set_text(o, "processor", cpu);
	json_object_set_new(o, "cores", json_integer(sysconf(_SC_NPROCESSORS_ONLN)));
	set_text(o, "kernel", kernel);
	return o;
}

struct results *results_new(void)
{
	struct results *s = xcalloc(1, sizeof(*s));
	char date[32];
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", &tm);
	s->doc = json_object();
	set_text(s->doc, "is", RESULTS_IS);
	json_object_set_new(s->doc, "version", json_integer(RESULTS_VERSION));
	set_text(s->doc, "program", HYPSIM_VERSION);
	set_text(s->doc, "compiler", __VERSION__);
	set_text(s->doc, "date", date);
	json_object_set_new(s->doc, "host", host());
	json_object_set_new(s->doc, "tables", json_array());
	return s;
}

void results_free(struct results *s)
{
	if (!s)
		return;
	json_decref(s->doc);
	free(s);
}

void results_add(struct results *s, const struct table *t)
{
	json_array_append_new(json_object_get(s->doc, "tables"), table_json(t, true));
}

int results_write(const struct results *s, const char *path, struct err *e)
{
	char *text =
		json_dumps(s->doc, JSON_INDENT(1) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(8));
	size_t len;
	int rc;

	if (!text)
		return err_set(e, ERR_MEMORY, "%s: no memory for the tables", path);
	len = strlen(text);
	text[len++] = '\n';
	rc = whole_put(path, text, len, e);
	free(text);
	return rc;
}

/* What a file lacks that other code takes for granted, or NULL. */
static const char *missing(const json_t *doc)
{
	const char *is = json_string_value(json_object_get(doc, "is"));
	const json_t *table, *row;
	size_t i, k;

	if (!is || strcmp(is, RESULTS_IS) != 0)
		return "it is no file that --save has written";
	if (json_integer_value(json_object_get(doc, "version")) != RESULTS_VERSION)
		return "it has a version that this program does not read";
	if (!json_is_array(json_object_get(doc, "tables")))
		return "it has no tables";
	json_array_foreach(json_object_get(doc, "tables"), i, table)
	{
		if (!json_is_string(json_object_get(table, "table")) ||
		    !json_is_array(json_object_get(table, "rows")))
			return "one of its tables has no name or no rows";
		json_array_foreach(json_object_get(table, "rows"), k, row)
		{
			if (!json_is_string(json_object_get(row, "row")))
				return "one of its rows has no name";
		}
	}
	return NULL;
}

struct results *results_read(const char *path, struct err *e)
{
	struct results *s;
	json_error_t at;
	const char *lacks;
	FILE *f = fopen(path, "r");

	if (!f) {
		err_host(e, ERR_OPEN, errno, "%s", path);
		return NULL;
	}
	s = xcalloc(1, sizeof(*s));
	s->doc = json_loadf(f, JSON_REJECT_DUPLICATES, &at);
	fclose(f);
	lacks = s->doc ? missing(s->doc) : NULL;
	if (s->doc && !lacks)
		return s;
	if (!s->doc)
		err_set(e, ERR_CONFIG, "%s:%d:%d: %s", path, at.line, at.column, at.text);
	else
		err_set(e, ERR_CONFIG, "%s: %s", path, lacks);
	results_free(s);
	return NULL;
}

bool results_row(const struct results *s, u32 i, struct results_row *out)
{
	const json_t *table, *rows;
	size_t t;

	json_array_foreach(json_object_get(s->doc, "tables"), t, table)
	{
		const json_t *row, *lock;

		rows = json_object_get(table, "rows");
		if (i >= json_array_size(rows)) {
			i -= (u32)json_array_size(rows);
			continue;
		}
		row = json_array_get(rows, i);
		lock = json_object_get(row, "lock");
		*out = (struct results_row){
			.table = json_string_value(json_object_get(table, "table")),
			.row = json_string_value(json_object_get(row, "row")),
			.lock = json_is_string(lock) ? json_string_value(lock) : "",
			.cpus = (u32)json_integer_value(json_object_get(row, "cpus")),
			.valid = !json_is_false(json_object_get(row, "valid")),
			.of = row,
		};
		return true;
	}
	return false;
}

bool results_figure(const struct results_row *row, const char *column, double *v, double *lo,
                    double *hi)
{
	const json_t *j = json_object_get(row->of, column);
	const json_t *least = json_object_get(json_object_get(row->of, "least"), column);
	const json_t *largest = json_object_get(json_object_get(row->of, "largest"), column);

	if (!json_is_number(j))
		return false;
	*v = json_number_value(j);
	*lo = json_is_number(least) ? json_number_value(least) : NAN;
	*hi = json_is_number(largest) ? json_number_value(largest) : NAN;
	return true;
}

const char *results_column(const struct results_row *row, u32 i)
{
	json_t *least = json_object_get(row->of, "least");
	void *at = json_object_iter(least);

	while (at && i-- > 0)
		at = json_object_iter_next(least, at);
	return at ? json_object_iter_key(at) : NULL;
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "?";
}

const char *results_told(const struct results *s, char *buf, size_t size)
{
	const json_t *h = json_object_get(s->doc, "host");

	snprintf(buf, size, "hypsim %s, compiler %s, %s on %s, %d cores, %s",
	         text_of(s->doc, "program"), text_of(s->doc, "compiler"), text_of(h, "kernel"),
	         text_of(h, "processor"), (int)json_integer_value(json_object_get(h, "cores")),
	         text_of(s->doc, "date"));
	return buf;
}
