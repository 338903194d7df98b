// SPDX-License-Identifier: GPL-2.0-only
#include "sim/two/two_exec.h"

#include "sim/base/interrupt.h"

#include <errno.h>
#include <string.h>

/**
 * struct two - two runs of a script
 * @m:       the machines that are compared
 * @is_step: the line makes a call of an entry
 */
struct two {
	struct exec *x[2];
	struct machine *m[2];
	struct pair *pr;
	bool is_step;
};

static bool is_store(const char *name)
{
	return strcmp(name, "mem_store") == 0 || strcmp(name, "dev_store") == 0;
}

static bool is_entry(const char *name)
{
	static const char *const entries[] = {
		"host_hvc_handler", "host_npt_handler", "host_vcpu_run_handler",
		"vm_exit_handler",  "mem_load",         "dev_load"
	};

	for (u32 i = 0; i < ARRAY_SIZE(entries); i++)
		if (strcmp(name, entries[i]) == 0)
			return true;
	return is_store(name);
}

/* The first run is about to make a call: the second one will make the same. */
static void before(void *arg, const char *name, u32 n, const u64 *args)
{
	struct two *t = arg;

	t->is_step = is_entry(name);
	if (is_store(name) && n > 1)
		pair_store(t->pr, (u32)args[1]);
}

/* What the line says, without comment and blanks around it, and where it stands. */
static void op_text(const struct two_script *s, u32 i, char *buf, size_t size)
{
	const char *line = s->v[i] + strspn(s->v[i], " \t");
	size_t n = strcspn(line, "#");

	while (n > 0 && (line[n - 1] == ' ' || line[n - 1] == '\t'))
		n--;
	snprintf(buf, size, "%.*s (%s:%u)", (int)min_u64(n, 100), line, s->name, i + 1);
}

static int one_line(struct two *t, const struct two_script *s, u32 i, struct err *e)
{
	const char *line = s->v[i];
	char op[160];
	int rc = 0;

	t->is_step = false;
	pair_before(t->pr, exec_cpu_number(t->x[0]));
	for (u32 k = 0; k < 2 && rc == 0; k++)
		rc = exec_line(t->x[k], line, strlen(line), s->name, i + 1, e);
	if (rc < 0)
		return rc;
	op_text(s, i, op, sizeof(op));
	if (exec_machine(t->x[0]) != t->m[0]) {
		for (u32 k = 0; k < 2; k++)
			t->m[k] = exec_machine(t->x[k]);
		pair_begin(t->pr, t->m[0], t->m[1]);
	} else if (t->is_step) {
		pair_after(t->pr, op, exec_outcome(t->x[0]), exec_outcome(t->x[1]));
	} else {
		pair_skip(t->pr);
	}
	return 0;
}

static int all_lines(struct two *t, const struct two_script *s, struct err *e)
{
	int rc = 0;

	for (u32 k = 0; k < 2; k++)
		t->m[k] = exec_machine(t->x[k]);
	pair_begin(t->pr, t->m[0], t->m[1]);
	for (u32 i = 0; i < s->n && rc == 0; i++)
		rc = interrupted() ? err_set(e, ERR_INTERRUPT, "interrupted")
		                   : one_line(t, s, i, e);
	pair_end(t->pr);
	return rc;
}

int two_exec(const struct two_script *script, const struct exec_opts *o, struct pair *pr,
             struct err *e)
{
	struct exec_opts opts = *o;
	int rc = 0;

	opts.sequential = true;
	opts.out = fopen("/dev/null", "w");
	if (!opts.out)
		return err_host(e, ERR_OPEN, errno, "/dev/null");
	do {
		struct two t = { .pr = pr };

		opts.before_arg = &t;
		for (u32 k = 0; k < 2 && rc == 0; k++) {
			opts.before = k == 0 ? before : NULL;
			rc = exec_new(&t.x[k], &opts, e);
		}
		if (rc == 0)
			rc = all_lines(&t, script, e);
		for (u32 k = 0; k < 2; k++)
			exec_free(t.x[k]);
	} while (rc == 0 && pair_again(pr));
	fclose(opts.out);
	return rc;
}
