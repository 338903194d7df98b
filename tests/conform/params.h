/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What the vectors chose where the published text leaves a parameter open, and the start contents derived from a seed. */
#include "cpu/params.h"
#include "shmem/fixed.h"

/* The vectors' mix of a seed and two numbers. */
u64 vector_mix(u64 seed, u64 a, u64 b);

/* Bases of mixed registers. */
enum { BASE_CTXT = 3000, BASE_CPU = 5000 };

/* Each register of a group := its own mixed value. */
void vector_regs(struct ctxt *c, enum reg_group group, u64 seed, u64 base);

/* Regions and SMMUs. */
void vector_fixed(struct fixed *f, u64 seed);

/* All parameters; 8 vCPUs a VM. */
void vector_params(struct params *p, u64 seed);
