/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What a MARK record says.  Used by decode.c only. */
#include "sim/log/read/decoder.h"

/* The mark @rec of @d's stream, with its arguments, into @b; NULL: look only. */
enum decode_stop decode_mark(struct decoder *d, struct decode_batch *b, u64 rec);
/* The arguments of an access from the MORE bytes into @d->access; NULL or what is wrong. */
const char *decode_access(struct decoder *d);
