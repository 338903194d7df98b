// SPDX-License-Identifier: GPL-2.0-only
#include "scenarios/scenario.h"

#include "sim/base/nearest.h"
#include "sim/base/number.h"

#include <string.h>

void scenario_option_defaults(const struct scenario *s, u64 *values)
{
	for (u32 i = 0; s->options[i].key; i++)
		values[i] = s->options[i].value;
}

int scenario_option_set(const struct scenario *s, const char *key_value, u64 *values, struct err *e)
{
	const char *eq = strchr(key_value, '=');
	size_t len = eq ? (size_t)(eq - key_value) : strlen(key_value);
	struct nearest near;
	char hint[96];

	for (u32 i = 0; s->options[i].key; i++) {
		const struct scenario_option *o = &s->options[i];
		u64 v = 0;

		if (strlen(o->key) != len || memcmp(o->key, key_value, len) != 0)
			continue;
		if (!eq)
			return err_set(e, ERR_USAGE, "option '%s' of %s needs a value: %s=N",
			               o->key, s->name, o->key);
		if (!number_parse(eq + 1, strlen(eq + 1), &v) || v < o->min || v > o->max)
			return err_set(
				e, ERR_USAGE,
				"option '%s' of %s: expected a number %llu..%llu, found \"%.64s\"",
				o->key, s->name, (unsigned long long)o->min,
				(unsigned long long)o->max, eq + 1);
		values[i] = v;
		return 0;
	}
	nearest_begin(&near, key_value, len);
	for (u32 i = 0; s->options[i].key; i++)
		nearest_try(&near, s->options[i].key);
	return err_set(e, ERR_USAGE,
	               "%s has no option '%.64s'%s ('hypsim list scenarios' shows what it has)",
	               s->name, key_value, nearest_hint(&near, hint, sizeof(hint)));
}
