/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What a CPU is in, holds and waits for behind an event of a log: a line, and JSON. */
#include "sim/inspect/sections.h"
#include "sim/log/source.h"

#include <jansson.h>
#include <stdio.h>

/* "CPU 1   fault > map_page_host; holds S2PAGE since 12; asked for NPT:2 at 15, behind 1" and a newline. */
void cpu_state_print(const struct log_source *s, const struct sections *ss, u32 cpu, FILE *f);

/* The same: cpu, operations, holds, waits. */
json_t *cpu_state_json(const struct log_source *s, const struct sections *ss, u32 cpu);

/* "map_page_host in fault", "fault", "-".  Returns buf. */
const char *cpu_state_operation(const struct log_config *c, const struct nest_where *in, char *buf,
                                size_t size);

/* What begins with a BEGIN or OP, with its arguments: "map_page_host(addr=0x200000)", "fault 0x1".  Returns buf. */
const char *cpu_state_call(const struct log_config *c, const struct event *e, char *buf,
                           size_t size);
