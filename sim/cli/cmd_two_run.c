// SPDX-License-Identifier: GPL-2.0-only
/* hypsim two-run: a script or a scenario, run twice with other secrets. */
#include "scenarios/bugs/bugs.h"
#include "scenarios/scenarios.h"
#include "sim/base/interrupt.h"
#include "sim/base/nearest.h"
#include "sim/base/number.h"
#include "sim/base/options.h"
#include "sim/base/slurp.h"
#include "sim/base/vec.h"
#include "sim/cli/args.h"
#include "sim/cli/cmd.h"
#include "sim/cli/output.h"
#include "sim/cli/run_setup.h"
#include "sim/cli/two_report.h"
#include "sim/two/two_exec.h"
#include "sim/two/two_run.h"

#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	KEY_EPISODE = 256,
	KEY_ERRATA,
	KEY_ERRATUM,
	KEY_VARY,
	KEY_PRINCIPAL,
	KEY_JSON,
	DEFAULT_OPS = 2000
};

/**
 * struct two_args
 * @run:   the options of a scenario
 * @only:  principals that were asked for, bits; 0: HOST and all that there are
 */
struct two_args {
	const char *subject;
	struct run_setup run;
	struct two_script script;
	char *text;
	u32 cpus, only, vary;
	bool ops_given, json, quiet;
	struct two_report report;
};

static const struct argp_option options[] = {
	{ "cpus", 'c', "N", 0, "simulated CPUs of a script, 1..64 (default 8); of a scenario: 1",
	  0 },
	{ "ops", 'n', "N", 0, "operations of a scenario (default 2000)", 0 },
	{ "seed", 's', "S", 0, "seed of every choice and of the oracles (default 1)", 0 },
	{ "episode", KEY_EPISODE, "N", 0, "a machine of its own every N operations", 0 },
	{ "vary", KEY_VARY, "KIND,...", 0,
	  "which secrets differ: pages, contexts, registers, stores, all (default), none", 0 },
	{ "principal", KEY_PRINCIPAL, "WHO", 0,
	  "HOST or a VM's number; may be given several times (default: HOST, and every VM that "
	  "is VERIFIED at some time)",
	  0 },
	{ "errata", KEY_ERRATA, "default|intended", 0,
	  "which side of every slip of the published files to follow", 0 },
	{ "erratum", KEY_ERRATUM, "ID=published|intended", 0,
	  "which side of one slip to follow (hypsim list errata)", 0 },
	{ "option", 'o', "KEY=VALUE", 0, "an option of the scenario", 0 },
	{ "json", KEY_JSON, NULL, 0, "the result as one JSON object", 0 },
	RESULTS_ROWS,
	{ "quiet", 'q', NULL, 0, "nothing at all when nothing was found", 0 },
	{ 0 },
};

static bool is_word(const char *at, size_t n, const char *word)
{
	return strlen(word) == n && memcmp(at, word, n) == 0;
}

static u32 kinds_of(struct argp_state *state, const char *arg)
{
	u32 vary = 0;

	if (strcmp(arg, "all") == 0)
		return SECRETS_ALL;
	if (strcmp(arg, "none") == 0)
		return 0;
	for (;; arg++) {
		size_t n = strcspn(arg, ",");
		enum secret_kind k = secret_by_name(arg, n);

		if (is_word(arg, n, "all") || is_word(arg, n, "none"))
			argp_error(state, "--vary: all and none stand alone, not among others");
		if (k == SECRET_NR)
			argp_error(state,
			           "--vary: expected pages, contexts, registers, stores, all or "
			           "none, found \"%.*s\"",
			           (int)n, arg);
		vary |= 1u << k;
		arg += n;
		if (*arg == '\0')
			return vary;
	}
}

static u32 principal_of(struct argp_state *state, const char *arg)
{
	const char *number = strncmp(arg, "VM:", 3) == 0 ? arg + 3 : arg;
	u64 vmid = 0;

	if (strcmp(arg, "HOST") == 0)
		return 1u << HOSTVISOR;
	if (!number_parse(number, strlen(number), &vmid) || !is_vm(vmid))
		argp_error(
			state,
			"--principal: expected HOST, or the number of a VM, 1..%d, as 3 or VM:3, "
			"found \"%s\"",
			COREVISOR - 1, arg);
	return 1u << vmid;
}

static void at_end(struct argp_state *state, struct two_args *a)
{
	const struct scenario *bug = a->subject ? bug_by_name(a->subject) : NULL;
	const struct scenario *s = a->subject && !bug ? scenario_by_name(a->subject) : bug;

	if (bug && a->only & ~(1u << HOSTVISOR))
		argp_error(
			state,
			"--principal: of %s HOST alone: what its CPUs do for a VM is no entry of "
			"the core, so that no step is the VM's",
			a->subject);
	if (bug)
		a->only = 1u << HOSTVISOR;
	if (!a->subject)
		argp_error(state, "which script or scenario? ('-' is a script on standard input; "
		                  "'hypsim list scenarios')");
	a->run.scenario = s;
	if (s && a->cpus > 1)
		argp_error(state, "--cpus: two runs of a scenario have one CPU");
	if (!s && (a->ops_given || a->run.n_scenario_options || a->run.opts.episode_ops))
		argp_error(state,
		           "--ops, --episode and -o go with a scenario only, and \"%s\" is "
		           "none ('hypsim list scenarios')",
		           a->subject);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct two_args *a = state->input;
	struct run_setup *r = &a->run;

	switch (key) {
	case 'c':
		a->cpus = (u32)arg_number(state, "--cpus", arg, 1, MAX_CPU);
		return 0;
	case 'n':
		r->opts.ops = arg_number(state, "--ops", arg, 1, ~0ull);
		a->ops_given = true;
		return 0;
	case 's':
		r->seed = arg_number(state, "--seed", arg, 0, ~0ull);
		return 0;
	case KEY_EPISODE:
		r->opts.episode_ops = arg_number(state, "--episode", arg, 1, ~0ull);
		return 0;
	case KEY_VARY:
		a->vary = kinds_of(state, arg);
		return 0;
	case KEY_PRINCIPAL:
		a->only |= principal_of(state, arg);
		return 0;
	case KEY_ERRATA:
		arg_errata(state, &r->chosen, arg);
		return 0;
	case KEY_ERRATUM:
		arg_erratum(state, &r->chosen, arg);
		return 0;
	case 'o':
		if (r->n_scenario_options == MAX_SET_OPTIONS)
			argp_error(state, "too many -o");
		r->scenario_options[r->n_scenario_options++] = arg;
		return 0;
	case KEY_JSON:
		a->json = true;
		return 0;
	case 'q':
		a->quiet = true;
		return 0;
	case ARGP_KEY_ARG:
		if (a->subject)
			argp_error(state, "one script or scenario only, found \"%s\" too", arg);
		a->subject = arg;
		return 0;
	case ARGP_KEY_END:
		at_end(state, a);
		return 0;
	default:
		return results_parse(key, arg, state, &r->results);
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "SCRIPT.hyp|SCENARIO|bug/NAME",
	.doc = "Run a script of 'hypsim exec', or a scenario on one CPU, twice: the same program, "
	       "schedule and values from outside, other secrets.  For HOST and each VM that is "
	       "VERIFIED, what it sees is compared at each step; of a bug (hypsim list bugs), for "
	       "HOST.\v"
	       "Exit status: 0 nothing found, 1 somebody sees what is not his, 2 wrong usage or a "
	       "malformed script, 3 the host failed, 130 or 143 interrupted and nothing found.",
};

static const char *scenario_name(u32 i)
{
	return scenarios[i]->name;
}

/* Lines of the script; their text stays in @a. */
static int read_script(struct two_args *a, struct err *e)
{
	bool in = strcmp(a->subject, "-") == 0;
	int fd = in ? STDIN_FILENO : open(a->subject, O_RDONLY | O_CLOEXEC), rc;
	size_t len = 0;
	char hint[96];

	a->script.name = in ? "standard input" : a->subject;
	if (fd < 0 && errno == ENOENT)
		return err_set(e, ERR_OPEN, "%s: no scenario%s, and no script: %s", a->subject,
		               nearest_of(a->subject, scenarios_count(), scenario_name, hint,
		                          sizeof(hint)),
		               strerror(errno));
	if (fd < 0)
		return err_host(e, ERR_OPEN, errno, "%s: no scenario, and no script", a->subject);
	rc = slurp(fd, a->script.name, &a->text, &len, e);
	if (!in)
		close(fd);
	if (rc < 0)
		return rc;
	for (size_t at = 0; at < len;) {
		char *line = a->text + at, *end = memchr(line, '\n', len - at);
		size_t n = end ? (size_t)(end - line) : len - at;

		line[n] = '\0';
		vec_push(&a->script, line);
		at += n + 1;
	}
	return 0;
}

/* Two machines of the scenario, and one comparison. */
static int scenario_once(struct two_args *a, struct pair *pr, struct err *e)
{
	struct run_setup r[2] = { a->run, a->run };
	int rc = run_setup_prepare(&r[0], e);
	bool done = true;

	if (rc == 0)
		rc = run_setup_prepare(&r[1], e);
	if (rc == 0) {
		struct two_run t = { .m = { r[0].machine, r[1].machine },
			             .w = { &r[0].workload, &r[1].workload },
			             .ops = a->run.opts.ops,
			             .episode_ops = a->run.opts.episode_ops,
			             .interrupts = interrupts_count() };

		done = two_run(&t, pr);
	}
	for (u32 k = 0; k < 2; k++)
		run_setup_free(&r[k]);
	if (rc == 0 && !done)
		rc = err_set(e, ERR_INTERRUPT, "interrupted");
	return rc;
}

static int one_principal(struct two_args *a, vmid_t p, u32 *verified, struct err *e)
{
	struct pair *pr = xcalloc(1, sizeof(*pr));
	int rc;

	pair_init(pr, p, a->vary, a->run.scenario != NULL);
	if (a->run.scenario) {
		do
			rc = scenario_once(a, pr, e);
		while (rc == 0 && pair_again(pr));
	} else {
		struct exec_opts o = { .cpus = a->cpus ? a->cpus : TOTAL_CPU, .seed = a->run.seed };

		errata_defaults(&o.errata);
		errata_apply_all(&o.errata, &a->run.chosen);
		errata_apply_named(&o.errata, &a->run.chosen);
		rc = two_exec(&a->script, &o, pr, e);
	}
	*verified |= pr->verified;
	/* Of what was interrupted there is a part. */
	if (rc == 0 || rc == -ERR_INTERRUPT)
		two_report_add(&a->report, pr);
	pair_free(pr);
	free(pr);
	return rc;
}

static int all_principals(struct two_args *a, struct err *e)
{
	u32 verified = 0;
	int rc = 0;

	for (vmid_t p = HOSTVISOR; p < COREVISOR && rc == 0; p++)
		if (a->only ? a->only >> p & 1 : p == HOSTVISOR || verified >> p & 1)
			rc = one_principal(a, p, &verified, e);
	return rc;
}

static void report_head(struct two_args *a)
{
	bool scenario = a->run.scenario != NULL;

	a->report.subject = scenario ? a->subject : a->script.name;
	a->report.cpus = scenario ? 1 : a->cpus ? a->cpus : TOTAL_CPU;
	a->report.seed = a->run.seed;
	a->report.ops = scenario ? a->run.opts.ops : 0;
	a->report.vary = a->vary;
}

int cmd_two_run(int argc, char **argv)
{
	static struct two_args a;
	struct err e;
	int rc, status;

	argp_err_exit_status = EXIT_BAD_INPUT;
	run_setup_defaults(&a.run);
	a.run.check = CHECK_OFF;
	a.run.cpus = 1;
	a.run.quiet = true;
	a.vary = SECRETS_ALL;
	options_known(&argp, argc, argv);
	results_out_line(&a.run.results, argc, argv);
	argp_parse(&argp, argc, argv, 0, NULL, &a);
	if (!a.run.opts.ops)
		a.run.opts.ops = DEFAULT_OPS;
	interrupts_catch(INTERRUPT_STEPS);
	rc = results_out_begin(&a.run.results, &a.subject, 1, &e);
	if (rc == 0 && !a.run.scenario)
		rc = read_script(&a, &e);
	report_head(&a);
	if (rc == 0)
		rc = all_principals(&a, &e);
	/* What was compared until a signal came is told. */
	a.report.interrupted = rc == -ERR_INTERRUPT && a.report.n > 0;
	if (rc < 0 && !a.report.interrupted) {
		results_failed(&a.run.results, a.subject, e.msg);
		fprintf(stderr, "hypsim two-run: %s\n", e.msg);
		status = err_status(e.code);
	} else {
		if (rc == 0)
			interrupts_missed();
		status = a.json ? two_report_json(&a.report) : two_report_text(&a.report, a.quiet);
		if (results_wanted(&a.run.results))
			json_array_append_new(a.run.results.suites,
			                      two_report_suite(&a.report, a.run.results.line));
	}
	status = results_out_end(&a.run.results, "hypsim two-run", interrupt_status(status));
	vec_free(&a.script);
	free(a.text);
	return cli_finish_stdout(status);
}
