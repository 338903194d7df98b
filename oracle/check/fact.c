// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/fact.h"

#include "sim/base/number.h"

#include <inttypes.h>
#include <stdio.h>

const char *state_name(u64 state)
{
	static const char *const names[] = {
		[UNUSED] = "UNUSED",     [READY] = "READY",   [VERIFIED] = "VERIFIED",
		[POWEROFF] = "POWEROFF", [ACTIVE] = "ACTIVE", [MAPPED] = "MAPPED"
	};

	return state < ARRAY_SIZE(names) && names[state] ? names[state] : "in no state";
}

const char *facts_owner(u64 owner, char *buf, size_t size)
{
	if (owner == HOSTVISOR)
		snprintf(buf, size, "the host");
	else if (owner == COREVISOR)
		snprintf(buf, size, "the core");
	else if (owner == INVALID)
		snprintf(buf, size, "nobody");
	else
		snprintf(buf, size, "VM %" PRIu64, owner);
	return buf;
}

static const char *print_locks(u64 locks, const struct lock_names *names, char *buf, size_t size)
{
	size_t at = 0;
	char name[LOCK_NAME_BYTES];

	snprintf(buf, size, "none");
	for (lk_t lk = 0; lk < ID_END && at < size; lk++)
		if (locks >> lk & 1)
			at += (size_t)snprintf(buf + at, size - at, "%s%s", at ? ", " : "",
			                       lock_name_of(names, lk, name, sizeof(name)));
	return buf;
}

/* What has a name of its own. */
static const char *special(u64 v)
{
	return v == INVALID64 ? "INVALID64" : v == INVALID ? "INVALID" : NULL;
}

const char *fact_print(const struct fact *f, bool other, const struct lock_names *names, char *buf,
                       size_t size)
{
	u64 v = other ? f->other : f->value;
	char n[NUMBER_TEXT];

	switch ((enum fact_form)f->form) {
	case FACT_OWNER:
		return facts_owner(v, buf, size);
	case FACT_STATE:
		return state_name(v);
	case FACT_LOCKS:
		return print_locks(v, names, buf, size);
	case FACT_WORD:
		return f->word ? f->word : "";
	case FACT_OBJECT:
		return v < ID_END ? lock_name_of(names, (lk_t)v, buf, size) : "?";
	case FACT_COUNT:
		if (special(v))
			return special(v);
		snprintf(buf, size, "%" PRIu64, v);
		return buf;
	case FACT_HEX:
		snprintf(buf, size, "%s", special(v) ? special(v) : number_hex(v, n));
		return buf;
	}
	return "";
}
