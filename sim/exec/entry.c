// SPDX-License-Identifier: GPL-2.0-only
/* hvc, fault, run, trap, irq: what a host or a guest does, as registers and a call of one of the core's entries. */
#include "sim/base/check.h"
#include "sim/exec/script.h"

enum { MAX_VALUES = 6 };

/**
 * struct values - the rest of a line
 * @v:     [n]
 * @first: the first as it was written, for what is printed
 */
struct values {
	u32 n;
	u64 v[MAX_VALUES];
	char first[32];
};

static int read_values(struct text_line *l, u32 min, u32 max, const char *what, struct values *out,
                       struct err *e)
{
	const char *begin = l->at;
	struct text_word w = text_next(l);

	*out = (struct values){ .n = 0 };
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

static void set_reg(struct exec *x, enum reg r, u64 v)
{
	exec_cpu(x)->regs.r[r] = v;
}

static void set_x(struct exec *x, u32 i, u64 v)
{
	set_reg(x, reg_by_index(CTXT_X0 + i), v);
}

static int enter(struct exec *x, const char *entry, const char *call, const struct values *a,
                 struct err *e)
{
	const struct prim *p = prim_by_name(entry);

	SIM_ASSERT(p != NULL);
	return exec_prim(x, p, NULL, call, a->n, a->v, x->o.json || a->n == 0 ? NULL : a->first, e);
}

int do_hvc(struct exec *x, struct text_line *l, struct err *e)
{
	struct values a;
	int rc = read_values(l, 1, 6, "the call's number and its arguments", &a, e);

	if (rc < 0)
		return rc;
	for (u32 i = 0; i < 6; i++)
		set_x(x, i, a.v[i]);
	return enter(x, "host_hvc_handler", "hvc", &a, e);
}

int do_fault(struct exec *x, struct text_line *l, struct err *e)
{
	struct values a;
	int rc = read_values(l, 1, 2, "an address and a syndrome", &a, e);

	if (rc < 0)
		return rc;
	set_reg(x, R_hpfar_el2, a.v[0] / PAGE_SIZE * 16);
	set_reg(x, R_far_el2, a.v[0]);
	set_reg(x, R_esr_el2, a.v[1]);
	return enter(x, "host_npt_handler", "fault", &a, e);
}

/* What was fed to the core for the VM and not taken is dropped: a run takes as many of these as it comes to. */
int do_run(struct exec *x, struct text_line *l, struct err *e)
{
	struct values a;
	int rc = read_values(l, 2, 5,
	                     "a vmid, a vcpuid, an address that has no page, its entry and level",
	                     &a, e);

	if (rc < 0)
		return rc;
	set_x(x, 0, a.v[0]);
	if (a.v[0] < N_VMID)
		exec_feed_core(x, (vmid_t)a.v[0], a.v + 1, 4);
	return enter(x, "host_vcpu_run_handler", "run", &a, e);
}

int do_trap(struct exec *x, struct text_line *l, struct err *e)
{
	struct values a;
	int rc = read_values(l, 1, 5, "the class and x0..x3", &a, e);

	if (rc < 0)
		return rc;
	set_reg(x, R_ec, ARM_EXCEPTION_TRAP);
	set_reg(x, R_esr_el2, a.v[0] << ESR_ELx_EC_SHIFT);
	for (u32 i = 1; i < a.n; i++)
		set_x(x, i - 1, a.v[i]);
	return enter(x, "vm_exit_handler", "trap", &a, e);
}

int do_irq(struct exec *x, struct text_line *l, struct err *e)
{
	struct values a = { .n = 0 };
	int rc = script_end(l, e);

	if (rc < 0)
		return rc;
	set_reg(x, R_ec, ARM_EXCEPTION_INTERRUPT);
	return enter(x, "vm_exit_handler", "irq", &a, e);
}
