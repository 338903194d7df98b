/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Sentences about effects: what should be, and what is. */
#include "oracle/world/change.h"
#include "shmem/obj/obj.h"

/* A text that grows in @buf and is cut off at its end. */
struct text {
	char *buf;
	size_t size, at;
};

void say(struct text *t, const char *fmt, ...) PRINTF(2, 3);
void say_number(struct text *t, u64 v);
/* "S2PAGE and NPT:0"; "none". */
void say_locks(struct text *t, u64 locks);
/* The same; returns buf. */
const char *say_lock_names(u64 locks, char *buf, size_t size);
/* "frame 0x210 (level 3, entry 0x210fff)"; "nothing". */
void say_map(struct text *t, struct maplet m);
/* "frame 0x210 should be owner 1, is owner 0": of @place, as @place is behind @should, and behind @is. */
void say_differs(struct text *t, const struct change *place, const struct change *should,
                 const struct change *is);
