// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/fold.h"

#include "oracle/cal/high.h"
#include "oracle/cal/queue.h"
#include "oracle/cal/ticket.h"
#include "sim/base/check.h"
#include "sim/base/vec.h"
#include "sim/inspect/fields.h"
#include "sim/log/json.h"

#include <string.h>

/* What is folded; the two Q functions are one fold. */
enum state { TICKET, WRAPS, QUEUE, HIGH, RELATE, STATE_NR };

static const struct {
	const char *name;
	enum state state;
	bool unasked;
} fns[FOLD_FN_NR] = {
#define FN(name, state, unasked) { #name, state, unasked },
#include "sim/inspect/fold.def"
};

/* An event of relate_log's result. */
struct derived {
	u8 kind, cpu;
	u32 arg;
};

/**
 * struct none - why a fold is None
 * @row: CAL_OK: it is Some
 * @at:  index of the event among the lock's
 */
struct none {
	enum cal_row row;
	u64 at;
	u8 kind, cpu;
	u32 arg;
};

/**
 * struct lock - the folds of one log
 * @none: [state]; the state of a fold that is None is the one just before
 */
struct lock {
	u64 name, events;
	struct cal_ticket ticket, wraps;
	struct q_state queue;
	struct h_state high;
	struct relate_state relate;
	VEC(struct derived) derived;
	struct none none[STATE_NR];
};

/**
 * struct fold
 * @states: bits 1 << state: those that the asked functions need
 */
struct fold {
	struct fold_options opt;
	u32 states;
	VEC(struct lock) locks;
};

enum fold_fn fold_fn_by_name(const char *name)
{
	u32 fn = 0;

	while (fn < FOLD_FN_NR && strcmp(fns[fn].name, name) != 0)
		fn++;
	return (enum fold_fn)fn;
}

const char *fold_fn_name(enum fold_fn fn)
{
	SIM_ASSERT(fn < FOLD_FN_NR);
	return fns[fn].name;
}

u32 fold_default_fns(void)
{
	u32 bits = 0;

	for (u32 fn = 0; fn < FOLD_FN_NR; fn++)
		bits |= (u32)fns[fn].unasked << fn;
	return bits;
}

struct fold *fold_new(const struct fold_options *opt)
{
	struct fold *f = xcalloc(1, sizeof(*f));

	f->opt = *opt;
	for (u32 fn = 0; fn < FOLD_FN_NR; fn++)
		if (opt->fns >> fn & 1)
			f->states |= 1u << fns[fn].state;
	return f;
}

void fold_free(struct fold *f)
{
	for (u32 i = 0; i < f->locks.n; i++) {
		struct lock *l = &f->locks.v[i];

		cal_ticket_free(&l->ticket);
		cal_ticket_free(&l->wraps);
		relate_free(&l->relate);
		vec_free(&l->derived);
	}
	vec_free(&f->locks);
	free(f);
}

static void add_lock(struct fold *f, u64 name)
{
	struct lock l = { .name = name };

	cal_ticket_init(&l.ticket, false, f->opt.t, f->opt.n);
	cal_ticket_init(&l.wraps, true, f->opt.t, f->opt.n);
	q_cal_init(&l.queue, f->opt.fairness, f->opt.n);
	h_cal_init(&l.high);
	relate_init(&l.relate);
	vec_push(&f->locks, l);
}

static enum cal_row relate(struct lock *l, const struct event *e)
{
	struct event d;
	enum cal_row row = relate_step(&l->relate, e, &d);

	if (row == CAL_OK && d.kind != EV_NONE)
		vec_push(&l->derived, ((struct derived){ d.kind, d.cpu, d.arg }));
	return row;
}

static enum cal_row step(struct lock *l, enum state state, const struct event *e)
{
	switch (state) {
	case TICKET:
		return cal_ticket_lock_step(&l->ticket, e);
	case WRAPS:
		return cal_ticket_lock_step(&l->wraps, e);
	case QUEUE:
		return q_cal_step(&l->queue, e);
	case HIGH:
		return h_cal_step(&l->high, e);
	case RELATE:
		return relate(l, e);
	case STATE_NR:
		break;
	}
	SIM_UNREACHABLE();
}

static void fold_event(struct fold *f, struct lock *l, const struct event *e)
{
	for (u32 state = 0; state < STATE_NR; state++) {
		struct none *none = &l->none[state];
		enum cal_row row;

		if (!(f->states >> state & 1) || none->row != CAL_OK)
			continue;
		row = step(l, (enum state)state, e);
		if (row != CAL_OK)
			*none = (struct none){ row, l->events, e->kind, e->cpu, e->arg };
	}
	l->events++;
}

int fold_read(struct fold *f, struct log_source *s, struct err *e)
{
	struct event ev[SOURCE_BATCH];
	u32 n;
	int rc;

	while ((rc = s->next(s, ev, SOURCE_BATCH, &n, e)) == 0 && n > 0) {
		for (u32 i = 0; i < n; i++) {
			if (event_is_mark(ev[i].kind))
				continue;
			/* Indices are dense and come in order of first appearance. */
			while (f->locks.n <= ev[i].lk)
				add_lock(f, s->lock_name(s, f->locks.n));
			fold_event(f, &f->locks.v[ev[i].lk], &ev[i]);
		}
	}
	return rc;
}

u32 fold_n_locks(const struct fold *f)
{
	return f->locks.n;
}

static void show_bounds(struct fields *o, const char *name, const struct cal_ticket *s)
{
	fields_list_begin(o, name);
	for (u32 i = 0; i < s->len; i++)
		fields_item(o, cal_ticket_bound(s, i));
	fields_list_end(o);
}

static void show_ticket(struct fields *o, const struct cal_ticket *s)
{
	fields_number(o, "ticket", s->t);
	fields_number(o, "now", s->n);
	show_bounds(o, "queue", s);
}

static void show_queue(struct fields *o, const struct q_state *s, bool with_now)
{
	if (with_now)
		fields_number(o, "now", s->now);
	fields_number(o, "self", s->self);
	fields_number(o, "other", s->other);
	fields_word(o, "status", lock_status_name(s->st));
	fields_list_begin(o, "queue");
	for (u32 i = 0; i < s->n; i++)
		fields_item(o, q_cpu(s, i));
	fields_list_end(o);
	fields_list_begin(o, "bounds");
	for (u32 i = 0; i < s->n; i++)
		fields_item(o, q_bound(s, i));
	fields_list_end(o);
}

static void show_high(struct fields *o, const struct h_state *s)
{
	fields_number(o, "self", s->self);
	fields_word(o, "status", lock_status_name(s->st));
	if (s->owner == H_NOBODY)
		fields_word(o, "holder", NULL);
	else
		fields_number(o, "holder", s->owner);
}

/* The high-level log, each event as "CPU EVENT [ARG]", and the bounds of the tickets that are out. */
static void show_relate(struct fields *o, const struct lock *l)
{
	char text[48], line[64];

	fields_list_begin(o, "log");
	for (u32 i = 0; i < l->derived.n; i++) {
		const struct derived *d = &l->derived.v[i];
		struct event e = { .kind = d->kind, .arg = d->arg };

		snprintf(line, sizeof(line), "%u %s", d->cpu, event_print(&e, text, sizeof(text)));
		fields_item_word(o, line);
	}
	fields_list_end(o);
	show_bounds(o, "bounds", &l->relate.q);
}

static void show_state(FILE *out, bool json, const struct lock *l, enum fold_fn fn)
{
	struct fields o;

	fields_begin(&o, out, json);
	switch (fns[fn].state) {
	case TICKET:
		show_ticket(&o, &l->ticket);
		break;
	case WRAPS:
		show_ticket(&o, &l->wraps);
		break;
	case QUEUE:
		show_queue(&o, &l->queue, fn == FOLD_Q_CalTicketLock);
		break;
	case HIGH:
		show_high(&o, &l->high);
		break;
	case RELATE:
		show_relate(&o, l);
		break;
	case STATE_NR:
		SIM_UNREACHABLE();
	}
	fields_end(&o);
}

/* "INC_TICKET 10" */
static const char *none_event(const struct none *none, char *buf, size_t size)
{
	struct event e = { .kind = none->kind, .arg = none->arg };

	return event_print(&e, buf, size);
}

void fold_print_json(const struct fold *f, u32 i, FILE *out)
{
	const struct lock *l = &f->locks.v[i];
	char event[48], name[32];

	fprintf(out, "{\"lock\":%s,\"events\":%llu", json_u64_text(l->name, name, sizeof(name)),
	        (unsigned long long)l->events);
	for (u32 fn = 0; fn < FOLD_FN_NR; fn++) {
		const struct none *none = &l->none[fns[fn].state];

		if (!(f->opt.fns >> fn & 1))
			continue;
		fprintf(out, ",\"%s\":", fns[fn].name);
		if (none->row == CAL_OK) {
			show_state(out, true, l, (enum fold_fn)fn);
			continue;
		}
		fprintf(out, "null,\"%s_none\":{\"at\":%llu,\"event\":\"%s\",\"cpu\":%u,",
		        fns[fn].name, (unsigned long long)none->at,
		        none_event(none, event, sizeof(event)), none->cpu);
		fprintf(out, "\"rule\":\"%s\"}", cal_row_name(none->row));
	}
	fputs("}\n", out);
}

void fold_print_text(const struct fold *f, u32 i, FILE *out)
{
	const struct lock *l = &f->locks.v[i];
	const int width = (int)strlen("CalTicketLockWraparound");
	char event[48];

	fprintf(out, "lock %llu: %llu event%s\n", (unsigned long long)l->name,
	        (unsigned long long)l->events, l->events == 1 ? "" : "s");
	for (u32 fn = 0; fn < FOLD_FN_NR; fn++) {
		const struct none *none = &l->none[fns[fn].state];

		if (!(f->opt.fns >> fn & 1))
			continue;
		fprintf(out, "  %-*s  ", width, fns[fn].name);
		if (none->row != CAL_OK) {
			fprintf(out, "None at event %llu, %s by CPU %u: %s\n",
			        (unsigned long long)none->at,
			        none_event(none, event, sizeof(event)), none->cpu,
			        cal_row_name(none->row));
			fprintf(out, "  %*s    %s\n", width, "", cal_row_sentence(none->row));
			fprintf(out, "  %*s    before: ", width, "");
		}
		show_state(out, false, l, (enum fold_fn)fn);
		fputc('\n', out);
	}
}
