// SPDX-License-Identifier: GPL-2.0-only
#include "bench/runs.h"

#include "scenarios/scenarios.h"
#include "sim/machine/boot.h"
#include "sim/machine/run.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOG_LIMIT (32ull << 20)

struct wait_policy bench_policy(enum wait_kind kind, bool admit)
{
	u32 cores = (u32)sysconf(_SC_NPROCESSORS_ONLN);

	return (struct wait_policy){ .kind = kind,
		                     .cores = cores,
		                     .admit = admit ? cores : 0,
		                     .admit_runs = WAIT_ADMIT_RUNS };
}

static void begin_again(void *arg)
{
	log_rewind(arg);
}

static struct log *open_log(const struct bench_run *b, const struct log_config *c, char *path,
                            size_t size)
{
	struct log *l = NULL;
	struct err e;

	if (b->path)
		snprintf(path, size, "%s", b->path);
	else
		snprintf(path, size, "%s/hypsim-bench-%d.hlog", b->dir ? b->dir : "",
		         (int)getpid());
	if (b->log == BENCH_FILE)
		bench_must(log_open_file(&l, c, path, &e), &e);
	else if (b->log == BENCH_MEMORY)
		bench_must(log_open_memory(&l, c, LOG_LIMIT, &e), &e);
	else
		bench_must(log_open_off(&l, c, &e), &e);
	return l;
}

static void make_config(const struct bench_run *b, struct log_config *c)
{
	log_config_init(c, b->cpus);
	c->seed = 1;
	c->machine = c->barriers = c->digests = true;
	if (b->w.fixed)
		machine_boot_config(c, b->w.fixed, &b->errata);
	if (b->model)
		params_tell(b->model, c);
}

static struct bench_result run(const struct bench_run *b, struct machine *m, struct log *l)
{
	struct run_opts o = { .duration_ms = b->ops ? 0 : (u64)(b->seconds * 1e3) + 1,
		              .ops = b->ops,
		              .stall_ms = 60000,
		              .consume = begin_again,
		              .arg = l };
	struct bench_result out = { .ops = 0 };
	struct run_result res;
	struct err e;

	bench_must(machine_run(m, &b->w, &o, &res, &e), &e);
	if (res.end != RUN_DONE) {
		fprintf(stderr, "hypsim bench: %s: %s %s\n", b->name, run_end_name(res.end),
		        res.end == RUN_STUCK ? stuck_sentence(m->cpu[res.cpu].stuck.rule) : "");
		exit(1);
	}
	out.ops = res.ops;
	out.seconds = (double)res.elapsed_ns / 1e9;
	for (u32 i = 0; i < b->cpus; i++)
		out.atomic += m->cpu[i].stats.atomic_events;
	return out;
}

struct bench_result bench_run(const struct bench_run *b)
{
	struct machine_params mp = { .cpus = b->cpus,
		                     .seed = 1,
		                     .policy = b->policy,
		                     .errata = b->errata,
		                     .model = b->model,
		                     .fixed = b->w.fixed };
	struct log_config config;
	struct bench_result out;
	struct machine *m;
	char path[256];
	struct log *l;
	struct err e;

	make_config(b, &config);
	l = open_log(b, &config, path, sizeof(path));
	bench_must(machine_create(&m, &mp, l, &e), &e);
	out = run(b, m, l);
	machine_free(m);
	bench_must(log_close(l, true, &e), &e);
	if (b->log == BENCH_FILE && !b->path)
		unlink(path);
	log_free(l);
	log_config_free(&config);
	return out;
}

struct bench_result bench_scenario(struct bench_run *b, const char *name)
{
	const struct scenario *s = scenario_by_name(name);
	u64 values[SCENARIO_MAX_OPTIONS];
	struct scenario_setup setup = { .scenario = s,
		                        .cpus = b->cpus,
		                        .total_cpu = (u32)max_u64(b->cpus, TOTAL_CPU),
		                        .values = values,
		                        .errata = &b->errata };
	struct bench_result out;
	struct params model;
	struct err e;

	b->name = s->name;
	errata_defaults(&b->errata);
	for (u32 i = 0; s->errata && s->errata[i]; i++)
		bench_must(errata_parse(&b->errata, s->errata[i], &e), &e);
	scenario_option_defaults(s, values);
	/* What is measured has its share of illegal operations from the first one on. */
	for (u32 i = 0; s->options[i].key; i++)
		if (strcmp(s->options[i].key, "even") == 0)
			values[i] = 0;
	bench_must(s->begin(&b->w, &setup, &e), &e);
	params_init(&model, 1, setup.total_cpu);
	if (b->w.params)
		b->w.params(b->w.arg, &model);
	b->model = &model;
	out = bench_run(b);
	b->model = NULL;
	s->end(&b->w);
	return out;
}
