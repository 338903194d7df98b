// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/kept_expect.h"

#include "oracle/check/check_if.h"
#include "oracle/check/known.h"

#include <inttypes.h>
#include <stdio.h>

static const char *whose(const struct differ *d, char *buf, size_t size)
{
	if (d->who->ihost)
		snprintf(buf, size, "the host on CPU %u", d->e->cpu);
	else
		snprintf(buf, size, "%s vCPU %u of VM %u", d->saved ? "the context of" : "guest",
		         d->who->vcpuid, d->who->vmid);
	return buf;
}

void kept_found(struct differ *d, enum reg r, u64 is, u64 want, u32 by)
{
	u32 bit = by ? by : 1u << 31;
	struct facts f;
	char text[64];

	if ((d->seen & bit) == bit)
		return;
	d->seen |= bit;
	facts_init(&f);
	f.by = by;
	facts_add(&f, "%s: %s is 0x%" PRIx64 ", and should be 0x%" PRIx64,
	          whose(d, text, sizeof(text)), reg_name(r), is, want);
	facts_value(&f, fact_should(fact_hex(reg_name(r), is), want));
	found_facts(d->j, d->row, d->e, &f);
}

_Static_assert(KNOWN_NR < 31, "bit 31 of a set of them is none");

struct differ kept_differ(struct judge *j, const struct event *e, enum check_row row,
                          const struct runs_on *who, bool saved)
{
	evaluated(j, CHK_KEPT);
	return (struct differ){ .j = j, .e = e, .row = row, .who = who, .saved = saved };
}
