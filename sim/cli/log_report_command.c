// SPDX-License-Identifier: GPL-2.0-only
/* hypsim log report: verdict, first finding, contention and a timeline of a log, as one page without anything beside it. */
#include "oracle/report/feed.h"
#include "oracle/report/page.h"
#include "oracle/report/verdicts.h"
#include "sim/base/whole_file.h"
#include "sim/cli/cmd.h"
#include "sim/cli/html.h"
#include "sim/cli/log_command.h"
#include "sim/cli/output.h"
#include "sim/inspect/log_index.h"
#include "sim/inspect/log_locks.h"
#include "sim/inspect/log_waits.h"
#include "sim/inspect/timeline.h"
#include "sim/log/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* The page has at most eight million bytes: so many are the timeline's, and the rest is text. */
enum { TIMELINE_BYTES = 7000000, TEXT_BYTES = 200000, PATH_BYTES = 200 };

/* Where a finding is, so many events before it are in the timeline. */
enum { BEFORE_FINDING = 100000 };

enum { TOP_LOCKS = 20, TOP_WAITS = 5 };

static const char page_head[] =
#define HEAD(text) text
#define SCRIPT(text)
#include "sim/cli/report_page.def"
	;

static const char page_script[] =
#define HEAD(text)
#define SCRIPT(text) text
#include "sim/cli/report_page.def"
	;

/**
 * struct report_args
 * @from, @to: of the timeline
 */
struct report_args {
	struct log_files in;
	u64 from, to;
};

/**
 * struct report - what stands in a page
 * @judged: the verdict and findings; @locks, @waits: tables; malloc'ed text
 * @found:  event of the first finding; ~0: there is none
 * @status: of the verdict
 */
struct report {
	struct report_args *a;
	char *judged, *locks, *waits;
	u64 found;
	int status;
	json_t *timeline;
	struct timeline_part part;
};

static bool keep_going(void)
{
	return !cli_stdout_broken();
}

static u64 first_found(const struct checker *c)
{
	u32 n;
	const struct finding *f = checker_findings(c, &n);

	return n ? f[0].index : ~0ull;
}

/* All checks over the log. */
static int judge(struct report *r, struct log_source *s, struct err *e)
{
	struct checker *c = checker_new(s->config, check_set_all());
	const char *path = r->a->in.file[0];
	struct log_status status;
	size_t size;
	FILE *f = open_memstream(&r->judged, &size);
	int rc = feed_checker(s, c, NULL, e);

	feed_merge_verdict(s, c, rc == 0, &status);
	checker_end(c, false);
	if (f) {
		fprintf(f, "%s: %" PRIu64 " events%s: %s\n", path, checker_n_events(c),
		        status.cut ? ", cut" : "",
		        checker_n_findings(c) ? "VIOLATION"
		        : rc < 0              ? "not judged to the end"
		                              : "ok");
		verdicts_table(f, c, false);
		page_findings(f, c, s->config, (struct page_how){ .log = path });
		page_known(f, c, s->config);
		fclose(f);
	}
	r->found = first_found(c);
	r->status = checker_n_findings(c) ? EXIT_VIOLATION : EXIT_NOTHING;
	checker_free(c);
	return rc;
}

static int contention(struct report *r, struct log_source *s, struct err *e)
{
	const struct locks_options o = { .locks = ~0ull, .to = ~0ull, .top = TOP_LOCKS };
	size_t size;
	FILE *f = open_memstream(&r->locks, &size);
	int rc;

	/* The longest waits, which come next, are answered by the same index. */
	log_find_index(&r->a->in, s);
	rc = f ? log_locks(s, r->a->in.ix, r->a->in.file[0], &o, f, e)
	       : err_set(e, ERR_HOST, "no memory for a page");

	if (f)
		fclose(f);
	return rc;
}

static int waits(struct report *r, struct log_source *s, struct err *e)
{
	const struct waits_options o = {
		.by = WAITS_BY_NR, .locks = ~0ull, .cpus = ~0ull, .to = ~0ull, .top = TOP_WAITS
	};
	size_t size;
	FILE *f = open_memstream(&r->waits, &size);
	int rc = f ? log_waits(s, r->a->in.ix, r->a->in.file[0], &o, f, e)
	           : err_set(e, ERR_HOST, "no memory for a page");

	if (f)
		fclose(f);
	return rc;
}

/* What was asked for; else round the first finding; else from the beginning on. */
static int timeline(struct report *r, struct log_source *s, struct err *e)
{
	struct timeline_options o = { .from = r->a->from,
		                      .to = r->a->to,
		                      .bytes = TIMELINE_BYTES,
		                      .keep_going = keep_going };

	if (o.from == 0 && o.to == ~0ull && r->found != ~0ull && r->found > BEFORE_FINDING)
		o.from = r->found - BEFORE_FINDING;
	r->timeline = timeline_read(s, &o, &r->part, e);
	return r->timeline ? 0 : -(int)e->code;
}

/* Each of a report's parts reads its source to the end, so each has a source of its own. */
static int read_with(struct report *r,
                     int (*part)(struct report *, struct log_source *, struct err *), struct err *e)
{
	struct log_source *s;
	int rc = log_open(r->a->in.file[0], &s, e);

	if (rc < 0)
		return rc;
	rc = part(r, s, e);
	s->close(s);
	return rc;
}

static void put_part(FILE *f, const char *title, const char *text)
{
	fprintf(f, "<h2>%s</h2>\n<pre>", title);
	if (!html_text(f, text ? text : "", TEXT_BYTES))
		fputs("\n... and more: hypsim check", f);
	fputs("</pre>\n", f);
}

/* What the timeline has, and what not. */
static void put_left_out(FILE *f, const struct report *r)
{
	const struct timeline_part *p = &r->part;

	if (p->n == 0) {
		fputs("<p id=\"part\">No event is in the timeline.</p>\n", f);
		return;
	}
	fprintf(f, "<p id=\"part\">The timeline has events %" PRIu64 " to %" PRIu64 " of %" PRIu64,
	        p->from, p->to, p->events);
	if (p->from > 0 || p->to + 1 < p->events)
		fputs("; the others are left out (hypsim log report --from I --to I)", f);
	if (r->found != ~0ull)
		fprintf(f, ". The first finding is at event %" PRIu64, r->found);
	fputs(".</p>\n", f);
}

static int write_page(const struct report *r, struct whole_file *to, struct err *e)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	int rc;

	if (!f)
		return err_set(e, ERR_HOST, "no memory for a page");
	fputs(page_head, f);
	fputs("<h1>", f);
	(void)html_text(f, r->a->in.file[0], PATH_BYTES);
	fputs("</h1>\n", f);
	put_part(f, "Verdict", r->judged);
	put_left_out(f, r);
	fputs("<script type=\"application/json\" id=\"timeline\">", f);
	json_in_page(f, r->timeline);
	fputs("</script>\n", f);
	fputs(page_script, f);
	put_part(f, "Locks", r->locks);
	put_part(f, "Longest waits", r->waits);
	fputs("</body>\n</html>\n", f);
	rc = fclose(f) == 0 ? whole_write(to, text, size, e)
	                    : err_set(e, ERR_HOST, "no memory for a page");
	free(text);
	return rc;
}

static int make(struct report *r, struct err *e)
{
	struct whole_file to;
	int rc = whole_open(&to, r->a->in.file[1], e);

	if (rc < 0)
		return rc;
	rc = read_with(r, judge, e);
	if (rc >= 0)
		rc = read_with(r, contention, e);
	if (rc >= 0)
		rc = read_with(r, waits, e);
	if (rc >= 0)
		rc = read_with(r, timeline, e);
	if (rc >= 0)
		rc = write_page(r, &to, e);
	if (rc >= 0)
		rc = whole_commit(&to, e);
	whole_drop(&to);
	return rc;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct report_args *a = state->input;

	return log_parse_range(key, arg, state, &a->from, &a->to);
}

static const struct argp_option options[] = {
	LOG_RANGE_ROWS("the timeline begins at this index in the merged log",
	               "and ends at this one, or where the page is full"),
	LOG_INDEX_ROW,
	{ 0 },
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "LOG FILE.html",
	.doc = "A log as one page for a browser, without anything beside it: the verdict of all "
	       "checks and the first finding, the locks, the longest waits, and a timeline "
	       "of CPUs and locks that zooms, filters, and says of each bar what it is and what "
	       "the CPUs were in.  Of a long log the timeline has a part: round the first "
	       "finding, or from the beginning on; the page has at most 8 MB."
};

static int run(int argc, char **argv)
{
	struct report_args a = { .to = ~0ull };
	struct report r = { .a = &a, .found = ~0ull };
	struct err e;
	int rc, status;

	log_parse(&argp, argc, argv, 2, &a);
	rc = make(&r, &e);
	status = rc < 0 ? log_complain(&a.in, &e) : r.status;
	if (rc >= 0)
		fprintf(stderr,
		        "%s: %s: events %" PRIu64 " to %" PRIu64 " of %" PRIu64 ", %u bars\n",
		        a.in.name, a.in.file[1], r.part.from, r.part.to, r.part.events, r.part.n);
	log_index_close(a.in.ix);
	json_decref(r.timeline);
	free(r.judged);
	free(r.locks);
	free(r.waits);
	return cli_finish_stdout(status);
}

const struct log_command log_command_report = {
	"report", "one page for a browser: verdict, contention, timeline", run
};
