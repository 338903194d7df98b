/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The list of the scopes that have a name. */
#include "sim/cli/list_rows.h"

void list_scopes(struct list_rows *r);
