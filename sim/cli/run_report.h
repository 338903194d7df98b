/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "sim/cli/run_setup.h"

/* Print what a run found, as a table or JSON.  Returns the exit status. */
int run_report(struct run_setup *r);
