/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Names of locks: those of a program that is not the hypervisor (include/hypsim/log.h).  "locks" in a configuration's JSON. */
#include "sim/base/consts.h"
#include "sim/base/err.h"
#include "sim/base/types.h"

struct json_t;

enum { LOCK_NAME_BYTES = 32 };

/**
 * struct lock_names
 * @program: the locks are not the hypervisor's objects
 * @of:      [lk] "": it has no name
 */
struct lock_names {
	bool program;
	char of[ID_END][LOCK_NAME_BYTES];
};

/* Lock @lk, 1..ID_END - 1, is called @name.  False: it is no name (letters, digits, "_.:-", at most 31), or there twice. */
bool lock_names_put(struct lock_names *names, u32 lk, const char *name);

/* What lock @lk is called: by @names; else "lock 2" of a program, or as the machine's object.  Returns buf. */
const char *lock_name_of(const struct lock_names *names, lk_t lk, char *buf, size_t size);

/* ["of lock 1", "of lock 2", ...] of a program's locks, else NULL.  The caller's. */
struct json_t *lock_names_to_json(const struct lock_names *names);
/* Errors: ERR_CONFIG names the key and the place. */
MUST_CHECK int lock_names_from_json(struct lock_names *names, const struct json_t *v,
                                    struct err *e);
