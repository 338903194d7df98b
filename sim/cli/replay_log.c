// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/replay_log.h"

#include "sim/base/check.h"
#include "sim/base/interrupt.h"
#include "sim/cli/cmd.h"
#include "sim/log/format.h"
#include "sim/log/text/open.h"
#include "sim/rerun/record_reader.h"
#include "sim/rerun/rerun.h"

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* A text of a log begins with a comment, or with the number of a lock.  A pipe can be read once only, so what it gives is taken for a schedule. */
bool replay_log_is(const char *path)
{
	char head[8] = "";
	struct stat st;
	FILE *f;
	size_t n;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	f = fopen(path, "rb");
	if (!f)
		return false;
	n = fread(head, 1, sizeof(head), f);
	fclose(f);
	return n > 0 && (head[0] == '#' || isdigit((unsigned char)head[0]) ||
	                 (n == sizeof(head) && memcmp(head, LOG_FILE_MAGIC, sizeof(head)) == 0));
}

/**
 * struct replaying
 * @sum:   of all episodes that were executed; its differs: the first difference
 * @episodes: how many
 */
struct replaying {
	const struct replay_log_opts *o;
	struct log_source *source;
	struct rerun *rerun;
	struct rerun_result sum;
	u64 episodes;
	bool stopped;
};

/* How many bytes of a digest are written is the stream's business, which goes on from one replay to the next. */
static size_t without_digest(const char *text)
{
	return strcspn(text, "@");
}

static bool same(const struct rerun_differs *a, const struct rerun_differs *b)
{
	size_t n = without_digest(a->ours);

	return a->is == b->is && a->index == b->index && a->cpu == b->cpu &&
	       strcmp(a->log, b->log) == 0 && n == without_digest(b->ours) &&
	       memcmp(a->ours, b->ours, n) == 0;
}

/* An episode that differs is executed once more: if it does not differ in the same, that is a mistake of ours. */
static int again(struct replaying *r, const struct recorded *rec, const struct rerun_differs *was,
                 struct err *e)
{
	struct rerun_result is;
	char text[sizeof(was->ours) * 2 + 160];
	int rc = rerun_episode(r->rerun, rec, &is, e);

	if (rc < 0 || same(was, &is.differs))
		return rc;
	snprintf(text, sizeof(text),
	         "uncontrolled nondeterminism: two replays of one episode differ: \"%s\" of CPU %u "
	         "in "
	         "one, \"%s\" of CPU %u in the other",
	         was->ours, was->cpu, is.differs.is ? is.differs.ours : "nothing", is.differs.cpu);
	sim_bug(__FILE__, __LINE__, text);
}

static int episode(struct replaying *r, const struct recorded *rec, struct err *e)
{
	struct rerun_result one;
	int rc = rerun_episode(r->rerun, rec, &one, e);

	if (rc < 0)
		return rc;
	r->episodes++;
	r->sum.events += one.events;
	r->sum.entries += one.entries;
	r->sum.accesses += one.accesses;
	r->sum.values += one.values;
	r->sum.raced += one.raced;
	r->sum.unplaced += one.unplaced;
	r->sum.cut |= one.cut;
	r->sum.number = one.number;
	r->sum.differs = one.differs;
	return one.differs.is ? again(r, rec, &one.differs, e) : 0;
}

static int episodes(struct replaying *r, struct err *e)
{
	struct record_reader *reader = record_reader_new(r->source, r->o->episode);
	struct recorded *rec = NULL;
	int rc;

	while ((rc = record_reader_next(reader, &rec, e)) == 1) {
		rc = episode(r, rec, e);
		recorded_free(rec);
		r->stopped = interrupted() != 0;
		if (rc < 0 || r->sum.differs.is || r->stopped)
			break;
	}
	record_reader_free(reader);
	return rc < 0 ? rc : 0;
}

/* ---- what is told ---- */

static void print(const struct replaying *r, const struct log_status *s)
{
	const struct rerun_result *x = &r->sum;
	const struct rerun_differs *d = &x->differs;

	printf("%llu episode%s executed again: %llu entries of the core, %llu accesses of running "
	       "code; "
	       "%llu events compared\n",
	       (unsigned long long)r->episodes, r->episodes == 1 ? "" : "s",
	       (unsigned long long)x->entries, (unsigned long long)x->accesses,
	       (unsigned long long)x->events);
	if (x->raced)
		printf("%llu accesses read while a section was at work, and were placed by what "
		       "they "
		       "found\n",
		       (unsigned long long)x->raced);
	if (x->unplaced)
		printf("%llu of them found at no moment what the log says\n",
		       (unsigned long long)x->unplaced);
	if (s->finding)
		printf("the log breaks off, and was executed up to there: %s\n", s->finding->text);
	else if (x->cut)
		printf("the log is cut, and was executed up to the cut\n");
	if (r->stopped)
		printf("interrupted: what is behind episode %llu was not executed\n",
		       (unsigned long long)x->number);
	if (!d->is) {
		printf("no difference\n");
		return;
	}
	if (d->index == ~0ull)
		printf("DIFFERENCE in episode %llu, CPU %u:\n", (unsigned long long)x->number,
		       d->cpu);
	else
		printf("DIFFERENCE in episode %llu at event %llu, CPU %u:\n",
		       (unsigned long long)x->number, (unsigned long long)d->index, d->cpu);
	printf("  the log:    %s\n  the replay: %s\n", d->log, d->ours);
}

static void print_json(const struct replaying *r, const struct log_status *s)
{
	const struct rerun_result *x = &r->sum;
	const struct rerun_differs *d = &x->differs;
	json_t *o = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:b, s:b, s:b}", "episodes",
	                      (json_int_t)r->episodes, "entries", (json_int_t)x->entries,
	                      "accesses", (json_int_t)x->accesses, "events", (json_int_t)x->events,
	                      "values", (json_int_t)x->values, "raced", (json_int_t)x->raced,
	                      "unplaced", (json_int_t)x->unplaced, "cut", (int)x->cut, "broken",
	                      (int)(s->finding != NULL), "interrupted", (int)r->stopped);
	json_t *diff = json_null();

	if (d->is)
		diff = json_pack("{s:I, s:i, s:o, s:s, s:s}", "episode", (json_int_t)x->number,
		                 "cpu", (int)d->cpu, "event",
		                 d->index == ~0ull ? json_null()
		                                   : json_integer((json_int_t)d->index),
		                 "log", d->log, "replay", d->ours);
	json_object_set_new(o, "difference", diff);
	json_dumpf(o, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(o);
}

static int run(struct replaying *r, struct err *e)
{
	struct log_status status;
	int rc = rerun_new(&r->rerun, r->source->config, e);

	if (rc == 0)
		rc = episodes(r, e);
	if (rc == 0 && r->episodes == 0 && r->o->episode != ~0ull)
		rc = err_set(e, ERR_USAGE, "the log has no episode %llu",
		             (unsigned long long)r->o->episode);
	else if (rc == 0 && r->episodes == 0)
		rc = err_set(e, ERR_USAGE, "the log has no episode");
	if (rc == 0) {
		log_source_status(r->source, &status);
		(r->o->json ? print_json : print)(r, &status);
	}
	rerun_free(r->rerun);
	return rc;
}

int replay_log(const struct replay_log_opts *o)
{
	struct replaying r = { .o = o };
	struct err err;
	int rc = log_open(o->path, &r.source, &err);

	if (rc == 0) {
		rc = run(&r, &err);
		if (rc < 0)
			err_wrap(&err, "%s", o->path);
		r.source->close(r.source);
	}
	if (rc < 0) {
		fprintf(stderr, "hypsim replay: %s\n", err.msg);
		return err_status(err.code);
	}
	return r.sum.differs.is ? EXIT_VIOLATION : EXIT_NOTHING;
}
