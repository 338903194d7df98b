// SPDX-License-Identifier: GPL-2.0-only
#include "shmem/shared.h"

#include "cpu/point.h"
#include "cpu/say.h"
#include "lock/ticket.h"
#include "shmem/guard.h"
#include "sim/base/check.h"
#include "sim/log/write/writer.h"

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

	RELY(c, lk_is(c, lk), STUCK_RANGE, lk);
	if (ticket_halted(c))
		return;
	RELY(c, c->lock[lk] == LOCK_OWN, STUCK_LOCK_NOT_OWN, lk);
	RELY(c, BARS_ARE(c, BARRIER_VALID), STUCK_BARRIER, lk);
	point(c, POINT_PULL, lk);
	if (unlikely(c->env)) {
		c->env->append(c, lk, EV_OPULL, lk);
		RELY(c, high_ok(c, lk), STUCK_LOG_HIGH, lk);
		c->env->pull(c, lk, false);
	} else {
		o = &c->shared->obj[lk];
		digest_dbg(o);
		if (log_on(c->log))
			log_opull(c->log, lk, lk, o->digest);
	}
	c->lock[lk] = LOCK_OWN_PULLED;
	c->n_diffs[lk] = 0;
	c->tstate = 0;
}

void release_shared_event(struct cpu *c, const struct shared_event *e, lk_t lk)
{
	const char *prim = "release_shared";

	RELY_OF(prim, c, lk_is(c, lk), STUCK_RANGE, lk);
	if (ticket_halted(c))
		return;
	RELY_OF(prim, c, c->lock[lk] == LOCK_OWN_PULLED, STUCK_NOT_PULLED, lk);
	RELY_OF(prim, c, BARS_ARE(c, BARRIER_VALID), STUCK_BARRIER, lk);
	if (unlikely(c->env)) {
		c->env->push(c, lk, e);
		RELY_OF(prim, c, high_ok(c, lk), STUCK_LOG_HIGH, lk);
	} else {
		const struct obj *o;

		RELY_OF(prim, c, event_is_push(e->kind) && e->obj < ID_END, STUCK_RANGE, lk);
		o = &c->shared->obj[e->obj];
		digest_dbg(o);
		say_touched(c);
		if (log_on(c->log))
			log_push(c->log, lk, (enum event_kind)e->kind, o->digest, false);
		point(c, POINT_PUSHED, lk);
	}
	c->lock[lk] = LOCK_OWN;
	c->n_diffs[lk] = 0;
	c->tstate = 1;
}

void release_shared(struct cpu *c, lk_t lk)
{
	struct shared_event e;

	RELY(c, lk < ID_END, STUCK_RANGE, lk);
	e = (struct shared_event){ .kind = event_push_of(lk), .obj = lk };
	release_shared_event(c, &e, lk);
}

/* SOURCE: the lock is lock_idx_*, one less than the object's number (release_shared_*_spec) */
static void release_own(struct cpu *c, u32 kind, u64 id, bool exists)
{
	struct shared_event e = { .kind = kind, .obj = exists ? (lk_t)id : ENV_NO_OBJ };
	u64 lk = published(c, ERRATUM_LOCK_NUMBERING) ? id - 1 : id;

	RELY_OF("release_shared", c, lk < LK_SPACE, STUCK_RANGE, id);
	release_shared_event(c, &e, (lk_t)lk);
}

/* One past the last vmid is no vmid, although its number would be that of another object. */
static bool numbered(const struct cpu *c, vmid_t vmid)
{
	return is_vmid(vmid) || published(c, ERRATUM_LOCK_NUMBERING);
}

void release_shared_pt(struct cpu *c, vmid_t vmid)
{
	RELY(c, numbered(c, vmid), STUCK_RANGE, vmid);
	release_own(c, EV_ONPT, NPT_ID + (u64)vmid, is_vmid(vmid));
}

void release_shared_spt(struct cpu *c)
{
	release_own(c, EV_OSPT, SPT_ID, true);
}

void release_shared_s2page(struct cpu *c)
{
	release_own(c, EV_OS2_PAGE, S2PAGE_ID, true);
}

void release_shared_core(struct cpu *c)
{
	release_own(c, EV_OCORE_DATA, CORE_ID, true);
}

void release_shared_vm(struct cpu *c, vmid_t vmid)
{
	RELY(c, numbered(c, vmid), STUCK_RANGE, vmid);
	release_own(c, EV_OVMINFO, INFO_ID + (u64)vmid, is_vmid(vmid));
}

void release_shared_smmu(struct cpu *c)
{
	release_own(c, EV_OSMMU, SMMU_ID, true);
}

static struct obj *pulled(struct cpu *c, lk_t lk, u32 field, u64 index, const char *prim)
{
	const u64 args[] = { lk, field, index };

	if (unlikely(lk >= ID_END || field >= obj_n_fields(obj_kind_of(lk)) ||
	             !obj_index_ok(lk, field, index)))
		stuck_args(c, STUCK_RANGE, prim, ARRAY_SIZE(args), args);
	return guarded(c, lk, prim, ARRAY_SIZE(args), args);
}

u64 shared_load(struct cpu *c, lk_t lk, u32 field, u64 index)
{
	return cell_read(c, pulled(c, lk, field, index, __func__), field, index);
}

void shared_store(struct cpu *c, lk_t lk, u32 field, u64 index, u64 value)
{
	cell_write(c, pulled(c, lk, field, index, __func__), field, index, value);
}
