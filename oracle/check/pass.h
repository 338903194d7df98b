/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The pass over the events of an episode: all checks at one event, then the next event. */
#include "oracle/check/family.h"
#include "oracle/check/judge.h"
#include "oracle/check/keep.h"

/*
 * Judge the slice of @j->findings, which is cut short where an episode other than @episode begins.  @own: the families'
 * states.  @keep: what each event may change goes there before it; NULL: nothing will be undone.
 */
void pass_events(void *const own[FAMILY_NR], struct judge *j, u64 episode, struct keep *keep);
