// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/cal/rules.h"

#include "sim/base/check.h"

static const struct {
	const char *name, *sentence, *source;
} rows[CAL_NR] = {
	[CAL_OK] = { "OK", "Some", "" },
#define ROW(id, text) [id] = { #id, text, "CalTicketLock" },
#include "oracle/cal/ticket.def"
#define ROW(id, text) [id] = { #id, text, "Q_CalLock" },
#include "oracle/cal/queue.def"
#define ROW(id, text) [id] = { #id, text, "H_CalLock" },
#include "oracle/cal/high.def"
#define ROW(id, text) [id] = { #id, text, "relate_log" },
#include "oracle/cal/relate.def"
};

const char *cal_row_name(enum cal_row row)
{
	SIM_ASSERT(row < CAL_NR);
	return rows[row].name;
}

const char *cal_row_sentence(enum cal_row row)
{
	SIM_ASSERT(row < CAL_NR);
	return rows[row].sentence;
}

const char *cal_row_source(enum cal_row row)
{
	SIM_ASSERT(row < CAL_NR);
	return rows[row].source;
}

const char *lock_status_name(enum lock_status s)
{
	switch (s) {
	case LEMPTY:
		return "LEMPTY";
	case LHOLD:
		return "LHOLD";
	case LGET:
		return "LGET";
	}
	return "?";
}
