/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Events as a table with one column a CPU. */
#include "oracle/check/check.h"

#include <stdio.h>

/*
 * One line an event, oldest first; only CPUs that occur have a column.  The event with index @mark is pointed at.
 * @config: of the log: what its operations are called.
 * @locks: the events are of several locks: each is printed with its lock's name and its index in the whole log.
 */
void columns_print(FILE *f, const struct context_event *v, u32 n, const struct log_config *config,
                   u64 mark, bool locks);

/* One event as it is printed there: "INC_TICKET 10", "op map_page_host".  Returns buf. */
const char *columns_cell(const struct context_event *v, const struct log_config *config, char *buf,
                         size_t size);

/*
 * The records behind a break, each CPU's in its column: CPU @cpu's, and as many others as there is room for.  A record that
 * found the lock's word has it behind its name, as ticket/now.  @locks: as above.
 */
void columns_behind(FILE *f, const struct broken *b, u32 cpu, bool locks);
