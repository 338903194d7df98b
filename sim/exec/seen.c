// SPDX-License-Identifier: GPL-2.0-only
#include "sim/exec/seen.h"

#include "sim/base/vec.h"

#include <stdlib.h>
#include <string.h>

static struct seen_mode mode_of(const struct cpu *c)
{
	struct seen_mode m = { .cur_vmid = c->cur_vmid,
		               .cur_vcpuid = c->cur_vcpuid,
		               .tstate = c->tstate,
		               .bars = c->bars,
		               .ihost = c->ihost,
		               .icore = c->icore };

	memcpy(m.lock, c->lock, sizeof(m.lock));
	return m;
}

/* Of CPU @cpu, which has done nothing. */
static struct seen_mode mode_new(u32 cpu)
{
	return (struct seen_mode){ .cur_vmid = HOSTVISOR,
		                   .cur_vcpuid = cpu,
		                   .tstate = 1,
		                   .bars = BARRIER_VALID,
		                   .ihost = true };
}

static const char *mode_differs(const struct seen_mode *a, const struct seen_mode *b)
{
	if (a->cur_vmid != b->cur_vmid || a->cur_vcpuid != b->cur_vcpuid || a->ihost != b->ihost ||
	    a->icore != b->icore)
		return "who runs on the CPU";
	if (a->tstate != b->tstate)
		return "tstate";
	if (a->bars != b->bars)
		return "bars";
	return memcmp(a->lock, b->lock, sizeof(a->lock)) ? "the CPU's locks" : NULL;
}

u64 seen_answers(const struct env *env)
{
	u64 n = 0;

	for (lk_t lk = 0; lk < LK_SPACE; lk++)
		n += env->log[lk].next;
	return n;
}

static size_t ctxts_bytes(const struct seen *s)
{
	return s->n_ctxts * sizeof(struct ctxt);
}

void seen_take(struct seen *s, const struct machine *m, const struct env *env, u32 cpu)
{
	if (!s->ctxts) {
		s->n_ctxts = N_VMID * m->model.vcpu_per_vm;
		s->ctxts = xcalloc(1, ctxts_bytes(s));
	}
	s->mode = mode_of(&m->cpu[cpu]);
	s->regs = m->cpu[cpu].regs;
	memcpy(s->ctxts, m->shadow_ctxts, ctxts_bytes(s));
	s->fixed = m->shared.fixed;
	s->data_logs = m->data_logs;
	for (lk_t id = 0; id < ID_END; id++)
		s->digest[id] = m->shared.obj[id].digest;
	s->halted = flag_get(&m->halt);
	s->taken = seen_answers(env);
}

void seen_free(struct seen *s)
{
	free(s->ctxts);
	s->ctxts = NULL;
}

/* The first object whose contents are others in @m; ID_END: none. */
static lk_t other_contents(const struct seen *s, const struct machine *m)
{
	lk_t id = 0;

	while (id < ID_END && s->digest[id] == m->shared.obj[id].digest)
		id++;
	return id;
}

bool seen_changed(const struct seen *s, const struct machine *m, u32 cpu)
{
	struct seen_mode now = mode_of(&m->cpu[cpu]);

	return other_contents(s, m) < ID_END || mode_differs(&s->mode, &now) ||
	       flag_get(&m->halt) || memcmp(&s->regs, &m->cpu[cpu].regs, sizeof(s->regs)) ||
	       memcmp(s->ctxts, m->shadow_ctxts, ctxts_bytes(s)) ||
	       memcmp(&s->data_logs, &m->data_logs, sizeof(s->data_logs));
}

const char *seen_differs(const struct seen *s, const struct machine *m, u32 cpu, char *buf,
                         size_t size)
{
	struct seen_mode mode = m ? mode_of(&m->cpu[cpu]) : mode_new(cpu);
	static const struct data_logs none;
	const char *what = mode_differs(&s->mode, &mode);
	lk_t id;

	if (what)
		return what;
	if (memcmp(&s->data_logs, m ? &m->data_logs : &none, sizeof(none)))
		return "how many values of an oracle were taken";
	if (!m)
		return NULL;
	if (memcmp(&s->fixed, &m->shared.fixed, sizeof(s->fixed)))
		return "memory regions or SMMUs";
	id = other_contents(s, m);
	return id < ID_END ? obj_name(id, buf, size) : NULL;
}

bool seen_ctxts_differ(const struct seen *s, const struct machine *m)
{
	static const struct ctxt none;

	for (u32 id = 0; id < s->n_ctxts; id++)
		if (memcmp(&s->ctxts[id], m ? &m->shadow_ctxts[id] : &none, sizeof(none)))
			return true;
	return false;
}
