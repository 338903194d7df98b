/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* A machine without a log, or with one in memory, for unit tests. */
#include "sim/machine/machine.h"

struct test_machine {
	struct log_config config;
	struct log *log;
	struct machine *m;
};

/* @start: both counters of every word. */
void test_machine_make(struct test_machine *t, u32 cpus, u32 start, enum wait_kind wait,
                       bool logged);
void test_machine_free(struct test_machine *t);
