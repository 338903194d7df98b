// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/config_locks.h"

#include "shmem/obj/obj.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static bool lock_name_ok(const char *s)
{
	static const char *const letters =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789.:-";

	return *s && strspn(s, letters) == strlen(s) && strlen(s) < LOCK_NAME_BYTES;
}

bool log_config_name_lock(struct log_config *c, u32 lk, const char *name)
{
	if (!lock_name_ok(name) || lk < 1 || lk >= ID_END)
		return false;
	for (u32 i = 1; i < ID_END; i++)
		if (i != lk && strcmp(c->lock[i], name) == 0)
			return false;
	strcpy(c->lock[lk], name);
	return true;
}

const char *log_config_lock(const struct log_config *c, lk_t lk, char *buf, size_t size)
{
	if (lk >= ID_END || !c->lock[lk][0])
		return obj_name(lk, buf, size);
	(void)snprintf(buf, size, "%s", c->lock[lk]);
	return buf;
}

json_t *lock_names_to_json(const struct log_config *c)
{
	json_t *names;
	u32 last = ID_END - 1;

	while (last > 0 && !c->lock[last][0])
		last--;
	if (last == 0)
		return NULL;
	names = json_array();
	for (u32 lk = 1; lk <= last; lk++)
		json_array_append_new(names, json_string(c->lock[lk]));
	return names;
}

int lock_names_from_json(struct log_config *c, const json_t *v, struct err *e)
{
	if (!json_is_array(v) || json_array_size(v) >= ID_END)
		return err_set(e, ERR_CONFIG, "locks: expected an array of at most %d names",
		               ID_END - 1);
	for (size_t i = 0; i < json_array_size(v); i++) {
		const char *s = json_string_value(json_array_get(v, i));

		/* One without a name, before others that have one. */
		if (s && !*s)
			continue;
		if (!s || !log_config_name_lock(c, (u32)i + 1, s))
			return err_set(e, ERR_CONFIG,
			               "locks: entry %zu is not a name (letters, digits, \"_.:-\"; "
			               "at most %d), or is there twice",
			               i, LOCK_NAME_BYTES - 1);
	}
	return 0;
}
