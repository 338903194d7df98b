/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Every serial order of a scope's operations, one after the other: a CPU goes on until its operation is over, and then it is chosen who
 * makes the next one.  An operation is one call; where a call leaves its CPU with a lock (acquire_lock_s2page), it is all calls up to
 * the one behind which the CPU holds none.  A CPU that waits all the same, for a lock that another one has left with, lets the others
 * go on; so does one that is about to halt the machine, since halting comes last (execution_can()).
 */
#include "sim/explore/strategy.h"

struct serial;

struct serial *serial_new(void);
void serial_free(struct serial *s);
struct strategy serial_strategy(struct serial *s);

/*
 * The strategy for who wants to know whether the orders are more than can be made: the first one, and then, from the first operation on,
 * for each of its operations one in which another CPU makes that.
 */
struct strategy serial_probes(struct serial *s);
/*
 * So many orders there are at least: those that were made, and one for each CPU that could have made an operation instead of the one that
 * did, and was not tried.  When all orders were made (serial_strategy()) it is their number.
 */
u64 serial_at_least(const struct serial *s);
