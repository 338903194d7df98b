// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/doctor_child.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void set_env(const char *env, const char *options)
{
	const char *was = getenv(env);
	char *all;

	/* Of an option that comes twice a sanitizer takes the last one. */
	if (asprintf(&all, "%s%s%s", was ? was : "", was && *was ? ":" : "", options) >= 0)
		setenv(env, all, 1);
}

/* In the child. */
static void become(const char *const *argv, const char *env, const char *options, int err)
{
	char *copy[16];
	u32 n = 0;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	while (argv[n] && n + 1 < ARRAY_SIZE(copy)) {
		copy[n] = strdup(argv[n]);
		n++;
	}
	copy[n] = NULL;
	if (env)
		set_env(env, options);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	execv("/proc/self/exe", copy);
	_exit(127);
}

static void read_all(int fd, char *text, size_t size)
{
	char more[512];
	size_t at = 0;
	ssize_t n;

	while ((n = read(fd, more, sizeof(more))) > 0)
		for (ssize_t i = 0; i < n && at + 1 < size; i++)
			text[at++] = more[i];
	text[at] = '\0';
}

void doctor_child_run(const char *const *argv, const char *env, const char *options,
                      struct doctor_child *out)
{
	int fd[2], status = 0;
	pid_t pid;

	*out = (struct doctor_child){ .status = -1 };
	if (pipe2(fd, O_CLOEXEC) < 0)
		return;
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		become(argv, env, options, fd[1]);
	close(fd[1]);
	if (pid > 0) {
		read_all(fd[0], out->text, sizeof(out->text));
		if (waitpid(pid, &status, 0) == pid)
			out->status =
				WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	}
	close(fd[0]);
}
