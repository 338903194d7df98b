// SPDX-License-Identifier: GPL-2.0-only
/* scope_file FILE...: each is a scope, and what reading its print gives.  Status 1: one is not, as standard error says. */
#include "sim/base/errata.h"
#include "tests/kit_scope.h"

int main(int argc, char **argv)
{
	struct scope_opts o = { .seed = 1 };
	int status = argc < 2;

	errata_defaults(&o.errata);
	for (int i = 1; i < argc; i++) {
		struct scope *s;
		struct err e;
		char buf[512];
		const char *what;

		if (scope_read(&s, argv[i], &o, &e) < 0) {
			fprintf(stderr, "%s\n", e.msg);
			status = 1;
			continue;
		}
		what = scope_round_trip(s, buf, sizeof(buf));
		if (what) {
			fprintf(stderr, "%s: printed and read again it differs: %s\n", argv[i],
			        what);
			status = 1;
		}
		scope_free(s);
	}
	return status;
}
