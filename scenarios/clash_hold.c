// SPDX-License-Identifier: GPL-2.0-only
#include "scenarios/clash_hold.h"

#include "cpu/perturb.h"
#include "cpu/point.h"
#include "lock/share.h"
#include "lock/word.h"
#include "sim/base/relax.h"

void clash_set_stage(struct kit_cpu *k, enum clash_stage stage)
{
	struct clash_cpu *own = &clash_of(k)->cpu[k->id];

	board_set(&own->stage, clash_stage(own->turn, stage));
}

/* Tickets of the lock that are out. */
static u32 queued(const struct cpu *c, lk_t lk)
{
	u64 word = word_get_now(&c->locks->lock[lk].word);

	return word_ticket(word) - word_now(word);
}

static void hold(struct cpu *c, struct clash_cpu *own, lk_t lk)
{
	for (;;) {
		for (u32 n = 0; n < CLASH_WAIT_PAUSES; n++) {
			if (queued(c, lk) > own->come || board_get(&own->gone) >= own->come ||
			    flag_get(c->halt))
				return;
			cpu_relax();
		}
		if (own->patience == 0)
			return;
		own->patience--;
		share_rest(c);
	}
}

/* control_ops.point, of a CPU that holds: as any other CPU it is delayed now and then. */
static void at_point(struct cpu *c, enum point_kind kind, u32 object)
{
	struct kit_cpu *k = c->control_arg;
	struct clash_cpu *own = &clash_of(k)->cpu[k->id];

	c->points = own->perturb;
	if (own->perturb)
		perturb_draw(c);
	c->points = POINTS_CONTROLLED;
	if (kind != POINT_PULL)
		return;
	if (own->list && !clash_list_has((enum clash_list)own->list, (lk_t)object))
		return;
	own->sections++;
	if (own->sections < own->part || own->holds == 0)
		return;
	own->holds--;
	clash_set_stage(k, CLASH_INSIDE);
	hold(c, own, (lk_t)object);
}

static void nothing(struct cpu *c, struct obj *o, u32 field, u64 first, u64 n)
{
	(void)c;
	(void)o;
	(void)field;
	(void)first;
	(void)n;
}

static const struct control_ops holding = { .point = at_point, .note = nothing };

void clash_hold_begin(struct kit_cpu *k, enum clash_list list, u32 part, u32 rests)
{
	struct clash_cpu *own = &clash_of(k)->cpu[k->id];

	own->list = (u8)list;
	own->part = part;
	own->sections = 0;
	own->holds = CLASH_HOLDS;
	own->patience = rests;
	k->c->control = &holding;
	k->c->control_arg = k;
	k->c->points = POINTS_CONTROLLED;
}

bool clash_hold_end(struct kit_cpu *k)
{
	if (!k->c || k->c->control != &holding)
		return false;
	k->c->control = NULL;
	k->c->points = clash_of(k)->cpu[k->id].perturb;
	return true;
}
