// SPDX-License-Identifier: GPL-2.0-only
#include "scenarios/scenario.h"

#include "sim/base/nearest.h"
#include "sim/base/number.h"

#include <stdio.h>
#include <string.h>

void scenario_option_defaults(const struct scenario *s, u64 *values)
{
	for (u32 i = 0; s->options[i].key; i++)
		values[i] = s->options[i].value;
}

/* The value that @text names. */
static bool parse_value(const struct scenario_option *o, const char *text, u64 *v)
{
	if (scenario_option_switch(o) && (!strcmp(text, "on") || !strcmp(text, "off"))) {
		*v = strcmp(text, "on") == 0;
		return true;
	}
	return number_parse(text, strlen(text), v) && *v >= o->min && *v <= o->max;
}

/* "a number 0..100", "on or off": what @o takes. */
static const char *expected(const struct scenario_option *o, char *buf, size_t size)
{
	if (scenario_option_switch(o))
		return "on or off";
	snprintf(buf, size, "a number %llu..%llu", (unsigned long long)o->min,
	         (unsigned long long)o->max);
	return buf;
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
			return err_set(e, ERR_USAGE, "option '%s' of %s needs a value: %s=%s",
			               o->key, s->name, o->key,
			               scenario_option_switch(o) ? "on" : "N");
		if (!parse_value(o, eq + 1, &v))
			return err_set(e, ERR_USAGE,
			               "option '%s' of %s: expected %s, found \"%.64s\"", o->key,
			               s->name, expected(o, hint, sizeof(hint)), eq + 1);
		values[i] = v;
		return 0;
	}
	nearest_begin(&near, key_value, len);
	for (u32 i = 0; s->options[i].key; i++)
		nearest_try(&near, s->options[i].key);
	return err_set(e, ERR_USAGE,
	               "%s has no option '%.*s'%s ('hypsim list scenarios' shows what it has)",
	               s->name, (int)min_u64(len, 64), key_value,
	               nearest_hint(&near, hint, sizeof(hint)));
}
