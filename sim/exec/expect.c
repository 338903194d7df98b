// SPDX-License-Identifier: GPL-2.0-only
/* expect: what a call must have come to. */
#include "sim/exec/read_expect.h"
#include "sim/exec/script.h"

/* An expectation that does not hold is printed with both values. */
void exec_judge(struct exec *x, const struct scope_expect *expect, const char *file)
{
	char buf[160];

	if (scope_expect_holds(expect, &x->last.o))
		return;
	x->n_failed++;
	scope_outcome_print(&x->last.o, buf, sizeof(buf));
	if (x->o.failed)
		x->o.failed(x->o.failed_arg, file, expect->line, expect->text, buf);
	if (x->o.json) {
		fprintf(x->o.out, "{\"line\":%llu,\"expect\":", (unsigned long long)expect->line);
		print_json_string(x->o.out, expect->text);
		fputs(",\"got\":", x->o.out);
		print_json_string(x->o.out, buf);
		fputs("}\n", x->o.out);
	} else {
		fprintf(x->o.out, "%s:%llu: expected %s, got %s\n", file,
		        (unsigned long long)expect->line, expect->text, buf);
	}
}

int do_expect(struct exec *x, struct text_line *l, struct err *e)
{
	struct read_search search;
	struct scope_expect expect;
	int rc = read_search(l, &search, e);

	/* That is for who searches. */
	if (rc <= 0)
		return rc;
	if (!x->last.have)
		return text_expected(l, text_next(l), 0, e, "a call before it");
	rc = read_expect(l, &expect, e);
	if (rc == 0)
		exec_judge(x, &expect, l->file);
	return rc;
}
