/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* A machine without a log, or with one in memory, for unit tests. */
#include "sim/machine/boot.h"
#include "sim/machine/machine.h"

/**
 * struct test_machine
 * @seen: [cpu] events of its stream that kit_events() has told of, marks included
 */
struct test_machine {
	struct log_config config;
	struct fixed fixed;
	struct log *log;
	struct machine *m;
	u64 seen[MAX_CPU];
};

/* @start: both counters of every word. */
void test_machine_make(struct test_machine *t, u32 cpus, u32 start, enum wait_kind wait,
                       bool logged);
/* Before the run: @admit CPUs at a time compete, each for @runs acquisitions. */
void test_machine_admit(struct test_machine *t, u32 admit, u32 runs);
/*
 * A machine as it boots, with BOOT_PAGES_MIN managed pages (512 from 2 MiB, 512 from 1 GiB on) and a log in memory.  @e:
 * NULL: errata at their defaults.
 */
void test_machine_boot(struct test_machine *t, u32 cpus, const struct errata *e);
void test_machine_free(struct test_machine *t);
