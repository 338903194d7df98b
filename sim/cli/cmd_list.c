// SPDX-License-Identifier: GPL-2.0-only
/* hypsim list: what there is, each with one sentence. */
#include "cpu/panic.h"
#include "cpu/stuck.h"
#include "oracle/cal/rules.h"
#include "oracle/check/finding.h"
#include "scenarios/scenarios.h"
#include "shmem/obj/lock_rank.h"
#include "shmem/obj/regs.h"
#include "sim/base/errata.h"
#include "sim/base/nearest.h"
#include "sim/base/number.h"
#include "sim/base/options.h"
#include "sim/cli/cmd.h"
#include "sim/cli/output.h"
#include "sim/machine/boot.h"
#include "sim/machine/prim.h"

#include <argp.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Where a list's rows go: lines for a person, or an array of objects. */
struct rows {
	json_t *array; /* NULL: lines */
	bool group;    /* the list has several kinds of rows: print the kind */
	u32 width;     /* columns of the terminal; 0: it is none */
};

/* Print @text from column @at on, the next lines indented as far; words stay whole.  A file or a pipe gets one line. */
static void wrapped(const struct rows *r, u32 at, const char *text)
{
	u32 col = at;

	while (*text) {
		u32 n = (u32)strcspn(text, " "), gap = (u32)strspn(text + n, " ");

		if (r->width && col > at && col + n > r->width) {
			printf("\n%*s", (int)at, "");
			col = at;
		}
		printf("%.*s", (int)n, text);
		col += n;
		text += n + gap;
		if (*text && !(r->width && col + gap + strcspn(text, " ") > r->width)) {
			printf("%*s", (int)gap, "");
			col += gap;
		} else if (*text) {
			col = r->width;
		}
	}
	putchar('\n');
}

static void row(struct rows *r, const char *kind, const char *id, const char *source,
                const char *sentence)
{
	json_t *o;

	if (!r->array) {
		int n = r->group ? printf("%-18s %-6s ", id, kind) : printf("%-16s ", id);

		wrapped(r, (u32)n, sentence);
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

/* What it runs with, one line an erratum and an option. */
static void scenario_lines(const struct rows *r, const struct scenario *s)
{
	char line[512];

	snprintf(line, sizeof(line), "CPUs: %u; waits: %s; expected verdict: %s", s->cpus,
	         wait_kind_name(s->wait),
	         s->expected == VERDICT_CLEAN ? "nothing found" : "a violation");
	printf("%-16s ", "");
	wrapped(r, 17, line);
	for (u32 k = 0; s->errata && s->errata[k]; k++)
		printf("%-14s --erratum %s\n", "", s->errata[k]);
	for (u32 k = 0; s->options[k].key; k++) {
		const struct scenario_option *o = &s->options[k];

		snprintf(line, sizeof(line), "-o %s=%llu..%llu  %s (default %llu)", o->key,
		         (unsigned long long)o->min, (unsigned long long)o->max, o->sentence,
		         (unsigned long long)o->value);
		printf("%-16s ", "");
		wrapped(r, 17, line);
	}
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
		printf("%-16s aim: ", "");
		wrapped(r, 22, s->aim);
		scenario_lines(r, s);
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
		row(r,
		    err_status(i) == EXIT_HOST  ? "host"
		    : err_status(i) > EXIT_HOST ? "signal"
		                                : "input",
		    err_name(i), "", err_sentence(i));
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

static void primitive_line(const struct rows *r, const struct prim *p)
{
	char line[1024] = "(";
	size_t at = 1;

	printf("%-26s %-6s ", p->name, prim_family_name(p->family));
	for (u32 k = 0; k < p->n_args && at < sizeof(line); k++)
		at += (size_t)snprintf(line + at, sizeof(line) - at, "%s%s: %s", k ? "; " : "",
		                       prim_arg_name(p->arg[k]), prim_arg_sentence(p->arg[k]));
	if (at < sizeof(line))
		snprintf(line + at, sizeof(line) - at, ")%s  [%s]", p->returns ? " = value" : "",
		         p->source);
	wrapped(r, 34, line);
}

static void helper_line(const struct rows *r, const char *name, const char *sentence)
{
	char line[256];

	snprintf(line, sizeof(line), "%s  [%s]", sentence, name);
	printf("%-26s helper ", name);
	wrapped(r, 34, line);
}

static void list_primitives(struct rows *r)
{
	const char *name, *sentence;

	for (u32 i = 0; i < n_prims; i++) {
		if (r->array)
			primitive_json(r->array, &prims[i]);
		else
			primitive_line(r, &prims[i]);
	}
	for (u32 i = 0; prim_helper(i, &name, &sentence); i++) {
		if (r->array)
			json_array_append_new(r->array, json_pack("{s:s,s:s,s:[s],s:s}", "id", name,
			                                          "family", "helper", "source",
			                                          name, "sentence", sentence));
		else
			helper_line(r, name, sentence);
	}
}

static void list_errata(struct rows *r)
{
	static const char *const sides[] = { "intended", "published" };

	for (u32 i = 0; i < ERRATUM_NR; i++) {
		const char *dflt = sides[erratum_default_published(i)];
		json_t *o;

		if (!r->array) {
			printf("%-20s ", erratum_name(i));
			wrapped(r, 21, erratum_where(i));
			printf("%-20s default: %s\n", "", dflt);
			for (u32 k = 2; k-- > 0;) {
				printf("%-20s %-10s ", "", sides[k]);
				wrapped(r, 32, erratum_sentence(i, k));
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

/* Name and number, and which function of the core answers. */
static void list_hypercalls(struct rows *r)
{
	char sentence[160];

#define HVC(number, ranges, call)                                                \
	snprintf(sentence, sizeof(sentence), "number %u: %.*s()", (u32)(number), \
	         (int)strcspn(#call, "("), #call);                               \
	row(r, "", #number, "", sentence);
#define HVC_X0(number, ranges, call)                                                      \
	snprintf(sentence, sizeof(sentence), "number %u: %.*s(), whose value goes to x0", \
	         (u32)(number), (int)strcspn(#call, "("), #call);                         \
	row(r, "", #number, "", sentence);
#include "sim/hyp/hvc.def"
}

/* Why a guest leaves: what vm_exit_dispatcher() makes of each class. */
static void list_traps(struct rows *r)
{
	static const struct {
		const char *name;
		u32 number;
		const char *what;
	} traps[] = {
#define TRAP(number, what) { #number, number, what },
#include "sim/hyp/trap.def"
	};

	for (u32 i = 0; i < ARRAY_SIZE(traps); i++) {
		char sentence[160];

		snprintf(sentence, sizeof(sentence), "class 0x%02x: %s", traps[i].number,
		         traps[i].what);
		row(r, "", traps[i].name, "", sentence);
	}
}

/* Of a vCPU's context, with the number that get_shadow_ctxt has for it. */
static void list_registers(struct rows *r)
{
	static const char *const groups[] = { "REGS", "TRAP", "STATES" };

	for (enum reg reg = 0; reg < REG_NR; reg++) {
		char sentence[96];
		u32 index = 0;

		while (index <= CTXT_ESR_EL2 && reg_by_index(index) != reg)
			index++;
		if (index <= CTXT_ESR_EL2)
			snprintf(sentence, sizeof(sentence), "of %s, number %u in shadow contexts",
			         groups[reg_group(reg)], index);
		else
			snprintf(sentence, sizeof(sentence), "of %s, without a number",
			         groups[reg_group(reg)]);
		row(r, "", reg_name(reg), "", sentence);
	}
}

static void list_fields(struct rows *r)
{
	for (u32 kind = 0; kind < OBJ_NR; kind++) {
		for (u32 f = 0; f < obj_n_fields(kind); f++) {
			const struct obj_field *field = obj_field(kind, f);
			char sentence[128], name[32];
			lk_t id = FLATMEM_ID;

			while ((u32)obj_kind_of(id) != kind)
				id++;
			obj_name(id, name, sizeof(name));
			name[strcspn(name, ":")] = '\0';
			snprintf(sentence, sizeof(sentence), "of %s, %llu cell%s%s", name,
			         (unsigned long long)field->count, field->count > 1 ? "s" : "",
			         field->scale > 1 ? ", by addresses in bytes" : "");
			row(r, "", field->name, "", sentence);
		}
	}
}

/* The memory map that a machine boots with when nothing else is asked for. */
static void list_regions(struct rows *r)
{
	struct fixed f;

	machine_boot_fixed(&f, BOOT_PAGES);
	for (u32 i = 0; i < f.region_cnt; i++) {
		const struct mem_region *m = &f.region[i];
		char name[16], sentence[128];

		snprintf(name, sizeof(name), "%u", i);
		snprintf(sentence, sizeof(sentence), "0x%llx..0x%llx, %s",
		         (unsigned long long)m->mb_base,
		         (unsigned long long)(m->mb_base + m->mb_size - 1),
		         m->mb_index == INVALID64  ? "devices"
		         : m->mb_flag == BOOT_CORE ? "pages of the core"
		                                   : "managed pages");
		row(r, "", name, "", sentence);
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
	{ "hypercalls", list_hypercalls, "what a host can ask the core for" },
	{ "traps", list_traps, "why a guest leaves, and who answers" },
	{ "registers", list_registers, "of a vCPU's context" },
	{ "fields", list_fields, "of the shared objects, as logs and scripts name them" },
	{ "regions", list_regions, "the memory that a machine boots with" },
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
	.args_doc = "[scenarios|checks|rules|panics|locks|primitives|hypercalls|traps|registers|"
		    "fields|regions|errata]",
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

/* Columns of the terminal that standard output is; 0: it is none. */
static u32 terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize w;
	u64 v;

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (columns && number_parse(columns, strlen(columns), &v) && v >= 40 && v < 10000)
		return (u32)v;
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col >= 40 ? w.ws_col : 80;
}

int cmd_list(int argc, char **argv)
{
	struct list_opts o = { 0 };
	struct rows r = { 0 };

	argp_err_exit_status = EXIT_BAD_INPUT;
	options_known(&argp, argc, argv);
	argp_parse(&argp, argc, argv, 0, NULL, &o);
	r.width = terminal_width();
	if (o.json)
		r.array = json_array();
	for (u32 i = 0; i < ARRAY_SIZE(lists); i++) {
		if (!o.what) {
			row(&r, "", lists[i].name, "", lists[i].sentence);
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
