// SPDX-License-Identifier: GPL-2.0-only
#include "tests/conform/rig.h"

#include "sim/base/check.h"
#include "tests/conform/params.h"

enum { CPUS = 8 };

int rig_make(struct rig *r, const struct errata *errata, struct err *e)
{
	struct machine_params p = { .cpus = CPUS,
		                    .policy = { .kind = WAIT_YIELD, .cores = 1 },
		                    .errata = *errata };
	struct params model;
	int rc;

	*r = (struct rig){ .log = NULL };
	vector_params(&model, 0);
	p.model = &model;
	log_config_init(&r->config, CPUS);
	rc = log_open_off(&r->log, &r->config, e);
	if (rc == 0)
		rc = machine_create(&r->m, &p, r->log, e);
	if (rc < 0)
		return rc;
	SIM_ASSERT(r->config.fairness == FAIRNESS_MIN);
	SIM_ASSERT(r->config.lock_bound == LOCK_BOUND);
	SIM_ASSERT(r->config.total_cpu == TOTAL_CPU);
	r->env = env_new(r->m, true);
	return 0;
}

void rig_free(struct rig *r)
{
	env_free(r->env);
	machine_free(r->m);
	if (r->log)
		log_free(r->log);
	log_config_free(&r->config);
}

void rig_reset(struct rig *r, u64 seed)
{
	struct machine *m = r->m;

	machine_reset(m);
	env_reset(r->env);
	m->model.seed = seed;
	vector_fixed(&m->shared.fixed, seed);
	r->c = &m->cpu[0];
}
