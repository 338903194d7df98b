/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HYPSIM_CHECK_H
#define HYPSIM_CHECK_H

/*
 * What 'hypsim check' says of a log, for a program: a test that has written a log (hypsim/log.h) or keeps one judges it here.
 *
 * A judgement shares nothing with another one, so threads may make several at once; one judgement is used by one thread at a time.
 * Where the host has no memory the process ends with status 3.
 *
 * There is no promise of a binary interface before version 1.0.
 */

#ifdef __cplusplus
extern "C" {
#endif

#include <stdint.h>

#ifndef HYPSIM_API
#define HYPSIM_API __attribute__((visibility("default")))
#endif

enum { HYPSIM_CHECK_ERROR_BYTES = 512, HYPSIM_CHECK_NOTE_BYTES = 112 };

/* A log that was judged. */
struct hypsim_check;

enum hypsim_verdict {
	HYPSIM_OK,
	HYPSIM_VIOLATION,
	HYPSIM_NOT_JUDGED, /* the log does not say what the check needs, or there was no case of it */
};

/**
 * struct hypsim_check_row - what one check says
 * @check:      its name, as --only takes it
 * @sentence:   what it demands
 * @source:     the published function or theorem that it is about, "" where there is none
 * @note:       the worst case that it saw, or why it is not judged; ""
 * @violations: how many there are
 */
struct hypsim_check_row {
	const char *check, *sentence, *source;
	char note[HYPSIM_CHECK_NOTE_BYTES];
	enum hypsim_verdict verdict;
	uint64_t violations;
};

/* Where a finding is about no lock or no thread. */
#define HYPSIM_NONE UINT32_MAX

/**
 * struct hypsim_finding - a violation; its strings live as long as the judgement
 * @check, @rule: which check, and which of its rules ('hypsim check --explain RULE')
 * @sentence: for a person
 * @event:    the event, as 'hypsim log show --raw' prints it, "" where there is none
 * @state:    what the check knew just before it
 * @at:       its place among all events and marks of the log, from 0 on
 * @lock, @thread: as the log numbers them, or HYPSIM_NONE
 */
struct hypsim_finding {
	const char *check, *rule, *sentence, *event, *state;
	uint64_t at;
	uint32_t lock, thread;
};

/*
 * Judge the log in file @path, binary or text, by all checks, or by those of @only ("high,order": names of checks and of groups of them;
 * NULL: all).  Returns 0: in order; 1: there is a violation; 2: @only names no check, or the log cannot be read to its end; 3: the
 * host failed.  At 0 and 1, and at 2 and 3 where part of the log was judged, *@check is the judgement, to be freed; else NULL.  At 2
 * and 3 @error says why.
 */
HYPSIM_API int hypsim_check_file(struct hypsim_check **check, const char *path, const char *only,
                                 char error[HYPSIM_CHECK_ERROR_BYTES]);
HYPSIM_API void hypsim_check_free(struct hypsim_check *check);

/* Events and marks that were judged; violations, of which the first 64 are kept. */
HYPSIM_API uint64_t hypsim_check_events(const struct hypsim_check *check);
HYPSIM_API uint64_t hypsim_check_violations(const struct hypsim_check *check);
/* The log was not closed in order: it ends where the program was killed. */
HYPSIM_API int hypsim_check_cut(const struct hypsim_check *check);

/* Finding @i from 0 on, in the order of the log; 0: there is none of that number, and *@finding is as it was. */
HYPSIM_API int hypsim_check_finding(const struct hypsim_check *check, unsigned i,
                                    struct hypsim_finding *finding);
/* What check @i of those that were asked for says, from 0 on; 0: there is none of that number. */
HYPSIM_API int hypsim_check_row(const struct hypsim_check *check, unsigned i,
                                struct hypsim_check_row *row);
/* All of it, as 'hypsim check --json' prints it but for the log's own fields: one JSON object, as long as the judgement. */
HYPSIM_API const char *hypsim_check_json(struct hypsim_check *check);

/* "0.1.0" */
HYPSIM_API const char *hypsim_check_version(void);

#ifdef __cplusplus
}
#endif

#endif
