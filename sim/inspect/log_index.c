// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/log_index.h"

#include "sim/base/check.h"
#include "sim/inspect/sections.h"
#include "sim/log/read/merge_stash.h"
#include "sim/log/read/replay_stash.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void index_state_stash(struct log_source *s, const struct index_state *st, struct stash *out)
{
	struct merge *m = merge_of_source(s);
	u64 nowhere[MAX_CPU];
	struct nest none;

	if (!merge_stash(m, out))
		return;
	for (u32 i = 0; i < m->cpus; i++)
		stash_u64(out, st->episode ? &st->episode[i] : &nowhere[i]);
	nest_stash(st->nest ? st->nest : &none, m->cpus, out);
	/* What comes last is not read by who does not want it. */
	if (st->sections)
		sections_stash(st->sections, m->cpus, out);
}

void log_index_stash(struct log_index *ix, struct stash *s)
{
	stash_u32(s, &ix->n_points);
	if (s->load) {
		/* Each takes a byte at least. */
		if (ix->n_points == 0 || ix->n_points > (size_t)(s->end - s->cur)) {
			s->bad = true;
			ix->n_points = 0;
			return;
		}
		ix->point = xcalloc(ix->n_points, sizeof(*ix->point));
		ix->block = xcalloc(ix->n_points, sizeof(*ix->block));
	}
	for (u32 i = 0; i < ix->n_points; i++) {
		stash_u64(s, &ix->point[i].index);
		index_place_stash(&ix->point[i].state, s);
		index_place_stash(&ix->point[i].contents, s);
		stash_bool(s, &ix->point[i].whole);
		index_block_stash(&ix->block[i], s);
	}
	index_sums_stash(&ix->locks, s);
	index_place_stash(&ix->waits, s);
	index_place_stash(&ix->order, s);
}

struct log_index *log_index_open(const char *path, const struct log_name *name)
{
	struct log_index *ix = xcalloc(1, sizeof(*ix));
	struct stash s;

	ix->fd = index_in_open(path, name, &ix->bytes);
	if (ix->fd < 0) {
		log_index_close(ix);
		return NULL;
	}
	s = stash_of(ix->bytes.v, ix->bytes.n);
	log_index_stash(ix, &s);
	if (stash_done(&s))
		return ix;
	log_index_close(ix);
	return NULL;
}

void log_index_close(struct log_index *ix)
{
	if (!ix)
		return;
	if (ix->fd >= 0)
		close(ix->fd);
	for (u32 i = 0; i < ix->n_points; i++)
		index_block_free(&ix->block[i]);
	index_sums_free(&ix->locks);
	free(ix->block);
	free(ix->point);
	index_bytes_free(&ix->bytes);
	free(ix);
}

u64 log_index_bytes(const struct log_index *ix)
{
	struct stat st;

	return fstat(ix->fd, &st) == 0 ? (u64)st.st_size : 0;
}

/* The contents at point @point: of the last point that needs nothing before, and of all behind it. */
static bool go_contents(struct log_index *ix, u32 point, struct replay *r)
{
	u32 first = point;

	while (first > 0 && !ix->point[first].whole)
		first--;
	for (u32 i = first; i <= point; i++) {
		struct stash s;

		if (!index_in_part(ix->fd, &ix->point[i].contents, &ix->bytes))
			return false;
		s = stash_of(ix->bytes.v, ix->bytes.n);
		if (!replay_unstash(r, &s))
			return false;
	}
	return true;
}

/* Are the parts whole that go_contents() asks for? */
static bool contents_whole(struct log_index *ix, u32 point)
{
	for (u32 i = point;; i--) {
		if (!index_in_part(ix->fd, &ix->point[i].contents, &ix->bytes))
			return false;
		if (ix->point[i].whole)
			return true;
		if (i == 0)
			return false;
	}
}

bool log_index_go(struct log_index *ix, struct log_source *s, u32 point,
                  const struct index_state *st)
{
	struct merge *m = merge_of_source(s);
	struct stash was = stash_new(), to;
	bool ok;

	SIM_ASSERT(point < ix->n_points);
	if (ix->dead || (st->replay && !contents_whole(ix, point)) ||
	    !index_in_part(ix->fd, &ix->point[point].state, &ix->bytes)) {
		ix->dead = true;
		return false;
	}
	merge_stash(m, &was);
	to = stash_of(ix->bytes.v, ix->bytes.n);
	index_state_stash(s, st, &to);
	ok = !to.bad && m->n_events == ix->point[point].index;
	if (!ok) {
		/* A chunk that could be read when the index was made, and cannot be now: who reads on will come to it. */
		to = stash_of(was.out.v, was.out.n);
		ix->dead = true;
		ok = merge_stash(m, &to);
		SIM_ASSERT(ok);
		ok = false;
	} else if (st->replay) {
		ok = go_contents(ix, point, st->replay);
		SIM_ASSERT(ok);
	}
	vec_free(&was.out);
	return ok;
}

bool log_index_go_to_end(struct log_index *ix, struct log_source *s, const struct index_state *st)
{
	return log_index_go(ix, s, ix->n_points - 1, st);
}

bool index_walk(struct index_walk *w, struct log_source *s, u64 *index)
{
	struct log_index *ix = w->ix;
	u32 i, k;

	if (!ix || ix->dead)
		return false;
	k = w->read;
	/* Within a block that is read. */
	if (k && k <= ix->n_points && *index < ix->point[k - 1].index)
		return false;
	while (k < ix->n_points && *index >= ix->point[k].index)
		k++;
	if (k >= ix->n_points)
		return false;
	for (i = k; i < ix->n_points; i++) {
		u64 first = i ? ix->point[i - 1].index : 0;

		if (w->may(w->arg, &ix->block[i], first, ix->point[i].index - 1))
			break;
	}
	w->read = i + 1;
	if (i == k || i - k < w->least || !log_index_go(ix, s, i - 1, &w->st))
		return false;
	*index = ix->point[i - 1].index;
	return true;
}
