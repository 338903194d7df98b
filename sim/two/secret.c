// SPDX-License-Identifier: GPL-2.0-only
#include "sim/two/secret.h"

#include "oracle/obs/obs.h"
#include "sim/base/check.h"
#include "sim/base/rng.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
} kinds[SECRET_NR] = {
#define SECRET(id, name, sentence) [SECRET_##id] = { name },
#include "sim/two/secret.def"
};

/* From bit 0: time 16, place 28, owner 5, run 1, kind 2, and 12 bits that tell a secret from other values. */
enum { PLACE_AT = 16, OWNER_AT = 44, RUN_AT = 49, KIND_AT = 50, MAGIC_AT = 52, MAGIC = 0x5ec };

_Static_assert(N_VMID <= 32, "an owner has 5 bits");
_Static_assert(SECRET_NR <= 4, "a kind has 2 bits");
_Static_assert(KVM_PFN_SPACE <= 1 << 28, "a place has 28 bits");

u64 secret_value(const struct secret *s)
{
	SIM_ASSERT_DBG(s->place < 1u << 28);
	SIM_ASSERT_DBG(s->owner < N_VMID);
	return mix64((u64)MAGIC << MAGIC_AT | (u64)s->kind << KIND_AT | (u64)s->run << RUN_AT |
	             (u64)s->owner << OWNER_AT | (u64)s->place << PLACE_AT | (s->time & 0xffff));
}

/* The number of which mix64() is @x: its three steps back. */
static u64 unmix64(u64 x)
{
	x ^= x >> 31 ^ x >> 62;
	x *= 0x319642b2d24d8ec3ull;
	x ^= x >> 27 ^ x >> 54;
	x *= 0x96de1b173f119089ull;
	return x ^ x >> 30 ^ x >> 60;
}

bool secret_of(u64 v, struct secret *out)
{
	u64 p = unmix64(v);

	*out = (struct secret){ .kind = (enum secret_kind)(p >> KIND_AT & 3),
		                .run = (u32)(p >> RUN_AT & 1),
		                .owner = (vmid_t)(p >> OWNER_AT & 31),
		                .place = (u32)(p >> PLACE_AT & 0xfffffff),
		                .time = (u32)(p & 0xffff) };
	return p >> MAGIC_AT == MAGIC && out->owner < N_VMID && out->kind < SECRET_NR;
}

const char *secret_name(enum secret_kind kind)
{
	SIM_ASSERT(kind < SECRET_NR);
	return kinds[kind].name;
}

enum secret_kind secret_by_name(const char *name, size_t len)
{
	u32 k = 0;

	while (k < SECRET_NR &&
	       (strlen(kinds[k].name) != len || memcmp(kinds[k].name, name, len) != 0))
		k++;
	return (enum secret_kind)k;
}

const char *secret_print(const struct secret *s, char *buf, size_t size)
{
	u32 of = s->place >> 8;
	const char *reg = reg_name((enum reg)(s->place & 0xff));
	char who[16];

	obs_principal(s->owner, who, sizeof(who));
	switch (s->kind) {
	case SECRET_PAGES:
		snprintf(buf, size, "what frame 0x%x held when it was %s's", s->place, who);
		break;
	case SECRET_CONTEXTS:
		snprintf(buf, size, "%s in the saved context of %s's vCPU %u", reg, who, of);
		break;
	case SECRET_REGISTERS:
		snprintf(buf, size, "%s of CPU %u while %s ran there", reg, of, who);
		break;
	case SECRET_STORES:
		snprintf(buf, size, "%s of CPU %u, which %s stored", reg, of, who);
		break;
	case SECRET_NR:
		break;
	}
	return buf;
}
