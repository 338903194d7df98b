// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/decode_diff.h"

#include "sim/log/format.h"

/* Which cells of @field of object @lk: *at moves behind them.  NULL or what is wrong; *cells: but for the first. */
static const char *parse_cells(const u8 *body, u32 len, u32 lk, u64 field, bool range, u32 *at,
                               struct diff *out, u64 *cells)
{
	const struct obj_field *f = obj_field(obj_kind_of(lk), (u32)field);
	u64 first, base = obj_first_index(lk, (u32)field);
	u32 n;

	*cells = 0;
	if ((n = varint_get(body + *at, len - *at, &first)) == 0)
		return "a difference whose index does not end";
	*at += n;
	if (first >= f->count)
		return "a difference whose index is out of range";
	if (range) {
		if ((n = varint_get(body + *at, len - *at, cells)) == 0)
			return "a difference whose length does not end";
		*at += n;
		if (*cells >= f->count - first)
			return "a difference whose range leaves its field";
	}
	*out = (struct diff){ .field = (u16)field,
		              .first = base + first * f->scale,
		              .last = base + (first + *cells) * f->scale };
	return NULL;
}

const char *decode_diff_body(const u8 *body, u32 len, u32 lk, struct diff *out, u32 *taken)
{
	u64 head, cells, value;
	const char *why;
	u32 at, n;

	if ((at = varint_get(body, len, &head)) == 0)
		return "a difference whose field number does not end";
	if (head >> 1 >= obj_n_fields(obj_kind_of(lk)))
		return "a difference of a field that the object does not have";
	why = parse_cells(body, len, lk, head >> 1, head & 1, &at, out, &cells);
	if (why)
		return why;
	if ((n = varint_get(body + at, len - at, &value)) == 0)
		return "a difference whose value does not end";
	out->new = unzigzag(value);
	*taken = at + n;
	return NULL;
}

const char *decode_diff_oracle(const u8 *body, u32 len, u32 lk, u64 *known, struct diff *out,
                               u32 *taken)
{
	u64 head, cells, number;
	const char *why;
	u32 at, n;

	if (lk != FLATMEM_ID)
		return "a difference from the data oracle that is not flat memory's";
	if ((at = varint_get(body, len, &head)) == 0)
		return "a difference whose VM does not end";
	if (head >> 1 >= N_VMID)
		return "a difference of a VM that is out of range";
	why = parse_cells(body, len, lk, F_FLATMEM_flatmem, head & 1, &at, out, &cells);
	if (why)
		return why;
	if ((n = varint_get(body + at, len - at, &number)) == 0)
		return "a difference whose value does not end";
	out->oracle = true;
	out->vmid = (vmid_t)(head >> 1);
	out->index = known[out->vmid] + unzigzag(number);
	if (cells > ~out->index)
		return "a difference that leaves the data oracle's numbers";
	known[out->vmid] = out->index + cells + 1;
	*taken = at + n;
	return NULL;
}
