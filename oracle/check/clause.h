/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * An invariant: a clause for each of many keys.  It may be false while somebody holds one of the key's locks, and must hold at
 * every cut, when nobody does.  It is owed for the keys that a change touches, and judged at the next cut (oracle/check/owed.h).
 *
 * The clauses' own files are inv_*.c.  What holds() reads is guarded by the key's locks.
 */
#include "oracle/check/facts.h"
#include "oracle/check/judge.h"

struct owed;

/* VACUOUS: what the clause presumes is not so, and it is not counted. */
enum clause_verdict { CLAUSE_VACUOUS, CLAUSE_HOLDS, CLAUSE_BROKEN };

/**
 * struct clause
 * @id:      its check; @row: of its finding
 * @changes: 1 << CH_*: changes that may touch it
 * @mappers: of CH_PAGE only those of a frame that somebody maps
 * @wrote:   may be NULL: objects, 1 << OBJ_*, of which it is told each difference itself
 * @touched: owe(o, key) for the keys that change @c may have made true or false
 * @diff:    the same for a difference of object @lk
 * @locks:   (bits) of a key
 * @holds:   BROKEN: @f says what clashes
 * @all:     owe(o, key) for each key for which it is not vacuous, any others as well
 */
struct clause {
	enum check_id id;
	enum check_row row;
	u32 changes, wrote;
	bool mappers;
	void (*touched)(struct owed *o, const struct world *w, const struct change *c);
	void (*diff)(struct owed *o, const struct world *w, lk_t lk, const struct diff *d);
	u64 (*locks)(const struct world *w, u64 key);
	enum clause_verdict (*holds)(const struct judge *j, u64 key, struct facts *f);
	void (*all)(struct owed *o, const struct world *w);
};

/* From inside touched(), diff() and all(). */
void owe(struct owed *o, u64 key);
/* The keys of this clause that are broken now, for which @match (arg, key) says so; NULL: all. */
void owe_broken(struct owed *o, bool (*match)(u64 arg, u64 key), u64 arg);

/*
 * From inside all(), for who looks at many keys at once: would keys with these locks be judged now, in a full evaluation?  Then @n of them
 * were found to hold; those that do not are owed.
 */
bool owed_now(const struct owed *o, u64 locks);
void owed_hold(struct owed *o, u64 n);

/* The clause by which a check judges, or NULL: the check is no invariant of this kind. */
const struct clause *clause_of(enum check_id id);

/* The clauses of inv_*.c. */
extern const struct clause clause_host_npt_cons, clause_host_flatmap, clause_host_iso,
	clause_host_count;
extern const struct clause clause_host_s2_map, clause_page_0_invalid, clause_counts;
extern const struct clause clause_vm_iso, clause_block_aligned;
extern const struct clause clause_smmu_vm, clause_smmu_iso, clause_smmu_count, clause_smmu_count_0;
extern const struct clause clause_remap_ptr, clause_core_map, clause_remap_addr, clause_core_remap,
	clause_remap_no_overlap;
extern const struct clause clause_table_next, clause_table_zero, clause_table_link,
	clause_table_block, clause_table_parents;
extern const struct clause clause_isolation;

/* Keys of three parts; the last has 40 bits, the others 8. */
static inline u64 key3(u64 a, u64 b, u64 c)
{
	return a << 48 | b << 40 | c;
}

static inline u64 key_a(u64 key)
{
	return key >> 48;
}

/* For owe_broken(): keys whose first part is @a. */
static inline bool key_begins(u64 a, u64 key)
{
	return key_a(key) == a;
}

static inline u64 key_b(u64 key)
{
	return key >> 40 & 0xff;
}

static inline u64 key_c(u64 key)
{
	return key & ((1ull << 40) - 1);
}

#define LOCK(lk) (1ull << (lk))
