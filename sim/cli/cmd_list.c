// SPDX-License-Identifier: GPL-2.0-only
/* hypsim list: what there is, each with one sentence. */
#include "cpu/panic.h"
#include "cpu/stuck.h"
#include "oracle/cal/rules.h"
#include "oracle/check/finding.h"
#include "scenarios/bugs/bugs.h"
#include "scenarios/scenarios.h"
#include "sim/base/errata.h"
#include "sim/base/nearest.h"
#include "sim/base/options.h"
#include "sim/cli/cmd.h"
#include "sim/cli/list_machine.h"
#include "sim/cli/list_options.h"
#include "sim/cli/list_rows.h"
#include "sim/cli/list_scopes.h"
#include "sim/cli/list_spec.h"
#include "sim/cli/output.h"

#include <argp.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *option_json(const struct scenario_option *o)
{
	return json_pack("{s:s,s:s,s:I,s:I,s:I}", "key", o->key, "sentence", o->sentence, "min",
	                 (json_int_t)o->min, "max", (json_int_t)o->max, "default",
	                 (json_int_t)o->value);
}

static void scenario_json(json_t *array, const struct scenario *s)
{
	json_t *errata = json_array(), *options = json_array();

	for (u32 k = 0; s->errata && s->errata[k]; k++)
		json_array_append_new(errata, json_string(s->errata[k]));
	for (u32 k = 0; s->options[k].key; k++)
		json_array_append_new(options, option_json(&s->options[k]));
	json_array_append_new(array,
	                      json_pack("{s:s,s:s,s:s,s:i,s:s,s:s,s:o,s:o}", "id", s->name,
	                                "sentence", s->sentence, "aim", s->aim, "cpus",
	                                (int)s->cpus, "wait", wait_kind_name(s->wait), "expected",
	                                s->expected == VERDICT_CLEAN ? "ok" : "violation", "errata",
	                                errata, "options", options));
}

/* What it runs with, one line an erratum and an option. */
static void scenario_lines(const struct list_rows *r, const struct scenario *s)
{
	char line[512];

	snprintf(line, sizeof(line), "CPUs: %u; waits: %s; expected verdict: %s", s->cpus,
	         wait_kind_name(s->wait),
	         s->expected == VERDICT_CLEAN ? "nothing found" : "a violation");
	printf("%-16s ", "");
	list_wrapped(r, 17, line);
	for (u32 k = 0; s->errata && s->errata[k]; k++)
		printf("%-14s --erratum %s\n", "", s->errata[k]);
	for (u32 k = 0; s->options[k].key; k++) {
		const struct scenario_option *o = &s->options[k];

		if (scenario_option_switch(o))
			snprintf(line, sizeof(line), "-o %s=on|off  %s (default %s)", o->key,
			         o->sentence, o->value ? "on" : "off");
		else
			snprintf(line, sizeof(line), "-o %s=%llu..%llu  %s (default %llu)", o->key,
			         (unsigned long long)o->min, (unsigned long long)o->max,
			         o->sentence, (unsigned long long)o->value);
		printf("%-16s ", "");
		list_wrapped(r, 17, line);
	}
}

static void list_scenarios(struct list_rows *r)
{
	for (u32 i = 0; scenarios[i]; i++) {
		const struct scenario *s = scenarios[i];

		if (r->array) {
			scenario_json(r->array, s);
			continue;
		}
		list_row(r, "", s->name, "", s->sentence);
		printf("%-16s aim: ", "");
		list_wrapped(r, 22, s->aim);
		scenario_lines(r, s);
	}
}

static void list_bugs(struct list_rows *r)
{
	for (u32 i = 0; bugs[i]; i++) {
		const struct bug *b = bugs[i];

		if (r->array) {
			json_array_append_new(r->array,
			                      json_pack("{s:s,s:s,s:s,s:o}", "id", b->scenario.name,
			                                "sentence", b->scenario.sentence, "aim",
			                                b->scenario.aim, "named_by",
			                                list_words(b->named_by)));
			continue;
		}
		list_row(r, "", b->scenario.name, "", b->scenario.sentence);
		printf("%-16s ", "");
		list_wrapped(r, 17, b->scenario.aim);
		printf("%-16s named by %s\n", "", b->named_by);
	}
}

static void check_json(json_t *array, enum check_id id)
{
	json_t *o = json_pack("{s:s, s:s, s:o}", "id", check_name(id), "group",
	                      check_group_name(check_group(id)), "clauses",
	                      list_words(check_clauses(id)));

	if (*check_source(id))
		json_object_set_new(o, "source", json_string(check_source(id)));
	json_object_set_new(o, "sentence", json_string(check_sentence(id)));
	json_array_append_new(array, o);
}

/* A person reads the group, then what the specification calls it behind the sentence. */
static void list_checks(struct list_rows *r)
{
	for (u32 id = 0; id < CHK_NR; id++) {
		const char *clauses = check_clauses(id), *source = check_source(id);
		bool any = *clauses || *source;
		char line[512];
		int n;

		if (r->array) {
			check_json(r->array, id);
			continue;
		}
		n = printf("%-16s %-6s ", check_name(id), check_group_name(check_group(id)));
		snprintf(line, sizeof(line), "%s%s%s%s%s%s", check_sentence(id), any ? "  [" : "",
		         clauses, *clauses && *source ? ", " : "", source, any ? "]" : "");
		list_wrapped(r, (u32)n, line);
	}
}

static void list_rules(struct list_rows *r)
{
	r->group = true;
	for (u32 i = CAL_OK + 1; i < CAL_NR; i++)
		list_row(r, "fold", cal_row_name(i), cal_row_source(i), cal_row_sentence(i));
	for (u32 i = 0; i < CHECK_ROW_NR; i++)
		list_row(r, "check", check_row_name(i), check_source(check_row_check(i)),
		         check_row_sentence(i));
	for (u32 i = STUCK_NONE + 1; i < STUCK_NR; i++)
		list_row(r, "stuck", stuck_name(i), "", stuck_sentence(i));
	for (u32 i = ERR_NONE + 1; i < ERR_NR; i++)
		list_row(r,
		         err_status(i) == EXIT_HOST  ? "host"
		         : err_status(i) > EXIT_HOST ? "signal"
		                                     : "input",
		         err_name(i), "", err_sentence(i));
}

static void list_panics(struct list_rows *r)
{
	for (u32 i = PANIC_NONE + 1; i < PANIC_NR; i++) {
		const char *values = panic_values(i);

		if (r->array)
			json_array_append_new(r->array,
			                      json_pack("{s:s,s:s,s:o}", "id", panic_name(i),
			                                "sentence", panic_sentence(i), "values",
			                                list_words(values)));
		else
			printf("%-24s %s%s%s%s\n", panic_name(i), panic_sentence(i),
			       *values ? " (" : "", values, *values ? ")" : "");
	}
}

static void list_errata(struct list_rows *r)
{
	static const char *const sides[] = { "intended", "published" };

	for (u32 i = 0; i < ERRATUM_NR; i++) {
		const char *dflt = sides[erratum_default_published(i)];
		json_t *o;

		if (!r->array) {
			printf("%-20s ", erratum_name(i));
			list_wrapped(r, 21, erratum_where(i));
			printf("%-20s default: %s\n", "", dflt);
			for (u32 k = 2; k-- > 0;) {
				printf("%-20s %-10s ", "", sides[k]);
				list_wrapped(r, 32, erratum_sentence(i, k));
			}
			continue;
		}
		o = json_object();
		json_object_set_new(o, "id", json_string(erratum_name(i)));
		json_object_set_new(o, "where", json_string(erratum_where(i)));
		json_object_set_new(o, "default", json_string(dflt));
		for (u32 k = 2; k-- > 0;)
			json_object_set_new(o, sides[k], json_string(erratum_sentence(i, k)));
		json_array_append_new(r->array, o);
	}
}

static const struct {
	const char *name;
	void (*list)(struct list_rows *r);
	const char *sentence;
} lists[] = {
	{ "scenarios", list_scenarios, "what 'hypsim run' can run" },
	{ "bugs", list_bugs, "bugs to run and to read: hypsim run bug/NAME" },
	{ "scopes", list_scopes, "small programs whose schedules 'hypsim explore' runs" },
	{ "checks", list_checks, "what 'hypsim check' judges" },
	{ "rules", list_rules, "every rule that can reject something" },
	{ "panics", list_panics, "why the hypervisor halts the machine, with the values told" },
	{ "locks", list_locks, "the locks, with their rank" },
	{ "primitives", list_primitives,
	  "what 'hypsim exec' can call, and the source's name of each" },
	{ "hypercalls", list_hypercalls, "what a host can ask the core for" },
	{ "traps", list_traps, "why a guest leaves, and who answers" },
	{ "registers", list_registers, "of a vCPU's context" },
	{ "fields", list_fields, "of the shared objects, as logs and scripts name them" },
	{ "regions", list_regions, "the memory that a machine boots with" },
	{ "errata", list_errata, "slips of the published files, and which side is the default" },
	{ "spec", list_spec, "what each atomic operation must do, and where the source has it" },
	{ "explore-options", list_explore_options,
	  "what each option of 'hypsim explore' goes with" },
	{ "replay-options", list_replay_options, "what each option of 'hypsim replay' goes with" },
};

struct list_opts {
	bool json;
	const char *what;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct list_opts *o = state->input;

	switch (key) {
	case 'j':
		o->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (o->what)
			argp_error(state, "one list only, found \"%s\" too", arg);
		o->what = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{ "json", 'j', NULL, 0, "an array of objects", 0 },
	{ 0 },
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[scenarios|bugs|scopes|checks|rules|panics|locks|primitives|hypercalls|traps|"
		    "registers|fields|regions|errata|spec|explore-options|replay-options]",
	.doc = "Say what there is, each with one sentence.  A primitive: its family, its arguments "
	       "with their ranges, "
	       "whether it gives a value, and the source's names.  An erratum: where it is, what "
	       "each side says, and "
	       "its default; --erratum of the other commands chooses.  Without an argument: the "
	       "lists.\v"
	       "Exit status: 0, 2 wrong usage, 3 the host failed.",
};

static const char *list_name(u32 i)
{
	return lists[i].name;
}

static void unknown_list(const char *what)
{
	char hint[80];

	fprintf(stderr, "hypsim list: there is no list '%s'%s (", what,
	        nearest_of(what, ARRAY_SIZE(lists), list_name, hint, sizeof(hint)));
	for (u32 i = 0; i < ARRAY_SIZE(lists); i++)
		fprintf(stderr, "%s%s", i ? ", " : "", lists[i].name);
	fprintf(stderr, ")\n");
}

int cmd_list(int argc, char **argv)
{
	struct list_opts o = { 0 };
	struct list_rows r = { 0 };

	argp_err_exit_status = EXIT_BAD_INPUT;
	options_known(&argp, argc, argv);
	argp_parse(&argp, argc, argv, 0, NULL, &o);
	r.width = cli_width();
	if (o.json)
		r.array = json_array();
	for (u32 i = 0; i < ARRAY_SIZE(lists); i++) {
		if (!o.what) {
			list_row(&r, "", lists[i].name, "", lists[i].sentence);
		} else if (strcmp(lists[i].name, o.what) == 0) {
			lists[i].list(&r);
			break;
		} else if (i + 1 == ARRAY_SIZE(lists)) {
			unknown_list(o.what);
			json_decref(r.array);
			return EXIT_BAD_INPUT;
		}
	}
	if (r.array) {
		json_dumpf(r.array, stdout, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
		printf("\n");
		json_decref(r.array);
	}
	return cli_finish_stdout(EXIT_NOTHING);
}
