/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What a text log is read as. */

enum text_mode {
	/* Free logs for the folds: LOCK is any number below 2^64 and the events' lk a dense index; "#!" is a comment. */
	TEXT_FREE,
	/* A machine's log: LOCK is 0..38 and lk itself; marks count; lock words are computed and EVF_WORD is set. */
	TEXT_MACHINE,
};
