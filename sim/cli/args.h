/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Values of options.  A wrong one is an error that names the option and ends the process with status 2. */
#include "sim/base/errata.h"
#include "sim/sched/vehicle.h"

struct argp_state;

/* A number @min..@max: 1000, 0x3e8, 1e3. */
u64 arg_number(struct argp_state *state, const char *option, const char *arg, u64 min, u64 max);

/* Bytes, above 0: a number of MiB, or a size as 64K, 16M, 2G. */
u64 arg_mib(struct argp_state *state, const char *option, const char *arg, u64 max_bytes);

/* Seconds above 0, decimals allowed. */
double arg_seconds(struct argp_state *state, const char *option, const char *arg, double max);

/* The argument of --errata, and of --erratum: into @choice. */
void arg_errata(struct argp_state *state, struct errata_choice *choice, const char *arg);
void arg_erratum(struct argp_state *state, struct errata_choice *choice, const char *arg);

/* @arg is none of the @n names; the error has the one that is nearest. */
void arg_unknown(struct argp_state *state, const char *option, const char *arg, u32 n,
                 const char *(*name)(u32 i));

/* The number of @arg among the @n names; another one is arg_unknown(). */
u32 arg_one_of(struct argp_state *state, const char *option, const char *arg, u32 n,
               const char *(*name)(u32 i));

/* The argument of --vehicle. */
enum vehicle_kind arg_vehicle(struct argp_state *state, const char *arg);
