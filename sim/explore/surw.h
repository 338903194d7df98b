/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Selectively uniform random walk: Zhao, Wolff, Mathur, Roychoudhury, "Selectively Uniform Concurrency Testing", ASPLOS 2025.
 *
 * In a random walk a CPU with few steps is nearly always through before one with many is.  Weighted by the steps that each has still
 * to make, every order of all steps is as likely as any other (URW).  SURW asks that only of interesting steps: those on one object,
 * drawn for each execution among the objects that at least two CPUs have touched.  Whose interesting step is the next is drawn by how many
 * each still has to make, and until it is made nobody else makes one; the other steps come by URW.
 *
 * How many steps a CPU makes is the most that it has made in an execution so far; the first one, a random walk, is the pilot.  It is
 * uniform where programs make the same steps in every order and nobody waits for a lock.
 */
#include "sim/explore/sampler_opts.h"

/* SAMPLER_SURW or SAMPLER_URW. */
struct strategy surw_new(const struct sampler_opts *o);
void surw_free(void *arg);
