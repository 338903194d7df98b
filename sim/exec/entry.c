// SPDX-License-Identifier: GPL-2.0-only
#include "sim/exec/entry.h"

#include "sim/base/check.h"
#include "sim/exec/words.h"

#include <string.h>

_Static_assert(REG_NR <= 256, "a scope's call has a register in a byte");

/* The rest of a line: numbers, from @min to @max. */
static int read_values(struct text_line *l, u32 min, u32 max, const char *what,
                       struct read_call *out, struct err *e)
{
	const char *begin = l->at;
	struct text_word w = text_next(l);

	snprintf(out->first, sizeof(out->first), "%.*s", (int)min_u64(w.len, 31), w.p);
	l->at = begin;
	for (;;) {
		const char *at = l->at;
		int rc;

		if (out->n >= min && (out->n == max || text_next(l).len == 0))
			return out->n == max ? script_end(l, e) : 0;
		l->at = at;
		rc = script_number(l, ~0ull, what, &out->v[out->n], e);
		if (rc < 0)
			return rc;
		out->n++;
	}
}

static void set_reg(struct read_call *rc, enum reg r, u64 v)
{
	struct scope_call *c = &rc->call;

	SIM_ASSERT(c->n_regs < SCOPE_REGS);
	c->reg[c->n_regs] = (u8)r;
	c->value[c->n_regs++] = v;
}

static void set_x(struct read_call *rc, u32 i, u64 v)
{
	set_reg(rc, reg_by_index(CTXT_X0 + i), v);
}

static void hvc(struct read_call *rc)
{
	for (u32 i = 0; i < READ_VALUES; i++)
		set_x(rc, i, rc->v[i]);
}

static void fault(struct read_call *rc)
{
	u32 rt = (u32)(rc->v[1] >> ESR_ELx_SRT_SHIFT & ESR_ELx_SRT_MASK);

	set_reg(rc, R_hpfar_el2, rc->v[0] / PAGE_SIZE * 16);
	set_reg(rc, R_far_el2, rc->v[0]);
	set_reg(rc, R_esr_el2, rc->v[1]);
	/* Number 31 is no register. */
	if (rc->n > 2 && rt < ESR_ELx_SRT_MASK)
		set_x(rc, rt, rc->v[2]);
}

/* A run takes as many of the values as it comes to; no VM, no oracle. */
static void run(struct read_call *rc)
{
	struct scope_call *c = &rc->call;

	set_x(rc, 0, rc->v[0]);
	if (rc->v[0] >= N_VMID)
		return;
	c->core_vmid = (vmid_t)rc->v[0];
	c->n_core = SCOPE_CORE_VALUES;
	memcpy(c->core, rc->v + 1, sizeof(c->core));
}

static void trap(struct read_call *rc)
{
	set_reg(rc, R_ec, ARM_EXCEPTION_TRAP);
	set_reg(rc, R_esr_el2, rc->v[0] << ESR_ELx_EC_SHIFT);
	for (u32 i = 1; i < rc->n; i++)
		set_x(rc, i - 1, rc->v[i]);
}

static void irq(struct read_call *rc)
{
	set_reg(rc, R_ec, ARM_EXCEPTION_INTERRUPT);
}

static const struct {
	const char *name, *function;
	u32 min, max;
	const char *what;
	void (*set)(struct read_call *rc);
} entries[] = {
	{ "hvc", "host_hvc_handler", 1, 6, "the call's number and its arguments", hvc },
	{ "fault", "host_npt_handler", 1, 3,
	  "an address, a syndrome and what the register holds that the syndrome names", fault },
	{ "run", "host_vcpu_run_handler", 2, 5,
	  "a vmid, a vcpuid, an address that has no page, its entry and level", run },
	{ "trap", "vm_exit_handler", 1, 5, "the class and x0..x3", trap },
	{ "irq", "vm_exit_handler", 0, 0, "", irq },
};

const u32 n_entries = (u32)ARRAY_SIZE(entries);

const char *entry_word(u32 i)
{
	return entries[i].name;
}

int read_entry(struct text_line *l, struct text_word w, struct read_call *out, struct err *e)
{
	for (u32 i = 0; i < n_entries; i++) {
		int rc;

		if (!text_is(w, entries[i].name))
			continue;
		out->entry = true;
		out->name = entries[i].name;
		out->call.prim = prim_by_name(entries[i].function);
		SIM_ASSERT(out->call.prim != NULL);
		rc = read_values(l, entries[i].min, entries[i].max, entries[i].what, out, e);
		if (rc == 0)
			entries[i].set(out);
		return rc;
	}
	return 1;
}
