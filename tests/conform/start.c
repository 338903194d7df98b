// SPDX-License-Identifier: GPL-2.0-only
#include "tests/conform/rig.h"

#include "oracle/cal/env.h"
#include "sim/log/event.h"
#include "tests/conform/contents.h"
#include "tests/conform/params.h"
#include "tests/conform/tokens.h"

#include <string.h>

/* A start's key, which is at @at of the walk: read it into the machine. */
typedef int read_fn(struct rig *r, const json_t *v, struct err *e);
/* One entry of a key that maps numbers to values. */
typedef int entry_fn(struct rig *r, u64 index, const json_t *v, struct err *e);

static int each_entry(struct rig *r, const json_t *v, const char *what, u64 max, entry_fn *fn,
                      struct err *e)
{
	json_t *o = (json_t *)(uintptr_t)v;
	int rc = 0;

	if (!json_is_object(v))
		return err_set(e, ERR_VECTOR, "%s: expected an object", what);
	for (void *it = json_object_iter(o); rc == 0 && it; it = json_object_iter_next(o, it)) {
		u64 index = 0;

		rc = get_index(json_object_iter_key(it), what, max, &index, e);
		if (rc == 0)
			rc = fn(r, index, json_object_iter_value(it), e);
	}
	return rc;
}

/* A one-letter string of @letters: its place there. */
static int get_letter(const json_t *v, const char *what, const char *letters, u32 *out,
                      struct err *e)
{
	const char *s = json_string_value(v), *at = s && *s && !s[1] ? strchr(letters, *s) : NULL;

	if (!at)
		return err_set(e, ERR_VECTOR, "%s: expected one of the letters %s", what, letters);
	*out = (u32)(at - letters);
	return 0;
}

int event_read(struct rig *r, const json_t *v, struct env_event *out, struct err *e)
{
	bool pair = json_is_array(v) && json_array_size(v) == 2;
	const char *token = json_string_value(pair ? json_array_get(v, 0) : v);
	struct cal_events one = { 0 };
	struct payload *p = NULL;
	int rc;

	if (!token)
		return err_set(e, ERR_VECTOR, "expected an event, a string or [string, payload]");
	rc = tokens_parse(token, &one, e);
	if (rc == 0 && (one.n != 1 || event_is_push(one.v[0].kind) != pair))
		rc = err_set(e, ERR_VECTOR,
		             "\"%.40s\": expected one event, with a payload if it is a push",
		             token);
	if (rc == 0 && pair)
		rc = contents_read(one.v[0].kind, json_array_get(v, 1), &p, e);
	if (rc == 0)
		*out = (struct env_event){ .kind = one.v[0].kind,
			                   .cpu = one.v[0].cpu,
			                   .arg = one.v[0].arg,
			                   .payload = env_own(r->env, p) };
	vec_free(&one);
	return rc;
}

static int read_halt(struct rig *r, const json_t *v, struct err *e)
{
	u64 x;
	int rc = get_u64(v, "halt", 1, &x, e);

	if (rc == 0 && x)
		flag_set(&r->m->halt);
	return rc;
}

static int read_ts(struct rig *r, const json_t *v, struct err *e)
{
	u64 x;
	int rc = get_u64(v, "ts", 1, &x, e);

	r->c->tstate = rc == 0 ? (u32)x : 0;
	return rc;
}

static int read_vm(struct rig *r, const json_t *v, struct err *e)
{
	u64 x;
	int rc = get_u64(v, "vm", COREVISOR, &x, e);

	r->c->cur_vmid = rc == 0 ? (u32)x : 0;
	return rc;
}

static int read_vc(struct rig *r, const json_t *v, struct err *e)
{
	u64 x;
	int rc = get_u64(v, "vc", VCPU_PER_VM - 1, &x, e);

	r->c->cur_vcpuid = rc == 0 ? (u32)x : 0;
	return rc;
}

static int read_bars(struct rig *r, const json_t *v, struct err *e)
{
	u32 at = BARRIER_VALID;
	int rc = get_letter(v, "bars", "VNB", &at, e);

	r->c->bars = (enum bars)at;
	return rc;
}

static int read_lock(struct rig *r, u64 lk, const json_t *v, struct err *e)
{
	u32 at = LOCK_FALSE;
	int rc = get_letter(v, "lock", "FOT", &at, e);

	r->c->lock[lk] = (u8)at;
	return rc;
}

static int read_locks(struct rig *r, const json_t *v, struct err *e)
{
	return each_entry(r, v, "lock", LK_SPACE - 1, read_lock, e);
}

static int read_log(struct rig *r, u64 lk, const json_t *v, struct err *e)
{
	struct env_event ev;
	int rc = 0;

	if (!json_is_array(v))
		return err_set(e, ERR_VECTOR, "log: expected an array of events");
	for (size_t i = 0; rc == 0 && i < json_array_size(v); i++) {
		rc = event_read(r, json_array_get(v, i), &ev, e);
		if (rc == 0)
			env_log_start(r->env, (lk_t)lk, &ev);
	}
	return rc < 0 ? err_wrap(e, "log") : 0;
}

static int read_logs(struct rig *r, const json_t *v, struct err *e)
{
	return each_entry(r, v, "log", LK_SPACE - 1, read_log, e);
}

static int read_batch(struct rig *r, u64 lk, const json_t *v, struct err *e)
{
	struct env_events batch = { 0 };
	int rc = 0;

	if (!json_is_array(v))
		return err_set(e, ERR_VECTOR, "orc: expected arrays of events");
	for (size_t i = 0; rc == 0 && i < json_array_size(v); i++) {
		struct env_event ev;

		rc = event_read(r, json_array_get(v, i), &ev, e);
		if (rc == 0)
			vec_push(&batch, ev);
	}
	env_answer(r->env, (lk_t)lk, &batch);
	return rc < 0 ? err_wrap(e, "orc") : 0;
}

static int read_batches(struct rig *r, u64 lk, const json_t *v, struct err *e)
{
	int rc = 0;

	if (!json_is_array(v))
		return err_set(e, ERR_VECTOR, "orc: expected an array of answers");
	for (size_t i = 0; rc == 0 && i < json_array_size(v); i++)
		rc = read_batch(r, lk, json_array_get(v, i), e);
	return rc;
}

static int read_oracle(struct rig *r, const json_t *v, struct err *e)
{
	return each_entry(r, v, "orc", LK_SPACE - 1, read_batches, e);
}

/* Cells that the object has not are kept beside it: the published maps are total. */
static int read_object(struct rig *r, lk_t id, const json_t *v, struct err *e)
{
	struct payload *p;
	int rc = contents_read(event_push_of(id), v, &p, e);

	if (rc < 0)
		return rc;
	env_set(r->env, id, p);
	payload_free(p);
	return 0;
}

static int read_fm(struct rig *r, const json_t *v, struct err *e)
{
	return read_object(r, FLATMEM_ID, v, e);
}

static int read_core(struct rig *r, const json_t *v, struct err *e)
{
	return read_object(r, CORE_ID, v, e);
}

static int read_s2(struct rig *r, const json_t *v, struct err *e)
{
	return read_object(r, S2PAGE_ID, v, e);
}

static int read_spt(struct rig *r, const json_t *v, struct err *e)
{
	return read_object(r, SPT_ID, v, e);
}

static int read_smmu(struct rig *r, const json_t *v, struct err *e)
{
	return read_object(r, SMMU_ID, v, e);
}

static int read_one_npt(struct rig *r, u64 vmid, const json_t *v, struct err *e)
{
	return read_object(r, NPT_ID + (lk_t)vmid, v, e);
}

static int read_npt(struct rig *r, const json_t *v, struct err *e)
{
	return each_entry(r, v, "npt", COREVISOR, read_one_npt, e);
}

static int read_one_vmi(struct rig *r, u64 vmid, const json_t *v, struct err *e)
{
	return read_object(r, INFO_ID + (lk_t)vmid, v, e);
}

static int read_vmi(struct rig *r, const json_t *v, struct err *e)
{
	return each_entry(r, v, "vmi", COREVISOR, read_one_vmi, e);
}

static int read_one_dl(struct rig *r, u64 vmid, const json_t *v, struct err *e)
{
	return get_u64(v, "dl", UINT64_MAX, &r->m->data_logs.data[vmid], e);
}

static int read_dl(struct rig *r, const json_t *v, struct err *e)
{
	return each_entry(r, v, "dl", COREVISOR, read_one_dl, e);
}

static int read_one_cdl(struct rig *r, u64 vmid, const json_t *v, struct err *e)
{
	return get_u64(v, "cdl", UINT64_MAX, &r->m->data_logs.core[vmid], e);
}

static int read_cdl(struct rig *r, const json_t *v, struct err *e)
{
	return each_entry(r, v, "cdl", COREVISOR, read_one_cdl, e);
}

/* All keys of a start but "seed" and "cpu", which come first. */
static const struct {
	const char *key;
	read_fn *read;
} keys[] = {
	{ "halt", read_halt }, { "ts", read_ts },      { "vm", read_vm },    { "vc", read_vc },
	{ "bars", read_bars }, { "lock", read_locks }, { "log", read_logs }, { "orc", read_oracle },
	{ "fm", read_fm },     { "core", read_core },  { "s2", read_s2 },    { "spt", read_spt },
	{ "smmu", read_smmu }, { "npt", read_npt },    { "vmi", read_vmi },  { "dl", read_dl },
	{ "cdl", read_cdl },
};

static int read_key(struct rig *r, const char *key, const json_t *v, struct err *e)
{
	if (strcmp(key, "seed") == 0 || strcmp(key, "cpu") == 0)
		return 0;
	for (u32 i = 0; i < ARRAY_SIZE(keys); i++)
		if (strcmp(keys[i].key, key) == 0)
			return keys[i].read(r, v, e);
	return err_set(e, ERR_VECTOR, "s: unknown key \"%.40s\"", key);
}

int start_set(struct rig *r, const json_t *s, struct err *e)
{
	json_t *o = (json_t *)(uintptr_t)s;
	u64 seed = 0, cpu = 0;
	int rc;

	if (!json_is_object(s))
		return err_set(e, ERR_VECTOR, "s: expected an object");
	rc = get_key(s, "seed", UINT64_MAX, &seed, e);
	if (rc == 0)
		rc = get_key(s, "cpu", r->m->params.cpus - 1, &cpu, e);
	if (rc < 0)
		return rc;
	rig_reset(r, seed);
	r->c = &r->m->cpu[cpu];
	r->c->tstate = 0;
	r->c->cur_vcpuid = 0;
	/* A start may be between log_hold and its barrier, which under ThreadSanitizer wants the word. */
	r->c->hold_word = &r->m->locks.lock[CORE_ID].word;
	for (u64 i = 0; i < (u64)N_VMID * VCPU_PER_VM; i++)
		for (u32 g = 0; g < REG_GROUP_NR; g++)
			vector_regs(&r->m->shadow_ctxts[i], (enum reg_group)g, seed, BASE_CTXT + i);
	for (u32 g = 0; g < REG_GROUP_NR; g++)
		vector_regs(&r->c->regs, (enum reg_group)g, seed, BASE_CPU);
	for (void *it = json_object_iter(o); rc == 0 && it; it = json_object_iter_next(o, it))
		rc = read_key(r, json_object_iter_key(it), json_object_iter_value(it), e);
	return rc;
}
