/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Every execution of a search is judged by all checks.
 *
 * The CPUs of an execution run one at a time, so the order in which their segments ran is a legal global order of what they wrote: there
 * is nothing to merge.  A segment is what one CPU's stream has gained from when the CPU went on until it was left.  Its bytes are a
 * place in that stream, and nothing is copied while the CPUs run; when the execution is over its segments are decoded in their order and
 * fed to a checker, and the next execution takes back only what it does not share with the one before.
 *
 *   new -> segment ... base -> segment ... end -> segment ... end -> ...
 *
 * Between the end of an execution and the first segment of the next one all streams go back to where they stood at base().  One
 * thread at a time.
 */
#include "oracle/check/check.h"
#include "shmem/obj/obj.h"
#include "sim/base/err.h"
#include "sim/log/write/log.h"

struct explore_judge;

/**
 * struct judge_place - in a stream
 * @chunk: number of the chunk within it (seq)
 * @at:    bytes from the chunk's beginning
 */
struct judge_place {
	u64 chunk;
	u32 at;
};

/*
 * A judge of @log, a log in memory, from its first record on; nothing of it was rewound.  @checks, @how: as for a checker; @how.all
 * must be false.  @log stays the caller's.  Errors: ERR_USAGE (@log is not in memory).
 */
MUST_CHECK int explore_judge_new(struct explore_judge **out, struct log *log,
                                 struct check_set checks, struct check_how how, struct err *e);
void explore_judge_free(struct explore_judge *j);

/*
 * The prefix has run, CPU by CPU or in any other order that its segments say; streams that have more than was noted are taken behind
 * them, by number.  It is judged; from here on executions begin, with the streams as they stand now.  Once.
 * Errors: ERR_MEMORY, as the log has it (the prefix was not logged to its end).
 */
MUST_CHECK int explore_judge_base(struct explore_judge *j, struct err *e);

/*
 * The machine's objects, [ID_END], as they are at the end of each execution from now on (NULL: not any more).  At each end the running
 * digest of each is compared with what the log says of it, if its lock is free: CONTENTS_EPISODE.  That finds each write through
 * the shared objects that no push told of.  What was stored past them has no part in a running digest: that is found by
 * machine_end_episode(), which looks at memory, as the last segment of an execution.
 */
void explore_judge_memory(struct explore_judge *j, const struct obj *objs);

/*
 * Does the end of an execution, from now on, evaluate all invariants for all there is (checker_whole())?  At first it does.  By changes
 * alone the same is found, or the judge has a bug, and it takes a hundredth of the time.
 */
void explore_judge_whole(struct explore_judge *j, bool whole);

/* CPU @cpu has run and is left: notes how far its stream has come.  Nothing written since: nothing noted.  Cheap. */
void explore_judge_segment(struct explore_judge *j, u32 cpu);
/* It had come as far as to @to when it was left.  For who keeps the places, before there is a judge. */
void explore_judge_segment_to(struct explore_judge *j, u32 cpu, struct judge_place to);
/* How far the stream of CPU @cpu has come. */
struct judge_place explore_judge_here(struct log *log, u32 cpu);

/* Segments noted so far in this execution; 0 from one's end to the next one's first segment. */
u32 explore_judge_segments(const struct explore_judge *j);

/*
 * The execution is over.  Its first @same segments are byte for byte those of the last one that was judged.  @closed: it came to its
 * end; else it was cut, by a deadlock or a limit, and held locks are no leak.
 * @changed: bits of all objects in memory that may have changed, where somebody knows; else of all.  Returns the number of violations in it,
 * those of the prefix included.
 */
u64 explore_judge_end(struct explore_judge *j, u32 same, bool closed, u64 changed);

/* The execution is given up and not judged: its segments are forgotten, @same goes on to mean the one before. */
void explore_judge_drop(struct explore_judge *j);

/* What was found, verdicts: as after checker_end(), from explore_judge_end() to the next one. */
struct checker *explore_judge_checker(struct explore_judge *j);

/* The events of the prefix: number of the first event of an execution, as findings count them. */
u64 explore_judge_base_events(const struct explore_judge *j);
/* The events of the last execution that was judged, in their order; *n of them.  Valid until the next explore_judge_end(). */
const struct event *explore_judge_events(const struct explore_judge *j, u32 *n);
/* Of these, the first one of segment @segment of that execution; for the number of its segments: their number. */
u32 explore_judge_first(const struct explore_judge *j, u32 segment);
