// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/index_waits.h"

#include "sim/base/vec.h"

#include <stdlib.h>
#include <string.h>

static void begin(struct index_waiting *w)
{
	w->first_asked = w->first_got = ~0ull;
	w->last_got = 0;
}

struct index_waiting *index_waiting_new(void)
{
	struct index_waiting *w = xcalloc(1, sizeof(*w));

	w->blocks = stash_new();
	begin(w);
	return w;
}

void index_waiting_free(struct index_waiting *w)
{
	vec_free(&w->blocks.out);
	free(w);
}

void index_waiting_done(struct index_waiting *w, const struct lock_section *s)
{
	struct index_waits *of = &w->of[s->lk][s->cpu];

	if (s->depth == 0)
		return;
	w->cpus[s->lk] |= 1ull << s->cpu;
	w->first_asked = min_u64(w->first_asked, s->asked.index);
	w->first_got = min_u64(w->first_got, s->got.index);
	w->last_got = max_u64(w->last_got, s->got.index);
	of->count++;
	for (u32 by = 0; by < WAITS_BY_NR; by++) {
		struct wait_length length = wait_length((enum waits_by)by, s);

		if (wait_longer(length, of->longest[by]))
			of->longest[by] = length;
	}
}

static void stash_waits(struct index_waits *of, struct stash *s)
{
	stash_u64(s, &of->count);
	for (u32 by = 0; by < WAITS_BY_NR; by++) {
		stash_u64(s, &of->longest[by].value);
		stash_u64(s, &of->longest[by].between);
	}
}

/* The CPUs of each lock that have some, and what they have. */
void index_waiting_block(struct index_waiting *w)
{
	struct stash *s = &w->blocks;

	stash_u64(s, &w->first_asked);
	stash_u64(s, &w->first_got);
	stash_u64(s, &w->last_got);
	for (u32 lk = 0; lk < ID_END; lk++) {
		stash_u64(s, &w->cpus[lk]);
		for (; w->cpus[lk]; w->cpus[lk] &= w->cpus[lk] - 1) {
			struct index_waits *of = &w->of[lk][__builtin_ctzll(w->cpus[lk])];

			stash_waits(of, s);
			memset(of, 0, sizeof(*of));
		}
	}
	begin(w);
}

int index_waiting_end(struct index_waiting *w, struct index_out *out, struct index_place *p,
                      struct err *e)
{
	return index_out_part(out, w->blocks.out.v, w->blocks.out.n, p, e);
}

static void add(struct index_waited *to, const struct index_waits *of, enum waits_by by)
{
	if (to->count == 0 || wait_longer(of->longest[by], to->longest))
		to->longest = of->longest[by];
	to->count += of->count;
}

static void read_block(struct index_waited *to, enum waits_by by, u64 locks, u64 cpus,
                       struct stash *s)
{
	stash_u64(s, &to->first_asked);
	stash_u64(s, &to->first_got);
	stash_u64(s, &to->last_got);
	for (u32 lk = 0; lk < ID_END; lk++) {
		u64 these = 0;

		stash_u64(s, &these);
		for (; these && !s->bad; these &= these - 1) {
			u64 cpu = these & -these;
			struct index_waits of;

			stash_waits(&of, s);
			if (locks >> lk & 1 && cpus & cpu)
				add(to, &of, by);
		}
	}
}

struct index_waited *index_waited_read(int fd, const struct index_place *p,
                                       struct index_bytes *bytes, u32 n, enum waits_by by,
                                       u64 locks, u64 cpus)
{
	struct index_waited *block = xcalloc(n, sizeof(*block));
	struct stash s;

	if (index_in_part(fd, p, bytes)) {
		s = stash_of(bytes->v, bytes->n);
		for (u32 i = 0; i < n; i++)
			read_block(&block[i], by, locks, cpus, &s);
		if (stash_done(&s))
			return block;
	}
	free(block);
	return NULL;
}
