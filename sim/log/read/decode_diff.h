/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What a DIFF record says: docs/log-format.md, "A difference".  Used by decode.c only. */
#include "shmem/obj/obj.h"

/*
 * The difference of lock @lk in the @len bytes at @body: *out, and in *taken how many bytes it has.  Whatever the bytes are,
 * field, indices, VM and numbers are in range, or what is wrong is returned (NULL: nothing).
 */
const char *decode_diff_body(const u8 *body, u32 len, u32 lk, struct diff *out, u32 *taken);
/* The same of one from the data oracle.  @known: [N_VMID] numbers as format.h says; kept up to date, unless it is wrong. */
const char *decode_diff_oracle(const u8 *body, u32 len, u32 lk, u64 *known, struct diff *out,
                               u32 *taken);
