/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What a free run's log says of one episode, as a rerun needs it: the events of each CPU, and in which order the CPUs came to each lock,
 * to flat memory, and to the numbers of each oracle.
 *
 * Only what enters the core, and accesses of running code, can be executed again: of these a log has all arguments.
 */
#include "sim/base/vec.h"
#include "sim/log/config.h"
#include "sim/log/event.h"

/* Orders: of each lock (number 0: of flat memory), and of each VM's data oracle and core oracle. */
enum { ORDER_DATA = ID_END, ORDER_CORE = ORDER_DATA + N_VMID, ORDERS = ORDER_CORE + N_VMID };

enum turn_kind { TURN_TICKET, TURN_PASS, TURN_FLAT, TURN_DATA, TURN_PEEK, TURN_CORE };

enum { NO_PLACE = 0xffffffff };

/**
 * struct turn - a step of a CPU that has a place in an order
 * @place:  NO_PLACE: the log ends before it is known
 * @number: of the data oracle, that is taken or looked at
 */
struct turn {
	u8 kind;
	u32 order, place;
	u64 number;
};

/**
 * struct look - the unlocked reads of one object by an access
 * @after:  so many steps of its lock come before them
 * @before: they come before this step of the lock; NO_PLACE: before none
 * @raced:  a section was at work meanwhile, so the state that was read is one of several
 */
struct look {
	u32 lk, after, before;
	bool raced;
};

/**
 * struct recorded_access - an access of running code
 * @op, @access: its marks, by their numbers among the CPU's events
 * @look:        [n_looks] from this one of the CPU's on
 */
struct recorded_access {
	u32 op, access;
	u32 look, n_looks;
};

/**
 * struct recorded_cpu
 * @index: [event.n] the event's number in the log
 * @turn:  in the order of the program
 * @ends:  the stream has the episode to its end
 * @left:  the CPU was left in an operation: events from this one on say so, or the log ends there; NO_PLACE: it was not
 */
struct recorded_cpu {
	VEC(struct event) event;
	VEC(u64) index;
	VEC(struct turn) turn;
	VEC(struct look) look;
	VEC(struct recorded_access) access;
	bool ends;
	u32 left;
};

/* A step in an order: whose, and how many looks must come before it. */
struct order_step {
	u32 cpu, looks;
};

/**
 * struct recorded - an episode
 * @number:   of the episode
 * @cpu:      [config->cpus]
 * @order:    [ORDERS]
 * @data_given, @core_given, @reg_given, @vector_given: the log has the values of this stream, which are not the seed's
 * @halts:    a CPU has halted the machine
 */
struct recorded {
	const struct log_config *config;
	u64 number, events;
	struct recorded_cpu cpu[MAX_CPU];
	VEC(struct order_step) order[ORDERS];
	bool data_given, core_given, reg_given, vector_given, halts;
	VEC(void *) block;
	size_t used;
};

void recorded_free(struct recorded *r);
