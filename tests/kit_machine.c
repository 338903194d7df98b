// SPDX-License-Identifier: GPL-2.0-only
#include "tests/kit_machine.h"

#include "tests/kit.h"

void test_machine_make(struct test_machine *t, u32 cpus, u32 start, enum wait_kind wait,
                       bool logged)
{
	struct machine_params p = { .cpus = cpus,
		                    .start_ticket = start,
		                    .start_now = start,
		                    .policy = { .kind = wait, .cores = 2, .admit_runs = 8 } };
	struct err e;

	log_config_init(&t->config, cpus);
	t->config.start_ticket = t->config.start_now = start;
	t->config.machine = t->config.barriers = t->config.digests = true;
	assert_int_equal(logged ? log_open_memory(&t->log, &t->config, 1ull << 30, &e)
	                        : log_open_off(&t->log, &t->config, &e),
	                 0);
	assert_int_equal(machine_create(&t->m, &p, t->log, &e), 0);
}

void test_machine_admit(struct test_machine *t, u32 admit, u32 runs)
{
	struct machine *m = t->m;

	m->params.policy.admit = m->locks.policy.admit = admit;
	m->params.policy.admit_runs = m->locks.policy.admit_runs = runs;
	m->locks.admission.served = admit;
	for (u32 i = 0; i < m->params.cpus; i++)
		m->cpu[i].gives_way = admit != 0;
}

void test_machine_boot(struct test_machine *t, u32 cpus, const struct errata *e)
{
	struct machine_params p = { .cpus = cpus,
		                    .seed = 1,
		                    .policy = { .kind = WAIT_YIELD, .cores = 2, .admit_runs = 8 },
		                    .fixed = &t->fixed };
	struct err err;

	if (e)
		p.errata = *e;
	else
		errata_defaults(&p.errata);
	machine_boot_fixed(&t->fixed, BOOT_PAGES_MIN);
	log_config_init(&t->config, cpus);
	t->config.seed = p.seed;
	t->config.errata = p.errata;
	t->config.machine = t->config.barriers = t->config.digests = true;
	machine_boot_config(&t->config, &t->fixed, &p.errata);
	assert_int_equal(log_open_memory(&t->log, &t->config, 1ull << 30, &err), 0);
	assert_int_equal(machine_create(&t->m, &p, t->log, &err), 0);
	machine_begin_episode(t->m);
	for (u32 i = 0; i < cpus; i++)
		t->seen[i] = 1; /* the episode mark */
}

void test_machine_free(struct test_machine *t)
{
	machine_free(t->m);
	log_free(t->log);
	log_config_free(&t->config);
}
