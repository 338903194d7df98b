/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Calls with a bug that few orders of their steps show, for scopes that a test explores; and their sound forms. */
#include "sim/exec/scope.h"

/* The page of the host that LOAD and TAKE are about. */
enum { PAGE = 0x200 };

/* How a lock is taken that has a bug of its own, as lock/wait.c would have it. */
enum broken_how { SOUND, LOAD_AND_STORE, ENTERS_EARLY };

/* How a page is taken from the host: its entry changes, and buffers are emptied while the table's lock is held, or not. */
enum taken_how { WAITS, WAITS_LATE, WAITS_NOT };

/**
 * enum seeded - what is called
 * @SECTION:    of S2PAGE's lock, taken as enum broken_how says
 * @LOOK_TWICE: two reads without the lock, of page 0's owner and, with 1, of its count; gives whether they differ
 * @WRITE_BOTH: a section that makes page 0's owner and its count a number
 * @LOAD:       the host loads from a page; gives enum access_result
 * @TAKE:       PAGE, as enum taken_how says, whose entry stands at an address
 */
enum seeded { SECTION, LOOK_TWICE, WRITE_BOTH, LOAD, TAKE, SEEDED };

/* The next call of the CPU's program. */
void seed(struct scope *s, u32 cpu, enum seeded what, u64 a, u64 b);
