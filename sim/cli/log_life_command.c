// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/args.h"
#include "sim/cli/log_about.h"
#include "sim/cli/log_cell.h"
#include "sim/cli/log_command.h"
#include "sim/cli/output.h"
#include "sim/cli/pager.h"
#include "sim/inspect/life.h"

/**
 * struct life_args
 * @usage: the arguments that there must be
 * @what:  [n_what of max_what] what is asked for, before the log is named
 */
struct life_args {
	struct log_files in;
	struct life_options o;
	const char *usage;
	u32 n_what, max_what;
	const char *what[2];
};

static void parse_what(struct argp_state *state, struct life_args *a)
{
	switch (a->o.of) {
	case LIFE_PAGE:
		a->o.number =
			arg_number(state, "PFN", a->what[0], 0, KVM_ADDR_SPACE / PAGE_SIZE - 1);
		return;
	case LIFE_VM:
		a->o.number = arg_number(state, "VM", a->what[0], 0, COREVISOR - 1);
		return;
	case LIFE_BANK:
		a->o.number = log_parse_bank(state, a->what[0]);
		return;
	case LIFE_CELL:
		log_parse_cell(state, a->what[0], a->what[1], &a->o.cell);
		return;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct life_args *a = state->input;

	switch (key) {
	case 'j':
		a->o.json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (a->n_what == a->max_what || a->in.n)
			return log_parse_file(key, arg, state);
		a->what[a->n_what++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (a->n_what < a->max_what)
			argp_error(state, "expected %s", a->usage);
		log_parse_range(key, arg, state, &a->o.from, &a->o.to);
		parse_what(state, a);
		return 0;
	default:
		return log_parse_range(key, arg, state, &a->o.from, &a->o.to);
	}
}

static const struct argp_option options[] = {
	LOG_RANGE_ROWS("changes from this index in the merged log on",
	               "up to this index, and what is there behind it"),
	LOG_INDEX_ROW,
	{ "json", 'j', NULL, 0, "one JSON object a line", 0 },
	{ 0 },
};

static bool keep_going(void)
{
	return !cli_stdout_broken();
}

static int ask(void *input, struct log_source *s, struct err *e)
{
	const struct life_args *a = input;

	return log_life(s, a->in.ix, a->in.file[0], &a->o, stdout, e);
}

static int life(int argc, char **argv, const struct argp *argp, enum life_of of)
{
	struct life_args a = { .in = { .wants = true },
		               .o = { .of = of, .to = ~0ull, .keep_going = keep_going },
		               .usage = argp->args_doc,
		               .max_what = of == LIFE_CELL ? 2 : 1 };

	log_parse(argp, argc, argv, 1, &a);
	if (!a.o.json)
		pager_begin();
	return log_ask(&a, ask);
}

static int run_page(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "PFN LOG",
		.doc = "The life of a page frame: its record (owner, count, gfn), who maps it "
		       "(host, "
		       "VMs, context banks), its contents, each change with its event, CPU and "
		       "operation; and what is there at the end."
	};

	return life(argc, argv, &argp, LIFE_PAGE);
}

static int run_vm(int argc, char **argv)
{
	static const struct argp argp = { .options = options,
		                          .parser = parse,
		                          .args_doc = "VM LOG",
		                          .doc = "The life of a VM (0 is the host): its record and "
		                                 "states, what it maps, pages and "
		                                 "banks that it gets and loses." };

	return life(argc, argv, &argp, LIFE_VM);
}

static int run_bank(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "SMMU,BANK LOG",
		.doc = "The life of an SMMU's context bank: its owner, and what it maps."
	};

	return life(argc, argv, &argp, LIFE_BANK);
}

static int run_cell(int argc, char **argv)
{
	static const struct argp argp = { .options = options,
		                          .parser = parse,
		                          .args_doc = "OBJECT FIELD[INDEX] LOG",
		                          .doc = "Each change of one cell of an object: hypsim log "
		                                 "cell S2PAGE s2_owner[3] LOG." };

	return life(argc, argv, &argp, LIFE_CELL);
}

const struct log_command log_command_page = { "page", "the life of a page frame", run_page };
const struct log_command log_command_vm = { "vm", "the life of a VM", run_vm };
const struct log_command log_command_bank = { "bank", "the life of a context bank", run_bank };
const struct log_command log_command_cell = { "cell", "the life of a cell", run_cell };
