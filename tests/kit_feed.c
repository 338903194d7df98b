// SPDX-License-Identifier: GPL-2.0-only
#include "tests/kit_feed.h"

#include "tests/kit.h"

#include <string.h>

/* Values number first.. of one oracle. */
struct feed {
	u64 first, n, v[KIT_FEED_MAX];
};

static struct {
	struct feed data[N_VMID], core[N_VMID];
	u64 bad_image;
} fed;

static u64 value(const struct feed *f, u64 n)
{
	return n >= f->first && n - f->first < f->n ? f->v[n - f->first] : KIT_UNFED + n;
}

static u64 data(const struct params *p, vmid_t vmid, u64 n)
{
	(void)p;
	return value(&fed.data[vmid], n);
}

static u64 core(const struct params *p, cpu_t cpu, vmid_t vmid, u64 n)
{
	(void)cpu;
	(void)p;
	return value(&fed.core[vmid], n);
}

static u32 verdict(const struct params *p, cpu_t cpu, vmid_t vmid, u64 addr)
{
	(void)p;
	(void)cpu;
	(void)vmid;
	return fed.bad_image == 0 || addr != fed.bad_image;
}

static u64 reset_value(const struct params *p, u32 index)
{
	(void)p;
	return 0xde5c0000 + index;
}

static u64 vector(const struct params *p, u64 pstate)
{
	(void)p;
	return 0xec0000 + pstate;
}

void kit_feed(struct test_machine *t)
{
	struct params *p = &t->m->model;

	memset(&fed, 0, sizeof(fed));
	p->doracle = data;
	p->core_doracle = core;
	p->verify_img = verdict;
	p->reg_desc = reset_value;
	p->exception_vector = vector;
}

static void put(struct feed *f, u64 first, const u64 *v, size_t n)
{
	assert_true(n <= KIT_FEED_MAX);
	f->first = first;
	f->n = n;
	memcpy(f->v, v, n * sizeof(*v));
}

void kit_feed_data(struct test_machine *t, vmid_t vmid, const u64 *v, size_t n)
{
	put(&fed.data[vmid], kit_data_used(t, vmid), v, n);
}

void kit_feed_core(struct test_machine *t, vmid_t vmid, const u64 *v, size_t n)
{
	put(&fed.core[vmid], kit_core_used(t, vmid), v, n);
}

void kit_bad_image(u64 remap_addr)
{
	fed.bad_image = remap_addr;
}

u64 kit_data_used(const struct test_machine *t, vmid_t vmid)
{
	return t->m->data_logs.data[vmid];
}

u64 kit_core_used(const struct test_machine *t, vmid_t vmid)
{
	return t->m->data_logs.core[vmid];
}
