/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Secret values.  Each says by itself what it is, so that one that turns up where it should not tells where it was put: it is a
 * mix that can be undone of a kind, an owner, a place and a time.
 */
#include "sim/base/types.h"

enum secret_kind {
#define SECRET(id, name, sentence) SECRET_##id,
#include "sim/two/secret.def"
	SECRET_NR
};

enum { SECRETS_ALL = (1 << SECRET_NR) - 1 };

/**
 * struct secret - what one is
 * @run:   0 or 1: in which of the two runs; a kind that is not varied has 0 in both
 * @owner: HOST or a VM: whose it is
 * @place: PAGES: the frame; else secret_place()
 * @time:  the step before which it was put there, mod 2^16
 */
struct secret {
	enum secret_kind kind;
	u32 run;
	vmid_t owner;
	u32 place;
	u32 time;
};

/* Register @reg of CPU or vCPU @of. */
static inline u32 secret_place(u32 of, u32 reg)
{
	return of << 8 | reg;
}

u64 secret_value(const struct secret *s);
/* Is @v a secret, and which?  Of 4096 values that are none one is taken for one. */
bool secret_of(u64 v, struct secret *out);

const char *secret_name(enum secret_kind kind);
/* SECRET_NR: none has this name, @len bytes. */
enum secret_kind secret_by_name(const char *name, size_t len);
/* "what frame 0x210 held when it was VM 1's", ...  Returns buf. */
const char *secret_print(const struct secret *s, char *buf, size_t size);
