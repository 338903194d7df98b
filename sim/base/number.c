// SPDX-License-Identifier: GPL-2.0-only
#include "sim/base/number.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* One more digit of base @base; false: not below 2^64 any more. */
static bool push(u64 *v, u32 base, u32 digit)
{
	return !__builtin_mul_overflow(*v, (u64)base, v) &&
	       !__builtin_add_overflow(*v, (u64)digit, v);
}

static bool hexadecimal(const char *s, size_t len, u64 *out)
{
	u64 v = 0;

	for (size_t i = 0; i < len; i++) {
		static const char digits[] = "0123456789abcdef0123456789ABCDEF";
		const char *at = strchr(digits, s[i]);

		if (!s[i] || !at || !push(&v, 16, (u32)(at - digits) % 16))
			return false;
	}
	*out = v;
	return len > 0;
}

bool number_parse(const char *s, size_t len, u64 *out)
{
	size_t i = 0;
	u64 v = 0, power = 0;
	bool digits = false, more = true;

	if (len > 2 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
		return hexadecimal(s + 2, len - 2, out);
	for (; i < len && s[i] >= '0' && s[i] <= '9'; i++, digits = true)
		more = more && push(&v, 10, (u32)(s[i] - '0'));
	/* What stands behind the point must be made whole by the power. */
	size_t point = i < len && s[i] == '.' ? ++i : i;
	for (; i < len && i > 0 && s[point - 1] == '.' && s[i] >= '0' && s[i] <= '9'; i++)
		more = more && push(&v, 10, (u32)(s[i] - '0'));
	u64 behind = i - point;
	if (i < len && (s[i] == 'e' || s[i] == 'E')) {
		bool any = false;

		for (i++; i < len && s[i] >= '0' && s[i] <= '9'; i++, any = true)
			more = more && power < 100 && push(&power, 10, (u32)(s[i] - '0'));
		digits = digits && any;
	}
	if (!digits || !more || i != len || (point > 0 && s[point - 1] == '.' && behind == 0) ||
	    behind > power)
		return false;
	for (power -= behind; power > 0 && v > 0; power--)
		if (!push(&v, 10, 0))
			return false;
	*out = v;
	return true;
}

bool number_parse_size(const char *s, size_t len, u64 unit, u64 *out)
{
	static const char letters[] = "KMGT";
	const char *at = len > 1 && s[len - 1] ? strchr(letters, s[len - 1] & ~0x20) : NULL;
	bool hex = len > 1 && s[0] == '0' && (s[1] & ~0x20) == 'X';
	u64 v;

	if (at && !hex) {
		unit = 1024ull << (10 * (at - letters));
		len--;
	}
	return number_parse(s, len, &v) && !__builtin_mul_overflow(v, unit, out);
}

const char *number_hex(u64 v, char buf[static NUMBER_TEXT])
{
	snprintf(buf, NUMBER_TEXT, v < 10 ? "%" PRIu64 : "0x%" PRIx64, v);
	return buf;
}

const char *number_duration(double seconds, int digits, char buf[static DURATION_TEXT])
{
	if (seconds < 120)
		snprintf(buf, DURATION_TEXT, "%.*f s", digits, seconds);
	else if (seconds < 2 * 3600)
		snprintf(buf, DURATION_TEXT, "%.0f min", seconds / 60);
	else if (seconds < 2 * 86400)
		snprintf(buf, DURATION_TEXT, "%.*f h", digits, seconds / 3600);
	else
		snprintf(buf, DURATION_TEXT, "%.3g days", seconds / 86400);
	return buf;
}
