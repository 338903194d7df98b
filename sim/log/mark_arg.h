/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What the arguments of a mark are: their names, and the words that their values have.  sim/log/mark.def has the marks. */
#include "sim/log/config.h"
#include "sim/log/event.h"

enum mark_type {
#define TYPE(name, expected) MARG_##name,
#include "sim/log/mark_arg.def"
	MARG_NR
};

/* Values of the types that have words of their own: MV_ENTRY_HVC, MV_STREAM_CORE, ... */
enum mark_values {
#define VALUE(type, name, number, word) MV_##type##_##name = (number),
#include "sim/log/mark_arg.def"
};

/* Address spaces: VMs by their number, then context banks by smmu_id(). */
enum { SPACE_BANKS = 32, SPACE_NR = SPACE_BANKS + SMMU_NUM * SMMU_NUM_CTXT_BANKS };

/**
 * struct mark_arg
 * @repeated: it belongs to the group at the end of the arguments that comes any number of times
 */
struct mark_arg {
	const char *name;
	enum mark_type type;
	bool repeated;
};

/**
 * struct mark_spec - the arguments of one kind of mark
 * @least: so many a log must give; those left out behind are 0
 * @fixed: arguments before the repeated ones; every event of the mark has them
 * @group: number of repeated ones, 0: none
 * @text:  a sentence stands behind the arguments
 * @arg:   [fixed + group]
 */
struct mark_spec {
	u32 least, fixed, group;
	bool text;
	const struct mark_arg *arg;
};

/* By kind of mark: for who knows that it is one. */
extern const struct mark_spec mark_specs[EV_NR];

/* @kind is a mark. */
const struct mark_spec *mark_spec(u32 kind);

/* What argument @i of a mark is; NULL: the mark has none there. */
static inline const struct mark_arg *mark_arg_of(const struct mark_spec *s, u32 i)
{
	if (i < s->fixed)
		return &s->arg[i];
	return s->group ? &s->arg[s->fixed + (i - s->fixed) % s->group] : NULL;
}

/* Can a mark have @n arguments?  Those left out at the end count as given. */
static inline bool mark_count_ok(const struct mark_spec *s, u32 n)
{
	if (n <= s->fixed)
		return n >= s->least;
	/* Most groups are of one argument, and a division takes longer than the rest of a mark. */
	return s->group && (s->group == 1 || (n - s->fixed) % s->group == 0) && n <= MAX_MARK_ARGS;
}

/* Bytes that any word for a value takes, and a number. */
enum { MARK_WORD = 72 };

/* The sentence of mark @e, "" when it has none. */
const char *mark_text(const struct event *e);

/* Arguments of @e without the zeros at its end that need not be written. */
u32 mark_written(const struct event *e);

/*
 * The word for value @v of a type, or NULL when it has none.  @config names the operations of the workload.  @buf, of @size
 * bytes, is used for words that are made ("NPT:3").
 */
const char *mark_word(const struct log_config *config, enum mark_type type, u64 v, char *buf,
                      size_t size);
/* The value that @len bytes name; false: none. */
bool mark_value(const struct log_config *config, enum mark_type type, const char *word, size_t len,
                u64 *out);
/* "an operation of the configuration": what a message says that it expected. */
const char *mark_expected(enum mark_type type);

/* A word for the value, or the number: in hexadecimal where the type is one of addresses and the like.  Returns buf. */
const char *mark_print(const struct log_config *config, enum mark_type type, u64 v, char *buf,
                       size_t size);
