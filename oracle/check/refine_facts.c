// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/refine_facts.h"

#include <string.h>

/* The cell that a difference is about: of a leaf its entry, of a record its field. */
static bool place_of(const struct judge *j, const struct differing *d, u32 i, struct cell_at *out)
{
	const struct change *c = &d->place;

	if (!d->placed)
		return false;
	if (c->kind == CH_LEAF)
		return world_npt_entry(j->world, c->who, c->at, out);
	if (c->kind == CH_SPT_LEAF)
		return world_spt_entry(j->world, c->who, c->at, out);
	if (c->kind == CH_PAGE)
		return world_page_place(j->world, c->at,
		                        strcmp(d->value[i].name, "owner") == 0   ? F_S2PAGE_s2_owner
		                        : strcmp(d->value[i].name, "count") == 0 ? F_S2PAGE_s2_count
		                                                                 : F_S2PAGE_s2_gfn,
		                        out);
	*out = (struct cell_at){ .lk = c->lk, .field = c->field, .index = c->at };
	if (c->kind == CH_BANK)
		out->field = F_SMMU_smmu_vmid;
	else if (c->kind == CH_FLAT)
		out->field = F_FLATMEM_flatmem;
	return obj_index_ok(out->lk, out->field, out->index);
}

u32 differing_facts(const struct judge *j, enum hyp_op op, const struct differing *d,
                    struct fact out[FACTS_MAX])
{
	struct cell_at at;
	u32 n = 0;

	out[n++] = fact_word("operation", op_function(op));
	if (d->placed) {
		out[n++] = fact_object("object", d->place.lk);
		out[n++] = d->place.kind == CH_LEAF || d->place.kind == CH_SPT_LEAF
		                   ? fact_hex("gfn", d->place.at)
		           : d->place.kind == CH_PAGE || d->place.kind == CH_FLAT
		                   ? fact_hex("pfn", d->place.at)
		                   : fact_hex("at", d->place.at);
	}
	for (u32 i = 0; i < d->n && n < FACTS_MAX; i++) {
		enum fact_form form = d->value[i].hex ? FACT_HEX : FACT_COUNT;
		struct fact f = fact(d->value[i].name, form, d->value[i].is);

		if (strcmp(f.name, "owner") == 0)
			f.form = FACT_OWNER;
		f = fact_should(f, d->value[i].should);
		out[n++] = place_of(j, d, i, &at) ? fact_at(f, at.lk, at.field, at.index) : f;
	}
	return n;
}
