// SPDX-License-Identifier: GPL-2.0-only
#include "sim/exec/record_start.h"

#include "sim/base/check.h"
#include "sim/log/op.h"
#include "sim/machine/machine.h"
#include "sim/machine/prim.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

bool start_is_top(const struct prim *p)
{
	static const char *const entries[] = { "host_hvc_handler", "host_npt_handler",
		                               "host_vcpu_run_handler", "vm_exit_handler" };

	for (u32 i = 0; i < ARRAY_SIZE(entries); i++)
		if (strcmp(p->name, entries[i]) == 0)
			return true;
	for (u32 i = 0; i < HYP_OP_NR; i++)
		if (strcmp(p->function, op_function(i)) == 0)
			return true;
	return false;
}

/* The header's free part: does the CPU of the first call have a translation buffer? */
static char *extra_json(bool tlb)
{
	json_t *o = json_pack("{s:b}", "tlb", tlb);
	char *text = json_dumps(o, JSON_COMPACT);

	json_decref(o);
	return text;
}

static void add_rows(struct log_config *c, const struct init_row *v, u32 n)
{
	struct init_row *all = xcalloc(c->n_init + n + 1, sizeof(*all));

	if (c->n_init)
		memcpy(all, c->init, c->n_init * sizeof(*all));
	if (n)
		memcpy(all + c->n_init, v, n * sizeof(*all));
	free(c->init);
	c->init = all;
	c->n_init += n;
}

/* Does a reader of the log take them? */
static bool readable(const struct log_config *c)
{
	char *json = log_config_to_json(c);
	struct log_config back;
	struct err e;
	bool ok = log_config_from_json(&back, json, strlen(json), &e) == 0;

	if (ok)
		log_config_free(&back);
	free(json);
	return ok;
}

struct record_start *start_new(const struct machine *m, const struct errata *errata, bool tlb,
                               const struct start_rows *rows, const struct fixed *fixed,
                               bool memory)
{
	struct record_start *s = xcalloc(1, sizeof(*s));
	struct log_config *c = &s->config;
	int line;

	log_config_init(c, m->params.cpus);
	c->machine = c->barriers = c->digests = true;
	c->seed = m->params.seed;
	c->lock_bound = m->log->config->lock_bound;
	c->errata = *errata;
	c->tlb = tlb;
	snprintf(c->scenario, sizeof(c->scenario), "exec");
	line = log_config_op(c, "line", strlen("line"));
	SIM_ASSERT(line == 0);
	c->extra_json = extra_json(tlb);
	add_rows(c, m->log->config->init, m->log->config->n_init);
	add_rows(c, rows->v, rows->n);
	/* The host's records have the side that the erratum had at boot. */
	if (memory && !errata_differ(errata, &m->params.errata, ERRATUM_SMMU_HOST_OFFSET)) {
		c->fixed = *fixed;
		if (!readable(c))
			c->fixed = (struct fixed){ .region_cnt = 0 };
	}
	s->json = log_config_to_json(c);
	return s;
}

void start_free(struct record_start *s)
{
	if (!s)
		return;
	log_config_free(&s->config);
	free(s->json);
	free(s);
}

bool start_same(const struct record_start *a, const struct record_start *b)
{
	return strcmp(a->json, b->json) == 0;
}
