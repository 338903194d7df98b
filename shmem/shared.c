// SPDX-License-Identifier: GPL-2.0-only
#include "shmem/shared.h"

#include "sim/base/check.h"
#include "sim/log/writer.h"

int shared_init(struct shared *s, struct err *e)
{
	for (lk_t id = 0; id < ID_END; id++) {
		int rc = obj_init(&s->obj[id], id, e);

		if (rc < 0) {
			while (id-- > 0)
				obj_destroy(&s->obj[id]);
			return rc;
		}
	}
	return 0;
}

void shared_reset(struct shared *s)
{
	for (lk_t id = 0; id < ID_END; id++)
		obj_reset(&s->obj[id]);
}

void shared_destroy(struct shared *s)
{
	for (lk_t id = 0; id < ID_END; id++)
		obj_destroy(&s->obj[id]);
}

/* Small objects: does the digest that the setters kept say what the cells hold? */
static void digest_dbg(const struct obj *o)
{
	if (o->n_cells <= 256)
		SIM_ASSERT_DBG(obj_digest(o) == o->digest);
}

void acquire_shared(struct cpu *c, lk_t lk)
{
	const struct obj *o;

	RELY1(c, lk != FLATMEM_ID && lk < ID_END, STUCK_RANGE, lk);
	RELY1(c, c->lock[lk] == LOCK_OWN, STUCK_LOCK_NOT_OWN, lk);
	RELY1(c, BARS_ARE(c, BARRIER_VALID), STUCK_BARRIER, lk);
	o = &c->shared->obj[lk];
	digest_dbg(o);
	if (log_on(c->log))
		log_opull(c->log, lk, lk, o->digest);
	c->lock[lk] = LOCK_OWN_PULLED;
	c->tstate = 0;
}

void release_shared(struct cpu *c, lk_t lk)
{
	const struct obj *o;

	RELY1(c, lk != FLATMEM_ID && lk < ID_END, STUCK_RANGE, lk);
	RELY1(c, c->lock[lk] == LOCK_OWN_PULLED, STUCK_NOT_PULLED, lk);
	RELY1(c, BARS_ARE(c, BARRIER_VALID), STUCK_BARRIER, lk);
	o = &c->shared->obj[lk];
	digest_dbg(o);
	if (log_on(c->log))
		log_push(c->log, lk, event_push_of(lk), o->digest, false);
	c->lock[lk] = LOCK_OWN;
	c->tstate = 1;
}

static struct obj *pulled(struct cpu *c, lk_t lk, u32 field, u64 index, const char *prim)
{
	if (unlikely(lk >= ID_END || field >= obj_n_fields(obj_kind_of(lk)) ||
	             !obj_index_ok(lk, field, index)))
		stuck(c, STUCK_RANGE, prim, 2, lk, index);
	if (unlikely(c->lock[lk] != LOCK_OWN_PULLED))
		stuck(c, STUCK_NOT_PULLED, prim, 2, lk, index);
	if (unlikely(!BARS_ARE(c, BARRIER_VALID)))
		stuck(c, STUCK_BARRIER, prim, 2, lk, index);
	return &c->shared->obj[lk];
}

u64 shared_load(struct cpu *c, lk_t lk, u32 field, u64 index)
{
	return obj_get(pulled(c, lk, field, index, __func__), field, index);
}

void shared_store(struct cpu *c, lk_t lk, u32 field, u64 index, u64 value)
{
	struct obj *o = pulled(c, lk, field, index, __func__);
	u64 old = obj_get(o, field, index);

	obj_set(o, field, index, value);
	if (log_on(c->log) && value != old) {
		u64 cell = (index - obj_first_index(lk, field)) / obj_field(o->kind, field)->scale;

		log_diff(c->log, lk, field, cell, 1, value - old);
	}
}
