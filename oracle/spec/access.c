// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/spec/access.h"

#include "oracle/spec/say.h"

/* It came as far as a frame. */
static bool has_frame(const struct access *a)
{
	return a->how == MV_ACCESS_OWN || a->how == MV_ACCESS_SHARED;
}

static bool knows(const struct abs *s, lk_t lk)
{
	return s->held >> lk & 1;
}

/* A device's bank is that of who runs on the CPU; beyond the model, somebody's. */
static bool bank_fits(struct abs *s, const struct access *a, struct text *t)
{
	u64 owner;

	if (!a->device || !knows(s, SMMU_ID))
		return true;
	owner = abs_bank(s, a->bank);
	if ((a->dma ? owner < COREVISOR : owner == a->vmid) == (a->how != MV_ACCESS_NOT_OWNER))
		return true;
	say(t, "the owner of context bank %u is ", a->bank);
	say_number(t, owner);
	return false;
}

/* A VM accesses nothing unless it is VERIFIED. */
static bool state_fits(struct abs *s, const struct access *a, struct text *t)
{
	u64 state;

	if (!is_vm(a->vmid) || !knows(s, INFO_ID + a->vmid) || a->how == MV_ACCESS_NOT_OWNER)
		return true;
	state = abs_vm(s, a->vmid, F_INFO_vm_state, 0);
	if ((state == VERIFIED) == (a->how != MV_ACCESS_NOT_VERIFIED))
		return true;
	say(t, "the state of VM %u is %llu", a->vmid, (unsigned long long)state);
	return false;
}

static bool translation_fits(struct abs *s, const struct access *a, lk_t table, struct text *t)
{
	struct maplet m;

	if (!a->walked || !knows(s, table) || (!has_frame(a) && a->how != MV_ACCESS_NO_TRANSLATION))
		return true;
	m = a->device ? abs_spt(s, a->bank, a->gfn) : abs_npt(s, a->vmid, a->gfn);
	if (m.pfn == (has_frame(a) ? a->pfn : 0))
		return true;
	say(t, "gfn ");
	say_number(t, a->gfn);
	say(t, " is mapped to ");
	say_map(t, m);
	return false;
}

/* The host's is what it owns; a VM's what it shares with nobody, INVALID being no 0 (31/E26). */
static bool record_fits(struct abs *s, const struct access *a, struct text *t)
{
	struct page p;
	u32 how;

	if (!knows(s, S2PAGE_ID) || (!has_frame(a) && a->how != MV_ACCESS_NO_RECORD))
		return true;
	p = abs_page(s, a->pfn);
	if (a->vmid == HOSTVISOR)
		how = p.owner == HOSTVISOR ? MV_ACCESS_OWN : MV_ACCESS_SHARED;
	else
		how = p.owner == INVALID ? MV_ACCESS_NO_RECORD
		      : p.count == 0     ? MV_ACCESS_OWN
		                         : MV_ACCESS_SHARED;
	if (how == a->how)
		return true;
	say(t, "frame ");
	say_number(t, a->pfn);
	say(t, " has owner ");
	say_number(t, p.owner);
	say(t, " and count ");
	say_number(t, p.count);
	return false;
}

bool access_fits(struct abs *s, const struct access *a, lk_t *on, char *buf, size_t size)
{
	lk_t table = a->device ? (lk_t)SPT_ID : NPT_ID + a->vmid;
	struct text t = { buf, size, 0 };

	if (size)
		buf[0] = '\0';
	*on = SMMU_ID;
	if (!bank_fits(s, a, &t))
		return false;
	*on = INFO_ID + a->vmid;
	if (!state_fits(s, a, &t))
		return false;
	*on = table;
	if (!translation_fits(s, a, table, &t))
		return false;
	*on = S2PAGE_ID;
	return record_fits(s, a, &t);
}
