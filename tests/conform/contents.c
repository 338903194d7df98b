// SPDX-License-Identifier: GPL-2.0-only
#include "tests/conform/contents.h"

#include "sim/base/check.h"
#include "sim/log/event.h"

#include <stdio.h>
#include <string.h>

/* How a part of an object is written. */
enum form {
	SCALAR,  /* a number: the field's only cell */
	TUPLE,   /* an array: the only cells of n fields */
	MAP,     /* index -> number */
	RECORDS, /* index -> an array of n fields */
};

/* One row a part, in the order of the vectors' README; @key NULL: it is all that there is to the object. */
static const struct part {
	u32 push;
	const char *key;
	enum form form;
	u32 field, n;
} parts[] = {
	{ EV_OCORE_DATA, NULL, TUPLE, F_CORE_next_vmid, 2 },
	{ EV_OS2_PAGE, NULL, RECORDS, F_S2PAGE_s2_owner, 3 },
	{ EV_OSMMU, NULL, MAP, F_SMMU_smmu_vmid, 1 },
	{ EV_OFLATMEM, NULL, MAP, F_FLATMEM_flatmem, 1 },
	{ EV_ONPT, "n", TUPLE, F_NPT_pt_pgd_next, 3 },
	{ EV_ONPT, "v", MAP, F_NPT_pt_vttbr_pool, 1 },
	{ EV_ONPT, "g", MAP, F_NPT_pt_pgd_pool, 1 },
	{ EV_ONPT, "u", MAP, F_NPT_pt_pud_pool, 1 },
	{ EV_ONPT, "m", MAP, F_NPT_pt_pmd_pool, 1 },
	{ EV_OSPT, "n", TUPLE, F_SPT_spt_pgd_next, 2 },
	{ EV_OSPT, "v", MAP, F_SPT_spt_vttbr_pool, 1 },
	{ EV_OSPT, "g", MAP, F_SPT_spt_pgd_pool, 1 },
	{ EV_OSPT, "m", MAP, F_SPT_spt_pmd_pool, 1 },
	{ EV_OVMINFO, "k", SCALAR, F_INFO_vm_kvm, 1 },
	{ EV_OVMINFO, "st", SCALAR, F_INFO_vm_state, 1 },
	{ EV_OVMINFO, "pw", SCALAR, F_INFO_vm_power, 1 },
	{ EV_OVMINFO, "vc", MAP, F_INFO_vm_vcpu, 1 },
	{ EV_OVMINFO, "vs", MAP, F_INFO_vm_vcpu_state, 1 },
	{ EV_OVMINFO, "nl", SCALAR, F_INFO_vm_next_load_info, 1 },
	{ EV_OVMINFO, "la", MAP, F_INFO_vm_load_addr, 1 },
	{ EV_OVMINFO, "ls", MAP, F_INFO_vm_load_size, 1 },
	{ EV_OVMINFO, "ra", MAP, F_INFO_vm_remap_addr, 1 },
	{ EV_OVMINFO, "mp", MAP, F_INFO_vm_mapped_pages, 1 },
	{ EV_OVMINFO, "ie", SCALAR, F_INFO_vm_inc_exe, 1 },
};

static const struct part *find_part(u32 push, const char *key)
{
	for (u32 i = 0; i < ARRAY_SIZE(parts); i++)
		if (parts[i].push == push &&
		    (!parts[i].key || (key && strcmp(parts[i].key, key) == 0)))
			return &parts[i];
	return NULL;
}

static int read_cell(const struct part *part, u32 field, u64 index, const json_t *v,
                     struct payload *out, struct err *e)
{
	u64 x;
	int rc = get_u64(v, part->key ? part->key : event_name(part->push), UINT64_MAX, &x, e);

	if (rc == 0 && x != 0)
		payload_put(out, field, index, 0, x);
	return rc;
}

/* The n fields of an array. */
static int read_tuple(const struct part *part, u64 index, const json_t *v, struct payload *out,
                      struct err *e)
{
	int rc = 0;

	if (!json_is_array(v) || json_array_size(v) != part->n)
		return err_set(e, ERR_VECTOR, "%s: expected %u numbers",
		               part->key ? part->key : event_name(part->push), part->n);
	for (u32 i = 0; rc == 0 && i < part->n; i++)
		rc = read_cell(part, part->field + i, index, json_array_get(v, i), out, e);
	return rc;
}

static int read_map(const struct part *part, const json_t *v, struct payload *out, struct err *e)
{
	const char *what = part->key ? part->key : event_name(part->push);
	json_t *o = (json_t *)(uintptr_t)v;
	int rc = 0;

	if (!json_is_object(v))
		return err_set(e, ERR_VECTOR, "%s: expected an object", what);
	for (void *it = json_object_iter(o); rc == 0 && it; it = json_object_iter_next(o, it)) {
		u64 index = 0;

		rc = get_index(json_object_iter_key(it), what, UINT64_MAX, &index, e);
		if (rc < 0)
			return rc;
		if (part->form == RECORDS)
			rc = read_tuple(part, index, json_object_iter_value(it), out, e);
		else
			rc = read_cell(part, part->field, index, json_object_iter_value(it), out,
			               e);
	}
	return rc;
}

static int read_part(const struct part *part, const json_t *v, struct payload *out, struct err *e)
{
	switch (part->form) {
	case SCALAR:
		return read_cell(part, part->field, 0, v, out, e);
	case TUPLE:
		return read_tuple(part, 0, v, out, e);
	case MAP:
	case RECORDS:
		break;
	}
	return read_map(part, v, out, e);
}

static int read_parts(u32 push, const json_t *v, struct payload *out, struct err *e)
{
	json_t *o = (json_t *)(uintptr_t)v;
	const struct part *part = find_part(push, NULL);
	int rc = 0;

	if (part)
		return read_part(part, v, out, e);
	if (!json_is_object(v))
		return err_set(e, ERR_VECTOR, "%s: expected an object", event_name(push));
	for (void *it = json_object_iter(o); rc == 0 && it; it = json_object_iter_next(o, it)) {
		part = find_part(push, json_object_iter_key(it));
		if (!part)
			return err_set(e, ERR_VECTOR, "%s: unknown part \"%.40s\"",
			               event_name(push), json_object_iter_key(it));
		rc = read_part(part, json_object_iter_value(it), out, e);
	}
	return rc;
}

int contents_read(u32 push, const json_t *v, struct payload **out, struct err *e)
{
	int rc;

	SIM_ASSERT(event_is_push(push));
	*out = payload_new(true);
	rc = read_parts(push, v, *out, e);
	if (rc == 0) {
		payload_sort(*out);
		return 0;
	}
	payload_free(*out);
	*out = NULL;
	return rc;
}

/* The value of a cell; @p NULL: 0. */
static u64 value_of(const struct payload *p, u32 field, u64 index)
{
	u32 lo = 0, hi = p ? p->cell.n : 0;

	while (lo < hi) {
		u32 mid = lo + (hi - lo) / 2;
		const struct payload_cell *c = &p->cell.v[mid];

		if (c->field < field || (c->field == field && c->index < index))
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!p || lo == p->cell.n || p->cell.v[lo].field != field || p->cell.v[lo].index != index)
		return 0;
	return p->cell.v[lo].new;
}

static bool same(const struct payload *before, const struct payload *after, u32 field, u64 index)
{
	return value_of(before, field, index) == value_of(after, field, index);
}

static json_t *tuple_json(const struct part *part, u64 index, const struct payload *after)
{
	json_t *a = json_array();

	for (u32 i = 0; i < part->n; i++)
		json_array_append_new(a, num(value_of(after, part->field + i, index)));
	return a;
}

/* Entries of a map at the indices that @of names and at which the two differ. */
static void map_entries(const struct part *part, const struct payload *of,
                        const struct payload *before, const struct payload *after, json_t *out)
{
	for (u32 i = 0; of && i < of->cell.n; i++) {
		const struct payload_cell *c = &of->cell.v[i];
		char key[24];

		if (c->field - part->field >= part->n || same(before, after, c->field, c->index))
			continue;
		snprintf(key, sizeof(key), "%llu", (unsigned long long)c->index);
		json_object_set_new(out, key,
		                    part->form == RECORDS
		                            ? tuple_json(part, c->index, after)
		                            : num(value_of(after, c->field, c->index)));
	}
}

static json_t *map_json(const struct part *part, const struct payload *before,
                        const struct payload *after)
{
	json_t *o = json_object();

	map_entries(part, before, before, after, o);
	map_entries(part, after, before, after, o);
	if (json_object_size(o) > 0)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *part_json(const struct part *part, const struct payload *before,
                         const struct payload *after)
{
	bool changed = false;

	if (part->form == MAP || part->form == RECORDS)
		return map_json(part, before, after);
	for (u32 i = 0; i < part->n; i++)
		changed |= !same(before, after, part->field + i, 0);
	if (!changed)
		return NULL;
	return part->form == TUPLE ? tuple_json(part, 0, after)
	                           : num(value_of(after, part->field, 0));
}

json_t *contents_json(u32 push, const struct payload *before, const struct payload *after)
{
	json_t *o = NULL;

	for (u32 i = 0; i < ARRAY_SIZE(parts); i++) {
		json_t *v;

		if (parts[i].push != push)
			continue;
		v = part_json(&parts[i], before, after);
		if (!v || !parts[i].key) {
			if (v)
				return v;
			continue;
		}
		if (!o)
			o = json_object();
		json_object_set_new(o, parts[i].key, v);
	}
	return o;
}
