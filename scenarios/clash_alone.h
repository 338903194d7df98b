/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* clash in one thread: operations are chosen one after the other, whichever CPU's they are, and nobody waits for another. */
#include "scenarios/kit.h"

/* So many machines an episode can begin with, by its number (scenarios/clash_set_up.c). */
enum { CLASH_STARTS = 8 };

/* Nobody makes a date; the episode is about to be set up. */
void clash_alone(struct kit *kit);
/* Has CPU 0 a step to do by which the episode is set up?  If not, it is from now on. */
bool clash_alone_begins(struct kit *kit);
/* What CPU @k chooses next is about what CPU @to was about, a guest's about its own VM, and is any operation with the same probability. */
void clash_alone_come(struct kit_cpu *k, const struct kit_cpu *to);
/* Bytes of kit->own that change. */
size_t clash_own_bytes(void);
