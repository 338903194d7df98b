// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/log_locks.h"

#include "sim/base/vec.h"
#include "sim/inspect/sections_walk.h"
#include "sim/inspect/times.h"
#include "sim/log/op.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Rows: locks; or operations: those of the hypervisor, of a workload, and one for sections of none. */
enum { ROW_WORK = HYP_OP_NR, ROW_NO_OP = ROW_WORK + 64, ROWS_OPS, N_ROWS = 256 };

_Static_assert((u32)ROWS_OPS <= (u32)N_ROWS && (u32)ID_END <= (u32)N_ROWS, "a row each");

/**
 * struct lock_row
 * @acquired:   sections; @contended: of those, who had to wait
 * @hand_overs: from another CPU
 * @wait:       of LOCKS_BY_HOLDER: what each section of others waited while this one had the lock
 * @depth:      sum of the depths; @max_depth
 * @cpu:        [cpu] sections
 */
struct lock_row {
	u32 key;
	u64 acquired, contended, hand_overs, depth, max_depth;
	struct times wait, hold;
	u64 cpu[MAX_CPU];
};

/**
 * struct locks
 * @timed: durations are nanoseconds
 * @row:   [N_ROWS] by key
 */
struct locks {
	const struct locks_options *o;
	const struct log_source *s;
	bool timed;
	struct lock_row *row;
};

static const char *const sort_names[] = {
#define LOCKS_SORT(id, name) name,
#include "sim/inspect/locks_sort.def"
};

const char *locks_sort_name(u32 sort)
{
	return sort < LOCKS_SORT_NR ? sort_names[sort] : NULL;
}

static u32 op_key(const struct lock_section *s)
{
	if (s->in.atomic < HYP_OP_NR)
		return s->in.atomic;
	return s->in.work < 64 ? ROW_WORK + s->in.work : (u32)ROW_NO_OP;
}

static struct lock_row *row_of(const struct locks *t, const struct lock_section *s)
{
	u32 key = t->o->by == LOCKS_BY_LOCK ? s->lk : op_key(s);

	t->row[key].key = key;
	return &t->row[key];
}

/* What @s waited while @b had the lock. */
static u64 waited_for(const struct lock_section *s, const struct lock_section *b, bool timed)
{
	u64 from, to;

	if (!timed)
		return 1;
	from = max_u64(s->asked.ns, b->got.ns);
	to = min_u64(s->got.ns, b->released.ns);
	return to > from ? to - from : 0;
}

static void charge_holders(struct locks *t, const struct sections *ss, const struct lock_section *s)
{
	for (u32 i = 0; i < s->depth && i < MAX_CPU; i++) {
		const struct lock_section *b = sections_before(ss, s, i);

		if (b)
			times_add(&row_of(t, b)->wait, waited_for(s, b, t->timed));
	}
}

void locks_done(struct locks *t, const struct sections *ss, const struct lock_section *s)
{
	struct lock_row *r;

	if (!(t->o->locks >> s->lk & 1) || s->released.index < t->o->from ||
	    s->released.index > t->o->to)
		return;
	r = row_of(t, s);
	r->acquired++;
	r->contended += s->depth > 0;
	r->hand_overs += s->from != SECTION_NONE && s->from != s->cpu;
	r->depth += s->depth;
	r->max_depth = max_u64(r->max_depth, s->depth);
	r->cpu[s->cpu]++;
	times_add(&r->hold, section_hold(s, t->timed));
	if (t->o->by == LOCKS_BY_HOLDER)
		charge_holders(t, ss, s);
	else
		times_add(&r->wait, section_wait(s, t->timed));
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

static const char *row_name(const struct locks *t, const struct lock_row *r, char *buf, size_t size)
{
	const char *work;

	if (t->o->by == LOCKS_BY_LOCK)
		return lock_name_of(&t->s->config->locks, (lk_t)t->s->lock_name(t->s, (lk_t)r->key),
		                    buf, size);
	if (r->key < ROW_WORK)
		return op_function(r->key);
	work = nest_work_name(t->s->config, r->key - ROW_WORK);
	return r->key < ROW_NO_OP && work ? work : "-";
}

static u64 sort_value(const struct lock_row *r, enum locks_sort sort)
{
	switch (sort) {
	case LOCKS_SORT_WAIT:
		return r->wait.sum;
	case LOCKS_SORT_WAIT_MAX:
		return r->wait.max;
	case LOCKS_SORT_HOLD:
		return r->hold.sum;
	case LOCKS_SORT_HOLD_MAX:
		return r->hold.max;
	case LOCKS_SORT_ACQUISITIONS:
		return r->acquired;
	case LOCKS_SORT_CONTENDED:
		return r->contended;
	case LOCKS_SORT_HAND_OVERS:
		return r->hand_overs;
	case LOCKS_SORT_DEPTH:
		return r->max_depth;
	case LOCKS_SORT_NAME:
	case LOCKS_SORT_NR:
		break;
	}
	return 0;
}

/* Does row @a stand before row @b? */
static bool before(const struct locks *t, const struct lock_row *a, const struct lock_row *b)
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
static const struct lock_row **sorted(const struct locks *t, u32 *n)
{
	const struct lock_row **list = xcalloc(N_ROWS, sizeof(*list));

	*n = 0;
	for (u32 key = 0; key < N_ROWS; key++) {
		const struct lock_row *r = &t->row[key];
		u32 at = *n;

		if (!r->acquired && !r->wait.n)
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

static json_t *row_json(const struct locks *t, const struct lock_row *r)
{
	json_t *o = json_object(), *cpus = json_array();
	char buf[32];

	json_object_set_new(o, "name", json_string(row_name(t, r, buf, sizeof(buf))));
	if (t->o->by == LOCKS_BY_LOCK)
		json_object_set_new(o, "lock",
		                    json_integer((json_int_t)t->s->lock_name(t->s, (lk_t)r->key)));
	json_object_set_new(o, "acquisitions", json_integer((json_int_t)r->acquired));
	json_object_set_new(o, "contended", json_integer((json_int_t)r->contended));
	json_object_set_new(o, "hand_overs", json_integer((json_int_t)r->hand_overs));
	json_object_set_new(o, "mean_depth",
	                    json_real(r->acquired ? (double)r->depth / (double)r->acquired : 0));
	json_object_set_new(o, "max_depth", json_integer((json_int_t)r->max_depth));
	json_object_set_new(o, "jain", json_real(jain(r, t->s->config->cpus)));
	json_object_set_new(o, "wait", times_json(&r->wait));
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
	const struct lock_row **list;
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

static void print_row(const struct locks *t, const struct lock_row *r, FILE *f)
{
	char buf[32];

	fprintf(f, "%-24s %8" PRIu64 " %7" PRIu64 " %7" PRIu64, row_name(t, r, buf, sizeof(buf)),
	        r->acquired, r->contended, r->hand_overs);
	print_times(f, &r->wait);
	print_times(f, &r->hold);
	fprintf(f, "  %5.2f %2" PRIu64 " %5.3f\n",
	        r->acquired ? (double)r->depth / (double)r->acquired : 0.0, r->max_depth,
	        jain(r, t->s->config->cpus));
}

static void print_text(const struct locks *t, u32 left, FILE *f)
{
	static const char *const first[] = { "lock", "waits", "holds" };
	const struct lock_row **list;
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

struct locks *locks_new(const struct log_source *s, enum locks_by by)
{
	static const struct locks_options all[] = {
		[LOCKS_BY_LOCK] = { .by = LOCKS_BY_LOCK, .locks = ~0ull, .to = ~0ull },
		[LOCKS_BY_WAITER] = { .by = LOCKS_BY_WAITER, .locks = ~0ull, .to = ~0ull },
		[LOCKS_BY_HOLDER] = { .by = LOCKS_BY_HOLDER, .locks = ~0ull, .to = ~0ull },
	};
	struct locks *t = xcalloc(1, sizeof(*t));

	*t = (struct locks){ .o = &all[by], .s = s, .timed = s->config->timestamps };
	t->row = xcalloc(N_ROWS, sizeof(*t->row));
	return t;
}

void locks_free(struct locks *t)
{
	free(t->row);
	free(t);
}

static void stash_times(struct times *t, struct stash *s)
{
	stash_u64(s, &t->n);
	stash_u64(s, &t->min);
	stash_u64(s, &t->max);
	stash_u64(s, &t->sum);
	for (u32 i = 0; i < TIMES_BUCKETS; i++)
		stash_u64(s, &t->bucket[i]);
}

static void stash_row(struct lock_row *r, struct stash *s)
{
	u64 *const numbers[] = { &r->acquired, &r->contended, &r->hand_overs, &r->depth,
		                 &r->max_depth };

	for (u32 i = 0; i < ARRAY_SIZE(numbers); i++)
		stash_u64(s, numbers[i]);
	stash_times(&r->wait, s);
	stash_times(&r->hold, s);
	for (u32 i = 0; i < MAX_CPU; i++)
		stash_u64(s, &r->cpu[i]);
}

void locks_stash(struct locks *t, struct stash *s)
{
	for (u32 key = 0; key < N_ROWS; key++) {
		struct lock_row *r = &t->row[key];
		bool is = r->acquired || r->wait.n;

		r->key = key;
		stash_bool(s, &is);
		if (is)
			stash_row(r, s);
	}
}

/* Only of the locks that are asked for. */
static void drop_others(struct locks *t)
{
	for (u32 key = 0; key < ID_END; key++)
		if (t->o->by == LOCKS_BY_LOCK && !(t->o->locks >> key & 1))
			t->row[key] = (struct lock_row){ .key = key };
}

/* The index has the table of the whole log, and how it ended. */
static bool take_from_index(struct locks *t, struct log_source *s, struct log_index *ix,
                            struct sections *ss)
{
	const struct index_state st = { .sections = ss };
	struct stash table;

	if (!ix || t->o->from > 0 || t->o->to != ~0ull ||
	    (t->o->by != LOCKS_BY_LOCK && t->o->locks != ~0ull) ||
	    !index_in_part(ix->fd, &ix->locks[t->o->by], &ix->bytes))
		return false;
	table = stash_of(ix->bytes.v, ix->bytes.n);
	locks_stash(t, &table);
	if (!stash_done(&table) || !log_index_go_to_end(ix, s, &st)) {
		memset(t->row, 0, N_ROWS * sizeof(*t->row));
		return false;
	}
	drop_others(t);
	return true;
}

/* index_walk.may: is something of the block asked for? */
static bool may_count(void *arg, const struct index_block *b, u64 first, u64 last)
{
	const struct locks *t = arg;

	(void)b;
	return last >= t->o->from && first <= t->o->to;
}

/* sections_told.done */
static void done(void *arg, const struct sections *ss, const struct lock_section *s)
{
	locks_done(arg, ss, s);
}

static int read_all(struct locks *t, struct log_source *s, struct log_index *ix,
                    struct sections *ss, struct err *e)
{
	struct index_walk walk = { .ix = ix, .st = { .sections = ss }, .may = may_count, .arg = t };

	take_from_index(t, s, ix, ss);
	return sections_walk(ss, s, &walk, e);
}

int log_locks(struct log_source *s, struct log_index *ix, const char *path,
              const struct locks_options *o, FILE *f, struct err *e)
{
	struct locks t = { .o = o, .s = s, .timed = s->config->timestamps };
	const struct sections_told told = { .done = done, .arg = &t };
	struct sections *ss = sections_new(&told);
	u32 left;
	int rc;

	t.row = xcalloc(N_ROWS, sizeof(*t.row));
	rc = read_all(&t, s, ix, ss, e);
	left = sections_unfinished(ss);
	if (o->json)
		print_json(&t, path, left, f);
	else
		print_text(&t, left, f);
	sections_free(ss);
	free(t.row);
	return rc;
}
