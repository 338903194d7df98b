// SPDX-License-Identifier: GPL-2.0-only
#include "bench/tracer.h"

#include "bench/lttng/module.h"
#include "sim/base/vec.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { POLL_US = 50000, POLLS = 100 };

/**
 * struct tracer
 * @daemon: the session daemon that was started here (it has ended already if there was one)
 */
struct tracer {
	void *module;
	double (*ns)(u32 loops);
	bool (*enabled)(void);
	pid_t daemon;
	char session[64], output[PATH_MAX];
};

/* Start @argv in silence; it is terminated when this process dies. */
static pid_t start(const char *const argv[])
{
	pid_t pid = fork();

	if (pid == 0) {
		int fd = open("/dev/null", O_RDWR);

		prctl(PR_SET_PDEATHSIG, SIGTERM);
		dup2(fd, STDIN_FILENO);
		dup2(fd, STDOUT_FILENO);
		dup2(fd, STDERR_FILENO);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	return pid;
}

/* Whether @argv ended with status 0. */
static bool run(const char *const argv[])
{
	pid_t pid = start(argv);
	int status;

	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 0;
}

#define RUN(...) run((const char *const[]){ __VA_ARGS__, NULL })

/* The module lies beside the program. */
static void *load(void)
{
	char exe[PATH_MAX], path[PATH_MAX + 32];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (n <= 0)
		return NULL;
	exe[n] = 0;
	snprintf(path, sizeof(path), "%s/hypsim-bench-lttng.so", dirname(exe));
	return dlopen(path, RTLD_NOW | RTLD_LOCAL);
}

static bool start_session(struct tracer *t)
{
	bool created = false;

	for (u32 i = 0; i < POLLS && !created; i++) {
		/* Ours ends at once when there is another; that one may be about to end. */
		if (t->daemon <= 0 || waitpid(t->daemon, NULL, WNOHANG) == t->daemon)
			t->daemon = start(
				(const char *const[]){ "lttng-sessiond", "--no-kernel", NULL });
		created = RUN("lttng", "--no-sessiond", "create", t->session, "--snapshot",
		              "--output", t->output);
		if (!created)
			usleep(POLL_US);
	}
	return created &&
	       RUN("lttng", "enable-event", "--session", t->session, "--userspace",
	           "hypsim_bench:event") &&
	       RUN("lttng", "start", t->session);
}

struct tracer *tracer_start(const char *dir, char *why, size_t size)
{
	struct tracer *t = xcalloc(1, sizeof(*t));

	snprintf(t->session, sizeof(t->session), "hypsim-bench-%d", (int)getpid());
	snprintf(t->output, sizeof(t->output), "%s/%s", dir, t->session);
	if (!RUN("lttng", "--version")) {
		snprintf(why, size, "LTTng is not installed");
		free(t);
		return NULL;
	}
	if (!start_session(t)) {
		snprintf(why, size, "no LTTng session could be started");
		tracer_stop(t);
		return NULL;
	}
	/* Not before the daemon is there: the module looks for it once, when it is loaded. */
	t->module = load();
	if (t->module) {
		t->ns = (double (*)(u32))(uintptr_t)dlsym(t->module, "bench_lttng_ns");
		t->enabled = (bool (*)(void))(uintptr_t)dlsym(t->module, "bench_lttng_enabled");
	}
	for (u32 i = 0; t->enabled && i < POLLS; i++) {
		if (t->enabled())
			return t;
		usleep(POLL_US);
	}
	snprintf(why, size,
	         t->enabled ? "LTTng did not enable the tracepoint" : "not built with LTTng-UST");
	tracer_stop(t);
	return NULL;
}

double tracer_ns(struct tracer *t, u32 loops)
{
	return t->ns(loops);
}

/* The module stays loaded: LTTng's threads do not end before the process does. */
void tracer_stop(struct tracer *t)
{
	if (!t)
		return;
	RUN("lttng", "--no-sessiond", "destroy", t->session);
	if (t->daemon > 0 && waitpid(t->daemon, NULL, WNOHANG) == 0) {
		kill(t->daemon, SIGTERM);
		waitpid(t->daemon, NULL, 0);
	}
	free(t);
}
