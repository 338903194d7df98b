/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* A machine under a scripted environment, what it holds at a moment, and calls by name. */
#include "sim/exec/call.h"
#include "tests/kit_machine.h"

/**
 * struct test_env
 * @m:     the machine
 * @c:     the CPU that calls
 * @hooks: of the environment
 * @run:   calls are made as in a run: no environment, nothing is undone
 */
struct test_env {
	struct test_machine t;
	struct env *e;
	struct machine *m;
	struct cpu *c;
	const struct env_ops *hooks;
	bool run;
};

/* 8 CPUs, no log; @whole: as in env_new(). */
void test_env_make(struct test_env *t, bool whole);
void test_env_free(struct test_env *t);
/* A new machine, CPU 0 calls; errata at their defaults, level high. */
void test_env_reset(struct test_env *t);
/* From here on as in a run, or scripted again. */
void test_env_run(struct test_env *t, bool run);
/* CPU @c has locks [first, last] and has pulled their objects; under a script their logs say so. */
void test_env_lock(struct test_env *t, lk_t first, lk_t last);
/* One erratum of all CPUs. */
void test_env_erratum(struct test_env *t, enum erratum id, bool published);

/* Call a primitive in its strong form, @a: [n_args]. */
enum outcome test_try(struct test_env *t, const char *name, const u64 *a, u64 *value);
#define TEST_ARGS(...)    ((const u64[]){ 0, ##__VA_ARGS__ } + 1)
#define TRY(t, name, ...) test_try(t, name, TEST_ARGS(__VA_ARGS__), &(u64){ 0 })
/* It must be OUT_OK; the value. */
u64 test_ok(struct test_env *t, const char *name, const u64 *a);
#define OK(t, name, ...) test_ok(t, name, TEST_ARGS(__VA_ARGS__))
/* It must be stuck by @rule and change nothing. */
void test_stuck(struct test_env *t, enum stuck_rule rule, const char *name, const u64 *a);
#define STUCK(t, rule, name, ...) test_stuck(t, rule, name, TEST_ARGS(__VA_ARGS__))

struct test_state;

/* All that a call may change; released by test_state_free(). */
struct test_state *test_state_take(struct test_env *t);
void test_state_free(struct test_state *s);
/* What differs, NULL: nothing. */
const char *test_state_differs(const struct test_state *a, const struct test_state *b);
