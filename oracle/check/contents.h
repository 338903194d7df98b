/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* CalState: the contents that the log says each object has, against what pulls, pushes and the memory say. */
#include "oracle/check/family.h"
#include "oracle/check/judge.h"
#include "shmem/obj/obj.h"

struct contents;

/* A shared event. */
void contents_event(struct contents *s, struct judge *j, const struct event *e);
/* A push, behind all who were told of it: its event wrote what it changed. */
void contents_wrote(struct judge *j, const struct event *e);
/* MARK_MEMORY. */
void contents_memory(struct contents *s, struct judge *j, const struct event *e);

/* Is there something to judge, or somebody who needs the contents? */
static inline bool contents_active(const struct judge *j)
{
	return check_on(j, CHK_CONTENTS) || j->trail;
}

/* As checker_contents(), checker_compare(). */
const struct obj *contents_of(struct contents *s, const struct judge *j, lk_t lk);
bool contents_compare(struct contents *s, struct judge *j, const struct obj *memory);

extern const struct family contents_family;
