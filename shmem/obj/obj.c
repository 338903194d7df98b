// SPDX-License-Identifier: GPL-2.0-only
#include "shmem/obj/obj.h"

#include "sim/base/check.h"
#include "sim/base/rng.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static const struct obj_field field_row[] = {
#define FIELD(k, num, n, c, i, b, c0)                \
	{ .name = #n,                                \
	  .count = (c),                              \
	  .cell0 = (c0),                             \
	  .scale = INDEX_##i == INDEX_PLAIN ? 1 : 8, \
	  .shift = INDEX_##i == INDEX_PLAIN ? 0 : 3, \
	  .base = (b),                               \
	  .index = INDEX_##i },
#include "shmem/obj/obj.def"
};

/* Positions in field_row[]: rows of one kind stand together, in the order of enum obj_kind. */
enum {
#define FIELD(k, num, n, c, i, b, c0) ROW_##k##_##n,
#include "shmem/obj/obj.def"
};

static const struct {
	const char *name;
	u32 first; /* row of its first field */
} kind_row[OBJ_NR + 1] = {
	[OBJ_FLATMEM] = { "FLATMEM", ROW_FLATMEM_flatmem },
	[OBJ_CORE] = { "CORE", ROW_CORE_next_vmid },
	[OBJ_S2PAGE] = { "S2PAGE", ROW_S2PAGE_s2_owner },
	[OBJ_SPT] = { "SPT", ROW_SPT_spt_vttbr_pool },
	[OBJ_SMMU] = { "SMMU", ROW_SMMU_smmu_vmid },
	[OBJ_NPT] = { "NPT", ROW_NPT_pt_vttbr_pool },
	[OBJ_INFO] = { "INFO", ROW_INFO_vm_kvm },
	[OBJ_NR] = { NULL, ARRAY_SIZE(field_row) },
};

_Static_assert((int)OBJ_SMMU == (int)SMMU_ID, "the first five kinds are the first five objects");

enum obj_kind obj_kind_of(lk_t id)
{
	SIM_ASSERT(id < ID_END);
	if (id < NPT_ID)
		return (enum obj_kind)id;
	return id < INFO_ID ? OBJ_NPT : OBJ_INFO;
}

const char *obj_name(lk_t id, char *buf, size_t size)
{
	enum obj_kind kind = obj_kind_of(id);

	if (kind == OBJ_NPT || kind == OBJ_INFO)
		snprintf(buf, size, "%s:%u", kind_row[kind].name,
		         id - (kind == OBJ_NPT ? NPT_ID : INFO_ID));
	else
		snprintf(buf, size, "%s", kind_row[kind].name);
	return buf;
}

u32 obj_n_fields(enum obj_kind kind)
{
	SIM_ASSERT(kind < OBJ_NR);
	return kind_row[kind + 1].first - kind_row[kind].first;
}

const struct obj_field *obj_field(enum obj_kind kind, u32 field)
{
	SIM_ASSERT_DBG(field < obj_n_fields(kind));
	return &field_row[kind_row[kind].first + field];
}

int obj_field_by_name(enum obj_kind kind, const char *name, size_t len)
{
	for (u32 f = 0; f < obj_n_fields(kind); f++) {
		const char *have = obj_field(kind, f)->name;

		if (strlen(have) == len && memcmp(have, name, len) == 0)
			return (int)f;
	}
	return -1;
}

/* The smallest index of field @f of object @id. */
static inline u64 first_index(const struct obj_field *f, lk_t id)
{
	if (f->index == INDEX_PLAIN)
		return 0;
	if (f->index == INDEX_POOL)
		return PT_POOL_START + (u64)PT_POOL_PER_VM * (id - NPT_ID) + f->base;
	return SMMU_POOL_START + f->base;
}

u64 obj_first_index(lk_t id, u32 field)
{
	return first_index(obj_field(obj_kind_of(id), field), id);
}

bool obj_index_ok(lk_t id, u32 field, u64 index)
{
	const struct obj_field *f = obj_field(obj_kind_of(id), field);
	u64 off = index - first_index(f, id);

	return (off & (f->scale - 1)) == 0 && off >> f->shift < f->count;
}

static u64 cells_of(enum obj_kind kind)
{
	const struct obj_field *last = &field_row[kind_row[kind + 1].first - 1];

	return last->cell0 + last->count;
}

int obj_init(struct obj *o, lk_t id, struct err *e)
{
	void *p;

	o->id = id;
	o->kind = obj_kind_of(id);
	o->n_cells = cells_of(o->kind);
	o->digest = 0;
	p = mmap(NULL, o->n_cells * sizeof(u64), PROT_READ | PROT_WRITE,
	         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return err_set(e, ERR_MEMORY, "cannot reserve %llu bytes for object %u",
		               (unsigned long long)(o->n_cells * sizeof(u64)), id);
	o->cell = p;
	return 0;
}

void obj_reset(struct obj *o)
{
	int rc = madvise(o->cell, o->n_cells * sizeof(u64), MADV_DONTNEED);

	SIM_ASSERT(rc == 0);
	o->digest = 0;
}

void obj_destroy(struct obj *o)
{
	if (o->cell)
		munmap(o->cell, o->n_cells * sizeof(u64));
	o->cell = NULL;
}

u64 *obj_cell(const struct obj *o, u32 field, u64 index)
{
	const struct obj_field *f = obj_field(o->kind, field);

	SIM_ASSERT_DBG(obj_index_ok(o->id, field, index));
	return &o->cell[f->cell0 + ((index - first_index(f, o->id)) >> f->shift)];
}

u64 obj_get(const struct obj *o, u32 field, u64 index)
{
	return *obj_cell(o, field, index);
}

/* The part of a term that its place makes, and the term. */
static inline u64 obj_hash_key(u32 field, u64 index)
{
	return mix64(((u64)(field + 1) << 58) ^ index);
}

static inline u64 obj_hash_value(u64 key, u64 value)
{
	return value ? mix64(value ^ key) : 0;
}

u64 obj_hash(u32 field, u64 index, u64 value)
{
	return obj_hash_value(obj_hash_key(field, index), value);
}

/* Write cell @cell, which is (@field, @index), and keep the digest. */
static inline void set_cell(struct obj *o, u64 *cell, u32 field, u64 index, u64 value)
{
	u64 key = obj_hash_key(field, index);

	o->digest += obj_hash_value(key, value) - obj_hash_value(key, *cell);
	*cell = value;
}

void obj_set(struct obj *o, u32 field, u64 index, u64 value)
{
	set_cell(o, obj_cell(o, field, index), field, index, value);
}

enum { CELLS_A_PAGE = 4096 / sizeof(u64), PAGES_A_LOOK = 4096 };

/* Eight answers of mincore(), none of them "resident": objects are almost empty. */
static bool none_of_8(const unsigned char *vec)
{
	u64 v;

	memcpy(&v, vec, sizeof(v));
	return (v & 0x0101010101010101ull) == 0;
}

/*
 * Call fn for every page of @o that the kernel has given memory to, all others being 0.  The kernel is asked, not the
 * setters: a write that went round them shows.
 */
static bool each_resident(const struct obj *o,
                          bool (*fn)(const struct obj *o, u64 first, u64 n, void *arg), void *arg)
{
	unsigned char vec[PAGES_A_LOOK];
	u64 pages = (o->n_cells + CELLS_A_PAGE - 1) / CELLS_A_PAGE;

	for (u64 p = 0; p < pages; p += PAGES_A_LOOK) {
		u64 n = min_u64(pages - p, PAGES_A_LOOK);
		int rc = mincore(o->cell + p * CELLS_A_PAGE, n * 4096, vec);

		SIM_ASSERT(rc == 0);
		for (u64 i = 0; i < n; i++) {
			u64 first = (p + i) * CELLS_A_PAGE;

			if (i % 8 == 0 && n - i >= 8 && none_of_8(vec + i)) {
				i += 7;
				continue;
			}

			if ((vec[i] & 1) &&
			    !fn(o, first, min_u64(CELLS_A_PAGE, o->n_cells - first), arg))
				return false;
		}
	}
	return true;
}

void obj_place(const struct obj *o, u64 cell, u32 *field, u64 *index)
{
	u32 f = 0;

	while (f + 1 < obj_n_fields(o->kind) && obj_field(o->kind, f + 1)->cell0 <= cell)
		f++;
	*field = f;
	*index = obj_first_index(o->id, f) +
	         (cell - obj_field(o->kind, f)->cell0) * obj_field(o->kind, f)->scale;
}

struct each {
	void (*fn)(u32 field, u64 index, u64 value, void *arg);
	void *arg;
};

static bool each_of_page(const struct obj *o, u64 first, u64 n, void *arg)
{
	const struct each *each = arg;
	u64 index;
	u32 field;

	for (u64 i = first; i < first + n; i++) {
		if (o->cell[i] == 0)
			continue;
		obj_place(o, i, &field, &index);
		each->fn(field, index, o->cell[i], each->arg);
	}
	return true;
}

void obj_each(const struct obj *o, void (*fn)(u32 field, u64 index, u64 value, void *arg),
              void *arg)
{
	struct each each = { fn, arg };

	each_resident(o, each_of_page, &each);
}

static void add_hash(u32 field, u64 index, u64 value, void *arg)
{
	u64 *sum = arg;

	*sum += obj_hash(field, index, value);
}

u64 obj_digest(const struct obj *o)
{
	u64 sum = 0;

	obj_each(o, add_hash, &sum);
	return sum;
}

struct compare {
	const struct obj *other;
	u64 cell;
};

static bool compare_page(const struct obj *o, u64 first, u64 n, void *arg)
{
	struct compare *c = arg;

	for (u64 i = first; i < first + n; i++) {
		if (o->cell[i] != c->other->cell[i]) {
			c->cell = i;
			return false;
		}
	}
	return true;
}

bool obj_equal(const struct obj *a, const struct obj *b, u32 *field, u64 *index)
{
	struct compare ab = { .other = b }, ba = { .other = a };
	bool equal;

	SIM_ASSERT(a->id == b->id);
	equal = each_resident(a, compare_page, &ab);
	if (!equal) {
		obj_place(a, ab.cell, field, index);
		return false;
	}
	equal = each_resident(b, compare_page, &ba);
	if (!equal)
		obj_place(b, ba.cell, field, index);
	return equal;
}

int obj_apply(struct obj *o, const struct diff *d, u64 *index, u64 *found)
{
	u32 scale = obj_field(o->kind, d->field)->scale;
	u64 *cell = obj_cell(o, d->field, d->first);
	int rc = 0;

	SIM_ASSERT_DBG(!d->oracle);
	/* The cells of a field lie one behind the other. */
	for (u64 i = d->first; i <= d->last; i += scale, cell++) {
		u64 have = *cell;

		if (d->both && have != d->old && rc == 0) {
			*index = i;
			*found = have;
			rc = 1;
		}
		set_cell(o, cell, d->field, i, d->both ? d->new : have + d->new);
	}
	return rc;
}

void obj_apply_oracle(struct obj *o, const struct diff *d, const struct data_oracle *data)
{
	u32 scale = obj_field(o->kind, d->field)->scale;
	u64 n = d->index;

	SIM_ASSERT_DBG(d->oracle);
	for (u64 i = d->first; i <= d->last; i += scale)
		obj_set(o, d->field, i, data_oracle_value(data, d->vmid, n++));
}

const char *diff_print(lk_t id, const struct diff *d, char *buf, size_t size)
{
	const struct obj_field *f = obj_field(obj_kind_of(id), d->field);
	int n = snprintf(buf, size, "%s[%llu", f->name, (unsigned long long)d->first);

	SIM_ASSERT(d->both || d->oracle);
	if (n > 0 && (size_t)n < size && d->last != d->first)
		n += snprintf(buf + n, size - (size_t)n, "..%llu", (unsigned long long)d->last);
	if (n > 0 && (size_t)n < size && d->oracle)
		snprintf(buf + n, size - (size_t)n, "]=doracle(%u,%llu)", d->vmid,
		         (unsigned long long)d->index);
	else if (n > 0 && (size_t)n < size)
		snprintf(buf + n, size - (size_t)n, "]=%llu>%llu", (unsigned long long)d->old,
		         (unsigned long long)d->new);
	return buf;
}

/* A decimal or 0x number at t[*at]; false (and *at unmoved) when there is none or it leaves 64 bits. */
static bool number(const char *t, size_t len, size_t *at, u64 *out)
{
	size_t i = *at;
	u64 v = 0, base = 10;

	if (i + 2 < len && t[i] == '0' && (t[i + 1] == 'x' || t[i + 1] == 'X')) {
		base = 16;
		i += 2;
	}
	size_t start = i;
	for (; i < len; i++) {
		u64 digit;

		if (t[i] >= '0' && t[i] <= '9')
			digit = (u64)(t[i] - '0');
		else if (base == 16 && t[i] >= 'a' && t[i] <= 'f')
			digit = (u64)(t[i] - 'a') + 10;
		else if (base == 16 && t[i] >= 'A' && t[i] <= 'F')
			digit = (u64)(t[i] - 'A') + 10;
		else
			break;
		if (__builtin_mul_overflow(v, base, &v) || __builtin_add_overflow(v, digit, &v))
			return false;
	}
	if (i == start)
		return false;
	*at = i;
	*out = v;
	return true;
}

static bool literal(const char *t, size_t len, size_t *at, const char *what)
{
	size_t n = strlen(what);

	if (*at + n > len || memcmp(t + *at, what, n) != 0)
		return false;
	*at += n;
	return true;
}

#define EXPECT(cond, what)                  \
	do {                                \
		if (!(cond)) {              \
			*expected = (what); \
			return (int)at;     \
		}                           \
	} while (0)

/* What stands behind "doracle(", from t[*pos] on; as diff_parse(). */
static int parse_oracle(const char *t, size_t len, size_t *pos, struct diff *out,
                        const char **expected)
{
	size_t at = *pos, mark = at;
	u64 vmid = 0;

	out->both = false;
	out->oracle = true;
	EXPECT(number(t, len, &at, &vmid) && (vmid < N_VMID || ((at = mark), false)),
	       "a vmid 0..16");
	out->vmid = (vmid_t)vmid;
	EXPECT(literal(t, len, &at, ","), "',' and a number of the data oracle");
	mark = at;
	EXPECT(number(t, len, &at, &out->index) &&
	               (out->last - out->first <= ~out->index || ((at = mark), false)),
	       "a number below 2^64, and so for each cell");
	EXPECT(literal(t, len, &at, ")"), "')'");
	*pos = at;
	return -1;
}

int diff_parse(lk_t id, const char *t, size_t len, struct diff *out, const char **expected)
{
	size_t at = 0, mark;
	int field;

	while (at < len && t[at] != '[')
		at++;
	field = obj_field_by_name(obj_kind_of(id), t, at);
	if (field < 0) {
		*expected = "a field of the object, as field[index]=old>new";
		return 0;
	}
	*out = (struct diff){ .field = (u16)field, .both = true };
	EXPECT(literal(t, len, &at, "["), "'[' and an index");
	mark = at;
	EXPECT(number(t, len, &at, &out->first), "an index below 2^64");
	EXPECT(obj_index_ok(id, out->field, out->first) || ((at = mark), false),
	       "an index in the field's range");
	out->last = out->first;
	if (literal(t, len, &at, "..")) {
		mark = at;
		EXPECT(number(t, len, &at, &out->last), "the last index of the range");
		EXPECT((obj_index_ok(id, out->field, out->last) && out->last >= out->first) ||
		               ((at = mark), false),
		       "a last index in the field's range, not below the first");
	}
	EXPECT(literal(t, len, &at, "]="), "\"]=\" and the old value");
	if (obj_kind_of(id) == OBJ_FLATMEM && literal(t, len, &at, "doracle(")) {
		int wrong = parse_oracle(t, len, &at, out, expected);

		if (wrong >= 0)
			return wrong;
		EXPECT(at == len, "the end of the difference");
		return -1;
	}
	EXPECT(number(t, len, &at, &out->old), "the old value, below 2^64");
	EXPECT(literal(t, len, &at, ">"), "'>' and the new value");
	EXPECT(number(t, len, &at, &out->new), "the new value, below 2^64");
	EXPECT(at == len, "the end of the difference");
	return -1;
}
