/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Lists of what the machine is made of. */
#include "sim/cli/list_rows.h"

void list_locks(struct list_rows *r);
void list_primitives(struct list_rows *r);
void list_hypercalls(struct list_rows *r);
void list_traps(struct list_rows *r);
void list_registers(struct list_rows *r);
void list_fields(struct list_rows *r);
void list_regions(struct list_rows *r);
