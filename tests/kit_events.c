// SPDX-License-Identifier: GPL-2.0-only
#include "tests/kit_events.h"

#include "oracle/check/check.h"
#include "oracle/data.h"
#include "sim/base/vec.h"
#include "sim/log/mark_arg.h"
#include "sim/log/op.h"
#include "sim/log/read/merge.h"
#include "sim/log/read/replay.h"
#include "sim/log/text/text.h"
#include "tests/kit.h"

#include <stdio.h>
#include <string.h>

/* Every event of the log so far, @values: with both values of every difference. */
static void each_event(const struct test_machine *t, bool values,
                       void (*fn)(void *arg, const struct event *e), void *arg)
{
	struct merge *m = merge_open_memory(log_in_memory(t->log));
	struct replay *r = replay_new(&t->config, doracle);
	struct event e[SOURCE_BATCH];
	struct err err;
	u64 at;
	u32 n;

	do {
		assert_int_equal(merge_source(m)->next(merge_source(m), e, SOURCE_BATCH, &n, &err),
		                 0);
		for (u32 i = 0; i < n; i++) {
			if (values)
				assert_int_equal(replay_event(r, &e[i], &at, &err), 0);
			fn(arg, &e[i]);
		}
	} while (n > 0);
	replay_free(r);
	merge_free(m);
}

_Static_assert(EV_NR - EV_END <= 64, "a bit for each mark");

/* "sevent 2 1" at @text; returns the length. */
static size_t put_mark(char *text, size_t size, const struct event *e)
{
	size_t len = (size_t)snprintf(text, size, "%s", event_name(e->kind));

	for (u32 i = 0; i < mark_written(e) && len < size; i++)
		len += (size_t)snprintf(text + len, size - len, " %llu",
		                        (unsigned long long)e->args[i]);
	if (*mark_text(e) && len < size)
		len += (size_t)snprintf(text + len, size - len, " %s", mark_text(e));
	return len;
}

const char *kit_marks(const struct log *l, u32 cpu, u64 kinds)
{
	static char text[4096];
	struct merge *m = merge_open_memory(log_in_memory(l));
	struct event e[SOURCE_BATCH];
	size_t len = 0;
	struct err err;
	u32 n = 1;

	*text = 0;
	merge_finish(m);
	while (n) {
		assert_int_equal(merge_source(m)->next(merge_source(m), e, SOURCE_BATCH, &n, &err),
		                 0);
		for (u32 i = 0; i < n; i++) {
			if (e[i].cpu != cpu || !event_is_mark(e[i].kind) ||
			    !(kinds & KIT_MARK(e[i].kind)))
				continue;
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s",
			                        len ? "; " : "");
			len += put_mark(text + len, sizeof(text) - len, &e[i]);
			assert_true(len < sizeof(text) - 64);
		}
	}
	merge_free(m);
	return text;
}

/* The steps of a whole acquisition, and of a whole release. */
static const u32 taking[] = { EV_INC_TICKET, EV_GET_NOW, EV_HOLD_LOCK, MARK_BARRIER, EV_OPULL };
static const u32 giving[] = { EV_NONE, MARK_BARRIER, EV_INC_NOW };

/**
 * struct teller
 * @skip: events of the CPU that were told before
 * @steps, @n, @done: the sequence that events have begun, and how many of its steps are @done; on lock @lk
 */
struct teller {
	const struct test_machine *t;
	FILE *f;
	u32 cpu;
	u64 skip, count;
	const u32 *steps;
	u32 n, done, lk;
	bool changed;
};

static void tell_lock(struct teller *s, const char *how)
{
	char name[32];

	fprintf(s->f, " %s%s", obj_name(s->lk, name, sizeof(name)), how);
}

/* A sequence that breaks off: its steps in their own words. */
static void broken_off(struct teller *s)
{
	for (u32 i = 0; i < s->done; i++)
		fprintf(s->f, " %s/%u",
		        event_name(s->steps[i] ? s->steps[i] : (u32)event_push_of(s->lk)), s->lk);
	s->done = 0;
	s->steps = NULL;
}

static void tell_mark(struct teller *s, const struct event *e)
{
	if (e->kind == MARK_OP) {
		fprintf(s->f, " [%s(", op_function(e->args[0]));
		for (u32 i = 1; i < e->n; i++)
			fprintf(s->f, "%s%llu", i > 1 ? "," : "", (unsigned long long)e->args[i]);
		fputs(")", s->f);
	} else if (e->kind == MARK_SEVENT) {
		fprintf(s->f, " %s%s]", op_event(e->args[0]), e->n > 1 && e->args[1] ? "!" : "");
	} else {
		fprintf(s->f, " %s", event_name(e->kind));
	}
}

static bool is_step(const struct teller *s, const struct event *e)
{
	u32 want = s->steps[s->done];

	if (e->kind != want)
		return false;
	if (e->kind == EV_INC_TICKET && e->arg != LOCK_BOUND)
		return false;
	return e->kind == MARK_BARRIER || e->lk == s->lk;
}

static void begin(struct teller *s, const u32 *steps, u32 n, const struct event *e)
{
	s->steps = steps;
	s->n = n;
	s->done = 1;
	s->lk = e->lk;
	s->changed = e->n > 0;
}

/* Marks of registers and of values from outside: kit_said() tells of them. */
static bool is_said(const struct event *e)
{
	return e->kind >= MARK_ENTER && e->kind <= MARK_OUTSIDE;
}

/* Marks of accesses and translations. */
static bool is_walked(const struct event *e)
{
	return e->kind >= MARK_ACCESS && e->kind <= MARK_TLBWAIT;
}

static void tell(void *arg, const struct event *e)
{
	struct teller *s = arg;

	if (e->cpu != s->cpu || s->count++ < s->skip || e->kind == MARK_PANIC)
		return;
	if (is_said(e) || is_walked(e) || e->kind == MARK_DEVICE)
		return;
	if (s->steps && is_step(s, e)) {
		if (++s->done < s->n)
			return;
		tell_lock(s, s->steps == taking ? "+" : s->changed ? "*" : "-");
		s->steps = NULL;
		s->done = 0;
		return;
	}
	broken_off(s);
	if (e->kind == EV_OFLATMEM)
		fputs(" F", s->f);
	else if (e->kind == EV_INC_TICKET && e->arg == LOCK_BOUND)
		begin(s, taking, ARRAY_SIZE(taking), e);
	else if (event_is_push(e->kind) && e->kind == (u32)event_push_of(e->lk))
		begin(s, giving, ARRAY_SIZE(giving), e);
	else if (event_is_mark(e->kind))
		tell_mark(s, e);
	else
		fprintf(s->f, " %s/%u", event_name(e->kind), e->lk);
}

/* Arguments of a mark, the digest of registers left out and its differences as "x5=7". */
static void tell_said(void *arg, const struct event *e)
{
	u32 digest = e->kind == MARK_REGS ? 0 : e->kind == MARK_CTXT ? 2 : MAX_MARK_ARGS;
	struct teller *s = arg;
	char buf[MARK_WORD];

	if (e->cpu != s->cpu || s->count++ < s->skip)
		return;
	if (!is_said(e) && e->kind != MARK_DEVICE && e->kind != MARK_OP && e->kind != MARK_SEVENT)
		return;
	fprintf(s->f, "; %s", event_name(e->kind));
	for (u32 i = 0; i < e->n; i++) {
		if (i == digest)
			continue;
		fprintf(s->f, "%s%s", i > digest && (i - digest) % 2 == 0 ? "=" : " ",
		        mark_print(&s->t->config, mark_arg_of(mark_spec(e->kind), i)->type,
		                   e->args[i], buf, sizeof(buf)));
	}
}

static void tell_text(void *arg, const struct event *e)
{
	struct teller *s = arg;

	struct event bare = *e;

	bare.digest_len = 0;
	if (e->cpu == s->cpu && s->count++ >= s->skip && e->kind != MARK_PANIC)
		text_print_event(s->f, &s->t->config, e->lk, &bare);
}

static char *told(struct test_machine *t, u32 cpu, void (*fn)(void *arg, const struct event *e))
{
	char *text = NULL;
	size_t size;
	struct teller s = {
		.t = t, .f = open_memstream(&text, &size), .cpu = cpu, .skip = t->seen[cpu]
	};

	assert_non_null(s.f);
	each_event(t, true, fn, &s);
	broken_off(&s);
	fclose(s.f);
	t->seen[cpu] = s.count;
	return text;
}

char *kit_events(struct test_machine *t, u32 cpu)
{
	char *text = told(t, cpu, tell);

	if (*text == ' ')
		memmove(text, text + 1, strlen(text));
	return text;
}

char *kit_text(struct test_machine *t, u32 cpu)
{
	return told(t, cpu, tell_text);
}

char *kit_said(struct test_machine *t, u32 cpu)
{
	char *text = told(t, cpu, tell_said);

	if (*text)
		memmove(text, text + 2, strlen(text) - 1);
	return text;
}

void kit_expect_said(struct test_machine *t, u32 cpu, const char *want)
{
	char *have = kit_said(t, cpu);

	if (strcmp(have, want) != 0)
		fail_msg("said \"%s\", expected \"%s\"", have, want);
	free(have);
}

void kit_expect_events(struct test_machine *t, u32 cpu, const char *want)
{
	char *have = kit_events(t, cpu);

	if (strcmp(have, want) != 0)
		fail_msg("events \"%s\", expected \"%s\"", have, want);
	free(have);
}

/**
 * struct panics - marks of a CPU's stream
 * @last: the last one's arguments, [n]
 */
struct panics {
	u32 cpu, found, n;
	u64 last[MAX_MARK_ARGS];
};

static void take_panic(void *arg, const struct event *e)
{
	struct panics *p = arg;

	if (e->cpu != p->cpu || e->kind != MARK_PANIC)
		return;
	p->found++;
	p->n = e->n;
	memcpy(p->last, e->args, e->n * sizeof(u64));
}

void kit_expect_panic_mark(const struct test_machine *t, u32 cpu)
{
	const struct panic_report *r = &t->m->cpu[cpu].panic;
	struct panics p = { .cpu = cpu };

	each_event(t, false, take_panic, &p);
	assert_true(p.found > 0);
	assert_int_equal(p.n, 1 + r->n);
	assert_int_equal(p.last[0], r->reason);
	assert_memory_equal(p.last + 1, r->values, r->n * sizeof(u64));
}

static void feed(void *arg, const struct event *e)
{
	checker_feed(arg, e, 1);
}

static void judge(const struct test_machine *t, struct check_set checks)
{
	struct checker *c = checker_new(&t->config, checks);
	const struct finding *f;
	u32 n;

	each_event(t, false, feed, c);
	for (lk_t lk = 0; lk < ID_END; lk++)
		checker_compare(c, &t->m->shared.obj[lk]);
	checker_end(c, false);
	f = checker_findings(c, &n);
	for (u32 i = 0; i < n; i++)
		print_error("%s: %s: %s\n", f[i].row, f[i].event, f[i].state);
	assert_int_equal(checker_n_findings(c), 0);
	checker_free(c);
}

/* Of any log of a machine, whatever its operations were called on. */
static struct check_set log_checks(void)
{
	struct check_set checks = check_set_group(GROUP_LOCK);

	check_set_join(&checks, check_set_group(GROUP_LOG));
	check_set_join(&checks, check_set_group(GROUP_REFINE));
	return checks;
}

void kit_judge(const struct test_machine *t)
{
	judge(t, log_checks());
}

void kit_judge_poked(const struct test_machine *t)
{
	struct check_set checks = log_checks();

	check_set_remove(&checks, CHK_REGISTERS);
	judge(t, checks);
}
