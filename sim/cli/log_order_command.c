// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/log_command.h"
#include "sim/inspect/log_order.h"

enum { OPT_DOT = 256 };

struct order_args {
	struct log_files in;
	enum order_form form;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct order_args *a = state->input;

	if (key != 'j' && key != OPT_DOT)
		return log_parse_file(key, arg, state);
	if (a->form != ORDER_TEXT && a->form != (key == 'j' ? ORDER_JSON : ORDER_DOT))
		argp_error(state, "--dot and --json are forms of one output");
	a->form = key == 'j' ? ORDER_JSON : ORDER_DOT;
	return 0;
}

static const struct argp_option options[] = {
	{ "dot", OPT_DOT, NULL, 0,
	  "the graph for graphviz: hypsim log order --dot LOG | dot -Tsvg >FILE", 0 },
	{ "json", 'j', NULL, 0, "one JSON object", 0 },
	{ 0 },
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "LOG",
	.doc = "Which lock was asked for while which was held, how often, and where first; and the "
	       "cycles of this order: inversions, whether or not they deadlocked."
};

static int ask(void *input, struct log_source *s, struct err *e)
{
	const struct order_args *a = input;

	return log_order(s, a->in.file[0], a->form, stdout, e);
}

static int run(int argc, char **argv)
{
	struct order_args a = { .form = ORDER_TEXT };

	log_parse(&argp, argc, argv, 1, &a);
	return log_ask(&a, ask);
}

const struct log_command log_command_order = { "order",
	                                       "which lock was asked for while which was held",
	                                       run };
