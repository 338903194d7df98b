/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The commands of hypsim log, a file each: parse, open the log, call one function, print, give the exit status. */
#include "sim/log/text/open.h"

#include <argp.h>

struct log_index;

/**
 * struct log_files - what every command of hypsim log is given
 * @name:   "hypsim log show": before each complaint
 * @file:   [n of @max] LOG, or IN and OUT
 * @index:  --index: a file, or "none"; NULL: LOG.hidx
 * @wants:  what is asked is answered faster with an index; @ix: that one, or NULL
 */
struct log_files {
	const char *name;
	u32 n, max;
	const char *file[2];
	const char *index;
	bool wants;
	struct log_index *ix;
};

/**
 * struct log_command
 * @line: what it does, as 'hypsim log --help' has it
 * @run:  @argv[0] is @name of struct log_files; the exit status
 */
struct log_command {
	const char *name, *line;
	int (*run)(int argc, char **argv);
};

extern const struct log_command log_command_show, log_command_stats, log_command_locks,
	log_command_waits, log_command_order, log_command_page, log_command_vm, log_command_bank,
	log_command_cell, log_command_at, log_command_diff, log_command_index, log_command_report,
	log_command_convert, log_command_export;

/*
 * Parse @argv by @argp into @input, whose first member is a struct log_files for @max files.  Wrong usage ends the process with
 * status 2.
 */
void log_parse(const struct argp *argp, int argc, char **argv, u32 max, void *input);

/* For the parser of a command, of keys that it does not know: files, and how many there must be. */
error_t log_parse_file(int key, char *arg, struct argp_state *state);

/* The bits of "1,3" by @bit go to *@out; all ones there are none yet, and a second list adds to the first. */
void log_parse_bits(struct argp_state *state, const char *what, char *list,
                    u64 (*bit)(struct argp_state *state, const char *s), u64 *out);

/* The argument of --lock: "3", "SPT", "NPT:2". */
void log_parse_locks(struct argp_state *state, char *list, u64 *out);

/* The argument of --cpu: "1,3". */
void log_parse_cpus(struct argp_state *state, char *list, u64 *out);
/* Has the log the CPUs that --cpu names?  ERR_USAGE: it has not. */
MUST_CHECK int log_find_cpus(const struct log_files *a, const struct log_config *c, u64 cpus,
                             struct err *e);

enum { LOG_KEY_FROM = 512, LOG_KEY_TO, LOG_KEY_INDEX };

/* Row of the option --index of a command, log_parse_file() has its value. */
#define LOG_INDEX_ROW                                                                         \
	{                                                                                     \
		"index", LOG_KEY_INDEX, "FILE", 0,                                            \
			"the log's index, made when there is none; the default is LOG.hidx; " \
			"none: without",                                                      \
			0                                                                     \
	}

/* Rows of the options --from and --to of a command: what its --help says of each. */
#define LOG_RANGE_ROWS(from, to)                   \
	{ "from", LOG_KEY_FROM, "I", 0, from, 0 }, \
	{                                          \
		"to", LOG_KEY_TO, "I", 0, to, 0    \
	}

/*
 * log_parse_file() for a command that has LOG_RANGE_ROWS: their values go to *@from and *@to, and a range that is empty is wrong
 * usage.
 */
error_t log_parse_range(int key, char *arg, struct argp_state *state, u64 *from, u64 *to);

/* Does --index say that there is to be none? */
bool log_without_index(const struct log_files *a);

/* "LOG.hidx", or what --index says; the caller frees it. */
char *log_index_path(const struct log_files *a);

/*
 * The log has been opened, and its first event not been read: its index goes to @a->ix, which is made if there is none and the log is
 * long.  Who has called it calls log_index_close().
 */
void log_find_index(struct log_files *a, struct log_source *s);

/* Print @e and give its exit status. */
int log_complain(const struct log_files *a, const struct err *e);

/*
 * The exit status behind the end of a log's events, where @rc and @e are what reading it gave: what the merge found goes to standard
 * error.
 */
int log_judge(const struct log_files *a, struct log_source *s, int rc, const struct err *e);

/*
 * Open the log of @input, which log_parse() has filled, and have @ask print what the command is for on standard output: it gives 0,
 * or < 0 and *e.  Returns the exit status of both.
 */
int log_ask(void *input, int (*ask)(void *input, struct log_source *s, struct err *e));

/* On standard error: marks that are not in what was shown or written, and keys. */
void log_tell_skipped(const struct log_files *a, struct log_source *s);
