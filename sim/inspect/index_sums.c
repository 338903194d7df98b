// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/index_sums.h"

#include "sim/inspect/lock_sums.h"

void index_sums_free(struct index_sums *x)
{
	for (u32 l = 0; l < INDEX_SUMS_LEVELS; l++)
		vec_free(&x->level[l]);
}

void index_sums_stash(struct index_sums *x, struct stash *s)
{
	index_place_stash(&x->whole, s);
	for (u32 l = 0; l < INDEX_SUMS_LEVELS; l++) {
		u32 n = x->level[l].n;

		stash_u32(s, &n);
		for (u32 i = 0; i < n && !s->bad; i++) {
			struct index_place p = { .offset = 0 };

			if (!s->load)
				p = x->level[l].v[i];
			index_place_stash(&p, s);
			if (s->load)
				vec_push(&x->level[l], p);
		}
	}
}

/* Add a table; false: it is damaged, and nothing is in @t. */
static bool take(int fd, const struct index_place *p, struct index_bytes *bytes,
                 struct lock_sums *t)
{
	struct stash s;

	if (index_in_part(fd, p, bytes)) {
		s = stash_of(bytes->v, bytes->n);
		lock_sums_stash(t, &s);
		if (stash_done(&s))
			return true;
	}
	lock_sums_clear(t);
	return false;
}

bool index_sums_whole(int fd, const struct index_sums *x, struct index_bytes *bytes,
                      struct lock_sums *t)
{
	return take(fd, &x->whole, bytes, t);
}

/* The table of most blocks that begins with block @at and has none behind @end; *n: how many it has.  NULL: there is none. */
static const struct index_place *longest(const struct index_sums *x, u32 at, u32 end, u32 *n)
{
	const struct index_place *found = NULL;
	u64 blocks = INDEX_SUMS_FAN;

	for (u32 l = 0; l < INDEX_SUMS_LEVELS; l++, blocks *= INDEX_SUMS_FAN) {
		if (at % blocks || at + blocks > end || at / blocks >= x->level[l].n)
			break;
		found = &x->level[l].v[at / blocks];
		*n = (u32)blocks;
	}
	return found;
}

bool index_sums_take(int fd, const struct index_sums *x, struct index_bytes *bytes, u32 first,
                     u32 end, struct lock_sums *t, u32 *from, u32 *to)
{
	const struct index_place *p;
	u32 n = 0;

	*from = *to = (first + INDEX_SUMS_FAN - 1) / INDEX_SUMS_FAN * INDEX_SUMS_FAN;
	for (; (p = longest(x, *to, end, &n)); *to += n)
		if (!take(fd, p, bytes, t))
			return false;
	return true;
}

void index_summing_begin(struct index_summing *m, bool timed)
{
	*m = (struct index_summing){ .n = 0 };
	for (u32 l = 0; l <= INDEX_SUMS_LEVELS; l++)
		m->part[l] = lock_sums_new(timed);
}

void index_summing_free(struct index_summing *m)
{
	for (u32 l = 0; l <= INDEX_SUMS_LEVELS; l++)
		lock_sums_free(m->part[l]);
}

static int put(struct lock_sums *t, struct index_out *out, struct index_place *p, struct err *e)
{
	struct stash s = stash_new();
	int rc;

	lock_sums_stash(t, &s);
	rc = index_out_part(out, s.out.v, s.out.n, p, e);
	vec_free(&s.out);
	return rc;
}

int index_summing_block(struct index_summing *m, struct index_out *out, struct index_sums *x,
                        struct err *e)
{
	u64 blocks = INDEX_SUMS_FAN;

	m->n++;
	for (u32 l = 0; l < INDEX_SUMS_LEVELS && m->n % blocks == 0; l++) {
		struct index_place p;
		int rc = put(m->part[l], out, &p, e);

		if (rc < 0)
			return rc;
		vec_push(&x->level[l], p);
		lock_sums_add(m->part[l + 1], m->part[l]);
		lock_sums_clear(m->part[l]);
		blocks *= INDEX_SUMS_FAN;
	}
	return 0;
}

int index_summing_end(struct index_summing *m, struct index_out *out, struct index_sums *x,
                      struct err *e)
{
	struct lock_sums *all = m->part[INDEX_SUMS_LEVELS];

	for (u32 l = 0; l < INDEX_SUMS_LEVELS; l++)
		lock_sums_add(all, m->part[l]);
	return put(all, out, &x->whole, e);
}
