// SPDX-License-Identifier: GPL-2.0-only
#include "sim/base/whole_file.h"
#include "sim/cli/graphviz.h"
#include "sim/cli/log_command.h"
#include "sim/inspect/log_order.h"

enum { OPT_DOT = 256, OPT_SVG };

/**
 * struct order_args
 * @svg: the file that graphviz is to draw, or NULL
 */
struct order_args {
	struct log_files in;
	enum order_form form;
	const char *svg;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct order_args *a = state->input;

	if (key != 'j' && key != OPT_DOT && key != OPT_SVG)
		return log_parse_file(key, arg, state);
	if (a->form != ORDER_TEXT)
		argp_error(state, "--dot, --svg and --json are forms of one output");
	a->form = key == 'j' ? ORDER_JSON : ORDER_DOT;
	a->svg = arg;
	return 0;
}

static const struct argp_option options[] = {
	{ "dot", OPT_DOT, NULL, 0, "the graph for graphviz, on standard output", 0 },
	{ "svg", OPT_SVG, "FILE", 0, "the graph drawn by graphviz, whose dot must be installed",
	  0 },
	LOG_INDEX_ROW,
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

	return log_order(s, a->in.ix, a->in.file[0], a->form, stdout, e);
}

/* The graph goes to dot, and what dot draws to the file. */
static int ask_svg(void *input, struct log_source *s, struct err *e)
{
	const struct order_args *a = input;
	struct whole_file out;
	struct graphviz g;
	int rc;

	rc = whole_open(&out, a->svg, e);
	if (rc < 0)
		return rc;
	rc = graphviz_start(&g, &out, e);
	if (rc == 0) {
		rc = log_order(s, a->in.ix, a->in.file[0], a->form, g.graph, e);
		if (rc < 0)
			graphviz_drop(&g);
		else
			rc = graphviz_end(&g, e);
	}
	if (rc == 0)
		rc = whole_commit(&out, e);
	whole_drop(&out);
	return rc;
}

static int run(int argc, char **argv)
{
	struct order_args a = { .in = { .wants = true }, .form = ORDER_TEXT };

	log_parse(&argp, argc, argv, 1, &a);
	return log_ask(&a, a.svg ? ask_svg : ask);
}

const struct log_command log_command_order = { "order",
	                                       "which lock was asked for while which was held",
	                                       run };
