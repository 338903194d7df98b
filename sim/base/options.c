// SPDX-License-Identifier: GPL-2.0-only
#include "sim/base/options.h"

#include "sim/base/man.h"
#include "sim/base/nearest.h"
#include "sim/base/option_rows.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Those that argp has itself. */
static const char *const own[] = { "help", "usage" };

/* The option that @name (@len bytes) is, or begins; *known: there is one. */
static const struct argp_option *find(const struct argp *a, const char *name, size_t len,
                                      bool *known)
{
	*known = false;
	for (const struct argp_option *o = a->options; o && (o->name || o->key || o->doc); o++) {
		if (!o->name || strncmp(o->name, name, len) != 0)
			continue;
		*known = true;
		return o;
	}
	for (unsigned i = 0; i < ARRAY_SIZE(own); i++)
		*known |= strncmp(own[i], name, len) == 0;
	return NULL;
}

static void refuse(const struct argp *a, const char *program, const char *name, size_t len)
{
	struct nearest n;
	char hint[96];

	nearest_begin(&n, name, len);
	for (const struct argp_option *o = a->options; o && (o->name || o->key || o->doc); o++)
		if (o->name)
			nearest_try(&n, o->name);
	for (unsigned i = 0; i < ARRAY_SIZE(own); i++)
		nearest_try(&n, own[i]);
	if (n.best[0])
		snprintf(hint, sizeof(hint), " (did you mean '--%s'?)", n.best);
	else
		hint[0] = '\0';
	fprintf(stderr,
	        "%s: unrecognized option '--%.*s'%s\nTry `%s --help' for more information.\n",
	        program, (int)len, name, hint, program);
	exit(argp_err_exit_status);
}

void options_known(const struct argp *a, int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--man") == 0) {
		man_page(stdout, a, argv[0]);
		exit(0);
	}
	if (argc == 2 && strcmp(argv[1], "--completion") == 0) {
		option_rows(stdout, a);
		exit(0);
	}
	for (int i = 1; i < argc; i++) {
		const struct argp_option *o;
		const char *name = argv[i] + 2;
		size_t len;
		bool known;

		if (strncmp(argv[i], "--", 2) != 0)
			continue;
		if (!*name)
			return;
		len = strcspn(name, "=");
		o = find(a, name, len, &known);
		if (!known)
			refuse(a, argv[0], name, len);
		/* Its value stands by itself. */
		if (o && o->arg && !(o->flags & OPTION_ARG_OPTIONAL) && name[len] != '=')
			i++;
	}
}
