// SPDX-License-Identifier: GPL-2.0-only
/* hypsim doctor, of the build. */
#include "sim/cli/cmd.h"
#include "sim/cli/doctor.h"
#include "sim/cli/doctor_child.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
#define SANITIZER "tsan"
#elif defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define SANITIZER "asan"
#else
#define SANITIZER "none"
#endif
#if defined(HYPSIM_DEBUG) && HYPSIM_DEBUG
#define ASSERTIONS "per event"
#else
#define ASSERTIONS "internal"
#endif
#ifdef __OPTIMIZE__
#define OPTIMIZED true
#else
#define OPTIMIZED false
#endif

/* A status of the child that says that its sanitizer has reported something. */
enum { REPORTED = 66 };

/* ---- in the child ---- */

/* Two threads add to @raced, and nothing orders them: that is the race. */
static int raced;

static void *race(void *arg)
{
	(void)arg;
	for (int i = 0; i < 1000; i++)
		raced++;
	return NULL;
}

static int provoke_race(void)
{
	pthread_t thread[2];

	for (u32 i = 0; i < 2; i++)
		if (pthread_create(&thread[i], NULL, race, NULL) != 0)
			return EXIT_HOST;
	for (u32 i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	return EXIT_NOTHING;
}

static int provoke_overflow(void)
{
	/* Volatile, so that UndefinedBehaviorSanitizer, which looks at sizes that the compiler knows, knows none. */
	volatile u32 behind = 8;
	char *volatile hidden = malloc(8);
	volatile char *p = hidden;
	int sum = p ? p[behind] : 0;

	free(hidden);
	return sum == 1000 ? EXIT_HOST : EXIT_NOTHING;
}

int doctor_provoke(const char *what)
{
	if (strcmp(what, "race") == 0)
		return provoke_race();
	return strcmp(what, "overflow") == 0 ? provoke_overflow() : EXIT_BAD_INPUT;
}

/* ---- what is asked ---- */

static void compiled(struct doctor *d)
{
	doctor_add(d, "build", OPTIMIZED ? DOCTOR_OK : DOCTOR_NOTE,
	           json_pack("{s:s, s:s, s:s, s:s, s:b}", "version", HYPSIM_VERSION, "sanitizer",
	                     SANITIZER, "compiler", __VERSION__, "assertions", ASSERTIONS,
	                     "optimized", OPTIMIZED),
	           "hypsim %s, sanitizer %s, %s assertions%s", HYPSIM_VERSION, SANITIZER,
	           ASSERTIONS, OPTIMIZED ? "" : "; not optimized: times say nothing");
}

/* Does the sanitizer report what the child does, as the environment has its options? */
static bool reports(const char *what, const char *env, const char *words, struct doctor_child *c)
{
	const char *const argv[] = { "hypsim", "doctor", "--provoke", what, NULL };

	doctor_child_run(argv, env, "log_path=stderr:exitcode=66", c);
	return c->status == REPORTED && strstr(c->text, words);
}

/* Would a report fail the run that it is of?  An exit status of 0 was asked for, if it would not. */
static bool fails(const char *what)
{
	const char *const argv[] = { "hypsim", "doctor", "--provoke", what, NULL };
	struct doctor_child c;

	doctor_child_run(argv, NULL, NULL, &c);
	return c.status != EXIT_NOTHING;
}

static void sanitizer(struct doctor *d, const char *name, const char *what, const char *env,
                      const char *words)
{
	struct doctor_child c;
	bool seen = reports(what, env, words, &c), fatal = seen && fails(what);
	json_t *values =
		json_pack("{s:b, s:b, s:i}", "reported", seen, "fails", fatal, "status", c.status);

	if (!seen)
		doctor_add(d, name, DOCTOR_WRONG, values,
		           "BLIND: %s of its own was not reported (%s is \"%s\"; status %d)", what,
		           env, getenv(env) ? getenv(env) : "", c.status);
	else if (!fatal)
		doctor_add(
			d, name, DOCTOR_WRONG, values,
			"%s of its own is reported, but with status 0: a run with a report would "
			"not fail (%s is \"%s\")",
			what, env, getenv(env) ? getenv(env) : "");
	else
		doctor_add(d, name, DOCTOR_OK, values, "%s of its own is reported, and fails",
		           what);
}

static void sanitizers(struct doctor *d)
{
	if (strcmp(SANITIZER, "tsan") == 0)
		sanitizer(d, "ThreadSanitizer", "race", "TSAN_OPTIONS",
		          "WARNING: ThreadSanitizer: data race");
	else if (strcmp(SANITIZER, "asan") == 0)
		sanitizer(d, "AddressSanitizer", "overflow", "ASAN_OPTIONS",
		          "AddressSanitizer: heap-buffer-overflow");
	else
		doctor_add(
			d, "sanitizer", DOCTOR_NOTE, json_object(),
			"none: data races are looked for by a build of preset tsan, memory errors "
			"by one of asan");
}

/* The last line, without its end. */
static const char *last_line(char *text)
{
	size_t len = strlen(text);
	char *nl;

	while (len && text[len - 1] == '\n')
		text[--len] = '\0';
	nl = strrchr(text, '\n');
	return nl ? nl + 1 : text;
}

/* Threads, locks, a log and its judge, all at once. */
static void small_run(struct doctor *d)
{
	const char *const argv[] = { "hypsim", "run", "storm",   "--cpus", "2",
		                     "--ops",  "20",  "--quiet", NULL };
	struct doctor_child c;
	json_t *values;

	doctor_child_run(argv, NULL, NULL, &c);
	values = json_pack("{s:i}", "status", c.status);
	if (c.status == EXIT_NOTHING)
		doctor_add(d, "small run", DOCTOR_OK, values, "of storm: nothing found");
	else
		doctor_add(d, "small run", DOCTOR_WRONG, values, "of storm: status %d: %s",
		           c.status, last_line(c.text));
}

void doctor_build(struct doctor *d)
{
	compiled(d);
	sanitizers(d);
	small_run(d);
}
