/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HYPSIM_BENCH_LOCK_H
#define HYPSIM_BENCH_LOCK_H

/*
 * A lock for 'hypsim bench lock --lock FILE.so': a shared object that exports one struct hypsim_bench_lock by the name
 * hypsim_bench_lock.
 *
 *	cc -O2 -fPIC -shared -o mine.so mine.c
 *	hypsim bench lock --lock ./mine.so
 */

#ifdef __cplusplus
extern "C" {
#endif

enum { HYPSIM_BENCH_LOCK_VERSION = 1 };

/**
 * struct hypsim_bench_lock
 * @version: HYPSIM_BENCH_LOCK_VERSION
 * @name:    of the row: 1 to 40 printable characters
 * @create:  a new lock, free, that @threads threads will use, numbered from 0 on; NULL: there is no memory
 * @acquire: returns when the calling thread, whose number is @thread, has the lock
 * @release: the thread that has the lock gives it up
 * @destroy: nobody uses the lock any more
 */
struct hypsim_bench_lock {
	unsigned version;
	const char *name;
	void *(*create)(unsigned threads);
	void (*acquire)(void *lock, unsigned thread);
	void (*release)(void *lock, unsigned thread);
	void (*destroy)(void *lock);
};

#ifdef __cplusplus
}
#endif

#endif
