// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/diff_read.h"

#include "oracle/data.h"
#include "sim/base/vec.h"
#include "sim/inspect/nest.h"
#include "sim/log/mark_arg.h"
#include "sim/log/read/replay.h"

#include <string.h>
#include <xxhash.h>

/**
 * struct open_section - a section of a lock that has not ended
 * @item: as far as it is known; its @index is ~0 before the first push
 */
struct open_section {
	bool open;
	struct diff_item item;
};

/**
 * struct side - one of the logs
 * @ev:       [@n] events that were read, from @i on not looked at yet
 * @index:    of ev[i] in the merged log
 * @episode:  the one that began last; @begun: one has; @seen: events of it were looked at
 * @waits:    at the begin of the next episode, or at the end of the log (@ended)
 */
struct side {
	struct log_source *s;
	struct replay *r;
	struct event ev[SOURCE_BATCH];
	u32 n, i, log;
	u64 index, episode, n_episodes;
	bool begun, seen, waits, ended;
	struct open_section lock[ID_END];
};

static u64 hash_more(u64 h, const void *bytes, size_t n)
{
	return XXH3_64bits_withSeed(bytes, n, h);
}

static u64 hash_diffs(u64 h, const struct event *e)
{
	for (u32 i = 0; i < e->n; i++) {
		const struct diff *d = &e->diffs[i];
		const u64 v[] = { d->field, d->oracle, d->oracle ? d->vmid : d->old,
			          d->first, d->last,   d->new };

		h = hash_more(h, v, sizeof(v));
	}
	return h;
}

/* Arguments that every log of the same run has: not which of its versions an object was read in, nor how long something took. */
static bool says(u32 kind, u32 i)
{
	const struct mark_spec *spec = mark_spec(kind);

	switch (kind) {
	case MARK_ACCESS:
		return i < spec->fixed || (i - spec->fixed) % spec->group == 0;
	case MARK_FILL:
		return i < 4;
	case MARK_STALL:
		return i < 3;
	default:
		return true;
	}
}

/* An operation of the workload is the one of its name: each log may number them otherwise. */
static u64 operation_of(const struct log_config *c, const struct event *e)
{
	const char *name = e->kind == MARK_BEGIN ? nest_work_name(c, e->args[0]) : NULL;

	return name ? XXH3_64bits(name, strlen(name)) : e->args[0];
}

static u64 hash_mark(const struct log_config *c, const struct event *e)
{
	u64 args[MAX_MARK_ARGS];
	const char *text = mark_text(e);
	u32 written = mark_written(e), n = 0;

	for (u32 i = 0; i < written; i++)
		if (says(e->kind, i))
			args[n++] = e->args[i];
	if (e->kind == MARK_BEGIN)
		args[0] = operation_of(c, e);
	return hash_more(hash_more(0, args, n * sizeof(*args)), text, strlen(text));
}

static void take_mark(struct side *d, struct diff_pairs *p, const struct event *e)
{
	struct diff_item it = { .kind = DIFF_MARK, .shape = (u32)e->kind << 16, .index = d->index };
	u32 stream = PAIRS_MARKS + e->cpu;

	switch (e->kind) {
	case MARK_EPISODE:
	case MARK_CLOSE:
		return;
	case MARK_MEMORY:
		if (e->args[0] >= ID_END)
			return;
		it.kind = DIFF_VALUE;
		stream = PAIRS_MEMORY + (u32)e->args[0];
		break;
	case MARK_BEGIN:
	case MARK_OP:
	case MARK_ENTER:
		it.kind = DIFF_OPERATION;
		stream = PAIRS_OPS + e->cpu;
		break;
	case MARK_END_OP:
	case MARK_SEVENT:
	case MARK_LEAVE:
	case MARK_STUCK:
	case MARK_PANIC:
	case MARK_STOPPED:
		it.kind = DIFF_RESULT;
		stream = PAIRS_OPS + e->cpu;
		break;
	default:
		break;
	}
	if (e->flags & EVF_RUN) {
		it.kind = DIFF_RESULT;
		stream = PAIRS_OPS + MAX_CPU;
	}
	if (e->kind == MARK_BEGIN || e->kind == MARK_OP || e->kind == MARK_SEVENT)
		it.shape |= operation_of(d->s->config, e) & 0xffff;
	it.hash = hash_mark(d->s->config, e);
	diff_pairs_take(p, d->log, stream, &it);
}

static void end_section(struct side *d, struct diff_pairs *p, u32 lk, u64 index)
{
	struct open_section *o = &d->lock[lk];

	if (!o->open)
		return;
	if (o->item.index == ~0ull)
		o->item.index = index;
	o->open = false;
	diff_pairs_take(p, d->log, PAIRS_LOCK + lk, &o->item);
}

static void take_push(struct side *d, struct diff_pairs *p, const struct event *e)
{
	struct open_section *o = &d->lock[e->lk];
	struct diff_item it = {
		.kind = DIFF_ORDER, .shape = e->cpu, .index = d->index, .got = d->index
	};

	if (o->open && o->item.shape == e->cpu) {
		o->item.hash = hash_diffs(o->item.hash, e);
		if (o->item.index == ~0ull)
			o->item.index = d->index;
		return;
	}
	/* Flat memory has no lock: each change is a section of its own. */
	it.hash = hash_diffs(0, e);
	diff_pairs_take(p, d->log, PAIRS_LOCK + e->lk, &it);
}

static void take_event(struct side *d, struct diff_pairs *p, const struct event *e)
{
	if (event_is_mark(e->kind)) {
		take_mark(d, p, e);
		return;
	}
	if (e->lk >= ID_END)
		return;
	if (event_is_push(e->kind))
		take_push(d, p, e);
	if (e->kind == EV_HOLD_LOCK || e->kind == EV_WAIT_LOCK) {
		/* Of a broken log: the lock has one holder. */
		end_section(d, p, e->lk, d->index);
		d->lock[e->lk] = (struct open_section){ .open = true,
			                                .item = { .kind = DIFF_ORDER,
			                                          .shape = e->cpu,
			                                          .index = ~0ull,
			                                          .got = d->index } };
	}
	if (e->kind == EV_INC_NOW || e->kind == EV_REL_LOCK)
		end_section(d, p, e->lk, d->index);
}

/* Does another episode begin with @e than the one whose events were looked at? */
static bool begins_next(const struct side *d, const struct event *e)
{
	return e->kind == MARK_EPISODE && (d->begun ? e->arg != d->episode : d->seen);
}

static void end_episode(struct side *d, struct diff_pairs *p)
{
	for (u32 lk = 0; lk < ID_END; lk++)
		end_section(d, p, lk, d->index);
	d->waits = true;
}

/* Look at the events of one batch, up to the end of the episode. */
static int go_on(struct side *d, struct diff_pairs *p, struct err *e)
{
	u64 at;
	int rc;

	if (d->i == d->n) {
		rc = d->s->next(d->s, d->ev, SOURCE_BATCH, &d->n, e);
		d->i = 0;
		if (rc < 0)
			d->n = 0;
		d->ended = d->n == 0;
		if (d->ended)
			end_episode(d, p);
		if (rc < 0)
			return rc;
	}
	for (; d->i < d->n; d->i++, d->index++) {
		struct event *ev = &d->ev[d->i];

		if (begins_next(d, ev)) {
			end_episode(d, p);
			return 0;
		}
		if (ev->kind == MARK_EPISODE) {
			d->begun = true;
			d->episode = ev->arg;
		}
		d->n_episodes += !d->seen;
		d->seen = true;
		rc = replay_event(d->r, ev, &at, e);
		if (rc < 0)
			return rc;
		take_event(d, p, ev);
	}
	return 0;
}

/* Whose turn it is to be read on: who is not ahead, of those that are not at the end of the episode. */
static u32 turn(const struct side *side, const struct diff_pairs *p)
{
	if (side[DIFF_A].waits)
		return DIFF_B;
	if (side[DIFF_B].waits)
		return DIFF_A;
	return diff_pairs_ahead(p, DIFF_A) <= diff_pairs_ahead(p, DIFF_B) ? DIFF_A : DIFF_B;
}

static void next_episode(struct side *side, struct diff_pairs *p)
{
	const u64 end[DIFF_LOGS] = { side[DIFF_A].index, side[DIFF_B].index };

	diff_pairs_episode(p, end);
	for (u32 i = 0; i < DIFF_LOGS; i++) {
		side[i].waits = side[i].ended;
		side[i].begun = side[i].seen = false;
	}
}

int diff_read(struct log_source *const s[DIFF_LOGS], struct diff_pairs *p, u64 events[DIFF_LOGS],
              u64 episodes[DIFF_LOGS], u32 *whose, struct err *e)
{
	struct side *side = xcalloc(DIFF_LOGS, sizeof(*side));
	int rc = 0;

	for (u32 i = 0; i < DIFF_LOGS; i++) {
		side[i].log = i;
		side[i].s = s[i];
		side[i].r = replay_new(s[i]->config, doracle);
	}
	while (rc >= 0 && !(side[DIFF_A].ended && side[DIFF_B].ended)) {
		*whose = turn(side, p);
		rc = go_on(&side[*whose], p, e);
		if (side[DIFF_A].waits && side[DIFF_B].waits)
			next_episode(side, p);
	}
	for (u32 i = 0; i < DIFF_LOGS; i++) {
		events[i] = side[i].index;
		episodes[i] = side[i].n_episodes;
		replay_free(side[i].r);
	}
	free(side);
	return rc < 0 ? rc : 0;
}
