// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/text/text_parse.h"

#include "sim/base/check.h"
#include "sim/log/mark_arg.h"

#include <string.h>

/* Moves behind "#!" when the line is a directive. */
bool text_directive(struct text_line *l)
{
	struct text_line look = *l;
	struct text_word w = text_next(&look);

	if (l->end - w.p < 2 || w.p[0] != '#' || w.p[1] != '!')
		return false;
	l->at = w.p + 2;
	return true;
}

static u32 hash_lock(u64 name, u32 n_slots)
{
	return (u32)((name * 0x9e3779b97f4a7c15ull) >> 32) & (n_slots - 1);
}

static void place_lock(struct text *t, u32 index)
{
	u32 i = hash_lock(t->lock.v[index], t->n_slots);

	while (t->slot[i])
		i = (i + 1) & (t->n_slots - 1);
	t->slot[i] = index + 1;
}

/* The index of a lock of a free log, by order of first appearance. */
static u32 lock_index(struct text *t, u64 name)
{
	u32 i;

	for (i = hash_lock(name, t->n_slots); t->slot[i]; i = (i + 1) & (t->n_slots - 1))
		if (t->lock.v[t->slot[i] - 1] == name)
			return t->slot[i] - 1;
	vec_push(&t->lock, name);
	if (t->lock.n * 2 <= t->n_slots) {
		t->slot[i] = t->lock.n;
		return t->lock.n - 1;
	}
	free(t->slot);
	t->n_slots *= 2;
	t->slot = xcalloc(t->n_slots, sizeof(*t->slot));
	for (u32 k = 0; k < t->lock.n; k++)
		place_lock(t, k);
	return t->lock.n - 1;
}

static int parse_cpu(const struct text *t, struct text_line *l, u8 *out, struct err *e)
{
	struct text_word w = text_next(l);
	u32 cpus = t->mode == TEXT_MACHINE ? t->config.cpus : MAX_CPU;
	u64 cpu;

	if (!text_u64(w, &cpu) || cpu >= cpus)
		return text_expected(l, w, 0, e, "a CPU 0..%u", cpus - 1);
	*out = (u8)cpu;
	return 0;
}

static void take_time(struct text *t, struct event *ev)
{
	if (!(t->timed >> ev->cpu & 1))
		return;
	ev->flags |= EVF_TIME;
	ev->time_ns = t->time[ev->cpu];
	t->timed &= ~(1ull << ev->cpu);
}

static void take_word(struct text *t, struct event *ev)
{
	if (ev->kind == MARK_ACCESS) {
		ev->flags |= EVF_WORD;
		ev->ticket = ev->now = t->word[FLATMEM_ID].ticket++;
		return;
	}
	/* Flat memory's events count the high half on, as the binary form has it. */
	if (ev->kind == EV_OFLATMEM && ev->lk == FLATMEM_ID) {
		ev->flags |= EVF_WORD;
		ev->ticket = ev->now = t->word[FLATMEM_ID].ticket++;
		return;
	}
	if (ev->kind != EV_INC_TICKET && ev->kind != EV_GET_NOW && ev->kind != EV_INC_NOW)
		return;
	ev->flags |= EVF_WORD;
	ev->ticket = t->word[ev->lk].ticket;
	ev->now = t->word[ev->lk].now;
	t->word[ev->lk].ticket += ev->kind == EV_INC_TICKET;
	t->word[ev->lk].now += ev->kind == EV_INC_NOW;
}

void text_start_words(struct text *t)
{
	for (lk_t lk = 0; lk < ID_END; lk++) {
		t->word[lk].ticket = t->config.start_ticket;
		t->word[lk].now = t->config.start_now;
	}
}

/* A difference of a push; a free log's objects are any of the kind, so its index may be any such object's. */
static int parse_diff(struct text *t, struct text_line *l, struct text_word w, struct event *ev,
                      struct err *e)
{
	const char *expected = "", *why;
	int best = -1, at;
	struct diff d;

	if (t->mode == TEXT_MACHINE && event_push_of(ev->lk) != ev->kind)
		return text_expected(l, w, 0, e,
		                     "the end of the line: %s pushes no object of lock %u",
		                     event_name(ev->kind), ev->lk);
	for (lk_t id = 0; id < ID_END; id++) {
		if (event_push_of(id) != ev->kind)
			continue;
		if (t->mode == TEXT_MACHINE && id != ev->lk)
			continue;
		at = diff_parse(id, w.p, w.len, &d, &why);
		if (at < 0) {
			vec_push(&t->diffs, d);
			ev->n++;
			return 0;
		}
		if (at > best) {
			best = at;
			expected = why;
		}
	}
	return text_expected(l, w, (size_t)best, e, "%s", expected);
}

static int parse_payload(struct text *t, struct text_line *l, struct event *ev, struct err *e)
{
	for (;;) {
		struct text_word w = text_next(l);
		int rc;

		if (w.len == 0)
			return 0;
		if (ev->kind != EV_OPULL && !event_is_push(ev->kind))
			return text_expected(l, w, 0, e, "the end of the line");
		if (w.p[0] != '@' && ev->kind == EV_OPULL)
			return text_expected(l, w, 0, e, "a digest or the end of the line");
		if (ev->kind == EV_OFLATMEM && ev->n == 0 && !ev->digest_len && text_is(w, "?")) {
			ev->flags |= EVF_FILLED;
			w = text_next(l);
			return w.len == 0 ? 0 : text_expected(l, w, 0, e, "the end of the line");
		}
		if (w.p[0] != '@') {
			rc = parse_diff(t, l, w, ev, e);
			if (rc < 0)
				return rc;
			continue;
		}
		if (ev->digest_len)
			return text_expected(l, w, 0, e, "one digest");
		if (!text_digest(w, &ev->digest, &ev->digest_len))
			return text_expected(l, w, 0, e,
			                     "a digest, '@' and 2 or 16 digits of 0-9a-f");
	}
}

static int parse_event(struct text *t, struct text_line *l, struct event *ev, struct err *e)
{
	struct text_word w = text_next(l);
	u64 lock, arg;
	int rc;

	if (!text_object(w, &lock) || (t->mode == TEXT_MACHINE && lock >= ID_END))
		return text_expected(l, w, 0, e, "a lock, a number %s or a name as NPT:3",
		                     t->mode == TEXT_MACHINE ? "0..38" : "below 2^64");
	rc = parse_cpu(t, l, &ev->cpu, e);
	if (rc < 0)
		return rc;
	w = text_next(l);
	ev->kind = (u8)event_by_name(w.p, w.len);
	if (ev->kind == EV_NONE)
		return text_expected(l, w, 0, e, "an event, as INC_TICKET or OPULL");
	if (event_arg(ev->kind) != ARG_NONE) {
		w = text_next(l);
		if (!text_u64(w, &arg) || arg > UINT32_MAX)
			return text_expected(l, w, 0, e, "%s below 2^32",
			                     event_arg(ev->kind) == ARG_BOUND ? "a bound"
			                                                      : "an object number");
		ev->arg = (u32)arg;
	}
	ev->lk = t->mode == TEXT_MACHINE ? (u32)lock : lock_index(t, lock);
	rc = parse_payload(t, l, ev, e);
	if (rc < 0)
		return rc;
	take_time(t, ev);
	if (t->mode == TEXT_MACHINE)
		take_word(t, ev);
	return 0;
}

/* The sentence of a mark, between quotes up to the end of the line, into @args behind its numbers. */
static int parse_text(struct text *t, struct text_line *l, struct err *e)
{
	struct text_word w = text_next(l);
	char text[MAX_MARK_TEXT + 1];
	size_t len;

	if (w.len == 0)
		len = 0;
	else if (!text_quoted(l, w, text, sizeof(text), &len))
		return text_expected(l, w, 0, e, "a sentence of at most %d bytes between quotes",
		                     MAX_MARK_TEXT);
	text[len] = '\0';
	for (size_t at = 0; at <= len; at += sizeof(u64)) {
		u64 bytes = 0;

		memcpy(&bytes, text + at, len - at < sizeof(bytes) ? len - at : sizeof(bytes));
		vec_push(&t->args, bytes);
	}
	w = text_next(l);
	return w.len == 0 ? 0 : text_expected(l, w, 0, e, "the end of the line");
}

/* One argument: a word that its type has, or a number. */
static int parse_arg(struct text *t, struct text_line *l, const struct mark_arg *arg,
                     struct text_word w, u64 *v, struct err *e)
{
	if (!mark_value(&t->config, arg->type, w.p, w.len, v) && !text_number(w, v))
		return text_expected(l, w, 0, e, "%s: %s%s", arg->name, mark_expected(arg->type),
		                     arg->type == MARG_DEC || arg->type == MARG_HEX
		                             ? ""
		                             : ", or a number below 2^64");
	return 0;
}

/* The one argument of a BEGIN that has none, in a log that does not say beforehand what operations there are. */
static void begin_unnamed(struct text *t, struct event *ev)
{
	u64 number;

	if (ev->kind != MARK_BEGIN || ev->n > 0 ||
	    !mark_value(&t->config, mark_arg_of(mark_spec(MARK_BEGIN), 0)->type, TEXT_UNNAMED,
	                strlen(TEXT_UNNAMED), &number))
		return;
	ev->arg = (u32)number;
	vec_push(&t->args, number);
	ev->n = 1;
}

static int parse_args(struct text *t, struct text_line *l, struct event *ev, struct err *e)
{
	const struct mark_spec *spec = mark_spec(ev->kind);
	struct text_line before = *l;
	struct text_word w;

	for (w = text_next(l); w.len > 0 && !(spec->text && w.p[0] == '"'); w = text_next(l)) {
		const struct mark_arg *arg = mark_arg_of(spec, ev->n);
		u64 v = 0;
		int rc;

		if (!arg)
			return text_expected(l, w, 0, e, "the end of the line");
		if (ev->n == MAX_MARK_ARGS)
			return text_expected(l, w, 0, e, "at most %d arguments", MAX_MARK_ARGS);
		rc = parse_arg(t, l, arg, w, &v, e);
		if (rc < 0)
			return rc;
		if (ev->n == 0)
			ev->arg = (u32)v;
		vec_push(&t->args, v);
		ev->n++;
		before = *l;
	}
	begin_unnamed(t, ev);
	if (!mark_count_ok(spec, ev->n))
		return text_expected(l, w, 0, e, "%s: %s", mark_arg_of(spec, ev->n)->name,
		                     mark_expected(mark_arg_of(spec, ev->n)->type));
	for (; ev->n < spec->fixed; ev->n++)
		vec_push(&t->args, 0);
	*l = before;
	return spec->text ? parse_text(t, l, e) : 0;
}

/* "mark70": a mark that this version does not know and need not know. */
static bool text_skips(struct text *t, struct text_word w)
{
	u64 number;

	if (w.len < 5 || memcmp(w.p, "mark", 4) != 0 ||
	    !text_u64((struct text_word){ w.p + 4, w.len - 4 }, &number) ||
	    number < MARK_MAY_SKIP || number >= MARK_MAY_SKIP + MARK_SKIPPABLE)
		return false;
	t->skipped[number - MARK_MAY_SKIP]++;
	return true;
}

/* "#! CPU WORD ...": a mark, or the time of the next event (then ev->kind stays EV_NONE). */
static int parse_directive(struct text *t, struct text_line *l, struct event *ev, struct err *e)
{
	struct text_line look = *l;
	bool run = text_is(text_next(&look), "run");
	struct text_word w;
	int rc = 0;
	u32 at;

	if (run)
		*l = look;
	else
		rc = parse_cpu(t, l, &ev->cpu, e);
	if (rc < 0)
		return rc;
	w = text_next(l);
	if (text_is(w, "time") && !run) {
		w = text_next(l);
		if (!text_u64(w, &t->time[ev->cpu]))
			return text_expected(l, w, 0, e, "nanoseconds below 2^64");
		t->timed |= 1ull << ev->cpu;
		w = text_next(l);
		return w.len == 0 ? 0 : text_expected(l, w, 0, e, "the end of the line");
	}
	ev->kind = (u8)mark_by_name(w.p, w.len);
	if (ev->kind == EV_NONE && text_skips(t, w)) {
		t->timed &= ~(1ull << ev->cpu); /* it was the mark's */
		return 0;
	}
	if (ev->kind == EV_NONE)
		return text_expected(l, w, 0, e, "a mark, as barrier or episode, or time");
	if (run && ev->kind != MARK_STALL && ev->kind != MARK_DEADLOCK && ev->kind != MARK_SURPRISE)
		return text_expected(l, w, 0, e, "stall, deadlock or surprise");
	at = t->args.n;
	rc = parse_args(t, l, ev, e);
	if (rc < 0)
		return rc;
	if (run) {
		ev->flags |= EVF_RUN;
		if (ev->kind != MARK_SURPRISE && t->args.v[at] < t->config.cpus)
			ev->cpu = (u8)t->args.v[at];
	}
	if (ev->kind == MARK_EPISODE && (!t->in_episode || t->episode != t->args.v[at])) {
		t->in_episode = true;
		t->episode = t->args.v[at];
		text_start_words(t);
	}
	take_time(t, ev);
	take_word(t, ev);
	return 0;
}

/* One line; *ev stays EV_NONE when it is no event. */
int text_parse_line(struct text *t, struct text_line *l, struct event *ev, struct err *e)
{
	const char *nul = memchr(l->begin, '\0', (size_t)(l->end - l->begin));
	struct text_line look = *l;
	struct text_word w;

	if (nul)
		return text_expected(l, (struct text_word){ nul, 1 }, 0, e, "text");
	if (text_directive(l)) {
		bool first = !t->started;

		t->started = true;
		if (t->mode == TEXT_FREE)
			return 0;
		look.at = l->at;
		w = text_next(&look);
		if (!text_is(w, "config"))
			return parse_directive(t, l, ev, e);
		/* The first one was taken by read_config(). */
		return first ? 0
		             : text_expected(l, w, 0, e,
		                             "the configuration before the first event, once");
	}
	w = text_next(&look);
	if (w.len == 0)
		return 0;
	t->started = true;
	return parse_event(t, l, ev, e);
}
