// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/log_diff.h"

#include "sim/inspect/diff_read.h"
#include "sim/log/text/open.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[DIFF_NR] = {
#define KIND(name, word, what) #word,
#include "sim/inspect/diff_kind.def"
};

const char *diff_kind_name(u32 kind)
{
	return kind < DIFF_NR ? names[kind] : NULL;
}

static json_t *config_json(const struct log_config *c)
{
	char *text = log_config_to_json(c);
	json_t *o = json_loads(text, 0, NULL);

	free(text);
	return o;
}

static void add_key(struct log_diff *d, const char *key, json_t *a, json_t *b)
{
	struct diff_count *n = &d->count[DIFF_CONFIG];

	n->compared++;
	if (a && b && json_equal(a, b))
		return;
	n->n++;
	json_array_append_new(d->config, json_pack("{s:s,s:O?,s:O?}", "key", key, "a",
	                                           a ? a : json_null(), "b", b ? b : json_null()));
}

static void compare_configs(struct log_diff *d, struct log_source *const s[DIFF_LOGS])
{
	json_t *a = config_json(s[DIFF_A]->config), *b = config_json(s[DIFF_B]->config), *v;
	const char *key;

	d->config = json_array();
	json_object_foreach(a, key, v)
	{
		add_key(d, key, v, json_object_get(b, key));
	}
	json_object_foreach(b, key, v)
	{
		if (!json_object_get(a, key))
			add_key(d, key, NULL, v);
	}
	json_decref(a);
	json_decref(b);
}

static bool counts(const struct log_diff *d, u32 kind)
{
	return d->count[kind].n && !(d->ignored >> kind & 1);
}

static void want_places(struct log_diff *d)
{
	for (u32 kind = 0; kind < DIFF_NR; kind++) {
		const struct diff_place *at = &d->count[kind].first;

		if (kind == DIFF_CONFIG || !counts(d, kind))
			continue;
		for (u32 log = 0; log < DIFF_LOGS; log++)
			d->shown[kind][log] = (struct diff_shown){ .wanted = true,
				                                   .there = at->there[log],
				                                   .index = at->index[log] };
	}
}

int log_diff_compare(struct log_diff *d, struct log_source *const s[DIFF_LOGS], u32 *whose,
                     struct err *e)
{
	struct diff_pairs *p = diff_pairs_new();
	int rc;

	rc = diff_read(s, p, d->events, d->episodes, whose, e);
	memcpy(d->count, diff_pairs_counts(p), sizeof(d->count));
	compare_configs(d, s);
	want_places(d);
	diff_pairs_free(p);
	return rc;
}

int log_diff_look(struct log_diff *d, struct err *e)
{
	for (u32 log = 0; log < DIFF_LOGS; log++) {
		struct diff_shown at[DIFF_NR];
		struct log_source *s;
		int rc = log_open(d->path[log], &s, e);

		if (rc < 0)
			return rc;
		for (u32 kind = 0; kind < DIFF_NR; kind++)
			at[kind] = d->shown[kind][log];
		rc = diff_shown_read(s, at, DIFF_NR, e);
		for (u32 kind = 0; kind < DIFF_NR; kind++)
			d->shown[kind][log] = at[kind];
		s->close(s);
		if (rc < 0)
			return rc;
	}
	return 0;
}

void log_diff_free(struct log_diff *d)
{
	for (u32 kind = 0; kind < DIFF_NR; kind++)
		for (u32 log = 0; log < DIFF_LOGS; log++)
			diff_shown_free(&d->shown[kind][log]);
	json_decref(d->config);
}

bool log_diff_any(const struct log_diff *d)
{
	for (u32 kind = 0; kind < DIFF_NR; kind++)
		if (counts(d, kind))
			return true;
	return false;
}
