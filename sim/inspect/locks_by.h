/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Whose rows a table of contention has. */
enum locks_by { LOCKS_BY_LOCK, LOCKS_BY_WAITER, LOCKS_BY_HOLDER, LOCKS_BY_NR };
