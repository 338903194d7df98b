// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the core takes from outside, by the rows of taken.def: no value twice (spec O1), each from the stream of whom it is taken for
 * (O2), and nothing by a stream that has no row there (O3).  And what goes on outside of the core leaves it as it is (O4).
 *
 * Whose a value is, in operations, follows their arguments; in the core's own code it is the VM that is to run, or the one that ran.
 * Where the log does not say in which of them a CPU is, as of a function that was called by itself, nothing is judged.
 */
#include "oracle/check/check_if.h"
#include "oracle/check/stream_value.h"
#include "oracle/registers.h"
#include "sim/base/addr.h"
#include "sim/log/mark_arg.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum whose { WHOSE_HOST, WHOSE_VMID, WHOSE_RUNS, WHOSE_NOBODY, WHOSE_OWNER };
enum { MOST_ANY = 0xffff, MOST_CALLS = 0xfffe, STREAMS = MV_STREAM_VECTOR + 1 };
enum { FIRST_RUN = 3, DIRTY_REGS = 31 };

/* A row of taken.def. */
struct takes {
	u16 place, stream, whose, most;
};

/* Places: operations by number, then entries. */
static const struct takes rows[] = {
#define ENTRY_TAKES(entry, stream, w, m, what) \
	{ HYP_OP_NR + MV_ENTRY_##entry, MV_STREAM_##stream, WHOSE_##w, MOST_##m },
#define OP_TAKES(op, stream, w, m, what) { OP_##op, MV_STREAM_##stream, WHOSE_##w, MOST_##m },
#define MOST_1                           1
#include "oracle/check/taken.def"
};

/**
 * struct taken_cpu
 * @entry:  1 + MV_ENTRY_*: the CPU is in the core by that entry; 0: it is not, or it is not known
 * @known:  it has entered in this episode: where it is, is known
 * @vmid:   who runs on it, or ran when it entered
 * @runs, @vcpuid: of a RUN: who is to run
 * @addr:   of a RUN: the second value of the core oracle was an address
 * @regs:   of a RUN: values of the data oracle that it may take, from the first one on
 * @n:      [STREAM] values in the core's own code since the entry
 * @op_n:   [depth][STREAM] the same in each open operation
 */
struct taken_cpu {
	u64 entry, known, vmid, runs, vcpuid, addr, regs;
	u64 n[STREAMS];
	u64 op_n[TRAIL_DEPTH][STREAMS];
};

struct taken {
	struct taken_cpu cpu[MAX_CPU];
};

/* Values that a CPU took: @n, @n + 1, ..., @value is the first. */
struct values {
	cpu_t cpu;
	u64 stream, vmid, n, count, value;
};

/* Where a CPU is. */
struct place {
	u32 number;
	const struct op_open *op;
};

static const struct takes *row_of(u32 place, u64 stream)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].place == place && rows[i].stream == stream)
			return &rows[i];
	return NULL;
}

static u64 whose(const struct taken_cpu *c, const struct takes *t, const struct values *v,
                 const struct op_open *o)
{
	switch (t->whose) {
	case WHOSE_VMID:
		return o->arg[0];
	case WHOSE_RUNS:
		return c->entry == 1 + MV_ENTRY_RUN ? c->runs : c->vmid;
	case WHOSE_OWNER:
		return v->vmid;
	default:
		return HOSTVISOR;
	}
}

/* How many values of its VM's data oracle a run may take: the vCPU's own context says, as it is when the first one is taken. */
static u64 registers_of_run(const struct judge *j, const struct taken_cpu *c, cpu_t cpu)
{
	const struct ctxt *saved = NULL;

	if (j->registers && cpu < j->cpus)
		saved = registers_known(j->registers, true, cpu, c->runs, c->vcpuid);
	if (!saved)
		return DIRTY_REGS;
	if (saved->r[R_dirty] == INVALID64)
		return FIRST_RUN;
	return (u64)__builtin_popcountll(saved->r[R_dirty] & ((1ull << DIRTY_REGS) - 1));
}

/* How many values of a stream a run may take so far; @c has counted those of @v. */
static u64 calls(const struct judge *j, struct taken_cpu *c, const struct values *v)
{
	if (v->stream == MV_STREAM_DATA) {
		if (c->n[MV_STREAM_DATA] == v->count)
			c->regs = registers_of_run(j, c, v->cpu);
		return c->regs;
	}
	if (c->n[MV_STREAM_CORE] == 1)
		c->vcpuid = v->value;
	else if (c->n[MV_STREAM_CORE] == 2)
		c->addr = v->value >= PAGE_SIZE && is_addr(v->value);
	return c->addr ? 4 : 2;
}

static const char *stream_word(u64 stream, char *buf, size_t size)
{
	return mark_print(NULL, MARG_STREAM, stream, buf, size);
}

/* "assign_pfn_to_vm", "the core, entered by run". */
static const char *place_words(const struct place *p, char *buf, size_t size)
{
	char word[MARK_WORD];

	if (p->op)
		snprintf(buf, size, "%s", op_function(p->op->op));
	else
		snprintf(buf, size, "the core, entered by %s,",
		         mark_print(NULL, MARG_ENTRY, p->number - HYP_OP_NR, word, sizeof(word)));
	return buf;
}

static void tell(struct judge *j, enum check_row row, const struct place *p, const struct values *v,
                 u64 want)
{
	char place[64], stream[MARK_WORD], words[64] = "";

	if (!check_on(j, check_row_check(row)))
		return;
	if (row == ROW_PRINCIPALS)
		snprintf(words, sizeof(words), ", and should of VM %" PRIu64, want);
	else if (row == ROW_ASKED)
		snprintf(words, sizeof(words), ", and has taken %" PRIu64 " that it may", want);
	found_of(&j->findings, row, j->at,
	         FACTS(fact_word("operation", p->op ? op_function(p->op->op) : "none"),
	               fact_word("stream", mark_word(NULL, MARG_STREAM, v->stream, NULL, 0)),
	               fact_n("number", v->n),
	               row == ROW_PRINCIPALS ? fact_should(fact_n("vmid", v->vmid), want)
	                                     : fact_n("vmid", v->vmid)),
	         "%s takes value %" PRIu64 " of stream %s of VM %" PRIu64 "%s",
	         place_words(p, place, sizeof(place)), v->n,
	         stream_word(v->stream, stream, sizeof(stream)), v->vmid, words);
}

/* As published the registers of an encrypted vCPU are of the VM's own stream. */
static bool is_known(struct judge *j, const struct place *p, const struct values *v)
{
	struct finding f;
	char place[64];

	if (!p->op || p->op->op != OP_load_encrypted_vcpu || v->vmid != p->op->arg[0] ||
	    !judge_published(j, j->at->cpu, ERRATUM_DECRYPT_ORACLE))
		return false;
	if (j->findings.n_by_check[FINDING_KNOWN][CHK_PRINCIPALS] && !j->findings.strict) {
		findings_count_known(&j->findings, ROW_PRINCIPALS, ERRATUM_DECRYPT_ORACLE);
		return true;
	}
	finding_make(&j->findings, &f, ROW_PRINCIPALS, j->at,
	             "%s takes registers of the VM's stream, and should of the host's (erratum "
	             "decrypt-oracle, published)",
	             place_words(p, place, sizeof(place)));
	f.class = FINDING_KNOWN;
	f.erratum = ERRATUM_DECRYPT_ORACLE;
	findings_keep(&j->findings, &f);
	return true;
}

static void judge_values(struct judge *j, struct taken_cpu *c, const struct place *p,
                         const struct values *v)
{
	const struct takes *t = row_of(p->number, v->stream);
	u64 *n = p->op ? &c->op_n[p->op->depth][v->stream] : &c->n[v->stream];
	u64 want, most;

	*n += v->count;
	evaluated(j, CHK_FLOWS);
	if (!t) {
		tell(j, ROW_FLOWS_STREAM, p, v, 0);
		return;
	}
	want = whose(c, t, v, p->op);
	evaluated(j, CHK_PRINCIPALS);
	if (v->vmid != want && check_on(j, CHK_PRINCIPALS) && !is_known(j, p, v))
		tell(j, ROW_PRINCIPALS, p, v, want);
	if (t->most == MOST_ANY)
		return;
	most = t->most == MOST_CALLS ? calls(j, c, v) : t->most;
	evaluated(j, CHK_ASKED);
	if (*n > most)
		tell(j, ROW_ASKED, p, v, most);
}

static void values(struct judge *j, struct taken *s, const struct values *v)
{
	struct taken_cpu *c = &s->cpu[v->cpu];
	struct place p = { .op = trail_op(j->trail, v->cpu) };

	if (v->stream >= STREAMS)
		return;
	if (p.op && p.op->depth >= TRAIL_DEPTH)
		return;
	/* An access is by who runs there, which the log says from the CPU's first entry on. */
	if (p.op ? op_is_access(p.op->op) && !c->known : !c->entry)
		return;
	p.number = p.op ? p.op->op : HYP_OP_NR + (u32)c->entry - 1;
	KEEP(j, *c);
	judge_values(j, c, &p, v);
}

/* A change of flat memory that names its values. */
static __attribute__((noinline)) void flat_values(struct judge *j, struct taken *own,
                                                  const struct section *s)
{
	for (u32 i = 0; i < j->at->n; i++) {
		const struct diff *d = &j->at->diffs[i];

		if (d->oracle)
			values(j, own,
			       &(struct values){ .cpu = s->cpu,
			                         .stream = MV_STREAM_DATA,
			                         .vmid = d->vmid,
			                         .n = d->index,
			                         .count = d->last - d->first + 1 });
	}
}

static void section(struct judge *j, void *own, const struct section *s)
{
	const struct taken_cpu *c = &((struct taken *)own)->cpu[s->cpu];
	bool outside = c->known && !c->entry, access;

	if (s->lk == FLATMEM_ID)
		flat_values(j, own, s);
	if (likely(!outside))
		return;
	access = s->op && op_is_access(s->op->op);
	/* An operation of the core that was called by itself is the core's. */
	if ((s->op && !access) || s->n == 0 || !check_on(j, CHK_ENVIRONMENT))
		return;
	evaluated(j, CHK_ENVIRONMENT);
	if (s->lk != FLATMEM_ID)
		found_of(&j->findings, ROW_ENVIRONMENT_OBJECT, j->at,
		         FACTS(fact_object("object", s->lk), fact_n("changes", s->n)),
		         "CPU %u is not in the core", s->cpu);
	else if (!access || op_is_load(s->op->op))
		found_of(&j->findings, ROW_ENVIRONMENT_FRAME, j->at,
		         FACTS(fact_hex("pfn", s->change[0].at), fact_n("changes", s->n)),
		         "CPU %u is not in the core, and stores nothing", s->cpu);
}

static void entered(struct judge *j, struct taken_cpu *c, const struct event *e)
{
	const u64 *a = e->args;

	KEEP(j, *c);
	*c = (struct taken_cpu){ .known = true,
		                 .entry = 1 + a[0],
		                 .vmid = e->n > 2 ? a[2] : HOSTVISOR,
		                 .runs = a[0] == MV_ENTRY_RUN ? a[1] : INVALID64 };
}

/* A LEAVE that says nothing is for who has entered. */
static void left(struct judge *j, struct taken_cpu *c, const struct event *e)
{
	u64 vmid = e->n == 0 ? c->vmid : e->n > 2 ? e->args[2] : HOSTVISOR;

	KEEP(j, *c);
	*c = (struct taken_cpu){ .known = true, .vmid = vmid };
}

static void mark(struct judge *j, void *own, const struct event *e)
{
	struct taken *s = own;
	struct taken_cpu *c = &s->cpu[e->cpu];
	const u64 *a = e->args;

	if (e->kind == MARK_OUTSIDE) {
		struct values v = { e->cpu, a[0], a[1], a[2], a[3], 0 };

		v.value = e->n > 4 ? a[4] : stream_value(j, a[0], a[1], a[2]);
		values(j, s, &v);
		return;
	}
	if (e->kind == MARK_ENTER)
		entered(j, c, e);
	else if (e->kind == MARK_LEAVE)
		left(j, c, e);
}

static void begins(struct judge *j, void *own, cpu_t cpu, const struct op_open *o)
{
	struct taken_cpu *c = &((struct taken *)own)->cpu[cpu];

	if (o->depth < TRAIL_DEPTH) {
		KEEP(j, c->op_n[o->depth]);
		memset(c->op_n[o->depth], 0, sizeof(c->op_n[o->depth]));
	}
	if (!op_is_access(o->op) || !c->known ||
	    !check_on(j, c->entry ? CHK_FLOWS : CHK_ENVIRONMENT))
		return;
	evaluated(j, c->entry ? CHK_FLOWS : CHK_ENVIRONMENT);
	if (c->entry)
		found_of(&j->findings, ROW_FLOWS_ACCESS, j->at,
		         FACTS(fact_word("operation", op_function(o->op))),
		         "CPU %u is in the core: what it loads there is a page's contents", cpu);
}

static const enum check_id also[] = { CHK_PRINCIPALS, CHK_ASKED, CHK_ENVIRONMENT };

const struct state_check check_taken = { .id = CHK_FLOWS,
	                                 .n_also = ARRAY_SIZE(also),
	                                 .also = also,
	                                 .bytes = sizeof(struct taken),
	                                 .section = section,
	                                 .op_begin = begins,
	                                 .marks = STATE_MARK(MARK_OUTSIDE) |
	                                          STATE_MARK(MARK_ENTER) | STATE_MARK(MARK_LEAVE),
	                                 .mark = mark };

_Static_assert(sizeof(struct taken) % 8 == 0, "words");
