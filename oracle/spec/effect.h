/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What an atomic operation must do, as its step says, in normal form: what is as before is no effect, each place stands once, and
 * of a machine that halts nothing is changed (what its locks guard is never published).
 */
#include "oracle/spec/abs.h"
#include "oracle/spec/branch.h"

enum { EFFECT_CHANGES = 10, EFFECT_TAKES = 2, EFFECT_REGS = 2, TAKE_ANY = 0xffffffff };

/**
 * struct value - a number, or one from outside
 * @v:    the number
 * @take: 1 + number of the effect's take whose first value it is; 0: it is @v
 * @mask: of a value from outside: the bits that count
 */
struct value {
	u64 v, mask;
	u8 take;
};

/**
 * struct want - a change
 * @c:       kind to at: where; before and after: of the first of its @c.n places
 * @changes: how many of the places are not as they should become, 1 at least
 * @value:   of VM, CORE, ...: what c.after.v is
 */
struct want {
	struct change c;
	u32 changes;
	struct value value;
};

/**
 * struct take - values from outside
 * @key:   their first number; INVALID64: of a stream that counts on, the next ones
 * @count: TAKE_ANY: any number of them
 */
struct take {
	u8 stream;
	u16 vmid;
	u32 count;
	u64 key;
};

/**
 * struct want_reg - a register
 * @saved: of a saved context, that of @vmid and @vcpuid; else of the CPU
 * @any:   all registers of that context may change
 */
struct want_reg {
	bool saved, any;
	u16 vmid, vcpuid, reg;
	struct value value;
};

/* A write to a register of a device. */
struct want_device {
	u64 address, value, bytes;
};

/**
 * struct effect
 * @branch:   which way the step went
 * @stuck:    the pages have no such step: a rely fails
 * @halts:    the machine halts, and @keeps (bits) are the operation's own locks that nobody gets any more
 * @n_nested: operations inside it
 * @nested_wrong: one of them, number @nested_at, is not @nested_want (op HYP_OP_NR: there should be no more)
 * @flat:     it changes flat memory: frame @flat_pfn holds @flat_value behind that
 * @result:   what it gives, if it gives something
 * @change, @take, @reg: [n_*]; what is behind those is left as it was (effect_reset())
 */
struct effect {
	enum spec_branch branch;
	bool stuck, halts, nested_wrong, flat, device;
	u64 keeps;
	u32 n_nested, nested_at;
	struct op_nested nested_want;
	u64 flat_pfn;
	struct value flat_value;
	struct want_device write;
	u64 result;
	u32 n_changes, n_takes, n_regs;
	struct want change[EFFECT_CHANGES];
	struct take take[EFFECT_TAKES];
	struct want_reg reg[EFFECT_REGS];
};

#define LK(id) (1ull << (id))

void effect_reset(struct effect *out);
/* Do both effects ask for the same?  The ways (BR_*) that led to them may differ. */
bool effect_equal(const struct effect *a, const struct effect *b);

static inline struct value value_of(u64 v)
{
	return (struct value){ .v = v };
}

/* The operation takes the next value of a VM's stream that counts on, or value number @key of one that does not. */
struct value effect_take(struct effect *out, u8 stream, u16 vmid, u64 key);
/* It takes any number of them, which is a parameter of the model. */
void effect_take_any(struct effect *out, u8 stream, u16 vmid);

/* Nothing changes, @keeps stay held. */
void effect_halts(struct effect *out, u64 keeps);
void effect_stuck(struct effect *out);

/* What becomes of a place; nothing is added where it is so already. */
void effect_page(struct effect *out, struct abs *s, u64 pfn, struct page page);
void effect_vm(struct effect *out, struct abs *s, vmid_t vmid, u32 field, u64 i, struct value v);
void effect_core(struct effect *out, struct abs *s, u32 field, u64 v);
void effect_bank(struct effect *out, struct abs *s, u32 bank, u64 owner);
/* An entry of pool @field of a page table, at @at; or a cursor, @at 0. */
void effect_entry(struct effect *out, struct abs *s, enum change_kind kind, lk_t lk, u32 field,
                  u64 at, u64 v);
/* @n entries from @at on become 0, which @changes of them are not before. */
void effect_no_entries(struct effect *out, lk_t lk, u32 field, u64 at, u32 n, u32 changes);
/*
 * gfns from @gfn on, of a VM's table or (@spt) of a bank: @first, and so on (change_maplet()).  @changes: how many of them are mapped
 * otherwise before; @before: the first one.
 */
void effect_leaf(struct effect *out, bool spt, u32 who, u64 gfn, u32 n, u32 changes,
                 struct maplet before, struct maplet first);
void effect_flat(struct effect *out, u64 pfn, struct value v);
void effect_reg(struct effect *out, struct want_reg reg);
