// SPDX-License-Identifier: GPL-2.0-only
#include "sim/machine/undo.h"

#include "cpu/say.h"
#include "shmem/obj/resident.h"
#include "shmem/tlb.h"
#include "sim/base/check.h"
#include "sim/base/large.h"
#include "sim/base/rng.h"
#include "sim/base/vec.h"
#include "sim/log/write/keep.h"

#include <stdlib.h>
#include <string.h>

_Static_assert((int)ID_END <= 64, "objects have a bit each");
_Static_assert((int)MAX_CPU <= 64, "CPUs have a bit each");

struct saved_cell {
	u64 *cell, old;
};

/**
 * struct machine_undo
 * @log:     NULL: it is off
 * @cpu, @says, @tlbs: [cpus] @says, @tlbs: NULL: the machine has none
 * @ctxts, @said: [n_ctxts] @said: NULL: there is no log
 * @cells:   what cells held before they changed, oldest first
 * @objs:    a bit for each object that may have changed, whose digest was @digest[]
 * @touched: contexts that may have changed, each once: those with @is_touched[]
 */
struct machine_undo {
	struct machine *m;
	struct log_keep *log;
	u64 word[ID_END];
	u32 number;
	struct flag halt, stop;
	u64 episode;
	struct data_logs data_logs;
	struct cpu *cpu;
	struct say *says;
	struct tlb *tlbs;
	u32 n_ctxts;
	struct ctxt *ctxts;
	struct say_set *said;
	VEC(struct saved_cell) cells;
	u64 objs;
	u64 digest[ID_END];
	VEC(u32) touched;
	bool *is_touched;
};

/* Room for @n copies of @size bytes where cache lines begin; *failed: there is none. */
static void *copies(u32 n, size_t size, bool *failed)
{
	void *p = NULL;

	if (posix_memalign(&p, CACHE_LINE, n * size) != 0) {
		*failed = true;
		return NULL;
	}
	return memset(p, 0, n * size);
}

int machine_undo_new(struct machine_undo **out, struct machine *m, struct err *e)
{
	struct machine_undo *u = calloc(1, sizeof(*u));
	u32 cpus = m->params.cpus;
	bool failed = !u, remembers;
	int rc = 0;

	SIM_ASSERT(m->locks.policy.admit == 0);
	if (failed)
		return err_set(e, ERR_MEMORY, "no memory to undo a machine");
	u->m = m;
	u->n_ctxts = N_VMID * m->model.vcpu_per_vm;
	u->cpu = copies(cpus, sizeof(*u->cpu), &failed);
	u->ctxts = copies(u->n_ctxts, sizeof(*u->ctxts), &failed);
	u->is_touched = copies(u->n_ctxts, sizeof(*u->is_touched), &failed);
	if (m->tlbs)
		u->tlbs = copies(cpus, sizeof(*u->tlbs), &failed);
	if (m->says) {
		u->says = copies(cpus, sizeof(*u->says), &failed);
		u->said = copies(u->n_ctxts, sizeof(*u->said), &failed);
	}
	if (failed)
		rc = err_set(e, ERR_MEMORY, "no memory to undo a machine of %u CPUs", cpus);
	else if (log_on(log_writer(m->log, 0)))
		rc = log_keep_new(&u->log, m->log, e);
	if (rc < 0) {
		machine_undo_free(u);
		return rc;
	}
	remembers = resident_works();
	/* Who runs many executions looks at memory itself many times. */
	for (lk_t id = 0; id < ID_END && remembers; id++)
		obj_remember_resident(&m->shared.obj[id]);
	machine_undo_base(u);
	*out = u;
	return 0;
}

void machine_undo_free(struct machine_undo *u)
{
	if (!u)
		return;
	log_keep_free(u->log);
	free(u->cpu);
	free(u->says);
	free(u->tlbs);
	free(u->ctxts);
	free(u->said);
	free(u->is_touched);
	vec_free(&u->cells);
	vec_free(&u->touched);
	free(u);
}

static void forget_touched(struct machine_undo *u)
{
	while (u->touched.n > 0)
		u->is_touched[u->touched.v[--u->touched.n]] = false;
}

void machine_undo_base(struct machine_undo *u)
{
	const struct machine *m = u->m;
	u32 cpus = m->params.cpus;

	SIM_ASSERT(m->locks.sleepers == 0);
	for (u32 i = 0; i < cpus; i++) {
		SIM_ASSERT(!m->cpu[i].in_call);
		SIM_ASSERT(!m->cpu[i].env);
		u->cpu[i] = m->cpu[i];
	}
	for (lk_t lk = 0; lk < ID_END; lk++)
		u->word[lk] = m->locks.lock[lk].word;
	u->number = m->locks.lock[FLATMEM_ID].number;
	u->halt = m->halt;
	u->stop = m->stop;
	u->episode = m->episode;
	u->data_logs = m->data_logs;
	memcpy(u->ctxts, m->shadow_ctxts, u->n_ctxts * sizeof(*u->ctxts));
	if (m->says) {
		memcpy(u->says, m->says, cpus * sizeof(*u->says));
		memcpy(u->said, m->said_ctxts, u->n_ctxts * sizeof(*u->said));
	}
	if (m->tlbs)
		memcpy(u->tlbs, m->tlbs, cpus * sizeof(*u->tlbs));
	if (u->log)
		log_keep_here(u->log);
	u->cells.n = 0;
	u->objs = 0;
	forget_touched(u);
}

void machine_undo_note(struct machine_undo *u, struct obj *o, u32 field, u64 first, u64 n)
{
	u64 *cell = o->cell + o->span[field].cell0 + first, bit = 1ull << o->id;

	SIM_ASSERT_DBG(!o->pages);
	SIM_ASSERT_DBG(first + n <= o->span[field].count);
	if (!(u->objs & bit)) {
		u->objs |= bit;
		u->digest[o->id] = o->digest;
	}
	for (u64 i = 0; i < n; i++)
		vec_push(&u->cells, ((struct saved_cell){ cell + i, cell[i] }));
}

void machine_undo_ctxt(struct machine_undo *u, u32 id)
{
	SIM_ASSERT_DBG(id < u->n_ctxts);
	if (u->is_touched[id])
		return;
	u->is_touched[id] = true;
	vec_push(&u->touched, id);
}

u64 machine_undo_objs_changed(const struct machine_undo *u)
{
	return u->objs;
}

u64 machine_undo_ctxts_changed(const struct machine_undo *u)
{
	u64 all = 0;

	/* A sum: in which order they were touched is nothing that they hold. */
	for (u32 i = 0; i < u->touched.n; i++) {
		u32 id = u->touched.v[i];
		const u64 *now = u->m->shadow_ctxts[id].r, *base = u->ctxts[id].r;
		u64 h = mix64(id);

		if (memcmp(now, base, sizeof(u->ctxts[id].r)) == 0)
			continue;
		for (u32 k = 0; k < REG_NR; k++)
			h = mix64(h + now[k]);
		all += h;
	}
	return all;
}

/* The last change of a cell is undone first.  Returns the objects (bits) that may have changed. */
static u64 undo_contents(struct machine_undo *u)
{
	u64 changed = u->objs;

	while (u->cells.n > 0) {
		const struct saved_cell *s = &u->cells.v[--u->cells.n];

		*s->cell = s->old;
	}
	for (; u->objs; u->objs &= u->objs - 1) {
		u32 id = (u32)__builtin_ctzll(u->objs);

		u->m->shared.obj[id].digest = u->digest[id];
	}
	return changed;
}

/* A store only where there was a step: most words stand in lines that nobody has touched.  Returns the lock's bit if there was one. */
static inline u64 undo_word(struct machine_undo *u, lk_t lk)
{
	u64 *word = &u->m->locks.lock[lk].word;

	if (likely(*word == u->word[lk]))
		return 0;
	*word = u->word[lk];
	return 1ull << lk;
}

/* Returns the locks (bits) on whose words there was a step, and flat memory's, which has a number beside. */
static u64 undo_locks(struct machine_undo *u)
{
	u64 stepped = 1ull << FLATMEM_ID;

	_Static_assert(ID_END % 3 == 0, "three at a time: half of the loop would be counting");

	SIM_ASSERT(u->m->locks.sleepers == 0);
	for (lk_t lk = 0; lk < ID_END; lk += 3) {
		stepped |= undo_word(u, lk);
		stepped |= undo_word(u, lk + 1);
		stepped |= undo_word(u, lk + 2);
	}
	u->m->locks.lock[FLATMEM_ID].number = u->number;
	return stepped;
}

static void undo_ctxts(struct machine_undo *u)
{
	struct machine *m = u->m;

	for (u32 i = 0; i < u->touched.n; i++) {
		u32 id = u->touched.v[i];

		copy_large(&m->shadow_ctxts[id], &u->ctxts[id], sizeof(u->ctxts[id]));
		if (m->said_ctxts)
			copy_large(&m->said_ctxts[id], &u->said[id], sizeof(u->said[id]));
	}
	forget_touched(u);
}

/* Most of what is large has not changed. */
static inline void copy_changed(void *to, const void *from, size_t size)
{
	if (memcmp(to, from, size) != 0)
		copy_large(to, from, size);
}

ALWAYS_INLINE void copy(void *to, const void *from, size_t size)
{
	if (size <= 128)
		memcpy(to, from, size);
	else
		copy_changed(to, from, size);
}

/* Of the locks of @locks (bits). */
ALWAYS_INLINE void copy_of_locks(u32 *to, const u32 *from, u64 locks)
{
	for (; locks; locks &= locks - 1) {
		u32 lk = (u32)__builtin_ctzll(locks);

		to[lk] = from[lk];
	}
}

static void undo_cpu(struct cpu *c, const struct cpu *base, u64 locks, bool regs)
{
	if (regs)
		copy_changed(&c->regs, &base->regs, sizeof(c->regs));
	else
		SIM_ASSERT_DBG(memcmp(&c->regs, &base->regs, sizeof(c->regs)) == 0);
	/* What a CPU keeps of each lock changes only while the CPU has the lock, or changes its object. */
	locks |= base->pub.held;
#define CPU_KEPT_REGS(field)
#define CPU_KEPT(field)       copy(&c->field, &base->field, sizeof(c->field));
#define CPU_KEPT_LOCKS(field) copy_of_locks(c->field, base->field, locks);
#define CPU_LEFT(field)
#include "sim/machine/undo_cpu.def"
}

/* Most of it is what was said of the registers, which only those CPUs change that enter the core. */
static void undo_say(struct say *s, const struct say *base)
{
	const size_t at = offsetof(struct say, regs) + sizeof(s->regs);

	_Static_assert(offsetof(struct say, regs) == 0, "the rest is one piece");
	if (s->regs.changes != base->regs.changes)
		copy_large(&s->regs, &base->regs, sizeof(s->regs));
	memcpy((u8 *)s + at, (const u8 *)base + at, sizeof(*s) - at);
}

void machine_undo_run(struct machine_undo *u, u64 cpus, u64 regs)
{
	struct machine *m = u->m;
	u64 locks;

	SIM_ASSERT(m->episode == u->episode);
	locks = undo_contents(u) | undo_locks(u);
	undo_ctxts(u);
	for (; cpus; cpus &= cpus - 1) {
		u32 i = (u32)__builtin_ctzll(cpus);

		SIM_ASSERT(i < m->params.cpus);
		undo_cpu(&m->cpu[i], &u->cpu[i], locks, regs >> i & 1);
		if (m->says)
			undo_say(&m->says[i], &u->says[i]);
	}
	m->halt = u->halt;
	m->stop = u->stop;
	copy_changed(&m->data_logs, &u->data_logs, sizeof(m->data_logs));
	/* Each CPU empties slots of all. */
	if (m->tlbs)
		memcpy(m->tlbs, u->tlbs, m->params.cpus * sizeof(*m->tlbs));
	if (u->log)
		log_keep_return(u->log);
}
