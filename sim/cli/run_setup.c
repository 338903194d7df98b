// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/run_setup.h"

#include "oracle/report/feed.h"
#include "sim/base/clock.h"
#include "sim/base/vec.h"
#include "sim/machine/boot.h"
#include "sim/machine/surprise.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void run_setup_defaults(struct run_setup *r)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	*r = (struct run_setup){ .seed = 1,
		                 .perturb = RUN_AS_SCENARIO,
		                 .check = CHECK_AFTER,
		                 .memory_bytes = 256ull << 20 };
	r->policy = (struct wait_policy){ .kind = WAIT_NR,
		                          .cores = cores > 0 ? (u32)cores : 1,
		                          .admit_runs = WAIT_ADMIT_RUNS };
	r->opts.stall_ms = 20000;
	errata_defaults(&r->errata);
}

/* Another word of a command, printf-like; what does not fit is left out. */
static PRINTF(3, 4) void add(char *buf, size_t size, const char *fmt, ...)
{
	size_t at = strlen(buf);
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(buf + at, size - at, fmt, ap);
	va_end(ap);
}

/* Sides of slips that are neither the default nor the scenario's. */
static void add_errata(const struct run_setup *r, char *buf, size_t size)
{
	const char *const *side = r->scenario->errata;
	struct errata usual;
	struct err e;

	errata_all_intended(&usual);
	if (memcmp(&usual, &r->errata, sizeof(usual)) == 0) {
		add(buf, size, " --errata intended");
		return;
	}
	errata_defaults(&usual);
	for (; side && *side; side++)
		if (errata_parse(&usual, *side, &e) < 0)
			return;
	for (u32 i = 0; i < ERRATUM_NR; i++) {
		bool published = errata_published(&r->errata, i);

		if (published != errata_published(&usual, i))
			add(buf, size, " --erratum %s=%s", erratum_name(i),
			    published ? "published" : "intended");
	}
}

const char *run_setup_command(const struct run_setup *r, char *buf, size_t size)
{
	snprintf(buf, size, "hypsim run %s --cpus %u --seed %llu", r->scenario->name, r->cpus,
	         (unsigned long long)r->seed);
	if (r->opts.ops)
		add(buf, size, " --ops %llu", (unsigned long long)r->opts.ops);
	if (r->opts.duration_ms)
		add(buf, size, " --duration %g", (double)r->opts.duration_ms / 1000);
	if (r->policy.kind != r->scenario->wait)
		add(buf, size, " --wait %s", wait_kind_name(r->policy.kind));
	if (r->policy.admit)
		add(buf, size, " --admit=%u", r->policy.admit);
	if (r->policy.admit_runs != WAIT_ADMIT_RUNS)
		add(buf, size, " --admit-runs %u", r->policy.admit_runs);
	if (r->opts.episode_ops)
		add(buf, size, " --episode %llu", (unsigned long long)r->opts.episode_ops);
	if (r->tlb && !r->scenario->tlb)
		add(buf, size, " --tlb");
	if (r->perturb != r->scenario->perturb)
		add(buf, size, " --perturb %u", r->perturb);
	if (r->random_outside)
		add(buf, size, " --random-outside %u", r->random_outside);
	if (r->keep_reads)
		add(buf, size, " --keep-reads");
	for (u32 i = 0; i < r->n_scenario_options; i++)
		add(buf, size, " -o %s", r->scenario_options[i]);
	add_errata(r, buf, size);
	return buf;
}

/* The header's free part: what a person needs to run this again. */
static char *extra_json(const struct run_setup *r)
{
	json_t *o = json_object(), *opt = json_object();
	char command[RUN_COMMAND], *text;

	json_object_set_new(o, "command",
	                    json_string(run_setup_command(r, command, sizeof(command))));
	json_object_set_new(o, "wait", json_string(wait_kind_name(r->policy.kind)));
	json_object_set_new(o, "admit", json_integer(r->policy.admit));
	json_object_set_new(o, "admit_runs", json_integer(r->policy.admit_runs));
	json_object_set_new(o, "episode", json_integer((json_int_t)r->opts.episode_ops));
	for (u32 i = 0; r->scenario->options[i].key; i++)
		json_object_set_new(opt, r->scenario->options[i].key,
		                    json_integer((json_int_t)r->values[i]));
	json_object_set_new(o, "tlb", json_boolean(r->tlb));
	json_object_set_new(o, "perturb", json_integer(r->perturb));
	json_object_set_new(o, "random_outside", json_integer(r->random_outside));
	json_object_set_new(o, "options", opt);
	text = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(o);
	return text;
}

static void make_config(struct run_setup *r, const struct params *model)
{
	struct log_config *c = &r->config;
	u32 n = 0;

	c->start_ticket = c->start_now = r->start;
	params_tell(model, c);
	c->machine = c->barriers = c->digests = true;
	c->keep_reads = r->keep_reads;
	c->tlb = r->tlb;
	c->errata = r->errata;
	c->timestamps = r->timestamps;
	snprintf(c->scenario, sizeof(c->scenario), "%s", r->scenario->name);
	while (r->workload.op_names[n])
		n++;
	c->op_names = xcalloc(n, sizeof(*c->op_names));
	for (c->n_ops = 0; c->n_ops < n; c->n_ops++)
		c->op_names[c->n_ops] = strdup(r->workload.op_names[c->n_ops]);
	c->extra_json = extra_json(r);
	if (r->workload.fixed)
		machine_boot_config(c, r->workload.fixed, &r->errata);
}

static int open_log(struct run_setup *r, struct err *e)
{
	if (r->log_path)
		return log_create_file(&r->log, &r->config, r->log_path, r->force, e);
	if (r->check)
		return log_open_memory(&r->log, &r->config, r->memory_bytes, e);
	return log_open_off(&r->log, &r->config, e);
}

static void consume(void *arg)
{
	struct run_setup *r = arg;

	if (r->checking)
		run_check_consume(r->checking, r->log);
}

static void progress(void *arg, u64 elapsed_ms, u64 ops)
{
	static const char *const spinner = "|/-\\";

	(void)arg;
	if (elapsed_ms / 250 != (elapsed_ms - 10) / 250)
		fprintf(stderr, "\r%c %.1f s  %llu operations and acquisitions ",
		        spinner[elapsed_ms / 250 % 4], (double)elapsed_ms / 1000,
		        (unsigned long long)ops);
}

static int set_errata(struct run_setup *r, struct err *e)
{
	const char *const *side = r->scenario->errata;
	int rc = 0;

	errata_apply_all(&r->errata, &r->chosen);
	for (; side && *side && rc == 0; side++)
		rc = errata_parse(&r->errata, *side, e);
	errata_apply_named(&r->errata, &r->chosen);
	return rc;
}

/* The value of the scenario's option of this name, or NULL. */
static u64 *option(struct run_setup *r, const char *key)
{
	for (u32 i = 0; r->scenario->options[i].key; i++)
		if (strcmp(r->scenario->options[i].key, key) == 0)
			return &r->values[i];
	return NULL;
}

/* Of values from outside that nobody chose it is not known what must come: the scenario must do without knowing. */
static int set_options(struct run_setup *r, struct err *e)
{
	u64 *known = option(r, "claims");
	int rc;

	scenario_option_defaults(r->scenario, r->values);
	if (r->random_outside && known)
		*known = 0;
	else if (r->random_outside && !r->scenario->unforeseen)
		return err_set(e, ERR_USAGE,
		               "--random-outside: %s knows beforehand what must come; this is for "
		               "scenarios that have -o claims=off, and clash",
		               r->scenario->name);
	for (u32 i = 0; i < r->n_scenario_options; i++) {
		rc = scenario_option_set(r->scenario, r->scenario_options[i], r->values, e);
		if (rc < 0)
			return rc;
	}
	if (r->random_outside && known && *known)
		return err_set(
			e, ERR_USAGE,
			"--random-outside and -o claims=on: what is claimed is what hosts and "
			"guests chose");
	return 0;
}

/* Resolve the options and begin the scenario. */
static int begin(struct run_setup *r, struct err *e)
{
	struct scenario_setup s = { .scenario = r->scenario,
		                    .values = r->values,
		                    .errata = &r->errata };
	int rc;

	if (!r->cpus)
		r->cpus = r->scenario->cpus;
	if (r->cpus < r->scenario->min_cpus)
		return err_set(e, ERR_USAGE, "%s needs at least %u CPUs", r->scenario->name,
		               r->scenario->min_cpus);
	if (r->policy.kind == WAIT_NR)
		r->policy.kind = r->scenario->wait;
	if (r->perturb == RUN_AS_SCENARIO)
		r->perturb = r->scenario->perturb;
	if (!r->opts.ops && !r->opts.duration_ms)
		r->opts.ops = 100000;
	rc = set_options(r, e);
	if (rc < 0)
		return rc;
	rc = set_errata(r, e);
	if (rc < 0)
		return rc;
	r->tlb |= r->scenario->tlb;
	log_config_init(&r->config, r->cpus);
	s.cpus = r->cpus;
	s.total_cpu = r->config.total_cpu;
	rc = r->scenario->begin(&r->workload, &s, e);
	r->workload_begun = rc == 0;
	return rc;
}

static int start_check(struct run_setup *r, struct err *e)
{
	bool covers = r->workload.fixed && (r->coverage || r->json);

	r->how.coverage = covers;
	return run_check_start(&r->checking, r->log, r->check, r->how,
	                       covers || r->overlaps || r->scenario->shares, r->memory_bytes, e);
}

int run_setup_prepare(struct run_setup *r, struct err *e)
{
	struct machine_params p;
	struct params model;
	int rc = begin(r, e);
	const u64 *start;

	if (rc < 0)
		return rc;
	start = option(r, "start");
	r->start = start ? (u32)*start : r->scenario->start;
	params_init(&model, r->seed, r->config.total_cpu);
	if (r->workload.params)
		r->workload.params(r->workload.arg, &model);
	if (r->random_outside)
		random_outside_init(&r->outside, &model, r->random_outside);
	make_config(r, &model);
	rc = open_log(r, e);
	if (rc < 0)
		return rc;
	p = (struct machine_params){ .cpus = r->cpus,
		                     .start_ticket = r->start,
		                     .start_now = r->start,
		                     .seed = r->seed,
		                     .policy = r->policy,
		                     .keep_reads = r->keep_reads,
		                     .timing = r->timestamps,
		                     .tlb = r->tlb,
		                     .perturb = r->perturb,
		                     .errata = r->errata,
		                     .model = &model,
		                     .fixed = r->workload.fixed };
	rc = machine_create(&r->machine, &p, r->log, e);
	if (rc == 0 && r->check)
		rc = start_check(r, e);
	r->opts.found = r->checking ? run_check_found(r->checking) : NULL;
	r->opts.consume = consume;
	r->opts.progress = !r->quiet && isatty(STDERR_FILENO) ? progress : NULL;
	r->opts.arg = r;
	return rc;
}

/* Is the end as the scenario says?  If not, the log says so too, unless a CPU has told of it already. */
static void verify(struct run_setup *r)
{
	u64 told = 0;

	r->verified = true;
	r->verify_ok = r->scenario->verify(&r->workload, r->machine, &r->differs);
	for (u32 i = 0; i < r->cpus; i++)
		told += r->machine->cpu[i].surprises;
	if (!r->verify_ok && !told)
		surprise_of_run(r->machine, &r->differs);
}

int run_setup_execute(struct run_setup *r, struct err *e)
{
	bool in_order;
	int rc = machine_run(r->machine, &r->workload, &r->opts, &r->result, e);
	u64 start;

	if (r->opts.progress)
		fprintf(stderr, "\r\033[K");
	if (rc < 0)
		return rc;
	r->log_bytes = log_bytes(r->log);
	in_order =
		r->result.whole && (r->result.end == RUN_DONE || r->result.end == RUN_INTERRUPTED);
	if (in_order && r->scenario->verify)
		verify(r);
	if (log_close(r->log, r->result.end != RUN_LOG_FAILED, &r->log_error) < 0)
		r->result.end = RUN_LOG_FAILED;
	start = clock_ns();
	if (r->checking && r->log_error.code != ERR_NONE)
		rc = run_check_end_failed(r->checking, r->log, r->opts.interrupts, &r->judge_error);
	else if (r->checking)
		rc = run_check_end(r->checking, r->log, r->machine, r->opts.interrupts,
		                   &r->judge_error);
	r->check_ns = clock_ns() - start;
	r->judged_in_part = rc == FEED_STOPPED;
	if (rc >= 0)
		r->judge_error.code = ERR_NONE;
	return 0;
}

void run_setup_free(struct run_setup *r)
{
	if (r->workload_begun)
		r->scenario->end(&r->workload);
	run_check_free(r->checking);
	machine_free(r->machine);
	log_free(r->log);
	log_config_free(&r->config);
}
