// SPDX-License-Identifier: GPL-2.0-only
#include "sim/base/nearest.h"
#include "sim/explore/engine.h"

#include <string.h>

static int no_check(const struct scope *scope, const char *name, size_t len, struct err *e)
{
	const struct scope_checks *c = &scope->checks;
	struct nearest near;
	char hint[80];

	nearest_begin(&near, name, len);
	for (u32 i = 0; i < CHK_NR; i++)
		nearest_try(&near, check_name(i));
	return err_set(e, ERR_TEXT,
	               "%s:%llu:%llu: expected a check or a group of checks (hypsim list checks), "
	               "found \"%.*s\"%s",
	               scope->name, (unsigned long long)c->line,
	               (unsigned long long)(c->column + (u64)(name - strchr(c->text, ' ')) - 1),
	               (int)len, name, nearest_hint(&near, hint, sizeof(hint)));
}

/* Of @io those that the scope says: "only NAME,NAME" or "skip NAME,NAME". */
static int choose(struct check_set *io, const struct scope *scope, struct err *e)
{
	const char *text = scope->checks.text;
	bool only = strncmp(text, "only ", 5) == 0;
	struct check_set named = { .word = { 0 } };

	if (text[0] == '\0')
		return 0;
	for (const char *p = strchr(text, ' '); *p;) {
		size_t len = strcspn(++p, ",");

		if (!check_set_named(&named, p, len))
			return no_check(scope, p, len, e);
		p += len;
	}
	for (u32 id = 0; id < CHK_NR; id++)
		if (check_set_has(&named, (enum check_id)id) != only)
			check_set_remove(io, (enum check_id)id);
	return 0;
}

int engine_opts_settle(struct engine_opts *o, const struct scope *scope, struct err *e)
{
	static const enum check_id of_order[] = { CHK_FIFO, CHK_BOUND, CHK_FAIRNESS, CHK_WAIT };

	if (o->depend == DEPEND_DEFAULT)
		o->depend = scope->depend == DEPEND_CELLS ? DEPEND_CELLS : DEPEND_TICKETS;
	if (o->grain == GRAIN_DEFAULT)
		o->grain = grain_settled(scope->grain);
	for (u32 i = 0; i < ARRAY_SIZE(of_order) && o->depend == DEPEND_CELLS; i++)
		check_set_remove(&o->checks, of_order[i]);
	return choose(&o->checks, scope, e);
}
