// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a log says of registers and contexts is what the machine holds: rebuilt from the marks of a storm alone, at the end of
 * each episode, however it ended; and every digest on the way is right.
 */
#include "cpu/say.h"
#include "oracle/registers.h"
#include "sim/base/vec.h"
#include "sim/log/read/merge.h"
#include "sim/log/write/log.h"
#include "tests/kit.h"
#include "tests/kit_storm.h"

#include <stdlib.h>
#include <string.h>

enum { CPUS = 3, OPS = 8000, EPISODE_OPS = 2000, CTXTS = N_VMID * 8, EPISODES = 400 };

/* What the machine held at the end of an episode. */
struct held {
	struct ctxt regs[CPUS], ctxt[CTXTS];
	struct runs_on runs[CPUS];
};

static struct {
	u32 n;
	struct held *held[EPISODES];
	u64 marks[EV_NR], moves[8], entries[4], streams[8];
} t;

static void take(const struct machine *m)
{
	struct held *h = xcalloc(1, sizeof(*h));

	assert_int_equal(m->model.vcpu_per_vm * N_VMID, CTXTS);
	for (u32 i = 0; i < CPUS; i++) {
		const struct cpu *c = &m->cpu[i];

		h->regs[i] = c->regs;
		h->runs[i] = (struct runs_on){ c->ihost, c->icore, c->cur_vmid, c->cur_vcpuid };
	}
	memcpy(h->ctxt, m->shadow_ctxts, sizeof(h->ctxt));
	assert_true(t.n < EPISODES);
	t.held[t.n++] = h;
}

/* What setters did was said before the end was. */
static void all_said(const struct machine *m)
{
	for (u32 i = 0; i < CTXTS; i++)
		assert_memory_equal(&m->said_ctxts[i].said.ctxt, &m->shadow_ctxts[i],
		                    sizeof(struct ctxt));
}

static void over(void *arg, const struct machine *m)
{
	(void)arg;
	all_said(m);
	take(m);
}

static void same(const struct ctxt *want, const struct ctxt *have, const char *whose, u32 n,
                 u32 episode)
{
	for (u32 r = 0; r < REG_NR; r++)
		if (want->r[r] != have->r[r])
			fail_msg("episode %u, %s %u: %s is %#llx, rebuilt %#llx", episode, whose, n,
			         reg_name((enum reg)r), (unsigned long long)want->r[r],
			         (unsigned long long)have->r[r]);
}

static void compare(const struct registers *r, u32 episode)
{
	const struct held *h = t.held[episode];

	for (u32 i = 0; i < CPUS; i++) {
		struct runs_on runs = registers_runs_on(r, i);

		same(&h->regs[i], registers_of_cpu(r, i), "cpu", i, episode);
		/* A call that a jump has left may be between two marks. */
		if (!h->runs[i].icore) {
			assert_int_equal(h->runs[i].ihost, runs.ihost);
			assert_int_equal(h->runs[i].vmid, runs.vmid);
			assert_int_equal(h->runs[i].vcpuid, runs.vcpuid);
		}
		assert_int_equal(h->runs[i].icore, runs.icore);
	}
	for (u32 i = 0; i < CTXTS; i++)
		same(&h->ctxt[i], registers_of_vcpu(r, i / 8, i % 8), "context", i, episode);
}

static void count(const struct event *e)
{
	t.marks[e->kind]++;
	if (e->kind == MARK_MOVE)
		t.moves[e->args[0]]++;
	if (e->kind == MARK_ENTER)
		t.entries[e->args[0]]++;
	if (e->kind == MARK_OUTSIDE)
		t.streams[e->args[0]]++;
}

static void replay(struct log *log, const struct log_config *config)
{
	struct registers *r =
		registers_new(config->cpus, config->total_cpu,
	                      errata_published(&config->errata, ERRATUM_ACCESS_REGISTERS));
	struct merge *m = merge_open_memory(log_in_memory(log));
	struct event e[SOURCE_BATCH];
	u32 n, episode = 0;
	struct err err;

	do {
		assert_int_equal(merge_source(m)->next(merge_source(m), e, SOURCE_BATCH, &n, &err),
		                 0);
		for (u32 i = 0; i < n; i++) {
			enum registers_row row;

			if (e[i].kind == MARK_EPISODE && e[i].arg != episode)
				compare(r, episode++);
			count(&e[i]);
			row = registers_event(r, &e[i]);
			if (row != REGISTERS_OK)
				fail_msg("episode %u, cpu %u, %s: row %u", episode, e[i].cpu,
				         event_name(e[i].kind), row);
		}
	} while (n > 0);
	assert_int_equal(episode + 1, t.n);
	compare(r, episode);
	merge_free(m);
	registers_free(r);
}

/* A storm with many panics, its errata on side @side ("all=intended", NULL: their defaults). */
static void storm(const char *side)
{
	static const char *const options[] = { "panics=50", NULL };
	const struct kit_storm_opts o = { .cpus = CPUS,
		                          .seed = 1,
		                          .ops = OPS,
		                          .episode_ops = EPISODE_OPS,
		                          .side = side,
		                          .options = options,
		                          .over = over };
	struct kit_storm k;

	memset(&t, 0, sizeof(t));
	kit_storm_run(&k, &o);
	take(k.m);
	assert_true(t.n == k.result.episodes);
	replay(k.log, &k.config);
	for (u32 i = 0; i < t.n; i++)
		free(t.held[i]);
	kit_storm_free(&k);
}

static void every_mark(void)
{
	static const u32 kinds[] = { MARK_ENTER, MARK_LEAVE, MARK_REGS,    MARK_CTXT,
		                     MARK_MOVE,  MARK_PANIC, MARK_OUTSIDE, MARK_DEVICE };

	for (u32 i = 0; i < ARRAY_SIZE(kinds); i++)
		assert_true(t.marks[kinds[i]] > 0);
	for (u32 i = 0; i < ARRAY_SIZE(t.entries); i++)
		assert_true(t.entries[i] > 0);
	for (u32 i = 0; i <= MV_STREAM_REG_DESC; i++)
		assert_true(t.streams[i] > 0);
}

static void default_side(void **state)
{
	(void)state;
	storm(NULL);
	every_mark();
	for (u32 i = 0; i < ARRAY_SIZE(t.moves); i++)
		assert_true(t.moves[i] > 0);
}

static void intended_side(void **state)
{
	(void)state;
	storm("all=intended");
	every_mark();
	assert_int_equal(t.moves[MV_MOVE_LOAD_REST], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(default_side),
		cmocka_unit_test(intended_side),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
