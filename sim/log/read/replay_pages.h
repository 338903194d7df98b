/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Which pages of 512 cells a replay has changed. */
#include "sim/log/read/replay_state.h"

/* Of @track: an episode begins. */
void replay_pages_begin(struct replay *r);
/* Page @page of @o is changed. */
void replay_pages_touch(struct replay *r, const struct obj *o, u64 page);
/* The difference is about to be applied. */
void replay_pages_take(struct replay *r, const struct obj *o, const struct diff *d);
void replay_pages_free(struct replay *r);
/* Pages of an object. */
u64 replay_pages_of(const struct obj *o);
