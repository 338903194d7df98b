// SPDX-License-Identifier: GPL-2.0-only
/*
 * conform_judged FILE...: operations of the hypervisor on the starts of vector records, judged by refinement.
 *
 * The published machine's primitives lie below the operations of sim/log/op.def.  A record's calls of mem_load_raw() and its like,
 * which are what an operation of that name is to the machine, are made as that operation; and on each record's start every
 * operation is called, with arguments drawn from the numbers that the record has.  A start that no log of a run can have (tables,
 * records and states of any contents) is told by the header of a log in memory, of one machine with page records of its first
 * frames; the judge gets that log and nothing else.  In the short form (HYPSIM_FORM) every operation is called on one start of three.
 *
 *   FILE: R records, A accesses and O operations judged by refinement, N not judged, F found     on standard output
 *
 * Exit status: 1 when something was found, or nothing judged, else 2 when a file is unreadable or malformed, else 0.
 */
#include "cpu/say.h"
#include "oracle/check/check.h"
#include "oracle/report/feed.h"
#include "oracle/report/page.h"
#include "sim/base/check.h"
#include "sim/base/vec.h"
#include "sim/log/op.h"
#include "sim/log/read/merge.h"
#include "sim/machine/prim.h"
#include "sim/machine/stuck_text.h"
#include "tests/conform/kinds.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGES = 4096, MAX_NUMBERS = 64, MAX_SHOWN = 5, SHARE = 3 };

/* Sizes of images up to which a start's images are verified: a loop over all pages of one. */
#define IMAGE_MAX (64ull << 20)

/**
 * struct tally - of one file
 * @share: on one start of so many every operation is called
 * @ops:  [op] how many were made
 * @rows, @accesses: calls of the records that are made as operations: of a row of op.def; of mem_load_raw() and its like
 * @judged, @untold, @found: by the judge's check
 */
struct tally {
	const char *path;
	u64 line, records, rows, accesses, judged, untold, found;
	u64 ops[HYP_OP_NR], share;
	u32 shown;
};

/**
 * struct numbers - what a record speaks of
 */
struct numbers {
	u64 v[MAX_NUMBERS];
	u32 n;
};

/**
 * struct start - a record's, as a machine with a log
 * @vmids, @frames, @addrs: VMs, frames and guests' addresses of the record
 * @images: largest size of an image
 */
struct start {
	struct log_config config;
	VEC(struct init_row) rows;
	struct log *log;
	struct machine *m;
	struct cpu *c;
	struct numbers vmids, frames, addrs;
	u64 images;
	u32 vmid, vcpuid;
};

static void add(struct numbers *x, u64 v)
{
	for (u32 i = 0; i < x->n; i++)
		if (x->v[i] == v)
			return;
	if (x->n < MAX_NUMBERS)
		x->v[x->n++] = v;
}

struct to_rows {
	struct start *s;
	u32 obj;
};

/* A place in a table of level @shift as the addresses whose walk comes there, if the tables above lead to it. */
static void add_addresses(struct start *s, u64 at)
{
	for (u32 shift = PAGE_SHIFT; shift <= 39; shift += 9)
		add(&s->addrs, (at % PAGE_SIZE / 8) << shift);
}

static void cell(u32 field, u64 index, u64 value, void *arg)
{
	struct to_rows *t = arg;
	struct start *s = t->s;
	enum obj_kind kind = obj_kind_of(t->obj);

	vec_push(&s->rows, ((struct init_row){ .obj = t->obj,
	                                       .d = { .field = (u16)field,
	                                              .both = true,
	                                              .first = index,
	                                              .last = index,
	                                              .new = value } }));
	if (t->obj >= NPT_ID && t->obj < NPT_ID + N_VMID) {
		add(&s->vmids, t->obj - NPT_ID);
		add_addresses(s, index);
		add(&s->frames, value / PAGE_SIZE % PAGES);
	} else if (t->obj >= INFO_ID) {
		add(&s->vmids, t->obj - INFO_ID);
		if (kind == obj_kind_of(INFO_ID) && field == F_INFO_vm_load_size)
			s->images = max_u64(s->images, value);
	} else if (t->obj == S2PAGE_ID || t->obj == FLATMEM_ID) {
		add(&s->frames, index);
	} else if (t->obj == SPT_ID) {
		add_addresses(s, index);
	}
}

/**
 * struct pool - a pool of table pages
 * @first, @end: its addresses
 * @used: behind the last page of it that has an entry
 */
struct pool {
	u32 field, next;
	u64 first, end, used;
};

static void used(u32 field, u64 index, u64 value, void *arg)
{
	struct pool *p = arg;

	if (value && field == p->field)
		p->used = max_u64(p->used, index / PAGE_SIZE * PAGE_SIZE + PAGE_SIZE);
}

/*
 * That pages of a pool that are still to be handed out are empty is what each published step on a table takes for granted
 * (valid_lnpt, W2 and W3); the records' cursors are any numbers.  So they become what the entries want.
 */
static void settle_cursor(struct obj *o, struct pool p)
{
	u64 next = obj_get(o, p.next, 0);

	p.used = p.first;
	/* Of an object that is empty each page of memory would be asked for. */
	if (o->digest)
		obj_each(o, used, &p);
	if (next < p.used || next > p.end || next % PAGE_SIZE)
		next = p.used;
	obj_set(o, p.next, 0, next);
}

static void settle_cursors(struct obj *objs)
{
	for (vmid_t v = 0; v < N_VMID; v++) {
		struct obj *o = &objs[NPT_ID + v];

		settle_cursor(o, (struct pool){ F_NPT_pt_pgd_pool, F_NPT_pt_pgd_next, pgd_start(v),
		                                pud_start(v), 0 });
		settle_cursor(o, (struct pool){ F_NPT_pt_pud_pool, F_NPT_pt_pud_next, pud_start(v),
		                                pmd_start(v), 0 });
		settle_cursor(o, (struct pool){ F_NPT_pt_pmd_pool, F_NPT_pt_pmd_next, pmd_start(v),
		                                pool_end(v), 0 });
	}
	settle_cursor(&objs[SPT_ID], (struct pool){ F_SPT_spt_pgd_pool, F_SPT_spt_pgd_next,
	                                            SMMU_PGD_START, SMMU_PMD_START, 0 });
	settle_cursor(&objs[SPT_ID], (struct pool){ F_SPT_spt_pmd_pool, F_SPT_spt_pmd_next,
	                                            SMMU_PMD_START, SMMU_POOL_END, 0 });
}

/* What the machine of the vectors holds becomes the header of a log. */
static int start_make(struct start *s, struct rig *r, struct err *e)
{
	struct machine_params p = { .cpus = 1,
		                    .policy = { .kind = WAIT_SPIN, .cores = 1 },
		                    .fixed = &s->config.fixed };
	struct log_config *c = &s->config;
	int rc;

	log_config_init(c, 1);
	c->machine = c->barriers = c->digests = true;
	p.errata = c->errata;
	(void)log_config_op(c, "call", 4);
	c->fixed = (struct fixed){ .region_cnt = 1 };
	c->fixed.region[0] = (struct mem_region){ .mb_size = PAGES * PAGE_SIZE };
	c->fixed.smmu = r->m->shared.fixed.smmu;
	c->fixed.smmu.smmu_num = SMMU_NUM;
	for (u32 i = 0; i < SMMU_NUM; i++) {
		c->fixed.smmu.smmu_phys_base[i] = (u64)(PAGES + 16 * i) * PAGE_SIZE;
		c->fixed.smmu.smmu_size[i] = 16 * PAGE_SIZE;
	}
	settle_cursors(r->m->shared.obj);
	for (lk_t id = 0; id < ID_END; id++)
		if (r->m->shared.obj[id].digest)
			obj_each(&r->m->shared.obj[id], cell, &(struct to_rows){ s, id });
	add(&s->vmids, r->c->cur_vmid);
	add(&s->vmids, 1);
	add(&s->frames, 1);
	add(&s->addrs, PAGE_SIZE);
	s->vmid = r->c->cur_vmid;
	s->vcpuid = r->c->cur_vcpuid;
	c->init = s->rows.v;
	c->n_init = s->rows.n;
	rc = log_open_memory(&s->log, c, ~0ull, e);
	if (rc == 0)
		rc = machine_create(&s->m, &p, s->log, e);
	if (rc < 0)
		return rc;
	s->c = &s->m->cpu[0];
	machine_begin_episode(s->m);
	return 0;
}

static void start_free(struct start *s)
{
	machine_free(s->m);
	log_free(s->log);
	/* The rows are the vector's. */
	s->config.init = NULL;
	log_config_free(&s->config);
	vec_free(&s->rows);
}

static u64 any(struct rng *g, const struct numbers *x)
{
	return x->v[rng_below(g, x->n)];
}

/* A number that the argument may be, of those that the record has. */
static u64 draw(const struct start *s, struct rng *g, enum prim_arg kind)
{
	static const u64 sizes[] = { 0, PAGE_SIZE, PMD_SIZE };

	switch (kind) {
	case PRIM_ARG_vmid:
		return any(g, &s->vmids);
	case PRIM_ARG_addr:
	case PRIM_ARG_inbuf:
	case PRIM_ARG_outbuf:
		return rng_below(g, 2) ? any(g, &s->addrs) : any(g, &s->frames) * PAGE_SIZE;
	case PRIM_ARG_pfn:
		return any(g, &s->frames);
	case PRIM_ARG_gfn:
		return rng_below(g, 2) ? any(g, &s->addrs) / PAGE_SIZE : any(g, &s->frames);
	case PRIM_ARG_value:
		return any(g, &s->frames) * PAGE_SIZE | 3;
	case PRIM_ARG_size:
		return sizes[rng_below(g, ARRAY_SIZE(sizes))];
	case PRIM_ARG_u32:
		return 2 + rng_below(g, 2);
	case PRIM_ARG_smmu:
		return rng_below(g, SMMU_NUM);
	case PRIM_ARG_cbndx:
	case PRIM_ARG_vcpuid:
		return rng_below(g, 8);
	case PRIM_ARG_load_idx:
		return rng_below(g, 2);
	case PRIM_ARG_reg:
		return rng_below(g, 30);
	case PRIM_ARG_hsr:
		return rng_next(g) & 0xffffffff;
	case PRIM_ARG_bound:
	case PRIM_ARG_lk:
	case PRIM_ARG_event:
	case PRIM_ARG_region:
	case PRIM_ARG_index:
	case PRIM_ARG_state:
	case PRIM_ARG_owner:
	case PRIM_ARG_count:
	case PRIM_ARG_u64:
	case PRIM_ARG_pgnum:
	case PRIM_ARG_s2idx:
	case PRIM_ARG_pstate:
	case PRIM_ARG_next:
	case PRIM_ARG_NR:
		break;
	}
	return rng_below(g, 4);
}

struct call {
	const struct prim *p;
	u64 a[PRIM_MAX_ARGS];
};

/* A call as an operation of the log; after one that does not return another machine begins. */
static void make_call(struct start *s, struct call *call)
{
	const u64 zero = 0;
	char text[256];
	enum outcome out;
	u64 rule, value;

	log_mark(s->c->log, MARK_BEGIN, 1, &zero);
	out = prim_run(s->c, call->p, call->a, &value);
	rule = s->c->stuck.rule;
	if (out == OUT_OK) {
		log_mark(s->c->log, MARK_END_OP, 0, NULL);
		return;
	}
	if (out == OUT_STUCK)
		log_mark_text(s->c->log, MARK_STUCK, 1, &rule,
		              stuck_call(&s->c->stuck, text, sizeof(text)));
	/* What memory holds at an episode's end is not asked for: to look costs more than all calls. */
	machine_reset(s->m);
	machine_begin_episode(s->m);
}

/* The vCPU of the record runs on the CPU. */
static void runs(struct start *s, u32 vmid, u32 vcpuid)
{
	s->c->cur_vmid = vmid;
	s->c->cur_vcpuid = vcpuid;
	s->c->ihost = vmid == HOSTVISOR;
	say_leave(s->c);
}

static void operation(struct tally *t, struct start *s, struct rng *g, u32 op)
{
	struct call call = { .p = prim_by_name(op_function(op)) };

	if (!call.p || (op == OP_verify_and_load_images && s->images > IMAGE_MAX))
		return;
	for (u32 i = 0; i < call.p->n_args; i++)
		call.a[i] = draw(s, g, call.p->arg[i]);
	make_call(s, &call);
	t->ops[op]++;
}

/* The operation whose primitive is called so: mem_load of mem_load_raw; HYP_OP_NR: none. */
static u32 op_of(const char *name, bool *raw)
{
	size_t n = strlen(name);
	u32 op = 0;

	*raw = n > 4 && strcmp(name + n - 4, "_raw") == 0;
	while (op < HYP_OP_NR && (strlen(op_function(op)) != n - (*raw ? 4 : 0) ||
	                          memcmp(op_function(op), name, strlen(op_function(op))) != 0))
		op++;
	return op;
}

/* Calls of the record that an operation stands for, with their arguments. */
static int record_calls(struct tally *t, struct start *s, const json_t *calls, struct err *e)
{
	for (size_t i = 0; i < json_array_size(calls); i++) {
		const json_t *v = json_array_get(calls, i);
		const char *name = json_string_value(json_array_get(v, 0));
		bool raw = false;
		u32 op = name ? op_of(name, &raw) : HYP_OP_NR;
		struct call call = { .p = op < HYP_OP_NR ? prim_by_name(op_function(op)) : NULL };
		int rc = 0;

		if (!call.p || json_array_size(v) != 1 + call.p->n_args)
			continue;
		for (u32 k = 0; k < call.p->n_args && rc == 0; k++)
			rc = get_u64(json_array_get(v, 1 + k), name, ~0ull, &call.a[k], e);
		if (rc < 0)
			return rc;
		runs(s, s->vmid, s->vcpuid);
		make_call(s, &call);
		runs(s, HOSTVISOR, 0);
		t->accesses += raw;
		t->rows += !raw;
	}
	return 0;
}

static void show(struct tally *t, const struct checker *c, const struct log_config *config)
{
	if (t->shown++ >= MAX_SHOWN)
		return;
	printf("%s:%llu:\n", t->path, (unsigned long long)t->line);
	page_findings(stdout, c, config, (struct page_how){ .color = false });
}

/* What the judge says of the log.  Marks of registers are rebuilt for the check, and not judged. */
static int judge(struct tally *t, struct start *s, struct err *e)
{
	struct check_set checks = check_set_of(CHK_REFINE);
	struct check_verdict v;
	struct checker *c;
	struct merge *m;
	int rc;

	check_set_add(&checks, CHK_REGISTERS);
	rc = log_close(s->log, true, e);
	if (rc < 0)
		return rc;
	m = merge_open_memory(log_in_memory(s->log));
	c = checker_new(&s->config, checks);
	merge_finish(m);
	rc = feed_checker(merge_source(m), c, NULL, e);
	checker_end(c, false);
	checker_verdict(c, CHK_REFINE, &v);
	t->judged += v.n_cases;
	t->untold += v.n_untold;
	t->found += v.n_findings;
	if (v.n_findings)
		show(t, c, &s->config);
	checker_free(c);
	merge_free(m);
	return rc;
}

static int run_record(struct tally *t, struct rig *r, const json_t *rec, struct err *e)
{
	struct start s = { .log = NULL };
	struct rng g = { .s = t->line };
	int rc = start_set(r, json_object_get(rec, "s"), e);

	if (rc == 0)
		rc = start_make(&s, r, e);
	if (rc == 0)
		rc = record_calls(t, &s, json_object_get(rec, "c"), e);
	for (u32 op = 0; op < HYP_OP_NR && rc == 0 && t->line % t->share == 0; op++)
		operation(t, &s, &g, op);
	if (rc == 0)
		rc = judge(t, &s, e);
	t->records++;
	start_free(&s);
	return rc;
}

static int run_line(struct tally *t, struct rig *r, const char *line, size_t len, struct err *e)
{
	bool beyond = false;
	json_error_t why;
	json_t *rec = vector_load(line, len, &beyond, &why);
	int rc = 0;

	if (!rec)
		return err_set(e, ERR_VECTOR, "%s:%llu:%d: %s", t->path,
		               (unsigned long long)t->line, why.column, why.text);
	if (!beyond && json_object_get(rec, "c"))
		rc = run_record(t, r, rec, e);
	json_decref(rec);
	return rc < 0 ? err_wrap(e, "%s:%llu", t->path, (unsigned long long)t->line) : 0;
}

static int run_file(struct tally *t, struct rig *r, struct err *e)
{
	FILE *f = fopen(t->path, "r");
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	int rc = 0;

	if (!f)
		return err_set(e, ERR_OPEN, "%s: %s", t->path, strerror(errno));
	while (rc == 0 && (len = getline(&line, &room, f)) > 0) {
		t->line++;
		if (line[len - 1] == '\n')
			len--;
		rc = run_line(t, r, line, (size_t)len, e);
	}
	free(line);
	fclose(f);
	return rc;
}

int main(int argc, char **argv)
{
	const char *form = getenv("HYPSIM_FORM");
	bool full = form && strcmp(form, "full") == 0;
	bool failed = argc < 2, bad = false;
	struct errata errata;
	struct rig r;
	struct err e;

	/* The starts are read as the vectors mean them; the machines that are judged have each erratum at its default. */
	errata_all_published(&errata);
	if (rig_make(&r, &errata, &e) < 0) {
		fprintf(stderr, "conform_judged: %s\n", e.msg);
		return 3;
	}
	for (int i = 1; i < argc; i++) {
		struct tally t = { .path = argv[i], .share = full ? 1 : SHARE };
		u64 ops = 0;

		if (run_file(&t, &r, &e) < 0) {
			fflush(stdout);
			fprintf(stderr, "conform_judged: %s\n", e.msg);
			bad = true;
		}
		for (u32 op = 0; op < HYP_OP_NR; op++) {
			ops += t.ops[op];
			if (t.ops[op] == 0 && prim_by_name(op_function(op)))
				printf("%s: no call of %s\n", t.path, op_function(op));
		}
		printf("%s: %llu records, %llu calls of operations, %llu accesses and %llu "
		       "operations made on their starts; "
		       "%llu judged by refinement, %llu not judged, %llu found\n",
		       t.path, (unsigned long long)t.records, (unsigned long long)t.rows,
		       (unsigned long long)t.accesses, (unsigned long long)ops,
		       (unsigned long long)t.judged, (unsigned long long)t.untold,
		       (unsigned long long)t.found);
		/* Each record has operations on its start. */
		failed |= t.found || t.judged < t.records || !t.records;
	}
	rig_free(&r);
	return failed ? 1 : bad ? 2 : 0;
}
