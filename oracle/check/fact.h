/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A value of a finding as data, beside the sentence that a person reads: what it is called, what it is, what it should be or was,
 * and the cell that holds it, from which follows who wrote it last.
 */
#include "oracle/world/world.h"
#include "sim/log/lock_names.h"

enum {
	FACTS_MAX = 12, /* of a finding; those beyond are in its sentence only */
};

enum fact_form {
	FACT_COUNT,  /* a count or a small number */
	FACT_HEX,    /* an address, an entry, a register, a digest */
	FACT_OWNER,  /* who has a page or a bank: a vmid, or INVALID */
	FACT_STATE,  /* of a VM or a vCPU */
	FACT_OBJECT, /* the number of a lock and its object */
	FACT_LOCKS,  /* (bits) of locks */
	FACT_WORD,   /* @word */
};

/* What @other is. */
enum fact_other { OTHER_NONE, OTHER_BEFORE, OTHER_SHOULD };

/**
 * struct fact
 * @name, @word: live as long as the program
 * @kept:  the cell @place holds it: @value, or with OTHER_BEFORE @other, which the event of the finding overwrites
 * @writer: who wrote the cell last (writer_word()); 0: nobody in this episode.  Looked up when the finding is made
 */
struct fact {
	const char *name, *word;
	u64 value, other, writer;
	struct cell_at place;
	u8 form, other_is;
	bool kept;
};

static inline struct fact fact(const char *name, enum fact_form form, u64 value)
{
	return (struct fact){ .name = name, .form = (u8)form, .value = value };
}

static inline struct fact fact_n(const char *name, u64 value)
{
	return fact(name, FACT_COUNT, value);
}

static inline struct fact fact_hex(const char *name, u64 value)
{
	return fact(name, FACT_HEX, value);
}

static inline struct fact fact_object(const char *name, lk_t lk)
{
	return fact(name, FACT_OBJECT, lk);
}

static inline struct fact fact_locks(const char *name, u64 locks)
{
	return fact(name, FACT_LOCKS, locks);
}

static inline struct fact fact_word(const char *name, const char *word)
{
	return (struct fact){ .name = name, .form = FACT_WORD, .word = word };
}

/* It was @before, and the finding's event makes it what it is. */
static inline struct fact fact_was(struct fact f, u64 before)
{
	f.other = before;
	f.other_is = OTHER_BEFORE;
	return f;
}

static inline struct fact fact_should(struct fact f, u64 should)
{
	f.other = should;
	f.other_is = OTHER_SHOULD;
	return f;
}

/* Cell (@field, @index) of object @lk holds it. */
static inline struct fact fact_at(struct fact f, lk_t lk, u32 field, u64 index)
{
	f.place = (struct cell_at){ .lk = (u8)lk, .field = (u16)field, .index = index };
	f.kept = lk < ID_END && field < obj_n_fields(obj_kind_of(lk)) &&
	         obj_index_ok(lk, field, index);
	return f;
}

/* "READY", or "in no state". */
const char *state_name(u64 state);
/* "the host", "VM 3", "the core", "nobody".  Returns buf. */
const char *facts_owner(u64 owner, char *buf, size_t size);
/* How the value, or with @other what it was or should be, is written: "0x210", "VM 1", "S2PAGE, NPT:0"; locks as @names has them.  Returns buf. */
const char *fact_print(const struct fact *f, bool other, const struct lock_names *names, char *buf,
                       size_t size);

/* Two arguments of found_of() and its like: the facts, and how many. */
#define FACTS(...)                            \
	(const struct fact[]){ __VA_ARGS__ }, \
		(u32)(sizeof((const struct fact[]){ __VA_ARGS__ }) / sizeof(struct fact))

#define NO_FACTS NULL, 0
