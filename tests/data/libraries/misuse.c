// SPDX-License-Identifier: GPL-2.0-only
/* misuse CASE LOG: calls of the libraries that cannot be, one a run. */
#include <hypsim/check.h>
#include <hypsim/log.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const twice[] = { "a", "b", "a" }, *const blank[] = { "a b" },
			 *const op[] = { "op" };

static const struct {
	const char *name;
	struct hypsim_log_options o;
} opens[] = {
	{ "threads-0", { .threads = 0 } },
	{ "threads-65", { .threads = 65 } },
	{ "program", { .threads = 1, .program = "" } },
	{ "program-line", { .threads = 1, .program = "a\nb" } },
	{ "operation-null", { .threads = 1, .n_operations = 1 } },
	{ "lock-twice", { .threads = 1, .lock = twice, .n_locks = 3 } },
	{ "lock-name", { .threads = 1, .lock = blank, .n_locks = 1 } },
	{ "locks-39", { .threads = 1, .lock = twice, .n_locks = 39 } },
	{ "operation-twice", { .threads = 1, .operation = twice, .n_operations = 3 } },
	{ "operation-name", { .threads = 1, .operation = blank, .n_operations = 1 } },
	{ "good", { .threads = 2, .operation = op, .n_operations = 1 } },
};

static const struct hypsim_log_options good = { .threads = 2, .operation = op, .n_operations = 1 };

/* What can be: true, the log is closed and judged by the test. */
static int well(struct hypsim_log *l, const char *name, char error[HYPSIM_ERROR_BYTES], int *status)
{
	if (!strcmp(name, "looks")) {
		hypsim_log_acquire(l, 0, 2, 0);
		hypsim_log_inc_ticket(l, 1, 2, 1ull << 32);
		for (int i = 0; i < 3; i++)
			hypsim_log_get_now(l, 1, 2, 2ull << 32);
		hypsim_log_inc_now(l, 0, 2, 2ull << 32);
		for (int i = 0; i < 3; i++)
			hypsim_log_get_now(l, 1, 2, 2ull << 32 | 1);
		hypsim_log_hold_lock(l, 1, 2);
		hypsim_log_inc_now(l, 1, 2, 2ull << 32 | 1);
	} else if (!strcmp(name, "held")) {
		hypsim_log_begin(l, 0, 0, 0, NULL);
		hypsim_log_acquired(l, 0, 1, 0);
		hypsim_log_end(l, 0, 0);
	} else if (!strcmp(name, "from-5")) {
		hypsim_log_acquired(l, 0, 1, 5);
		hypsim_log_released(l, 0, 1, 6);
	} else if (!strcmp(name, "fill")) {
		for (uint32_t i = 0; i < 4000000; i += 2) {
			hypsim_log_begin(l, 0, 0, 0, NULL);
			hypsim_log_acquired(l, 0, 1, i);
			hypsim_log_released(l, 0, 1, i + 1);
			hypsim_log_end(l, 0, 0);
		}
	} else {
		return 0;
	}
	*status = hypsim_log_close(l, error);
	return 1;
}

static void call(struct hypsim_log *l, const char *name)
{
	uint64_t args[HYPSIM_LOG_ARGS + 1] = { 0 };

	if (!strcmp(name, "thread"))
		hypsim_log_get_now(l, 2, 1, 0);
	else if (!strcmp(name, "lock-0"))
		hypsim_log_acquired(l, 0, 0, 0);
	else if (!strcmp(name, "lock-39"))
		hypsim_log_inc_ticket(l, 0, 39, 0);
	else if (!strcmp(name, "operation"))
		hypsim_log_begin(l, 0, 1, 0, NULL);
	else if (!strcmp(name, "args-null"))
		hypsim_log_begin(l, 0, 0, 2, NULL);
	else if (!strcmp(name, "args"))
		hypsim_log_begin(l, 0, 0, HYPSIM_LOG_ARGS + 1, args);
}

int main(int argc, char **argv)
{
	char error[HYPSIM_ERROR_BYTES] = "";
	struct hypsim_check *check;
	struct hypsim_log *log;
	int status;

	if (argc != 3)
		return 99;
	if (!strncmp(argv[1], "only=", 5)) {
		status = hypsim_check_file(&check, argv[2], argv[1] + 5, error);
		fprintf(stderr, "%s\n", error);
		printf("%s\n", check ? hypsim_check_json(check) : "no judgement");
		if (check)
			printf("cut %d\n", hypsim_check_cut(check));
		hypsim_check_free(check);
		return status;
	}
	for (unsigned i = 0; i < sizeof(opens) / sizeof(opens[0]); i++) {
		if (strcmp(opens[i].name, argv[1]))
			continue;
		status = hypsim_log_open(&log, argv[2], &opens[i].o, error);
		fprintf(stderr, "%s\n", error);
		return status ? status : hypsim_log_close(log, error);
	}
	if (hypsim_log_open(&log, argv[2], &good, error))
		return 99;
	/* What a killed program leaves. */
	if (!strcmp(argv[1], "killed")) {
		hypsim_log_acquired(log, 0, 1, 0);
		hypsim_log_acquired(log, 1, 1, 2);
		abort();
	}
	if (well(log, argv[1], error, &status)) {
		fprintf(stderr, "%s\n", error);
		return status;
	}
	call(log, argv[1]);
	return 99;
}
