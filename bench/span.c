// SPDX-License-Identifier: GPL-2.0-only
#include "bench/span.h"

#include "sim/base/number.h"

#include <string.h>

/* A second: what is longer is no section. */
enum { SPAN_MAX_NS = 1000000000 };

bool span_parse(const char *text, struct bench_span *out)
{
	static const char random[] = "random:";
	u64 ns;

	out->random = strncmp(text, random, sizeof(random) - 1) == 0;
	if (out->random)
		text += sizeof(random) - 1;
	if (!number_parse(text, strlen(text), &ns) || ns > SPAN_MAX_NS)
		return false;
	out->ns = ns;
	return true;
}
