// SPDX-License-Identifier: GPL-2.0-only
#include "tests/kit_storm.h"

#include "sim/log/write/log.h"
#include "sim/machine/boot.h"
#include "tests/kit.h"

#include <stdlib.h>
#include <string.h>

static void set_option(const struct scenario *s, u64 *values, const char *option)
{
	const char *value = strchr(option, '=');

	assert_non_null(value);
	for (u32 i = 0; s->options[i].key; i++) {
		if (strlen(s->options[i].key) == (size_t)(value - option) &&
		    strncmp(s->options[i].key, option, (size_t)(value - option)) == 0) {
			values[i] = strtoull(value + 1, NULL, 0);
			return;
		}
	}
	fail_msg("%s: no such option", option);
}

void kit_storm_run(struct kit_storm *k, const struct kit_storm_opts *opts)
{
	const struct scenario *s = scenario_by_name("storm");
	struct scenario_setup setup = { .scenario = s, .cpus = opts->cpus, .values = k->values };
	struct run_opts o = { .ops = opts->ops,
		              .episode_ops = opts->episode_ops,
		              .stall_ms = 60000 };
	struct machine_params p;
	struct errata errata;
	struct err e;

	memset(k, 0, sizeof(*k));
	errata_defaults(&errata);
	if (opts->side)
		assert_int_equal(errata_parse(&errata, opts->side, &e), 0);
	for (u32 i = 0; s->errata[i]; i++)
		assert_int_equal(errata_parse(&errata, s->errata[i], &e), 0);
	setup.errata = &errata;
	scenario_option_defaults(s, k->values);
	for (u32 i = 0; opts->options[i]; i++)
		set_option(s, k->values, opts->options[i]);
	log_config_init(&k->config, opts->cpus);
	k->config.errata = errata;
	k->config.seed = opts->seed;
	k->config.machine = k->config.barriers = k->config.digests = true;
	setup.total_cpu = k->config.total_cpu;
	assert_int_equal(s->begin(&k->w, &setup, &e), 0);
	machine_boot_config(&k->config, k->w.fixed, &errata);
	params_init(&k->model, opts->seed, k->config.total_cpu);
	k->w.params(k->w.arg, &k->model);
	assert_int_equal(log_open_memory(&k->log, &k->config, 1ull << 30, &e), 0);
	p = (struct machine_params){ .cpus = opts->cpus,
		                     .seed = opts->seed,
		                     .policy = { .kind = WAIT_YIELD, .cores = 2 },
		                     .errata = errata,
		                     .model = &k->model,
		                     .fixed = k->w.fixed };
	assert_int_equal(machine_create(&k->m, &p, k->log, &e), 0);
	k->w.over = opts->over;
	assert_int_equal(machine_run(k->m, &k->w, &o, &k->result, &e), 0);
	assert_int_equal(k->result.end, RUN_DONE);
	assert_int_equal(log_close(k->log, true, &e), 0);
}

void kit_storm_free(struct kit_storm *k)
{
	scenario_by_name("storm")->end(&k->w);
	machine_free(k->m);
	log_free(k->log);
	log_config_free(&k->config);
}
