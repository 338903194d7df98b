/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Names of locks in a configuration: those of a program that is not the hypervisor (include/hypsim/log.h).  "locks" in JSON. */
#include "sim/log/config.h"

struct json_t;

/* Lock @lk, 1..ID_END - 1, is called @name.  False: it is no name (letters, digits, "_.:-", at most 31), or there twice. */
bool log_config_name_lock(struct log_config *c, u32 lk, const char *name);

/* What lock @lk of the log is called: by the configuration, or as the machine's object.  Returns buf, or the name. */
const char *log_config_lock(const struct log_config *c, lk_t lk, char *buf, size_t size);

/* ["of lock 1", "of lock 2", ...], or NULL: none has a name.  The caller's. */
struct json_t *lock_names_to_json(const struct log_config *c);
/* Errors: ERR_CONFIG names the key and the place. */
MUST_CHECK int lock_names_from_json(struct log_config *c, const struct json_t *v, struct err *e);
