/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HYPSIM_LOG_H
#define HYPSIM_LOG_H

/*
 * Logs of locks that are not this project's: what the threads of a program did at its locks, written by the threads themselves while
 * they run, and read by 'hypsim check', 'hypsim log' and libhypsim-check.  There are two ways.
 *
 * A ticket lock whose two counters are one 64-bit word, the next ticket in the high half and the now-serving number in the low half,
 * logs each atomic step with the word that the step returned: hypsim_log_inc_ticket(), hypsim_log_get_now(), hypsim_log_hold_lock(),
 * hypsim_log_inc_now().  The words alone give the order, so logging adds no lock and no counter.  All checks of locks judge such a log.
 *
 * Any other lock logs who got it and who gave it up: hypsim_log_acquired(), hypsim_log_released(), each with a number that is
 * counted under the lock.  H_CalLock judges such a log; checks that need tickets say "not judged".
 *
 * Each thread of the program has a number, and writes a stream of its own: calls with one number are made by one thread at a time.
 * A call stores a few bytes and takes no lock.  A program that is killed leaves a log that can be read: of each thread at most
 * its last step is missing.
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

enum {
	HYPSIM_LOG_THREADS = 64,  /* numbered from 0 on */
	HYPSIM_LOG_LOCKS = 38,    /* numbered from 1 on */
	HYPSIM_LOG_ARGS = 16,     /* of an operation */
	HYPSIM_ERROR_BYTES = 512, /* of a message */
};

/* A log that is being written. */
struct hypsim_log;

/**
 * struct hypsim_log_options - zero is a default, but for @threads
 * @threads:      1..HYPSIM_LOG_THREADS
 * @program:      what the log says that it is of, at most 63 printable characters of ASCII; NULL: "program"
 * @lock:         [n_locks] names of the locks 1.., NULL: none has a name; each at most 31 letters, digits, '_', '-', '.', ':', or NULL:
 *                that one has none
 * @operation:    [n_operations] names of operations 0.., each a letter or '_', then letters, digits, '_', '-', '.', ':'
 * @bound:        shared events (hypsim_log_pull(), hypsim_log_push()) that a section does at most; 0: 10
 * @barriers:     each section logs its barriers, by hypsim_log_barrier(): then the barrier protocol is judged
 * @timestamps:   each step has a time: read from the processor's counter, some ten nanoseconds
 * @overwrite:    a file of that name may be there, whatever it is; else it must be a log, or nothing
 */
struct hypsim_log_options {
	unsigned threads;
	const char *program;
	const char *const *lock;
	unsigned n_locks;
	const char *const *operation;
	unsigned n_operations;
	uint32_t bound;
	int barriers, timestamps, overwrite;
};

/*
 * Begin a log in the file @path.  Returns 0 and the log, or 2 (an option that cannot be, a file that cannot be opened or is no log) or
 * 3 (no memory, no room on the disk), with a message in @error.
 */
HYPSIM_API int hypsim_log_open(struct hypsim_log **log, const char *path,
                               const struct hypsim_log_options *options,
                               char error[HYPSIM_ERROR_BYTES]);
/*
 * End it, in order: each thread has ended its sections and operations, and none will write.  Returns 0, or 3 and a message: there
 * was no room for all of it, and what is there is the log of a program that was killed.  @log is gone in either case.
 */
HYPSIM_API int hypsim_log_close(struct hypsim_log *log, char error[HYPSIM_ERROR_BYTES]);

/*
 * The ticket lock @lock, whose word is 0 when the log is opened: INC_TICKET (a fetch_add of 2^32, or a compare-and-swap that does the
 * same) returned @word.
 */
HYPSIM_API void hypsim_log_inc_ticket(struct hypsim_log *log, unsigned thread, unsigned lock,
                                      uint64_t word);
/*
 * The whole way in, where INC_TICKET returned a @word whose halves are equal: the ticket is served at once.  In place of
 * hypsim_log_inc_ticket(), hypsim_log_get_now() and hypsim_log_hold_lock().
 */
HYPSIM_API void hypsim_log_acquire(struct hypsim_log *log, unsigned thread, unsigned lock,
                                   uint64_t word);
/*
 * A look at the word, after INC_TICKET, which found @word.  One that sees the now half of the look before is left out of the log.
 */
HYPSIM_API void hypsim_log_get_now(struct hypsim_log *log, unsigned thread, unsigned lock,
                                   uint64_t word);
/* The thread has seen its own ticket served, and is inside.  After hypsim_log_get_now() with that word. */
HYPSIM_API void hypsim_log_hold_lock(struct hypsim_log *log, unsigned thread, unsigned lock);
/* The holder has passed the lock on, by an atomic step on the whole word that returned @word. */
HYPSIM_API void hypsim_log_inc_now(struct hypsim_log *log, unsigned thread, unsigned lock,
                                   uint64_t word);

/*
 * Any other lock: the thread got it, and gives it up (logged before it does).  @number: how many such steps the lock has had before
 * this one, mod 2^32: 0, 1, 2, ...; a counter of the lock, 0 when the log is opened, which is changed only by who holds it.
 */
HYPSIM_API void hypsim_log_acquired(struct hypsim_log *log, unsigned thread, unsigned lock,
                                    uint32_t number);
HYPSIM_API void hypsim_log_released(struct hypsim_log *log, unsigned thread, unsigned lock,
                                    uint32_t number);

/* The holder begins to use what the lock guards, and makes what it changed visible: shared events, of which @bound is the limit. */
HYPSIM_API void hypsim_log_pull(struct hypsim_log *log, unsigned thread, unsigned lock);
HYPSIM_API void hypsim_log_push(struct hypsim_log *log, unsigned thread, unsigned lock);
/* A barrier of the thread: after it has got a lock, and before it passes a lock on. */
HYPSIM_API void hypsim_log_barrier(struct hypsim_log *log, unsigned thread);

/* The thread begins an operation of the program, with @n arguments (at most HYPSIM_LOG_ARGS); ends it, with a result. */
HYPSIM_API void hypsim_log_begin(struct hypsim_log *log, unsigned thread, unsigned operation,
                                 unsigned n, const uint64_t *args);
HYPSIM_API void hypsim_log_end(struct hypsim_log *log, unsigned thread, uint64_t result);

/* "0.1.0" */
HYPSIM_API const char *hypsim_log_version(void);

#ifdef __cplusplus
}
#endif

#endif
