// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/outside.h"

#include "oracle/check/stream_value.h"
#include "sim/base/addr.h"
#include "sim/base/vec.h"
#include "sim/log/mark_arg.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Streams that count on: the data oracle and the core's. */
enum { COUNT_DATA, COUNT_CORE, COUNTS };

/* Ranges of one counter beyond its first missing number: as many as CPUs that the merge holds back, and some. */
enum { AHEAD = 128 };

enum { STREAMS = MV_STREAM_VECTOR + 1 };

struct range {
	u64 first, end;
};

/**
 * struct counter - numbers that were taken of one stream of one VM in this episode: those below @next, and @ahead
 * @ahead: [n] in rising order, each behind the one before with a number between, above @next
 * @off:   there were more ranges than AHEAD: not judged in this episode
 */
struct counter {
	u64 next;
	u32 n;
	bool off;
	struct range ahead[AHEAD];
};

/**
 * struct outside_cpu - of one CPU in this episode
 * @least:   [COUNT_*][vmid] no number below may come from it
 * @flat:    values of its last mark, if that gave none and may belong to the change of flat memory that is next; else 0
 * @flat_at: its events and marks up to that mark
 * @bad:     an image was bad in the operation that it is in
 */
struct outside_cpu {
	u64 least[COUNTS][N_VMID];
	u64 flat, flat_at;
	bool bad;
};

/**
 * struct outside
 * @seeded, @own: streams (bits) of which some value was left to the seed, and of which one was given that is not the seed's;
 *                in all episodes, as the parameters of a machine are
 * @taken:  numbers that were taken; @given: values that the log has; @images: answers of verify_image, @bad: of them bad
 * @lost:   counters that went off
 */
struct outside {
	struct outside_counts {
		u32 seeded, own, told;
		u64 taken, given, images, bad, lost;
	} n;
	struct counter counter[COUNTS][N_VMID];
	struct outside_cpu cpu[MAX_CPU];
};

static const char *const counter_names[COUNTS] = { [COUNT_DATA] = "data", [COUNT_CORE] = "core" };

static void *create(const struct judge *j)
{
	(void)j;
	return xcalloc(1, sizeof(struct outside));
}

static void reset(void *own, const struct judge *j)
{
	struct outside *s = own;

	(void)j;
	for (u32 i = 0; i < COUNTS; i++) {
		for (u32 v = 0; v < N_VMID; v++) {
			s->counter[i][v].next = 0;
			s->counter[i][v].n = 0;
			s->counter[i][v].off = false;
		}
	}
	memset(s->cpu, 0, sizeof(s->cpu));
}

/* Ranges that the first one behind @next touches. */
static void absorb(struct counter *c)
{
	u32 n = 0;

	while (n < c->n && c->ahead[n].first <= c->next) {
		if (c->ahead[n].end > c->next)
			c->next = c->ahead[n].end;
		n++;
	}
	c->n -= n;
	memmove(c->ahead, c->ahead + n, c->n * sizeof(c->ahead[0]));
}

/* Beyond @next: false: one of the numbers was taken before. */
static __attribute__((noinline)) bool take_ahead(struct outside *s, struct counter *c, u64 first,
                                                 u64 end)
{
	u32 at = c->n;
	bool fresh;

	while (at > 0 && c->ahead[at - 1].first >= first)
		at--;
	fresh = (at == 0 || c->ahead[at - 1].end <= first) &&
	        (at == c->n || c->ahead[at].first >= end);
	if (!fresh)
		return false;
	if (at > 0 && c->ahead[at - 1].end == first) {
		c->ahead[at - 1].end = end;
		if (at < c->n && c->ahead[at].first == end) {
			c->ahead[at - 1].end = c->ahead[at].end;
			c->n--;
			memmove(c->ahead + at, c->ahead + at + 1,
			        (c->n - at) * sizeof(c->ahead[0]));
		}
	} else if (at < c->n && c->ahead[at].first == end) {
		c->ahead[at].first = first;
	} else if (c->n == AHEAD) {
		c->off = true;
		s->n.lost++;
	} else {
		memmove(c->ahead + at + 1, c->ahead + at, (c->n - at) * sizeof(c->ahead[0]));
		c->ahead[at] = (struct range){ first, end };
		c->n++;
	}
	return true;
}

/* The counter holds none of them yet, and has them now. */
static inline bool take_fresh(struct outside *s, struct counter *c, u64 first, u64 end)
{
	if (unlikely(c->off))
		return true;
	if (likely(first == c->next && (c->n == 0 || c->ahead[0].first >= end))) {
		c->next = end;
		if (unlikely(c->n))
			absorb(c);
		return true;
	}
	return first >= c->next && take_ahead(s, c, first, end);
}

/* Before numbers are taken: of the ranges one more may come, and all may move. */
static void keep_counter(struct journal *j, struct counter *c)
{
	u32 n = c->n < AHEAD ? c->n + 1 : AHEAD;

	journal_note(j, c, offsetof(struct counter, ahead));
	journal_note(j, c->ahead, n * sizeof(c->ahead[0]));
}

/* Numbers @first..@first + @n - 1 of a counter are taken; @n > 0, and the last one is a number. */
static void take(struct outside *s, struct judge *j, const struct event *e, u32 count, u64 vmid,
                 u64 first, u64 n)
{
	struct counter *c = &s->counter[count][vmid];
	u64 *least = &s->cpu[e->cpu].least[count][vmid], end = first + n;

	if (unlikely(j->journal != NULL))
		keep_counter(j->journal, c);
	KEEP(j, *least);
	s->n.taken += n;
	if (unlikely(!take_fresh(s, c, first, end)))
		found_of(&j->findings, ROW_OUTSIDE_TWICE, e,
		         FACTS(fact_word("stream", counter_names[count]), fact_n("vmid", vmid),
		               fact_n("first", first), fact_n("last", end - 1),
		               fact_n("next", c->next)),
		         "stream %s of VM %llu: numbers %llu to %llu, of which one was taken "
		         "before; "
		         "all below %llu were",
		         counter_names[count], (unsigned long long)vmid, (unsigned long long)first,
		         (unsigned long long)(end - 1), (unsigned long long)c->next);
	else if (unlikely(first < *least))
		found_of(&j->findings, ROW_OUTSIDE_BACK, e,
		         FACTS(fact_word("stream", counter_names[count]), fact_n("vmid", vmid),
		               fact_n("number", first), fact_n("least", *least)),
		         "CPU %u is at number %llu of stream %s of VM %llu, and takes %llu", e->cpu,
		         (unsigned long long)*least, counter_names[count], (unsigned long long)vmid,
		         (unsigned long long)first);
	*least = end;
}

/* A look at the number that is next: the CPU's own lie before it. */
static void peek(struct outside *s, struct judge *j, const struct event *e)
{
	u64 *least = &s->cpu[e->cpu].least[COUNT_DATA][e->args[1]];

	if (unlikely(e->args[2] < *least))
		found_of(&j->findings, ROW_OUTSIDE_BACK, e,
		         FACTS(fact_word("stream", "data"), fact_n("vmid", e->args[1]),
		               fact_n("number", e->args[2]), fact_n("least", *least)),
		         "CPU %u is at number %llu of stream data of VM %llu, and looks at %llu",
		         e->cpu, (unsigned long long)*least, (unsigned long long)e->args[1],
		         (unsigned long long)e->args[2]);
	KEEP(j, *least);
	*least = e->args[2];
}

/* The stream of the values: peeks are at those of the data oracle. */
static u32 oracle_of(u64 stream)
{
	return stream == MV_STREAM_DATA_PEEK ? MV_STREAM_DATA : (u32)stream;
}

/* Some value of the stream is the seed's, and some is not. */
static __attribute__((cold, noinline)) void disagree(struct outside *s, struct judge *j,
                                                     const struct event *e, u32 stream)
{
	char word[MARK_WORD];

	if (s->n.told >> stream & 1)
		return;
	s->n.told |= 1u << stream;
	found_of(&j->findings, ROW_OUTSIDE_VALUE, e,
	         FACTS(fact_word("stream", mark_word(NULL, MARG_STREAM, stream, NULL, 0))),
	         "stream %s: a value was given that is not the seed's, and another was left to the "
	         "seed",
	         mark_print(NULL, MARG_STREAM, stream, word, sizeof(word)));
}

static inline void is_seeded(struct outside *s, struct judge *j, const struct event *e, u32 stream)
{
	s->n.seeded |= 1u << stream;
	if (unlikely(s->n.own >> stream & 1))
		disagree(s, j, e, stream);
}

static inline void is_own(struct outside *s, struct judge *j, const struct event *e, u32 stream)
{
	s->n.own |= 1u << stream;
	if (unlikely(s->n.seeded >> stream & 1))
		disagree(s, j, e, stream);
}

/* What is wrong with the mark's numbers; NULL: nothing. */
static const char *wrong(const struct judge *j, const struct event *e)
{
	u64 stream = e->args[0], n = e->args[2], count = e->args[3];
	bool counts = stream <= MV_STREAM_CORE;

	if (stream >= STREAMS)
		return "there is no such stream";
	if (e->args[1] >= N_VMID)
		return "there is no such VM";
	if (count == 0 || (count > 1 && stream != MV_STREAM_DATA))
		return "so many values are none of the stream's";
	if (counts && n > INVALID64 - count)
		return "there is no number behind them";
	if (e->n > 4 && e->n - 4 != count)
		return "it has another number of values than it says";
	if (stream == MV_STREAM_SHARED_VCPU && n >= j->total_cpu)
		return "there is no such vCPU";
	if (stream == MV_STREAM_VERIFY_IMAGE && (e->n == 4 || e->args[4] > 1))
		return "an image is good, 1, or bad, 0";
	return NULL;
}

static void values(struct outside *s, struct judge *j, const struct event *e)
{
	u32 stream = oracle_of(e->args[0]);
	struct outside_cpu *c = &s->cpu[e->cpu];

	if (unlikely(c->flat)) {
		c->flat = 0;
		is_seeded(s, j, e, MV_STREAM_DATA);
	}
	if (e->n == 4 && e->args[0] == MV_STREAM_DATA) {
		c->flat = e->args[3];
		c->flat_at = j->findings.context.cpu_n[e->cpu];
		return;
	}
	if (e->n == 4) {
		is_seeded(s, j, e, stream);
		return;
	}
	s->n.given += e->args[3];
	if (s->n.own >> stream & 1 && !(s->n.seeded >> stream & 1))
		return;
	for (u32 i = 4; i < e->n; i++)
		if (e->args[i] != stream_value(j, stream, e->args[1], e->args[2] + i - 4))
			is_own(s, j, e, stream);
}

static void image(struct outside *s, const struct event *e)
{
	s->n.images++;
	if (e->args[4])
		return;
	s->n.bad++;
	s->cpu[e->cpu].bad = true;
}

/* verify_and_load_images has ended: with a bad image the machine has halted. */
static void verified(struct outside *s, struct judge *j, const struct event *e)
{
	bool bad = s->cpu[e->cpu].bad;

	s->cpu[e->cpu].bad = false;
	if (bad && !e->args[1])
		found(&j->findings, ROW_OUTSIDE_IMAGE, e, "CPU %u was told that an image is bad",
		      e->cpu);
}

/* What is kept of the CPU, but for its numbers, and the counts. */
static inline void keep(struct outside *s, struct judge *j, const struct event *e)
{
	struct outside_cpu *c = &s->cpu[e->cpu];

	KEEP(j, s->n);
	KEEP(j, c->flat);
	KEEP(j, c->flat_at);
	KEEP(j, c->bad);
}

void outside_event(struct outside *s, struct judge *j, const struct event *e)
{
	const char *why;
	u64 stream;

	keep(s, j, e);
	if (e->kind == MARK_SEVENT) {
		verified(s, j, e);
		return;
	}
	why = wrong(j, e);
	if (unlikely(why)) {
		found(&j->findings, ROW_OUTSIDE_RANGE, e, "%s", why);
		return;
	}
	stream = e->args[0];
	if (stream == MV_STREAM_VERIFY_IMAGE) {
		image(s, e);
		return;
	}
	values(s, j, e);
	if (stream == MV_STREAM_DATA)
		take(s, j, e, COUNT_DATA, e->args[1], e->args[2], e->args[3]);
	else if (stream == MV_STREAM_CORE)
		take(s, j, e, COUNT_CORE, e->args[1], e->args[2], 1);
	else if (stream == MV_STREAM_DATA_PEEK)
		peek(s, j, e);
}

void outside_flat(struct outside *s, struct judge *j, const struct event *e)
{
	struct outside_cpu *c = &s->cpu[e->cpu];
	u64 cells = 0;
	bool next = c->flat && j->findings.context.cpu_n[e->cpu] == c->flat_at + 1;

	keep(s, j, e);
	for (u32 i = 0; i < e->n; i++) {
		const struct diff *d = &e->diffs[i];
		u64 n = d->last - d->first + 1;

		cells += n;
		if (!d->oracle)
			continue;
		is_seeded(s, j, e, MV_STREAM_DATA);
		if (likely(d->vmid < N_VMID && n && d->index <= INVALID64 - n))
			take(s, j, e, COUNT_DATA, d->vmid, d->index, n);
		next = false;
	}
	if (likely(!c->flat))
		return;
	/* A frame that held the value before is no difference. */
	if (next && cells <= c->flat)
		is_own(s, j, e, MV_STREAM_DATA);
	else
		is_seeded(s, j, e, MV_STREAM_DATA);
	c->flat = 0;
}

/* Every CPU that did something says that its stream ended in order. */
static bool all_closed(const struct judge *j)
{
	u32 n = judge_n_cpus(j);

	return n > 0 && j->now.n_closed >= n;
}

/* In an episode that a halt or a cut has ended numbers may have been taken of which the CPU did not come to speak. */
static void end(void *own, struct judge *j, bool closed, bool cut)
{
	struct outside *s = own;

	if (!(closed || all_closed(j)) || cut || j->now.halted || !check_on(j, CHK_OUTSIDE))
		return;
	for (u32 i = 0; i < COUNTS; i++) {
		for (u32 v = 0; v < N_VMID; v++) {
			const struct counter *c = &s->counter[i][v];

			if (c->off || c->n == 0)
				continue;
			found_at_end(&j->findings, ROW_OUTSIDE_GAP, FINDING_NO_LOCK, FINDING_NO_CPU,
			             FACTS(fact_word("stream", counter_names[i]), fact_n("vmid", v),
			                   fact_n("taken", c->ahead[0].first),
			                   fact_n("next", c->next)),
			             "stream %s of VM %u: number %llu was taken, and nobody took "
			             "%llu to %llu",
			             counter_names[i], v, (unsigned long long)c->ahead[0].first,
			             (unsigned long long)c->next,
			             (unsigned long long)(c->ahead[0].first - 1));
		}
	}
}

static void verdict(const void *own, const struct judge *j, enum check_id id,
                    struct check_verdict *out)
{
	const struct outside *s = own;

	(void)id;
	(void)j;
	if (!s->n.taken && !s->n.given && !s->n.seeded && !s->n.images)
		verdict_lacks(out, "log has no values from outside");
	else if (s->n.lost)
		snprintf(out->worst, sizeof(out->worst),
		         "%llu values; %llu times too many CPUs were held back to tell",
		         (unsigned long long)s->n.taken, (unsigned long long)s->n.lost);
	else
		snprintf(out->worst, sizeof(out->worst),
		         "%llu values, %llu of them in the log; %llu of %llu images were bad",
		         (unsigned long long)s->n.taken, (unsigned long long)s->n.given,
		         (unsigned long long)s->n.bad, (unsigned long long)s->n.images);
}

const struct family outside_family = {
	.create = create, .free = free, .reset = reset, .end = end, .verdict = verdict
};
