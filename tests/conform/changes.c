// SPDX-License-Identifier: GPL-2.0-only
#include "tests/conform/rig.h"

#include "sim/log/event.h"
#include "tests/conform/contents.h"
#include "tests/conform/tokens.h"

#include <stdio.h>
#include <string.h>

enum { CTXTS = N_VMID * VCPU_PER_VM };

void before_take(struct before *b, struct rig *r)
{
	const struct machine *m = r->m;

	*b = (struct before){ .halt = flag_get(&m->halt),
		              .bars = r->c->bars,
		              .tstate = r->c->tstate,
		              .vmid = r->c->cur_vmid,
		              .vcpuid = r->c->cur_vcpuid,
		              .data_logs = m->data_logs,
		              .regs = r->c->regs,
		              .ctxts = xcalloc(CTXTS, sizeof(*b->ctxts)) };
	memcpy(b->lock, r->c->lock, sizeof(b->lock));
	memcpy(b->ctxts, m->shadow_ctxts, CTXTS * sizeof(*b->ctxts));
	for (lk_t lk = 0; lk < LK_SPACE; lk++)
		b->n_events[lk] = r->env->log[lk].ev.n;
	for (lk_t id = 0; id < ID_END; id++)
		b->payload[id] = payload_contents_snapshot(&r->env->contents, id);
}

void before_free(struct before *b)
{
	free(b->ctxts);
	for (lk_t id = 0; id < ID_END; id++)
		payload_free(b->payload[id]);
}

/* o[key] := @v, unless there is none. */
static void put(json_t *o, const char *key, json_t *v)
{
	if (v)
		json_object_set_new(o, key, v);
}

static void put_at(json_t *o, u64 index, json_t *v)
{
	char key[24];

	snprintf(key, sizeof(key), "%llu", (unsigned long long)index);
	put(o, key, v);
}

/* An object that is kept only if it has keys. */
static json_t *or_none(json_t *o)
{
	if (json_object_size(o) > 0)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *letter(const char *letters, u32 at)
{
	return json_stringn(letters + at, 1);
}

json_t *event_json(const struct env_event *ev)
{
	struct event bare = cal_event((enum event_kind)ev->kind, ev->cpu, ev->arg);
	struct cal_events one = { .v = &bare, .n = 1 };
	char *token = tokens_print(&one);
	json_t *text = json_string(token), *payload;

	free(token);
	if (!event_is_push(ev->kind))
		return text;
	payload = contents_json(ev->kind, NULL, ev->payload);
	if (!payload)
		payload = ev->kind == EV_OCORE_DATA ? json_pack("[i,i]", 0, 0) : json_object();
	return json_pack("[o,o]", text, payload);
}

static json_t *logs_json(const struct before *b, const struct rig *r)
{
	json_t *o = json_object();

	for (lk_t lk = 0; lk < LK_SPACE; lk++) {
		const struct env_events *ev = &r->env->log[lk].ev;
		json_t *appended;

		if (ev->n == b->n_events[lk])
			continue;
		appended = json_array();
		for (u32 i = b->n_events[lk]; i < ev->n; i++)
			json_array_append_new(appended, event_json(&ev->v[i]));
		put_at(o, lk, appended);
	}
	return or_none(o);
}

static json_t *locks_json(const struct before *b, const struct cpu *c)
{
	json_t *o = json_object();

	for (lk_t lk = 0; lk < LK_SPACE; lk++)
		if (b->lock[lk] != c->lock[lk])
			put_at(o, lk, letter("FOT", c->lock[lk]));
	return or_none(o);
}

static json_t *counters_json(const u64 *before, const u64 *after)
{
	json_t *o = json_object();

	for (u64 vmid = 0; vmid < N_VMID; vmid++)
		if (before[vmid] != after[vmid])
			put_at(o, vmid, num(after[vmid]));
	return or_none(o);
}

json_t *regs_changes(enum reg_group group, const struct ctxt *before, const struct ctxt *after)
{
	json_t *o = json_object();

	for (u32 r = 0; r < REG_NR; r++)
		if (before->r[r] != after->r[r] &&
		    (group == REG_GROUP_NR || reg_group((enum reg)r) == group))
			put(o, reg_name((enum reg)r), num(after->r[r]));
	return o;
}

static json_t *ctxts_json(const struct before *b, const struct machine *m)
{
	json_t *o = json_object();

	for (u64 i = 0; i < CTXTS; i++)
		put_at(o, i,
		       or_none(regs_changes(REG_GROUP_NR, &b->ctxts[i], &m->shadow_ctxts[i])));
	return or_none(o);
}

/* One object, told by what it was. */
static json_t *object_json(const struct before *b, struct rig *r, lk_t id)
{
	struct payload *now = payload_contents_snapshot(&r->env->contents, id);
	json_t *v = contents_json(event_push_of(id), b->payload[id], now);

	payload_free(now);
	return v;
}

/* The page tables, or the VM records, from object @from on. */
static json_t *objects_json(const struct before *b, struct rig *r, lk_t from)
{
	json_t *o = json_object();

	for (vmid_t vmid = 0; vmid < N_VMID; vmid++)
		put_at(o, vmid, object_json(b, r, from + vmid));
	return or_none(o);
}

json_t *changes_json(const struct before *b, struct rig *r)
{
	const struct cpu *c = r->c;
	json_t *e = json_object();

	if (b->halt != flag_get(&r->m->halt))
		put(e, "halt", num(flag_get(&r->m->halt)));
	if (b->bars != c->bars)
		put(e, "bars", letter("VNB", c->bars));
	if (b->tstate != c->tstate)
		put(e, "ts", num(c->tstate));
	if (b->vmid != c->cur_vmid)
		put(e, "vm", num(c->cur_vmid));
	if (b->vcpuid != c->cur_vcpuid)
		put(e, "vc", num(c->cur_vcpuid));
	put(e, "lock", locks_json(b, c));
	put(e, "log", logs_json(b, r));
	put(e, "fm", object_json(b, r, FLATMEM_ID));
	put(e, "core", object_json(b, r, CORE_ID));
	put(e, "s2", object_json(b, r, S2PAGE_ID));
	put(e, "spt", object_json(b, r, SPT_ID));
	put(e, "smmu", object_json(b, r, SMMU_ID));
	put(e, "npt", objects_json(b, r, NPT_ID));
	put(e, "vmi", objects_json(b, r, INFO_ID));
	put(e, "dl", counters_json(b->data_logs.data, r->m->data_logs.data));
	put(e, "cdl", counters_json(b->data_logs.core, r->m->data_logs.core));
	put(e, "sh", ctxts_json(b, r->m));
	put(e, "rg", or_none(regs_changes(REG_GROUP_NR, &b->regs, &c->regs)));
	return e;
}
