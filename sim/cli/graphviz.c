// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/graphviz.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int spawn(struct graphviz *g, int in, int out)
{
	char *argv[] = { (char[]){ "dot" }, (char[]){ "-Tsvg" }, NULL };
	posix_spawn_file_actions_t acts;
	int rc;

	posix_spawn_file_actions_init(&acts);
	posix_spawn_file_actions_adddup2(&acts, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&acts, out, STDOUT_FILENO);
	rc = posix_spawnp(&g->pid, argv[0], &acts, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&acts);
	return rc;
}

int graphviz_start(struct graphviz *g, const struct whole_file *to, struct err *e)
{
	int ends[2], rc;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_set(e, ERR_HOST, "a pipe to dot: %s", strerror(errno));
	rc = spawn(g, ends[0], to->fd);
	close(ends[0]);
	g->graph = rc == 0 ? fdopen(ends[1], "w") : NULL;
	if (g->graph)
		return 0;
	close(ends[1]);
	if (rc == ENOENT)
		return err_set(
			e, ERR_HOST,
			"--svg: graphviz draws it, and its program dot is not there (Debian: "
			"apt-get install graphviz)");
	return err_set(e, ERR_HOST, "--svg: dot cannot be started: %s", strerror(rc ? rc : errno));
}

static int wait_for(const struct graphviz *g)
{
	int status;

	while (waitpid(g->pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return status;
}

int graphviz_end(struct graphviz *g, struct err *e)
{
	int wrote = fclose(g->graph), status = wait_for(g);

	if (wrote != 0 || status != 0)
		return err_set(e, ERR_HOST, "--svg: dot failed");
	return 0;
}

void graphviz_drop(struct graphviz *g)
{
	(void)fclose(g->graph);
	(void)wait_for(g);
}
