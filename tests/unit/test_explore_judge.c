// SPDX-License-Identifier: GPL-2.0-only
/*
 * Executions that are judged one after the other on one log, with undos between them: each is judged as the log of a machine that ran it
 * alone is, whatever came before.
 */
#include "sim/explore/judge.h"

#include "lock/wait.h"
#include "shmem/shared.h"
#include "sim/base/rng.h"
#include "sim/hyp/api.h"
#include "sim/log/read/merge.h"
#include "tests/kit.h"
#include "tests/kit_machine.h"
#include "tests/kit_say.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
	CPUS = 3,
	MAX_STEPS = 64,
	OUTER = INFO_ID + 2, /* its lock comes before LK's */
	LK = NPT_ID + 3,
	UNPASSED = INFO_ID + 1,
	VM = 1, /* the first that is registered */
	MANY = 40000,
};

/*
 * What a CPU does between two places where another one may go on: A a section; a, b the first and the second half of one, with a write in
 * each; n with a section of LK inside one of OUTER; ( and ) its outer halves; M many sections; w a write to LK's object without its lock;
 * r the same past the shared objects; l a lock that is not passed on; 1, 2, 3 hypercalls.
 */
struct step {
	u32 cpu;
	char what;
};

struct steps {
	struct step v[MAX_STEPS];
	u32 n;
};

/* Behind each of its steps: how many segments there are. */
struct execution {
	struct steps steps;
	u32 segments[MAX_STEPS + 1];
	u64 found;
};

/**
 * struct bench - a machine, whose streams go back to @at
 * @rest: the end of the episode is the last segments
 */
struct bench {
	struct test_machine t;
	struct explore_judge *j;
	struct log_writer at[CPUS];
	struct steps prefix;
	bool booted, rest;
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
		for (u32 i = 0; i < MANY; i++)
			section(c);
		break;
	case 'w':
		obj_set(o, F_NPT_pt_pgd_next, 0, obj_get(o, F_NPT_pt_pgd_next, 0) + 1);
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

static void run_step(struct bench *b, const struct step *s)
{
	char what = s->what;

	enum outcome how = cpu_call(&b->t.m->cpu[s->cpu], step, &what);

	/* A vCPU that is registered twice halts the machine, and its CPUs do nothing more. */
	assert_true(how == OUT_OK || (b->booted && flag_get(&b->t.m->halt)));
}

/* "0A 1( 1A": CPU and letter. */
static struct steps steps(const char *text)
{
	struct steps s = { .n = 0 };

	for (; *text; text += text[2] ? 3 : 2)
		s.v[s.n++] = (struct step){ .cpu = (u32)(text[0] - '0'), .what = text[1] };
	return s;
}

/* ---- a machine that goes back ---- */

static void make(struct bench *b, bool booted, const char *prefix)
{
	*b = (struct bench){ .booted = booted, .prefix = steps(prefix) };
	if (booted) {
		test_machine_boot(&b->t, CPUS, NULL);
	} else {
		test_machine_make(&b->t, CPUS, 5, WAIT_YIELD, true);
		machine_begin_episode(b->t.m);
	}
	/* Bytes are compared by where they are. */
	assert_int_equal(b->t.m->episode, 0);
}

static void run_prefix(struct bench *b)
{
	for (u32 i = 0; i < b->prefix.n; i++) {
		run_step(b, &b->prefix.v[i]);
		if (b->j)
			explore_judge_segment(b->j, b->prefix.v[i].cpu);
	}
}

/* The same without a judge, of the prefix alone: what it wrote. */
static void start(struct bench *b, struct check_how how)
{
	struct err e;

	assert_int_equal(explore_judge_new(&b->j, b->t.log, check_set_all(), how, &e), 0);
	for (u32 c = 0; c < CPUS; c++)
		b->at[c] = *log_writer(b->t.log, c);
	run_prefix(b);
	assert_int_equal(explore_judge_base(b->j, &e), 0);
	assert_int_equal(explore_judge_segments(b->j), 0);
}

/* Everything is where base() had it: the prefix runs again, to the same bytes. */
static void go_back(struct bench *b)
{
	struct explore_judge *j = b->j;

	machine_reset(b->t.m);
	b->t.m->episode = 0;
	for (u32 c = 0; c < CPUS; c++) {
		struct log_chunks *own = &b->t.log->chunks[c];

		for (; own->n > 1; own->n--) {
			struct log_chunk_header *scratch = own->v[own->n];

			munmap(own->v[own->n - 1], LOG_SLOT_BYTES);
			own->v[own->n - 1] = scratch;
		}
		*log_writer(b->t.log, c) = b->at[c];
	}
	/* A booted one wrote its marks before start(). */
	b->j = NULL;
	run_prefix(b);
	b->j = j;
}

/* Runs it, and judges it as sharing @shared steps with what was judged before; *x is that, and then this one. */
static u64 execute(struct bench *b, struct execution *x, const struct steps *s, u32 shared,
                   bool closed)
{
	u32 same = shared ? x->segments[shared] : 0;

	for (u32 i = 0; i < s->n; i++) {
		x->segments[i] = explore_judge_segments(b->j);
		run_step(b, &s->v[i]);
		explore_judge_segment(b->j, s->v[i].cpu);
	}
	x->segments[s->n] = explore_judge_segments(b->j);
	if (b->rest)
		machine_end_episode(b->t.m);
	for (u32 c = 0; c < CPUS; c++)
		explore_judge_segment(b->j, c);
	x->steps = *s;
	x->found = explore_judge_end(b->j, same, closed);
	assert_int_equal(explore_judge_segments(b->j), 0);
	return x->found;
}

static u64 judge(struct bench *b, const char *text, bool closed)
{
	struct steps s = steps(text);
	struct execution x = { .found = 0 };
	u64 found = execute(b, &x, &s, 0, closed);

	go_back(b);
	return found;
}

static void unmake(struct bench *b)
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
static char *merged_lines(const struct bench *like, const struct steps *s, bool closed)
{
	struct checker *c;
	struct event e[SOURCE_BATCH];
	struct merge *m;
	struct bench b;
	struct err err;
	char *text;
	u32 n;

	make(&b, like->booted, "");
	b.prefix = like->prefix;
	run_prefix(&b);
	for (u32 i = 0; i < s->n; i++)
		run_step(&b, &s->v[i]);
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
	unmake(&b);
	return text;
}

/* Of a judge that has judged nothing else: all that it says. */
static char *alone(const struct bench *like, const struct steps *s, bool closed)
{
	struct execution x = { .found = 0 };
	struct bench b;
	char *text;

	make(&b, like->booted, "");
	b.prefix = like->prefix;
	b.rest = like->rest;
	start(&b, (struct check_how){ 0 });
	execute(&b, &x, s, 0, closed);
	text = kit_say(explore_judge_checker(b.j), &b.t.config);
	unmake(&b);
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
static void expect_as_alone(struct bench *b, const struct steps *s, bool closed)
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

/* ---- orders at random ---- */

/**
 * struct state - who is inside what
 * @lk, @outer: CPU + 1, or 0; @left: a lock was left
 */
struct state {
	u32 lk, outer;
	bool left;
};

static bool may(const struct state *s, u32 cpu, char what)
{
	switch (what) {
	case 'A':
	case 'a':
		return !s->lk;
	case 'b':
		return s->lk == cpu + 1;
	case 'n':
		return !s->lk && !s->outer;
	case '(':
		return !s->outer && s->lk != cpu + 1;
	case ')':
		return s->outer == cpu + 1 && s->lk != cpu + 1;
	case 'l':
		return !s->left && s->lk != cpu + 1 && s->outer != cpu + 1;
	default:
		return true;
	}
}

static void go(struct state *s, u32 cpu, char what)
{
	if (what == 'a')
		s->lk = cpu + 1;
	else if (what == 'b')
		s->lk = 0;
	else if (what == '(')
		s->outer = cpu + 1;
	else if (what == ')')
		s->outer = 0;
	else if (what == 'l')
		s->left = true;
}

/* The first @keep of @s stay, and the others are drawn, of @letters.  Is no section open? */
static bool draw(struct rng *r, struct steps *s, u32 keep, const char *letters)
{
	struct state now = { .lk = 0 };
	u32 n = keep + 1 + (u32)rng_below(r, 8);

	for (u32 i = 0; i < keep; i++)
		go(&now, s->v[i].cpu, s->v[i].what);
	for (s->n = keep; s->n < n;) {
		u32 cpu = (u32)rng_below(r, CPUS);
		char what = letters[rng_below(r, strlen(letters))];

		if (!may(&now, cpu, what))
			continue;
		go(&now, cpu, what);
		s->v[s->n++] = (struct step){ .cpu = cpu, .what = what };
	}
	return !now.lk && !now.outer;
}

/* Executions with a prefix of what came before, mostly; some judged as if they had none, some given up. */
static void orders(bool booted, bool rest, const char *prefix, const char *letters, u32 count)
{
	struct rng r = { .s = test_seed(7) };
	struct execution x = { .found = 0 };
	struct steps s = { .n = 0 };
	u64 findings = 0, shared_any = 0;
	struct bench b;

	make(&b, booted, prefix);
	b.rest = rest;
	start(&b, (struct check_how){ 0 });
	for (u32 i = 0; i < count; i++) {
		u32 keep = x.steps.n ? (u32)rng_below(&r, x.steps.n + 1u) : 0;
		bool closed;
		u32 shared = rng_below(&r, 4) ? keep : 0;

		s = x.steps;
		closed = draw(&r, &s, keep > 40 ? 0 : keep, letters) && rng_below(&r, 3);
		shared = keep > 40 ? 0 : shared;
		findings += execute(&b, &x, &s, shared, closed);
		shared_any += shared > 0;
		expect_as_alone(&b, &s, closed);
		go_back(&b);
		if (rng_below(&r, 5) == 0) {
			run_step(&b, &(struct step){ .cpu = 1, .what = booted ? '1' : 'A' });
			explore_judge_segment(b.j, 1);
			assert_int_equal(explore_judge_segments(b.j), 1);
			explore_judge_drop(b.j);
			assert_int_equal(explore_judge_segments(b.j), 0);
			go_back(&b);
		}
	}
	assert_true(shared_any > 0);
	assert_true((findings > 0) == (strchr(letters, 'w') || strchr(letters, 'l')));
	unmake(&b);
}

/* An order is judged as the log of a machine that ran it alone: clean ones. */
static void clean_orders(void **state)
{
	(void)state;
	orders(false, true, "0A 1A 2n", "AAabn()", 60);
}

/* And ones with a write outside of the locks, or a lock that is left. */
static void broken_orders(void **state)
{
	(void)state;
	orders(false, true, "0A 1A", "AAAabn()wl", 60);
}

/* And those of hypercalls, by all checks. */
static void hypercalls(void **state)
{
	(void)state;
	orders(true, true, "01 12", "1123333", 40);
}

/* ---- what is found, and gone again ---- */

static bool has_row(struct bench *b, const char *row)
{
	u32 n;
	const struct finding *f = checker_findings(explore_judge_checker(b->j), &n);

	for (u32 i = 0; i < n; i++)
		if (strcmp(f[i].row, row) == 0)
			return true;
	return false;
}

/* A lock that is not passed on is found in the executions that leave it, if they came to their end. */
static void a_lock_is_left(void **state)
{
	struct bench b;

	(void)state;
	make(&b, false, "0A 1A");
	start(&b, (struct check_how){ 0 });
	assert_int_equal(judge(&b, "0A 1A", true), 0);
	assert_int_equal(judge(&b, "0A 1l 0A", true), 1);
	assert_int_equal(judge(&b, "0A 1A", true), 0);
	assert_int_equal(judge(&b, "0A 1l 0A", false), 0);
	assert_int_equal(judge(&b, "2l", true), 1);
	assert_int_equal(judge(&b, "", true), 0);
	unmake(&b);
}

/* A write that no push told of is found by what objects hold at the end, in the executions that have it. */
static void a_write_is_not_told(void **state)
{
	struct bench b;

	(void)state;
	make(&b, false, "0A 1A");
	start(&b, (struct check_how){ 0 });
	assert_int_equal(judge(&b, "0A 1w", true), 0); /* nobody looks */
	explore_judge_memory(b.j, b.t.m->shared.obj);
	assert_int_equal(judge(&b, "0A 1A", true), 0);
	assert_int_equal(judge(&b, "0A 1w", true), 1);
	assert_true(has_row(&b, "CONTENTS_EPISODE"));
	assert_int_equal(judge(&b, "0A 1A", true), 0);
	/* Nobody has pushed the object. */
	assert_int_equal(judge(&b, "1w", true), 1);
	assert_true(has_row(&b, "CONTENTS_EPISODE"));
	/* Others pull what it has changed. */
	assert_true(judge(&b, "0A 1w 2A", true) > 0);
	assert_true(has_row(&b, "CONTENTS_PULL"));
	/* The lock is held: the object is somebody's. */
	assert_int_equal(judge(&b, "2a", false), 0);
	assert_int_equal(judge(&b, "", true), 0);
	unmake(&b);
}

/* What was stored past the objects is no running digest's, and the end of an episode finds it. */
static void a_store_past_the_objects(void **state)
{
	struct bench b;

	(void)state;
	make(&b, false, "0A 1A");
	start(&b, (struct check_how){ 0 });
	explore_judge_memory(b.j, b.t.m->shared.obj);
	assert_int_equal(judge(&b, "0A 1r", true), 0);
	b.rest = true;
	assert_int_equal(judge(&b, "0A 1r", true), 1);
	assert_true(has_row(&b, "CONTENTS_EPISODE"));
	assert_int_equal(judge(&b, "0A 1A", true), 0);
	unmake(&b);
}

/* The prefix's own violations are those of each execution. */
static void a_prefix_is_judged(void **state)
{
	struct bench b;

	(void)state;
	make(&b, false, "0A 1w 2A");
	start(&b, (struct check_how){ 0 });
	assert_true(judge(&b, "", true) > 0);
	assert_true(has_row(&b, "CONTENTS_PULL"));
	assert_true(judge(&b, "0A", true) > 0);
	unmake(&b);
}

/* A CPU may fill its chunk, in any execution, and the next one begins in the first chunk again. */
static void chunks_are_filled(void **state)
{
	struct steps s = steps("0A 1M 2A 1A"), t = steps("0A 1M 1A 2A");
	struct execution x = { .found = 0 };
	struct bench b;
	u32 n;

	(void)state;
	make(&b, false, "0A 1A");
	start(&b, (struct check_how){ 0 });
	explore_judge_memory(b.j, b.t.m->shared.obj);
	assert_int_equal(execute(&b, &x, &s, 0, true), 0);
	assert_true(log_writer(b.t.log, 1)->chunk->seq > 0);
	expect_as_alone(&b, &s, true);
	go_back(&b);
	assert_int_equal(execute(&b, &x, &t, 2, true), 0);
	expect_as_alone(&b, &t, true);
	go_back(&b);
	(void)explore_judge_events(b.j, &n);
	assert_true(n > MANY * 6);
	assert_int_equal(judge(&b, "1A 0A", true), 0);
	unmake(&b);
}

/* The prefix, too. */
static void a_long_prefix(void **state)
{
	struct steps s = steps("1A 2A");
	struct execution x = { .found = 0 };
	struct bench b;

	(void)state;
	make(&b, false, "0A 1M");
	start(&b, (struct check_how){ 0 });
	assert_int_equal(execute(&b, &x, &s, 0, true), 0);
	expect_as_alone(&b, &s, true);
	unmake(&b);
}

/* ---- its events ---- */

static void expect_event(const struct event *e, u32 cpu, u32 kind)
{
	assert_int_equal(e->cpu, cpu);
	assert_string_equal(event_name(e->kind), event_name(kind));
}

/* Events stand in the order in which they happened, by segments, with what they carry; a barrier comes with the next record. */
static void events_in_order(void **state)
{
	struct steps s = steps("0( 1a 0) 1b"), t = steps("0( 1a 1b 0)");
	struct execution x = { .found = 0 };
	const struct event *e;
	struct bench b;
	u32 n;

	(void)state;
	make(&b, false, "0A");
	start(&b, (struct check_how){ 0 });
	assert_int_equal(explore_judge_base_events(b.j), CPUS + 8);
	assert_int_equal(execute(&b, &x, &s, 0, true), 0);
	e = explore_judge_events(b.j, &n);
	assert_int_equal(n, 2 * 8);
	assert_int_equal(explore_judge_first(b.j, 0), 0);
	assert_int_equal(explore_judge_first(b.j, 1), 5);
	assert_int_equal(explore_judge_first(b.j, 2), 10);
	assert_int_equal(explore_judge_first(b.j, 3), 13);
	assert_int_equal(explore_judge_first(b.j, 4), 16);
	expect_event(&e[0], 0, EV_INC_TICKET);
	expect_event(&e[4], 0, EV_OPULL);
	expect_event(&e[5], 1, EV_INC_TICKET);
	expect_event(&e[10], 0, EV_OVMINFO);
	expect_event(&e[12], 0, EV_INC_NOW);
	expect_event(&e[13], 1, EV_ONPT);
	assert_int_equal(e[13].n, 2);
	assert_true(e[13].diffs[0].new == 4096 && e[13].diffs[1].new == 8192);
	go_back(&b);
	assert_int_equal(execute(&b, &x, &t, 2, true), 0);
	e = explore_judge_events(b.j, &n);
	assert_int_equal(n, 2 * 8);
	assert_int_equal(explore_judge_first(b.j, 3), 13);
	expect_event(&e[9], 1, EV_OPULL);
	expect_event(&e[10], 1, EV_ONPT);
	assert_int_equal(e[10].n, 2);
	assert_true(e[10].diffs[0].new == 4096 && e[10].diffs[1].new == 8192);
	expect_event(&e[13], 0, EV_OVMINFO);
	unmake(&b);
}

/* ---- what it refuses ---- */

static void ends_with_another_prefix(void *arg)
{
	struct bench *b = arg;

	go_back(b);
	run_step(b, &(struct step){ .cpu = 1, .what = 'A' });
	explore_judge_segment(b->j, 1);
	(void)explore_judge_end(b->j, 1, true);
}

/* Only a log in memory; and what is said to be the same must be. */
static void misuse(void **state)
{
	struct steps s = steps("0A 1A");
	struct execution x = { .found = 0 };
	struct explore_judge *j = NULL;
	struct test_machine off;
	struct bench b;
	struct err e;

	(void)state;
	test_machine_make(&off, CPUS, 0, WAIT_YIELD, false);
	assert_int_equal(
		explore_judge_new(&j, off.log, check_set_all(), (struct check_how){ 0 }, &e),
		-ERR_USAGE);
	assert_null(j);
	test_machine_free(&off);
	make(&b, false, "0A");
	start(&b, (struct check_how){ 0 });
	assert_int_equal(execute(&b, &x, &s, 0, true), 0);
	assert_true(dies(ends_with_another_prefix, &b));
	unmake(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clean_orders),
		cmocka_unit_test(broken_orders),
		cmocka_unit_test(hypercalls),
		cmocka_unit_test(a_lock_is_left),
		cmocka_unit_test(a_write_is_not_told),
		cmocka_unit_test(a_store_past_the_objects),
		cmocka_unit_test(a_prefix_is_judged),
		cmocka_unit_test(chunks_are_filled),
		cmocka_unit_test(a_long_prefix),
		cmocka_unit_test(events_in_order),
		cmocka_unit_test(misuse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
