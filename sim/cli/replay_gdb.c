// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/replay_gdb.h"

#include "sim/base/vec.h"
#include "sim/cli/cmd.h"
#include "sim/explore/schedule_keys.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* What gdb reads: it stops, says which step begins and who has called, and leaves the rest to whoever sits before it. */
static const char commands[] =
	"set pagination off\n"
	"set confirm off\n"
	"set print frame-arguments scalars\n"
	"set print frame-info short-location\n"
	"break replay_gdb_stop if replay_gdb_at.switched\n"
	"commands\n"
	"silent\n"
	"printf \"step %u: %s\\n\", replay_gdb_at.number, replay_gdb_at.what\n"
	"backtrace 32\n"
	"end\n"
	"run\n";

struct replay_gdb_at replay_gdb_at;
void replay_gdb_stop(void);

/* A place for a breakpoint; what it does keeps the call. */
__attribute__((noinline)) void replay_gdb_stop(void)
{
	replay_gdb_at.stops++;
}

void replay_gdb_tell(const struct execution *x, const char *call)
{
	const struct step *s = &x->step[x->n - 1].step;
	char step[96];

	replay_gdb_at.number = x->n - 1;
	replay_gdb_at.cpu = s->cpu;
	replay_gdb_at.switched = x->n == 1 || x->step[x->n - 2].step.cpu != s->cpu;
	snprintf(replay_gdb_at.what, sizeof(replay_gdb_at.what), "%s  %s",
	         step_print(s, step, sizeof(step)), call);
	replay_gdb_stop();
}

static int failed(const char *what)
{
	fprintf(stderr, "hypsim replay: --gdb: %s: %s\n", what, strerror(errno));
	return EXIT_HOST;
}

/* The commands as a file that goes with the last process that has it open: its descriptor; -1: errno says why. */
static int command_file(void)
{
	int fd = memfd_create("hypsim-replay.gdb", 0);

	if (fd < 0 || write(fd, commands, sizeof(commands) - 1) == (ssize_t)sizeof(commands) - 1)
		return fd;
	close(fd);
	return -1;
}

/* "--gdb", and what of it suffices. */
static bool is_gdb(const char *arg)
{
	size_t n = strlen(arg);

	return n >= 3 && n <= 5 && strncmp("--gdb", arg, n) == 0;
}

int replay_gdb_run(int argc, char **argv)
{
	char own[PATH_MAX] = "", file[32];
	VEC(char *) args = { 0 };
	ssize_t n = readlink("/proc/self/exe", own, sizeof(own) - 1);
	int fd = command_file();

	if (n < 0)
		return failed("/proc/self/exe");
	if (fd < 0)
		return failed("a file for gdb's commands");
	snprintf(file, sizeof(file), "/proc/self/fd/%d", fd);
	vec_push(&args, (char *)"gdb");
	vec_push(&args, (char *)"-q");
	vec_push(&args, (char *)"-x");
	vec_push(&args, file);
	vec_push(&args, (char *)"--args");
	vec_push(&args, own);
	vec_push(&args, (char *)"replay");
	for (int i = 1; i < argc; i++)
		if (!is_gdb(argv[i]))
			vec_push(&args, argv[i]);
	vec_push(&args, (char *)NULL);
	execvp("gdb", args.v);
	if (errno == ENOENT)
		fprintf(stderr, "hypsim replay: --gdb: there is no gdb (Debian package gdb)\n");
	else
		(void)failed("gdb");
	vec_free(&args);
	close(fd);
	return EXIT_HOST;
}
