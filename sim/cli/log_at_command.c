// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/args.h"
#include "sim/cli/log_cell.h"
#include "sim/cli/log_command.h"
#include "sim/inspect/log_at.h"

#include <string.h>

enum { AT_MAX_WORDS = 5 };

/**
 * struct at_args
 * @word: [n_words] N, what is asked for, and the log
 */
struct at_args {
	struct log_files in;
	struct at_options o;
	u32 n_words;
	char *word[AT_MAX_WORDS];
};

static const struct {
	const char *name, *args;
	u32 n;
	enum at_what what;
} words[] = {
	{ "page", "PFN", 1, AT_PAGE },
	{ "walk", "VM ADDR", 2, AT_WALK },
	{ "get", "OBJECT FIELD[INDEX]", 2, AT_CELL },
	{ "dump", "OBJECT", 1, AT_DUMP },
};

static const char *word_name(u32 i)
{
	return i < ARRAY_SIZE(words) ? words[i].name : NULL;
}

static void parse_what(struct argp_state *state, struct at_args *a, char **word, u32 n)
{
	u32 i = arg_one_of(state, "what is asked for", word[0], ARRAY_SIZE(words), word_name);

	if (n != 1 + words[i].n)
		argp_error(state, "expected N %s %s LOG", words[i].name, words[i].args);
	a->o.what = words[i].what;
	switch (a->o.what) {
	case AT_PAGE:
		a->o.number = arg_number(state, "PFN", word[1], 0, KVM_ADDR_SPACE / PAGE_SIZE - 1);
		return;
	case AT_WALK:
		a->o.number = arg_number(state, "VM", word[1], 0, COREVISOR);
		a->o.addr = arg_number(state, "ADDR", word[2], 0, ~0ull);
		return;
	case AT_CELL:
		log_parse_cell(state, word[1], word[2], &a->o.cell);
		return;
	case AT_DUMP:
		a->o.cell.lk = log_parse_object(state, word[1]);
		return;
	case AT_CPUS:
		return;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct at_args *a = state->input;

	switch (key) {
	case 'j':
		a->o.json = true;
		return 0;
	case LOG_KEY_INDEX:
		return log_parse_file(key, arg, state);
	case ARGP_KEY_ARG:
		if (a->n_words == AT_MAX_WORDS)
			argp_error(state, "one word too many: \"%s\"", arg);
		a->word[a->n_words++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (a->n_words < 2)
			argp_error(state, "expected N and a log");
		a->o.index = arg_number(state, "N", a->word[0], 0, ~0ull - 1);
		a->in.file[a->in.n++] = a->word[a->n_words - 1];
		if (a->n_words > 2)
			parse_what(state, a, a->word + 1, a->n_words - 2);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	LOG_INDEX_ROW,
	{ "json", 'j', NULL, 0, "one JSON object", 0 },
	{ 0 },
};

static const struct argp argp = { .options = options,
	                          .parser = parse,
	                          .args_doc = "N LOG\nN page PFN LOG\nN walk VM ADDR LOG\nN get "
	                                      "OBJECT FIELD[INDEX] LOG\nN dump OBJECT "
	                                      "LOG",
	                          .doc = "The machine behind event number N of the merged log: in "
	                                 "which operations each CPU is, "
	                                 "which locks it holds and waits for; or the record of a "
	                                 "page frame, what a VM's table "
	                                 "(0: the host's) maps an address to, one cell of an "
	                                 "object, all cells that are not 0." };

static int ask(void *input, struct log_source *s, struct err *e)
{
	const struct at_args *a = input;

	return log_at(s, a->in.ix, a->in.file[0], &a->o, stdout, e);
}

static int run(int argc, char **argv)
{
	struct at_args a = { .in = { .wants = true }, .o = { .what = AT_CPUS } };

	log_parse(&argp, argc, argv, 1, &a);
	return log_ask(&a, ask);
}

const struct log_command log_command_at = { "at", "the machine behind an event", run };
