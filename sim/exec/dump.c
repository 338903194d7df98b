// SPDX-License-Identifier: GPL-2.0-only
/* dump: what the machine holds, as lines "NAME VALUE" or as one JSON object. */
#include "lock/word.h"
#include "sim/base/number.h"
#include "sim/exec/script.h"
#include "sim/log/event.h"
#include "sim/log/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Where a dump goes: rows of a name and a value. */
struct rows {
	FILE *f;
	bool json;
	u32 n;
};

static void rows_begin(struct rows *r, const struct exec *x, const char *what, const char *arg)
{
	*r = (struct rows){ .f = x->o.out, .json = x->o.json };
	if (r->json)
		fprintf(r->f, "{\"line\":%" PRIu64 ",\"dump\":\"%s%s%s\",\"rows\":[", x->line, what,
		        *arg ? " " : "", arg);
	else
		fprintf(r->f, "%s%s%s:\n", what, *arg ? " " : "", arg);
}

static void row(struct rows *r, const char *name, const char *value, bool number)
{
	if (r->json)
		fprintf(r->f, "%s{\"name\":\"%s\",\"value\":%s%s%s}", r->n ? "," : "", name,
		        number ? "" : "\"", value, number ? "" : "\"");
	else
		fprintf(r->f, "  %-28s %s\n", name, value);
	r->n++;
}

static void row_number(struct rows *r, const char *name, u64 value)
{
	char buf[32];

	row(r, name,
	    r->json ? json_u64_text(value, buf, sizeof(buf))
	            : number_print(value, buf, sizeof(buf)),
	    true);
}

/* What a cell or a register holds. */
static void row_word(struct rows *r, const char *name, u64 value)
{
	char buf[32];

	row(r, name,
	    r->json ? json_hex_text(value, buf, sizeof(buf))
	            : number_print(value, buf, sizeof(buf)),
	    true);
}

static void rows_end(struct rows *r)
{
	if (r->json)
		fputs("]}\n", r->f);
	else if (r->n == 0)
		fprintf(r->f, "  (nothing but zeros)\n");
}

struct cells {
	struct rows *r;
	const struct obj *o;
	u64 first, last; /* indices shown */
};

static void cell_row(u32 field, u64 index, u64 value, void *arg)
{
	const struct cells *c = arg;
	const struct obj_field *f = obj_field(c->o->kind, field);
	char name[64];

	if (index < c->first || index > c->last)
		return;
	if (f->index == INDEX_PLAIN && index < 10)
		snprintf(name, sizeof(name), "%s[%" PRIu64 "]", f->name, index);
	else
		snprintf(name, sizeof(name), "%s[0x%" PRIx64 "]", f->name, index);
	row_word(c->r, name, value);
}

static void dump_obj(struct exec *x, lk_t id, const char *what, const char *arg, u64 first,
                     u64 last)
{
	struct rows r;
	struct cells c = { .r = &r, .o = &x->m->shared.obj[id], .first = first, .last = last };

	rows_begin(&r, x, what, arg);
	obj_each(c.o, cell_row, &c);
	rows_end(&r);
}

/* Of an object that is one of many: "npt 3". */
static int dump_numbered(struct exec *x, struct text_line *l, const char *what, lk_t first,
                         struct err *e)
{
	char arg[16];
	u64 vmid = 0;
	int rc = script_number(l, N_VMID - 1, "a vmid", &vmid, e);

	if (rc == 0)
		rc = script_end(l, e);
	if (rc < 0)
		return rc;
	snprintf(arg, sizeof(arg), "%" PRIu64, vmid);
	dump_obj(x, first + (lk_t)vmid, what, arg, 0, ~0ull);
	return 0;
}

static int dump_npt(struct exec *x, struct text_line *l, struct err *e)
{
	return dump_numbered(x, l, "npt", NPT_ID, e);
}

static int dump_vm(struct exec *x, struct text_line *l, struct err *e)
{
	return dump_numbered(x, l, "vm", INFO_ID, e);
}

/* One cell of a large object, or all that is not 0. */
static int dump_large(struct exec *x, struct text_line *l, const char *what, lk_t id, u64 max,
                      struct err *e)
{
	const char *at = l->at;
	char arg[NUMBER_TEXT] = "";
	u64 index = 0;
	int rc;

	if (text_next(l).len == 0) {
		dump_obj(x, id, what, "", 0, ~0ull);
		return 0;
	}
	l->at = at;
	rc = script_number(l, max, "an index", &index, e);
	if (rc == 0)
		rc = script_end(l, e);
	if (rc < 0)
		return rc;
	dump_obj(x, id, what, number_hex(index, arg), index, index);
	return 0;
}

static int dump_s2page(struct exec *x, struct text_line *l, struct err *e)
{
	return dump_large(x, l, "s2page", S2PAGE_ID, MAX_S2PAGE_NUM - 1, e);
}

static int dump_flatmem(struct exec *x, struct text_line *l, struct err *e)
{
	return dump_large(x, l, "flatmem", FLATMEM_ID, KVM_PFN_SPACE - 1, e);
}

static int dump_whole(struct exec *x, struct text_line *l, const char *what, lk_t id, struct err *e)
{
	int rc = script_end(l, e);

	if (rc == 0)
		dump_obj(x, id, what, "", 0, ~0ull);
	return rc;
}

static int dump_core(struct exec *x, struct text_line *l, struct err *e)
{
	return dump_whole(x, l, "core", CORE_ID, e);
}

static int dump_smmu(struct exec *x, struct text_line *l, struct err *e)
{
	return dump_whole(x, l, "smmu", SMMU_ID, e);
}

static int dump_spt(struct exec *x, struct text_line *l, struct err *e)
{
	return dump_whole(x, l, "spt", SPT_ID, e);
}

static int dump_lock(struct exec *x, struct text_line *l, struct err *e)
{
	struct rows r;
	char arg[24], name[24];
	u64 lk = 0, word;
	int rc = script_number(l, LK_SPACE - 1, "a lock", &lk, e);

	if (rc == 0)
		rc = script_end(l, e);
	if (rc < 0)
		return rc;
	snprintf(arg, sizeof(arg), "%" PRIu64, lk);
	rows_begin(&r, x, "lock", arg);
	if (lk < ID_END)
		row(&r, "name", obj_name((lk_t)lk, name, sizeof(name)), false);
	word = word_get_now(&x->m->locks.lock[lk].word);
	row_number(&r, "ticket", word_ticket(word));
	row_number(&r, "now", word_now(word));
	for (u32 i = 0; i < x->o.cpus; i++) {
		snprintf(name, sizeof(name), "cpu %u", i);
		row(&r, name, lock_state_name(x->m->cpu[i].lock[lk]), false);
	}
	if (!x->looks) {
		row_number(&r, "events", x->env->log[lk].ev.n);
		row_number(&r, "answers left", env_answers_left(x->env, (lk_t)lk));
	}
	rows_end(&r);
	return 0;
}

static int dump_cpu(struct exec *x, struct text_line *l, struct err *e)
{
	const struct cpu *c = exec_cpu(x);
	struct rows r;
	char arg[16];
	int rc = script_end(l, e);

	if (rc < 0)
		return rc;
	snprintf(arg, sizeof(arg), "%u", c->id);
	rows_begin(&r, x, "cpu", arg);
	row_number(&r, "halt", flag_get(c->halt));
	row(&r, "bars", bars_name(c->bars), false);
	row_number(&r, "tstate", c->tstate);
	row_number(&r, "cur_vmid", c->cur_vmid);
	row_number(&r, "cur_vcpuid", c->cur_vcpuid);
	row_number(&r, "ihost", c->ihost);
	row_number(&r, "icore", c->icore);
	for (lk_t lk = 0; lk < LK_SPACE; lk++) {
		char name[24];

		if (c->lock[lk] == LOCK_FALSE)
			continue;
		snprintf(name, sizeof(name), "lock[%u]", lk);
		row(&r, name, lock_state_name(c->lock[lk]), false);
	}
	for (u32 reg = 0; reg < REG_NR; reg++)
		if (c->regs.r[reg])
			row_word(&r, reg_name((enum reg)reg), c->regs.r[reg]);
	rows_end(&r);
	return 0;
}

static int dump_ctxt(struct exec *x, struct text_line *l, struct err *e)
{
	const struct cpu *c = exec_cpu(x);
	const struct ctxt *ctxt;
	u64 vmid = 0, vcpuid = 0;
	struct rows r;
	char arg[32];
	int rc = script_number(l, N_VMID - 1, "a vmid", &vmid, e);

	if (rc == 0)
		rc = script_number(l, c->vcpu_per_vm - 1, "a vcpuid", &vcpuid, e);
	if (rc == 0)
		rc = script_end(l, e);
	if (rc < 0)
		return rc;
	snprintf(arg, sizeof(arg), "%" PRIu64 " %" PRIu64, vmid, vcpuid);
	rows_begin(&r, x, "ctxt", arg);
	ctxt = &c->shadow_ctxts[ctxt_id(c, (vmid_t)vmid, (vcpuid_t)vcpuid)];
	for (u32 reg = 0; reg < REG_NR; reg++)
		if (ctxt->r[reg])
			row_word(&r, reg_name((enum reg)reg), ctxt->r[reg]);
	rows_end(&r);
	return 0;
}

/* " pt_pgd_next[0]=0>5 ..." */
static void print_payload(FILE *f, const struct env_event *ev, lk_t lk)
{
	lk_t id = lk < ID_END && event_push_of(lk) == ev->kind ? lk : ID_END;

	for (lk_t k = 0; k < ID_END && id == ID_END; k++)
		if (event_push_of(k) == ev->kind)
			id = k;
	for (u32 i = 0; ev->payload && i < ev->payload->cell.n; i++) {
		const struct payload_cell *c = &ev->payload->cell.v[i];
		struct diff d = { .field = (u16)c->field,
			          .both = true,
			          .first = c->index,
			          .last = c->index,
			          .old = c->old,
			          .new = c->new };
		char buf[128];

		fprintf(f, " %s", diff_print(id, &d, buf, sizeof(buf)));
	}
}

/* The text form of a log, oldest first. */
static int dump_log(struct exec *x, struct text_line *l, struct err *e)
{
	const struct env_events *ev;
	FILE *f = x->o.out;
	u64 lk = 0;
	int rc = script_number(l, LK_SPACE - 1, "a log", &lk, e);

	if (rc == 0)
		rc = script_end(l, e);
	if (rc < 0)
		return rc;
	ev = &x->env->log[lk].ev;
	if (x->o.json)
		fprintf(f, "{\"line\":%" PRIu64 ",\"dump\":\"log %" PRIu64 "\",\"events\":[",
		        x->line, lk);
	for (u32 i = 0; i < ev->n; i++) {
		struct event shown = { .kind = ev->v[i].kind, .arg = ev->v[i].arg };
		char buf[64];

		event_print(&shown, buf, sizeof(buf));
		fprintf(f, x->o.json ? "%s\"%" PRIu64 " %u %s" : "%s%" PRIu64 " %u %s",
		        x->o.json && i ? "," : "", lk, ev->v[i].cpu, buf);
		print_payload(f, &ev->v[i], (lk_t)lk);
		fputs(x->o.json ? "\"" : "\n", f);
	}
	if (x->o.json)
		fputs("]}\n", f);
	else if (ev->n == 0)
		fprintf(f, "# log %" PRIu64 " is empty\n", lk);
	return 0;
}

/* The atomic events of the operations so far. */
static int dump_slog(struct exec *x, struct text_line *l, struct err *e)
{
	struct rows r;
	int rc = script_end(l, e);

	if (rc < 0)
		return rc;
	rows_begin(&r, x, "slog", "");
	for (u32 i = 0; i < x->env->slog.n; i++) {
		const struct env_op *o = &x->env->slog.v[i];
		char text[256], name[24];
		int n = snprintf(text, sizeof(text), "%s", op_event(o->op));

		for (u32 k = 0; k < o->n; k++) {
			char buf[32];

			n += snprintf(text + n, sizeof(text) - (size_t)n, " %s",
			              number_print(o->args[k], buf, sizeof(buf)));
		}
		snprintf(name, sizeof(name), "cpu %u", o->cpu);
		row(&r, name, text, false);
	}
	rows_end(&r);
	return 0;
}

static int dump_errata(struct exec *x, struct text_line *l, struct err *e)
{
	struct rows r;
	int rc = script_end(l, e);

	if (rc < 0)
		return rc;
	rows_begin(&r, x, "errata", "");
	for (u32 i = 0; i < ERRATUM_NR; i++)
		row(&r, erratum_name((enum erratum)i),
		    errata_published(&x->errata, (enum erratum)i) ? "published" : "intended",
		    false);
	rows_end(&r);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct exec *x, struct text_line *l, struct err *e);
} dumps[] = {
	{ "npt", dump_npt },       { "lock", dump_lock },       { "s2page", dump_s2page },
	{ "vm", dump_vm },         { "core", dump_core },       { "smmu", dump_smmu },
	{ "spt", dump_spt },       { "cpu", dump_cpu },         { "log", dump_log },
	{ "ctxt", dump_ctxt },     { "flatmem", dump_flatmem }, { "slog", dump_slog },
	{ "errata", dump_errata },
};

const char *dump_word(u32 i)
{
	return i < ARRAY_SIZE(dumps) ? dumps[i].name : NULL;
}

int dump(struct exec *x, struct text_line *l, struct err *e)
{
	struct text_word w = text_next(l);

	for (u32 i = 0; i < ARRAY_SIZE(dumps); i++)
		if (text_is(w, dumps[i].name))
			return dumps[i].run(x, l, e);
	return text_expected(l, w, 0, e,
	                     "npt VMID, vm VMID, s2page [INDEX], flatmem [PFN], core, smmu, spt, "
	                     "cpu, ctxt VMID VCPUID, lock LK, log LK, slog or errata");
}
