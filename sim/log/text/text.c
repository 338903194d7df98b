// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/text/text.h"

#include "sim/base/check.h"
#include "sim/base/interrupt.h"
#include "sim/base/vec.h"
#include "sim/log/mark_arg.h"
#include "sim/log/text/text_parse.h"

#include <string.h>

static void to_first_line(struct text *t)
{
	t->at = t->bytes;
	t->line = 0;
}

static bool next_line(struct text *t, struct text_line *l)
{
	const char *nl;

	if (t->at == t->end)
		return false;
	nl = memchr(t->at, '\n', (size_t)(t->end - t->at));
	*l = (struct text_line){ .file = t->name,
		                 .number = ++t->line,
		                 .begin = t->at,
		                 .at = t->at,
		                 .end = nl ? nl : t->end };
	t->at = nl ? nl + 1 : t->end;
	if (l->end > l->begin && l->end[-1] == '\r')
		l->end--;
	return true;
}

/* Diffs and args are in vectors that move while they grow: point the events at them when the batch is full. */
static void point(struct text *t, struct event *out, u32 n)
{
	const struct diff *d = t->diffs.v;
	const u64 *a = t->args.v;

	for (u32 i = 0; i < n; i++) {
		if (event_is_mark(out[i].kind)) {
			out[i].args = a;
			a += out[i].n;
			if (mark_spec(out[i].kind)->text)
				a += strlen((const char *)a) / sizeof(*a) + 1;
		} else if (out[i].n > 0) {
			out[i].diffs = d;
			d += out[i].n;
		}
	}
}

static int text_next_batch(struct log_source *s, struct event *out, u32 max, u32 *n, struct err *e)
{
	struct text *t = (struct text *)s;
	struct text_line l;

	*n = 0;
	if (interrupted())
		return err_set(e, ERR_INTERRUPT, "%s: interrupted", t->name);
	t->diffs.n = 0;
	t->args.n = 0;
	while (!t->failed && !t->streams.finding.row && *n < max && next_line(t, &l)) {
		struct event *ev = &out[*n];

		*ev = (struct event){ .kind = EV_NONE };
		if (text_parse_line(t, &l, ev, &t->error) < 0)
			t->failed = true;
		else if (ev->kind != EV_NONE &&
		         (t->mode != TEXT_MACHINE || text_streams_take(&t->streams, ev)))
			++*n;
	}
	point(t, out, *n);
	source_take_times(s, out, *n);
	if (!t->failed || *n > 0)
		return 0;
	*e = t->error;
	return -(int)t->error.code;
}

const u64 *text_skipped(const struct log_source *s)
{
	return s->next == text_next_batch ? ((const struct text *)s)->skipped : NULL;
}

const struct merge_finding *text_finding(const struct log_source *s)
{
	const struct text *t = (const struct text *)s;

	return s->next == text_next_batch && t->streams.finding.row ? &t->streams.finding : NULL;
}

static u64 text_lock_name(const struct log_source *s, lk_t lk)
{
	const struct text *t = (const struct text *)s;

	return t->mode == TEXT_MACHINE ? lk : t->lock.v[lk];
}

static void text_close(struct log_source *s)
{
	struct text *t = (struct text *)s;

	log_config_free(&t->config);
	vec_free(&t->lock);
	vec_free(&t->diffs);
	vec_free(&t->args);
	free(t->slot);
	free(t->name);
	free(t->bytes);
	free(t);
}

/* The largest CPU that the log names, plus one; wrong lines are left to the real reading. */
static u32 count_cpus(struct text *t)
{
	u32 cpus = 1;
	struct text_line l;
	u64 cpu;

	to_first_line(t);
	while (next_line(t, &l)) {
		bool mark = text_directive(&l);
		struct text_word w = text_next(&l);

		if (!mark)
			w = text_next(&l);
		if (text_u64(w, &cpu) && cpu < MAX_CPU && cpu >= cpus)
			cpus = (u32)cpu + 1;
	}
	return cpus;
}

/* The operations that begin in a log which does not say beforehand what there is, in the order in which they come. */
static void collect_ops(struct text *t)
{
	struct text_line l;

	to_first_line(t);
	while (next_line(t, &l)) {
		struct text_word w;

		if (!text_directive(&l) || text_next(&l).len == 0 ||
		    !text_is(text_next(&l), "begin"))
			continue;
		w = text_next(&l);
		log_config_op(&t->config, w.len ? w.p : TEXT_UNNAMED,
		              w.len ? w.len : strlen(TEXT_UNNAMED));
	}
}

/* The configuration from the first line that is not blank or a comment, or the defaults. */
static int read_config(struct text *t, struct err *e)
{
	struct text_line l;
	u32 column, cpus = count_cpus(t);
	int rc;

	to_first_line(t);
	while (t->mode == TEXT_MACHINE && next_line(t, &l)) {
		struct text_line word = l;

		if (!text_directive(&word)) {
			if (text_next(&word).len == 0)
				continue;
			break;
		}
		if (!text_is(text_next(&word), "config"))
			break;
		column = (u32)(word.at - word.begin) + 1;
		rc = log_config_from_text(&t->config, word.at, (size_t)(l.end - word.at), cpus, e);
		return rc < 0 ? err_wrap(e, "%s:%llu:%u", t->name, (unsigned long long)l.number,
		                         column)
		              : 0;
	}
	log_config_init(&t->config, cpus);
	t->config.machine = t->mode == TEXT_MACHINE;
	return 0;
}

int text_open_bytes(struct log_source **out, const char *name, char *bytes, size_t len,
                    enum text_mode mode, struct err *e)
{
	struct text *t = xcalloc(1, sizeof(*t));
	int rc;

	t->source = (struct log_source){ .config = &t->config,
		                         .next = text_next_batch,
		                         .lock_name = text_lock_name,
		                         .close = text_close };
	t->mode = mode;
	t->bytes = bytes;
	t->end = bytes + len;
	t->name = xcalloc(strlen(name) + 1, 1);
	strcpy(t->name, name);
	t->n_slots = 64;
	t->slot = xcalloc(t->n_slots, sizeof(*t->slot));
	rc = len == 0 ? err_set(e, ERR_EMPTY, "%s: %s", name, err_sentence(ERR_EMPTY))
	              : read_config(t, e);
	if (rc < 0) {
		text_close(&t->source);
		return rc;
	}
	if (mode == TEXT_MACHINE && t->config.n_ops == 0)
		collect_ops(t);
	to_first_line(t);
	text_start_words(t);
	*out = &t->source;
	return 0;
}

int text_open_memory(struct log_source **out, const char *name, const char *text, size_t len,
                     enum text_mode mode, struct err *e)
{
	char *bytes = xcalloc(len + 1, 1);

	memcpy(bytes, text, len);
	return text_open_bytes(out, name, bytes, len, mode, e);
}
