/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What the files of a rerun share. */
#include "shmem/walk.h"
#include "sim/log/read/decode.h"
#include "sim/machine/machine.h"
#include "sim/rerun/recorded.h"
#include "sim/rerun/rerun_result.h"
#include "sim/sched/vehicle.h"

enum rerun_state {
	RERUN_RUNS,  /* it can go on */
	RERUN_TURN,  /* it waits for the turn of its step */
	RERUN_AWAIT, /* it has a ticket that is not served */
	RERUN_LOOKS, /* it waits for the state that it read */
	RERUN_HELD,  /* it is about to change what others have to read before */
	RERUN_ENDED
};

/* Streams of values that the log gives to a CPU one after the other. */
enum { GIVEN_STREAMS = 8 };

/**
 * struct rerun_cpu
 * @halt:     what the CPU sees of the machine's halt: its own
 * @seen:     the next event of the log that is to be compared
 * @turn:     the CPU's next one
 * @lk, @ticket: of RERUN_AWAIT; @object: of RERUN_HELD
 * @access:   the next one; @look: of the one that is made, the next object, which it @looks at already; @at: end of these
 * @gave:     [stream] events before this one have given their value
 * @fetch_at: first frame that it is about to change
 * @place, @dec: of its stream
 * @begun:    its stream has something of the episode
 * @leaves:   it is leaving a call
 * @left:     it has left an operation as the log says: nothing more is compared
 */
struct rerun_cpu {
	struct flag halt;
	enum rerun_state state;
	u32 seen, turn;
	lk_t lk;
	u32 ticket;
	const struct obj *object;
	u32 access, look, look_end;
	bool begun, looks, left, leaves;
	u32 gave[GIVEN_STREAMS];
	u64 fetch_at;
	struct stream_place place;
	struct decoder dec;
};

/* A value from outside, by its number. */
struct given {
	u32 vmid;
	u64 n, value;
};

/* Look number @look, of access number @access of the CPU. */
struct raced {
	u32 cpu, access, look;
};

/**
 * struct rerun
 * @config:  of the log, without times
 * @done:    [order] steps that were made; @looks: [order][step] looks that must come before it
 * @runs:    the CPU that runs
 * @dry:     what is read now is no step
 * @over:    there is a difference: CPUs leave
 * @forced:  the CPU that goes on reads what is there now
 * @memory_only: of what is written now only marks MEMORY are compared
 * @contents: of the machine, as its log says, by which differences get both values
 * @keyed:   the machine's parameters without the log
 * @raced:   [lock] in no order
 * @given:   [n_given] values of the data oracle that the log has, by VM and number
 */
struct rerun {
	struct log_config config;
	const struct recorded *rec;
	struct log *log;
	struct machine *m;
	struct vehicle *vehicle;
	struct replay *contents;
	struct params keyed;
	u32 cpus, runs;
	u32 done[ORDERS];
	u32 *looks[ORDERS];
	bool dry, over, forced, memory_only;
	struct rerun_cpu cpu[MAX_CPU];
	VEC(struct given) given;
	VEC(struct raced) raced[ID_END];
	struct decode_batch batch;
	struct event event[64];
	struct rerun_result *out;
};

/* ---- compare.c ---- */

/* What CPU @cpu has written since is compared; true: there is no difference yet. */
bool rerun_compare(struct rerun *r, u32 cpu);
/* The episode is over: what each stream says of it, and of memory; then nothing of the log may be left. */
void rerun_compare_end(struct rerun *r);
/* The CPU does something else than the log's next event of it; printf-like: what. */
PRINTF(3, 4) void rerun_differs(struct rerun *r, u32 cpu, const char *fmt, ...);
/* Has the CPU written all that the log has of it before it says that the CPU left? */
bool rerun_is_left(const struct rerun *r, u32 cpu);

/* ---- outside.c ---- */

/* Values from outside are the log's, where it has them. */
void rerun_outside_begin(struct rerun *r);

/* ---- control.c ---- */

extern const struct control_ops rerun_control;
/* The CPU was left here, or before: it leaves its call. */
__attribute__((noreturn)) void rerun_leave(struct cpu *c);
/* Can the CPU go on? */
bool rerun_can(struct rerun *r, u32 cpu);

/* ---- look.c ---- */

/* Reads of which more than one state may be the one that was read. */
void rerun_looks_begin(struct rerun *r);
/* Would the CPU's access find now, in the object that it is about to read, what the log says? */
bool rerun_finds(struct rerun *r, u32 cpu);
/* Is there a read that may come now, may not come later, and would find in object @o what the log says? */
bool rerun_awaited(struct rerun *r, const struct obj *o);
