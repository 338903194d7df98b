// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/spec/effect.h"

#include "sim/base/check.h"

#include <stddef.h>
#include <string.h>

void effect_reset(struct effect *out)
{
	memset(out, 0, offsetof(struct effect, change));
	out->branch = SPEC_BRANCH_NR;
	out->nested_want.op = HYP_OP_NR;
}

static bool value_equal(struct value a, struct value b)
{
	return a.v == b.v && a.mask == b.mask && a.take == b.take;
}

static bool after_equal(const struct change *a, const struct change *b)
{
	if (change_is_leaf(a))
		return maplet_equal(a->after.map, b->after.map);
	if (a->kind == CH_PAGE)
		return page_equal(a->after.page, b->after.page);
	return a->after.v == b->after.v;
}

static bool want_equal(const struct want *a, const struct want *b)
{
	return a->c.kind == b->c.kind && a->c.lk == b->c.lk && a->c.field == b->c.field &&
	       a->c.who == b->c.who && a->c.n == b->c.n && a->c.at == b->c.at &&
	       a->changes == b->changes && value_equal(a->value, b->value) &&
	       after_equal(&a->c, &b->c);
}

static bool changes_equal(const struct effect *a, const struct effect *b)
{
	bool equal = a->n_changes == b->n_changes;

	for (u32 i = 0; equal && i < a->n_changes; i++)
		equal = want_equal(&a->change[i], &b->change[i]);
	return equal;
}

static bool takes_equal(const struct effect *a, const struct effect *b)
{
	bool equal = a->n_takes == b->n_takes;

	for (u32 i = 0; equal && i < a->n_takes; i++) {
		const struct take *x = &a->take[i], *y = &b->take[i];

		equal = x->stream == y->stream && x->vmid == y->vmid && x->count == y->count &&
		        x->key == y->key;
	}
	return equal;
}

static bool regs_equal(const struct effect *a, const struct effect *b)
{
	bool equal = a->n_regs == b->n_regs;

	for (u32 i = 0; equal && i < a->n_regs; i++) {
		const struct want_reg *x = &a->reg[i], *y = &b->reg[i];

		equal = x->saved == y->saved && x->any == y->any && x->vmid == y->vmid &&
		        x->vcpuid == y->vcpuid && x->reg == y->reg &&
		        value_equal(x->value, y->value);
	}
	return equal;
}

static bool nested_equal(const struct effect *a, const struct effect *b)
{
	const struct op_nested *x = &a->nested_want, *y = &b->nested_want;

	return a->n_nested == b->n_nested && a->nested_wrong == b->nested_wrong &&
	       (!a->nested_wrong || (a->nested_at == b->nested_at && x->op == y->op &&
	                             memcmp(x->arg, y->arg, sizeof(x->arg)) == 0));
}

static bool outside_equal(const struct effect *a, const struct effect *b)
{
	const struct want_device *x = &a->write, *y = &b->write;

	if (a->flat != b->flat || a->device != b->device)
		return false;
	if (a->flat && (a->flat_pfn != b->flat_pfn || !value_equal(a->flat_value, b->flat_value)))
		return false;
	return !a->device ||
	       (x->address == y->address && x->value == y->value && x->bytes == y->bytes);
}

bool effect_equal(const struct effect *a, const struct effect *b)
{
	if (a->stuck || b->stuck)
		return a->stuck && b->stuck;
	return a->halts == b->halts && a->keeps == b->keeps && nested_equal(a, b) &&
	       (a->halts || a->result == b->result) && changes_equal(a, b) && takes_equal(a, b) &&
	       regs_equal(a, b) && outside_equal(a, b);
}

static struct value take(struct effect *out, struct take t)
{
	SIM_ASSERT(out->n_takes < EFFECT_TAKES);
	out->take[out->n_takes++] = t;
	return (struct value){ .take = (u8)out->n_takes, .mask = ~0ull };
}

struct value effect_take(struct effect *out, u8 stream, u16 vmid, u64 key)
{
	return take(out, (struct take){ .stream = stream, .vmid = vmid, .count = 1, .key = key });
}

void effect_take_any(struct effect *out, u8 stream, u16 vmid)
{
	take(out,
	     (struct take){ .stream = stream, .vmid = vmid, .count = TAKE_ANY, .key = INVALID64 });
}

static void forget(struct effect *out)
{
	out->n_changes = 0;
	out->n_takes = 0;
	out->n_regs = 0;
	out->flat = false;
	out->device = false;
}

void effect_halts(struct effect *out, u64 keeps)
{
	forget(out);
	out->halts = true;
	out->keeps = keeps;
}

void effect_stuck(struct effect *out)
{
	forget(out);
	out->stuck = true;
}

static struct want *add(struct effect *out, const struct change *c)
{
	struct want *w = &out->change[out->n_changes++];

	SIM_ASSERT(out->n_changes <= EFFECT_CHANGES);
	*w = (struct want){ .c = *c, .changes = 1 };
	return w;
}

/* Values of one cell. */
static void add_value(struct effect *out, struct change c, u64 before, struct value v)
{
	if (!v.take && before == v.v)
		return;
	c.n = 1;
	c.before.v = before;
	c.after.v = v.v;
	add(out, &c)->value = v;
}

void effect_page(struct effect *out, struct abs *s, u64 pfn, struct page page)
{
	struct change c = { .kind = CH_PAGE, .lk = S2PAGE_ID, .n = 1, .at = pfn };

	c.before.page = abs_page(s, pfn);
	c.after.page = page;
	if (!page_equal(c.before.page, page))
		add(out, &c);
}

void effect_vm(struct effect *out, struct abs *s, vmid_t vmid, u32 field, u64 i, struct value v)
{
	add_value(out,
	          (struct change){ .kind = CH_VM,
	                           .lk = (u8)(INFO_ID + vmid),
	                           .field = (u16)field,
	                           .who = (u16)vmid,
	                           .at = i },
	          abs_vm(s, vmid, field, i), v);
}

void effect_core(struct effect *out, struct abs *s, u32 field, u64 v)
{
	add_value(out, (struct change){ .kind = CH_CORE, .lk = CORE_ID, .field = (u16)field },
	          abs_core(s, field), value_of(v));
}

void effect_bank(struct effect *out, struct abs *s, u32 bank, u64 owner)
{
	add_value(out,
	          (struct change){ .kind = CH_BANK, .lk = SMMU_ID, .who = (u16)bank, .at = bank },
	          abs_bank(s, bank), value_of(owner));
}

void effect_entry(struct effect *out, struct abs *s, enum change_kind kind, lk_t lk, u32 field,
                  u64 at, u64 v)
{
	add_value(out,
	          (struct change){ .kind = (u8)kind,
	                           .lk = (u8)lk,
	                           .field = (u16)field,
	                           .who = (u16)(lk == SPT_ID ? 0 : lk - NPT_ID),
	                           .at = at },
	          abs_entry(s, lk, field, at), value_of(v));
}

void effect_no_entries(struct effect *out, lk_t lk, u32 field, u64 at, u32 n, u32 changes)
{
	struct change c = { .kind = CH_LINK, .lk = (u8)lk, .field = (u16)field, .n = n, .at = at };

	if (changes)
		add(out, &c)->changes = changes;
}

void effect_leaf(struct effect *out, bool spt, u32 who, u64 gfn, u32 n, u32 changes,
                 struct maplet before, struct maplet first)
{
	struct change c = { .kind = spt ? CH_SPT_LEAF : CH_LEAF,
		            .lk = (u8)(spt ? SPT_ID : NPT_ID + who),
		            .who = (u16)who,
		            .n = n,
		            .at = gfn };

	if (changes == 0)
		return;
	c.before.map = before;
	c.after.map = first;
	add(out, &c)->changes = changes;
}

void effect_flat(struct effect *out, u64 pfn, struct value v)
{
	out->flat = true;
	out->flat_pfn = pfn;
	out->flat_value = v;
}

void effect_reg(struct effect *out, struct want_reg reg)
{
	SIM_ASSERT(out->n_regs < EFFECT_REGS);
	out->reg[out->n_regs++] = reg;
}
