// SPDX-License-Identifier: GPL-2.0-only
/* hypsim doctor: what must be known of this build and this machine before their results are trusted. */
#include "sim/base/options.h"
#include "sim/cli/cmd.h"
#include "sim/cli/doctor.h"
#include "sim/cli/output.h"

#include <argp.h>
#include <stdio.h>

enum { KEY_PROVOKE = 256, KEY_FOLDER };

struct doctor_args {
	const char *provoke, *folder;
	bool json;
};

static const struct argp_option options[] = {
	{ "log-folder", KEY_FOLDER, "FOLDER", 0, "where logs will be written (default: here)", 0 },
	{ "json", 'j', NULL, 0, "one JSON object", 0 },
	{ "provoke", KEY_PROVOKE, "WHAT", OPTION_HIDDEN, NULL, 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct doctor_args *a = state->input;

	switch (key) {
	case KEY_PROVOKE:
		a->provoke = arg;
		return 0;
	case KEY_FOLDER:
		a->folder = arg;
		return 0;
	case 'j':
		a->json = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "no argument is expected, found \"%s\"", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Say of this build and this machine what must be known before results are trusted: "
	       "whether the sanitizer sees an error of its own, whether a small run is in order, "
	       "cores, memory, addresses, disk for logs, clocks, versions.\v"
	       "Exit status: 0 all is well, or only to be noted; 1 results could not be trusted, "
	       "or "
	       "there would be none; 2 wrong usage.",
};

static void print(const struct doctor *d)
{
	size_t i;
	json_t *item;

	json_array_foreach(d->items, i, item)
		printf("%-5s  %-16s %s\n", json_string_value(json_object_get(item, "state")),
	               json_string_value(json_object_get(item, "name")),
	               json_string_value(json_object_get(item, "says")));
	printf("verdict: %s\n", d->wrong ? "results cannot be trusted" : "all is well");
}

static void print_json(const struct doctor *d)
{
	json_t *o =
		json_pack("{s:s, s:O}", "verdict", d->wrong ? "wrong" : "ok", "items", d->items);

	json_dumpf(o, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(o);
}

int cmd_doctor(int argc, char **argv)
{
	struct doctor_args a = { .folder = "." };
	struct doctor d = { .items = NULL };

	argp_err_exit_status = EXIT_BAD_INPUT;
	options_known(&argp, argc, argv);
	argp_parse(&argp, argc, argv, 0, NULL, &a);
	if (a.provoke)
		return cli_finish_stdout(doctor_provoke(a.provoke));
	d.items = json_array();
	doctor_build(&d);
	doctor_host(&d, a.folder);
	if (a.json)
		print_json(&d);
	else
		print(&d);
	json_decref(d.items);
	return cli_finish_stdout(d.wrong ? EXIT_VIOLATION : EXIT_NOTHING);
}
