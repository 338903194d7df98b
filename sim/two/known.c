// SPDX-License-Identifier: GPL-2.0-only
#include "sim/two/known.h"

#include "sim/base/consts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool guest_has_host_gprs(const struct two_finding *f)
{
	return f->p != HOSTVISOR && f->row == OBS_REG && obs_key_reg(f->key) <= R_x30 &&
	       (f->kind == TWO_RESTORE || f->kind == TWO_CONFIDENTIALITY);
}

/* The frame is an argument of a call that takes the addresses of buffers. */
static bool buffer_is_a_frame(const struct two_finding *f)
{
	char frame[24];
	const char *at;

	if (f->row != OBS_FLATMEM || (!strstr(f->op, "CRYPT_BUF") && !strstr(f->op, "crypt_buf")))
		return false;
	snprintf(frame, sizeof(frame), "0x%llx", (unsigned long long)f->key);
	/* The number may be the beginning of a longer one. */
	at = strstr(f->op, frame);
	while (at && at[strlen(frame)] && strchr("0123456789abcdef", at[strlen(frame)]))
		at = strstr(at + 1, frame);
	return at;
}

/* The page of a device's address, if the step is a store of a device. */
static bool device_stores(const struct two_finding *f, u64 *gfn)
{
	const char *at = strstr(f->op, "gfn=");

	if (f->row != OBS_FLATMEM)
		return false;
	if (strncmp(f->op, "dev_store ", 10) == 0)
		at = f->op + 10;
	else if (strncmp(f->op, "device_store(", 13) == 0 && at)
		at += 4;
	else
		return false;
	*gfn = strtoull(at, NULL, 0);
	return true;
}

static bool device_by_stale_root(const struct two_finding *f)
{
	u64 gfn;

	return device_stores(f, &gfn) && gfn * PAGE_SIZE >= 1ull << 30;
}

static const struct {
	enum erratum id;
	bool (*is)(const struct two_finding *f);
	const char *sentence;
} known[] = {
#define KNOWN(id, predicate, sentence) { ERRATUM_##id, predicate, sentence },
#include "sim/two/known.def"
};

u32 two_known(const struct errata *errata, const struct two_finding *f)
{
	for (u32 i = 0; i < ARRAY_SIZE(known); i++)
		if (errata_published(errata, known[i].id) && known[i].is(f))
			return known[i].id;
	return ERRATUM_NR;
}

const char *two_known_sentence(u32 erratum)
{
	for (u32 i = 0; i < ARRAY_SIZE(known); i++)
		if (known[i].id == erratum)
			return known[i].sentence;
	return "";
}
