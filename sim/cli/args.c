// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/args.h"

#include "sim/base/err.h"
#include "sim/base/nearest.h"
#include "sim/base/number.h"

#include <argp.h>
#include <stdlib.h>
#include <string.h>

u64 arg_number(struct argp_state *state, const char *option, const char *arg, u64 min, u64 max)
{
	u64 v = 0;

	if (!number_parse(arg, strlen(arg), &v) || v < min || v > max)
		argp_error(state, "%s: expected a number %llu..%llu, found \"%s\"", option,
		           (unsigned long long)min, (unsigned long long)max, arg);
	return v;
}

u64 arg_mib(struct argp_state *state, const char *option, const char *arg, u64 max_bytes)
{
	u64 v = 0;

	if (!number_parse_size(arg, strlen(arg), 1 << 20, &v) || v == 0 || v > max_bytes)
		argp_error(state,
		           "%s: expected a number of MiB 1..%llu, or a size as 64K, found \"%s\"",
		           option, (unsigned long long)max_bytes >> 20, arg);
	return v;
}

double arg_seconds(struct argp_state *state, const char *option, const char *arg, double max)
{
	char *end;
	double s = strtod(arg, &end);

	if (end == arg || *end || !(s > 0) || s > max)
		argp_error(state, "%s: expected seconds above 0 and up to %.0f, found \"%s\"",
		           option, max, arg);
	return s;
}

void arg_errata(struct argp_state *state, struct errata_choice *choice, const char *arg)
{
	struct err e;

	if (errata_choose_all(choice, arg, &e) < 0)
		argp_error(state, "%s", e.msg);
}

void arg_erratum(struct argp_state *state, struct errata_choice *choice, const char *arg)
{
	struct err e;

	if (errata_choose(choice, arg, &e) < 0)
		argp_error(state, "%s", e.msg);
}

void arg_unknown(struct argp_state *state, const char *option, const char *arg, u32 n,
                 const char *(*name)(u32 i))
{
	char hint[80];

	argp_error(state, "%s: there is none '%s'%s", option, arg,
	           nearest_of(arg, n, name, hint, sizeof(hint)));
}

static const char *vehicle_of(u32 i)
{
	return vehicle_name((enum vehicle_kind)i);
}

enum vehicle_kind arg_vehicle(struct argp_state *state, const char *arg)
{
	enum vehicle_kind kind = vehicle_by_name(arg);

	if (kind == VEHICLE_NR)
		arg_unknown(state, "--vehicle", arg, VEHICLE_NR, vehicle_of);
	return kind;
}

u32 arg_one_of(struct argp_state *state, const char *option, const char *arg, u32 n,
               const char *(*name)(u32 i))
{
	for (u32 i = 0; i < n; i++)
		if (strcmp(name(i), arg) == 0)
			return i;
	arg_unknown(state, option, arg, n, name);
	return 0;
}
