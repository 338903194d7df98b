// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/facts.h"

#include "sim/base/number.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

void facts_add(struct facts *f, const char *fmt, ...)
{
	size_t at = strlen(f->text);
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(f->text + at, sizeof(f->text) - at, fmt, ap);
	va_end(ap);
}

void facts_value(struct facts *f, struct fact v)
{
	if (f->n < FACTS_MAX)
		f->fact[f->n++] = v;
}

/* The parts of a maplet; @has: the entry that it comes from is known, @at. */
static void maplet_values(struct facts *f, u64 gfn, struct maplet m, bool has, struct cell_at at)
{
	struct fact pte = fact_hex("pte", m.pte);

	facts_value(f, fact_hex("gfn", gfn));
	facts_value(f, fact_hex("pfn", m.pfn));
	facts_value(f, fact_n("level", m.level));
	facts_value(f, has ? fact_at(pte, at.lk, at.field, at.index) : pte);
}

void facts_maplet(struct facts *f, const struct world *w, vmid_t vmid, u64 gfn, struct maplet m)
{
	char who[32], a[NUMBER_TEXT], b[NUMBER_TEXT], c[NUMBER_TEXT];
	struct cell_at at = { 0 };

	f->pfn = m.pfn;
	facts_add(f, "%s maps gfn %s -> pfn %s, level %u, pte %s",
	          facts_owner(vmid, who, sizeof(who)), number_hex(gfn, a), number_hex(m.pfn, b),
	          m.level, number_hex(m.pte, c));
	facts_value(f, fact("who", FACT_OWNER, vmid));
	maplet_values(f, gfn, m, world_npt_entry(w, vmid, gfn, &at), at);
}

void facts_spt(struct facts *f, const struct world *w, u32 bank, u64 gfn, struct maplet m)
{
	char a[NUMBER_TEXT], b[NUMBER_TEXT], c[NUMBER_TEXT];
	struct cell_at at = { 0 };

	f->pfn = m.pfn;
	f->bank = bank;
	facts_add(f, "bank %u maps gfn %s -> pfn %s, pte %s", bank, number_hex(gfn, a),
	          number_hex(m.pfn, b), number_hex(m.pte, c));
	facts_value(f, fact_n("bank", bank));
	maplet_values(f, gfn, m, world_spt_entry(w, bank, gfn, &at), at);
}

static void page_words(struct facts *f, u64 pfn, struct page p)
{
	char who[32], at[NUMBER_TEXT], gfn[NUMBER_TEXT], count[NUMBER_TEXT];

	f->pfn = pfn;
	facts_add(f, "%sthe record of frame %s: owner %s, count %s, gfn %s", f->text[0] ? "; " : "",
	          number_hex(pfn, at), facts_owner(p.owner, who, sizeof(who)),
	          p.count == INVALID ? "INVALID" : number_hex(p.count, count),
	          p.gfn == INVALID64 ? "INVALID64" : number_hex(p.gfn, gfn));
}

/* A field of the frame's record. */
static void page_value(struct facts *f, const struct world *w, u64 pfn, u32 field, struct fact v)
{
	struct cell_at at;

	facts_value(f, world_page_place(w, pfn, field, &at) ? fact_at(v, at.lk, at.field, at.index)
	                                                    : v);
}

void facts_page(struct facts *f, const struct world *w, u64 pfn, struct page p)
{
	page_words(f, pfn, p);
	facts_value(f, fact_hex("frame", pfn));
	page_value(f, w, pfn, F_S2PAGE_s2_owner, fact("owner", FACT_OWNER, p.owner));
	page_value(f, w, pfn, F_S2PAGE_s2_count, fact_n("count", p.count));
	page_value(f, w, pfn, F_S2PAGE_s2_gfn, fact_hex("page_gfn", p.gfn));
}

void facts_page_behind(struct facts *f, u64 pfn, struct page is)
{
	facts_add(f, "; behind the section");
	page_words(f, pfn, is);
}

void facts_page_was(struct facts *f, const struct world *w, u64 pfn, struct page was,
                    struct page is)
{
	page_words(f, pfn, was);
	facts_value(f, fact_hex("frame", pfn));
	page_value(f, w, pfn, F_S2PAGE_s2_owner,
	           fact_was(fact("owner", FACT_OWNER, is.owner), was.owner));
	page_value(f, w, pfn, F_S2PAGE_s2_count, fact_was(fact_n("count", is.count), was.count));
	page_value(f, w, pfn, F_S2PAGE_s2_gfn, fact_was(fact_hex("page_gfn", is.gfn), was.gfn));
}

void facts_vm(struct facts *f, const struct world *w, u64 vmid)
{
	u64 state = world_value(w, INFO_ID + (lk_t)vmid, F_INFO_vm_state, 0);

	facts_add(f, "%sVM %" PRIu64 " is %s", f->text[0] ? "; " : "", vmid, state_name(state));
	facts_value(f, fact_n("vmid", vmid));
	facts_value(f, fact_at(fact("vm_state", FACT_STATE, state), INFO_ID + (lk_t)vmid,
	                       F_INFO_vm_state, 0));
}
