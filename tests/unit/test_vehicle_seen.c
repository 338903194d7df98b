// SPDX-License-Identifier: GPL-2.0-only
/*
 * What ThreadSanitizer sees of bodies: on fibers no order but that of home and a body's beginning, and of its end and home; on
 * threads the order in which they had the baton.  Each program runs in a child; in a build without ThreadSanitizer each ends as
 * if nothing were to be said.
 */
#include "tests/unit/vehicle_make.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static u64 shared;
static u64 own[2];
static u32 lock_word;

/* Switches to each other, and a plain increment before each. */
static u32 increments(void *arg, u32 i)
{
	(void)arg;
	for (u32 k = 0; k < 3; k++) {
		shared++;
		vehicle_switch(v, i, 1 - i);
	}
	return i ? 2 : 1;
}

static u32 increments_locked(void *arg, u32 i)
{
	(void)arg;
	for (u32 k = 0; k < 3; k++) {
		(void)__atomic_load_n(&lock_word, __ATOMIC_ACQUIRE);
		shared++;
		__atomic_store_n(&lock_word, i, __ATOMIC_RELEASE);
		vehicle_switch(v, i, 1 - i);
	}
	return i ? 2 : 1;
}

/* The one's end is the other's beginning. */
static u32 to_the_next(void *arg, u32 i)
{
	(void)arg;
	shared++;
	return i + 1;
}

/* The one ends, and the other, who was inside, goes on. */
static u32 waits_then_writes(void *arg, u32 i)
{
	(void)arg;
	if (i)
		vehicle_switch(v, 1, 0);
	shared++;
	return i ? 2 : 1;
}

static char *library[2];

/* What a scheduler may do on whichever stack: its memory grows, and is used by the next. */
static u32 grows(void *arg, u32 i)
{
	bool unseen = arg;

	for (u32 k = 1; k < 5; k++) {
		if (unseen)
			vehicle_unseen_begin();
		library[0] = realloc(library[0], 3000 * k);
		if (!library[0])
			abort();
		memset(library[0], (int)i, 3000 * k);
		free(library[1]);
		library[1] = strdup("short");
		if (unseen)
			vehicle_unseen_end();
		vehicle_switch(v, i, 1 - i);
	}
	return i ? 2 : 1;
}

/* Behind what is not looked at, all is looked at again. */
static u32 unseen_and_seen(void *arg, u32 i)
{
	(void)arg;
	vehicle_unseen_begin();
	own[0]++;
	vehicle_unseen_end();
	shared++;
	return i ? 2 : 1;
}

static u32 to_home(void *arg, u32 i)
{
	(void)arg;
	(void)i;
	shared++;
	return 2;
}

/* Home runs between the one's end and the other's beginning, which it has allowed before. */
static void end_home_other(enum vehicle_kind k)
{
	make(k, 2, to_home, NULL);
	vehicle_begin(v, 0);
	vehicle_begin(v, 1);
	vehicle_switch(v, 2, 0);
	vehicle_switch(v, 2, 1);
}

/* The same, but home lets the other begin only then: two executions. */
static void end_then_begin(enum vehicle_kind k)
{
	make(k, 2, to_home, NULL);
	for (u32 i = 0; i < 2; i++) {
		shared++;
		vehicle_begin(v, i);
		vehicle_switch(v, 2, i);
		shared++;
	}
}

static u32 half(void *arg, u32 i)
{
	(void)arg;
	shared++;
	vehicle_switch(v, i, 2);
	return 2;
}

/* Home comes to the memory of a body that is inside. */
static void home_meddles(enum vehicle_kind k)
{
	make(k, 2, half, NULL);
	vehicle_begin(v, 0);
	vehicle_switch(v, 2, 0);
	shared++;
	vehicle_switch(v, 2, 0);
}

static u32 own_word(void *arg, u32 i)
{
	(void)arg;
	own[i] += shared;
	vehicle_switch(v, i, 1 - i);
	own[i]++;
	return i ? 2 : 1;
}

/* Home comes to the bodies' memory before they begin and when they have ended. */
static void home_owns(enum vehicle_kind k)
{
	make(k, 2, own_word, NULL);
	for (u32 again = 0; again < 100; again++) {
		own[0] = own[1] = shared = again;
		vehicle_begin(v, 0);
		vehicle_begin(v, 1);
		vehicle_switch(v, 2, 0);
		if (own[0] != 2 * again + 1 || own[1] != 2 * again + 1)
			abort();
	}
}

/*
 * Two bodies that have both begun: @body with @arg, @first first; or what @run does.
 * @race: on fibers
 */
static const struct program {
	const char *name;
	bool race;
	u32 (*body)(void *arg, u32 i);
	void *arg;
	u32 first;
	void (*run)(enum vehicle_kind k);
} programs[] = {
	{ "unlocked", true, .body = increments },
	{ "locked", false, .body = increments_locked },
	{ "end_to_begin", true, .body = to_the_next },
	{ "end_to_inside", true, .body = waits_then_writes, .first = 1 },
	{ "library_seen", true, .body = grows },
	{ "library_unseen", false, .body = grows, .arg = &shared },
	{ "seen_again", true, .body = unseen_and_seen },
	{ "end_home_other", true, .run = end_home_other },
	{ "end_then_begin", false, .run = end_then_begin },
	{ "home_meddles", true, .run = home_meddles },
	{ "home_owns", false, .run = home_owns },
};

/* What the program says, in @said; returns its exit status, -1 if it was killed. */
static int run_child(const struct program *p, enum vehicle_kind k, char *said, size_t size)
{
	size_t n;
	int status;
	FILE *f = tmpfile();
	pid_t child;

	assert_non_null(f);
	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		if (dup2(fileno(f), STDERR_FILENO) < 0)
			abort();
		if (p->run)
			p->run(k);
		else
			make_two(k, p->body, p->arg, p->first);
		vehicle_free(v);
		free(library[0]);
		free(library[1]);
		exit(0); /* where ThreadSanitizer sums up */
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	rewind(f);
	n = fread(said, 1, size - 1, f);
	said[n] = '\0';
	fclose(f);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void check(const struct program *p, enum vehicle_kind k, bool race)
{
	static char said[1 << 16];
	int status = run_child(p, k, said, sizeof(said));

	if (race ? !status || !strstr(said, "data race") ||
	                    !strstr(said, "SUMMARY: ThreadSanitizer")
	         : status || strstr(said, "data race"))
		fail_msg("%s on %s: %s expected, status %d:\n%s", p->name, vehicle_name(k),
		         race ? "a data race" : "nothing", status, said);
}

static void on_fibers(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(programs); i++) {
		check(&programs[i], VEHICLE_FIBER, HYPSIM_TSAN && programs[i].race);
		check(&programs[i], VEHICLE_UCONTEXT, HYPSIM_TSAN && programs[i].race);
	}
}

static void on_threads(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(programs); i++)
		check(&programs[i], VEHICLE_PTHREAD, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(on_fibers),
		cmocka_unit_test(on_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
