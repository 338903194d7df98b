// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/report/check_logs.h"
#include "sim/cli/cmd.h"
#include "sim/cli/output.h"
#include "sim/run/crew.h"

int cmd_check(int argc, char **argv)
{
	return cli_finish_stdout(check_logs(argc, argv, &run_crew));
}
