// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/about.h"

#include "shmem/obj/region.h"
#include "sim/base/number.h"
#include "sim/log/op.h"

#include <inttypes.h>
#include <stdio.h>

/* The record's field, from the contents of @lk. */
static void take(struct contents *s, const struct judge *j, struct about *a, lk_t lk, u32 field,
                 u64 index)
{
	const struct obj *o = contents_of(s, j, lk);

	if (!o || !obj_index_ok(lk, field, index))
		return;
	a->field[a->n_fields++] =
		(struct about_field){ obj_field(o->kind, field)->name, obj_get(o, field, index) };
}

/* What other CPUs changed last, and what this one did. */
static void changes(const struct touched *t, struct about *a, u32 cpu, lk_t lk, u32 field,
                    u64 index)
{
	struct touched_want w = { .cpu = cpu, .field = field, .lk = lk, .index = index };
	struct touch more[ABOUT_OTHERS];

	for (u32 own = 0; own < 2; own++) {
		u32 n;

		w.own = own;
		n = touched_last(t, &w, more, own ? 1 : ABOUT_OTHERS);
		for (u32 i = 0; i < n && a->n_changes < ABOUT_CHANGES; i++)
			a->change[a->n_changes++] = more[i];
	}
}

static void about_frame(struct contents *s, const struct judge *j, const struct touched *t, u32 cpu,
                        struct about *a)
{
	u64 page = region_page_index(&j->fixed, a->number);

	a->page = page;
	if (page != INVALID64) {
		take(s, j, a, S2PAGE_ID, F_S2PAGE_s2_owner, page);
		take(s, j, a, S2PAGE_ID, F_S2PAGE_s2_count, page);
		take(s, j, a, S2PAGE_ID, F_S2PAGE_s2_gfn, page);
		changes(t, a, cpu, S2PAGE_ID, ~0u, page);
	}
	changes(t, a, cpu, FLATMEM_ID, ~0u, a->number);
}

static void about_one(struct contents *s, const struct judge *j, const struct touched *t, u32 cpu,
                      struct about *a)
{
	switch (a->what) {
	case MV_ABOUT_FRAME:
		about_frame(s, j, t, cpu, a);
		break;
	case MV_ABOUT_VM:
		if (a->number >= N_VMID)
			break;
		take(s, j, a, INFO_ID + (lk_t)a->number, F_INFO_vm_state, 0);
		changes(t, a, cpu, INFO_ID + (lk_t)a->number, ~0u, 0);
		break;
	case MV_ABOUT_VCPU:
		if (a->vmid >= N_VMID)
			break;
		take(s, j, a, INFO_ID + (lk_t)a->vmid, F_INFO_vm_vcpu_state, a->number);
		changes(t, a, cpu, INFO_ID + (lk_t)a->vmid, F_INFO_vm_vcpu_state, a->number);
		break;
	case MV_ABOUT_BANK:
		take(s, j, a, SMMU_ID, F_SMMU_smmu_vmid, a->number);
		changes(t, a, cpu, SMMU_ID, ~0u, a->number);
		break;
	}
}

u32 about_of(struct contents *s, const struct judge *j, const struct touched *t,
             const struct event *e, struct about out[ABOUT_MAX])
{
	u64 vmid = INVALID64, frame = t->cpu[e->cpu].frame;
	u32 n = 0;

	for (u32 i = 2; i + 1 < e->n && n + 1 < ABOUT_MAX; i += 2, n++) {
		out[n] = (struct about){ .what = (u32)min_u64(e->args[i], ~0u),
			                 .number = e->args[i + 1] };
		if (out[n].what == MV_ABOUT_VM)
			vmid = out[n].number;
		if (out[n].what == MV_ABOUT_FRAME && out[n].number == frame)
			frame = INVALID64;
		out[n].vmid = vmid;
	}
	if (frame != INVALID64 && !(e->flags & EVF_RUN))
		out[n++] = (struct about){ .what = MV_ABOUT_FRAME, .number = frame };
	for (u32 i = 0; i < n; i++)
		about_one(s, j, t, e->flags & EVF_RUN ? ~0u : e->cpu, &out[i]);
	return n;
}

const char *about_print(const struct about *a, char *buf, size_t size)
{
	char word[MARK_WORD], v[NUMBER_TEXT];
	size_t at = (size_t)snprintf(buf, size, "%s %s",
	                             mark_print(NULL, MARG_ABOUT, a->what, word, sizeof(word)),
	                             number_hex(a->number, v));

	if (a->what == MV_ABOUT_VCPU && at < size)
		at += (size_t)snprintf(buf + at, size - at, " of VM %s", number_hex(a->vmid, v));
	if (a->what == MV_ABOUT_FRAME && a->page != INVALID64 && at < size)
		at += (size_t)snprintf(buf + at, size - at, " (page %s)", number_hex(a->page, v));
	for (u32 i = 0; i < a->n_fields && at < size; i++)
		at += (size_t)snprintf(buf + at, size - at, "%s%s %s", i ? ", " : ": ",
		                       a->field[i].name, number_hex(a->field[i].value, v));
	if (a->n_fields == 0 && at < size)
		snprintf(buf + at, size - at, ": the log has no record of it");
	return buf;
}

const char *about_change_print(const struct touch *t, const struct log_config *config, char *buf,
                               size_t size)
{
	char first[NUMBER_TEXT], last[NUMBER_TEXT], value[NUMBER_TEXT];
	size_t at = (size_t)snprintf(buf, size, "CPU %u, event %" PRIu64, t->cpu, t->index);

	if (t->work < config->n_ops && at < size)
		at += (size_t)snprintf(buf + at, size - at, ", %s", config->op_names[t->work]);
	if (t->op != TOUCHED_NO_OP && at < size)
		at += (size_t)snprintf(buf + at, size - at, ", %s", op_function(t->op));
	if (at < size)
		snprintf(buf + at, size - at, ": %s[%s%s%s] = %s%s",
		         obj_field(obj_kind_of(t->lk), t->field)->name, number_hex(t->first, first),
		         t->last != t->first ? ".." : "",
		         t->last != t->first ? number_hex(t->last, last) : "",
		         t->outside ? "from outside, number " : "", number_hex(t->value, value));
	return buf;
}
