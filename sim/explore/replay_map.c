// SPDX-License-Identifier: GPL-2.0-only
/* Which calls of one scope are those of another. */
#include "sim/base/vec.h"
#include "sim/explore/replay.h"

#include <stdlib.h>
#include <string.h>

/* How well two calls correspond: 0: not at all. */
enum { SAME_PRIM = 1, SAME_TEXT = 4, SAME_EXPECTS = 1 };

static bool same_expects(const struct scope_call *a, const struct scope_call *b)
{
	for (u32 i = 0; i < a->n_expects && i < b->n_expects; i++)
		if (strcmp(a->expect[i].text, b->expect[i].text) != 0)
			return false;
	return a->n_expects == b->n_expects;
}

static u32 likeness(const struct scope_call *a, const struct scope_call *b)
{
	if (strcmp(a->text, b->text) == 0)
		return SAME_TEXT + (same_expects(a, b) ? SAME_EXPECTS : 0);
	return a->prim == b->prim ? SAME_PRIM : 0;
}

/*
 * The best correspondence of two programs in which none crosses another: its weight.  @call: [to->n] becomes what corresponds in @from;
 * NULL: nobody asks.
 */
static u32 align(const struct scope_calls *from, const struct scope_calls *to, u16 *call)
{
	u32 w = from->n + 1, best;
	u32 *t = xcalloc((size_t)w * (to->n + 1), sizeof(*t));

	for (u32 i = to->n; i-- > 0;)
		for (u32 k = from->n; k-- > 0;) {
			u32 like = likeness(&to->v[i], &from->v[k]);
			u32 both = like ? like + t[(i + 1) * w + k + 1] : 0;
			u32 skip = t[(i + 1) * w + k] > t[i * w + k + 1] ? t[(i + 1) * w + k]
			                                                 : t[i * w + k + 1];

			t[i * w + k] = both > skip ? both : skip;
		}
	best = t[0];
	for (u32 i = 0, k = 0; call && i < to->n;) {
		u32 like = k < from->n ? likeness(&to->v[i], &from->v[k]) : 0;

		if (like && t[i * w + k] == like + t[(i + 1) * w + k + 1]) {
			call[i++] = (u16)k++;
		} else if (k < from->n && t[i * w + k] == t[i * w + k + 1]) {
			k++;
		} else {
			call[i++] = NO_CALL;
		}
	}
	free(t);
	return best;
}

void replay_map_new(struct replay_map *m, const struct scope *from, const struct scope *to)
{
	u32 *weight = xcalloc((size_t)to->cpus * from->cpus, sizeof(*weight));
	bool done[EXPLORE_CPUS] = { false };
	u64 left = ~0ull;

	for (u32 i = 0; i < to->cpus; i++)
		for (u32 k = 0; k < from->cpus; k++)
			weight[i * from->cpus + k] =
				2 * align(&from->program[k], &to->program[i], NULL) + (i == k);
	for (u32 i = 0; i < EXPLORE_CPUS; i++) {
		m->cpu[i] = NOBODY;
		m->call[i] = NULL;
	}
	/* The pair that corresponds best, then the best of what is left; of two that are as good the one with equal numbers. */
	for (;;) {
		u32 best = 0, a = 0, b = 0;

		for (u32 i = 0; i < to->cpus; i++)
			for (u32 k = 0; k < from->cpus; k++) {
				u32 is = weight[i * from->cpus + k];

				if (done[i] || !(left >> k & 1) || to->program[i].n == 0)
					continue;
				if (is > 1 && is > best) {
					best = is;
					a = i;
					b = k;
				}
			}
		if (best == 0)
			break;
		done[a] = true;
		left &= ~(1ull << b);
		m->cpu[a] = b;
		m->call[a] = xcalloc(to->program[a].n, sizeof(u16));
		align(&from->program[b], &to->program[a], m->call[a]);
	}
	free(weight);
}

void replay_map_free(struct replay_map *m)
{
	for (u32 i = 0; i < EXPLORE_CPUS; i++)
		free(m->call[i]);
}
