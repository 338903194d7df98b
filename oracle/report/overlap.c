// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/report/overlap.h"

#include "sim/base/vec.h"
#include "sim/log/mark_arg.h"

#include <stdlib.h>
#include <string.h>

enum { DEPTH = 64, RING = 256, PENDING = 64, NO_OP = 255, ACCESS_TRIPLES = 5, NAMED = 12 };

enum {
	CORE = 1,
	S2PAGE = 2,
	SPT = 4,
	SMMU = 8,
	HOST = 16,
	GUEST = 32,
	EL2 = 64,
	INFO = 128,
	READS = 256, /* no lock is taken */
};

static const u32 touches[HYP_OP_NR] = {
#define TOUCHES(operation, objects) [OP_##operation] = objects,
#include "oracle/report/overlap.def"
};

enum { SIDE_INTENDED, SIDE_PUBLISHED };

/* What an operation comes to on one side of an erratum alone. */
static const struct {
	enum hyp_op op;
	enum erratum erratum;
	u32 side, objects;
} also[] = {
#define ALSO(operation, erratum, side, objects) \
	{ OP_##operation, ERRATUM_##erratum, SIDE_##side, objects },
#include "oracle/report/overlap.def"
};

static const struct {
	enum hyp_op a, b;
	const char *why;
} excused[] = {
#define EXCUSED(a, b, why) { OP_##a, OP_##b, why },
#include "oracle/report/overlap.def"
	{ HYP_OP_NR, HYP_OP_NR, NULL },
};

/* A section that was begun: its ticket, and the operation in which. */
struct section {
	u32 ticket;
	u8 op;
	bool known;
};

/* An access that has met section @ticket, which the log has not come to. */
struct awaited {
	u32 ticket;
	u8 op;
};

/**
 * struct place - an object
 * @out:  [n_out] operations whose tickets are out, and their CPUs
 * @ring: [ticket % RING] the last sections
 */
struct place {
	u32 n_out, n_awaited;
	u8 out[MAX_CPU], who[MAX_CPU];
	struct section ring[RING];
	struct awaited awaited[PENDING];
};

/* @op: [depth] that the CPU is in, the innermost last. */
struct in {
	u32 depth;
	u8 op[DEPTH];
};

/**
 * struct overlap
 * @ended:    [operation] events
 * @sides:    [published?] errata (bits) of the logs
 */
struct overlap {
	u64 n[HYP_OP_NR][HYP_OP_NR], ended[HYP_OP_NR];
	u64 sides[2][(ERRATUM_NR + 63) / 64];
	u64 episode;
	struct place place[ID_END];
	struct in cpu[MAX_CPU];
};

struct overlap *overlap_new(void)
{
	return xcalloc(1, sizeof(struct overlap));
}

void overlap_free(struct overlap *o)
{
	free(o);
}

void overlap_reset(struct overlap *o)
{
	memset(o, 0, sizeof(*o));
}

static void forget_places(struct overlap *o)
{
	memset(o->place, 0, sizeof(o->place));
	memset(o->cpu, 0, sizeof(o->cpu));
}

void overlap_log(struct overlap *o, const struct errata *errata)
{
	forget_places(o);
	o->episode = 0;
	for (u32 i = 0; i < ERRATUM_NR; i++)
		o->sides[errata_published(errata, i)][i / 64] |= 1ull << i % 64;
}

bool overlap_has_side(const struct overlap *o, enum erratum erratum, bool published)
{
	return o->sides[published][erratum / 64] >> erratum % 64 & 1;
}

u64 overlap_ended(const struct overlap *o, enum hyp_op op)
{
	return o->ended[op];
}

static void met(struct overlap *o, u8 a, u8 b)
{
	if (a == NO_OP || b == NO_OP)
		return;
	if (a > b)
		o->n[b][a]++;
	else
		o->n[a][b]++;
}

static u8 innermost(const struct in *c)
{
	return c->depth && c->depth <= DEPTH ? c->op[c->depth - 1] : NO_OP;
}

static void begins(struct overlap *o, const struct event *e)
{
	struct place *p = &o->place[e->lk];
	u8 op = innermost(&o->cpu[e->cpu]);
	u32 kept = 0;

	for (u32 i = 0; i < p->n_out; i++)
		met(o, op, p->out[i]);
	if (p->n_out < MAX_CPU) {
		p->who[p->n_out] = e->cpu;
		p->out[p->n_out++] = op;
	}
	if (!(e->flags & EVF_WORD))
		return;
	p->ring[e->ticket % RING] =
		(struct section){ .ticket = e->ticket, .op = op, .known = true };
	for (u32 i = 0; i < p->n_awaited; i++) {
		if (p->awaited[i].ticket == e->ticket)
			met(o, op, p->awaited[i].op);
		else
			p->awaited[kept++] = p->awaited[i];
	}
	p->n_awaited = kept;
}

static void ends(struct overlap *o, const struct event *e)
{
	struct place *p = &o->place[e->lk];

	for (u32 i = 0; i < p->n_out; i++) {
		if (p->who[i] != e->cpu)
			continue;
		p->n_out--;
		memmove(&p->who[i], &p->who[i + 1], p->n_out - i);
		memmove(&p->out[i], &p->out[i + 1], p->n_out - i);
		return;
	}
}

/* The access @op has met the section of ticket @ticket. */
static void crossed(struct overlap *o, struct place *p, u32 ticket, u8 op)
{
	const struct section *s = &p->ring[ticket % RING];

	if (s->known && s->ticket == ticket)
		met(o, op, s->op);
	else if (p->n_awaited < PENDING)
		p->awaited[p->n_awaited++] = (struct awaited){ ticket, op };
}

static void access(struct overlap *o, const struct event *e)
{
	u8 op = innermost(&o->cpu[e->cpu]);

	for (u32 i = ACCESS_TRIPLES; i + 2 < e->n; i += 3)
		for (u64 t = 0; t < e->args[i + 2] && t < RING && e->args[i] < ID_END; t++)
			crossed(o, &o->place[e->args[i]], (u32)(e->args[i + 1] + t), op);
}

static void mark(struct overlap *o, const struct event *e)
{
	struct in *c = &o->cpu[e->cpu];

	if (e->kind == MARK_OP) {
		if (c->depth < DEPTH)
			c->op[c->depth] = e->n && e->args[0] < HYP_OP_NR ? (u8)e->args[0] : NO_OP;
		c->depth++;
	} else if (e->kind == MARK_SEVENT) {
		if (innermost(c) != NO_OP)
			o->ended[innermost(c)]++;
		c->depth -= c->depth > 0;
	} else if (e->kind == MARK_ACCESS) {
		access(o, e);
	} else if (e->kind == MARK_BEGIN) {
		c->depth = 0;
	} else if (e->kind == MARK_ERRATUM && e->args[0] < ERRATUM_NR) {
		o->sides[e->args[1] == MV_SIDE_PUBLISHED][e->args[0] / 64] |= 1ull
		                                                              << e->args[0] % 64;
	} else if (e->kind == MARK_EPISODE && e->arg != o->episode) {
		forget_places(o);
		o->episode = e->arg;
	}
}

void overlap_feed(struct overlap *o, const struct event *ev, u32 n)
{
	for (const struct event *e = ev; e < ev + n; e++) {
		if (e->kind == EV_INC_TICKET && e->lk != FLATMEM_ID)
			begins(o, e);
		else if (e->kind == EV_INC_NOW && e->lk != FLATMEM_ID)
			ends(o, e);
		else if (event_is_mark(e->kind) && e->kind != MARK_BARRIER)
			mark(o, e);
	}
}

u64 overlap_count(const struct overlap *o, enum hyp_op a, enum hyp_op b)
{
	return a > b ? o->n[b][a] : o->n[a][b];
}

static u32 objects_of(const struct overlap *o, enum hyp_op op)
{
	u32 objects = touches[op];

	for (u32 i = 0; i < ARRAY_SIZE(also); i++)
		if (also[i].op == op &&
		    overlap_has_side(o, also[i].erratum, also[i].side == SIDE_PUBLISHED))
			objects |= also[i].objects;
	return objects;
}

bool overlap_can(const struct overlap *o, enum hyp_op a, enum hyp_op b)
{
	u32 both = objects_of(o, a) & objects_of(o, b);

	return both & ~(u32)READS && !(both & READS);
}

const char *overlap_excuse(enum hyp_op a, enum hyp_op b)
{
	for (u32 i = 0; excused[i].why; i++)
		if ((excused[i].a == a && excused[i].b == b) ||
		    (excused[i].a == b && excused[i].b == a))
			return excused[i].why;
	return NULL;
}

struct overlap_sums overlap_sums(const struct overlap *o)
{
	struct overlap_sums s = { 0 };

	for (u32 a = 0; a < HYP_OP_NR; a++)
		for (u32 b = a; b < HYP_OP_NR; b++) {
			if (!overlap_can(o, a, b))
				continue;
			s.pairs++;
			s.met += o->n[a][b] > 0;
			s.often += o->n[a][b] >= OVERLAP_OFTEN;
			s.excused += overlap_excuse(a, b) != NULL;
		}
	return s;
}

static bool never(const struct overlap *o, u32 a, u32 b)
{
	return overlap_can(o, a, b) && o->n[a][b] == 0 && !overlap_excuse(a, b);
}

void overlap_print(FILE *f, const struct overlap *o, bool all)
{
	struct overlap_sums s = overlap_sums(o);
	const char *sep = "never: ";
	u32 left = all ? ~0u : NAMED, more = 0;

	fprintf(f,
	        "of %u pairs of operations that can come to one object %u have met on it, %u of "
	        "them %u "
	        "times or more; %u cannot meet\n",
	        s.pairs, s.met, s.often, OVERLAP_OFTEN, s.excused);
	for (u32 a = 0; a < HYP_OP_NR; a++)
		for (u32 b = a; b < HYP_OP_NR; b++) {
			if (!never(o, a, b))
				continue;
			if (left == 0) {
				more++;
				continue;
			}
			left--;
			fprintf(f, "%s%s with %s", sep, op_function(a), op_function(b));
			sep = ", ";
		}
	if (more)
		fprintf(f, " and %u more (--overlaps)", more);
	if (sep[0] == ',')
		fputc('\n', f);
	for (u32 a = 0; all && a < HYP_OP_NR; a++)
		for (u32 b = a; b < HYP_OP_NR; b++)
			if (overlap_can(o, a, b))
				fprintf(f, "  %-26s %-26s %10llu%s%s\n", op_function(a),
				        op_function(b), (unsigned long long)o->n[a][b],
				        overlap_excuse(a, b) ? "  cannot: " : "",
				        overlap_excuse(a, b) ? overlap_excuse(a, b) : "");
	fputc('\n', f);
}
