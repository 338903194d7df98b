// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/log_locks.h"

#include "sim/base/vec.h"
#include "sim/inspect/lock_sums.h"
#include "sim/inspect/sections_walk.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Rows: locks, or operations. */
enum { N_ROWS = 256 };

_Static_assert((u32)SUMS_OPS <= (u32)N_ROWS && (u32)ID_END <= (u32)N_ROWS, "a row each");

/**
 * struct row
 * @key:  lock, or operation (lock_sums.h)
 * @r:    what is counted
 * @wait: which of its waits are told
 */
struct row {
	u32 key;
	struct lock_row r;
	const struct times *wait;
};

/**
 * struct locks
 * @timed: durations are nanoseconds
 * @sums:  of what was read, and of the index
 * @have_from, @have_to: first event that the index has counted, and the first behind: of sections that are let go there
 * @row:   [N_ROWS] by key
 */
struct locks {
	const struct locks_options *o;
	const struct log_source *s;
	bool timed;
	struct lock_sums *sums;
	u64 have_from, have_to;
	struct row *row;
};

static const char *const sort_names[] = {
#define LOCKS_SORT(id, name) name,
#include "sim/inspect/locks_sort.def"
};

const char *locks_sort_name(u32 sort)
{
	return sort < LOCKS_SORT_NR ? sort_names[sort] : NULL;
}

/* sections_told.done */
static void done(void *arg, const struct sections *ss, const struct lock_section *s)
{
	const struct locks *t = arg;
	u64 at = s->released.index;

	if (at >= t->o->from && at <= t->o->to && !(at >= t->have_from && at < t->have_to))
		lock_sums_done(t->sums, ss, s);
}

/* Jain's index of the CPUs' sections: 1 where all have as many, 1 / n where one has all. */
static double jain(const struct lock_row *r, u32 cpus)
{
	double sum = 0, squares = 0;

	for (u32 i = 0; i < cpus; i++) {
		sum += (double)r->cpu[i];
		squares += (double)r->cpu[i] * (double)r->cpu[i];
	}
	return squares > 0 ? sum * sum / ((double)cpus * squares) : 0;
}

static const char *row_name(const struct locks *t, const struct row *r, char *buf, size_t size)
{
	const char *work;

	if (t->o->by == LOCKS_BY_LOCK)
		return lock_name_of(&t->s->config->locks, (lk_t)t->s->lock_name(t->s, (lk_t)r->key),
		                    buf, size);
	if (r->key < SUMS_WORK)
		return op_function(r->key);
	work = nest_work_name(t->s->config, r->key - SUMS_WORK);
	return r->key < SUMS_NO_OP && work ? work : "-";
}

static u64 sort_value(const struct row *r, enum locks_sort sort)
{
	switch (sort) {
	case LOCKS_SORT_WAIT:
		return r->wait->sum;
	case LOCKS_SORT_WAIT_MAX:
		return r->wait->max;
	case LOCKS_SORT_HOLD:
		return r->r.hold.sum;
	case LOCKS_SORT_HOLD_MAX:
		return r->r.hold.max;
	case LOCKS_SORT_ACQUISITIONS:
		return r->r.acquired;
	case LOCKS_SORT_CONTENDED:
		return r->r.contended;
	case LOCKS_SORT_HAND_OVERS:
		return r->r.hand_overs;
	case LOCKS_SORT_DEPTH:
		return r->r.max_depth;
	case LOCKS_SORT_NAME:
	case LOCKS_SORT_NR:
		break;
	}
	return 0;
}

/* Does row @a stand before row @b? */
static bool before(const struct locks *t, const struct row *a, const struct row *b)
{
	u64 x = sort_value(a, t->o->sort), y = sort_value(b, t->o->sort);
	char p[32], q[32];
	int names;

	if (x != y)
		return x > y;
	names = strcmp(row_name(t, a, p, sizeof(p)), row_name(t, b, q, sizeof(q)));
	return names ? names < 0 : a->key < b->key;
}

/* Rows that there are, in their order: *@n of them. */
static const struct row **sorted(const struct locks *t, u32 *n)
{
	const struct row **list = xcalloc(N_ROWS, sizeof(*list));

	*n = 0;
	for (u32 key = 0; key < N_ROWS; key++) {
		const struct row *r = &t->row[key];
		u32 at = *n;

		if (!r->r.acquired && (!r->wait || !r->wait->n))
			continue;
		for (; at > 0 && before(t, r, list[at - 1]); at--)
			list[at] = list[at - 1];
		list[at] = r;
		++*n;
	}
	if (t->o->top)
		*n = (u32)min_u64(*n, t->o->top);
	return list;
}

static json_t *times_json(const struct times *t)
{
	return json_pack("{s:I,s:I,s:f,s:I,s:I,s:I,s:I}", "count", (json_int_t)t->n, "min",
	                 (json_int_t)t->min, "mean", times_mean(t), "p50",
	                 (json_int_t)times_at(t, 50), "p99", (json_int_t)times_at(t, 99), "max",
	                 (json_int_t)t->max, "total", (json_int_t)t->sum);
}

static json_t *row_json(const struct locks *t, const struct row *row)
{
	const struct lock_row *r = &row->r;
	json_t *o = json_object(), *cpus = json_array();
	char buf[32];

	json_object_set_new(o, "name", json_string(row_name(t, row, buf, sizeof(buf))));
	if (t->o->by == LOCKS_BY_LOCK)
		json_object_set_new(
			o, "lock", json_integer((json_int_t)t->s->lock_name(t->s, (lk_t)row->key)));
	json_object_set_new(o, "acquisitions", json_integer((json_int_t)r->acquired));
	json_object_set_new(o, "contended", json_integer((json_int_t)r->contended));
	json_object_set_new(o, "hand_overs", json_integer((json_int_t)r->hand_overs));
	json_object_set_new(o, "mean_depth",
	                    json_real(r->acquired ? (double)r->depth / (double)r->acquired : 0));
	json_object_set_new(o, "max_depth", json_integer((json_int_t)r->max_depth));
	json_object_set_new(o, "jain", json_real(jain(r, t->s->config->cpus)));
	json_object_set_new(o, "wait", times_json(row->wait));
	json_object_set_new(o, "hold", times_json(&r->hold));
	for (u32 i = 0; i < t->s->config->cpus; i++)
		json_array_append_new(cpus, json_integer((json_int_t)r->cpu[i]));
	json_object_set_new(o, "cpus", cpus);
	return o;
}

static void print_json(const struct locks *t, const char *path, u32 left, FILE *f)
{
	static const char *const by[] = { "lock", "waiter", "holder" };
	json_t *o = json_object(), *rows = json_array();
	const struct row **list;
	u32 n;

	list = sorted(t, &n);
	for (u32 i = 0; i < n; i++)
		json_array_append_new(rows, row_json(t, list[i]));
	json_object_set_new(o, "log", json_string(path));
	json_object_set_new(o, "by", json_string(by[t->o->by]));
	json_object_set_new(o, "wait_unit", json_string(t->timed ? "ns" : "hand-overs"));
	json_object_set_new(o, "hold_unit", json_string(t->timed ? "ns" : "events"));
	json_object_set_new(o, "unfinished", json_integer(left));
	json_object_set_new(o, "rows", rows);
	json_dumpf(o, f, JSON_COMPACT);
	fputc('\n', f);
	json_decref(o);
	free(list);
}

static void print_short(FILE *f, double v)
{
	char buf[32];

	fprintf(f, " %5s", times_short(v, buf, sizeof(buf)));
}

static void print_times(FILE *f, const struct times *t)
{
	fputc(' ', f);
	print_short(f, (double)t->min);
	print_short(f, times_mean(t));
	print_short(f, (double)times_at(t, 50));
	print_short(f, (double)times_at(t, 99));
	print_short(f, (double)t->max);
	print_short(f, (double)t->sum);
}

static void print_row(const struct locks *t, const struct row *row, FILE *f)
{
	const struct lock_row *r = &row->r;
	char buf[32];

	fprintf(f, "%-24s %8" PRIu64 " %7" PRIu64 " %7" PRIu64, row_name(t, row, buf, sizeof(buf)),
	        r->acquired, r->contended, r->hand_overs);
	print_times(f, row->wait);
	print_times(f, &r->hold);
	fprintf(f, "  %5.2f %2" PRIu64 " %5.3f\n",
	        r->acquired ? (double)r->depth / (double)r->acquired : 0.0, r->max_depth,
	        jain(r, t->s->config->cpus));
}

static void print_text(const struct locks *t, u32 left, FILE *f)
{
	static const char *const first[] = { "lock", "waits", "holds" };
	const struct row **list;
	u32 n;

	list = sorted(t, &n);
	fprintf(f, "%-24s %8s %7s %7s  %-36s  hold\n", "", "acqui-", "con-", "hand-",
	        t->o->by == LOCKS_BY_HOLDER ? " others' wait" : " wait");
	fprintf(f, "%-24s %8s %7s %7s", first[t->o->by], "sitions", "tended", "overs");
	for (u32 i = 0; i < 2; i++)
		fprintf(f, "  %5s %5s %5s %5s %5s %5s", "min", "mean", "p50", "p99", "max",
		        "total");
	fprintf(f, "  %5s %2s %5s\n", "depth", "<=", "Jain");
	for (u32 i = 0; i < n; i++)
		print_row(t, list[i], f);
	fprintf(f, "\n%s\n",
	        t->timed ? "wait and hold in ns"
	                 : "no timestamps: wait in hand-overs, hold in events of the holder");
	if (left)
		fprintf(f, "%u section%s did not end\n", left, left == 1 ? "" : "s");
	free(list);
}

static void add_to_row(struct locks *t, u32 key, const struct lock_row *more)
{
	struct row *row = &t->row[key];

	row->key = key;
	row->wait = t->o->by == LOCKS_BY_HOLDER ? &row->r.others : &row->r.wait;
	lock_row_add(&row->r, more);
}

/* The rows are the sums of those locks that are asked for. */
static void make_rows(struct locks *t)
{
	t->row = xcalloc(N_ROWS, sizeof(*t->row));
	for (u32 lk = 0; lk < ID_END; lk++)
		for (u32 op = 0; op < SUMS_OPS; op++) {
			const struct lock_row *r = lock_sums_row(t->sums, lk, op);

			if (r && t->o->locks >> lk & 1)
				add_to_row(t, t->o->by == LOCKS_BY_LOCK ? lk : op, r);
		}
}

/* The index has the table of the whole log. */
static bool is_whole(const struct locks *t, const struct log_index *ix)
{
	return t->o->from == 0 && t->o->to >= ix->point[ix->n_points - 1].index;
}

/* What the index has counted of the part that is asked for. */
static void take_from_index(struct locks *t, struct log_index *ix)
{
	u32 first = 0, end = 0, from, to;

	if (!ix)
		return;
	if (is_whole(t, ix)) {
		if (index_sums_whole(ix->fd, &ix->locks, &ix->bytes, t->sums))
			t->have_to = ~0ull;
		return;
	}
	/* Blocks all of which is asked for. */
	while (first < ix->n_points && (first ? ix->point[first - 1].index : 0) < t->o->from)
		first++;
	while (end < ix->n_points && ix->point[end].index <= t->o->to)
		end++;
	if (first < end &&
	    index_sums_take(ix->fd, &ix->locks, &ix->bytes, first, end, t->sums, &from, &to) &&
	    from < to) {
		t->have_from = from ? ix->point[from - 1].index : 0;
		t->have_to = ix->point[to - 1].index;
	}
}

/* index_walk.may: is something of the block asked for that the index has not counted? */
static bool may_count(void *arg, const struct index_block *b, u64 first, u64 last)
{
	const struct locks *t = arg;

	(void)b;
	return last >= t->o->from && first <= t->o->to &&
	       !(first >= t->have_from && last < t->have_to);
}

int log_locks(struct log_source *s, struct log_index *ix, const char *path,
              const struct locks_options *o, FILE *f, struct err *e)
{
	struct locks t = { .o = o, .s = s, .timed = s->config->timestamps };
	const struct sections_told told = { .done = done, .arg = &t };
	struct sections *ss = sections_new(&told);
	struct index_walk walk = {
		.ix = ix, .st = { .sections = ss }, .may = may_count, .arg = &t
	};
	u32 left;
	int rc;

	t.sums = lock_sums_new(t.timed);
	take_from_index(&t, ix);
	rc = sections_walk(ss, s, &walk, e);
	left = sections_unfinished(ss);
	make_rows(&t);
	if (o->json)
		print_json(&t, path, left, f);
	else
		print_text(&t, left, f);
	sections_free(ss);
	lock_sums_free(t.sums);
	free(t.row);
	return rc;
}
