// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/pager.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Is there a program of this name? */
static bool in_path(const char *name)
{
	const char *path = getenv("PATH");
	char file[512];

	for (; path && *path; path += strcspn(path, ":"), path += *path == ':') {
		snprintf(file, sizeof(file), "%.*s/%s", (int)strcspn(path, ":"), path, name);
		if (access(file, X_OK) == 0)
			return true;
	}
	return false;
}

/* The command of the pager, or NULL. */
static const char *pager(void)
{
	const char *p = getenv("HYPSIM_PAGER");

	if (!p)
		p = getenv("PAGER");
	if (!p)
		p = in_path("less") ? "less" : "";
	return *p && strcmp(p, "cat") != 0 ? p : NULL;
}

/* All has been printed: the pager sees the end, and goes on for as long as its user likes. */
static void wait_for(int status, void *arg)
{
	pid_t pid = (pid_t)(long)arg;
	int broken[2];

	(void)status;
	fflush(stdout);
	/* Whoever writes from here on meets a pipe that nobody reads, as behind a pager that was left. */
	if (pipe(broken) == 0) {
		close(broken[0]);
		dup2(broken[1], STDOUT_FILENO);
		close(broken[1]);
	} else {
		close(STDOUT_FILENO);
	}
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static void run(const char *command, const int pipe_[2])
{
	dup2(pipe_[0], STDIN_FILENO);
	close(pipe_[0]);
	close(pipe_[1]);
	signal(SIGPIPE, SIG_DFL);
	/* Less ends where one screen is enough, keeps colours, and leaves what it has shown. */
	execl("/bin/sh", "sh", "-c", "LESS=${LESS-FRX}; export LESS; eval \"$1\"", "sh", command,
	      (char *)NULL);
	_exit(127);
}

void pager_begin(void)
{
	const char *command = pager();
	int pipe_[2];
	pid_t pid;

	if (!command || !isatty(STDOUT_FILENO) || pipe(pipe_) < 0)
		return;
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		run(command, pipe_);
	if (pid > 0) {
		dup2(pipe_[1], STDOUT_FILENO);
		/* What is for the pager has left before the process waits: handlers run the last one first. */
		on_exit(wait_for, (void *)(long)pid);
	}
	close(pipe_[0]);
	close(pipe_[1]);
}
