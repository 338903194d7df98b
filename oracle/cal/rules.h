/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Every row at which a fold is None, over all folds: for `list rules` and for messages. */
#include "sim/base/types.h"

enum cal_row {
	CAL_OK,
#define ROW(id, sentence) id,
#include "oracle/cal/ticket.def"
#define ROW(id, sentence) id,
#include "oracle/cal/queue.def"
#define ROW(id, sentence) id,
#include "oracle/cal/high.def"
#define ROW(id, sentence) id,
#include "oracle/cal/relate.def"
	CAL_NR
};

const char *cal_row_name(enum cal_row row); /* "Q_HOLD_EARLY" */
const char *cal_row_sentence(enum cal_row row);
const char *cal_row_source(enum cal_row row); /* "Q_CalLock" */

/* The head of the queue. [CalLock.Qstatus] */
enum lock_status {
	LEMPTY, /* has not looked */
	LHOLD,  /* is inside */
	LGET,   /* saw its turn */
};

const char *lock_status_name(enum lock_status s);
