// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/report/known.h"

#include <stdio.h>

const char *known_words(const struct checker *c, char *buf, size_t size)
{
	const char *sep = "";
	int at;

	buf[0] = '\0';
	if (checker_n_known(c) == 0)
		return buf;
	at = snprintf(buf, size, ", %llu known (errata ", (unsigned long long)checker_n_known(c));
	for (u32 i = 0; i < ERRATUM_NR && at > 0 && (size_t)at < size; i++) {
		if (checker_n_known_of(c, i) == 0)
			continue;
		at += snprintf(buf + at, size - (size_t)at, "%s%s", sep, erratum_name(i));
		sep = ", ";
	}
	if (at > 0 && (size_t)at < size)
		snprintf(buf + at, size - (size_t)at, ")");
	return buf;
}

json_t *known_json(const struct checker *c)
{
	json_t *o = json_object();

	for (u32 i = 0; i < ERRATUM_NR; i++)
		if (checker_n_known_of(c, i))
			json_object_set_new(o, erratum_name(i),
			                    json_integer((json_int_t)checker_n_known_of(c, i)));
	return o;
}
