// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/doctor_child.h"

#include "sim/base/vec.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* The environment, with @options behind what @env has: of an option that comes twice a sanitizer takes the last one. */
static char **environ_with(const char *env, const char *options)
{
	size_t n = 0, len = env ? strlen(env) : 0, to = 0;
	const char *was = NULL;
	char **all;

	while (environ[n])
		n++;
	all = xcalloc(n + 2, sizeof(*all));
	for (size_t i = 0; i < n; i++)
		if (env && strncmp(environ[i], env, len) == 0 && environ[i][len] == '=')
			was = environ[i] + len + 1;
		else
			all[to++] = environ[i];
	if (env && asprintf(&all[to], "%s=%s%s%s", env, was ? was : "", was && *was ? ":" : "",
	                    options) < 0)
		all[to] = NULL;
	return all;
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
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	execve("/proc/self/exe", copy, environ_with(env, options));
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
