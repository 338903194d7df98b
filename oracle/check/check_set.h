/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* A set of checks. */
#include "oracle/check/finding.h"

enum { CHECK_SET_MAX = 128 };

_Static_assert((int)CHK_NR <= (int)CHECK_SET_MAX, "a set holds all checks");

struct check_set {
	u64 word[CHECK_SET_MAX / 64];
};

static inline bool check_set_has(const struct check_set *s, enum check_id id)
{
	return s->word[id / 64] >> id % 64 & 1;
}

static inline void check_set_add(struct check_set *s, enum check_id id)
{
	s->word[id / 64] |= 1ull << id % 64;
}

static inline void check_set_remove(struct check_set *s, enum check_id id)
{
	s->word[id / 64] &= ~(1ull << id % 64);
}

static inline void check_set_join(struct check_set *s, struct check_set other)
{
	for (u32 i = 0; i < CHECK_SET_MAX / 64; i++)
		s->word[i] |= other.word[i];
}

static inline struct check_set check_set_of(enum check_id id)
{
	struct check_set s = { 0 };

	check_set_add(&s, id);
	return s;
}

static inline struct check_set check_set_all(void)
{
	struct check_set s = { 0 };

	for (u32 id = 0; id < CHK_NR; id++)
		check_set_add(&s, (enum check_id)id);
	return s;
}

/* The checks of a group. */
static inline struct check_set check_set_group(enum check_group group)
{
	struct check_set s = { 0 };

	for (u32 id = 0; id < CHK_NR; id++)
		if (check_group((enum check_id)id) == group)
			check_set_add(&s, (enum check_id)id);
	return s;
}

/* The check, or all checks of the group, of that name (@len bytes).  False: there is none. */
static inline bool check_set_named(struct check_set *s, const char *name, size_t len)
{
	enum check_id id = check_by_name(name, len);
	enum check_group group = check_group_by_name(name, len);

	if (id < CHK_NR)
		check_set_add(s, id);
	else if (group < GROUP_NR)
		check_set_join(s, check_set_group(group));
	return id < CHK_NR || group < GROUP_NR;
}

/* Those of @first, its bit 0, and the 31 checks behind it: a family's own small set. */
static inline u32 check_set_bits(const struct check_set *s, enum check_id first)
{
	u32 bits = 0;

	for (u32 i = 0; i < 32 && first + i < CHK_NR; i++)
		bits |= (u32)check_set_has(s, (enum check_id)(first + i)) << i;
	return bits;
}
