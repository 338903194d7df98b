// SPDX-License-Identifier: GPL-2.0-only
/* get and set: one number of the machine's state, without a primitive; an expect can follow. */
#include "lock/word.h"
#include "sim/exec/read.h"
#include "sim/exec/record.h"
#include "sim/exec/script.h"

#include <stdio.h>
#include <string.h>

/**
 * struct place - where a number is
 * @cell: of an object: written through obj_set
 * @tlb:  are there translation buffers?
 * @max:  what may be set
 */
struct place {
	char name[96];
	u64 *u64_at;
	u32 *u32_at;
	u8 *u8_at;
	bool *bool_at;
	enum bars *bars_at;
	struct flag *flag_at;
	bool tlb;
	struct obj *o;
	u32 field;
	u64 index;
	u64 max;
};

static int reg_word(struct text_line *l, enum reg *r, struct err *e)
{
	struct text_word w = text_next(l);
	char name[32];

	snprintf(name, sizeof(name), "%.*s", (int)min_u64(w.len, sizeof(name) - 1), w.p);
	*r = reg_by_name(name);
	return *r == REG_NR ? text_expected(l, w, 0, e, "a register, as x0 or elr_el2") : 0;
}

static int place_reg(struct exec *x, struct text_line *l, struct place *p, struct err *e)
{
	enum reg r;
	int rc = reg_word(l, &r, e);

	if (rc < 0)
		return rc;
	snprintf(p->name, sizeof(p->name), "reg %s", reg_name(r));
	p->u64_at = &exec_cpu(x)->regs.r[r];
	return 0;
}

static int place_ctxt(struct exec *x, struct text_line *l, struct place *p, struct err *e)
{
	struct cpu *c = exec_cpu(x);
	u64 vmid = 0, vcpuid = 0;
	enum reg r;
	int rc = script_number(l, N_VMID - 1, "a vmid", &vmid, e);

	if (rc == 0)
		rc = script_number(l, c->vcpu_per_vm - 1, "a vcpuid", &vcpuid, e);
	if (rc == 0)
		rc = reg_word(l, &r, e);
	if (rc < 0)
		return rc;
	snprintf(p->name, sizeof(p->name), "ctxt %u %u %s", (u32)vmid, (u32)vcpuid, reg_name(r));
	p->u64_at = &c->shadow_ctxts[ctxt_id(c, (vmid_t)vmid, (vcpuid_t)vcpuid)].r[r];
	return 0;
}

/* "cell NPT:3 pt_pgd_next[0]" */
static int place_cell(struct exec *x, struct text_line *l, struct place *p, struct err *e)
{
	struct scope_cell cell;
	struct text_word w;
	char name[24];
	int rc = read_cell(l, &cell, &w, e);

	if (rc < 0)
		return rc;
	snprintf(p->name, sizeof(p->name), "cell %s %.*s", obj_name(cell.obj, name, sizeof(name)),
	         (int)min_u64(w.len, 64), w.p);
	p->o = &x->m->shared.obj[cell.obj];
	p->field = cell.field;
	p->index = cell.index;
	return 0;
}

static int place_lock(struct exec *x, struct text_line *l, struct place *p, struct err *e)
{
	u64 lk = 0;
	int rc = script_number(l, LK_SPACE - 1, "a lock", &lk, e);

	if (rc < 0)
		return rc;
	snprintf(p->name, sizeof(p->name), "lock %u", (u32)lk);
	p->u8_at = &exec_cpu(x)->lock[lk];
	p->max = LOCK_OWN_PULLED;
	return 0;
}

static int place_word(struct exec *x, struct text_line *l, struct place *p, struct err *e)
{
	u64 lk = 0;
	int rc = script_number(l, LK_SPACE - 1, "a lock", &lk, e);

	if (rc < 0)
		return rc;
	snprintf(p->name, sizeof(p->name), "word %u", (u32)lk);
	p->u64_at = &x->m->locks.lock[lk].word;
	return 0;
}

static int place_log(struct exec *x, struct text_line *l, struct place *p, bool core, struct err *e)
{
	u64 vmid = 0;
	int rc = script_number(l, N_VMID - 1, "a vmid", &vmid, e);

	if (rc < 0)
		return rc;
	snprintf(p->name, sizeof(p->name), "%sdata_log %u", core ? "core_" : "", (u32)vmid);
	p->u64_at = core ? &x->m->data_logs.core[vmid] : &x->m->data_logs.data[vmid];
	return 0;
}

static int place_region(struct exec *x, struct text_line *l, struct place *p, struct err *e)
{
	struct mem_region *r;
	struct text_word w;
	u64 i = 0;
	int rc = script_number(l, MAX_MEMBLOCK_NUM - 1, "a memory region", &i, e);

	if (rc < 0)
		return rc;
	r = &x->m->shared.fixed.region[i];
	w = text_next(l);
	p->u64_at = text_is(w, "base")    ? &r->mb_base
	            : text_is(w, "size")  ? &r->mb_size
	            : text_is(w, "index") ? &r->mb_index
	            : text_is(w, "flag")  ? &r->mb_flag
	                                  : NULL;
	if (!p->u64_at)
		return text_expected(l, w, 0, e, "base, size, index or flag");
	snprintf(p->name, sizeof(p->name), "region %u %.*s", (u32)i, (int)w.len, w.p);
	return 0;
}

static int place_smmu(struct exec *x, struct text_line *l, struct place *p, struct err *e)
{
	struct smmu_conf *s = &x->m->shared.fixed.smmu;
	struct text_word w;
	u64 i = 0;
	int rc = script_number(l, SMMU_NUM - 1, "an SMMU", &i, e);

	if (rc < 0)
		return rc;
	w = text_next(l);
	p->max = UINT32_MAX;
	if (text_is(w, "base") || text_is(w, "size")) {
		p->u64_at = text_is(w, "base") ? &s->smmu_phys_base[i] : &s->smmu_size[i];
		p->max = ~0ull;
	} else if (text_is(w, "banks")) {
		p->u32_at = &s->smmu_dev_context_banks[i];
	} else if (text_is(w, "pgshift")) {
		p->u32_at = &s->smmu_pgshift[i];
	} else {
		return text_expected(l, w, 0, e, "base, size, banks or pgshift");
	}
	snprintf(p->name, sizeof(p->name), "smmu %u %.*s", (u32)i, (int)w.len, w.p);
	return 0;
}

/* Parts of the state that a word names alone. */
static bool place_simple(struct exec *x, struct text_word w, struct place *p)
{
	struct cpu *c = exec_cpu(x);

	snprintf(p->name, sizeof(p->name), "%.*s", (int)min_u64(w.len, 32), w.p);
	p->max = UINT32_MAX;
	if (text_is(w, "tstate"))
		p->u32_at = &c->tstate, p->max = 1;
	else if (text_is(w, "cur_vmid"))
		p->u32_at = &c->cur_vmid, p->max = COREVISOR;
	else if (text_is(w, "cur_vcpuid"))
		p->u32_at = &c->cur_vcpuid, p->max = c->vcpu_per_vm - 1;
	else if (text_is(w, "region_cnt"))
		p->u32_at = &x->m->shared.fixed.region_cnt;
	else if (text_is(w, "smmu_num"))
		p->u32_at = &x->m->shared.fixed.smmu.smmu_num;
	else if (text_is(w, "device"))
		p->u64_at = &c->device.value, p->max = ~0ull;
	else if (text_is(w, "ihost"))
		p->bool_at = &c->ihost, p->max = 1;
	else if (text_is(w, "icore"))
		p->bool_at = &c->icore, p->max = 1;
	else if (text_is(w, "tlb"))
		p->tlb = true, p->max = 1;
	else if (text_is(w, "bars"))
		p->bars_at = &c->bars, p->max = BARRIERED;
	else if (text_is(w, "halt"))
		p->flag_at = c->halt, p->max = 1;
	else
		return false;
	return true;
}

static int find_place(struct exec *x, struct text_line *l, struct place *p, struct err *e)
{
	struct text_word w = text_next(l);

	*p = (struct place){ .max = ~0ull };
	if (text_is(w, "reg"))
		return place_reg(x, l, p, e);
	if (text_is(w, "ctxt"))
		return place_ctxt(x, l, p, e);
	if (text_is(w, "cell"))
		return place_cell(x, l, p, e);
	if (text_is(w, "lock"))
		return place_lock(x, l, p, e);
	if (text_is(w, "word"))
		return place_word(x, l, p, e);
	if (text_is(w, "data_log") || text_is(w, "core_data_log"))
		return place_log(x, l, p, text_is(w, "core_data_log"), e);
	if (text_is(w, "region"))
		return place_region(x, l, p, e);
	if (text_is(w, "smmu"))
		return place_smmu(x, l, p, e);
	if (place_simple(x, w, p))
		return 0;
	return text_expected(l, w, 0, e,
	                     "reg NAME, ctxt VMID VCPUID NAME, cell OBJECT FIELD[INDEX], lock LK, "
	                     "word LK, data_log VMID, region I WHAT, smmu I WHAT, bars, ...");
}

const char *state_word(u32 i)
{
	static const char *const words[] = {
		"reg",        "ctxt",     "cell",   "lock",  "word",  "data_log", "core_data_log",
		"region",     "smmu",     "tstate", "bars",  "halt",  "cur_vmid", "cur_vcpuid",
		"region_cnt", "smmu_num", "device", "ihost", "icore", "tlb",
	};

	return i < ARRAY_SIZE(words) ? words[i] : NULL;
}

static u64 place_get(const struct exec *x, const struct place *p)
{
	if (p->tlb)
		return exec_cpu(x)->tlbs != NULL;
	if (p->u64_at)
		return *p->u64_at;
	if (p->u32_at)
		return *p->u32_at;
	if (p->u8_at)
		return *p->u8_at;
	if (p->bool_at)
		return *p->bool_at;
	if (p->bars_at)
		return (u64)*p->bars_at;
	if (p->flag_at)
		return flag_get(p->flag_at);
	return obj_get(p->o, p->field, p->index);
}

static void place_set(struct exec *x, const struct place *p, u64 v)
{
	if (p->tlb)
		exec_tlb(x, v);
	else if (p->u64_at)
		*p->u64_at = v;
	else if (p->u32_at)
		*p->u32_at = (u32)v;
	else if (p->u8_at)
		*p->u8_at = (u8)v;
	else if (p->bool_at)
		*p->bool_at = v;
	else if (p->bars_at)
		*p->bars_at = (enum bars)v;
	else if (p->flag_at)
		v ? flag_set(p->flag_at) : flag_clear(p->flag_at);
	else {
		struct payload *one = payload_new(false);

		payload_put(one, p->field, p->index, 0, v);
		env_set(x->env, p->o->id, one);
		record_cell(x->record, p->o->id, p->field, p->index, v);
		payload_free(one);
	}
}

int state_get(struct exec *x, struct text_line *l, struct err *e)
{
	struct place p;
	int rc = find_place(x, l, &p, e);

	if (rc == 0)
		rc = script_end(l, e);
	if (rc == 0)
		exec_report_state(x, p.name, false, place_get(x, &p));
	return rc;
}

int state_set(struct exec *x, struct text_line *l, struct err *e)
{
	struct place p;
	u64 v = 0;
	int rc = find_place(x, l, &p, e);

	if (rc == 0)
		rc = script_number(l, p.max, "a value", &v, e);
	if (rc == 0)
		rc = script_end(l, e);
	if (rc < 0)
		return rc;
	place_set(x, &p, v);
	exec_report_state(x, p.name, true, v);
	return 0;
}
