// SPDX-License-Identifier: GPL-2.0-only
#include "shmem/phys.h"

#include "cpu/intake.h"
#include "cpu/say.h"
#include "shmem/flatmem.h"
#include "shmem/shared.h"
#include "sim/log/event.h"

/* With a scripted environment: what the others wrote, before; the event, behind. */
static void take_in(struct cpu *c)
{
	if (unlikely(c->env)) {
		c->env->query(c, FLATMEM_ID);
		c->env->pull(c, FLATMEM_ID, true);
	}
}

static void push(struct cpu *c)
{
	static const struct shared_event e = { .kind = EV_OFLATMEM, .obj = FLATMEM_ID };

	if (unlikely(c->env))
		c->env->push(c, FLATMEM_ID, &e);
}

/* The number of the first of @n values that frames take. */
static u64 take_data(struct cpu *c, vmid_t vmid, u64 n)
{
	u64 first = data_log_take(c, vmid, n);

	say_flat(c, vmid, first, n);
	return first;
}

void clear_phys_page(struct cpu *c, u64 pfn)
{
	if (cpu_halted(c))
		return;
	RELY(c, is_pfn(pfn), STUCK_RANGE, pfn);
	take_in(c);
	flat_clear(c, pfn);
	push(c);
	c->tstate = 1;
}

void fetch_from_doracle(struct cpu *c, vmid_t vmid, u64 pfn, u64 pgnum)
{
	if (cpu_halted(c))
		return;
	/* The last frame's number is not below 0: 2^64 - 1 is no frame. */
	RELY(c, is_vmid(vmid) && is_pfn(pfn) && is_pfn(pgnum) && is_pfn(pfn + pgnum - 1),
	     STUCK_RANGE, vmid, pfn, pgnum);
	take_in(c);
	flat_fetch(c, pfn, pgnum, vmid, take_data(c, vmid, pgnum));
	push(c);
	if (!published(c, ERRATUM_FETCH_TSTATE))
		c->tstate = 1;
}

/* SOURCE: takes the byte address that its callers pass for a frame's number */
static u64 frame_of(const struct cpu *c, u64 buf)
{
	return published(c, ERRATUM_MEM_BUF_PFN) ? buf : buf / PAGE_SIZE;
}

static void from_host(struct cpu *c, u64 pfn)
{
	take_in(c);
	flat_put(c, pfn, HOSTVISOR, take_data(c, HOSTVISOR, 1));
	push(c);
	c->tstate = 1;
}

void encrypt_mem_buf(struct cpu *c, vmid_t vmid, u64 inbuf, u64 outbuf)
{
	if (cpu_halted(c))
		return;
	RELY(c, is_pfn(frame_of(c, inbuf)) && is_pfn(frame_of(c, outbuf)), STUCK_RANGE, vmid, inbuf,
	     outbuf);
	from_host(c, frame_of(c, outbuf));
}

void decrypt_mem_buf(struct cpu *c, vmid_t vmid, u64 inbuf)
{
	if (cpu_halted(c))
		return;
	RELY(c, is_pfn(frame_of(c, inbuf)), STUCK_RANGE, vmid, inbuf);
	from_host(c, frame_of(c, inbuf));
}
