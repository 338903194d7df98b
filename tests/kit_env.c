// SPDX-License-Identifier: GPL-2.0-only
#include "tests/kit_env.h"

#include "sim/log/event.h"
#include "tests/kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CPUS = 8, CTXTS = N_VMID * VCPU_PER_VM };

void test_env_make(struct test_env *t, bool whole)
{
	test_machine_make(&t->t, CPUS, 0, WAIT_YIELD, false);
	t->m = t->t.m;
	t->e = env_new(t->m, whole);
	t->hooks = t->m->cpu[0].env;
	test_env_reset(t);
}

void test_env_free(struct test_env *t)
{
	env_free(t->e);
	test_machine_free(&t->t);
}

void test_env_reset(struct test_env *t)
{
	machine_reset(t->m);
	env_reset(t->e);
	t->c = &t->m->cpu[0];
	for (u32 i = 0; i < CPUS; i++) {
		errata_defaults(&t->m->cpu[i].errata);
		t->m->cpu[i].level = ENV_HIGH;
	}
	test_env_run(t, false);
}

void test_env_run(struct test_env *t, bool run)
{
	t->run = run;
	for (u32 i = 0; i < CPUS; i++) {
		t->m->cpu[i].env = run ? NULL : t->hooks;
		t->m->cpu[i].weak = false;
	}
}

void test_env_lock(struct test_env *t, lk_t first, lk_t last)
{
	u8 cpu = (u8)t->c->id;

	for (lk_t lk = first; lk <= last; lk++) {
		env_log_start(
			t->e, lk,
			&(struct env_event){ .kind = EV_WAIT_LOCK, .cpu = cpu, .arg = LOCK_BOUND });
		env_log_start(t->e, lk,
		              &(struct env_event){ .kind = EV_OPULL, .cpu = cpu, .arg = lk });
		t->c->lock[lk] = LOCK_OWN_PULLED;
	}
	t->c->tstate = 0;
}

void test_env_erratum(struct test_env *t, enum erratum id, bool published)
{
	for (u32 i = 0; i < CPUS; i++)
		errata_set(&t->m->cpu[i].errata, id, published);
}

static const struct prim *find(const char *name)
{
	const struct prim *p = prim_by_name(name);

	if (!p)
		fail_msg("there is no primitive %s", name);
	return p;
}

enum outcome test_try(struct test_env *t, const char *name, const u64 *a, u64 *value)
{
	const struct prim *p = find(name);

	if (!t->run)
		return exec_call(t->e, t->c, p, a, t->c->weak, value);
	return prim_run(t->c, p, a, value);
}

u64 test_ok(struct test_env *t, const char *name, const u64 *a)
{
	u64 value = 0;
	enum outcome out = test_try(t, name, a, &value);

	if (out != OUT_OK)
		fail_msg("%s: outcome %d, rule %s", name, out, stuck_name(t->c->stuck.rule));
	return value;
}

void test_stuck(struct test_env *t, enum stuck_rule rule, const char *name, const u64 *a)
{
	struct test_state *before = test_state_take(t), *after;
	u64 value;
	enum outcome out = test_try(t, name, a, &value);
	const char *what;

	if (out != OUT_STUCK || t->c->stuck.rule != rule)
		fail_msg("%s: outcome %d, rule %s, expected %s", name, out,
		         stuck_name(t->c->stuck.rule), stuck_name(rule));
	after = test_state_take(t);
	what = test_state_differs(before, after);
	if (what)
		fail_msg("%s was stuck and changed %s", name, what);
	test_state_free(before);
	test_state_free(after);
}

/**
 * struct test_state
 * @n_events, @answered, @word: [LK_SPACE]
 * @payload: [ID_END] contents
 */
struct test_state {
	bool halt, panicked, ihost, icore;
	u32 bars, tstate, vmid, vcpuid, n_ops;
	u8 lock[LK_SPACE];
	u64 held, effects;
	const u64 *hold_word;
	struct ctxt regs;
	struct data_logs data_logs;
	u64 digest[ID_END], word[LK_SPACE];
	u32 n_events[LK_SPACE], answered[LK_SPACE];
	struct ctxt ctxts[CTXTS];
	struct payload *payload[ID_END];
};

struct test_state *test_state_take(struct test_env *t)
{
	struct test_state *s = xcalloc(1, sizeof(*s));
	const struct machine *m = t->m;
	const struct cpu *c = t->c;

	s->halt = flag_get(&m->halt);
	s->panicked = c->panicked;
	s->ihost = c->ihost;
	s->icore = c->icore;
	s->bars = c->bars;
	s->tstate = c->tstate;
	s->vmid = c->cur_vmid;
	s->vcpuid = c->cur_vcpuid;
	s->n_ops = t->e->slog.n;
	s->held = cpu_held(c);
	s->effects = c->effects;
	s->hold_word = c->hold_word;
	s->regs = c->regs;
	s->data_logs = m->data_logs;
	memcpy(s->lock, c->lock, sizeof(s->lock));
	memcpy(s->ctxts, m->shadow_ctxts, sizeof(s->ctxts));
	for (lk_t lk = 0; lk < LK_SPACE; lk++) {
		s->word[lk] = m->locks.lock[lk].word;
		s->n_events[lk] = t->e->log[lk].ev.n;
		s->answered[lk] = t->e->log[lk].next;
	}
	for (lk_t id = 0; id < ID_END; id++) {
		s->digest[id] = m->shared.obj[id].digest;
		s->payload[id] = payload_contents_snapshot(&t->e->contents, id);
	}
	return s;
}

void test_state_free(struct test_state *s)
{
	if (!s)
		return;
	for (lk_t id = 0; id < ID_END; id++)
		payload_free(s->payload[id]);
	free(s);
}

static bool same_payload(const struct payload *a, const struct payload *b)
{
	bool same = a->cell.n == b->cell.n;

	for (u32 i = 0; same && i < a->cell.n; i++) {
		const struct payload_cell *x = &a->cell.v[i], *y = &b->cell.v[i];

		same = x->field == y->field && x->index == y->index && x->new == y->new;
	}
	return same;
}

const char *test_state_differs(const struct test_state *a, const struct test_state *b)
{
#define SAME(field)                                                 \
	do {                                                        \
		if (memcmp(&a->field, &b->field, sizeof(a->field))) \
			return #field;                              \
	} while (0)
	SAME(halt);
	SAME(panicked);
	SAME(ihost);
	SAME(icore);
	SAME(bars);
	SAME(tstate);
	SAME(vmid);
	SAME(vcpuid);
	SAME(n_ops);
	SAME(lock);
	SAME(held);
	SAME(effects);
	SAME(hold_word);
	SAME(regs);
	SAME(data_logs);
	SAME(word);
	SAME(n_events);
	SAME(answered);
	SAME(ctxts);
	for (lk_t id = 0; id < ID_END; id++)
		if (!same_payload(a->payload[id], b->payload[id]))
			return "contents";
	SAME(digest);
	return NULL;
}
