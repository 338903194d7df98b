/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Locks of shared objects: include/hypsim/bench_lock.h. */
#include "include/hypsim/bench_lock.h"
#include "sim/base/err.h"

/* The lock of shared object @path, which stays loaded.  NULL and *e: ERR_OPEN, or ERR_USAGE where it is not one that can be used. */
const struct hypsim_bench_lock *own_lock_open(const char *path, struct err *e);
