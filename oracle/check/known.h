/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What a slip of the published files has spoilt (oracle/check/known.def), and findings that are told with their facts. */
#include "oracle/check/check_if.h"
#include "oracle/check/facts.h"

struct spoilt;

struct spoilt *spoilt_new(void);
void spoilt_free(struct spoilt *s);

/*
 * A finding of @row with facts @f, at @e, or where the judge is at the end of an episode (NULL).  It is a known one if what it is
 * about is spoilt by a slip that the log is judged by, and that excuses the check; of each only the first is kept.
 */
void found_facts(struct judge *j, enum check_row row, const struct event *e, const struct facts *f);

/*
 * Before there are words: is it a known finding of which one like it is kept?  Then it is counted, and found_facts() is not to be called.
 * @f says what it is about.
 */
bool found_again(struct judge *j, enum check_row row, const struct event *e, const struct facts *f);

/* Marks pages, banks and VMs as spoilt, and takes the marks back. */
extern const struct state_check check_spoilt;
