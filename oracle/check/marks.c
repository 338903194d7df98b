// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/marks.h"

#include "sim/base/vec.h"
#include "sim/log/stuck_rule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *create(const struct judge *j)
{
	(void)j;
	return xcalloc(1, sizeof(struct marks));
}

static void reset(void *own, const struct judge *j)
{
	struct marks *s = own;

	(void)j;
	s->told = 0;
	memset(s->cpu, 0, sizeof(s->cpu));
}

/* "in an operation of the workload, map_page_host, walk_s2pt": what a CPU is in, the outermost first.  Returns buf. */
static const char *where(const struct marks_cpu *m, char *buf, size_t size)
{
	int at = snprintf(buf, size, "%s an operation of the workload", m->in ? "in" : "not in");

	for (u32 i = 0; i < m->depth && (size_t)at + 48 < size; i++)
		at += snprintf(buf + at, size - (size_t)at, "%s %s", i ? "," : ", in",
		               op_function(m->open[i]));
	return buf;
}

static __attribute__((cold, noinline)) void breach(struct judge *j, struct marks_cpu *m,
                                                   enum check_row row, const struct event *e)
{
	char text[200];

	m->off = true;
	found_of(&j->findings, row, e,
	         FACTS(fact_word("in_work", m->in ? "yes" : "no"), fact_n("depth", m->depth),
	               fact_word("operation",
	                         m->depth ? op_function(m->open[m->depth - 1]) : "none")),
	         "CPU %u: %s", e->cpu, where(m, text, sizeof(text)));
}

static __attribute__((cold, noinline)) void bad_number(struct judge *j, struct marks_cpu *m,
                                                       const struct event *e, const char *what,
                                                       u32 n)
{
	m->off = true;
	found_of(&j->findings, ROW_MARKS_NUMBER, e,
	         FACTS(fact_n("number", marks_number(e)), fact_word("of", what),
	               fact_n("there_are", n)),
	         "number %llu of %s, of which there are %u", (unsigned long long)marks_number(e),
	         what, n);
}

/* It is below @n. */
static inline bool number_ok(struct judge *j, struct marks_cpu *m, const struct event *e,
                             const char *what, u32 n)
{
	if (likely(marks_number(e) < n))
		return true;
	bad_number(j, m, e, what, n);
	return false;
}

static void op_begins(struct judge *j, struct marks_cpu *m, const struct event *e)
{
	if (!number_ok(j, m, e, "atomic operations", HYP_OP_NR))
		return;
	if (unlikely(m->depth == MARKS_DEPTH)) {
		m->off = true;
		return;
	}
	m->open[m->depth++] = (u8)marks_number(e);
}

static void op_ends(struct marks *s, struct judge *j, struct marks_cpu *m, const struct event *e)
{
	if (!number_ok(j, m, e, "atomic operations", HYP_OP_NR))
		return;
	if (unlikely(m->depth == 0)) {
		breach(j, m, ROW_MARKS_SEVENT_ALONE, e);
	} else if (unlikely(m->open[m->depth - 1] != marks_number(e))) {
		bool outer = memchr(m->open, (u8)marks_number(e), m->depth) != NULL;

		breach(j, m, outer ? ROW_MARKS_CROSS : ROW_MARKS_SEVENT_OTHER, e);
	} else {
		m->depth--;
		s->atomic++;
	}
}

static void work_begins(struct judge *j, struct marks_cpu *m, const struct event *e)
{
	if (j->n_ops && !number_ok(j, m, e, "operations of the workload", j->n_ops))
		return;
	if (j->now.halted)
		m->depth = 0;
	if (unlikely(m->in))
		breach(j, m, ROW_MARKS_BEGIN_TWICE, e);
	else if (unlikely(m->depth))
		breach(j, m, ROW_MARKS_CROSS, e);
	m->in = true;
}

static void work_ends(struct marks *s, struct judge *j, struct marks_cpu *m, const struct event *e)
{
	if (unlikely(!m->in))
		breach(j, m, ROW_MARKS_END_ALONE, e);
	else if (unlikely(m->depth))
		breach(j, m, ROW_MARKS_OP_OPEN, e);
	m->in = false;
	s->ops++;
}

static __attribute__((noinline)) void memory(struct marks *s, struct judge *j, struct marks_cpu *m,
                                             const struct event *e)
{
	char name[16];

	if (!number_ok(j, m, e, "objects", ID_END))
		return;
	if (unlikely(s->told >> marks_number(e) & 1)) {
		m->off = true;
		found_of(&j->findings, ROW_MARKS_MEMORY_TWICE, e,
		         FACTS(fact_object("object", (lk_t)marks_number(e))),
		         "the memory of %s was told",
		         obj_name((lk_t)marks_number(e), name, sizeof(name)));
	}
	s->told |= 1ull << marks_number(e);
}

/* The CPU left its operations where they were; what it does afterwards begins anew. */
static void leaves(struct marks_cpu *m)
{
	m->in = false;
	m->depth = 0;
}

/* The stream has ended in order: so have all its operations, unless another CPU halted the machine. */
static void closes(struct judge *j, struct marks_cpu *m, const struct event *e)
{
	if (j->now.halted)
		return;
	if (unlikely(m->depth))
		breach(j, m, ROW_MARKS_OP_OPEN, e);
	else if (unlikely(m->in))
		breach(j, m, ROW_MARKS_BEGIN_OPEN, e);
}

void marks_other(struct marks *s, struct judge *j, const struct event *e)
{
	struct marks_cpu *m = &s->cpu[e->cpu];

	s->n += e->kind <= MARK_MEMORY && e->kind != MARK_EPISODE && e->kind != MARK_CLOSE;
	if (unlikely(m->off))
		return;
	switch (e->kind) {
	case MARK_OP:
		op_begins(j, m, e);
		break;
	case MARK_SEVENT:
		op_ends(s, j, m, e);
		break;
	case MARK_BEGIN:
		work_begins(j, m, e);
		break;
	case MARK_END_OP:
		work_ends(s, j, m, e);
		break;
	case MARK_MEMORY:
		memory(s, j, m, e);
		break;
	case MARK_STUCK:
		(void)number_ok(j, m, e, "rules", STUCK_NR);
		leaves(m);
		break;
	case MARK_STOPPED:
		leaves(m);
		break;
	case MARK_PANIC:
		/* The atomic operations in which the CPU panicked still have their events. */
		m->in = false;
		break;
	case MARK_CLOSE:
		closes(j, m, e);
		break;
	}
}

static void end(void *own, struct judge *j, bool closed, bool cut)
{
	struct marks *s = own;
	char text[200];

	if (!closed || cut || j->now.halted || !check_on(j, CHK_MARKS))
		return;
	for (u32 i = 0; i < MAX_CPU; i++) {
		struct marks_cpu *m = &s->cpu[i];

		if (likely(!(m->in | m->depth)) || m->off)
			continue;
		KEEP(j, m->off);
		m->off = true;
		found_at_end(
			&j->findings, m->depth ? ROW_MARKS_OP_OPEN : ROW_MARKS_BEGIN_OPEN,
			FINDING_NO_LOCK, i,
			FACTS(fact_word("in_work", m->in ? "yes" : "no"), fact_n("depth", m->depth),
		              fact_word("operation",
		                        m->depth ? op_function(m->open[m->depth - 1]) : "none")),
			"CPU %u: %s", i, where(m, text, sizeof(text)));
	}
}

static void verdict(const void *own, const struct judge *j, enum check_id id,
                    struct check_verdict *out)
{
	const struct marks *s = own;
	bool none = !s->n && !s->ops && !s->atomic;

	(void)id;
	if (none && !judge_lock_events(j) && !j->now.n_high)
		verdict_no_case(j, out);
	else if (none)
		verdict_lacks(out, "log has no marks of operations");
	else
		snprintf(out->worst, sizeof(out->worst), "%llu operations, %llu atomic",
		         (unsigned long long)s->ops, (unsigned long long)s->atomic);
}

const struct family marks_family = {
	.create = create, .free = free, .reset = reset, .end = end, .verdict = verdict
};
