// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each value is hashed by itself, or as an array without holes: bytes between fields, pointers, and what an array holds behind
 * its count, say nothing.
 */
#include "cpu/say.h"
#include "shmem/tlb.h"
#include "sim/machine/undo.h"

#include <string.h>
#include <xxhash.h>

static u64 bytes(u64 h, const void *p, size_t n)
{
	return XXH3_64bits_withSeed(p, n, h);
}

static u64 number(u64 h, u64 v)
{
	return bytes(h, &v, sizeof(v));
}

static u64 text(u64 h, const char *s)
{
	return s ? bytes(h, s, strlen(s) + 1) : number(h, 0);
}

static u64 of_objs(u64 h, const struct shared *s)
{
	for (lk_t id = 0; id < ID_END; id++) {
		h = number(h, s->obj[id].digest);
		h = number(h, obj_digest(&s->obj[id]));
	}
	return h;
}

static u64 of_locks(u64 h, const struct locks *l)
{
	for (lk_t lk = 0; lk < LK_SPACE; lk++) {
		h = number(h, l->lock[lk].word);
		h = number(h, l->lock[lk].number);
		h = bytes(h, l->lock[lk].slot, sizeof(l->lock[lk].slot));
	}
	h = number(h, l->admission.next);
	h = number(h, l->admission.served);
	return number(h, l->sleepers);
}

static u64 of_stuck(u64 h, const struct stuck *s)
{
	h = number(h, s->rule);
	h = text(h, s->prim);
	h = number(h, s->n_args);
	return bytes(h, s->args, s->n_args * sizeof(s->args[0]));
}

static u64 of_panic(u64 h, const struct panic_report *p)
{
	h = number(h, p->reason);
	h = number(h, p->n);
	h = number(h, p->first);
	return bytes(h, p->values, p->n * sizeof(p->values[0]));
}

static u64 of_published(u64 h, const struct cpu_published *p)
{
	h = number(h, p->held);
	h = number(h, p->waits);
	return number(h, p->progress);
}

/* Which lock's word it is the address of. */
static u64 of_hold_word(u64 h, const struct cpu *c)
{
	u32 lk = 0;

	while (lk < LK_SPACE && c->hold_word != &c->locks->lock[lk].word)
		lk++;
	return number(h, lk);
}

static u64 of_device(u64 h, const struct device_write *d)
{
	h = number(h, d->addr);
	h = number(h, d->value);
	return number(h, d->bytes);
}

/* What undo_cpu.def says is kept. */
static u64 of_cpu(u64 h, const struct cpu *c)
{
	const u64 one[] = {
		c->bars,     c->tstate,    c->gives_way, c->panicked,          c->effects,
		c->op_marks, c->surprises, c->cur_vmid,  c->cur_vcpuid,        c->ihost,
		c->icore,    c->permit,    c->in_call,   c->leave_step != NULL
	};

	h = bytes(h, one, sizeof(one));
	h = bytes(h, c->lock, sizeof(c->lock));
	h = bytes(h, c->n_diffs, sizeof(c->n_diffs));
	h = bytes(h, &c->regs, sizeof(c->regs));
	h = bytes(h, c->served, sizeof(c->served));
	h = bytes(h, &c->perturb_rng, sizeof(c->perturb_rng));
	h = of_hold_word(h, c);
	h = of_device(h, &c->device);
	h = of_stuck(h, &c->stuck);
	h = of_panic(h, &c->panic);
	return of_published(h, &c->pub);
}

static u64 of_set(u64 h, const struct say_set *s)
{
	h = bytes(h, &s->said, sizeof(s->said));
	h = number(h, s->n_marks);
	h = number(h, s->cpu);
	return number(h, s->used);
}

static u64 of_say(u64 h, const struct say *s)
{
	h = of_set(h, &s->regs);
	h = number(h, s->at);
	h = bytes(h, s->before, sizeof(s->before));
	h = bytes(h, s->moved, sizeof(s->moved));
	h = number(h, s->regs_touched);
	h = number(h, s->n_touched);
	h = bytes(h, s->touched, s->n_touched * sizeof(s->touched[0]));
	h = number(h, s->loaded);
	if (!s->loaded)
		return h;
	h = number(h, s->load_set == &s->regs);
	h = number(h, s->load_reg);
	return number(h, s->load_value);
}

static u64 of_tlb(u64 h, const struct tlb *t)
{
	h = bytes(h, t->slot, sizeof(t->slot));
	h = number(h, t->n_begun);
	for (u32 i = 0; i < t->n_begun; i++) {
		const struct tlb_range *r = &t->begun[i];
		const u64 all[] = { r->lk, r->space, r->first, r->n };

		h = bytes(h, all, sizeof(all));
	}
	return h;
}

/* All of the chunk that is written, whose rest is 0; of those before, how many. */
static u64 of_stream(u64 h, const struct log_writer *w, const struct log_chunks *own)
{
	const u64 one[] = { w->place,    w->bound, w->cpu,   w->given,
		            w->answered, w->seq,   w->bytes, w->timestamps ? 0 : w->time_last,
		            own->n };

	h = bytes(h, one, sizeof(one));
	h = bytes(h, w->n_push, sizeof(w->n_push));
	h = bytes(h, w->known, sizeof(w->known));
	h = bytes(h, w->known_data, sizeof(w->known_data));
	return bytes(h, w->chunk, LOG_SLOT_BYTES);
}

static u64 of_log(u64 h, const struct log *l)
{
	h = number(h, l->slots.used_bytes);
	h = number(h, flag_get(&l->slots.full));
	h = number(h, l->run_episode);
	for (u32 i = 0; i <= l->cpus; i++)
		if (log_on(&l->writer[i]))
			h = of_stream(h, &l->writer[i], &l->chunks[i]);
	return h;
}

u64 machine_undo_digest(const struct machine *m)
{
	u32 n_ctxts = N_VMID * m->model.vcpu_per_vm;
	u64 h = number(0, m->episode);

	h = number(h, flag_get(&m->halt));
	h = number(h, flag_get(&m->stop));
	h = of_objs(h, &m->shared);
	h = of_locks(h, &m->locks);
	h = bytes(h, &m->data_logs, sizeof(m->data_logs));
	h = bytes(h, m->shadow_ctxts, n_ctxts * sizeof(*m->shadow_ctxts));
	for (u32 i = 0; m->said_ctxts && i < n_ctxts; i++)
		h = of_set(h, &m->said_ctxts[i]);
	for (u32 i = 0; i < m->params.cpus; i++) {
		h = of_cpu(h, &m->cpu[i]);
		if (m->says)
			h = of_say(h, &m->says[i]);
		if (m->tlbs)
			h = of_tlb(h, &m->tlbs[i]);
	}
	return of_log(h, m->log);
}
