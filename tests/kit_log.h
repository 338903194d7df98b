/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Small logs for tests, oldest event first: "0I10 0G 1I10 1G*20 0H 0P7 0T 0N".  A token is CPU,
 * letter, argument, and "*N" for N times.  The letters are those of the vectors: I INC_TICKET, G
 * GET_NOW, H HOLD_LOCK, N INC_NOW, C CAS_TICKET, W WAIT_LOCK, R REL_LOCK, P OPULL, D OCORE_DATA, S
 * OS2_PAGE, T ONPT, V OVMINFO, U OSPT, M OSMMU, F OFLATMEM.
 */
#include "sim/log/event.h"

/*
 * The events of @log in @out; their number.  Fails the test at a token that is none, or when there
 * are more than @max.
 */
u32 kit_log(const char *log, struct event *out, u32 max);
