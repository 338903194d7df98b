/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Values from outside that nobody chose: at some of the values that the core takes, or a VM gets, hosts and guests answer anything,
 * by the seed.  What the hypervisor guarantees may not depend on what it is told.  [wDRF: Memory-Isolation; spec D6 (c), O]
 */
#include "cpu/params.h"

/**
 * struct random_outside - parameters some of whose values are random
 * @honest:  those that are asked otherwise; they are asked each time, so that who chooses its answers in order stays in step
 * @percent: of all values
 *
 * Read only while CPUs run.
 */
struct random_outside {
	struct params honest;
	u32 percent;
};

/* @p are to be such parameters in place of what they are; *r lives as long as they do. */
void random_outside_init(struct random_outside *r, struct params *p, u32 percent);
