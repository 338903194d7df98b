/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * How sequences are written.  A sequence is a function that returns where something must come from the log (DO, TAKE), and is called
 * again, with what that gave in s->result, to go on behind that place.  Its local variables are lost there: what it keeps is in *s.
 */
#include "oracle/spec/want.h"
#include "sim/base/addr.h"
#include "sim/log/mark_arg.h"

#define SEQ(entry, what, sequence, operations, source, errata) \
	void seq_##sequence(struct seq *s, const struct seq_env *e);
#include "oracle/spec/seq.def"

/* Return, and go on behind this place. */
#define STOP                      \
	do {                      \
		s->at = __LINE__; \
		return;           \
	case __LINE__:            \
		(void)0;          \
	} while (0)

/* The atomic operation @function comes. */
#define DO(function, ...)                                                          \
	do {                                                                       \
		want_op(s, OP_##function, (const u64[TRAIL_ARGS]){ __VA_ARGS__ }); \
		STOP;                                                              \
	} while (0)

/* @number values of stream MV_STREAM_@name are taken for @vm. */
#define TAKE(name, vm, number)                                     \
	do {                                                       \
		want_take(s, MV_STREAM_##name, (u32)(vm), number); \
		STOP;                                              \
	} while (0)

/* A hypercall whose arguments are not so halts the machine. */
#define RANGES(condition)           \
	do {                        \
		if (!(condition)) { \
			halts(s);   \
			return;     \
		}                   \
	} while (0)

static inline void wants(struct seq *s, enum seq_kind kind)
{
	s->want = (struct seq_want){ .kind = kind };
}

static inline void want_op(struct seq *s, enum hyp_op op, const u64 *arg)
{
	wants(s, SEQ_OP);
	s->want.op = op;
	for (u32 i = 0; i < TRAIL_ARGS; i++)
		s->want.arg[i] = arg[i];
}

static inline void want_take(struct seq *s, u32 stream, u32 vmid, u64 n)
{
	wants(s, SEQ_TAKE);
	s->want.stream = stream;
	s->want.vmid = vmid;
	s->want.n = n;
}

static inline void halts(struct seq *s)
{
	wants(s, SEQ_HALT);
}

static inline void is_stuck(struct seq *s)
{
	wants(s, SEQ_STUCK);
}

static inline void to_guest(struct seq *s, u64 vmid, u64 vcpuid)
{
	wants(s, SEQ_LEAVE);
	s->want.vmid = (u32)vmid;
	s->want.vcpuid = (u32)vcpuid;
}

static inline void to_host(struct seq *s)
{
	wants(s, SEQ_LEAVE);
	s->want.ihost = true;
	s->want.vmid = HOSTVISOR;
	s->want.vcpuid = s->cpu;
}

/* The end of a hypercall: the host's x0. */
static inline void gives(struct seq *s, u64 x0)
{
	to_host(s);
	s->want.gives = true;
	s->want.x0 = x0;
}

/* Of one that gives nothing. */
static inline void returns(struct seq *s)
{
	gives(s, s->x[0]);
}

static inline bool published(const struct seq_env *e, enum erratum erratum)
{
	return errata_published(e->errata, erratum);
}

static inline bool is_vcpu(const struct seq_env *e, u64 vcpuid)
{
	return vcpuid < e->total_cpu;
}

static inline u64 pages(u64 size)
{
	return (size + PAGE_SIZE - 1) / PAGE_SIZE;
}
