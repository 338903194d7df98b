// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/decode_diff.h"

#include "sim/log/format.h"

/* Where the values of a difference's cells come from: the end of its body.  NULL or what is wrong. */
static const char *parse_values(const u8 *body, u32 len, u32 lk, bool oracle, u64 cells,
                                struct diff *out, u32 *taken)
{
	u64 value, vmid;
	u32 at = 0, n;

	if (oracle) {
		if (lk != FLATMEM_ID)
			return "a difference from the data oracle that is not flat memory's";
		if ((n = varint_get(body, len, &vmid)) == 0)
			return "a difference whose VM does not end";
		at = n;
		if (vmid >= N_VMID)
			return "a difference of a VM that is out of range";
		out->oracle = true;
		out->vmid = (vmid_t)vmid;
	}
	if ((n = varint_get(body + at, len - at, &value)) == 0)
		return "a difference whose value does not end";
	if (oracle && cells > ~value)
		return "a difference that leaves the data oracle's numbers";
	out->new = oracle ? value : unzigzag(value);
	*taken = at + n;
	return NULL;
}

const char *decode_diff_body(const u8 *body, u32 len, u32 lk, bool oracle, struct diff *out,
                             u32 *taken)
{
	enum obj_kind kind = obj_kind_of(lk);
	const struct obj_field *f;
	u64 head, first, cells = 0, base;
	const char *why;
	u32 at = 0, n;

	if ((n = varint_get(body, len, &head)) == 0)
		return "a difference whose field number does not end";
	at += n;
	if (head >> 1 >= obj_n_fields(kind))
		return "a difference of a field that the object does not have";
	f = obj_field(kind, (u32)(head >> 1));
	if ((n = varint_get(body + at, len - at, &first)) == 0)
		return "a difference whose index does not end";
	at += n;
	if (first >= f->count)
		return "a difference whose index is out of range";
	if (head & 1) {
		if ((n = varint_get(body + at, len - at, &cells)) == 0)
			return "a difference whose length does not end";
		at += n;
		if (cells >= f->count - first)
			return "a difference whose range leaves its field";
	}
	base = obj_first_index(lk, (u32)(head >> 1));
	*out = (struct diff){ .field = (u16)(head >> 1),
		              .first = base + first * f->scale,
		              .last = base + (first + cells) * f->scale };
	why = parse_values(body + at, len - at, lk, oracle, cells, out, &n);
	*taken = at + n;
	return why;
}
