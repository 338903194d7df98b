// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/log_command.h"

#include "sim/base/interrupt.h"
#include "sim/base/options.h"
#include "sim/cli/cmd.h"
#include "sim/log/text/skipped.h"

void log_parse(const struct argp *argp, int argc, char **argv, u32 max, void *input)
{
	struct log_files *a = input;

	a->name = argv[0];
	a->max = max;
	argp_err_exit_status = EXIT_BAD_INPUT;
	options_known(argp, argc, argv);
	argp_parse(argp, argc, argv, 0, NULL, input);
	interrupts_catch(INTERRUPT_STEPS);
}

error_t log_parse_file(int key, char *arg, struct argp_state *state)
{
	struct log_files *a = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (a->n == a->max)
			argp_error(state, "one file too many: \"%s\"", arg);
		a->file[a->n++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (a->n < a->max)
			argp_error(state, a->n ? "OUT is missing" : "no log is given");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int log_complain(const struct log_files *a, const struct err *e)
{
	fprintf(stderr, "%s: %s\n", a->name, e->msg);
	return interrupt_status(err_status(e->code));
}

int log_judge(const struct log_files *a, struct log_source *s, int rc, const struct err *e)
{
	struct log_status st;
	char told[160];

	log_source_status(s, &st);
	if (log_times_back(s, told, sizeof(told)))
		fprintf(stderr, "%s: %s: %s\n", a->name, a->file[0], told);
	if (st.cut && rc == 0)
		fprintf(stderr, "%s: %s: cut: not closed in order; %u missing step%s filled in\n",
		        a->name, a->file[0], st.holes, st.holes == 1 ? "" : "s");
	if (st.finding) {
		fprintf(stderr, "%s: %s: %s: %s\n", a->name, a->file[0],
		        merge_row_name(st.finding->row), st.finding->text);
		return EXIT_VIOLATION;
	}
	return rc < 0 ? log_complain(a, e) : EXIT_NOTHING;
}

void log_tell_skipped(const struct log_files *a, struct log_source *s)
{
	struct log_status st;
	char before[512];

	log_source_status(s, &st);
	snprintf(before, sizeof(before), "%s: %s: ", a->name, a->file[0]);
	skipped_print(stderr, before, s->config, &st);
}
