/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Events of a global order back into the CPUs' streams, by the writer that a run uses, into a packed file. */
#include "sim/log/convert/pack.h"
#include "sim/log/event.h"

struct encoder;

/* @config and @p stay the caller's.  Errors: ERR_MEMORY. */
MUST_CHECK int encoder_new(struct encoder **out, const struct log_config *config, struct pack *p,
                           struct err *e);
/* The next event; differences have both values.  Errors: ERR_NO_BINARY, ERR_DISK, ERR_MEMORY. */
MUST_CHECK int encoder_put(struct encoder *enc, const struct event *ev, struct err *e);
/* No more: write what is held back. */
MUST_CHECK int encoder_end(struct encoder *enc, struct err *e);
/* Has every stream had its CLOSE? */
bool encoder_closed(const struct encoder *enc);
void encoder_free(struct encoder *enc);
