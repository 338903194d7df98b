// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/log_command.h"

#include "sim/base/interrupt.h"
#include "sim/base/options.h"
#include "sim/cli/args.h"
#include "sim/cli/cmd.h"
#include "sim/cli/output.h"
#include "sim/inspect/index_build.h"
#include "sim/log/text/skipped.h"
#include "sim/log/text/text_line.h"

#include <stdlib.h>
#include <string.h>

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
	case LOG_KEY_INDEX:
		a->index = arg;
		return 0;
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

void log_parse_bits(struct argp_state *state, const char *what, char *list,
                    u64 (*bit)(struct argp_state *state, const char *s), u64 *out)
{
	char *save;

	if (*out == ~0ull)
		*out = 0;
	for (char *s = strtok_r(list, ",", &save); s; s = strtok_r(NULL, ",", &save))
		*out |= bit(state, s);
	if (*out == 0)
		argp_error(state, "%s: the list is empty", what);
}

/* "3" or "SPT", "NPT:2" */
static u64 lock_bit(struct argp_state *state, const char *s)
{
	struct text_word w = { .p = s, .len = strlen(s) };
	u64 lk = 0;

	if (!text_object(w, &lk) || lk >= ID_END)
		argp_error(state,
		           "--lock: expected a number below %d or a name as NPT:2, found \"%s\"",
		           ID_END, s);
	return 1ull << lk;
}

void log_parse_locks(struct argp_state *state, char *list, u64 *out)
{
	log_parse_bits(state, "--lock", list, lock_bit, out);
}

static u64 cpu_bit(struct argp_state *state, const char *s)
{
	return 1ull << arg_number(state, "--cpu", s, 0, MAX_CPU - 1);
}

void log_parse_cpus(struct argp_state *state, char *list, u64 *out)
{
	log_parse_bits(state, "--cpu", list, cpu_bit, out);
}

error_t log_parse_range(int key, char *arg, struct argp_state *state, u64 *from, u64 *to)
{
	switch (key) {
	case LOG_KEY_FROM:
		*from = arg_number(state, "--from", arg, 0, ~0ull - 1);
		return 0;
	case LOG_KEY_TO:
		*to = arg_number(state, "--to", arg, 0, ~0ull - 1);
		return 0;
	case ARGP_KEY_END:
		log_parse_file(key, arg, state);
		if (*from > *to)
			argp_error(state, "--from %llu --to %llu: the range is empty",
			           (unsigned long long)*from, (unsigned long long)*to);
		return 0;
	default:
		return log_parse_file(key, arg, state);
	}
}

int log_find_cpus(const struct log_files *a, const struct log_config *c, u64 cpus, struct err *e)
{
	u64 more = cpus == ~0ull || c->cpus == MAX_CPU ? 0 : cpus >> c->cpus;

	if (!more)
		return 0;
	return err_set(e, ERR_USAGE, "%s: --cpu %u: the log has CPUs 0..%u", a->file[0],
	               c->cpus + (u32)__builtin_ctzll(more), c->cpus - 1);
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

/* Nobody waits for a log that is smaller: it is read without an index, unless one is asked for or there. */
static const u64 least_bytes = 4ull << 20;

bool log_without_index(const struct log_files *a)
{
	return a->index && strcmp(a->index, "none") == 0;
}

char *log_index_path(const struct log_files *a)
{
	char *path;

	if (a->index)
		return strdup(a->index);
	if (asprintf(&path, "%s.hidx", a->file[0]) < 0)
		abort();
	return path;
}

void log_find_index(struct log_files *a, struct log_source *s)
{
	struct index_options o = index_defaults();
	struct log_name name;
	struct err e;
	char *path;

	if (log_without_index(a) || !index_log_name(s, &name))
		return;
	path = log_index_path(a);
	a->ix = log_index_open(path, &name);
	if (!a->ix && (a->index || name.size >= least_bytes)) {
		if (index_build(a->file[0], path, &o, &e) == 0)
			a->ix = log_index_open(path, &name);
		else if (e.code != ERR_INTERRUPT)
			fprintf(stderr, "%s: no index, so the whole log is read: %s\n", a->name,
			        e.msg);
	}
	free(path);
}

int log_ask(void *input, int (*ask)(void *input, struct log_source *s, struct err *e))
{
	struct log_files *a = input;
	struct log_source *s;
	struct err e;
	int rc, status;

	if (log_open(a->file[0], &s, &e) < 0)
		return log_complain(a, &e);
	if (a->wants)
		log_find_index(a, s);
	rc = ask(input, s, &e);
	fflush(stdout);
	status = log_judge(a, s, rc, &e);
	log_index_close(a->ix);
	s->close(s);
	return cli_finish_stdout(status);
}

void log_tell_skipped(const struct log_files *a, struct log_source *s)
{
	struct log_status st;
	char before[512];

	log_source_status(s, &st);
	snprintf(before, sizeof(before), "%s: %s: ", a->name, a->file[0]);
	skipped_print(stderr, before, s->config, &st);
}
