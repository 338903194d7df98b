// SPDX-License-Identifier: GPL-2.0-only
#include "sim/machine/random_outside.h"

#include "sim/base/consts.h"
#include "sim/base/rng.h"

/* What a value is for. */
enum { OF_DATA, OF_CORE, OF_IMAGE, OF_REG, OF_VECTOR, KINDS };

/* Numbers of one kind and VM, apart from those of all others. */
static u64 mixed(const struct params *p, u32 kind, u64 vmid, u64 n)
{
	return mix_key(p->seed, MIX_OUTSIDE, vmid * KINDS + kind, n);
}

/* Is value number @n random?  It is the same whoever asks, as often as it is asked. */
static bool is_random(const struct params *p, u32 kind, u64 vmid, u64 n)
{
	const struct random_outside *r = p->arg;

	return mixed(p, kind, vmid, n) % 100 < r->percent;
}

/*
 * Something else than @honest, of a kind that comes to somewhere: any number, which most questions for a range refuse; a small one, as
 * vCPUs, levels and VMs have; a page of the guest's or the machine's addresses; what was meant, with one bit changed.
 */
static u64 anything(u64 drawn, u64 honest)
{
	u64 v = mix64(drawn);

	switch (drawn >> 32 & 3) {
	case 0:
		return v;
	case 1:
		return v % 16;
	case 2:
		return v % (v >> 63 ? KVM_GFN_SPACE : KVM_PFN_SPACE) * PAGE_SIZE | drawn >> 52;
	default:
		return honest ^ 1ull << v % 64;
	}
}

static const struct params *honest(const struct params *p)
{
	return &((const struct random_outside *)p->arg)->honest;
}

static u64 value(const struct params *p, u32 kind, u64 vmid, u64 n, u64 meant)
{
	return is_random(p, kind, vmid, n) ? anything(mixed(p, kind, vmid, n), meant) : meant;
}

static u64 data_value(const struct params *p, vmid_t vmid, u64 n)
{
	return value(p, OF_DATA, vmid, n, honest(p)->doracle(honest(p), vmid, n));
}

static u64 core_value(const struct params *p, cpu_t cpu, vmid_t vmid, u64 n)
{
	return value(p, OF_CORE, vmid, n, honest(p)->core_doracle(honest(p), cpu, vmid, n));
}

static u32 image_verdict(const struct params *p, cpu_t cpu, vmid_t vmid, u64 addr)
{
	u32 meant = honest(p)->verify_img(honest(p), cpu, vmid, addr);

	return is_random(p, OF_IMAGE, vmid, addr) ? !meant : meant;
}

static u64 reset_value(const struct params *p, u32 index)
{
	return value(p, OF_REG, 0, index, honest(p)->reg_desc(honest(p), index));
}

static u64 vector(const struct params *p, u64 pstate)
{
	return value(p, OF_VECTOR, 0, pstate, honest(p)->exception_vector(honest(p), pstate));
}

void random_outside_init(struct random_outside *r, struct params *p, u32 percent)
{
	r->honest = *p;
	r->percent = percent;
	p->arg = r;
	p->doracle = data_value;
	p->core_doracle = core_value;
	p->verify_img = image_verdict;
	p->reg_desc = reset_value;
	p->exception_vector = vector;
}
