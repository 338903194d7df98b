/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The contents types of the shared objects: which fields an object has, where a field's cell lies, digests and
 * differences.  Machine and checker each keep contents of their own in this form; they share the type and nothing else.
 *
 * An object is a sparse array of 64-bit cells; a cell never written is 0 and costs no memory.
 */
#include "sim/base/consts.h"
#include "sim/base/err.h"
#include "sim/base/types.h"

enum obj_kind {
#define KIND(name, event, sentence) OBJ_##name,
#include "shmem/obj/obj.def"
	OBJ_NR
};

/* Field numbers, counted within each kind: F_CORE_next_vmid == 0, F_CORE_next_remap_ptr == 1, ... */
enum {
#define FIELD(kind, number, name, count, index, base, cell0) F_##kind##_##name = (number),
#include "shmem/obj/obj.def"
};

enum index_form { INDEX_PLAIN, INDEX_POOL, INDEX_SPOOL };

/**
 * struct obj_field - a field of a kind
 * @name:  the source's name
 * @count: number of cells, 1..2^28
 * @cell0: number of its first cell within the object
 * @scale: distance of two indices: 1, or 8 for page-table pools (byte addresses); 1 << @shift
 * @base:  byte offset of a pool field within its pool; 0 otherwise
 */
struct obj_field {
	const char *name;
	u64 count, cell0;
	u32 scale, shift;
	u64 base;
	enum index_form index;
};

/**
 * struct diff - one change that a critical section made to its object: a field's cells first..last
 * @field: number of the field in the object's kind
 * @both:  true: @old and @new are the values; false (the compact form leaves out @old): @new is new - old mod 2^64
 * @oracle: flat memory only: the cells hold doracle(@vmid, @index), doracle(@vmid, @index + 1), ...; @both is false and
 *         what they held before is not said
 * @first, @last: indices as the field counts them (pools: byte addresses), both included; one cell: equal
 */
struct diff {
	u16 field;
	bool both, oracle;
	vmid_t vmid;
	u64 first, last;
	u64 old;
	union {
		u64 new;
		u64 index;
	};
};

enum { OBJ_MAX_FIELDS = 11 };

/**
 * struct obj_span - a field of an object, as its cells lie: (index >> @shift) + @offset is the number of an index's cell
 * @cell0, @count: its cells
 */
struct obj_span {
	u64 offset;
	u32 cell0, count, shift;
};

/**
 * struct obj - contents of one object
 * @id:     object number, 0..ID_END-1
 * @cell:   [n_cells] address space, pages on touch
 * @digest: sum mod 2^64 of keyed hashes of (field, index, value) over the non-zero cells; kept up to date by obj_set()
 * @by_pages: long ranges are kept as what they say (obj_pages.h), for who rebuilds contents from a log; set it behind
 *          obj_init(), and call obj_settle() before @cell or @digest is read
 * @pages:  NULL: there was no long range
 * @resident: NULL, or obj_remember_resident() was called
 * @span:   [n_fields] where the object's fields lie
 *
 * In the machine all of it is plain memory, guarded by the object's lock.
 */
struct obj {
	lk_t id;
	enum obj_kind kind;
	u64 n_cells;
	u64 *cell;
	u64 digest;
	bool by_pages;
	struct obj_pages *pages;
	struct resident *resident;
	u32 n_fields;
	struct obj_span span[OBJ_MAX_FIELDS];
};

/* The kind of object @id; @id < ID_END. */
enum obj_kind obj_kind_of(lk_t id);
/* "CORE", "NPT:3", "INFO:0", ...: the object's name. */
const char *obj_name(lk_t id, char *buf, size_t size);
u32 obj_n_fields(enum obj_kind kind);
const struct obj_field *obj_field(enum obj_kind kind, u32 field);
/* Field number by name (@len bytes), or -1. */
int obj_field_by_name(enum obj_kind kind, const char *name, size_t len);
/* The smallest index of a field of object @id (pools begin at an address that depends on the vmid). */
u64 obj_first_index(lk_t id, u32 field);
/* Is @index one of the field's? */
bool obj_index_ok(lk_t id, u32 field, u64 index);

/* Reserve address space for object @id; every cell is 0.  < 0: ERR_MEMORY. */
MUST_CHECK int obj_init(struct obj *o, lk_t id, struct err *e);
/* Every cell 0 again; costs time in proportion to the pages touched. */
void obj_reset(struct obj *o);
void obj_destroy(struct obj *o);

/* Every cell is in @cell, and @digest is that of all of them. */
void obj_settle(struct obj *o);

/* The cell of (field, index); the caller has checked obj_index_ok. */
u64 *obj_cell(const struct obj *o, u32 field, u64 index);
u64 obj_get(const struct obj *o, u32 field, u64 index);
/* How many cells from (field, index) on, of at most @max, are known to hold one value, which is *value; 1 at least. */
u64 obj_same(const struct obj *o, u32 field, u64 index, u64 max, u64 *value);
/* Write, and keep the digest. */
void obj_set(struct obj *o, u32 field, u64 index, u64 value);
/* The digest, recomputed from the memory that the kernel has given (small objects: debug builds do it at every pull and push). */
u64 obj_digest(const struct obj *o);
/*
 * obj_digest() and the like will come often, each on one thread at a time: which memory the kernel has given is remembered.
 * Only where resident_works() (shmem/obj/resident.h).
 */
void obj_remember_resident(struct obj *o);
/* The term of one cell; 0 when the value is 0. */
u64 obj_hash(u32 field, u64 index, u64 value);

/* Field and index of cell number @cell, 0..n_cells-1. */
void obj_place(const struct obj *o, u64 cell, u32 *field, u64 *index);
/* Call @fn for each cell that is not 0, in the order of fields and indices. */
void obj_each(const struct obj *o, void (*fn)(u32 field, u64 index, u64 value, void *arg),
              void *arg);

/* Are two objects of one kind equal cell by cell?  If not, *field and *index name the first difference. */
bool obj_equal(const struct obj *a, const struct obj *b, u32 *field, u64 *index);

/*
 * Apply a difference that is not from the data oracle.  Returns 0, or 1 when @d.both and an @old is not what the cell
 * holds (*index, *found say where and what; the rest of the difference is applied all the same).
 */
int obj_apply(struct obj *o, const struct diff *d, u64 *index, u64 *found);

/**
 * struct data_oracle - the data oracle as contents see it
 * @value:      oracle/data.h, or what stands in for it
 * @guest_base, @guest_span: what a VM gets, other than the host, lies in [base, base + span); span 0: it is @value's
 */
struct data_oracle {
	u64 (*value)(u64 seed, vmid_t vmid, u64 n);
	u64 seed;
	u64 guest_base, guest_span;
};

/* Value number @n of @vmid. */
static inline u64 data_oracle_value(const struct data_oracle *d, vmid_t vmid, u64 n)
{
	u64 v = d->value(d->seed, vmid, n);

	return vmid == HOSTVISOR || d->guest_span == 0 ? v : d->guest_base + v % d->guest_span;
}

/* Apply a difference from the data oracle. */
void obj_apply_oracle(struct obj *o, const struct diff *d, const struct data_oracle *data);

/* "next_vmid[0]=1>2", "flatmem[16..31]=0>7", "flatmem[5..8]=doracle(3,17)"; needs @both or @oracle.  Returns buf. */
const char *diff_print(lk_t id, const struct diff *d, char *buf, size_t size);
/*
 * Parse one token of @len bytes, as diff_print() gives them; on failure returns the 0-based position in the token and
 * *expected says what was wanted; -1 is success.
 */
int diff_parse(lk_t id, const char *token, size_t len, struct diff *out, const char **expected);

/* The value of cell number @cell, where pages are kept as what wrote them (obj_pages.h). */
u64 obj_pages_value(const struct obj *o, u64 cell);

/* As the judge reads cells, many times a push: inline, and without a look at the table of fields. */

/* The number of the cell (field, index); the caller has checked obj_has(). */
static inline u64 obj_number(const struct obj *o, u32 field, u64 index)
{
	const struct obj_span *s = &o->span[field];

	return s->offset + (index >> s->shift);
}

/* Is @field one of the object's, and @index one of the field's? */
static inline bool obj_has(const struct obj *o, u32 field, u64 index)
{
	const struct obj_span *s = o->span;

	if (unlikely(field >= o->n_fields))
		return false;
	s += field;
	return (index & ((1u << s->shift) - 1)) == 0 &&
	       obj_number(o, field, index) - s->cell0 < s->count;
}

/* obj_get() */
static inline u64 obj_value(const struct obj *o, u32 field, u64 index)
{
	u64 cell = obj_number(o, field, index);

	return unlikely(o->pages != NULL) ? obj_pages_value(o, cell) : o->cell[cell];
}
