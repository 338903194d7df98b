// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/args.h"

#include <argp.h>
#include <errno.h>
#include <stdlib.h>

u64 arg_number(struct argp_state *state, const char *option, const char *arg, u64 min, u64 max)
{
	char *end;
	u64 v;

	errno = 0;
	v = strtoull(arg, &end, 0);
	if (arg[0] < '0' || arg[0] > '9' || *end || errno || v < min || v > max)
		argp_error(state, "%s: expected a number %llu..%llu, found \"%s\"", option,
		           (unsigned long long)min, (unsigned long long)max, arg);
	return v;
}
