/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* H_CalLock, the high-level view, and relate_log, which derives it from the ticket level.  [CalLock] */
#include "oracle/cal/rules.h"
#include "oracle/cal/ticket.h"
#include "sim/log/event.h"

enum { H_NOBODY = 0xffffffff };

/**
 * struct h_state - (self, st, owner)
 * @self:  shared events that the owner may still do
 * @owner: CPU number, or H_NOBODY
 */
struct h_state {
	u32 self;
	enum lock_status st;
	u32 owner;
};

void h_cal_init(struct h_state *s);

/* One event of H_CalLock, oldest first.  On a row *s is as it was.  [CalLock.H_CalLock] */
enum cal_row h_cal_step(struct h_state *s, const struct event *e);

/**
 * struct relate_state - the bounds of the tickets that are out: a ring that can be as long as the log
 */
struct relate_state {
	struct cal_ticket q;
};

void relate_init(struct relate_state *s);
void relate_free(struct relate_state *s);

/*
 * One event of relate_log.  CAL_OK: *derived is the event of the high-level log, or has kind EV_NONE where the event
 * vanishes.  A row: *s is as it was.  [CalLock.relate_log]
 */
enum cal_row relate_step(struct relate_state *s, const struct event *e, struct event *derived);
