// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/scope_args.h"

#include "oracle/report/explain.h"
#include "sim/cli/args.h"
#include "sim/exec/scope_named.h"
#include "sim/explore/step.h"

#include <string.h>

error_t scope_args_parse(int key, char *arg, struct argp_state *state, struct scope_args *o)
{
	switch (key) {
	case 'c':
		o->cpus = (u32)arg_number(state, "--cpus", arg, 1, EXPLORE_CPUS);
		return 0;
	case 's':
		o->seed = arg_number(state, "--seed", arg, 0, ~0ull);
		return 0;
	case 'o':
		if (o->n_sizes == ARRAY_SIZE(o->size))
			argp_error(state, "too many -o");
		o->size[o->n_sizes++] = arg;
		return 0;
	case 'n':
		o->ops = (u32)arg_number(state, "--ops", arg, 1, DRAWN_MAX_OPS);
		return 0;
	case KEY_BEFORE:
		o->before = (u32)arg_number(state, "--before", arg, 0, DRAWN_MAX_BEFORE);
		o->has_before = true;
		return 0;
	case KEY_ERRATA:
		arg_errata(state, &o->chosen, arg);
		return 0;
	case KEY_ERRATUM:
		arg_erratum(state, &o->chosen, arg);
		return 0;
	case KEY_TLB:
		o->tlb = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int named(const struct scope_args *o, const struct scope_row *row, struct scope **out,
                 struct err *e)
{
	struct scope_size size = { .cpus = o->cpus };

	for (u32 i = 0; i < o->n_sizes; i++) {
		int rc = scope_size_set(row, o->size[i], &size, e);

		if (rc < 0)
			return rc;
	}
	return scope_make(row, &size, out, e);
}

const struct drawn_row *scope_args_drawn(const struct scope_args *o, struct drawn_opts *out)
{
	*out = (struct drawn_opts){ .row = o->scope ? drawn_row_by_name(o->scope) : NULL,
		                    .cpus = o->cpus,
		                    .ops = o->ops,
		                    .before = o->before,
		                    .has_before = o->has_before,
		                    .seed = o->seed,
		                    .option = o->size,
		                    .n_options = o->n_sizes,
		                    .tlb = o->tlb,
		                    .grain = o->grain,
		                    .chosen = &o->chosen };
	return out->row;
}

/* Each word of what the scope expects the search to find can be found. */
static int verdict_known(const struct scope *s, struct err *e)
{
	static const char *const words[] = { "clean", "deadlock", "stuck", "expect", "halt" };

	for (const char *p = s->verdict; *p; p += strspn(p, ", ")) {
		size_t len = strcspn(p, ", ");
		bool known = explain_knows(p, len);

		for (u32 i = 0; i < ARRAY_SIZE(words); i++)
			known |= strlen(words[i]) == len && memcmp(words[i], p, len) == 0;
		if (!known)
			return err_set(
				e, ERR_TEXT,
				"%s:%llu:%llu: expected a check, a clause or a row "
				"(hypsim list checks), deadlock, stuck, expect, halt or clean, "
				"found \"%.*s\"",
				s->name, (unsigned long long)s->verdict_line,
				(unsigned long long)s->verdict_column + (u64)(p - s->verdict),
				(int)len, p);
		p += len;
	}
	return 0;
}

static int read_named(const struct scope_args *o, struct scope **out, struct err *e)
{
	const struct scope_row *row = scope_row_by_name(o->scope);
	struct scope_opts so = { .cpus = o->cpus, .seed = o->seed };
	int rc;

	if (o->ops || o->has_before)
		return err_set(e, ERR_USAGE, "--ops and --before are for storm and clash");
	errata_defaults(&so.errata);
	errata_apply_all(&so.errata, &o->chosen);
	errata_apply_named(&so.errata, &o->chosen);
	if (!row && o->n_sizes)
		return err_set(e, ERR_USAGE, "-o is for named scopes (hypsim list scopes)");
	rc = row ? named(o, row, out, e) : scope_read(out, o->scope, &so, e);
	if (rc == 0 && row) {
		(*out)->errata = so.errata;
		(*out)->seed = o->seed;
	}
	if (rc < 0)
		return rc;
	rc = verdict_known(*out, e);
	if (rc < 0) {
		scope_free(*out);
		*out = NULL;
		return rc;
	}
	(*out)->tlb |= o->tlb;
	return 0;
}

/* What the command line says of the search.  How many classes a scope has is said of its own steps, and of its own dependence. */
static void say_search(const struct scope_args *o, struct scope *s)
{
	if (o->grain != GRAIN_DEFAULT) {
		s->has_classes &=
			strcmp(scope_grain_name(o->grain), scope_grain_name(s->grain)) == 0;
		s->grain = o->grain;
	}
	if (o->depend != DEPEND_DEFAULT) {
		s->has_classes &= (o->depend == DEPEND_CELLS) == (s->depend == DEPEND_CELLS);
		s->depend = o->depend;
	}
}

int scope_args_read(const struct scope_args *o, struct scope **out, struct err *e)
{
	struct drawn_opts drawn;
	int rc = scope_args_drawn(o, &drawn) ? drawn_scope(out, &drawn, e) : read_named(o, out, e);

	if (rc == 0)
		say_search(o, *out);
	return rc;
}
