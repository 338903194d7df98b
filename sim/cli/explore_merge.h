/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* explore --merge: what the shards of one search came to, added up. */
#include "oracle/results/results_out.h"

/*
 * @file: [n] what explore --shard I/N --json has printed, each of 1..N once; in any order
 * @complete: it is required that all is complete
 * @out: the whole search's results go there, if somebody wants them
 *
 * On standard output; returns the exit status.  A file that is none, is of another search, or a shard that is missing or there twice, is
 * bad input, and named.
 */
int explore_merge(const char *const *file, u32 n, bool json, bool complete,
                  struct results_out *out);
