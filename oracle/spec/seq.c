// SPDX-License-Identifier: GPL-2.0-only
/* The sequences of entries by their rows (oracle/spec/seq.def), which one an entry is, and their words. */
#include "oracle/spec/seq.h"

#include "oracle/spec/seq_steps.h"
#include "sim/base/check.h"

#include <stdio.h>

static const struct {
	void (*go)(struct seq *s, const struct seq_env *e);
	const char *what, *sequence, *operations, *source, *errata;
	u32 entry;
} rows[SEQ_NR] = {
#define SEQ(entry_, what_, sequence_, operations_, source_, errata_) \
	[SEQ_##entry_##_##what_] = { .go = seq_##sequence_,          \
		                     .what = #what_,                 \
		                     .sequence = #sequence_,         \
		                     .operations = operations_,      \
		                     .source = source_,              \
		                     .errata = errata_,              \
		                     .entry = MV_ENTRY_##entry_ },
#include "oracle/spec/seq.def"
};

/*
 * The call of a number.  32/E-D1: the body compares the two registering calls with 26 and 27, the numbers of two others.  32/E-D3: those
 * and the next two are calls of the top specification only.
 */
static enum seq_row call_of(const struct seq_env *e, u64 number)
{
	bool slip = published(e, ERRATUM_HVC_NUMBERS);

	if (slip && (number == 26 || number == 27))
		return number == 26 ? SEQ_HVC_REGISTER_KVM : SEQ_HVC_REGISTER_VCPU;
	if (slip && (number == HVC_REGISTER_KVM || number == HVC_REGISTER_VCPU))
		return SEQ_HVC_OTHER;
	if (published(e, ERRATUM_CRYPT_HYPERCALLS) && number >= HVC_ENCRYPT_BUF)
		return SEQ_HVC_OTHER;
	switch (number) {
#define SEQ(entry, what, sequence, operations, source, errata) OF_##entry(what)
#define OF_HVC(what)     \
	case HVC_##what: \
		return SEQ_HVC_##what;
#define OF_FAULT(what)
#define OF_RUN(what)
#define OF_EXIT(what)
#define HVC_OTHER 0
#include "oracle/spec/seq.def"
#undef HVC_OTHER
	default:
		return SEQ_HVC_OTHER;
	}
}

static enum seq_row exit_of(u64 ec, u64 class, u64 x0)
{
	if (ec == ARM_EXCEPTION_INTERRUPT)
		return SEQ_EXIT_INTERRUPT;
	if (ec != ARM_EXCEPTION_TRAP)
		return SEQ_EXIT_OTHER;
	switch (class) {
	case ESR_ELx_EC_SYS64:
		return SEQ_EXIT_SYS64;
	case ESR_ELx_EC_HVC64:
		return x0 == HVC_KVM_SET_DESC_PFN     ? SEQ_EXIT_KVM_SET_DESC_PFN
		       : x0 == HVC_KVM_UNSET_DESC_PFN ? SEQ_EXIT_KVM_UNSET_DESC_PFN
		                                      : SEQ_EXIT_HVC64;
	case ESR_ELx_EC_HVC32:
		return SEQ_EXIT_HVC32;
	case ESR_ELx_EC_WFx:
		return SEQ_EXIT_WFx;
	case ESR_ELx_EC_IABT_LOW:
		return SEQ_EXIT_IABT_LOW;
	case ESR_ELx_EC_DABT_LOW:
		return SEQ_EXIT_DABT_LOW;
	default:
		return SEQ_EXIT_OTHER;
	}
}

static enum seq_row row_of(const struct seq *s, const struct seq_env *e)
{
	switch (s->entry) {
	case MV_ENTRY_HVC:
		return call_of(e, s->x[0]);
	case MV_ENTRY_FAULT:
		return SEQ_FAULT_ANY;
	case MV_ENTRY_RUN:
		return SEQ_RUN_ANY;
	default:
		return exit_of(s->ec, s->esr / 67108864 & 63, s->x[0]);
	}
}

void seq_begin(struct seq *s, const struct seq_env *env, u32 entry, cpu_t cpu, u32 vmid, u32 vcpuid,
               const struct ctxt *regs)
{
	SIM_ASSERT(entry <= MV_ENTRY_EXIT);
	*s = (struct seq){ .entry = entry,
		           .cpu = cpu,
		           .vmid = vmid,
		           .vcpuid = vcpuid,
		           .ec = regs->r[R_ec],
		           .esr = regs->r[R_esr_el2],
		           .hpfar = regs->r[R_hpfar_el2] };
	for (u32 i = 0; i < SEQ_X; i++)
		s->x[i] = regs->r[R_x0 + i];
	s->row = row_of(s, env);
	rows[s->row].go(s, env);
}

void seq_next(struct seq *s, const struct seq_env *env, u64 result)
{
	SIM_ASSERT_DBG(s->row < SEQ_NR);
	s->result = result;
	rows[s->row].go(s, env);
}

static const char *word_of(enum mark_type type, u64 value, char *buf)
{
	return mark_print(NULL, type, value, buf, MARK_WORD);
}

const char *seq_print(const struct seq *s, char *buf, size_t size)
{
	const unsigned long long *x = (const unsigned long long *)s->x;

	switch (s->entry) {
	case MV_ENTRY_HVC:
		snprintf(buf, size, "hypercall %llu, %s(0x%llx, 0x%llx, 0x%llx, 0x%llx, 0x%llx)",
		         x[0], rows[s->row].what, x[1], x[2], x[3], x[4], x[5]);
		break;
	case MV_ENTRY_FAULT:
		snprintf(buf, size, "fault of the host (hpfar_el2=0x%llx, esr_el2=0x%llx)",
		         (unsigned long long)s->hpfar, (unsigned long long)s->esr);
		break;
	case MV_ENTRY_RUN:
		snprintf(buf, size, "run of VM %llu", x[0]);
		break;
	default:
		snprintf(buf, size, "exit %s of vCPU %u of VM %u (x0=0x%llx, x2=0x%llx, x3=0x%llx)",
		         rows[s->row].what, s->vcpuid, s->vmid, x[0], x[2], x[3]);
	}
	return buf;
}

const char *seq_print_want(const struct seq_want *w, char *buf, size_t size)
{
	char word[MARK_WORD];

	switch (w->kind) {
	case SEQ_OP:
		return op_print(w->op, op_n_args(w->op), w->arg, buf, size);
	case SEQ_TAKE:
		snprintf(buf, size, "%llu value%s of stream %s for VM %u", (unsigned long long)w->n,
		         w->n == 1 ? "" : "s", word_of(MARG_STREAM, w->stream, word), w->vmid);
		break;
	case SEQ_HALT:
		snprintf(buf, size, "that the machine halts");
		break;
	case SEQ_STUCK:
		snprintf(buf, size, "that the call is stuck");
		break;
	case SEQ_LEAVE:
		snprintf(buf, size,
		         w->ihost ? "its end, for the host" : "its end, for vCPU %u of VM %u",
		         w->vcpuid, w->vmid);
		break;
	default:
		snprintf(buf, size, "?");
	}
	return buf;
}

const char *seq_what(enum seq_row row)
{
	SIM_ASSERT(row < SEQ_NR);
	return rows[row].what;
}

const char *seq_sequence(enum seq_row row)
{
	SIM_ASSERT(row < SEQ_NR);
	return rows[row].sequence;
}

const char *seq_operations(enum seq_row row)
{
	SIM_ASSERT(row < SEQ_NR);
	return rows[row].operations;
}

const char *seq_source(enum seq_row row)
{
	SIM_ASSERT(row < SEQ_NR);
	return rows[row].source;
}

const char *seq_errata(enum seq_row row)
{
	SIM_ASSERT(row < SEQ_NR);
	return rows[row].errata;
}

u32 seq_entry(enum seq_row row)
{
	SIM_ASSERT(row < SEQ_NR);
	return rows[row].entry;
}
