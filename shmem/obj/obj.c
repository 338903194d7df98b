// SPDX-License-Identifier: GPL-2.0-only
#include "shmem/obj/obj.h"

#include "shmem/obj/obj_pages.h"
#include "shmem/obj/resident.h"
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

/* INFO has the most. */
_Static_assert(ROW_INFO_vm_inc_exe - ROW_INFO_vm_kvm + 1 == (int)OBJ_MAX_FIELDS,
               "room for all fields");
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

/* What all objects of a machine reserve. */
static u64 all_bytes(void)
{
	u64 sum = 0;

	for (lk_t id = 0; id < ID_END; id++)
		sum += cells_of(obj_kind_of(id)) * sizeof(u64);
	return sum;
}

static void know_spans(struct obj *o)
{
	o->n_fields = obj_n_fields(o->kind);
	for (u32 i = 0; i < o->n_fields; i++) {
		const struct obj_field *f = obj_field(o->kind, i);

		o->span[i] =
			(struct obj_span){ .offset = f->cell0 - (first_index(f, o->id) >> f->shift),
			                   .cell0 = (u32)f->cell0,
			                   .count = (u32)f->count,
			                   .shift = f->shift };
	}
}

int obj_init(struct obj *o, lk_t id, struct err *e)
{
	void *p;

	*o = (struct obj){ .id = id, .kind = obj_kind_of(id) };
	o->n_cells = cells_of(o->kind);
	know_spans(o);
	p = mmap(NULL, o->n_cells * sizeof(u64), PROT_READ | PROT_WRITE,
	         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return err_set(e, ERR_MEMORY,
		               "no address space for object %u: the objects of a machine take "
		               "%llu MiB, and as much again where its log is judged (ulimit -v)",
		               id, (unsigned long long)(all_bytes() >> 20));
	o->cell = p;
	return 0;
}

void obj_reset(struct obj *o)
{
	int rc = madvise(o->cell, o->n_cells * sizeof(u64), MADV_DONTNEED);

	SIM_ASSERT(rc == 0);
	o->digest = 0;
	obj_pages_drop(o);
}

void obj_destroy(struct obj *o)
{
	if (o->cell)
		munmap(o->cell, o->n_cells * sizeof(u64));
	o->cell = NULL;
	resident_free(o->resident);
	o->resident = NULL;
	obj_pages_drop(o);
}

u64 *obj_cell(const struct obj *o, u32 field, u64 index)
{
	SIM_ASSERT_DBG(obj_index_ok(o->id, field, index));
	return &o->cell[obj_number(o, field, index)];
}

u64 obj_get(const struct obj *o, u32 field, u64 index)
{
	SIM_ASSERT_DBG(obj_index_ok(o->id, field, index));
	return obj_value(o, field, index);
}

u64 obj_same(const struct obj *o, u32 field, u64 index, u64 max, u64 *value)
{
	const u64 *cell = obj_cell(o, field, index);

	if (o->pages)
		return obj_pages_same(o, (u64)(cell - o->cell), max, value);
	*value = *cell;
	return 1;
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
	u64 *cell = obj_cell(o, field, index);

	if (unlikely(o->pages != NULL))
		obj_pages_open(o, (u64)(cell - o->cell));
	set_cell(o, cell, field, index, value);
}

enum { CELLS_A_PAGE = 4096 / sizeof(u64) };

struct page_call {
	const struct obj *o;
	bool (*fn)(const struct obj *o, u64 first, u64 n, void *arg);
	void *arg;
};

static bool call_for_page(u64 page, void *arg)
{
	const struct page_call *call = arg;
	u64 first = page * CELLS_A_PAGE;

	return call->fn(call->o, first, min_u64(CELLS_A_PAGE, call->o->n_cells - first), call->arg);
}

/* Call fn for every page of @o that the kernel has given memory to, all others being 0. */
static bool each_resident(const struct obj *o,
                          bool (*fn)(const struct obj *o, u64 first, u64 n, void *arg), void *arg)
{
	struct page_call call = { o, fn, arg };
	u64 pages = (o->n_cells + CELLS_A_PAGE - 1) / CELLS_A_PAGE;

	return resident_each(o->cell, pages, o->resident, call_for_page, &call);
}

void obj_remember_resident(struct obj *o)
{
	if (!o->resident)
		o->resident = resident_new();
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

	SIM_ASSERT(!o->pages);
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
	SIM_ASSERT(!a->pages);
	SIM_ASSERT(!b->pages);
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

/* Apply @d to its cells @first..@last, a page's or fewer.  As obj_apply(). */
static int apply_cells(struct obj *o, const struct diff *d, u64 first, u64 last, u64 *index,
                       u64 *found)
{
	u32 scale = obj_field(o->kind, d->field)->scale;
	u64 *cell = obj_cell(o, d->field, first);
	int rc = 0;

	if (unlikely(o->pages != NULL))
		obj_pages_open(o, (u64)(cell - o->cell));
	/* The cells of a field lie one behind the other. */
	for (u64 i = first; i <= last; i += scale, cell++) {
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

/* The same where cell @at and those behind it are a whole page; @first is the index of @at. */
static int apply_page(struct obj *o, const struct diff *d, u64 at, u64 first, u64 *index,
                      u64 *found)
{
	u32 scale = obj_field(o->kind, d->field)->scale;
	struct obj_page p = o->pages->page[at / OBJ_PAGE_CELLS];
	u64 n = 0, have = d->old;
	int rc = 0;

	if (!d->both && p.kind == PAGE_CELLS)
		return apply_cells(o, d, first, first + (OBJ_PAGE_CELLS - 1) * (u64)scale, index,
		                   found);
	for (u64 i = 0; d->both && have == d->old && i < OBJ_PAGE_CELLS; i += n) {
		n = obj_pages_same(o, at + i, OBJ_PAGE_CELLS, &have);
		if (have != d->old) {
			*index = first + i * scale;
			*found = have;
			rc = 1;
		}
	}
	if (d->both)
		p = (struct obj_page){ .kind = PAGE_VALUE, .n = d->new };
	else if (p.kind == PAGE_VALUE)
		p.n += d->new;
	else
		p.add += d->new;
	obj_pages_set(o, at, &p);
	return rc;
}

/* How many cells from @cell on, of @left, are to be taken together: a whole page, or those up to the next one. */
static u64 piece(const struct obj *o, u64 cell, u64 left)
{
	return o->pages ? min_u64(left, OBJ_PAGE_CELLS - cell % OBJ_PAGE_CELLS) : left;
}

int obj_apply(struct obj *o, const struct diff *d, u64 *index, u64 *found)
{
	u32 scale = obj_field(o->kind, d->field)->scale;
	u64 at = (u64)(obj_cell(o, d->field, d->first) - o->cell), i = d->first, where, what;
	u64 left = (d->last - d->first) / scale + 1;
	int rc = 0;

	SIM_ASSERT_DBG(!d->oracle);
	/* Most are of one cell, and their object has no pages: none are to be looked for. */
	if (likely((d->first == d->last && !o->pages) || !obj_pages_for(o, d->first, d->last)))
		return apply_cells(o, d, d->first, d->last, index, found);
	while (left > 0) {
		u64 n = piece(o, at, left);
		int bad = n == OBJ_PAGE_CELLS
		                  ? apply_page(o, d, at, i, &where, &what)
		                  : apply_cells(o, d, i, i + (n - 1) * scale, &where, &what);

		if (bad && !rc) {
			*index = where;
			*found = what;
			rc = 1;
		}
		at += n;
		i += n * scale;
		left -= n;
	}
	return rc;
}

void obj_apply_oracle(struct obj *o, const struct diff *d, const struct data_oracle *data)
{
	u32 scale = obj_field(o->kind, d->field)->scale;
	u64 at = (u64)(obj_cell(o, d->field, d->first) - o->cell), i = d->first;
	u64 left = (d->last - d->first) / scale + 1, number = d->index;

	SIM_ASSERT_DBG(d->oracle);
	if (obj_pages_for(o, d->first, d->last))
		o->pages->data = *data;
	while (left > 0) {
		u64 n = piece(o, at, left);
		struct obj_page p = { .kind = PAGE_ORACLE, .vmid = d->vmid, .n = number };

		if (o->pages && n == OBJ_PAGE_CELLS)
			obj_pages_set(o, at, &p);
		else
			for (u64 k = 0; k < n; k++)
				obj_set(o, d->field, i + k * scale,
				        data_oracle_value(data, d->vmid, number + k));
		at += n;
		i += n * scale;
		number += n;
		left -= n;
	}
}
