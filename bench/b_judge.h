/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "bench/frame.h"

/* One of the checking tables: the full evaluation. */
void bench_judge(const struct bench_opts *o);
