// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/config_fixed.h"

#include "shmem/obj/region.h"
#include "sim/base/addr.h"
#include "sim/log/json.h"

#include <stddef.h>
#include <string.h>

/* The fields of struct smmu_conf that are arrays. */
static const struct smmu_field {
	const char *name;
	size_t at;
	bool wide; /* u64, else u32 */
	bool addr; /* addresses */
	u64 max;
} fields[] = {
#define ADDRS(name, max) { #name, offsetof(struct smmu_conf, name), true, true, max },
#define U64S(name, max)  { #name, offsetof(struct smmu_conf, name), true, false, max },
#define U32S(name, max)  { #name, offsetof(struct smmu_conf, name), false, false, max },
#include "shmem/obj/smmu_conf.def"
};

static u64 field_get(const struct smmu_conf *s, const struct smmu_field *f, u32 i)
{
	const char *at = (const char *)s + f->at;

	return f->wide ? ((const u64 *)(const void *)at)[i] : ((const u32 *)(const void *)at)[i];
}

static void field_set(struct smmu_conf *s, const struct smmu_field *f, u32 i, u64 v)
{
	char *at = (char *)s + f->at;

	if (f->wide)
		((u64 *)(void *)at)[i] = v;
	else
		((u32 *)(void *)at)[i] = (u32)v;
}

json_t *regions_to_json(const struct fixed *f)
{
	json_t *all = json_array();

	for (u32 i = 0; i < f->region_cnt; i++) {
		const struct mem_region *r = &f->region[i];

		json_array_append_new(all, json_pack("[o,o,o,o]", json_hex(r->mb_base),
		                                     json_u64(r->mb_size), json_u64(r->mb_index),
		                                     json_u64(r->mb_flag)));
	}
	return all;
}

json_t *smmu_to_json(const struct smmu_conf *s)
{
	json_t *o = json_object();

	json_object_set_new(o, "smmu_num", json_u64(s->smmu_num));
	for (u32 k = 0; k < ARRAY_SIZE(fields); k++) {
		json_t *(*number)(u64 v) = fields[k].addr ? json_hex : json_u64;
		json_t *all = json_array();

		for (u32 i = 0; i < s->smmu_num; i++)
			json_array_append_new(all, number(field_get(s, &fields[k], i)));
		json_object_set_new(o, fields[k].name, all);
	}
	return o;
}

int regions_from_json(struct fixed *f, const json_t *v, struct err *e)
{
	const char *wrong;
	u32 at;

	if (!json_is_array(v) || json_array_size(v) > MAX_MEMBLOCK_NUM)
		return err_set(e, ERR_CONFIG, "regions: expected an array of at most %u",
		               MAX_MEMBLOCK_NUM);
	f->region_cnt = (u32)json_array_size(v);
	for (u32 i = 0; i < f->region_cnt; i++) {
		const json_t *row = json_array_get(v, i);
		struct mem_region *r = &f->region[i];

		if (!json_is_array(row) || json_array_size(row) != 4 ||
		    !json_u64_of(json_array_get(row, 0), &r->mb_base) ||
		    !json_u64_of(json_array_get(row, 1), &r->mb_size) ||
		    !json_u64_of(json_array_get(row, 2), &r->mb_index) ||
		    !json_u64_of(json_array_get(row, 3), &r->mb_flag))
			return err_set(e, ERR_CONFIG,
			               "regions: %u: expected [base, size, index, flag]", i);
	}
	wrong = region_wrong(f, &at);
	return wrong ? err_set(e, ERR_CONFIG, "regions: %u: %s", at, wrong) : 0;
}

static const struct smmu_field *field_by_name(const char *name)
{
	for (u32 k = 0; k < ARRAY_SIZE(fields); k++)
		if (strcmp(fields[k].name, name) == 0)
			return &fields[k];
	return NULL;
}

static int field_from(struct smmu_conf *s, const struct smmu_field *f, const json_t *v,
                      struct err *e)
{
	if (!json_is_array(v) || json_array_size(v) != s->smmu_num)
		return err_set(e, ERR_CONFIG, "smmu_conf: %s: expected %u numbers", f->name,
		               s->smmu_num);
	for (u32 i = 0; i < s->smmu_num; i++) {
		u64 n;

		if (!json_u64_of(json_array_get(v, i), &n) || n > f->max)
			return err_set(e, ERR_CONFIG, "smmu_conf: %s: expected numbers up to %llu",
			               f->name, (unsigned long long)f->max);
		field_set(s, f, i, n);
	}
	return 0;
}

/* Registers: each SMMU's end below 2^48, and no address is two SMMUs'. */
static int registers_ok(const struct smmu_conf *s, struct err *e)
{
	for (u32 i = 0; i < s->smmu_num; i++) {
		u64 base = s->smmu_phys_base[i], end = base + s->smmu_size[i];

		if (!is_addr(end))
			return err_set(e, ERR_CONFIG, "smmu_conf: SMMU %u ends beyond 2^48", i);
		for (u32 k = 0; k < i; k++)
			if (base < s->smmu_phys_base[k] + s->smmu_size[k] &&
			    s->smmu_phys_base[k] < end)
				return err_set(e, ERR_CONFIG, "smmu_conf: SMMUs %u and %u overlap",
				               k, i);
	}
	return 0;
}

int smmu_from_json(struct smmu_conf *s, json_t *v, struct err *e)
{
	const char *name;
	json_t *value;
	u64 n;

	if (!json_is_object(v) || !json_u64_of(json_object_get(v, "smmu_num"), &n) || n > SMMU_NUM)
		return err_set(e, ERR_CONFIG, "smmu_conf: expected an object with smmu_num 0..%u",
		               SMMU_NUM);
	s->smmu_num = (u32)n;
	for (u32 k = 0; k < ARRAY_SIZE(fields); k++) {
		int rc = field_from(s, &fields[k], json_object_get(v, fields[k].name), e);

		if (rc < 0)
			return rc;
	}
	json_object_foreach(v, name, value)
	{
		if (strcmp(name, "smmu_num") != 0 && !field_by_name(name))
			return err_set(e, ERR_CONFIG, "smmu_conf: unknown key \"%.64s\"", name);
	}
	return registers_ok(s, e);
}
