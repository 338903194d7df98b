// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/spec/differs.h"

#include "oracle/spec/say.h"

/* As if nothing had happened at this place. */
static struct change unchanged(struct change c)
{
	c.after = c.before;
	return c;
}

static bool is_of(const struct take *t, const struct took *k)
{
	return t->stream == k->stream && t->vmid == k->vmid &&
	       (t->key == INVALID64 || t->key == k->n);
}

/* The first value of take @t; false: none was taken. */
static bool taken(const struct did *did, const struct take *t, u64 *v)
{
	for (u32 i = 0; i < did->n_took; i++) {
		if (!is_of(t, &did->took[i]))
			continue;
		*v = did->took[i].value;
		return true;
	}
	return false;
}

/* What a value is; one that was not taken is told by takes_differ(). */
static bool resolve(const struct effect *want, const struct did *did, struct value v, u64 *out)
{
	*out = v.v;
	if (v.take == 0)
		return true;
	if (!taken(did, &want->take[v.take - 1], out))
		return false;
	*out &= v.mask;
	return true;
}

static bool same_cell(const struct change *want, const struct change *c)
{
	return want->kind == c->kind && want->lk == c->lk && want->who == c->who &&
	       (change_is_leaf(want) || want->kind == CH_PAGE || want->field == c->field);
}

static bool same_after(const struct change *want, const struct change *c)
{
	if (want->kind == CH_PAGE)
		return page_equal(want->after.page, c->after.page);
	if (change_is_leaf(want))
		return maplet_equal(change_maplet(want->after.map, c->at - want->at),
		                    c->after.map) &&
		       (c->n == 1 ||
		        change_maplet(c->after.map, 1).pfn ==
		                change_maplet(want->after.map, c->at + 1 - want->at).pfn);
	return want->after.v == c->after.v;
}

/* Distance of two places of a kind: entries lie 8 bytes apart. */
static u64 stride(const struct change *c)
{
	return c->kind == CH_LINK ? 8 : 1;
}

/**
 * struct tally - [n] wants
 * @want: [i] want number i, one whose value comes from outside as it came: @taken
 * @seen: [i] places of it that changed as they should
 * @any:  [i] what it should become was taken from outside, and is not known
 */
struct tally {
	u32 n, seen[EFFECT_CHANGES];
	bool any[EFFECT_CHANGES];
	const struct change *want[EFFECT_CHANGES];
	struct change taken[EFFECT_CHANGES];
};

static void value_differs(struct differing *out, const char *name, u64 should, u64 is, bool hex)
{
	if (out->n == ARRAY_SIZE(out->value) || should == is)
		return;
	out->value[out->n].name = name;
	out->value[out->n].should = should;
	out->value[out->n].is = is;
	out->value[out->n++].hex = hex;
}

/* What say_differs() says, as values. */
static void change_differs(struct differing *out, const struct change *place,
                           const struct change *should, const struct change *is)
{
	out->placed = true;
	out->place = *place;
	if (place->kind == CH_PAGE) {
		struct page s = should->after.page, i = is->after.page;

		value_differs(out, "owner", s.owner, i.owner, false);
		value_differs(out, "count", s.count, i.count, false);
		value_differs(out, "page_gfn", s.gfn, i.gfn, true);
	} else if (change_is_leaf(place)) {
		struct maplet s = change_maplet(should->after.map, place->at - should->at);
		struct maplet i = change_maplet(is->after.map, place->at - is->at);

		value_differs(out, "pfn", s.pfn, i.pfn, true);
		value_differs(out, "level", s.level, i.level, false);
		value_differs(out, "pte", s.pte, i.pte, true);
	} else {
		value_differs(out, "value", should->after.v, is->after.v, true);
	}
}

static bool one_change(const struct change *c, struct tally *tally, struct text *t,
                       struct differing *out)
{
	struct change was;

	for (u32 i = 0; i < tally->n; i++) {
		const struct change *w = tally->want[i];

		if (!same_cell(w, c) || c->at < w->at || c->at - w->at >= w->n * stride(w))
			continue;
		if (tally->any[i] || same_after(w, c)) {
			tally->seen[i] += c->n;
			return true;
		}
		say_differs(t, c, w, c);
		change_differs(out, c, w, c);
		return false;
	}
	was = unchanged(*c);
	say_differs(t, c, &was, c);
	change_differs(out, c, &was, c);
	return false;
}

static void say_missing(struct text *t, struct differing *out, const struct want *w,
                        const struct change *want, u32 seen)
{
	struct change is = unchanged(*want);

	change_differs(out, want, want, &is);
	if (want->n == 1) {
		say_differs(t, want, want, &is);
		return;
	}
	if (change_is_leaf(want)) {
		say(t, "%u gfns from ", want->n);
		say_number(t, want->at);
		say(t, " on should be mapped to ");
		say_map(t, want->after.map);
		say(t, "%s", want->after.map.level ? " and those behind it" : "");
	} else {
		say(t, "%u entries from ", want->n);
		say_number(t, want->at);
		say(t, " on should be ");
		say_number(t, want->after.v);
	}
	say(t, ", %u of %u that were not have become so", seen, w->changes);
}

static bool changes_differ(const struct effect *want, const struct did *did, struct text *t,
                           struct differing *out)
{
	struct tally tally;

	tally.n = want->n_changes;
	for (u32 i = 0; i < want->n_changes; i++) {
		const struct want *w = &want->change[i];

		tally.seen[i] = 0;
		tally.any[i] = false;
		tally.want[i] = &w->c;
		if (!w->value.take)
			continue;
		tally.taken[i] = w->c;
		tally.any[i] = !resolve(want, did, w->value, &tally.taken[i].after.v);
		tally.want[i] = &tally.taken[i];
	}
	for (u32 i = 0; i < did->n_changes; i++)
		if (did->change[i].kind != CH_FLAT && !one_change(&did->change[i], &tally, t, out))
			return true;
	for (u32 i = 0; i < want->n_changes; i++) {
		if (tally.any[i] || tally.seen[i] >= want->change[i].changes ||
		    (want->change[i].value.take &&
		     tally.want[i]->after.v == tally.want[i]->before.v))
			continue;
		say_missing(t, out, &want->change[i], tally.want[i], tally.seen[i]);
		return true;
	}
	return false;
}

/* Frame of flat memory. */
static void flat_place(struct differing *out, u64 pfn)
{
	out->placed = true;
	out->place = (struct change){ .kind = CH_FLAT, .lk = FLATMEM_ID, .n = 1, .at = pfn };
}

static bool flat_differs(const struct effect *want, const struct did *did, struct text *t,
                         struct differing *out)
{
	u64 v;

	value_differs(out, "changes_of_flat_memory", want->flat, did->n_flat, false);
	if (want->flat)
		flat_place(out, want->flat_pfn);
	if (did->n_flat > want->flat) {
		const struct did_flat *f = &did->flat[want->flat];

		say(t, "it should change flat memory %s, does %u times",
		    want->flat ? "once" : "not at all", did->n_flat);
		if (f->other != INVALID64) {
			say(t, ", frame ");
			say_number(t, f->other);
		}
		return true;
	}
	if (!want->flat)
		return false;
	if (did->n_flat == 0) {
		say(t, "frame ");
		say_number(t, want->flat_pfn);
		say(t, " should be written, and is not");
		return true;
	}
	/* every one of the hypervisor's own lies in a section of the frame's record: until it is over nobody else has the frame */
	if (!(did->flat->held & LK(S2PAGE_ID))) {
		say(t, "frame ");
		say_number(t, want->flat_pfn);
		say(t, " should be written while S2PAGE is held, and is not");
		return true;
	}
	if (did->flat->other != INVALID64) {
		say(t, "frame ");
		say_number(t, want->flat_pfn);
		say(t, " should be written, frame ");
		say_number(t, did->flat->other);
		say(t, " is");
		return true;
	}
	if (!resolve(want, did, want->flat_value, &v) || did->flat->holds == v)
		return false;
	value_differs(out, "value", v, did->flat->holds, true);
	say(t, "frame ");
	say_number(t, want->flat_pfn);
	say(t, " should hold ");
	say_number(t, v);
	say(t, "%s, holds ", want->flat_value.take ? ", which was taken from outside" : "");
	say_number(t, did->flat->holds);
	return true;
}

static const char *stream_name(u32 stream)
{
	const char *word = mark_word(NULL, MARG_STREAM, stream, NULL, 0);

	return word ? word : "?";
}

static bool takes_differ(const struct effect *want, const struct did *did, struct text *t,
                         struct differing *out)
{
	for (u32 i = 0; i < did->n_took; i++) {
		bool asked = false;

		for (u32 k = 0; k < want->n_takes; k++)
			asked |= is_of(&want->take[k], &did->took[i]);
		if (asked)
			continue;
		value_differs(out, "taken", 0, did->took[i].count, false);
		say(t, "it takes value %llu of %s of VM %u from outside, and should not",
		    (unsigned long long)did->took[i].n, stream_name(did->took[i].stream),
		    did->took[i].vmid);
		return true;
	}
	for (u32 k = 0; k < want->n_takes; k++) {
		const struct take *w = &want->take[k];
		u64 n = 0;

		for (u32 i = 0; i < did->n_took; i++)
			n += is_of(w, &did->took[i]) ? did->took[i].count : 0;
		if (w->count == TAKE_ANY || w->count == n)
			continue;
		value_differs(out, "taken", w->count, n, false);
		say(t, "it should take %u value%s of %s of VM %u from outside, takes %llu",
		    w->count, w->count == 1 ? "" : "s", stream_name(w->stream), w->vmid,
		    (unsigned long long)n);
		return true;
	}
	return false;
}

static bool same_reg(const struct want_reg *w, const struct did_reg *d)
{
	return w->saved == d->saved &&
	       (!w->saved || (w->vmid == d->vmid && w->vcpuid == d->vcpuid));
}

static void say_reg(struct text *t, bool saved, u16 vmid, u16 vcpuid, u16 reg)
{
	say(t, "%s", reg_name(reg));
	if (saved)
		say(t, " of the saved context of vCPU %u of VM %u", vcpuid, vmid);
	else
		say(t, " of the CPU");
}

static bool registers_differ(const struct effect *want, const struct did *did, struct text *t,
                             struct differing *out)
{
	for (u32 i = 0; i < did->n_regs; i++) {
		const struct did_reg *d = &did->reg[i];
		bool asked = false;
		u64 v;

		for (u32 k = 0; k < want->n_regs; k++) {
			const struct want_reg *w = &want->reg[k];

			if (!same_reg(w, d) || (!w->any && w->reg != d->reg))
				continue;
			asked = true;
			if (w->any || !resolve(want, did, w->value, &v) || v == d->value)
				continue;
			value_differs(out, reg_name(d->reg), v, d->value, true);
			say_reg(t, d->saved, d->vmid, d->vcpuid, d->reg);
			say(t, " should be ");
			say_number(t, v);
			say(t, ", is ");
			say_number(t, d->value);
			return true;
		}
		if (asked)
			continue;
		say_reg(t, d->saved, d->vmid, d->vcpuid, d->reg);
		say(t, " becomes ");
		say_number(t, d->value);
		say(t, ", and should stay as it is");
		return true;
	}
	return false;
}

static bool devices_differ(const struct effect *want, const struct did *did, struct text *t,
                           struct differing *out)
{
	const struct want_device *d = did->device, *w = &want->write;

	if (did->n_devices != want->device) {
		value_differs(out, "device_writes", want->device, did->n_devices, false);
		say(t, "it should write to %s of a device, writes %u times",
		    want->device ? "one register" : "no register", did->n_devices);
		return true;
	}
	if (!want->device ||
	    (d->address == w->address && d->value == w->value && d->bytes == w->bytes))
		return false;
	value_differs(out, "address", w->address, d->address, true);
	value_differs(out, "value", w->value, d->value, true);
	value_differs(out, "bytes", w->bytes, d->bytes, false);
	say(t, "the device should get ");
	say_number(t, w->value);
	say(t, " (%llu bytes) at ", (unsigned long long)w->bytes);
	say_number(t, w->address);
	say(t, ", gets ");
	say_number(t, d->value);
	say(t, " (%llu bytes) at ", (unsigned long long)d->bytes);
	say_number(t, d->address);
	return true;
}

static void say_nested(struct text *t, const struct effect *want, const struct did *did)
{
	char call[160];

	if (!want->nested_wrong || want->nested_want.op == HYP_OP_NR) {
		say(t, "%u operations should be inside it, %u are",
		    want->nested_wrong ? want->nested_at : want->n_nested, did->n_nested);
		return;
	}
	say(t, "operation %u inside it should be %s", want->nested_at + 1,
	    op_print(want->nested_want.op, op_n_args(want->nested_want.op), want->nested_want.arg,
	             call, sizeof(call)));
}

enum differs effect_differs(enum hyp_op op, const struct effect *want, const struct did *did,
                            struct differing *out, char *buf, size_t size)
{
	struct text t = { buf, size, 0 };
	struct differing none;

	out = out ? out : &none;
	out->n = 0;
	out->placed = false;

	if (size)
		buf[0] = '\0';
	if (want->stuck) {
		say(&t, "the pages have no such step: it should be stuck");
		return DIFFERS_STUCK;
	}
	if (want->halts != did->halted) {
		value_differs(out, "halts", want->halts, did->halted, false);
		say(&t, "the machine should%s halt in it, and %s", want->halts ? "" : " not",
		    did->halted ? "does" : "does not");
		return DIFFERS_HALT;
	}
	if (want->halts && want->keeps != did->kept) {
		value_differs(out, "locks_kept", want->keeps, did->kept, true);
		say(&t, "locks that stay held should be ");
		say_locks(&t, want->keeps);
		say(&t, ", are ");
		say_locks(&t, did->kept);
		return DIFFERS_KEPT;
	}
	if (want->nested_wrong || want->n_nested != did->n_nested) {
		value_differs(out, "nested", want->nested_wrong ? want->nested_at : want->n_nested,
		              did->n_nested, false);
		say_nested(&t, want, did);
		return DIFFERS_NESTED;
	}
	if (changes_differ(want, did, &t, out))
		return DIFFERS_EFFECT;
	if (did->knows_flat && flat_differs(want, did, &t, out))
		return DIFFERS_FLAT;
	if (did->knows_outside && takes_differ(want, did, &t, out))
		return DIFFERS_TAKEN;
	if (did->knows_regs && registers_differ(want, did, &t, out))
		return DIFFERS_REGISTER;
	if (devices_differ(want, did, &t, out))
		return DIFFERS_REGISTER;
	if (!did->halted && *op_result(op) && want->result != did->result) {
		value_differs(out, "result", want->result, did->result, true);
		say(&t, "it should give ");
		say_number(&t, want->result);
		say(&t, ", gives ");
		say_number(&t, did->result);
		return DIFFERS_RESULT;
	}
	return DIFFERS_NOT;
}
