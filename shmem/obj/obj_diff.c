// SPDX-License-Identifier: GPL-2.0-only
/* The text form of differences. */
#include "shmem/obj/obj.h"

#include "sim/base/check.h"
#include "sim/base/number.h"

#include <stdio.h>
#include <string.h>

const char *diff_print(lk_t id, const struct diff *d, char *buf, size_t size)
{
	const struct obj_field *f = obj_field(obj_kind_of(id), d->field);
	char a[NUMBER_TEXT], b[NUMBER_TEXT];
	int n = snprintf(buf, size, "%s[%s", f->name, number_hex(d->first, a));

	SIM_ASSERT(d->both || d->oracle);
	if (n > 0 && (size_t)n < size && d->last != d->first)
		n += snprintf(buf + n, size - (size_t)n, "..%s", number_hex(d->last, a));
	if (n > 0 && (size_t)n < size && d->oracle)
		snprintf(buf + n, size - (size_t)n, "]=doracle(%u,%s)", d->vmid,
		         number_hex(d->index, a));
	else if (n > 0 && (size_t)n < size)
		snprintf(buf + n, size - (size_t)n, "]=%s>%s", number_hex(d->old, a),
		         number_hex(d->new, b));
	return buf;
}

/* A decimal or 0x number at t[*at]; false (and *at unmoved) when there is none or it leaves 64 bits. */
static bool number(const char *t, size_t len, size_t *at, u64 *out)
{
	size_t i = *at;
	u64 v = 0, base = 10;

	if (i + 2 < len && t[i] == '0' && (t[i + 1] == 'x' || t[i + 1] == 'X')) {
		base = 16;
		i += 2;
	}
	size_t start = i;
	for (; i < len; i++) {
		u64 digit;

		if (t[i] >= '0' && t[i] <= '9')
			digit = (u64)(t[i] - '0');
		else if (base == 16 && t[i] >= 'a' && t[i] <= 'f')
			digit = (u64)(t[i] - 'a') + 10;
		else if (base == 16 && t[i] >= 'A' && t[i] <= 'F')
			digit = (u64)(t[i] - 'A') + 10;
		else
			break;
		if (__builtin_mul_overflow(v, base, &v) || __builtin_add_overflow(v, digit, &v))
			return false;
	}
	if (i == start)
		return false;
	*at = i;
	*out = v;
	return true;
}

static bool literal(const char *t, size_t len, size_t *at, const char *what)
{
	size_t n = strlen(what);

	if (*at + n > len || memcmp(t + *at, what, n) != 0)
		return false;
	*at += n;
	return true;
}

#define EXPECT(cond, what)                  \
	do {                                \
		if (!(cond)) {              \
			*expected = (what); \
			return (int)at;     \
		}                           \
	} while (0)

/* What stands behind "doracle(", from t[*pos] on; as diff_parse(). */
static int parse_oracle(const char *t, size_t len, size_t *pos, struct diff *out,
                        const char **expected)
{
	size_t at = *pos, mark = at;
	u64 vmid = 0;

	out->both = false;
	out->oracle = true;
	EXPECT(number(t, len, &at, &vmid) && (vmid < N_VMID || ((at = mark), false)),
	       "a vmid 0..16");
	out->vmid = (vmid_t)vmid;
	EXPECT(literal(t, len, &at, ","), "',' and a number of the data oracle");
	mark = at;
	EXPECT(number(t, len, &at, &out->index) &&
	               (out->last - out->first <= ~out->index || ((at = mark), false)),
	       "a number below 2^64, and so for each cell");
	EXPECT(literal(t, len, &at, ")"), "')'");
	*pos = at;
	return -1;
}

int diff_parse(lk_t id, const char *t, size_t len, struct diff *out, const char **expected)
{
	size_t at = 0, mark;
	int field;

	while (at < len && t[at] != '[')
		at++;
	field = obj_field_by_name(obj_kind_of(id), t, at);
	if (field < 0) {
		*expected = "a field of the object, as field[index]=old>new";
		return 0;
	}
	*out = (struct diff){ .field = (u16)field, .both = true };
	EXPECT(literal(t, len, &at, "["), "'[' and an index");
	mark = at;
	EXPECT(number(t, len, &at, &out->first), "an index below 2^64");
	EXPECT(obj_index_ok(id, out->field, out->first) || ((at = mark), false),
	       "an index in the field's range");
	out->last = out->first;
	if (literal(t, len, &at, "..")) {
		mark = at;
		EXPECT(number(t, len, &at, &out->last), "the last index of the range");
		EXPECT((obj_index_ok(id, out->field, out->last) && out->last >= out->first) ||
		               ((at = mark), false),
		       "a last index in the field's range, not below the first");
	}
	EXPECT(literal(t, len, &at, "]="), "\"]=\" and the old value");
	if (obj_kind_of(id) == OBJ_FLATMEM && literal(t, len, &at, "doracle(")) {
		int wrong = parse_oracle(t, len, &at, out, expected);

		if (wrong >= 0)
			return wrong;
		EXPECT(at == len, "the end of the difference");
		return -1;
	}
	EXPECT(number(t, len, &at, &out->old), "the old value, below 2^64");
	EXPECT(literal(t, len, &at, ">"), "'>' and the new value");
	EXPECT(number(t, len, &at, &out->new), "the new value, below 2^64");
	EXPECT(at == len, "the end of the difference");
	return -1;
}
