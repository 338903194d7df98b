/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "sim/cli/list_rows.h"

/* The steps of the specification beside their sources: one an atomic operation, with the ways that it can go. */
void list_spec(struct list_rows *r);
