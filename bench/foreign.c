// SPDX-License-Identifier: GPL-2.0-only
#include "bench/foreign.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LIFE_S = 600 }; /* of a foreign process that nobody stops */

static __attribute__((noreturn)) void compute(pid_t parent)
{
	volatile u64 sink = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGALRM, SIG_DFL);
	alarm(LIFE_S);
	if (getppid() != parent)
		_exit(0);
	for (u64 i = 0;; i++)
		sink = sink + i;
}

void foreign_start(struct foreign *f, u32 n)
{
	pid_t parent = getpid();

	fflush(NULL);
	for (f->n = 0; f->n < n; f->n++) {
		f->pid[f->n] = fork();
		if (f->pid[f->n] == 0)
			compute(parent);
		if (f->pid[f->n] < 0) {
			perror("hypsim bench: fork");
			foreign_stop(f);
			exit(3);
		}
	}
}

void foreign_stop(struct foreign *f)
{
	for (u32 i = 0; i < f->n; i++) {
		kill(f->pid[i], SIGKILL);
		waitpid(f->pid[i], NULL, 0);
	}
	f->n = 0;
}

static u64 timeval_ns(const struct timeval *t)
{
	return (u64)t->tv_sec * 1000000000u + (u64)t->tv_usec * 1000;
}

u64 foreign_cpu_ns(void)
{
	struct rusage u;

	getrusage(RUSAGE_CHILDREN, &u);
	return timeval_ns(&u.ru_utime) + timeval_ns(&u.ru_stime);
}
