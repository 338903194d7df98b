// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/wakeup.h"

#include "sim/base/vec.h"

#include <stdlib.h>
#include <string.h>

bool touches_independent(const touch_t *a, u32 n_a, const touch_t *b, u32 n_b)
{
	for (u32 i = 0; i < n_a; i++)
		for (u32 k = 0; k < n_b; k++)
			if (touch_conflicts(a[i], b[k]))
				return false;
	return true;
}

/*
 * Nothing of what stands before step number @k of @v happens before it.  What is known of a step that is unsure is what it touched
 * elsewhere: what the same step touches where @v begins, @touch, says whether the others change it.
 */
static bool comes_first(const struct wake_step *v, u32 k, const touch_t *touch, u32 n_touch,
                        bool unsure)
{
	for (u32 i = 0; i < k; i++) {
		if (v[k].unsure && !touches_independent(v[i].touch, v[i].n_touch, touch, n_touch))
			return false;
		if ((!v[k].unsure || unsure) && clock_has(v[k].after, v[i].cpu, v[i].nth))
			return false;
	}
	return true;
}

bool wake_initial(const struct wake_step *v, u32 n, u32 cpu, const touch_t *touch, u32 n_touch,
                  bool unsure, u32 *at)
{
	u32 first = 0;

	while (first < n && v[first].cpu != cpu)
		first++;
	*at = first;
	if (first < n)
		return comes_first(v, first, touch, n_touch, unsure);
	for (u32 i = 0; i < n; i++)
		if (!touches_independent(v[i].touch, v[i].n_touch, touch, n_touch))
			return false;
	return true;
}

struct wake_node *wake_node_new(const struct wake_step *s)
{
	struct wake_node *w = xmalloc(sizeof(*w) + s->n_touch * sizeof(touch_t));

	*w = (struct wake_node){ .cpu = s->cpu, .n_touch = s->n_touch, .unsure = s->unsure };
	w->touch = (touch_t *)(void *)(w + 1);
	if (s->n_touch)
		memcpy(w->touch, s->touch, s->n_touch * sizeof(touch_t));
	return w;
}

/* Behind the last of @at's list a new sequence. */
static void append(struct wake_node **at, const struct wake_step *v, u32 n)
{
	while (*at)
		at = &(*at)->next;
	for (u32 i = 0; i < n; i++) {
		*at = wake_node_new(&v[i]);
		at = &(*at)->child;
	}
}

bool wake_insert(struct wake_node **tree, struct wake_step *v, u32 n)
{
	struct wake_node **list = tree;

	while (n > 0) {
		struct wake_node *w = *list;
		u32 at = n;

		while (w && !wake_initial(v, n, w->cpu, w->touch, w->n_touch, w->unsure, &at))
			w = w->next;
		if (!w) {
			append(list, v, n);
			return true;
		}
		if (!w->child)
			return false;
		if (at < n) {
			memmove(v + at, v + at + 1, (n - at - 1) * sizeof(*v));
			n--;
		}
		list = &w->child;
	}
	return false;
}

void wake_free_one(struct wake_node *node)
{
	free(node);
}

void wake_free(struct wake_node *tree)
{
	while (tree) {
		struct wake_node *next = tree->next;

		wake_free(tree->child);
		free(tree);
		tree = next;
	}
}
