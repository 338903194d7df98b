// SPDX-License-Identifier: GPL-2.0-only
/* hypsim list: what there is, each with one sentence. */
#include "cpu/panic.h"
#include "cpu/stuck.h"
#include "oracle/cal/rules.h"
#include "oracle/check/finding.h"
#include "scenarios/scenarios.h"
#include "shmem/obj/lock_rank.h"
#include "sim/base/errata.h"
#include "sim/cli/cmd.h"
#include "sim/cli/output.h"
#include "sim/machine/prim.h"

#include <argp.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* Where a list's rows go: lines for a person, or an array of objects. */
struct rows {
	json_t *array; /* NULL: lines */
	bool group;    /* the list has several kinds of rows: print the kind */
};

static void row(struct rows *r, const char *kind, const char *id, const char *source,
                const char *sentence)
{
	json_t *o;

	if (!r->array) {
		if (r->group)
			printf("%-18s %-6s %s\n", id, kind, sentence);
		else
			printf("%-16s %s\n", id, sentence);
		return;
	}
	o = json_object();
	json_object_set_new(o, "id", json_string(id));
	if (r->group)
		json_object_set_new(o, "kind", json_string(kind));
	if (*source)
		json_object_set_new(o, "source", json_string(source));
	json_object_set_new(o, "sentence", json_string(sentence));
	json_array_append_new(r->array, o);
}

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

static void list_scenarios(struct rows *r)
{
	for (u32 i = 0; scenarios[i]; i++) {
		const struct scenario *s = scenarios[i];

		if (r->array) {
			scenario_json(r->array, s);
			continue;
		}
		row(r, "", s->name, "", s->sentence);
		printf("%-16s aim: %s\n", "", s->aim);
		printf("%-16s CPUs: %u; waits: %s; expected verdict: %s\n", "", s->cpus,
		       wait_kind_name(s->wait),
		       s->expected == VERDICT_CLEAN ? "nothing found" : "a violation");
		for (u32 k = 0; s->errata && s->errata[k]; k++)
			printf("%-14s --erratum %s\n", "", s->errata[k]);
		for (u32 k = 0; s->options[k].key; k++)
			printf("%-16s -o %s=%llu..%llu  %s (default %llu)\n", "", s->options[k].key,
			       (unsigned long long)s->options[k].min,
			       (unsigned long long)s->options[k].max, s->options[k].sentence,
			       (unsigned long long)s->options[k].value);
	}
}

/* Words with a space between, as an array. */
static json_t *words(const char *text)
{
	json_t *array = json_array();

	while (*text) {
		size_t n = strcspn(text, " ");

		json_array_append_new(array, json_stringn(text, n));
		text += n + (text[n] == ' ');
	}
	return array;
}

static void check_json(json_t *array, enum check_id id)
{
	json_t *o =
		json_pack("{s:s, s:s, s:o}", "id", check_name(id), "group",
	                  check_group_name(check_group(id)), "clauses", words(check_clauses(id)));

	if (*check_source(id))
		json_object_set_new(o, "source", json_string(check_source(id)));
	json_object_set_new(o, "sentence", json_string(check_sentence(id)));
	json_array_append_new(array, o);
}

/* A person reads the group, then what the specification calls it behind the sentence. */
static void list_checks(struct rows *r)
{
	for (u32 id = 0; id < CHK_NR; id++) {
		const char *clauses = check_clauses(id), *source = check_source(id);

		if (r->array) {
			check_json(r->array, id);
			continue;
		}
		printf("%-16s %-6s %s", check_name(id), check_group_name(check_group(id)),
		       check_sentence(id));
		if (*clauses || *source)
			printf("  [%s%s%s]", clauses, *clauses && *source ? ", " : "", source);
		putchar('\n');
	}
}

static void list_rules(struct rows *r)
{
	r->group = true;
	for (u32 i = CAL_OK + 1; i < CAL_NR; i++)
		row(r, "fold", cal_row_name(i), cal_row_source(i), cal_row_sentence(i));
	for (u32 i = 0; i < CHECK_ROW_NR; i++)
		row(r, "check", check_row_name(i), check_source(check_row_check(i)),
		    check_row_sentence(i));
	for (u32 i = STUCK_NONE + 1; i < STUCK_NR; i++)
		row(r, "stuck", stuck_name(i), "", stuck_sentence(i));
	for (u32 i = ERR_NONE + 1; i < ERR_NR; i++)
		row(r, err_status(i) == EXIT_HOST ? "host" : "input", err_name(i), "",
		    err_sentence(i));
}

static void list_panics(struct rows *r)
{
	for (u32 i = PANIC_NONE + 1; i < PANIC_NR; i++) {
		const char *values = panic_values(i);

		if (r->array)
			json_array_append_new(r->array,
			                      json_pack("{s:s,s:s,s:o}", "id", panic_name(i),
			                                "sentence", panic_sentence(i), "values",
			                                words(values)));
		else
			printf("%-24s %s%s%s%s\n", panic_name(i), panic_sentence(i),
			       *values ? " (" : "", values, *values ? ")" : "");
	}
}

static void list_locks(struct rows *r)
{
	for (lk_t id = CORE_ID; id < ID_END; id++) {
		char name[32], sentence[96];

		obj_name(id, name, sizeof(name));
		snprintf(sentence, sizeof(sentence), "lock %u, rank %u in the lock order", id,
		         obj_lock_rank(id));
		row(r, "", name, "", sentence);
	}
}

static void primitive_json(json_t *array, const struct prim *p)
{
	json_t *o = json_object(), *args = json_array();

	for (u32 k = 0; k < p->n_args; k++) {
		json_t *arg = json_object();

		json_object_set_new(arg, "name", json_string(prim_arg_name(p->arg[k])));
		json_object_set_new(arg, "range", json_string(prim_arg_sentence(p->arg[k])));
		json_array_append_new(args, arg);
	}
	json_object_set_new(o, "id", json_string(p->name));
	json_object_set_new(o, "family", json_string(prim_family_name(p->family)));
	json_object_set_new(o, "source", words(p->source));
	json_object_set_new(o, "arguments", args);
	json_object_set_new(o, "returns", json_boolean(p->returns));
	json_array_append_new(array, o);
}

static void primitive_line(const struct prim *p)
{
	printf("%-26s %-6s (", p->name, prim_family_name(p->family));
	for (u32 k = 0; k < p->n_args; k++)
		printf("%s%s: %s", k ? "; " : "", prim_arg_name(p->arg[k]),
		       prim_arg_sentence(p->arg[k]));
	printf(")%s  [%s]\n", p->returns ? " = value" : "", p->source);
}

static void list_primitives(struct rows *r)
{
	const char *name, *sentence;

	for (u32 i = 0; i < n_prims; i++) {
		if (r->array)
			primitive_json(r->array, &prims[i]);
		else
			primitive_line(&prims[i]);
	}
	for (u32 i = 0; prim_helper(i, &name, &sentence); i++) {
		if (r->array)
			json_array_append_new(r->array, json_pack("{s:s,s:s,s:[s],s:s}", "id", name,
			                                          "family", "helper", "source",
			                                          name, "sentence", sentence));
		else
			printf("%-26s helper %s  [%s]\n", name, sentence, name);
	}
}

static void list_errata(struct rows *r)
{
	static const char *const sides[] = { "intended", "published" };

	for (u32 i = 0; i < ERRATUM_NR; i++) {
		const char *dflt = sides[erratum_default_published(i)];
		json_t *o;

		if (!r->array) {
			printf("%-20s %s\n", erratum_name(i), erratum_where(i));
			printf("%-20s default: %s\n", "", dflt);
			for (u32 k = 2; k-- > 0;)
				printf("%-20s %-10s %s\n", "", sides[k], erratum_sentence(i, k));
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
	void (*list)(struct rows *r);
	const char *sentence;
} lists[] = {
	{ "scenarios", list_scenarios, "what 'hypsim run' can run" },
	{ "checks", list_checks, "what 'hypsim check' judges" },
	{ "rules", list_rules, "every rule that can reject something" },
	{ "panics", list_panics, "why the hypervisor halts the machine, with the values told" },
	{ "locks", list_locks, "the locks, with their rank" },
	{ "primitives", list_primitives,
	  "what 'hypsim exec' can call, and the source's name of each" },
	{ "errata", list_errata, "slips of the published files, and which side is the default" },
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
	.args_doc = "[scenarios|checks|rules|panics|locks|primitives|errata]",
	.doc = "Say what there is, each with one sentence.  A primitive: its family, its arguments "
	       "with their ranges, "
	       "whether it gives a value, and the source's names.  An erratum: where it is, what "
	       "each side says, and "
	       "its default; --erratum of the other commands chooses.  Without an argument: the "
	       "lists.\v"
	       "Exit status: 0, 2 wrong usage, 3 the host failed.",
};

int cmd_list(int argc, char **argv)
{
	struct list_opts o = { 0 };
	struct rows r = { 0 };

	cli_begin_stdout();
	argp_err_exit_status = EXIT_BAD_INPUT;
	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (o.json)
		r.array = json_array();
	for (u32 i = 0; i < ARRAY_SIZE(lists); i++) {
		if (!o.what) {
			row(&r, "", lists[i].name, "", lists[i].sentence);
		} else if (strcmp(lists[i].name, o.what) == 0) {
			lists[i].list(&r);
			break;
		} else if (i + 1 == ARRAY_SIZE(lists)) {
			fprintf(stderr,
			        "hypsim list: there is no list '%s' (scenarios, checks, rules, "
			        "panics, locks, primitives, errata)\n",
			        o.what);
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
