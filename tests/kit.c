// SPDX-License-Identifier: GPL-2.0-only
#include "tests/kit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

u64 test_seed(u64 fallback)
{
	const char *s = getenv("HYPSIM_SEED");
	u64 seed = s ? strtoull(s, NULL, 0) : fallback;

	printf("seed %llu\n", (unsigned long long)seed);
	fflush(stdout);
	return seed;
}

bool dies(void (*fn)(void *), void *arg)
{
	int status = 0;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		if (!freopen("/dev/null", "w", stderr))
			_exit(1);
		fn(arg);
		_exit(0);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) &&
	       WTERMSIG(status) == SIGABRT;
}
