// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/log_stats.h"

#include "sim/base/vec.h"
#include "sim/inspect/times.h"
#include "sim/log/op.h"
#include "sim/log/text/skipped.h"

#include <inttypes.h>
#include <jansson.h>

/**
 * struct lock_stats
 * @depth:  sum over the INC_TICKETs of how many stood before them, the holder included
 * @owner:  CPU that held the lock last; ~0: none
 * @asked_ns, @held_ns: time of the CPU's last INC_TICKET, of the last HOLD_LOCK
 */
struct lock_stats {
	bool seen;
	u64 name;
	u64 asked, contended, acquired, hand_overs, reads;
	u64 depth, max_depth;
	u32 owner;
	u64 asked_ns[MAX_CPU], held_ns;
	struct times wait, hold;
};

enum { MAX_WORK = 64 };

/**
 * struct stats
 * @flat:   of the pushes, those of flat memory, which has no lock
 * @episode: the one that began last
 * @work:   begins of a workload's operations, by their number
 * @atomic: atomic events of the hypervisor's operations, by function; @halted: those that halted the machine
 */
struct stats {
	u64 work[MAX_WORK], atomic[HYP_OP_NR], halted[HYP_OP_NR];
	u64 events, marks, pushes, pulls, diffs, flat;
	u64 cpu_events[MAX_CPU];
	u64 episode;
	struct lock_stats lock[ID_END];
};

static void take_holder(struct lock_stats *l, const struct event *e)
{
	l->acquired++;
	l->hand_overs += l->owner != ~0u && l->owner != e->cpu;
	l->owner = e->cpu;
	l->held_ns = e->time_ns;
}

static void take_lock(struct lock_stats *l, const struct event *e)
{
	bool timed = e->flags & EVF_TIME;

	if (e->kind == EV_INC_TICKET) {
		u32 depth = e->ticket - e->now;

		l->asked++;
		l->contended += depth > 0;
		l->depth += depth;
		l->max_depth = max_u64(l->max_depth, depth);
		l->asked_ns[e->cpu] = e->time_ns;
	} else if (e->kind == EV_GET_NOW) {
		l->reads++;
	} else if (e->kind == EV_HOLD_LOCK) {
		take_holder(l, e);
		if (timed)
			times_add(&l->wait, e->time_ns - l->asked_ns[e->cpu]);
	} else if (e->kind == EV_WAIT_LOCK) {
		take_holder(l, e);
	} else if ((e->kind == EV_INC_NOW || e->kind == EV_REL_LOCK) && timed) {
		times_add(&l->hold, e->time_ns - l->held_ns);
	}
}

static void take_mark(struct stats *t, const struct event *e)
{
	u64 id = e->n > 0 ? e->args[0] : ~0ull;

	t->marks++;
	if (e->kind == MARK_EPISODE && id != t->episode) {
		t->episode = id;
		/* The locks of the new machine had no owner yet. */
		for (u32 lk = 0; lk < ID_END; lk++)
			t->lock[lk].owner = ~0u;
	}
	if (e->kind == MARK_BEGIN && id < MAX_WORK)
		t->work[id]++;
	if (e->kind == MARK_SEVENT && id < HYP_OP_NR) {
		t->atomic[id]++;
		t->halted[id] += e->n > 1 && e->args[1];
	}
}

static void take(struct stats *t, struct log_source *s, const struct event *e)
{
	t->events++;
	t->cpu_events[e->cpu % MAX_CPU]++;
	if (event_is_mark(e->kind)) {
		take_mark(t, e);
		return;
	}
	t->pulls += e->kind == EV_OPULL;
	t->pushes += event_is_push(e->kind);
	t->diffs += event_is_push(e->kind) ? e->n : 0;
	if (e->kind == EV_OFLATMEM && s->lock_name(s, e->lk) == FLATMEM_ID) {
		t->flat++;
		return;
	}
	if (e->lk >= ID_END)
		return;
	if (!t->lock[e->lk].seen) {
		t->lock[e->lk].seen = true;
		t->lock[e->lk].owner = ~0u;
		t->lock[e->lk].name = s->lock_name(s, e->lk);
	}
	take_lock(&t->lock[e->lk], e);
}

static json_t *times_json(const struct times *t)
{
	return json_pack("{s:I,s:I,s:I}", "p50_ns", (json_int_t)times_at(t, 50), "p99_ns",
	                 (json_int_t)times_at(t, 99), "max_ns", (json_int_t)t->max);
}

static json_t *lock_json(const struct lock_stats *l)
{
	json_t *o = json_pack("{s:I,s:I,s:I,s:I,s:I,s:I}", "lock", (json_int_t)l->name,
	                      "acquisitions", (json_int_t)l->acquired, "contended",
	                      (json_int_t)l->contended, "hand_overs", (json_int_t)l->hand_overs,
	                      "reads", (json_int_t)l->reads, "max_depth", (json_int_t)l->max_depth);

	json_object_set_new(o, "mean_depth",
	                    json_real(l->asked ? (double)l->depth / (double)l->asked : 0));
	if (l->wait.n)
		json_object_set_new(o, "wait", times_json(&l->wait));
	if (l->hold.n)
		json_object_set_new(o, "hold", times_json(&l->hold));
	return o;
}

static json_t *work_json(const struct stats *t, const struct log_config *c)
{
	json_t *all = json_array();

	for (u32 i = 0; i < MAX_WORK && i < c->n_ops; i++)
		if (t->work[i])
			json_array_append_new(all, json_pack("{s:s,s:I}", "name", c->op_names[i],
			                                     "begun", (json_int_t)t->work[i]));
	return all;
}

static json_t *atomic_json(const struct stats *t)
{
	json_t *all = json_array();

	for (u32 i = 0; i < HYP_OP_NR; i++)
		if (t->atomic[i])
			json_array_append_new(all, json_pack("{s:s,s:s,s:I,s:I}", "function",
			                                     op_function(i), "event", op_event(i),
			                                     "count", (json_int_t)t->atomic[i],
			                                     "halted", (json_int_t)t->halted[i]));
	return all;
}

static void print_json(const struct stats *t, struct log_source *s, const struct log_status *st,
                       const char *path, FILE *f)
{
	json_t *o = json_object(), *cpus = json_array(), *locks = json_array();
	char *config = log_config_to_json(s->config);

	json_object_set_new(o, "log", json_string(path));
	json_object_set_new(o, "binary", json_boolean(st->binary));
	json_object_set_new(o, "cut", json_boolean(st->cut));
	json_object_set_new(o, "holes", json_integer(st->holes));
	json_object_set_new(o, "skipped", skipped_json(s->config, st));
	json_object_set_new(o, "config", json_loads(config, 0, NULL));
	json_object_set_new(o, "events", json_integer((json_int_t)t->events));
	json_object_set_new(o, "marks", json_integer((json_int_t)t->marks));
	json_object_set_new(o, "pulls", json_integer((json_int_t)t->pulls));
	json_object_set_new(o, "pushes", json_integer((json_int_t)t->pushes));
	json_object_set_new(o, "flat", json_integer((json_int_t)t->flat));
	json_object_set_new(o, "differences", json_integer((json_int_t)t->diffs));
	if (st->binary) {
		json_object_set_new(o, "bytes", json_integer((json_int_t)st->bytes));
		json_object_set_new(o, "stored_bytes", json_integer((json_int_t)st->stored_bytes));
		json_object_set_new(o, "chunks", json_integer((json_int_t)st->chunks));
	}
	for (u32 c = 0; c < s->config->cpus; c++)
		json_array_append_new(cpus, json_integer((json_int_t)t->cpu_events[c]));
	for (u32 lk = 0; lk < ID_END; lk++)
		if (t->lock[lk].seen)
			json_array_append_new(locks, lock_json(&t->lock[lk]));
	json_object_set_new(o, "cpu_events", cpus);
	json_object_set_new(o, "locks", locks);
	json_object_set_new(o, "operations", work_json(t, s->config));
	json_object_set_new(o, "atomic", atomic_json(t));
	if (st->finding)
		json_object_set_new(o, "finding", json_string(st->finding->text));
	json_dumpf(o, f, JSON_COMPACT);
	fputc('\n', f);
	json_decref(o);
	free(config);
}

static void print_times(FILE *f, const struct times *t)
{
	if (t->n)
		fprintf(f, "  %9" PRIu64 " %9" PRIu64 " %9" PRIu64, times_at(t, 50),
		        times_at(t, 99), t->max);
}

static void print_locks(const struct stats *t, const struct log_config *c, FILE *f)
{
	bool timed = false;

	for (u32 lk = 0; lk < ID_END; lk++)
		timed |= t->lock[lk].wait.n > 0 || t->lock[lk].hold.n > 0;
	fprintf(f, "\n%-7s  %12s  %12s  %12s  %5s  %6s%s\n", "lock", "acquisitions", "contended",
	        "hand-overs", "depth", "max",
	        timed ? "  wait p50, p99, max ns          hold p50, p99, max ns" : "");
	for (u32 lk = 0; lk < ID_END; lk++) {
		const struct lock_stats *l = &t->lock[lk];
		char name[32];

		if (!l->seen)
			continue;
		fprintf(f, "%-7s  %12" PRIu64 "  %12" PRIu64 "  %12" PRIu64 "  %5.2f  %6" PRIu64,
		        lock_name_of(&c->locks, (lk_t)l->name, name, sizeof(name)), l->acquired,
		        l->contended, l->hand_overs,
		        l->asked ? (double)l->depth / (double)l->asked : 0.0, l->max_depth);
		print_times(f, &l->wait);
		print_times(f, &l->hold);
		fputc('\n', f);
	}
}

static void print_operations(const struct stats *t, const struct log_config *c, FILE *f)
{
	bool any = false;

	for (u32 i = 0; i < MAX_WORK && i < c->n_ops; i++) {
		if (t->work[i])
			fprintf(f, "%s%s %" PRIu64,
			        any ? ", " : "\noperations begun: ", c->op_names[i], t->work[i]);
		any |= t->work[i] > 0;
	}
	if (any)
		fputc('\n', f);
	any = false;
	for (u32 i = 0; i < HYP_OP_NR; i++) {
		if (!t->atomic[i])
			continue;
		if (!any)
			fprintf(f, "\n%-26s %-15s %12s %8s\n", "function", "atomic event", "count",
			        "halted");
		any = true;
		fprintf(f, "%-26s %-15s %12" PRIu64 " %8" PRIu64 "\n", op_function(i), op_event(i),
		        t->atomic[i], t->halted[i]);
	}
}

static void print_text(const struct stats *t, struct log_source *s, const struct log_status *st,
                       const char *path, FILE *f)
{
	const struct log_config *c = s->config;

	fprintf(f, "%s: %s log, %u CPU%s%s%s, seed %" PRIu64 "\n", path,
	        st->binary ? "binary" : "text", c->cpus, c->cpus == 1 ? "" : "s",
	        c->scenario[0] ? ", scenario " : "", c->scenario, c->seed);
	fprintf(f, "locks start at ticket %u now %u, fairness %u, bound %u%s%s\n", c->start_ticket,
	        c->start_now, c->fairness, c->lock_bound, c->timestamps ? ", timestamps" : "",
	        c->keep_reads ? ", repeated reads kept" : "");
	if (st->cut)
		fprintf(f, "cut: not closed in order; %u missing step%s filled in\n", st->holes,
		        st->holes == 1 ? "" : "s");
	skipped_print(f, "", c, st);
	fprintf(f, "%" PRIu64 " events: %" PRIu64 " pulls, %" PRIu64 " pushes", t->events, t->pulls,
	        t->pushes);
	if (t->flat)
		fprintf(f, " (%" PRIu64 " of flat memory)", t->flat);
	fprintf(f, " with %" PRIu64 " differences, %" PRIu64 " marks\n", t->diffs, t->marks);
	if (st->binary && t->events)
		fprintf(f,
		        "%" PRIu64 " bytes of records in %" PRIu64
		        " chunks, %.2f an event; %" PRIu64
		        " stored, %.2f an event (%.2f of the records)\n",
		        st->bytes, st->chunks, (double)st->bytes / (double)t->events,
		        st->stored_bytes, (double)st->stored_bytes / (double)t->events,
		        st->bytes ? (double)st->stored_bytes / (double)st->bytes : 0.0);
	for (u32 cpu = 0; cpu < c->cpus; cpu++)
		fprintf(f, "%sCPU %u %" PRIu64 "%s", cpu ? ", " : "events of ", cpu,
		        t->cpu_events[cpu], cpu + 1 == c->cpus ? "\n" : "");
	print_locks(t, c, f);
	print_operations(t, c, f);
	if (st->finding)
		fprintf(f, "\n%s: %s\n", merge_row_name(st->finding->row), st->finding->text);
}

int log_stats(struct log_source *s, const char *path, bool json, FILE *f, struct err *e)
{
	struct stats *t = xcalloc(1, sizeof(*t));
	struct event ev[SOURCE_BATCH];
	struct log_status st;
	u32 n;
	int rc;

	do {
		rc = s->next(s, ev, SOURCE_BATCH, &n, e);
		for (u32 i = 0; i < n; i++)
			take(t, s, &ev[i]);
	} while (rc == 0 && n > 0);
	log_source_status(s, &st);
	if (json)
		print_json(t, s, &st, path, f);
	else
		print_text(t, s, &st, path, f);
	free(t);
	return rc;
}
