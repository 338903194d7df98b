// SPDX-License-Identifier: GPL-2.0-only
#include "cpu/point.h"

#include "cpu/perturb.h"
#include "shmem/obj/obj.h"

static const struct {
	const char *word, *sentence;
} rows[] = {
#define POINT(id, word, sentence) { word, sentence },
#include "cpu/point.def"
};

void point_reached(struct cpu *c, enum point_kind kind, u32 object)
{
	if (c->points == POINTS_CONTROLLED)
		c->control->point(c, kind, object);
	else
		perturb_draw(c);
}

void point_read(struct cpu *c, const struct obj *o, u32 field, u64 index)
{
	if (c->points == POINTS_CONTROLLED && c->control->read)
		c->control->read(c, o, field, index);
}

void point_look(struct cpu *c, const struct obj *o, u32 field, u64 index)
{
	if (o->id != FLATMEM_ID)
		point_reached(c, POINT_WALK, o->id);
	if (c->points == POINTS_CONTROLLED && c->control->look)
		c->control->look(c, o, field, index);
}

void point_slots(struct cpu *c, u32 owner, u64 first, u64 n, bool change)
{
	if (c->points == POINTS_CONTROLLED && c->control->slots)
		c->control->slots(c, owner, first, n, change);
}

void point_at_work(struct cpu *c, lk_t lk)
{
	if (c->points == POINTS_CONTROLLED && c->control->at_work)
		c->control->at_work(c, lk);
}

void point_uses(struct cpu *c, u32 id, bool write)
{
	if (c->points == POINTS_CONTROLLED && c->control->ctxt)
		c->control->ctxt(c, id, write);
}

const char *point_word(enum point_kind kind)
{
	return rows[kind].word;
}

const char *point_sentence(enum point_kind kind)
{
	return rows[kind].sentence;
}
