/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Executions on one machine, each from the end of one prefix on, and judged: CPUs take turns call by call, so that an execution is a
 * list of calls.
 */
#include "sim/explore/judge.h"
#include "tests/kit_machine.h"

enum {
	KIT_BENCH_CPUS = 3,
	KIT_STEPS = 64,
	KIT_MANY = 40000, /* sections: they fill a chunk */
};

/*
 * What a CPU does between two places where another one may go on: A a section; a, b the first and the second half of one, with a write in
 * each; n with a section of LK inside one of OUTER; ( and ) its outer halves; M many sections; w a write to LK's object without its lock;
 * u one that takes back what a section of CPU 0 wrote; r one past the shared objects; l a lock that is not passed on; 1, 2, 3 hypercalls.
 */
struct kit_step {
	u32 cpu;
	char what;
};

struct kit_steps {
	struct kit_step v[KIT_STEPS];
	u32 n;
};

/* Behind each of its steps: how many segments there are. */
struct kit_execution {
	struct kit_steps steps;
	u32 segments[KIT_STEPS + 1];
	u64 found;
};

/**
 * struct kit_bench - a machine, whose streams go back to @at
 * @rest: the end of the episode is the last segments
 * @brief: explore_judge_whole() is off
 */
struct kit_bench {
	struct test_machine t;
	struct explore_judge *j;
	struct log_writer at[KIT_BENCH_CPUS];
	struct kit_steps prefix;
	bool booted, rest, brief;
};

/* "0A 1( 1A": CPU and letter. */
struct kit_steps kit_steps(const char *text);

/* A machine that has run nothing; @prefix is for kit_bench_start(). */
void kit_bench_make(struct kit_bench *b, bool booted, const char *prefix);
void kit_bench_free(struct kit_bench *b);
/* A judge of all checks, the prefix, and its end. */
void kit_bench_start(struct kit_bench *b, struct check_how how);
/* One step, which nobody notes. */
void kit_bench_step(struct kit_bench *b, const struct kit_step *s);
/* Machine and streams are where the prefix left them: it runs again, to the same bytes. */
void kit_bench_back(struct kit_bench *b);

/*
 * Run and judge @s, which shares @shared steps with what was judged before; *x is that, and then this one.  Returns the number of
 * violations.
 */
u64 kit_execute(struct kit_bench *b, struct kit_execution *x, const struct kit_steps *s, u32 shared,
                bool closed);
/* The same of one that shares nothing, and back. */
u64 kit_execute_text(struct kit_bench *b, const char *text, bool closed);

/*
 * What the judge says now of @s is, byte by byte, what one says that has judged nothing else; and with @b->rest what a merge of the log
 * of a machine that ran it alone says.
 */
void kit_expect_as_alone(struct kit_bench *b, const struct kit_steps *s, bool closed);
