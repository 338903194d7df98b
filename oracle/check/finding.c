// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/finding.h"

#include "sim/base/check.h"

#include <string.h>

static const struct {
	const char *name, *source, *sentence;
} checks[CHK_NR] = {
#define CHECK(id, n, family, src, s) [CHK_##id] = { n, src, s },
#include "oracle/check/check.def"
};

static const struct {
	enum check_id check;
	const char *name, *sentence;
} rows[CHECK_ROW_NR] = {
#define ROW(c, id, s) [ROW_##id] = { CHK_##c, #id, s },
#include "oracle/check/check.def"
};

const char *check_name(enum check_id id)
{
	SIM_ASSERT(id < CHK_NR);
	return checks[id].name;
}

const char *check_source(enum check_id id)
{
	SIM_ASSERT(id < CHK_NR);
	return checks[id].source;
}

const char *check_sentence(enum check_id id)
{
	SIM_ASSERT(id < CHK_NR);
	return checks[id].sentence;
}

enum check_id check_by_name(const char *name, size_t len)
{
	u32 id = 0;

	while (id < CHK_NR &&
	       (strlen(checks[id].name) != len || memcmp(checks[id].name, name, len) != 0))
		id++;
	return (enum check_id)id;
}

const char *check_row_name(enum check_row row)
{
	SIM_ASSERT(row < CHECK_ROW_NR);
	return rows[row].name;
}

const char *check_row_sentence(enum check_row row)
{
	SIM_ASSERT(row < CHECK_ROW_NR);
	return rows[row].sentence;
}

enum check_id check_row_check(enum check_row row)
{
	SIM_ASSERT(row < CHECK_ROW_NR);
	return rows[row].check;
}
