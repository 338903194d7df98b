// SPDX-License-Identifier: GPL-2.0-only
/* hypsim explore: every schedule of a scope. */
#include "oracle/report/page.h"
#include "oracle/report/verdicts.h"
#include "sim/base/interrupt.h"
#include "sim/base/options.h"
#include "sim/cli/args.h"
#include "sim/cli/cmd.h"
#include "sim/cli/explore_report.h"
#include "sim/cli/output.h"
#include "sim/exec/scope.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

