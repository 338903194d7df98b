// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/program_order.h"

#include "sim/base/vec.h"
#include "sim/log/mark_arg.h"
#include "sim/log/stuck_rule.h"
#include "sim/log/stuck_slip.h"

#include <stdio.h>
#include <string.h>

static void *create(const struct judge *j)
{
	struct program_order *s = xcalloc(1, sizeof(*s));

	s->mask = check_set_bits(&j->checks, CHK_BARRIER) &
	          (PROGRAM_BIT(CHK_BARRIER) | PROGRAM_BIT(CHK_PULL) | PROGRAM_BIT(CHK_LEAK) |
	           PROGRAM_BIT(CHK_STUCK));
	s->told = j->barriers;
	return s;
}

static void reset(void *own, const struct judge *j)
{
	struct program_order *s = own;

	(void)j;
	memset(s->cpu, 0, sizeof(s->cpu));
	for (u32 i = 0; i < MAX_CPU; i++)
		s->cpu[i].on = s->mask;
}

void program_order_barred(struct program_order *s, struct judge *j, struct program *p,
                          enum check_row row, const struct event *e)
{
	p->on &= ~PROGRAM_BIT(CHK_BARRIER);
	if (s->told) {
		found_of(&j->findings, row, e,
		         FACTS(fact_word("bars", bar_name(j->holder[e->cpu].bars))), "CPU %u: %s",
		         e->cpu, bar_name(j->holder[e->cpu].bars));
	} else if (!(s->untold_cpus >> e->cpu & 1)) {
		KEEP(j, s->untold_cpus);
		KEEP(j, s->untold[e->cpu]);
		s->untold_cpus |= 1ull << e->cpu;
		finding_make(&j->findings, &s->untold[e->cpu], row, e, "CPU %u: %s", e->cpu,
		             bar_name(j->holder[e->cpu].bars));
		finding_facts(&j->findings, &s->untold[e->cpu], e,
		              FACTS(fact_word("bars", bar_name(j->holder[e->cpu].bars))));
		s->untold[e->cpu].later = true;
	}
}

void program_order_told(struct program_order *s, struct judge *j)
{
	KEEP(j, s->told);
	KEEP(j, s->untold_cpus);
	s->told = true;
	if (!(s->mask & PROGRAM_BIT(CHK_BARRIER)))
		return;
	for (; s->untold_cpus; s->untold_cpus &= s->untold_cpus - 1)
		findings_keep(&j->findings, &s->untold[__builtin_ctzll(s->untold_cpus)]);
}

static const char *lock_state(const struct holder *h, u64 bit)
{
	if (h->pulled & bit)
		return "LockOwn true";
	return h->held & bit ? "LockOwn false" : "LockFalse";
}

void program_order_unpulled(struct judge *j, struct program *p, enum check_row row,
                            const struct event *e)
{
	p->on &= ~(PROGRAM_BIT(CHK_PULL));
	found_of(&j->findings, row, e,
	         FACTS(fact_object("object", e->lk),
	               fact_word("state", lock_state(&j->holder[e->cpu], 1ull << e->lk))),
	         "CPU %u: %s", e->cpu, lock_state(&j->holder[e->cpu], 1ull << e->lk));
}

/* "NPT:1, INFO:2": the locks of a set.  Returns buf. */
static const char *lock_set(const struct judge *j, u64 set, char *buf, size_t size)
{
	size_t at = 0;

	buf[0] = '\0';
	for (; set && at + LOCK_NAME_BYTES + 4 < size; set &= set - 1) {
		char name[LOCK_NAME_BYTES];
		int n = snprintf(
			buf + at, size - at, "%s%s", at ? ", " : "",
			lock_name_of(&j->locks, (lk_t)__builtin_ctzll(set), name, sizeof(name)));

		at += (size_t)n;
	}
	return buf;
}

static __attribute__((noinline)) void leaks(struct judge *j, struct program *p, enum check_row row,
                                            const struct event *e)
{
	char set[160];

	p->on &= ~(PROGRAM_BIT(CHK_LEAK));
	found_of(&j->findings, row, e, FACTS(fact_locks("taken", j->holder[e->cpu].taken)),
	         "CPU %u has taken %s", e->cpu,
	         lock_set(j, j->holder[e->cpu].taken, set, sizeof(set)));
}

static inline void leak(struct judge *j, struct program *p, enum check_row row,
                        const struct event *e)
{
	if (unlikely(j->holder[e->cpu].taken) && !j->now.halted && p->on & PROGRAM_BIT(CHK_LEAK))
		leaks(j, p, row, e);
}

/* The call was stuck, by a mistake, or by a slip that the CPU follows. */
static __attribute__((cold, noinline)) void found_stuck(struct judge *j, const struct event *e)
{
	enum erratum erratum = stuck_slip(mark_text(e), e->arg);
	struct finding f;

	if (j->findings.strict || erratum == ERRATUM_NR || !judge_published(j, e->cpu, erratum)) {
		found_of(&j->findings, ROW_STUCK_CALL, e,
		         FACTS(fact_word("rule", stuck_name(e->arg))), "%s: %s", stuck_name(e->arg),
		         stuck_sentence(e->arg));
		return;
	}
	if (j->findings.n_by_check[FINDING_KNOWN][CHK_STUCK]) {
		findings_count_known(&j->findings, ROW_STUCK_CALL, erratum);
		return;
	}
	finding_make(&j->findings, &f, ROW_STUCK_CALL, e, "%s: %s (erratum %s, published)",
	             stuck_name(e->arg), mark_text(e), erratum_name(erratum));
	f.class = FINDING_KNOWN;
	f.erratum = erratum;
	findings_keep(&j->findings, &f);
}

void program_order_ends(struct program_order *s, struct judge *j, const struct event *e)
{
	struct program *p = &s->cpu[e->cpu];

	if (e->kind == MARK_END_OP) {
		s->n.ops++;
		leak(j, p, ROW_LEAK_OP, e);
	} else if (e->kind == MARK_CLOSE) {
		s->n.ends++;
		leak(j, p, ROW_LEAK_END, e);
	} else if (e->kind == MARK_STUCK) {
		s->n.stuck++;
		if (check_on(j, CHK_STUCK))
			found_stuck(j, e);
	}
}

/* Has any CPU a ticket? */
static bool any_taken(const struct judge *j)
{
	u64 taken = 0;

	for (u32 i = 0; i < j->cpus; i++)
		taken |= j->holder[i].taken;
	return taken;
}

/* Locks that are held now, although the episode has ended. */
static void end(void *own, struct judge *j, bool closed, bool cut)
{
	struct program_order *s = own;
	char set[160];

	(void)cut;
	if (!closed || j->now.halted)
		return;
	KEEP(j, s->n.ends);
	s->n.ends++;
	if (!any_taken(j))
		return;
	for (u32 i = 0; i < MAX_CPU; i++) {
		struct program *p = &s->cpu[i];

		if (!j->holder[i].taken || !(p->on & PROGRAM_BIT(CHK_LEAK)))
			continue;
		KEEP(j, p->on);
		p->on &= ~(PROGRAM_BIT(CHK_LEAK));
		found_at_end(&j->findings, ROW_LEAK_END, FINDING_NO_LOCK, i,
		             FACTS(fact_locks("taken", j->holder[i].taken)), "CPU %u has taken %s",
		             i, lock_set(j, j->holder[i].taken, set, sizeof(set)));
	}
}

static void barrier_verdict(const struct program_order *s, const struct judge *j,
                            struct check_verdict *out)
{
	if (!s->n.barriers && !judge_lock_events(j))
		verdict_no_case(j, out);
	else if (!s->told)
		verdict_lacks(out, "log has no barrier marks");
	else
		snprintf(out->worst, sizeof(out->worst), "%llu barriers",
		         (unsigned long long)s->n.barriers);
}

/* Whether a CPU has left locks behind, or was stuck, is known where its operations, its stream or the machine end. */
static void ends_verdict(const struct program_order *s, const struct judge *j, enum check_id id,
                         struct check_verdict *out)
{
	bool none = !s->n.ops && !s->n.ends && !s->n.stuck;

	if (none && !judge_lock_events(j) && !j->now.n_high)
		verdict_no_case(j, out);
	else if (none)
		verdict_lacks(out, "log has no marks of operations that end");
	else if (id == CHK_LEAK)
		snprintf(out->worst, sizeof(out->worst), "%llu operations ended",
		         (unsigned long long)s->n.ops);
}

static void verdict(const void *own, const struct judge *j, enum check_id id,
                    struct check_verdict *out)
{
	const struct program_order *s = own;

	if (id == CHK_BARRIER)
		barrier_verdict(s, j, out);
	else if (id != CHK_PULL)
		ends_verdict(s, j, id, out);
	else if (s->n.pulls + s->n.pushes)
		snprintf(out->worst, sizeof(out->worst), "%llu pulls, %llu pushes",
		         (unsigned long long)s->n.pulls, (unsigned long long)s->n.pushes);
	else
		verdict_no_case(j, out);
}

const struct family program_order_family = {
	.create = create, .free = free, .reset = reset, .end = end, .verdict = verdict
};
