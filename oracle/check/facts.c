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

const char *facts_owner(u64 owner, char *buf, size_t size)
{
	if (owner == HOSTVISOR)
		snprintf(buf, size, "the host");
	else if (owner == COREVISOR)
		snprintf(buf, size, "the core");
	else if (owner == INVALID)
		snprintf(buf, size, "nobody");
	else
		snprintf(buf, size, "VM %" PRIu64, owner);
	return buf;
}

void facts_maplet(struct facts *f, vmid_t vmid, u64 gfn, struct maplet m)
{
	char who[32], a[NUMBER_TEXT], b[NUMBER_TEXT], c[NUMBER_TEXT];

	f->pfn = m.pfn;
	facts_add(f, "%s maps gfn %s -> pfn %s, level %u, pte %s",
	          facts_owner(vmid, who, sizeof(who)), number_hex(gfn, a), number_hex(m.pfn, b),
	          m.level, number_hex(m.pte, c));
}

void facts_spt(struct facts *f, u32 bank, u64 gfn, struct maplet m)
{
	char a[NUMBER_TEXT], b[NUMBER_TEXT], c[NUMBER_TEXT];

	f->pfn = m.pfn;
	f->bank = bank;
	facts_add(f, "bank %u maps gfn %s -> pfn %s, pte %s", bank, number_hex(gfn, a),
	          number_hex(m.pfn, b), number_hex(m.pte, c));
}

void facts_page(struct facts *f, u64 pfn, struct page p)
{
	char who[32], at[NUMBER_TEXT], gfn[NUMBER_TEXT], count[NUMBER_TEXT];

	f->pfn = pfn;
	facts_add(f, "%sthe record of frame %s: owner %s, count %s, gfn %s", f->text[0] ? "; " : "",
	          number_hex(pfn, at), facts_owner(p.owner, who, sizeof(who)),
	          p.count == INVALID ? "INVALID" : number_hex(p.count, count),
	          p.gfn == INVALID64 ? "INVALID64" : number_hex(p.gfn, gfn));
}

void facts_vm(struct facts *f, const struct world *w, u64 vmid)
{
	static const char *const names[] = {
		[UNUSED] = "UNUSED",     [READY] = "READY",   [VERIFIED] = "VERIFIED",
		[POWEROFF] = "POWEROFF", [ACTIVE] = "ACTIVE", [MAPPED] = "MAPPED"
	};
	u64 state = world_value(w, INFO_ID + (lk_t)vmid, F_INFO_vm_state, 0);

	facts_add(f, "%sVM %" PRIu64 " is %s", f->text[0] ? "; " : "", vmid,
	          state < ARRAY_SIZE(names) ? names[state] : "in no state");
}
