// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/log_order.h"

#include "sim/base/vec.h"
#include "sim/inspect/lock_order.h"
#include "sim/inspect/log_index.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct order
 * @order:  the edges
 * @reach:  [lock] bits of the locks that a way of edges leads to
 * @locks:  bits of those that have an edge
 */
struct order {
	struct log_source *s;
	struct lock_order order;
	u64 reach[ID_END];
	u64 locks;
};

static const struct order_edge *edge(const struct order *o, u32 from, u32 to)
{
	return &o->order.edge[from][to];
}

/* Each edge, in the order of locks. */
#define EACH_EDGE(o, from, to)                      \
	for (u32 from = 0; from < ID_END; from++)   \
		for (u32 to = 0; to < ID_END; to++) \
			if (edge(o, from, to)->count)

static void close_ways(struct order *o)
{
	EACH_EDGE(o, from, to)
	{
		o->reach[from] |= 1ull << to;
		o->locks |= 1ull << from | 1ull << to;
	}
	for (u32 via = 0; via < ID_END; via++)
		for (u32 from = 0; from < ID_END; from++)
			if (o->reach[from] >> via & 1)
				o->reach[from] |= o->reach[via];
}

/* Does a way lead back from where the edge ends? */
static bool in_cycle(const struct order *o, u32 from, u32 to)
{
	return edge(o, from, to)->count && (from == to || o->reach[to] >> from & 1);
}

static const char *lock_text(const struct order *o, u32 lk, char *buf, size_t size)
{
	return lock_name_of(&o->s->config->locks, (lk_t)o->s->lock_name(o->s, (lk_t)lk), buf, size);
}

/*
 * The shortest way of edges @from .. @to goes to @way; returns how many locks it has, @from and @to included.  There is one.
 */
static u32 shortest_way(const struct order *o, u32 from, u32 to, u32 *way)
{
	u32 queue[ID_END], before[ID_END], n = 0, len = 0;
	u64 seen = 1ull << from;

	queue[n++] = from;
	for (u32 i = 0; i < n && !(seen >> to & 1); i++)
		for (u32 next = 0; next < ID_END; next++)
			if (edge(o, queue[i], next)->count && !(seen >> next & 1)) {
				seen |= 1ull << next;
				before[next] = queue[i];
				queue[n++] = next;
			}
	for (u32 at = to;; at = before[at]) {
		way[len++] = at;
		if (at == from)
			break;
	}
	for (u32 i = 0; i < len / 2; i++) {
		u32 t = way[i];

		way[i] = way[len - 1 - i];
		way[len - 1 - i] = t;
	}
	return len;
}

/**
 * struct cycle - @from -> @way[0] ... @way[n - 1], which is @from
 */
struct cycle {
	u32 from, n, way[ID_END + 1];
};

/*
 * The cycles of edges that are told: of each edge that is in one the shortest, once for all edges that it has.
 */
static u32 find_cycles(const struct order *o, struct cycle *out)
{
	bool told[ID_END][ID_END] = { { false } };
	u32 n = 0;

	EACH_EDGE(o, from, to)
	{
		struct cycle c = { .from = from };

		if (!in_cycle(o, from, to) || told[from][to])
			continue;
		if (from == to)
			c.way[c.n++] = to;
		else
			c.n = shortest_way(o, to, from, c.way);
		for (u32 i = 0, at = from; i < c.n; at = c.way[i++])
			told[at][c.way[i]] = true;
		out[n++] = c;
	}
	return n;
}

static void print_example(const struct order *o, const struct order_edge *g, FILE *f)
{
	fprintf(f, "CPU %u, %s: held from %" PRIu64 ", asked at %" PRIu64, g->first.cpu,
	        section_op_name(o->s->config, &g->first), g->outer, g->first.asked.index);
}

static void print_text(const struct order *o, const struct cycle *cycle, u32 n_cycles, FILE *f)
{
	char a[32], b[32];

	fprintf(f, "%-8s %-8s %12s  first\n", "held", "asked", "times");
	EACH_EDGE(o, from, to)
	{
		fprintf(f, "%-8s %-8s %12" PRIu64 "  ", lock_text(o, from, a, sizeof(a)),
		        lock_text(o, to, b, sizeof(b)), edge(o, from, to)->count);
		print_example(o, edge(o, from, to), f);
		fputc('\n', f);
	}
	for (u32 i = 0; i < n_cycles; i++) {
		const struct cycle *c = &cycle[i];

		fprintf(f, "\ninversion: %s", lock_text(o, c->from, a, sizeof(a)));
		for (u32 k = 0; k < c->n; k++)
			fprintf(f, " -> %s", lock_text(o, c->way[k], a, sizeof(a)));
		fputc('\n', f);
		for (u32 k = 0, at = c->from; k < c->n; at = c->way[k++]) {
			fprintf(f, "  %s -> %s: ", lock_text(o, at, a, sizeof(a)),
			        lock_text(o, c->way[k], b, sizeof(b)));
			print_example(o, edge(o, at, c->way[k]), f);
			fputc('\n', f);
		}
	}
	fprintf(f, "\n%s\n",
	        n_cycles ? "the orders have cycles: these sections can deadlock"
	                 : "no inversion: every order of the log is one order");
}

static void print_dot(const struct order *o, FILE *f)
{
	char a[32], b[32];

	fprintf(f, "digraph locks {\n\trankdir=LR;\n\tnode [shape=box];\n");
	for (u32 lk = 0; lk < ID_END; lk++)
		if (o->locks >> lk & 1)
			fprintf(f, "\t\"%s\";\n", lock_text(o, lk, a, sizeof(a)));
	EACH_EDGE(o, from, to)
	fprintf(f, "\t\"%s\" -> \"%s\" [label=\"%" PRIu64 "\"%s];\n",
	        lock_text(o, from, a, sizeof(a)), lock_text(o, to, b, sizeof(b)),
	        edge(o, from, to)->count, in_cycle(o, from, to) ? ", color=red" : "");
	fprintf(f, "}\n");
}

static json_t *edge_json(const struct order *o, u32 from, u32 to)
{
	const struct order_edge *g = edge(o, from, to);

	return json_pack("{s:I,s:I,s:I,s:b,s:{s:I,s:s,s:I,s:I}}", "held",
	                 (json_int_t)o->s->lock_name(o->s, (lk_t)from), "asked",
	                 (json_int_t)o->s->lock_name(o->s, (lk_t)to), "count", (json_int_t)g->count,
	                 "cycle", in_cycle(o, from, to), "first", "cpu", (json_int_t)g->first.cpu,
	                 "operation", section_op_name(o->s->config, &g->first), "held",
	                 (json_int_t)g->outer, "asked", (json_int_t)g->first.asked.index);
}

static void print_json(const struct order *o, const char *path, const struct cycle *cycle, u32 n,
                       FILE *f)
{
	json_t *all = json_object(), *edges = json_array(), *cycles = json_array();

	EACH_EDGE(o, from, to)
	json_array_append_new(edges, edge_json(o, from, to));
	for (u32 i = 0; i < n; i++) {
		json_t *way = json_array();

		for (u32 k = 0; k < cycle[i].n; k++)
			json_array_append_new(way, json_integer((json_int_t)o->s->lock_name(
							   o->s, (lk_t)cycle[i].way[k])));
		json_array_append_new(cycles, way);
	}
	json_object_set_new(all, "log", json_string(path));
	json_object_set_new(all, "edges", edges);
	json_object_set_new(all, "inversions", cycles);
	json_dumpf(all, f, JSON_COMPACT);
	fputc('\n', f);
	json_decref(all);
}

/* sections_told.asked */
static void asked(void *arg, const struct sections *ss, const struct lock_section *s)
{
	struct order *o = arg;

	lock_order_asked(&o->order, ss, s);
}

/* The index has the edges of the whole log. */
static void take_from_index(struct order *o, struct log_index *ix)
{
	const struct index_state st = { .sections = NULL };
	struct stash edges;

	if (!ix || !index_in_part(ix->fd, &ix->order, &ix->bytes))
		return;
	edges = stash_of(ix->bytes.v, ix->bytes.n);
	lock_order_stash(&o->order, &edges);
	if (!stash_done(&edges) || !log_index_go_to_end(ix, o->s, &st))
		memset(&o->order, 0, sizeof(o->order));
}

static int read_all(struct order *o, struct log_index *ix, struct err *e)
{
	const struct sections_told told = { .asked = asked, .arg = o };
	u32 left;

	take_from_index(o, ix);
	return sections_read(o->s, &told, &left, e);
}

int log_order(struct log_source *s, struct log_index *ix, const char *path, enum order_form form,
              FILE *f, struct err *e)
{
	struct order *o = xcalloc(1, sizeof(*o));
	struct cycle *cycle = xcalloc(ID_END * ID_END, sizeof(*cycle));
	u32 n;
	int rc;

	o->s = s;
	rc = read_all(o, ix, e);
	close_ways(o);
	n = find_cycles(o, cycle);
	if (form == ORDER_TEXT)
		print_text(o, cycle, n, f);
	else if (form == ORDER_DOT)
		print_dot(o, f);
	else
		print_json(o, path, cycle, n, f);
	free(cycle);
	free(o);
	return rc;
}
