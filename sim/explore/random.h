/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* A random walk: each CPU that can make its step is as likely to be the next as any other. */
#include "sim/explore/sampler_opts.h"

struct strategy random_new(const struct sampler_opts *o);
void random_free(void *arg);
