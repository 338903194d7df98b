/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The shared objects of a machine: shmem/shared.h is how a CPU gets at them. */
#include "shmem/obj/fixed_types.h"
#include "shmem/obj/obj.h"

/**
 * struct shared
 * @fixed: set before the CPUs start, read only from then on
 */
struct shared {
	struct obj obj[ID_END];
	struct fixed fixed;
};
