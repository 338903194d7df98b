// SPDX-License-Identifier: GPL-2.0-only
#include "tests/kit_executions.h"

#include "lock/wait.h"
#include "shmem/shared.h"
#include "sim/hyp/api.h"
#include "sim/log/read/merge.h"
#include "tests/kit.h"
#include "tests/kit_say.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
	OUTER = INFO_ID + 2, /* its lock comes before LK's */
	LK = NPT_ID + 3,
	UNPASSED = INFO_ID + 1,
	VM = 1, /* the first that is registered */
};

/* ---- what CPUs do ---- */

static void open_section(struct cpu *c, lk_t lk)
{
	wait_lock(c, lk);
	acquire_shared(c, lk);
}

static void close_section(struct cpu *c, lk_t lk)
{
	release_shared(c, lk);
	pass_lock(c, lk);
}

static void add(struct cpu *c, u32 by)
{
	shared_store(c, LK, F_NPT_pt_pgd_next, 0, shared_load(c, LK, F_NPT_pt_pgd_next, 0) + by);
}

static void section(struct cpu *c)
{
	open_section(c, LK);
	add(c, 4096 * (c->id + 1));
	close_section(c, LK);
}

static void hypercall(struct cpu *c, u64 nr, u64 x1, u64 x2, u64 x3)
{
	const u64 x[] = { nr, x1, x2, x3, 0, 0 };

	for (u32 i = 0; i < ARRAY_SIZE(x); i++)
		c->regs.r[R_x0 + i] = x[i];
	host_hvc_handler(c);
}

static void step(struct cpu *c, void *arg)
{
	struct obj *o = &c->shared->obj[LK];

	switch (*(const char *)arg) {
	case 'A':
		section(c);
		break;
	case 'a':
		open_section(c, LK);
		add(c, 4096);
		break;
	case 'b':
		add(c, 8192);
		close_section(c, LK);
		break;
	case 'n':
		open_section(c, OUTER);
		section(c);
		close_section(c, OUTER);
		break;
	case '(':
		open_section(c, OUTER);
		break;
	case ')':
		close_section(c, OUTER);
		break;
	case 'M':
		for (u32 i = 0; i < KIT_MANY; i++)
			section(c);
		break;
	case 'w':
		obj_set(o, F_NPT_pt_pgd_next, 0, obj_get(o, F_NPT_pt_pgd_next, 0) + 1);
		break;
	case 'u':
		obj_set(o, F_NPT_pt_pgd_next, 0, obj_get(o, F_NPT_pt_pgd_next, 0) - 4096);
		break;
	case 'r':
		*obj_cell(o, F_NPT_pt_pgd_next, 0) += 1;
		break;
	case 'l':
		open_section(c, UNPASSED);
		break;
	case '1':
		hypercall(c, HVC_REGISTER_KVM, 0, 0, 0);
		break;
	case '2':
		hypercall(c, HVC_REGISTER_VCPU, VM, c->id, 0);
		break;
	case '3':
		hypercall(c, HVC_SET_BOOT_INFO, VM, 0x40000000, 4096);
		break;
	default:
		fail();
	}
}

void kit_bench_step(struct kit_bench *b, const struct kit_step *s)
{
	char what = s->what;

	enum outcome how = cpu_call(&b->t.m->cpu[s->cpu], step, &what);

	/* A vCPU that is registered twice halts the machine, and its CPUs do nothing more. */
	assert_true(how == OUT_OK || (b->booted && flag_get(&b->t.m->halt)));
}

/* "0A 1( 1A": CPU and letter. */
struct kit_steps kit_steps(const char *text)
{
	struct kit_steps s = { .n = 0 };

	for (; *text; text += text[2] ? 3 : 2)
		s.v[s.n++] = (struct kit_step){ .cpu = (u32)(text[0] - '0'), .what = text[1] };
	return s;
}

/* ---- a machine that goes back ---- */

void kit_bench_make(struct kit_bench *b, bool booted, const char *prefix)
{
	*b = (struct kit_bench){ .booted = booted, .prefix = kit_steps(prefix) };
	if (booted) {
		test_machine_boot(&b->t, KIT_BENCH_CPUS, NULL);
	} else {
		test_machine_make(&b->t, KIT_BENCH_CPUS, 5, WAIT_YIELD, true);
		machine_begin_episode(b->t.m);
	}
	/* Bytes are compared by where they are. */
	assert_int_equal(b->t.m->episode, 0);
}

static void run_prefix(struct kit_bench *b)
{
	for (u32 i = 0; i < b->prefix.n; i++) {
		kit_bench_step(b, &b->prefix.v[i]);
		if (b->j)
			explore_judge_segment(b->j, b->prefix.v[i].cpu);
	}
}

/* The same without a judge, of the prefix alone: what it wrote. */
void kit_bench_start(struct kit_bench *b, struct check_how how)
{
	struct err e;

	assert_int_equal(explore_judge_new(&b->j, b->t.log, check_set_all(), how, &e), 0);
	explore_judge_whole(b->j, !b->brief);
	for (u32 c = 0; c < KIT_BENCH_CPUS; c++)
		b->at[c] = *log_writer(b->t.log, c);
	run_prefix(b);
	assert_int_equal(explore_judge_base(b->j, &e), 0);
	assert_int_equal(explore_judge_segments(b->j), 0);
}

/* Everything is where base() had it: the prefix runs again, to the same bytes. */
void kit_bench_back(struct kit_bench *b)
{
	struct explore_judge *j = b->j;

	machine_reset(b->t.m);
	b->t.m->episode = 0;
	for (u32 c = 0; c < KIT_BENCH_CPUS; c++) {
		struct log_chunks *own = &b->t.log->chunks[c];

		for (; own->n > 1; own->n--) {
			struct log_chunk_header *scratch = own->v[own->n];

			munmap(own->v[own->n - 1], LOG_SLOT_BYTES);
			own->v[own->n - 1] = scratch;
		}
		*log_writer(b->t.log, c) = b->at[c];
	}
	/* A booted one wrote its marks before kit_bench_start(). */
	b->j = NULL;
	run_prefix(b);
	b->j = j;
}

/* Runs it, and judges it as sharing @shared steps with what was judged before; *x is that, and then this one. */
u64 kit_execute(struct kit_bench *b, struct kit_execution *x, const struct kit_steps *s, u32 shared,
                bool closed)
{
	u32 same = shared ? x->segments[shared] : 0;

	for (u32 i = 0; i < s->n; i++) {
		x->segments[i] = explore_judge_segments(b->j);
		kit_bench_step(b, &s->v[i]);
		explore_judge_segment(b->j, s->v[i].cpu);
	}
	x->segments[s->n] = explore_judge_segments(b->j);
	if (b->rest)
		machine_end_episode(b->t.m);
	for (u32 c = 0; c < KIT_BENCH_CPUS; c++)
		explore_judge_segment(b->j, c);
	x->steps = *s;
	x->found = explore_judge_end(b->j, same, closed, ~0ull);
	assert_int_equal(explore_judge_segments(b->j), 0);
	return x->found;
}

u64 kit_execute_text(struct kit_bench *b, const char *text, bool closed)
{
	struct kit_steps s = kit_steps(text);
	struct kit_execution x = { .found = 0 };
	u64 found = kit_execute(b, &x, &s, 0, closed);

	kit_bench_back(b);
	return found;
}

void kit_bench_free(struct kit_bench *b)
{
	explore_judge_free(b->j);
	test_machine_free(&b->t);
}

/* ---- what it is compared with ---- */

/* Verdicts and findings, each lock's in their order: across locks the order of a merge is another one. */
static char *lines(const struct checker *c)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);
	const struct finding *found;
	u32 n;

	for (u32 id = 0; id < CHK_NR; id++) {
		struct check_verdict v;

		checker_verdict(c, id, &v);
		if (id != CHK_MERGE)
			fprintf(f, "%s %d %d %llu %llu %llu %s\n", check_name(id), v.judged,
			        v.lacks, (unsigned long long)v.n_findings,
			        (unsigned long long)v.n_known, (unsigned long long)v.n_cases,
			        v.worst);
	}
	found = checker_findings(c, &n);
	for (u32 lk = 0; lk <= ID_END; lk++)
		for (u32 i = 0; i < n; i++)
			if (found[i].lk == lk || (lk == ID_END && found[i].lk > lk))
				fprintf(f, "%s %u %u %s: %s: %s\n", found[i].row, found[i].lk,
				        found[i].cpu, found[i].event, found[i].sentence,
				        found[i].state);
	fclose(f);
	return text;
}

/* Of a machine of its own: what its merged log says. */
static char *merged_lines(const struct kit_bench *like, const struct kit_steps *s, bool closed)
{
	struct checker *c;
	struct event e[SOURCE_BATCH];
	struct merge *m;
	struct kit_bench b;
	struct err err;
	char *text;
	u32 n;

	kit_bench_make(&b, like->booted, "");
	b.prefix = like->prefix;
	run_prefix(&b);
	for (u32 i = 0; i < s->n; i++)
		kit_bench_step(&b, &s->v[i]);
	machine_end_episode(b.t.m);
	c = checker_new(&b.t.config, check_set_all());
	m = merge_open_memory(log_in_memory(b.t.log));
	do {
		assert_int_equal(merge_source(m)->next(merge_source(m), e, SOURCE_BATCH, &n, &err),
		                 0);
		checker_feed(c, e, n);
	} while (n > 0);
	checker_end(c, closed);
	text = lines(c);
	checker_free(c);
	merge_free(m);
	kit_bench_free(&b);
	return text;
}

/* Of a judge that has judged nothing else: all that it says. */
static char *alone(const struct kit_bench *like, const struct kit_steps *s, bool closed)
{
	struct kit_execution x = { .found = 0 };
	struct kit_bench b;
	char *text;

	kit_bench_make(&b, like->booted, "");
	b.prefix = like->prefix;
	b.rest = like->rest;
	b.brief = like->brief;
	kit_bench_start(&b, (struct check_how){ 0 });
	kit_execute(&b, &x, s, 0, closed);
	text = kit_say(explore_judge_checker(b.j), &b.t.config);
	kit_bench_free(&b);
	return text;
}

/* From the first line on that differs. */
static void expect_equal(const char *says, const char *want)
{
	while (*says && *says == *want) {
		const char *x = strchr(says, '\n'), *y = strchr(want, '\n');

		if (!x || !y || x - says != y - want ||
		    strncmp(says, want, (size_t)(x - says)) != 0)
			break;
		says = x + 1;
		want = y + 1;
	}
	assert_string_equal(says, want);
}

/* What the judge says now is what it says of this execution alone, and what a merge of its log says. */
void kit_expect_as_alone(struct kit_bench *b, const struct kit_steps *s, bool closed)
{
	char *says = kit_say(explore_judge_checker(b->j), &b->t.config), *want;

	want = alone(b, s, closed);
	expect_equal(says, want);
	free(says);
	free(want);
	if (!b->rest)
		return;
	says = lines(explore_judge_checker(b->j));
	want = merged_lines(b, s, closed);
	expect_equal(says, want);
	free(says);
	free(want);
}
