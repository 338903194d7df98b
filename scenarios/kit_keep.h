/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The pictures of a scenario's CPUs, its board and its own state as they were once: for who goes on from there again and again. */
#include "scenarios/kit.h"

struct kit_kept;

/* @own_bytes: of kit->own; 0: it is NULL.  Errors: ERR_MEMORY. */
MUST_CHECK int kit_keep(struct kit_kept **out, const struct kit *kit, size_t own_bytes,
                        struct err *e);
/* The kit, of which it was made, is as it was. */
void kit_return(struct kit *kit, const struct kit_kept *k);
/* NULL: nothing. */
void kit_kept_free(struct kit_kept *k);
