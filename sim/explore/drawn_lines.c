// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/drawn_lines.h"

#include "sim/base/check.h"
#include "sim/base/number.h"
#include "sim/exec/scope_op.h"

#include <stdio.h>
#include <string.h>

enum { CALL_REGS = 6, SHARE_REGS = 4 };

/* Accesses, and the operations of scopes that make them; these have the operation's arguments, but for a register's value. */
static const struct {
	const char *operation, *call;
} accesses[] = {
	{ "host_load", "try_load" },
	{ "host_store", "try_store" },
	{ "guest_load", "try_load" },
	{ "guest_store", "try_store" },
	{ "host_device_load", "try_dev_load" },
	{ "host_device_store", "try_dev_store" },
	{ "device_load", "try_dev_load" },
	{ "device_store", "try_dev_store" },
	{ "dma_load", "try_dma_load" },
	{ "dma_store", "try_dma_store" },
	{ "guest_dma_load", "try_dma_load" },
	{ "guest_dma_store", "try_dma_store" },
};

/* Of an access: the page, the register or (of devices that nobody runs) the value, and the bank. */
enum { ACCESS_GFN, ACCESS_REG, ACCESS_CBNDX, ACCESS_SMMU };

static const struct {
	const char *name;
	u64 value;
} constants[] = {
#define CONST(name, value) { #name, value },
#include "sim/base/consts.def"
};

static void put_number(char *buf, size_t size, u64 v)
{
	char number[NUMBER_TEXT];
	size_t at = strlen(buf);

	snprintf(buf + at, size - at, " %s", number_hex(v, number));
}

/* The constant whose name begins with @prefix, if there is one. */
static void put_constant(char *buf, size_t size, const char *prefix, u64 v)
{
	size_t at = strlen(buf);

	for (u32 i = 0; i < ARRAY_SIZE(constants); i++)
		if (constants[i].value == v &&
		    strncmp(constants[i].name, prefix, strlen(prefix)) == 0) {
			snprintf(buf + at, size - at, " %s", constants[i].name);
			return;
		}
	put_number(buf, size, v);
}

/* The next line, which begins with @word; NULL: there is no room. */
static char *new_line(struct drawn_op *d, const char *word)
{
	if (d->n == DRAWN_LINES) {
		d->unsaid = true;
		return NULL;
	}
	snprintf(d->line[d->n], sizeof(d->line[0]), "%s", word);
	return d->line[d->n++];
}

/* The last line is there; not, if it says what the one before does. */
static void end_line(struct drawn_op *d)
{
	if (d->n > 1 && strcmp(d->line[d->n - 1], d->line[d->n - 2]) == 0)
		d->n--;
}

static u64 access_arg(enum prim_arg kind, const struct operation *op, const struct cpu *c,
                      bool is_dma)
{
	enum reg r;

	switch ((u32)kind) {
	case PRIM_ARG_gfn:
		return op->args[ACCESS_GFN];
	case PRIM_ARG_reg:
		return op->args[ACCESS_REG];
	case PRIM_ARG_value:
		if (is_dma)
			return op->args[ACCESS_REG];
		r = reg_by_index((u32)op->args[ACCESS_REG]);
		return r < REG_NR ? c->regs.r[r] : 0;
	case PRIM_ARG_cbndx:
		return op->args[ACCESS_CBNDX];
	case PRIM_ARG_smmu:
		return op->args[ACCESS_SMMU];
	default:
		SIM_UNREACHABLE();
	}
}

void drawn_begin(struct drawn_op *d, const struct kit_cpu *k, const struct operation *op,
                 const struct cpu *c)
{
	const char *name = NULL;
	const struct prim *p;
	char *line;

	*d = (struct drawn_op){ .n = 0 };
	for (u32 i = 0; i < ARRAY_SIZE(accesses) && !name; i++)
		if (strcmp(accesses[i].operation, k->op->name) == 0)
			name = accesses[i].call;
	if (!name)
		return;
	p = scope_callable(name);
	line = new_line(d, name);
	for (u32 i = 0; i < p->n_args; i++)
		put_number(line, SCOPE_CALL_TEXT,
		           access_arg(p->arg[i], op, c, strstr(name, "dma") != NULL));
}

static void call(char *line, const struct operation *op, const u64 *x)
{
	put_constant(line, SCOPE_CALL_TEXT, "HVC_", x[0]);
	for (u32 i = 0; i < op->n_args && i + 1 < CALL_REGS; i++)
		put_number(line, SCOPE_CALL_TEXT, x[1 + i]);
}

/* Where it was, what the host did there, and what the register holds that the instruction names. */
static void fault(char *line, const struct cpu *c)
{
	u64 esr = c->regs.r[R_esr_el2], rt = esr >> ESR_ELx_SRT_SHIFT & ESR_ELx_SRT_MASK;

	put_number(line, SCOPE_CALL_TEXT,
	           c->regs.r[R_hpfar_el2] / 16 * PAGE_SIZE + c->regs.r[R_far_el2] % PAGE_SIZE);
	if (esr == (u64)ESR_ELx_EC_DABT_LOW << ESR_ELx_EC_SHIFT)
		return;
	put_number(line, SCOPE_CALL_TEXT, esr);
	put_number(line, SCOPE_CALL_TEXT, c->regs.r[reg_by_index(CTXT_X0 + (u32)rt)]);
}

/* What the host answers when the core asks, up to the last that is not 0. */
static void run(char *line, const struct kit_cpu *k, u64 vmid)
{
	u32 n = k->n_core;

	while (n > 1 && k->core[n - 1] == 0)
		n--;
	put_number(line, SCOPE_CALL_TEXT, vmid);
	for (u32 i = 0; i < n; i++)
		put_number(line, SCOPE_CALL_TEXT, k->core[i]);
}

/* A call that shares or no longer shares is the only one of which more than x0 is looked at. */
static void trap(char *line, const u64 *x, u64 class)
{
	bool shares = class == ESR_ELx_EC_HVC64 &&
	              (x[0] == HVC_KVM_SET_DESC_PFN || x[0] == HVC_KVM_UNSET_DESC_PFN);

	put_constant(line, SCOPE_CALL_TEXT, "ESR_ELx_EC_", class);
	put_constant(line, SCOPE_CALL_TEXT, shares ? "HVC_KVM_" : "PSCI_", x[0]);
	for (u32 i = 1; i < SHARE_REGS && shares; i++)
		put_number(line, SCOPE_CALL_TEXT, i == 1 ? 0 : x[i]);
}

static void leave(struct drawn_op *d, const struct cpu *c)
{
	u64 ec = c->regs.r[R_ec], class = c->regs.r[R_esr_el2] >> ESR_ELx_EC_SHIFT;
	char *line;

	if (ec != ARM_EXCEPTION_TRAP && ec != ARM_EXCEPTION_INTERRUPT) {
		d->unsaid = true;
		return;
	}
	line = new_line(d, ec == ARM_EXCEPTION_TRAP ? "trap" : "irq");
	if (line && ec == ARM_EXCEPTION_TRAP)
		trap(line, &c->regs.r[R_x0], class);
}

void drawn_enter(struct drawn_op *d, const struct kit_cpu *k, const struct operation *op,
                 const struct cpu *c, enum core_entry entry)
{
	static const char *const words[] = {
		[ENTRY_HVC] = "hvc", [ENTRY_FAULT] = "fault", [ENTRY_RUN] = "run"
	};
	char *line;

	if (entry == ENTRY_EXIT) {
		leave(d, c);
		end_line(d);
		return;
	}
	line = new_line(d, words[entry]);
	if (!line)
		return;
	if (entry == ENTRY_HVC)
		call(line, op, &c->regs.r[R_x0]);
	else if (entry == ENTRY_FAULT)
		fault(line, c);
	else
		run(line, k, c->regs.r[R_x0]);
	end_line(d);
}
