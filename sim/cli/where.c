// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/where.h"

#include "sim/base/vec.h"

#include <execinfo.h>
#include <inttypes.h>
#include <link.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FRAMES = 32, SKIPPED = 1 };

/**
 * struct note
 * @frame: [n] return addresses, innermost first
 * @where: once it was looked up
 */
struct note {
	u32 n;
	uintptr_t frame[FRAMES];
	struct where where;
};

/**
 * struct wheres
 * @asked: addr2line was asked about so many of them
 * @known: of one of them it knows the line
 */
struct wheres {
	VEC(struct note) note;
	u32 asked;
	bool known;
};

struct wheres *wheres_new(void)
{
	return xcalloc(1, sizeof(struct wheres));
}

void wheres_free(struct wheres *w)
{
	if (!w)
		return;
	vec_free(&w->note);
	free(w);
}

u32 wheres_note(struct wheres *w)
{
	void *frame[FRAMES + SKIPPED];
	int n = backtrace(frame, FRAMES + SKIPPED);
	struct note note = { .n = 0 };

	for (int i = SKIPPED; i < n; i++)
		note.frame[note.n++] = (uintptr_t)frame[i];
	vec_push(&w->note, note);
	return w->note.n - 1;
}

struct where wheres_get(const struct wheres *w, u32 i)
{
	return w->note.v[i].where;
}

/* ---- addr2line ---- */

/* The program itself comes first. */
static int first_base(struct dl_phdr_info *info, size_t size, void *arg)
{
	(void)size;
	*(uintptr_t *)arg = info->dlpi_addr;
	return 1;
}

extern char **environ;

/* addr2line, which answers on *@from what it is asked on *@to, a file. */
static pid_t start(int to, int *from)
{
	char *argv[] = { (char[]){ "addr2line" },
		         (char[]){ "-a" },
		         (char[]){ "-f" },
		         (char[]){ "-i" },
		         (char[]){ "-e" },
		         (char[]){ "/proc/self/exe" },
		         NULL };
	posix_spawn_file_actions_t actions;
	char exe[4096];
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	pid_t pid = -1;
	int fd[2];

	if (len < 0 || pipe(fd) < 0)
		return -1;
	exe[len] = '\0';
	argv[5] = exe;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, to, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, fd[1], STDOUT_FILENO);
	posix_spawn_file_actions_addclose(&actions, fd[0]);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", 1, 0);
	if (posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ) != 0)
		pid = -1;
	posix_spawn_file_actions_destroy(&actions);
	close(fd[1]);
	*from = fd[0];
	if (pid < 0)
		close(fd[0]);
	return pid;
}

/* From the repository's root: what comes behind the last "/" before one of our folders. */
static const char *from_root(const char *path)
{
	static const char *const folders[] = { "/sim/", "/shmem/", "/lock/", "/cpu/", "/oracle/" };
	const char *best = NULL;

	for (u32 i = 0; i < ARRAY_SIZE(folders); i++) {
		const char *p = strstr(path, folders[i]);

		if (p && (!best || p < best))
			best = p;
	}
	return best ? best + 1 : path;
}

static bool begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

/* 2: the hypervisor's code, and operations of scopes that are written like it; 1: what a scope may call by itself; 0: neither. */
static u32 rank(const char *file)
{
	if (begins(file, "sim/hyp/") || begins(file, "sim/exec/scope_op"))
		return 2;
	return begins(file, "shmem/") || begins(file, "lock/");
}

/* A frame: of those of its note, from the innermost on, is it the one that is shown?  Then it is noted. */
static bool offer(struct note *n, const char *function, const char *at)
{
	struct where *w = &n->where;
	const char *file = from_root(at), *colon = strrchr(at, ':');
	u32 is = rank(file), was = rank(w->file);

	if (!is || !colon || was == 2 || is < was)
		return false;
	snprintf(w->function, sizeof(w->function), "%s", function);
	snprintf(w->file, sizeof(w->file), "%.*s", (int)(colon - file), file);
	w->line = (u32)strtoul(colon + 1, NULL, 10);
	return true;
}

/* An address, then lines in pairs: a function, and file:line; the innermost of those that were put into it first. */
static void read_answers(struct wheres *w, FILE *f)
{
	char *line = NULL, *function = NULL;
	size_t room = 0;
	u32 note = w->asked, frame = 0;
	bool begun = false;

	while (getline(&line, &room, f) > 0) {
		char *more = strstr(line, " (discriminator ");

		line[more ? (size_t)(more - line) : strcspn(line, "\n")] = '\0';
		if (begins(line, "0x")) {
			frame += begun;
			begun = true;
			while (note < w->note.n && frame == w->note.v[note].n) {
				note++;
				frame = 0;
			}
			continue;
		}
		if (note == w->note.n)
			break;
		if (!function) {
			function = strdup(line);
			continue;
		}
		w->known |= offer(&w->note.v[note], function, line);
		free(function);
		function = NULL;
	}
	free(function);
	free(line);
}

bool wheres_look_up(struct wheres *w)
{
	FILE *asked, *answers = NULL;
	uintptr_t base = 0;
	int from = -1;
	pid_t pid;

	if (w->asked == w->note.n)
		return w->known;
	asked = tmpfile();
	if (!asked)
		return false;
	dl_iterate_phdr(first_base, &base);
	/* The call lies before the address that it returns to. */
	for (u32 i = w->asked; i < w->note.n; i++)
		for (u32 k = 0; k < w->note.v[i].n; k++)
			fprintf(asked, "0x%" PRIxPTR "\n", w->note.v[i].frame[k] - base - 1);
	fflush(asked);
	rewind(asked);
	pid = start(fileno(asked), &from);
	if (pid > 0)
		answers = fdopen(from, "r");
	if (answers) {
		read_answers(w, answers);
		fclose(answers);
	} else if (pid > 0) {
		close(from);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
	fclose(asked);
	w->asked = w->note.n;
	return w->known;
}
