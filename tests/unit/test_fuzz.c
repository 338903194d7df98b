// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a person may hand to explore and replay with mistakes in it: scopes, schedules as strings, schedules that a string can hold and the
 * scope has not.  From one seed, so that a failure comes again: each input is taken, or refused with an error that says where, and never
 * anything else.
 */
#include "sim/base/rng.h"
#include "sim/exec/scope_named.h"
#include "sim/explore/saved.h"
#include "tests/kit.h"
#include "tests/kit_replay.h"
#include "tests/kit_scope.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEED = 100, SCOPES = 6000, EXPLORED = 120, STRINGS = 6000, SCHEDULES = 1500, TEXT = 2048 };

static const char *const whole[] = {
	"errata intended\nboot 1024\nset cell CORE next_vmid[0] 3\nset tlb 1\nhvc "
	"HVC_REGISTER_KVM\nexpect ok\n"
	"concurrent\ncpu 0\nfeed data 1 5 6\nfault 0x200000\ncpu 1\nhvc HVC_REGISTER_VCPU 3 "
	"0\nexpect panic\n"
	"end\nget cell CORE next_vmid[0]\nexpect 4\nexpect verdict halt,deadlock\nexpect classes "
	"3\n",
	"depend cells\nchecks skip order,fifo\ngrain lock\ncheck_then_act\nexpect "
	"1\nconcurrent\ncpu 0\nacquire_lock_s2page\n"
	"acquire_lock_pt 3\nrelease_lock_pt 3\nrelease_lock_s2page\ncpu 1\nacquire_lock_pt "
	"3\nexpect stuck STUCK_RANGE\n"
	"release_lock_pt 3\nend\ncpu 1\ncheck_then_act\nexpect ok\nexpect verdict clean\n",
	"grain word,cell\nconcurrent\ncpu 2\nincr_ticket 10 1\nget_now 1\nlog_hold 1\nincr_now "
	"1\ncpu 0\ncount 3\nvisit 0 1\n"
	"deposit 5\nend\naccount_differs 5\nexpect 0\n",
};
static const char *const words[] = { "0",
	                             "1",
	                             "63",
	                             "64",
	                             "-1",
	                             "0x",
	                             "99999999999999999999",
	                             "18446744073709551615",
	                             "NPT:3",
	                             "NPT:",
	                             "CORE",
	                             "HOSTVISOR",
	                             "expect",
	                             "ok",
	                             "stuck",
	                             "panic",
	                             "end",
	                             "concurrent",
	                             "cpu",
	                             "cpu 1",
	                             "cpu 40",
	                             "feed core 1 7",
	                             "clean",
	                             "verdict",
	                             "classes",
	                             "lock",
	                             "cells",
	                             "only",
	                             "all",
	                             "#",
	                             "\"",
	                             "next_vmid[0]",
	                             "[",
	                             "check_then_act",
	                             "acquire_lock_core",
	                             "release_lock_core",
	                             "get_next_vmid",
	                             "try_load 5 1",
	                             "boot 1024",
	                             "irq",
	                             "run 1 0 1 2 3" };

/* A word or a line of @text more, fewer or another, or another byte. */
static void change(struct rng *r, char *text)
{
	char was[TEXT];
	size_t len = strlen(text), at = len ? rng_below(r, len) : 0, from = at, to;
	const char *stops = rng_below(r, 2) ? "\n" : " \n";
	const char *put = words[rng_below(r, ARRAY_SIZE(words))];
	char byte[2] = { (char)(1 + rng_below(r, 255)), '\0' };

	strcpy(was, text);
	while (from > 0 && !strchr(stops, was[from - 1]))
		from--;
	to = from + strcspn(was + from, stops);
	switch (rng_below(r, 4)) {
	case 0: /* none */
		put = "";
		break;
	case 1: /* one more before it */
		to = from;
		break;
	case 2:
		from = at;
		to = at < len ? at + 1 : at;
		put = byte;
		break;
	default:
		break;
	}
	snprintf(text, TEXT, "%.*s%s%s%s", (int)from, was, put,
	         to == from ? stops + strlen(stops) - 1 : "", was + to);
}

static void draw_scope(struct rng *r, char *text)
{
	u64 n = 1 + rng_below(r, 3);

	strcpy(text, whole[rng_below(r, ARRAY_SIZE(whole))]);
	for (u64 i = 0; i < n; i++)
		change(r, text);
}

/* "f:LINE:COLUMN: " */
static bool has_place(const char *msg)
{
	unsigned int line = 0, column = 0;
	int n = 0;

	return sscanf(msg, "f:%u:%u: %n", &line, &column, &n) == 2 && n > 0 && msg[n];
}

static int read_drawn(struct scope **out, const char *text, struct err *e)
{
	struct scope_opts o = { .seed = 7 };

	errata_defaults(&o.errata);
	return scope_parse(out, "f", text, strlen(text), &o, e);
}

/* A scope with mistakes is a scope, which its print gives again, or is refused at a line and a column. */
static void scopes(void **state)
{
	struct rng r = { SEED + 1 };
	u32 taken = 0;

	(void)state;
	for (u32 i = 0; i < SCOPES; i++) {
		char text[TEXT], why[512];
		struct scope *s;
		struct err e;

		draw_scope(&r, text);
		if (read_drawn(&s, text, &e) < 0) {
			if (e.code != ERR_TEXT || !has_place(e.msg))
				fail_msg("%s\n%s", e.msg, text);
			continue;
		}
		taken++;
		if (scope_round_trip(s, why, sizeof(why)))
			fail_msg("%s\n%s", why, text);
		scope_free(s);
	}
	assert_in_range(taken, SCOPES / 20, SCOPES - SCOPES / 20);
}

/* What is taken is explored to an end, or refused at a place before it is. */
static void explored(void **state)
{
	struct rng r = { SEED + 2 };
	u32 ran = 0;

	(void)state;
	for (u32 i = 0; i < SCOPES && ran < EXPLORED; i++) {
		struct engine_opts o = { .vehicle = VEHICLE_FIBER, .judged = true, .steps = 500 };
		struct search_opts so = { .executions = 3, .all = true, .class_bytes = 1 << 16 };
		struct search_result out;
		struct setup *setup = NULL;
		struct engine *engine = NULL;
		char text[TEXT];
		struct scope *s;
		struct err e;
		int rc;

		draw_scope(&r, text);
		if (read_drawn(&s, text, &e) < 0)
			continue;
		o.checks = check_set_all();
		rc = engine_opts_settle(&o, s, &e);
		if (rc == 0)
			rc = setup_new(&setup, s, true, &e);
		if (rc == 0)
			rc = engine_new(&engine, setup, &o, &e);
		if (rc < 0 && !has_place(e.msg))
			fail_msg("%s\n%s", e.msg, text);
		if (rc == 0) {
			search_run(engine, setup, &so, NULL, NULL, NULL, &out);
			assert_in_range(out.executions, 1, so.executions);
			ran++;
		}
		engine_free(engine);
		setup_free(setup);
		scope_free(s);
	}
	assert_int_equal(ran, EXPLORED);
}

/* A schedule that the scope may have, or not. */
static void draw_schedule(struct rng *r, struct saved *k, const struct schedule *like)
{
	u64 n = rng_below(r, 12);

	schedule_copy(&k->schedule, like);
	for (u64 i = 0; i < n; i++) {
		struct step s = { .cpu = (u8)rng_below(r, 4),
			          .kind = (u8)rng_below(r, POINT_NR),
			          .object = (u32)(rng_below(r, 2) ? rng_below(r, 40)
			                                          : rng_next(r) >> 33) };
		u32 at = (u32)rng_below(r, k->schedule.n + 1);

		if (!saved_step_ok(&s))
			continue;
		if (rng_below(r, 3) == 0 && at < k->schedule.n)
			k->schedule.v[at].step = s;
		else if (rng_below(r, 3) == 0)
			k->schedule.n = at;
		else
			schedule_add(&k->schedule, &s, (u32)rng_below(r, 4));
	}
}

/* A string with other characters is refused; what is left of it, too. */
static void strings(void **state)
{
	struct rng r = { SEED + 3 };
	struct saved k = { .verdict = "expect", .hash = 77 }, got;
	const struct schedule none = { .n = 0 };
	struct err e;

	(void)state;
	k.known.depend = DEPEND_TICKETS;
	k.known.grain = GRAIN_LOCK;
	for (u32 i = 0; i < STRINGS; i++) {
		char *text, *p;
		size_t len;

		draw_schedule(&r, &k, &none);
		text = saved_string(&k);
		len = strlen(text);
		p = text + rng_below(&r, len);
		if (rng_below(&r, 4) == 0)
			*p = '\0';
		else
			*p = (char)(*p ^ (1 + (int)rng_below(&r, 127)));
		if (saved_parse(&got, text, &e) == 0)
			fail_msg("taken: %s", text);
		assert_true(e.code == ERR_TEXT || e.code == ERR_VERSION);
		assert_true(e.msg[0]);
		free(text);
	}
	saved_free(&k);
}

/* A schedule that the scope has not differs at a step, or is made as far as it can be; the engine goes on as before. */
static void schedules(void **state)
{
	struct rng r = { SEED + 4 };
	struct scope *s;
	struct schedules like;
	struct ran ran;
	struct err e;
	u32 differ = 0;

	(void)state;
	assert_int_equal(scope_named("abba", 0, 0, &s, &e), 0);
	like = schedules_of(s, 2, true);
	ran_new(&ran, s, VEHICLE_FIBER);
	for (u32 i = 0; i < SCHEDULES; i++) {
		struct saved k = { .verdict = "clean" }, got = { .name = "" };
		enum replay_how how = rng_below(&r, 2) ? REPLAY_TOLERANT : REPLAY_STRICT;
		struct replayed out;
		char *text;

		k.known.depend = DEPEND_TICKETS;
		k.known.grain = GRAIN_LOCK;
		draw_schedule(&r, &k, &like.v[rng_below(&r, like.n)]);
		text = saved_string(&k);
		if (saved_parse(&got, text, &e) == 0) {
			replay_run(ran.e, ran.setup, &got.schedule, how, NULL, &out, NULL, NULL);
			differ += out.differs;
			assert_true(!out.differs || out.why[0]);
			replayed_free(&out);
			saved_free(&got);
		}
		free(text);
		saved_free(&k);
	}
	assert_in_range(differ, SCHEDULES / 10, SCHEDULES);
	ran_free(&ran);
	schedules_free(&like);
	scope_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scopes),
		cmocka_unit_test(explored),
		cmocka_unit_test(strings),
		cmocka_unit_test(schedules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
