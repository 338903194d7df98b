// SPDX-License-Identifier: GPL-2.0-only
/* The ways that the states of VMs and vCPUs may go.  [spec X7] */
#include "oracle/check/check_if.h"

/* @from to @to, each a VM state. */
static bool vm_may(u64 from, u64 to)
{
	return (from == UNUSED && to == READY) || (from == READY && to == VERIFIED) ||
	       (from == VERIFIED && to == POWEROFF);
}

static bool vcpu_may(u64 from, u64 to)
{
	return (from == UNUSED && to == READY) || (from == READY && to == ACTIVE) ||
	       (from == ACTIVE && to == READY);
}

static void change(struct judge *j, void *own, const struct section *s, const struct change *c)
{
	u64 from = c->before.v, to = c->after.v;

	(void)own;
	(void)s;
	if (c->field != F_INFO_vm_state && c->field != F_INFO_vm_vcpu_state)
		return;
	if (!trusts(j, CHK_VM_STATES, 1ull << c->lk))
		return;
	evaluated(j, CHK_VM_STATES);
	if (c->field == F_INFO_vm_state && !vm_may(from, to))
		found_of(&j->findings, ROW_VM_STATES_VM, j->at,
		         FACTS(fact_n("vmid", c->who),
		               fact_at(fact_was(fact("state", FACT_STATE, to), from), c->lk,
		                       F_INFO_vm_state, 0)),
		         "VM %u goes from state %llu to %llu", c->who, (unsigned long long)from,
		         (unsigned long long)to);
	else if (c->field == F_INFO_vm_vcpu_state && !vcpu_may(from, to))
		found_of(&j->findings, ROW_VM_STATES_VCPU, j->at,
		         FACTS(fact_n("vmid", c->who), fact_n("vcpu", c->at),
		               fact_at(fact_was(fact("state", FACT_STATE, to), from), c->lk,
		                       F_INFO_vm_vcpu_state, c->at)),
		         "vCPU %llu of VM %u goes from state %llu to %llu",
		         (unsigned long long)c->at, c->who, (unsigned long long)from,
		         (unsigned long long)to);
}

const struct state_check check_vm_states = { .id = CHK_VM_STATES,
	                                     .changes = 1 << CH_VM,
	                                     .change = change };
