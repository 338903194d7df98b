// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/lock_names.h"

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

bool lock_names_put(struct lock_names *names, u32 lk, const char *name)
{
	if (!lock_name_ok(name) || lk < 1 || lk >= ID_END)
		return false;
	for (u32 i = 1; i < ID_END; i++)
		if (i != lk && strcmp(names->of[i], name) == 0)
			return false;
	strcpy(names->of[lk], name);
	return true;
}

const char *lock_name_of(const struct lock_names *names, lk_t lk, char *buf, size_t size)
{
	if (lk >= ID_END || !names->program)
		return obj_name(lk, buf, size);
	if (names->of[lk][0])
		(void)snprintf(buf, size, "%s", names->of[lk]);
	else
		(void)snprintf(buf, size, "lock %u", lk);
	return buf;
}

json_t *lock_names_to_json(const struct lock_names *names)
{
	json_t *out;
	u32 last = ID_END - 1;

	while (last > 0 && !names->of[last][0])
		last--;
	if (!names->program)
		return NULL;
	out = json_array();
	for (u32 lk = 1; lk <= last; lk++)
		json_array_append_new(out, json_string(names->of[lk]));
	return out;
}

int lock_names_from_json(struct lock_names *names, const json_t *v, struct err *e)
{
	if (!json_is_array(v) || json_array_size(v) >= ID_END)
		return err_set(e, ERR_CONFIG, "locks: expected an array of at most %d names",
		               ID_END - 1);
	names->program = true;
	for (size_t i = 0; i < json_array_size(v); i++) {
		const char *s = json_string_value(json_array_get(v, i));

		if (s && !*s)
			continue; /* lock i + 1 has no name */
		if (!s || !lock_names_put(names, (u32)i + 1, s))
			return err_set(e, ERR_CONFIG,
			               "locks: entry %zu is not a name (letters, digits, \"_.:-\"; "
			               "at most %d), or is there twice",
			               i, LOCK_NAME_BYTES - 1);
	}
	return 0;
}
