// SPDX-License-Identifier: GPL-2.0-only
/*
 * A barrier() is carried by the next record of its CPU, so its mark may come out a segment late.  It says what its CPU did between two
 * of its own records, which is where it stands then, too; and a segment is the bytes that there are, so that equal segments are decoded
 * from equal states to equal events.
 */
#include "sim/explore/judge.h"

#include "sim/base/check.h"
#include "sim/base/vec.h"
#include "sim/explore/judge_events.h"
#include "sim/explore/schedule_keys.h"
#include "sim/log/read/decode.h"
#include "sim/log/read/decode_kept.h"

#include <stdio.h>
#include <string.h>

/**
 * struct noted - a segment: what CPU @cpu's stream has up to @to
 */
struct noted {
	struct judge_place to;
	u32 cpu;
};

/**
 * struct judged - a segment of the execution that was judged last
 * @from:   where it begins, and @kept the decoder there
 * @events: where its events begin
 * @pushed: locks (bits) that have a push in it, or in a segment before it
 */
struct judged {
	struct noted noted;
	struct judge_place from;
	struct events_mark events;
	u64 pushed;
	struct decoder_kept kept;
};

/**
 * struct explore_judge
 * @cpus:   streams
 * @based:  the prefix was judged; @base: [cpus] how far the streams had come, @base_events: its events
 * @left:   [cpus] how far each stream was noted in this execution
 * @noted:  the execution's segments
 * @judged: [n_judged] those of the last one that was judged; the others keep what they own
 * @dec, @read: [cpus] a stream's decoder, and how far it was read
 * @objs:   of the machine, or NULL
 * @digest: [lk] of the log's object behind the prefix; @told: locks (bits) of which there is one
 */
struct explore_judge {
	struct log *log;
	struct checker *checker;
	u32 cpus;
	bool based;
	u64 base_events;
	struct judge_place base[MAX_CPU], left[MAX_CPU], read[MAX_CPU];
	VEC(struct noted) noted;
	struct judged *judged;
	u32 n_judged, judged_cap;
	struct decoder *dec;
	struct judge_events events;
	const struct obj *objs;
	u64 told, digest[ID_END];
};

int explore_judge_new(struct explore_judge **out, struct log *log, struct check_set checks,
                      struct check_how how, struct err *e)
{
	struct explore_judge *j;

	if (log->slots.kind != LOG_MEMORY || log->handover)
		return err_set(e, ERR_USAGE, "only a log in memory is judged while CPUs run");
	j = xcalloc(1, sizeof(*j));
	j->log = log;
	j->cpus = log->cpus;
	j->checker = checker_new(log->config, checks);
	checker_how(j->checker, how);
	j->dec = xcalloc(j->cpus, sizeof(*j->dec));
	for (u32 c = 0; c < j->cpus; c++) {
		SIM_ASSERT(log->chunks[c].v[0]->seq == 0);
		decoder_init(&j->dec[c], c, log->config);
		j->read[c] = j->left[c] =
			(struct judge_place){ .at = sizeof(struct log_chunk_header) };
	}
	*out = j;
	return 0;
}

void explore_judge_free(struct explore_judge *j)
{
	if (!j)
		return;
	for (u32 c = 0; c < j->cpus; c++)
		decoder_destroy(&j->dec[c]);
	for (u32 i = 0; i < j->judged_cap; i++)
		decoder_kept_free(&j->judged[i].kept);
	free(j->judged);
	free(j->dec);
	vec_free(&j->noted);
	judge_events_free(&j->events);
	checker_free(j->checker);
	free(j);
}

void explore_judge_memory(struct explore_judge *j, const struct obj *objs)
{
	j->objs = objs;
}

void explore_judge_whole(struct explore_judge *j, bool whole)
{
	checker_whole(j->checker, whole);
}

struct judge_place explore_judge_here(struct log *log, u32 cpu)
{
	const struct log_writer *w = log_writer(log, cpu);

	return (struct judge_place){ .chunk = w->chunk->seq, .at = place_at(w->place) };
}

void explore_judge_segment(struct explore_judge *j, u32 cpu)
{
	explore_judge_segment_to(j, cpu, explore_judge_here(j->log, cpu));
}

void explore_judge_segment_to(struct explore_judge *j, u32 cpu, struct judge_place to)
{
	struct judge_place *left = &j->left[cpu];

	SIM_ASSERT_DBG(cpu < j->cpus);
	if (to.at == left->at && to.chunk == left->chunk)
		return;
	*left = to;
	vec_push(&j->noted, ((struct noted){ .to = to, .cpu = cpu }));
}

u32 explore_judge_segments(const struct explore_judge *j)
{
	return j->noted.n;
}

/* ---- reading ---- */

/* A stream that this program wrote is not one: a mistake of ours. */
static __attribute__((noreturn, cold)) void unreadable(const struct decoder *d)
{
	sim_bug(__FILE__, __LINE__, d->why);
}

/* The decoder has bytes: all events of them. */
static void take(struct explore_judge *j, struct decoder *d)
{
	struct decode_batch *b = judge_events_batch(&j->events);

	for (;;) {
		switch (decoder_run(d, b)) {
		case DECODE_STEP:
			while (!decoder_fits(d, b))
				judge_events_room(&j->events, d);
			decoder_emit(d, b);
			break;
		case DECODE_EPISODE:
			judge_events_episode(&j->events, d);
			break;
		case DECODE_CLOSE:
			break;
		case DECODE_FULL:
			judge_events_room(&j->events, d);
			break;
		case DECODE_END:
			return;
		case DECODE_ERROR:
			unreadable(d);
		}
	}
}

/* Stream @cpu up to @to.  What its CPU wrote when there was no chunk any more is nowhere: the log has failed. */
static void read_up_to(struct explore_judge *j, u32 cpu, struct judge_place to)
{
	const struct log_chunks *own = &j->log->chunks[cpu];
	struct judge_place *at = &j->read[cpu];

	while (at->chunk < own->n) {
		const struct log_chunk_header *h = own->v[at->chunk];
		bool last = at->chunk == to.chunk;
		u32 end = last ? to.at : (u32)(sizeof(*h) + h->record_bytes);

		decoder_feed(&j->dec[cpu], (const u8 *)h + at->at, (const u8 *)h + end, false);
		take(j, &j->dec[cpu]);
		at->at = end;
		if (last)
			return;
		*at = (struct judge_place){ .chunk = at->chunk + 1, .at = sizeof(*h) };
	}
}

/* Locks (bits) that have a push among the events from @first on. */
static u64 pushes(const struct judge_events *s, u32 first)
{
	u64 locks = 0;

	for (u32 i = first; i < s->batch.n; i++)
		if (event_is_push(s->batch.event[i].kind))
			locks |= 1ull << s->batch.event[i].lk;
	return locks;
}

/* The next segment of those that were noted becomes events. */
static void read_segment(struct explore_judge *j, const struct noted *n)
{
	struct judged *s;

	if (j->n_judged == j->judged_cap) {
		u32 had = j->judged_cap;

		j->judged = vec_grow(j->judged, &j->judged_cap, sizeof(*j->judged));
		memset(j->judged + had, 0, (j->judged_cap - had) * sizeof(*j->judged));
	}
	s = &j->judged[j->n_judged];
	s->noted = *n;
	s->from = j->read[n->cpu];
	s->events = judge_events_mark(&j->events);
	decoder_keep(&j->dec[n->cpu], &s->kept);
	read_up_to(j, n->cpu, n->to);
	if (s->events.n < j->events.batch.n)
		j->events.batch.event[s->events.n].flags |= EVF_PLACE;
	s->pushed = pushes(&j->events, s->events.n);
	s->pushed |= j->n_judged ? s[-1].pushed : 0;
	j->n_judged++;
}

/* ---- the prefix ---- */

/* Streams begin with the mark of the episode, before any CPU runs: all of them come first, as a merge has them. */
static void read_episodes(struct explore_judge *j)
{
	for (u32 c = 0; c < j->cpus; c++) {
		const struct log_chunk_header *h = j->log->chunks[c].v[0];
		u32 end = h == log_writer(j->log, c)->chunk ? place_at(log_writer(j->log, c)->place)
		                                            : (u32)(sizeof(*h) + h->record_bytes);
		struct decoder look, *d = &j->dec[c];
		const u8 *at = (const u8 *)h + j->read[c].at;

		decoder_copy(&look, d);
		decoder_feed(&look, at, (const u8 *)h + end, false);
		look.limit = min_u64(end, j->read[c].at + 1) + (const u8 *)h;
		if (decoder_run(&look, NULL) != DECODE_EPISODE)
			continue;
		decoder_feed(d, at, look.cur, false);
		take(j, d);
		j->read[c].at = (u32)(look.cur - (const u8 *)h);
	}
}

/* What the log says of each object, for explore_judge_memory(). */
static void take_digests(struct explore_judge *j)
{
	for (lk_t lk = 0; lk < ID_END; lk++) {
		const struct obj *o = checker_has(j->checker, CHK_CONTENTS)
		                              ? checker_contents(j->checker, lk)
		                              : NULL;

		if (!o)
			continue;
		j->digest[lk] = o->digest;
		j->told |= 1ull << lk;
	}
}

int explore_judge_base(struct explore_judge *j, struct err *e)
{
	SIM_ASSERT(!j->based);
	if (flag_get(&j->log->slots.failed)) {
		*e = j->log->slots.error;
		return -(int)e->code;
	}
	for (u32 c = 0; c < j->cpus; c++)
		explore_judge_segment(j, c);
	read_episodes(j);
	for (u32 i = 0; i < j->noted.n; i++)
		read_up_to(j, j->noted.v[i].cpu, j->noted.v[i].to);
	j->base_events = j->events.batch.n;
	checker_feed(j->checker, j->events.batch.event, j->events.batch.n);
	judge_events_cut(&j->events, (struct events_mark){ 0 });
	j->noted.n = 0;
	memcpy(j->base, j->left, sizeof(j->base));
	j->based = true;
	checker_keep_places(j->checker);
	take_digests(j);
	return 0;
}

/* ---- an execution ---- */

/* The next execution begins where the prefix ended. */
static void begin(struct explore_judge *j)
{
	j->noted.n = 0;
	memcpy(j->left, j->base, j->cpus * sizeof(*j->left));
}

void explore_judge_drop(struct explore_judge *j)
{
	begin(j);
}

/* What was judged behind the first @same segments, the end, too, is undone. */
static void go_back(struct explore_judge *j, u32 same)
{
	u64 back = 0;

	for (u32 i = same; i < j->n_judged; i++) {
		const struct judged *s = &j->judged[i];

		if (back >> s->noted.cpu & 1)
			continue;
		back |= 1ull << s->noted.cpu;
		decoder_go_back(&j->dec[s->noted.cpu], &s->kept);
		j->read[s->noted.cpu] = s->from;
	}
	if (same < j->n_judged)
		judge_events_cut(&j->events, j->judged[same].events);
	j->n_judged = same;
	checker_undo(j->checker, j->base_events + j->events.batch.n);
}

static void segment_print(const struct noted *n, char *buf, size_t size)
{
	snprintf(buf, size, "CPU %u's stream up to byte %u of chunk %llu", n->cpu, n->to.at,
	         (unsigned long long)n->to.chunk);
}

/* The first @same segments are those of the last execution: else it wrote something else in the same steps. */
static void must_be_same(const struct explore_judge *j, u32 same)
{
	SIM_ASSERT(same <= j->n_judged);
	SIM_ASSERT(same <= j->noted.n);
	for (u32 i = 0; i < same; i++) {
		const struct noted *a = &j->noted.v[i], *b = &j->judged[i].noted;
		char was[96], is[96];

		if (likely(a->cpu == b->cpu && a->to.at == b->to.at && a->to.chunk == b->to.chunk))
			continue;
		segment_print(b, was, sizeof(was));
		segment_print(a, is, sizeof(is));
		nondeterminism("what is logged", was, is);
	}
}

/* The machine holds @digest in object @lk, and the log another: as machine_end_episode() would say it. */
static __attribute__((cold)) void memory_is(struct explore_judge *j, lk_t lk, u64 digest)
{
	const u64 args[] = { lk, digest };
	struct event e = { .kind = MARK_MEMORY, .arg = lk, .n = ARRAY_SIZE(args), .args = args };

	checker_feed(j->checker, &e, 1);
}

/* Of the objects in @changed (bits): where the digest is what it was, and nobody has pushed the object, the log has it, too. */
static void look_at_memory(struct explore_judge *j, u64 changed)
{
	u64 pushed = j->n_judged ? j->judged[j->n_judged - 1].pushed : 0;

	for (u64 left = (changed | pushed) & j->told; left; left &= left - 1) {
		lk_t lk = (lk_t)__builtin_ctzll(left);
		u64 is = j->objs[lk].digest;
		const struct obj *o;

		if (is == j->digest[lk] && !(pushed >> lk & 1))
			continue;
		o = checker_contents(j->checker, lk);
		if (o && o->digest != is)
			memory_is(j, lk, is);
	}
}

u64 explore_judge_end(struct explore_judge *j, u32 same, bool closed, u64 changed)
{
	u32 first;

	SIM_ASSERT(j->based);
	must_be_same(j, same);
	go_back(j, same);
	first = j->events.batch.n;
	for (u32 i = same; i < j->noted.n; i++)
		read_segment(j, &j->noted.v[i]);
	checker_feed(j->checker, j->events.batch.event + first, j->events.batch.n - first);
	if (j->objs)
		look_at_memory(j, changed);
	checker_end(j->checker, closed);
	begin(j);
	return checker_n_findings(j->checker);
}

/* ---- what it says ---- */

struct checker *explore_judge_checker(struct explore_judge *j)
{
	return j->checker;
}

u64 explore_judge_base_events(const struct explore_judge *j)
{
	return j->base_events;
}

const struct event *explore_judge_events(const struct explore_judge *j, u32 *n)
{
	*n = j->events.batch.n;
	return j->events.batch.event;
}

u32 explore_judge_first(const struct explore_judge *j, u32 segment)
{
	SIM_ASSERT(segment <= j->n_judged);
	return segment < j->n_judged ? j->judged[segment].events.n : j->events.batch.n;
}
