/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Hand-made streams of four CPUs, in memory, and what the merge makes of them. */
#include "sim/log/read/merge.h"

enum { MERGE_CPUS = 4 };

/* One log and one merge at a time. */
extern struct log *streams;
extern struct merge *m;
extern struct event merged[512];
extern u32 n_merged;

/* cmocka's: words at 0. */
int merge_setup(void **state);
int merge_teardown(void **state);
/* Begin again, with every word at (@start, @start). */
void merge_setup_at(u32 start);
/* Begin again, with @cpus streams. */
void merge_setup_cpus(u32 cpus);

/* CPU @cpu's stream. */
struct log_writer *w(u32 cpu);
void acquire(u32 cpu, u32 lk, u32 ticket);
void release(u32 cpu, u32 lk, u32 ticket, u32 now);

/* Take what the merge gives now, behind what it gave before. */
void drain(void);
/* The streams end; in order if @close. */
void merge_all(bool close);

void assert_finding(enum merge_row row, u32 lk, u32 rank, u32 cpu, const char *text);
/* The merge ended at a cut, filled nothing in, and @behind events are left. */
void assert_cut(u64 behind);
/*
 * "0T 0H ...": CPU and a letter each event, '*' behind one that was filled in; marks left out.  T INC_TICKET, G GET_NOW,
 * H HOLD_LOCK, N INC_NOW, P OPULL, D OCORE_DATA, F OFLATMEM, A ACCESS, W WAIT_LOCK, R REL_LOCK.
 */
void assert_order(const char *want);
