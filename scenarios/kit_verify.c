// SPDX-License-Identifier: GPL-2.0-only
/* After a run: does the machine hold what the CPUs' operations were to do? */
#include "scenarios/kit_smmu.h"

#include <stdio.h>

static u64 cell(const struct machine *m, lk_t lk, u32 field, u64 index)
{
	return obj_get(&m->shared.obj[lk], field, index);
}

static bool page_ok(const struct kit *kit, const struct machine *m, u64 page,
                    struct run_differs *out)
{
	struct page_hint h = board_page(&kit->board, page);
	u64 owner = cell(m, S2PAGE_ID, F_S2PAGE_s2_owner, page);
	u64 count = cell(m, S2PAGE_ID, F_S2PAGE_s2_count, page);
	u32 want = h.state == PAGE_DEVICE ? INVALID : h.most;

	if (h.users == 0 && h.least == h.most &&
	    (h.state == PAGE_TAKEN || (owner == h.vmid && count == want)))
		return true;
	snprintf(out->text, sizeof(out->text),
	         "page 0x%llx (frame 0x%llx) has owner %llu and count %llu, and should have %u and "
	         "%u",
	         (unsigned long long)page, (unsigned long long)kit_pfn(kit, page),
	         (unsigned long long)owner, (unsigned long long)count, h.vmid, want);
	differs_about(out, RUN_ABOUT_FRAME, kit_pfn(kit, page));
	return false;
}

static u32 state_of(enum vm_state_hint hint)
{
	switch (hint) {
	case VM_NONE:
		return UNUSED;
	case VM_BOOTS:
	case VM_VERIFIES:
		return READY;
	case VM_RUNS:
	case VM_STAYS:
		return VERIFIED;
	case VM_ENDS:
	case VM_OFF:
	case VM_CLEARED:
		return POWEROFF;
	}
	return UNUSED;
}

static bool vm_ok(const struct kit *kit, const struct machine *m, vmid_t vmid,
                  struct run_differs *out)
{
	enum vm_state_hint hint = board_vm(&kit->board, vmid);
	const struct vm_hint *v = &kit->board.vm[vmid];
	u64 state = cell(m, INFO_ID + vmid, F_INFO_vm_state, 0);

	if (state != state_of(hint)) {
		snprintf(out->text, sizeof(out->text), "VM %u has state %llu, and should have %u",
		         vmid, (unsigned long long)state, state_of(hint));
		differs_about(out, RUN_ABOUT_VM, vmid);
		return false;
	}
	for (u32 i = 0; hint >= VM_RUNS && i < v->vcpus; i++) {
		u64 have = cell(m, INFO_ID + vmid, F_INFO_vm_vcpu_state, i);
		u64 want = v->ready >> i & 1 ? READY : ACTIVE;

		if (have == want)
			continue;
		snprintf(out->text, sizeof(out->text),
		         "vCPU %u of VM %u has state %llu, and should have %llu", i, vmid,
		         (unsigned long long)have, (unsigned long long)want);
		differs_about(out, RUN_ABOUT_VM, vmid);
		differs_about(out, RUN_ABOUT_VCPU, i);
		return false;
	}
	return true;
}

/* Did the operations do what they were chosen for? */
static bool counts_ok(const struct kit *kit, struct run_differs *out)
{
	u64 did = 0, legal = 0;

	for (u32 i = 0; i < kit->cpus; i++) {
		const struct kit_cpu *k = &kit->cpu[i];

		if (k->surprises) {
			snprintf(out->text, sizeof(out->text), "%s", k->surprise);
			return false;
		}
		did += k->legal[KIT_DID];
		legal += k->legal[KIT_DID] + k->legal[KIT_REFUSED] + k->legal[KIT_PANICKED];
	}
	if (did >= legal - did)
		return true;
	snprintf(out->text, sizeof(out->text), "of %llu legal operations only %llu had an effect",
	         (unsigned long long)legal, (unsigned long long)did);
	return false;
}

/* Does the machine hold what the board says?  Between operations. */
static bool board_ok(const struct kit *kit, const struct machine *m, struct run_differs *out)
{
	/* A halted machine was left in the middle of operations. */
	if (flag_get(&m->halt))
		return true;
	for (u64 page = 0; page < kit->board.n_pages; page++)
		if (!page_ok(kit, m, page, out))
			return false;
	for (vmid_t v = 1; v <= MAX_VM_NUM; v++)
		if (!vm_ok(kit, m, v, out))
			return false;
	return kit_verify_banks(kit, m, out);
}

void kit_over(void *arg, const struct machine *m)
{
	struct kit *kit = arg;
	struct run_differs differs = { 0 };

	if (!kit->board.no_claims && !kit->mismatch[0] && !board_ok(kit, m, &differs))
		snprintf(kit->mismatch, sizeof(kit->mismatch), "at the end of episode %llu %.200s",
		         (unsigned long long)m->episode, differs.text);
}

bool kit_verify(const struct workload *w, const struct machine *m, struct run_differs *out)
{
	const struct kit *kit = w->arg;

	out->n_about = 0;
	if (kit->board.no_claims)
		return true;
	if (!counts_ok(kit, out))
		return false;
	if (kit->mismatch[0]) {
		snprintf(out->text, sizeof(out->text), "%s", kit->mismatch);
		return false;
	}
	return board_ok(kit, m, out);
}
