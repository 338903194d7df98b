// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/finding.h"

#include "sim/base/check.h"

#include <string.h>

static const struct {
	const char *name, *sentence;
} groups[GROUP_NR] = {
#define GROUP(id, n, s) [GROUP_##id] = { n, s },
#include "oracle/check/check.def"
};

static const struct {
	const char *name;
	enum check_group group;
	enum told_by told_by;
	const char *clauses, *source, *sentence;
} checks[CHK_NR] = {
#define CHECK(id, n, family, g, told, clauses, src, s) \
	[CHK_##id] = { n, GROUP_##g, TOLD_BY_##told, clauses, src, s },
#include "oracle/check/check.def"
};

static const struct {
	enum check_id check;
	const char *name, *sentence;
} rows[CHECK_ROW_NR] = {
#define ROW(c, id, s) [ROW_##id] = { CHK_##c, #id, s },
#include "oracle/check/check.def"
};

static const char *const implied[CHK_NR] = {
#define IMPLIED(id, by) [CHK_##id] = by,
#include "oracle/check/implied.def"
};

const char *check_implied(enum check_id id)
{
	SIM_ASSERT(id < CHK_NR);
	return implied[id] ? implied[id] : "";
}

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

enum check_group check_group(enum check_id id)
{
	SIM_ASSERT(id < CHK_NR);
	return checks[id].group;
}

enum told_by check_told_by(enum check_id id)
{
	SIM_ASSERT(id < CHK_NR);
	return checks[id].told_by;
}

const char *check_clauses(enum check_id id)
{
	SIM_ASSERT(id < CHK_NR);
	return checks[id].clauses;
}

bool check_has_clause(enum check_id id, const char *clause, size_t len)
{
	for (const char *p = check_clauses(id); *p; p += strspn(p, " ")) {
		size_t n = strcspn(p, " ");

		if (n == len && memcmp(p, clause, len) == 0)
			return true;
		p += n;
	}
	return false;
}

static bool is_name(const char *known, const char *name, size_t len)
{
	return strlen(known) == len && memcmp(known, name, len) == 0;
}

enum check_id check_by_name(const char *name, size_t len)
{
	u32 id = 0;

	while (id < CHK_NR && !is_name(checks[id].name, name, len))
		id++;
	return (enum check_id)id;
}

const char *check_group_name(enum check_group group)
{
	SIM_ASSERT(group < GROUP_NR);
	return groups[group].name;
}

const char *check_group_sentence(enum check_group group)
{
	SIM_ASSERT(group < GROUP_NR);
	return groups[group].sentence;
}

enum check_group check_group_by_name(const char *name, size_t len)
{
	u32 group = 0;

	while (group < GROUP_NR && !is_name(groups[group].name, name, len))
		group++;
	return (enum check_group)group;
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
