// SPDX-License-Identifier: GPL-2.0-only
/* hypsim exec: a script of primitives, one call a line; on a terminal a prompt. */
#include "oracle/results/results.h"
#include "sim/base/consts.h"
#include "sim/base/interrupt.h"
#include "sim/base/options.h"
#include "sim/cli/args.h"
#include "sim/cli/cmd.h"
#include "sim/cli/exec_judge.h"
#include "sim/cli/output.h"
#include "sim/exec/complete.h"
#include "sim/exec/exec.h"

#include <argp.h>
#include <editline/readline.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_LEVEL = 256, KEY_ERRATA, KEY_ERRATUM, KEY_CHECK, KEY_FORCE, KEY_STRICT };

struct exec_args {
	struct exec_opts o;
	struct errata_choice chosen;
	struct exec_judge judge;
	bool check_given;
	const char *script;
};

static const struct argp_option options[] = {
	{ "cpus", 'c', "N", 0, "simulated CPUs, 1..64 (default 8)", 0 },
	{ "seed", 's', "S", 0, "seed of the data oracles (default 1)", 0 },
	{ "level", KEY_LEVEL, "high|ticket", 0,
	  "acquire_lock_* and release_lock_* are the upper specifications (default), or ticket "
	  "primitives",
	  0 },
	{ "weak", 'w', NULL, 0, "primitives of shared objects do not look at bars", 0 },
	{ "errata", KEY_ERRATA, "default|intended", 0,
	  "which side of all slips of the published files to follow, but for those that --erratum "
	  "names",
	  0 },
	{ "erratum", KEY_ERRATUM, "ID=published|intended", 0,
	  "which side of one slip to follow (hypsim list errata); ID 'all' is every one", 0 },
	{ "log", 'l', "FILE", 0,
	  "leave a log of what the calls did in FILE, and in FILE.2, FILE.3, ... of machines that "
	  "begin in another way",
	  0 },
	{ "force", KEY_FORCE, NULL, 0, "--log may overwrite a file that is no log", 0 },
	{ "check", KEY_CHECK, "after|off", OPTION_ARG_OPTIONAL,
	  "judge the log when the script has ended; without 'off' the default with --log", 0 },
	{ "strict", KEY_STRICT, NULL, 0,
	  "a known finding, of what a slip of the published files does, is a violation", 0 },
	{ "json", 'j', NULL, 0, "one JSON object a line", 0 },
	RESULTS_ROWS,
	{ 0 },
};

/* The options that say how the log is kept and judged. */
static error_t parse_log(int key, char *arg, struct argp_state *state)
{
	struct exec_args *a = state->input;
	struct exec_judge *j = &a->judge;

	switch (key) {
	case 'l':
		j->record.path = arg;
		if (strcmp(arg, "-") == 0)
			argp_error(state, "--log: a log is written in place, and standard output "
			                  "is no file");
		return 0;
	case KEY_FORCE:
		j->record.force = true;
		return 0;
	case KEY_CHECK:
		a->check_given = true;
		j->judges = !arg || strcmp(arg, "after") == 0;
		if (!j->judges && strcmp(arg, "off") != 0)
			argp_error(state, "--check: expected after or off, found \"%s\"", arg);
		return 0;
	case KEY_STRICT:
		j->how.strict = true;
		return 0;
	default:
		return results_parse(key, arg, state, &j->results);
	}
}

/* A log is judged unless that is not wanted; none is kept if nobody wants it. */
static void settle(struct argp_state *state, struct exec_args *a)
{
	struct exec_judge *j = &a->judge;

	if (!a->check_given)
		j->judges = j->record.path != NULL;
	if (j->record.force && !j->record.path)
		argp_error(state, "--force goes with --log only");
	if (j->how.strict && !j->judges)
		argp_error(state, "--strict says how the log is judged: it goes with --check or "
		                  "--log");
	j->asked = j->record.path || j->judges;
	j->json = a->o.json;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct exec_args *a = state->input;

	switch (key) {
	case 'c':
		a->o.cpus = (u32)arg_number(state, "--cpus", arg, 1, MAX_CPU);
		return 0;
	case 's':
		a->o.seed = arg_number(state, "--seed", arg, 0, ~0ull);
		return 0;
	case 'w':
		a->o.weak = true;
		return 0;
	case 'j':
		a->o.json = true;
		return 0;
	case KEY_LEVEL:
		a->o.ticket = strcmp(arg, "ticket") == 0;
		if (!a->o.ticket && strcmp(arg, "high") != 0)
			argp_error(state, "--level: expected high or ticket, found \"%s\"", arg);
		return 0;
	case KEY_ERRATA:
		arg_errata(state, &a->chosen, arg);
		return 0;
	case KEY_ERRATUM:
		arg_erratum(state, &a->chosen, arg);
		return 0;
	case ARGP_KEY_ARG:
		if (a->script)
			argp_error(state, "one script only, found \"%s\" too", arg);
		a->script = arg;
		return 0;
	case ARGP_KEY_END:
		if (!a->script && !isatty(STDIN_FILENO))
			argp_error(state, "which script? ('-' is standard input)");
		settle(state, a);
		return 0;
	default:
		return parse_log(key, arg, state);
	}
}

/* What a line can be: of the help, which has 79 columns, and of the prompt. */
#define CALLS                                                                              \
	"  NAME ARG...                         a call (hypsim list primitives)\n"          \
	"  expect ok|VALUE|stuck [RULE],       what the last call must have come to\n"     \
	"  expect panic [REASON [VALUE...]]    the same: why the machine went down\n"      \
	"  cpu N                               who makes the following calls\n"            \
	"  env LK : CPU EVENT [ARG] ; ...      what the others do before the next\n"       \
	"                                      query of log LK\n"                          \
	"  level high|ticket, weak [on|off]    as the options\n"                           \
	"  errata default|intended,            as the options, from here on\n"             \
	"  erratum ID published|intended\n"                                                \
	"  get WHAT, set WHAT VALUE            part of the state: reg elr_el2, tstate\n"   \
	"  dump WHAT                           npt 3, lock 8, log 8, vm 3, core, cpu\n"    \
	"  boot [PAGES]                        a machine with memory, as the\n"            \
	"                                      hypervisor finds it\n"                      \
	"  feed data|core VMID VALUE...        the next values of the VM's oracle\n"       \
	"  hvc NUMBER [X1..X5]                 the host calls the core\n"                  \
	"  fault ADDR [ESR [VALUE]]            the host touches an address; VALUE is in\n" \
	"                                      the register that the syndrome names\n"     \
	"  run VMID VCPUID [ADDR PTE LEVEL]    the host has a vCPU run, and a page for\n"  \
	"                                      what it touched last\n"                     \
	"  trap CLASS [X0..X3], irq            the guest leaves\n"                         \
	"  reset                               a machine as at the start\n"                \
	"  concurrent, cpu N, ..., end         what is between are the programs of a\n"    \
	"                                      scope (docs/explore.md): CPU 0 makes its\n" \
	"                                      calls, then CPU 1, ...\n"                   \
	"  expect verdict WORD[,WORD]...,      of a scope, for who searches\n"             \
	"  expect classes N, depend tickets|cells,\n"                                      \
	"  grain lock|word|cell|word,cell,\n"                                              \
	"  checks only|skip NAME[,NAME]...\n"

static const char calls[] = CALLS;

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "SCRIPT",
	.doc = "Run primitives of the machine one call a line, each with its outcome.  Without a "
	       "script, on a terminal: a prompt.\v" CALLS "\n"
	       "Exit status: 0, 1 when an expectation failed or the log of the calls has a "
	       "violation, 2 wrong usage or a malformed script, 3 the host failed.",
};

static int run_file(struct exec *x, FILE *f, const char *name, struct err *e)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t len = 0;
	u64 n = 0;
	int rc = 0;

	errno = 0;
	while (rc == 0 && (len = getline(&line, &room, f)) > 0) {
		if (line[len - 1] == '\n')
			len--;
		rc = exec_line(x, line, (size_t)len, name, ++n, e);
		if (cli_stdout_broken())
			break;
	}
	if (rc == 0 && len < 0 && !feof(f) && !interrupted())
		rc = err_host(e, errno == ENOMEM ? ERR_MEMORY : ERR_OPEN, errno, "%s", name);
	free(line);
	return rc;
}

static int run_path(struct exec *x, const char *path, struct err *e)
{
	struct stat st;
	FILE *f;
	int rc;

	if (strcmp(path, "-") == 0)
		return run_file(x, stdin, "standard input", e);
	f = fopen(path, "r");
	if (!f)
		return err_host(e, ERR_OPEN, errno, "%s", path);
	if (fstat(fileno(f), &st) == 0 && S_ISDIR(st.st_mode))
		rc = err_set(e, ERR_NOT_FILE, "%s: a directory", path);
	else
		rc = run_file(x, f, path, e);
	fclose(f);
	return rc;
}

/* How much of the line stands before the word that is completed. */
static size_t complete_from;

/* Words that may stand there and begin as @text does, one a call. */
static char *complete_word(const char *text, int state)
{
	static u32 at;
	char buf[COMPLETE_MAX];
	const char *w;

	if (state == 0)
		at = 0;
	while ((w = exec_complete(rl_line_buffer, complete_from, at++, buf)))
		if (strncmp(w, text, strlen(text)) == 0)
			return strdup(w);
	return NULL;
}

static char **complete(const char *text, int start, int end)
{
	(void)end;
	/* No words, and no names of files either. */
	rl_attempted_completion_over = 1;
	complete_from = (size_t)start;
	return rl_completion_matches(text, complete_word);
}

/* Is it this word alone? */
static bool says(const char *line, const char *word)
{
	size_t n = strlen(word);

	line += strspn(line, " \t");
	return strncmp(line, word, n) == 0 && line[n + strspn(line + n, " \t")] == '\0';
}

/* A malformed line is said, and the dialogue goes on. */
static int run_prompt(struct exec *x)
{
	char *line;
	u64 n = 0;

	rl_readline_name = "hypsim";
	rl_attempted_completion_function = complete;
	using_history();
	printf("one call a line, TAB completes, help says what there is, quit or Ctrl-D ends\n");
	while ((line = readline(exec_collects(x) ? "concurrent> " : "hypsim> "))) {
		struct err e;

		if (says(line, "quit") || says(line, "exit")) {
			free(line);
			return 0;
		}
		if (*line)
			add_history(line);
		if (says(line, "help"))
			fputs(calls, stdout);
		else if (exec_line(x, line, strlen(line), "line", ++n, &e) < 0)
			fprintf(stderr, "%s\n", e.msg);
		fflush(stdout);
		free(line);
	}
	printf("\n");
	return 0;
}

static int begin_results(struct exec_args *a, struct err *e)
{
	struct exec_judge *j = &a->judge;
	const char *const input[] = { a->script, j->record.path };
	u32 first = a->script ? 0 : 1, n = (a->script ? 1 : 0) + (j->record.path ? 1 : 0);
	int rc = results_out_begin(&j->results, input + first, n, e);

	j->script = a->script ? a->script : "prompt";
	if (rc == 0 && results_wanted(&j->results))
		exec_judge_results(j, &a->o);
	return rc;
}

int cmd_exec(int argc, char **argv)
{
	struct exec_args a = { .o = { .cpus = TOTAL_CPU, .seed = 1, .out = stdout } };
	struct exec *x = NULL;
	struct err e, late;
	int rc, status = EXIT_NOTHING;

	argp_err_exit_status = EXIT_BAD_INPUT;
	errata_defaults(&a.o.errata);
	options_known(&argp, argc, argv);
	results_out_line(&a.judge.results, argc, argv);
	argp_parse(&argp, argc, argv, 0, NULL, &a);
	errata_apply_all(&a.o.errata, &a.chosen);
	errata_apply_named(&a.o.errata, &a.chosen);
	/* A prompt waits in a library, which would go on waiting. */
	interrupts_catch(a.script ? INTERRUPT_STEPS : INTERRUPT_AT_ONCE);
	if (a.judge.asked) {
		exec_judge_begin(&a.judge);
		a.o.record = &a.judge.record;
	}
	rc = begin_results(&a, &e);
	if (rc == 0)
		rc = exec_new(&x, &a.o, &e);
	if (rc == 0)
		rc = a.script ? run_path(x, a.script, &e) : run_prompt(x);
	/* What was done until then is judged, whatever ended the script. */
	if (x && exec_end(x, rc < 0 ? &late : &e) < 0 && rc == 0)
		rc = -(int)e.code;
	if (x && (exec_failed(x) || a.judge.findings))
		status = EXIT_VIOLATION;
	exec_free(x);
	if (rc < 0) {
		if (a.judge.calls)
			results_error(a.judge.calls, e.msg);
		fflush(stdout);
		fprintf(stderr, "hypsim exec: %s\n", e.msg);
		if (status == EXIT_NOTHING)
			status = err_status(e.code);
	}
	status = results_out_end(&a.judge.results, "hypsim exec", interrupt_status(status));
	exec_judge_free(&a.judge);
	return cli_finish_stdout(status);
}
