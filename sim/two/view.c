// SPDX-License-Identifier: GPL-2.0-only
#include "sim/two/view.h"

void two_view(struct obs_view *out, const struct machine *m)
{
	out->cpus = m->params.cpus;
	out->total_cpu = m->model.vcpu_per_vm;
	out->fixed = &m->shared.fixed;
	out->obj = m->shared.obj;
	out->ctxts = m->shadow_ctxts;
	out->data = m->data_logs.data;
	out->core = m->data_logs.core;
	for (u32 i = 0; i < m->params.cpus; i++) {
		const struct cpu *c = &m->cpu[i];

		out->cpu[i] = (struct obs_cpu){ .ihost = c->ihost,
			                        .icore = c->icore,
			                        .vmid = c->cur_vmid,
			                        .vcpuid = c->cur_vcpuid,
			                        .regs = &c->regs };
	}
}
