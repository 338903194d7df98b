/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Contents of the objects while a log is read, to give differences their old and new values: the compact form carries
 * only new - old.
 */
#include "shmem/obj/obj.h"
#include "sim/base/err.h"
#include "sim/log/config.h"
#include "sim/log/event.h"

struct replay;

/*
 * @config stays the caller's; @doracle gives the values of the data oracle, oracle/data.h.  Objects take memory when the log
 * first changes them.
 */
struct replay *replay_new(const struct log_config *config,
                          u64 (*doracle)(u64 seed, vmid_t vmid, u64 n));
void replay_free(struct replay *r);

/*
 * Take the next event of a log in order.  A push's differences in *e are replaced by ones that have both values (more,
 * where a range did not hold one value), but for those from the data oracle, which stay; they are valid until the next
 * call.  Returns 1 when a difference that had both values already does not fit the contents: *at is the index (the rest is
 * applied all the same).
 * < 0: ERR_MEMORY.
 */
MUST_CHECK int replay_event(struct replay *r, struct event *ev, u64 *at, struct err *e);

/* For who restores contents.  The object takes memory, if it has none. */
MUST_CHECK int replay_object(struct replay *r, lk_t id, struct err *e);
/* What the configuration says of the object is applied. */
void replay_initial(struct replay *r, lk_t id);
