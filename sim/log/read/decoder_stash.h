/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The state of a stream's decoder as bytes, but for where it stands in its chunk. */
#include "sim/base/stash.h"
#include "sim/log/read/decoder.h"

void decoder_stash(struct decoder *d, struct stash *s);
