// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/config.h"

#include "sim/base/check.h"
#include "sim/base/vec.h"
#include "sim/log/config_fixed.h"
#include "sim/log/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_OPS = 1024,
	MAX_OP_NAME = 63,
	MAX_FAIRNESS = 1 << 30,
	MAX_TOTAL_CPU = 1 << 16,
};

/* Cells that all rows of initial contents may write together: 512 MiB, more than every page record there is. */
#define MAX_INIT_CELLS (1ull << 26)

void log_config_init(struct log_config *c, u32 cpus)
{
	*c = (struct log_config){
		.cpus = cpus,
		.total_cpu = total_cpu_of(cpus),
		.fairness = fairness_of(cpus),
		.lock_bound = LOCK_BOUND,
	};
	errata_defaults(&c->errata);
}

void log_config_free(struct log_config *c)
{
	for (u32 i = 0; i < c->n_ops; i++)
		free(c->op_names[i]);
	free(c->op_names);
	free(c->init);
	free(c->extra_json);
	for (u32 i = 0; i < c->n_unknown; i++)
		free(c->unknown[i]);
	free(c->unknown);
	free(c->unknown_json);
	*c = (struct log_config){ .cpus = 0 };
}

void init_row_apply(const struct init_row *row, struct obj *o)
{
	u32 scale = obj_field(o->kind, row->d.field)->scale;
	u64 value = row->d.new, index, found;

	if (!row->step) {
		/* Whatever the cells held. */
		(void)obj_apply(o, &row->d, &index, &found);
		return;
	}
	for (u64 at = row->d.first; at <= row->d.last; at += scale, value += row->step)
		obj_set(o, row->d.field, at, value);
}

static void put(json_t *o, const char *key, json_t *value)
{
	int rc = json_object_set_new(o, key, value);

	SIM_ASSERT(rc == 0);
}

static json_t *init_to_json(const struct init_row *r)
{
	const struct obj_field *f = obj_field(obj_kind_of(r->obj), r->d.field);
	/* Indices of page-table pools are addresses. */
	json_t *(*index)(u64 v) = f->index == INDEX_PLAIN ? json_u64 : json_hex;
	json_t *row = json_pack("[i,s,o,o,o]", (int)r->obj, f->name, index(r->d.first),
	                        index(r->d.last), json_hex(r->d.new));

	if (r->step)
		json_array_append_new(row, json_hex(r->step));
	return row;
}

/* {"lock-numbering":"intended", ...}: all of them, whatever their defaults will be one day. */
static json_t *errata_to_json(const struct errata *errata)
{
	json_t *o = json_object();

	for (u32 i = 0; i < ERRATUM_NR; i++)
		put(o, erratum_name(i),
		    json_string(errata_published(errata, i) ? "published" : "intended"));
	return o;
}

char *log_config_to_json(const struct log_config *c)
{
	json_t *o = json_object(), *ops = json_array(), *init = json_array();
	json_t *locks = lock_names_to_json(&c->locks);
	char *text;

	put(o, "cpus", json_integer(c->cpus));
	put(o, "total_cpu", json_integer(c->total_cpu));
	put(o, "fairness", json_integer(c->fairness));
	put(o, "lock_bound", json_integer(c->lock_bound));
	put(o, "start_ticket", json_integer(c->start_ticket));
	put(o, "start_now", json_integer(c->start_now));
	put(o, "seed", json_u64(c->seed));
	if (c->guest_span) {
		put(o, "guest_base", json_hex(c->guest_base));
		put(o, "guest_span", json_u64(c->guest_span));
	}
	put(o, "machine", json_boolean(c->machine));
	put(o, "barriers", json_boolean(c->barriers));
	put(o, "keep_reads", json_boolean(c->keep_reads));
	if (c->tlb)
		put(o, "tlb", json_true());
	put(o, "timestamps", json_boolean(c->timestamps));
	put(o, "digests", json_boolean(c->digests));
	put(o, "scenario", json_string(c->scenario));
	for (u32 i = 0; i < c->n_ops; i++)
		json_array_append_new(ops, json_string(c->op_names[i]));
	put(o, "ops", ops);
	for (u32 i = 0; i < c->n_init; i++)
		json_array_append_new(init, init_to_json(&c->init[i]));
	put(o, "init", init);
	if (locks)
		put(o, "locks", locks);
	if (c->fixed.region_cnt)
		put(o, "regions", regions_to_json(&c->fixed));
	if (c->fixed.smmu.smmu_num)
		put(o, "smmu_conf", smmu_to_json(&c->fixed.smmu));
	if (c->extra_json)
		put(o, "extra", json_loads(c->extra_json, JSON_REJECT_DUPLICATES, NULL));
	put(o, "errata", errata_to_json(&c->errata));
	if (c->unknown_json) {
		json_t *unknown = json_loads(c->unknown_json, 0, NULL);

		json_object_update_new(o, unknown);
	}
	text = json_dumps(o, JSON_COMPACT);
	json_decref(o);
	SIM_ASSERT(text != NULL);
	return text;
}

static bool u32_in(const json_t *v, u64 min, u64 max, u32 *out)
{
	u64 wide;

	if (!json_is_integer(v) || !json_u64_of(v, &wide) || wide < min || wide > max)
		return false;
	*out = (u32)wide;
	return true;
}

enum key_type {
	KEY_U32,
	KEY_U64,
	KEY_BOOL,
	KEY_SCENARIO,
	KEY_OPS,
	KEY_INIT,
	KEY_LOCKS,
	KEY_REGIONS,
	KEY_SMMU,
	KEY_ERRATA,
	KEY_EXTRA
};

static const struct key {
	const char *name;
	enum key_type type;
	size_t at; /* where in struct log_config; numbers and booleans */
	u64 min, max;
} keys[] = {
#define NUMBER(field, min, max)                                               \
	{                                                                     \
#field, KEY_U32, offsetof(struct log_config, field), min, max \
	}
#define BOOL(field)                                                        \
	{                                                                  \
#field, KEY_BOOL, offsetof(struct log_config, field), 0, 1 \
	}
	NUMBER(cpus, 1, MAX_CPU),
	NUMBER(total_cpu, 1, MAX_TOTAL_CPU),
	NUMBER(fairness, 1, MAX_FAIRNESS),
	NUMBER(lock_bound, 0, UINT32_MAX),
	NUMBER(start_ticket, 0, UINT32_MAX),
	NUMBER(start_now, 0, UINT32_MAX),
	{ "seed", KEY_U64, offsetof(struct log_config, seed), 0, UINT64_MAX },
	{ "guest_base", KEY_U64, offsetof(struct log_config, guest_base), 0, UINT64_MAX },
	{ "guest_span", KEY_U64, offsetof(struct log_config, guest_span), 0, UINT64_MAX },
	BOOL(machine),
	BOOL(barriers),
	BOOL(keep_reads),
	BOOL(tlb),
	BOOL(timestamps),
	BOOL(digests),
	{ "scenario", KEY_SCENARIO, 0, 0, 0 },
	{ "ops", KEY_OPS, 0, 0, 0 },
	{ "errata", KEY_ERRATA, 0, 0, 0 },
	{ "init", KEY_INIT, 0, 0, 0 },
	{ "locks", KEY_LOCKS, 0, 0, 0 },
	{ "regions", KEY_REGIONS, 0, 0, 0 },
	{ "smmu_conf", KEY_SMMU, 0, 0, 0 },
	{ "extra", KEY_EXTRA, 0, 0, 0 },
#undef NUMBER
#undef BOOL
};

static const struct key *key_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

static int scenario_from(struct log_config *c, const json_t *v, struct err *e)
{
	const char *s = json_string_value(v);

	if (!s || strlen(s) >= sizeof(c->scenario))
		return err_set(e, ERR_CONFIG, "scenario: expected a string of at most %zu bytes",
		               sizeof(c->scenario) - 1);
	for (const char *p = s; *p; p++)
		if (*p > 0 && *p < ' ')
			return err_set(e, ERR_CONFIG, "scenario: holds a control character");
	strcpy(c->scenario, s);
	return 0;
}

/* Names of operations are words of the text form: a letter or '_' first, so that no number is one. */
static bool op_name_ok(const char *s)
{
	static const char *const first = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
	static const char *const more = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
					"0123456789.:-";

	return *s && strchr(first, *s) && strspn(s, more) == strlen(s) && strlen(s) <= MAX_OP_NAME;
}

static int ops_from(struct log_config *c, const json_t *v, struct err *e)
{
	if (!json_is_array(v) || json_array_size(v) > MAX_OPS)
		return err_set(e, ERR_CONFIG, "ops: expected an array of at most %d names",
		               MAX_OPS);
	c->op_names = xcalloc(MAX_OPS, sizeof(*c->op_names));
	for (size_t i = 0; i < json_array_size(v); i++) {
		const char *s = json_string_value(json_array_get(v, i));

		if (!s || !op_name_ok(s))
			return err_set(e, ERR_CONFIG,
			               "ops: entry %zu is not a name (a letter, then letters, "
			               "digits, \"_.:-\"; at most %d)",
			               i, MAX_OP_NAME);
		for (u32 k = 0; k < c->n_ops; k++)
			if (strcmp(c->op_names[k], s) == 0)
				return err_set(e, ERR_CONFIG, "ops: \"%s\" is there twice", s);
		c->op_names[c->n_ops] = xcalloc(strlen(s) + 1, 1);
		strcpy(c->op_names[c->n_ops++], s);
	}
	return 0;
}

static const char *init_row_from(struct init_row *r, const json_t *v, u64 *cells)
{
	size_t n = json_is_array(v) ? json_array_size(v) : 0;
	const char *name;
	int field;

	if (n != 5 && n != 6)
		return "expected [object, \"field\", first, last, value] or [..., value, step]";
	if (!u32_in(json_array_get(v, 0), 0, ID_END - 1, &r->obj))
		return "expected an object number 0..38 first";
	name = json_string_value(json_array_get(v, 1));
	field = name ? obj_field_by_name(obj_kind_of(r->obj), name, strlen(name)) : -1;
	if (field < 0)
		return "expected the name of a field of the object";
	r->d = (struct diff){ .field = (u16)field, .both = true };
	if (!json_u64_of(json_array_get(v, 2), &r->d.first) ||
	    !obj_index_ok(r->obj, r->d.field, r->d.first))
		return "the first index is not one of the field's";
	if (!json_u64_of(json_array_get(v, 3), &r->d.last) ||
	    !obj_index_ok(r->obj, r->d.field, r->d.last) || r->d.last < r->d.first)
		return "the last index is not one of the field's, or below the first";
	if (!json_u64_of(json_array_get(v, 4), &r->d.new))
		return "expected a value below 2^64";
	if (n == 6 && !json_u64_of(json_array_get(v, 5), &r->step))
		return "expected a step below 2^64";
	*cells += (r->d.last - r->d.first) / obj_field(obj_kind_of(r->obj), r->d.field)->scale + 1;
	if (*cells > MAX_INIT_CELLS)
		return "the rows so far write more than 2^26 cells";
	return NULL;
}

static int init_from(struct log_config *c, const json_t *v, struct err *e)
{
	u64 cells = 0;

	if (!json_is_array(v))
		return err_set(e, ERR_CONFIG, "init: expected an array");
	c->init = xcalloc(json_array_size(v) + 1, sizeof(*c->init));
	for (size_t i = 0; i < json_array_size(v); i++) {
		const char *wrong =
			init_row_from(&c->init[c->n_init], json_array_get(v, i), &cells);

		if (wrong)
			return err_set(e, ERR_CONFIG, "init: row %zu: %s", i, wrong);
		c->n_init++;
	}
	return 0;
}

/* Those that the log does not name are at their defaults. */
static int errata_from(struct log_config *c, json_t *v, struct err *e)
{
	const char *name;
	json_t *side;

	if (!json_is_object(v))
		return err_set(e, ERR_CONFIG, "errata: expected an object");
	json_object_foreach(v, name, side)
	{
		char arg[128];

		snprintf(arg, sizeof(arg), "%.64s=%.32s", name,
		         json_is_string(side) ? json_string_value(side) : "");
		if (strcmp(name, "all") == 0 || errata_parse(&c->errata, arg, e) < 0)
			return err_set(e, ERR_CONFIG,
			               "errata: expected the name of an erratum and "
			               "\"published\" or \"intended\", found \"%.64s\"",
			               name);
	}
	return 0;
}

/* Free but for what a text of version 2 has there: regions and SMMUs. */
static int extra_from(struct log_config *c, json_t *v, struct err *e)
{
	const json_t *regions = json_object_get(v, "regions");
	json_t *smmu = json_object_get(v, "smmu_conf");
	int rc = 0;

	if (!json_is_object(v))
		return err_set(e, ERR_CONFIG, "extra: expected an object");
	if (regions)
		rc = regions_from_json(&c->fixed, regions, e);
	if (rc == 0 && smmu)
		rc = smmu_from_json(&c->fixed.smmu, smmu, e);
	if (rc < 0)
		return err_wrap(e, "extra");
	json_object_del(v, "regions");
	json_object_del(v, "smmu_conf");
	c->extra_json = json_dumps(v, JSON_COMPACT);
	return c->extra_json ? 0 : err_set(e, ERR_CONFIG, "extra: not a JSON object");
}

static int value_from(struct log_config *c, const struct key *k, json_t *v, struct err *e)
{
	void *field = (char *)c + k->at;

	switch (k->type) {
	case KEY_U32:
		if (!u32_in(v, k->min, k->max, field))
			return err_set(e, ERR_CONFIG, "%s: expected a number %llu..%llu", k->name,
			               (unsigned long long)k->min, (unsigned long long)k->max);
		return 0;
	case KEY_U64:
		if (!json_u64_of(v, field))
			return err_set(e, ERR_CONFIG, "%s: expected a number below 2^64", k->name);
		return 0;
	case KEY_BOOL:
		if (!json_is_boolean(v))
			return err_set(e, ERR_CONFIG, "%s: expected true or false", k->name);
		*(bool *)field = json_is_true(v);
		return 0;
	case KEY_SCENARIO:
		return scenario_from(c, v, e);
	case KEY_OPS:
		return ops_from(c, v, e);
	case KEY_LOCKS:
		return lock_names_from_json(&c->locks, v, e);
	case KEY_INIT:
		return init_from(c, v, e);
	case KEY_REGIONS:
		return regions_from_json(&c->fixed, v, e);
	case KEY_SMMU:
		return smmu_from_json(&c->fixed.smmu, v, e);
	case KEY_ERRATA:
		return errata_from(c, v, e);
	case KEY_EXTRA:
		return extra_from(c, v, e);
	}
	SIM_UNREACHABLE();
}

int log_config_op(struct log_config *c, const char *name, size_t len)
{
	char word[MAX_OP_NAME + 1];

	if (len > MAX_OP_NAME)
		return -1;
	memcpy(word, name, len);
	word[len] = '\0';
	for (u32 i = 0; i < c->n_ops; i++)
		if (strcmp(c->op_names[i], word) == 0)
			return (int)i;
	if (!op_name_ok(word) || c->n_ops == MAX_OPS)
		return -1;
	if (!c->op_names)
		c->op_names = xcalloc(MAX_OPS, sizeof(*c->op_names));
	c->op_names[c->n_ops] = xcalloc(len + 1, 1);
	strcpy(c->op_names[c->n_ops], word);
	return (int)c->n_ops++;
}

/* Keys that a later version may add and that nothing needs to be understood without: names as those of operations. */
static bool may_skip(const char *name)
{
	return strncmp(name, "x-", 2) == 0 && op_name_ok(name);
}

static void keep_unknown(struct log_config *c, json_t *unknown)
{
	const char *name;
	json_t *v;

	if (json_object_size(unknown) == 0)
		return;
	c->unknown = xcalloc(json_object_size(unknown), sizeof(*c->unknown));
	json_object_foreach(unknown, name, v)
	{
		c->unknown[c->n_unknown] = xcalloc(strlen(name) + 1, 1);
		strcpy(c->unknown[c->n_unknown++], name);
	}
	c->unknown_json = json_dumps(unknown, JSON_COMPACT);
}

static int keys_from(struct log_config *c, json_t *o, json_t *unknown, struct err *e)
{
	const char *name;
	json_t *v;

	json_object_foreach(o, name, v)
	{
		const struct key *k = key_by_name(name);
		int rc;

		if (!k && may_skip(name)) {
			json_object_set(unknown, name, v);
			continue;
		}
		if (!k)
			return err_set(e, ERR_CONFIG, "unknown key \"%.64s\"", name);
		rc = value_from(c, k, v, e);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* @cpus: how many there are when the object does not say; 0: it must. */
static int object_from(struct log_config *c, json_t *o, u32 cpus, struct err *e)
{
	json_t *v, *unknown;
	int rc;

	if (!json_is_object(o))
		return err_set(e, ERR_CONFIG, "expected a JSON object");
	/* First the number of CPUs: the defaults of the other keys ask for it. */
	v = json_object_get(o, "cpus");
	if (!v && !cpus)
		return err_set(e, ERR_CONFIG, "cpus: missing");
	if (v && !u32_in(v, 1, MAX_CPU, &cpus))
		return err_set(e, ERR_CONFIG, "cpus: expected a number 1..%d", MAX_CPU);
	log_config_init(c, cpus);
	unknown = json_object();
	rc = keys_from(c, o, unknown, e);
	keep_unknown(c, unknown);
	json_decref(unknown);
	if (rc < 0)
		return rc;
	if (c->machine && c->start_ticket != c->start_now)
		return err_set(e, ERR_CONFIG,
		               "start_now: differs from start_ticket in a machine's log");
	return 0;
}

int log_config_from_json(struct log_config *c, const char *json, size_t len, struct err *e)
{
	return log_config_from_text(c, json, len, 0, e);
}

int log_config_from_text(struct log_config *c, const char *json, size_t len, u32 cpus,
                         struct err *e)
{
	json_error_t where;
	json_t *o = json_loadb(json, len, JSON_REJECT_DUPLICATES, &where);
	int rc;

	*c = (struct log_config){ .cpus = 0 };
	if (!o)
		return err_set(e, ERR_CONFIG, "not JSON, at byte %d: %s", where.position,
		               where.text);
	rc = object_from(c, o, cpus, e);
	json_decref(o);
	if (rc < 0)
		log_config_free(c);
	return rc;
}
