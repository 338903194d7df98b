// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/log_diff.h"
#include "sim/log/json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char letters[DIFF_LOGS] = { 'A', 'B' };

/* Characters of a configuration's value, and of what a push changed. */
enum { VALUE_TEXT = 60, PUSH_TEXT = 400 };

static bool ignored(const struct log_diff *d, u32 kind)
{
	return d->ignored >> kind & 1;
}

static const char *plural(u64 n)
{
	return n == 1 ? "" : "s";
}

static void print_count(const struct log_diff *d, u32 kind, FILE *f)
{
	const struct diff_count *c = &d->count[kind];

	fprintf(f, "%-10s ", diff_kind_name(kind));
	if (ignored(d, kind)) {
		fputs("left out\n", f);
		return;
	}
	if (c->n)
		fprintf(f, "%" PRIu64 " difference%s", c->n, plural(c->n));
	else
		fputs("no difference", f);
	fprintf(f, " (%" PRIu64 " compared", c->compared);
	if (c->left_out[DIFF_A] || c->left_out[DIFF_B])
		fprintf(f, "; not comparable: %" PRIu64 " of A, %" PRIu64 " of B",
		        c->left_out[DIFF_A], c->left_out[DIFF_B]);
	fputs(")\n", f);
}

static void print_json_value(const json_t *v, FILE *f)
{
	char *text = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY);

	fprintf(f, "%.*s%s", VALUE_TEXT, text, strlen(text) > VALUE_TEXT ? "..." : "");
	free(text);
}

static void print_config(const struct log_diff *d, FILE *f)
{
	json_t *one;
	size_t i;

	if (ignored(d, DIFF_CONFIG))
		return;
	json_array_foreach(d->config, i, one)
	{
		fprintf(f, "  %s: A ", json_string_value(json_object_get(one, "key")));
		print_json_value(json_object_get(one, "a"), f);
		fputs(", B ", f);
		print_json_value(json_object_get(one, "b"), f);
		fputc('\n', f);
	}
}

/* "CPU 1", "the run", "NPT:2" */
static const char *whose(u32 stream, char *buf, size_t size)
{
	if (stream == PAIRS_OPS + MAX_CPU)
		snprintf(buf, size, "the run");
	else if (stream < PAIRS_MARKS)
		snprintf(buf, size, "CPU %u", stream - PAIRS_OPS);
	else if (stream < PAIRS_LOCK)
		snprintf(buf, size, "CPU %u", stream - PAIRS_MARKS);
	else if (stream < PAIRS_MEMORY)
		return obj_name(stream - PAIRS_LOCK, buf, size);
	else
		return obj_name(stream - PAIRS_MEMORY, buf, size);
	return buf;
}

static void print_lines(const char *lines, FILE *f)
{
	for (const char *end; *lines; lines = end) {
		end = strchr(lines, '\n') + 1;
		fprintf(f, "     %.*s", (int)(end - lines), lines);
	}
}

static void print_side(const struct diff_shown *at, u32 log, const char *values, FILE *f)
{
	if (at->there)
		fprintf(f, "  %c  event %" PRIu64 ", CPU %u, %s: %s%s%s\n", letters[log], at->index,
		        at->cpu, at->operation, at->event, *values ? " " : "", values);
	else
		fprintf(f, "  %c  has no more: the episode ends at event %" PRIu64 "\n",
		        letters[log], at->index);
	if (at->state)
		print_lines(at->state, f);
}

static void print_place(const struct log_diff *d, u32 kind, FILE *f)
{
	const struct diff_place *at = &d->count[kind].first;
	const struct diff_shown *shown = d->shown[kind];
	char values[DIFF_LOGS][PUSH_TEXT] = { "", "" }, name[32];

	if (kind == DIFF_VALUE && (shown[DIFF_A].n || shown[DIFF_B].n))
		diff_shown_values(&shown[DIFF_A], &shown[DIFF_B], values[DIFF_A], values[DIFF_B],
		                  PUSH_TEXT);
	fprintf(f, "\n%s: first in episode %" PRIu64 ", %s, number %" PRIu64 "\n",
	        diff_kind_name(kind), at->episode, whose(at->stream, name, sizeof(name)),
	        at->number);
	for (u32 log = 0; log < DIFF_LOGS; log++)
		print_side(&shown[log], log, values[log], f);
}

void log_diff_print(const struct log_diff *d, FILE *f)
{
	for (u32 log = 0; log < DIFF_LOGS; log++)
		fprintf(f, "%c  %s: %" PRIu64 " event%s, %" PRIu64 " episode%s\n", letters[log],
		        d->path[log], d->events[log], plural(d->events[log]), d->episodes[log],
		        plural(d->episodes[log]));
	for (u32 kind = 0; kind < DIFF_NR; kind++) {
		print_count(d, kind, f);
		if (kind == DIFF_CONFIG)
			print_config(d, f);
	}
	for (u32 kind = 0; kind < DIFF_NR; kind++)
		if (d->shown[kind][DIFF_A].wanted)
			print_place(d, kind, f);
}

static json_t *side_json(const struct diff_shown *at, const char *values)
{
	json_t *o = json_pack("{s:o,s:b}", "index", json_u64(at->index), "there", at->there);

	if (at->there) {
		json_object_set_new(o, "cpu", json_integer(at->cpu));
		json_object_set_new(o, "operation", json_string(at->operation));
		json_object_set_new(o, "event", json_string(at->event));
		if (*values)
			json_object_set_new(o, "values", json_string(values));
	}
	json_object_set(o, "cpus", at->cpus);
	return o;
}

static json_t *place_json(const struct log_diff *d, u32 kind)
{
	const struct diff_place *at = &d->count[kind].first;
	const struct diff_shown *shown = d->shown[kind];
	char values[DIFF_LOGS][PUSH_TEXT] = { "", "" }, name[32];

	if (!shown[DIFF_A].wanted)
		return json_null();
	if (kind == DIFF_VALUE && (shown[DIFF_A].n || shown[DIFF_B].n))
		diff_shown_values(&shown[DIFF_A], &shown[DIFF_B], values[DIFF_A], values[DIFF_B],
		                  PUSH_TEXT);
	return json_pack("{s:o,s:s,s:o,s:o,s:o}", "episode", json_u64(at->episode), "of",
	                 whose(at->stream, name, sizeof(name)), "number", json_u64(at->number), "a",
	                 side_json(&shown[DIFF_A], values[DIFF_A]), "b",
	                 side_json(&shown[DIFF_B], values[DIFF_B]));
}

static json_t *kind_json(const struct log_diff *d, u32 kind)
{
	const struct diff_count *c = &d->count[kind];

	return json_pack("{s:s,s:b,s:o,s:o,s:[o,o],s:o}", "kind", diff_kind_name(kind), "ignored",
	                 ignored(d, kind), "differences", json_u64(c->n), "compared",
	                 json_u64(c->compared), "not_comparable", json_u64(c->left_out[DIFF_A]),
	                 json_u64(c->left_out[DIFF_B]), "first", place_json(d, kind));
}

static json_t *log_json(const struct log_diff *d, u32 log)
{
	return json_pack("{s:s,s:o,s:o}", "log", d->path[log], "events", json_u64(d->events[log]),
	                 "episodes", json_u64(d->episodes[log]));
}

void log_diff_json(const struct log_diff *d, FILE *f)
{
	json_t *kinds = json_array(), *o;

	for (u32 kind = 0; kind < DIFF_NR; kind++)
		json_array_append_new(kinds, kind_json(d, kind));
	o = json_pack("{s:o,s:o,s:b,s:O,s:o}", "a", log_json(d, DIFF_A), "b", log_json(d, DIFF_B),
	              "equal", !log_diff_any(d), "config", d->config, "kinds", kinds);
	json_dumpf(o, f, JSON_COMPACT);
	fputc('\n', f);
	json_decref(o);
}
