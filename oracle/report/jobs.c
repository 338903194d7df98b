// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/report/jobs.h"

#include "sim/base/interrupt.h"
#include "sim/base/vec.h"

#include <stdlib.h>

/**
 * struct job - a log
 * @out, @err: what is said of it, in memory until those before it have been told
 */
struct job {
	char *out, *err;
	size_t n_out, n_err;
};

struct jobs {
	int (*one)(const void *arg, u32 i, FILE *out, FILE *err);
	const void *arg;
	int *status;
	struct job *job;
};

/* False: it was not begun, since a signal has come. */
static bool run(void *arg, u32 i)
{
	const struct jobs *jobs = arg;
	struct job *j = &jobs->job[i];
	FILE *out, *err;

	if (interrupted())
		return false;
	out = open_memstream(&j->out, &j->n_out);
	err = open_memstream(&j->err, &j->n_err);
	if (!out || !err) {
		fprintf(stderr, "hypsim: no memory for what is told of a log\n");
		exit(3);
	}
	jobs->status[i] = jobs->one(jobs->arg, i, out, err);
	fclose(out);
	fclose(err);
	return true;
}

static void tell(void *arg, u32 i)
{
	const struct jobs *jobs = arg;
	struct job *j = &jobs->job[i];

	fwrite(j->out, 1, j->n_out, stdout);
	if (j->n_err)
		fflush(stdout);
	fwrite(j->err, 1, j->n_err, stderr);
	free(j->out);
	free(j->err);
}

void jobs_run(const struct check_crew *crew, u32 jobs, u32 n,
              int (*one)(const void *arg, u32 i, FILE *out, FILE *err), const void *arg,
              int *status)
{
	struct jobs all = {
		.one = one, .arg = arg, .status = status, .job = xcalloc(n, sizeof(*all.job))
	};

	crew->each(jobs, n, run, tell, &all);
	free(all.job);
}
