// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/obs/obs.h"

#include "oracle/obs/pages.h"
#include "oracle/obs/sink.h"
#include "sim/base/check.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
	const char *name, *sentence;
	enum obs_key key;
} rows[OBS_NR] = {
#define OBS(id, name, key, sentence) [OBS_##id] = { name, sentence, OBS_KEY_##key },
#include "oracle/obs/obs.def"
};

const char *obs_name(enum obs_row row)
{
	SIM_ASSERT(row < OBS_NR);
	return rows[row].name;
}

const char *obs_sentence(enum obs_row row)
{
	SIM_ASSERT(row < OBS_NR);
	return rows[row].sentence;
}

/* One number for the digests of what a row reads, and the memory regions; an NPT other than the principal's is no part of it. */
static u64 reads(const struct obs_view *v, vmid_t p, u32 kinds)
{
	const struct mem_region *r = v->fixed->region;
	u64 sum = v->fixed->region_cnt;

	for (u32 i = 0; i < v->fixed->region_cnt; i++)
		sum = mix64(mix64(sum ^ r[i].mb_base) + r[i].mb_size) ^ r[i].mb_index;
	for (lk_t lk = 0; lk < ID_END; lk++) {
		const struct obj *o = &v->obj[lk];

		if (kinds >> o->kind & 1 && (o->kind != OBJ_NPT || lk == NPT_ID + p))
			sum += mix64(o->digest + obs_tag(lk));
	}
	return sum;
}

static bool is_page_row(u32 row)
{
	return row >= OBS_OWNER && row < OBS_OWNER + OBS_PAGE_ROWS;
}

/* The rows of pages, if a record or a frame has changed. */
static void page_prints(struct obs_prints *f, const struct obs_view *v, vmid_t p)
{
	u64 now = reads(v, p, 1u << OBJ_S2PAGE | 1u << OBJ_FLATMEM);

	if (f->valid && f->reads[OBS_OWNER] == now)
		return;
	if (!f->pages)
		f->pages = obs_pages_new();
	obs_pages_read(f->pages, v, p, f->row + OBS_OWNER, &f->masked);
	f->reads[OBS_OWNER] = now;
}

void obs_prints(struct obs_prints *f, const struct obs_view *v, vmid_t p)
{
	page_prints(f, v, p);
	for (u32 i = 0; i < OBS_NR; i++) {
		const struct obs_reader *r = &obs_readers[i];
		struct obs_sink s = { .tag = obs_tag(i) };
		u64 now;

		if (is_page_row(i))
			continue;
		now = r->live ? 0 : reads(v, p, r->kinds);
		if (f->valid && !r->live && f->reads[i] == now)
			continue;
		r->see(v, p, &s);
		f->row[i] = s.print;
		f->reads[i] = now;
	}
	f->valid = true;
}

void obs_prints_free(struct obs_prints *f)
{
	obs_pages_free(f->pages);
	*f = (struct obs_prints){ .valid = false };
}

enum obs_row obs_first(const struct obs_prints *a, const struct obs_prints *b)
{
	u32 i = 0;

	while (i < OBS_NR && a->row[i] == b->row[i])
		i++;
	return (enum obs_row)i;
}

static void list_put(void *arg, u64 key, u64 value)
{
	struct obs_items *out = arg;

	vec_push(out, ((struct obs_item){ key, value }));
}

static int by_key(const void *a, const void *b)
{
	const struct obs_item *x = a, *y = b;

	return x->key < y->key ? -1 : x->key > y->key;
}

void obs_list(const struct obs_view *v, vmid_t p, enum obs_row row, struct obs_items *out)
{
	struct obs_sink s = { .tag = obs_tag(row), .put = list_put, .arg = out };

	out->n = 0;
	if (is_page_row(row))
		obs_pages_see(v, p, row - OBS_OWNER, &s);
	else
		obs_readers[row].see(v, p, &s);
	if (out->n > 1)
		qsort(out->v, out->n, sizeof(*out->v), by_key);
}

void obs_differences(const struct obs_items *a, const struct obs_items *b,
                     void (*fn)(void *arg, u64 key, u64 a, u64 b), void *arg)
{
	u32 i = 0, k = 0;

	while (i < a->n || k < b->n) {
		bool left = k == b->n || (i < a->n && a->v[i].key <= b->v[k].key);
		bool right = i == a->n || (k < b->n && b->v[k].key <= a->v[i].key);
		u64 key = left ? a->v[i].key : b->v[k].key;
		u64 va = left ? a->v[i++].value : 0, vb = right ? b->v[k++].value : 0;

		if (va != vb)
			fn(arg, key, va, vb);
	}
}

const char *obs_principal(vmid_t p, char *buf, size_t size)
{
	if (p == HOSTVISOR)
		snprintf(buf, size, "HOST");
	else
		snprintf(buf, size, "VM %u", p);
	return buf;
}

const char *obs_key_print(enum obs_row row, u64 key, char *buf, size_t size)
{
	unsigned long long k = key;
	u32 high = (u32)(key >> 16), low = (u32)(key & 0xffff);

	switch (rows[row].key) {
	case OBS_KEY_CPU_REG:
		snprintf(buf, size, "CPU %u, %s", high, reg_name((enum reg)low));
		break;
	case OBS_KEY_CTXT_REG:
		snprintf(buf, size, "vCPU %u, %s", high, reg_name((enum reg)low));
		break;
	case OBS_KEY_GFN:
		snprintf(buf, size, "gfn 0x%llx", k);
		break;
	case OBS_KEY_PFN:
		snprintf(buf, size, "frame 0x%llx", k);
		break;
	case OBS_KEY_BANK:
		snprintf(buf, size, "bank %llu", k);
		break;
	case OBS_KEY_BANK_GFN:
		snprintf(buf, size, "bank %llu, gfn 0x%llx, %s", k >> 33, k / 2 & 0xffffffff,
		         k & 1 ? "entry" : "frame");
		break;
	case OBS_KEY_VM_FIELD:
		snprintf(buf, size, "VM %u, %s[%u]", high, obj_field(OBJ_INFO, low >> 8)->name,
		         low & 0xff);
		break;
	case OBS_KEY_FIELD:
		snprintf(buf, size, "%s", obj_field(OBJ_CORE, low)->name);
		break;
	case OBS_KEY_CTXT:
		snprintf(buf, size, "VM %u, vCPU %u", high, low);
		break;
	case OBS_KEY_CPU:
		snprintf(buf, size, "CPU %llu", k);
		break;
	case OBS_KEY_VM:
		snprintf(buf, size, "VM %llu", k);
		break;
	case OBS_KEY_CFG:
		snprintf(buf, size, "number %llu", k);
		break;
	}
	return buf;
}
