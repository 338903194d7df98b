// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/saved.h"

#include "shmem/obj/obj.h"
#include "sim/base/rng.h"
#include "sim/base/slurp.h"
#include "sim/base/vec.h"
#include "sim/base/whole_file.h"
#include "sim/explore/cell.h"
#include "sim/log/json.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const end_names[] = {
	[EXECUTION_DONE] = "done",         [EXECUTION_HALTED] = "halted",
	[EXECUTION_STUCK] = "stuck",       [EXECUTION_DEADLOCK] = "deadlock",
	[EXECUTION_LIMIT] = "step limit",  [EXECUTION_BLOCKED] = "given up",
	[EXECUTION_AGAIN] = "begun again",
};

const char *end_name(enum execution_end end)
{
	return end_names[end];
}

/* Its length: there is none of that name. */
static u32 end_by_name(const char *name)
{
	u32 i = 0;

	while (i < ARRAY_SIZE(end_names) && strcmp(end_names[i], name) != 0)
		i++;
	return i;
}

/* The kind of a point by its word; POINT_NR: none. */
static u32 kind_by_word(const char *word)
{
	u32 i = 0;

	while (i < POINT_NR && strcmp(point_word((enum point_kind)i), word) != 0)
		i++;
	return i;
}

bool saved_step_ok(const struct step *s)
{
	switch ((u32)s->kind) {
	case POINT_TICKET:
	case POINT_HOLD:
	case POINT_QUEUED:
	case POINT_LOOKED:
	case POINT_PASS:
	case POINT_WORD:
		return s->object < ID_END;
	case POINT_STORE:
	case POINT_READ:
		return cell_is(s->object);
	case POINT_CTXT:
		return s->object < N_VMID * VCPU_PER_VM;
	case POINT_INVALIDATE:
		return s->object < EXPLORE_CPUS;
	case POINT_DATA:
	case POINT_CORE:
		return s->object < N_VMID;
	case POINT_FLAT:
	case POINT_FLAT_IN:
	case POINT_FLAT_LOOKED:
	case POINT_FLAT_OUT:
	case POINT_HALT:
		return true;
	default:
		return false;
	}
}

/* The scope as text; the caller's to free. */
static char *text_of(const struct scope *s)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		abort();
	scope_print(f, s);
	fclose(f);
	return text;
}

static u64 hash_text(u64 h, const char *p)
{
	for (; *p; p++)
		h = mix64(h + (u8)*p);
	return h;
}

u64 saved_hash(const struct scope *s)
{
	struct scope bare = *s;
	char *text;
	u64 h;

	bare.depend = DEPEND_DEFAULT;
	if (bare.grain == GRAIN_LOCK)
		bare.grain = GRAIN_DEFAULT;
	bare.verdict[0] = '\0';
	bare.has_classes = false;
	text = text_of(&bare);
	h = hash_text(mix64(s->seed + SAVED_VERSION), text);
	free(text);
	return h;
}

void saved_of(struct saved *k, const struct scope *scope, bool strict)
{
	*k = (struct saved){ .scope = text_of(scope),
		             .seed = scope->seed,
		             .hash = saved_hash(scope),
		             .strict = strict };
	snprintf(k->name, sizeof(k->name), "%s", scope->name);
}

void saved_free(struct saved *k)
{
	free(k->scope);
	k->scope = NULL;
	schedule_free(&k->schedule);
}

int saved_scope(const struct saved *k, struct scope **out, struct err *e)
{
	struct scope_opts o = { .seed = k->seed };
	int rc;

	*out = NULL;
	errata_defaults(&o.errata);
	rc = scope_parse(out, k->name, k->scope, strlen(k->scope), &o, e);
	if (rc == 0 && saved_hash(*out) != k->hash) {
		scope_free(*out);
		*out = NULL;
		rc = err_set(e, ERR_TEXT, "%s: the scope is not the one of the hash", k->name);
	}
	return rc;
}

/* ---- as a file ---- */

static json_t *steps_json(const struct schedule *s)
{
	json_t *all = json_array();

	for (u32 i = 0; i < s->n; i++) {
		const struct scheduled *v = &s->v[i];

		json_array_append_new(
			all, json_pack("{s:i,s:s,s:i,s:i,s:i,s:i}", "cpu", (int)v->step.cpu, "kind",
		                       point_word((enum point_kind)v->step.kind), "object",
		                       (int)v->step.object, "nth", (int)v->step.nth, "call",
		                       (int)v->call, "in_call", (int)v->in_call));
	}
	return all;
}

/* By which dependence, how fine, and what a search has learned of them; what is said by default is not written. */
static json_t *known_json(const struct grain_known *k)
{
	bool cells = k->depend == DEPEND_CELLS;
	json_t *o = json_pack("{s:s}", "depend", cells ? "cells" : "tickets");

	if (k->grain != GRAIN_DEFAULT && k->grain != GRAIN_LOCK)
		json_object_set_new(o, "grain", json_string(scope_grain_name(k->grain)));
	if (k->looked)
		json_object_set_new(o, "looked", json_hex(k->looked));
	if (k->raced)
		json_object_set_new(o, "raced", json_hex(k->raced));
	if (k->contexts)
		json_object_set_new(o, "contexts", json_hex(k->contexts));
	if (cells) {
		json_object_set_new(o, "long_locks", json_hex(k->long_locks));
		json_object_set_new(o, "data", json_hex(k->data));
		json_object_set_new(o, "core", json_hex(k->core));
		json_object_set_new(o, "frames", json_boolean(k->frames));
	}
	return o;
}

/* Of all but the checksum. */
static u64 checksum(json_t *o)
{
	json_t *copy = json_copy(o);
	char *text;
	u64 h;

	json_object_del(copy, "checksum");
	text = json_dumps(copy, JSON_COMPACT | JSON_SORT_KEYS);
	h = text ? hash_text(SAVED_VERSION, text) : 0;
	free(text);
	json_decref(copy);
	return h;
}

int saved_write(const struct saved *k, const char *path, struct err *e)
{
	json_t *o = json_pack("{s:s,s:i,s:o,s:s,s:o,s:o,s:o,s:b,s:s,s:s,s:o}", "format",
	                      "hypsim finding", "version", SAVED_VERSION, "name",
	                      json_bytes(k->name), "scope", k->scope, "scope_hash",
	                      json_hex(k->hash), "seed", json_hex(k->seed), "steps",
	                      known_json(&k->known), "strict", (int)k->strict, "found", k->verdict,
	                      "end", end_name(k->end), "schedule", steps_json(&k->schedule));
	char *text;
	size_t len;
	int rc;

	if (!o)
		return err_set(e, ERR_MEMORY, "%s: no memory for what was found", path);
	json_object_set_new(o, "checksum", json_hex(checksum(o)));
	text = json_dumps(o, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
	json_decref(o);
	if (strcmp(path, "-") == 0) {
		puts(text);
		free(text);
		return 0;
	}
	len = strlen(text);
	text[len++] = '\n';
	rc = whole_put(path, text, len, e);
	free(text);
	return rc;
}

static u64 hex_value(const json_t *v, bool *ok)
{
	u64 n = 0;

	if (!json_is_string(v) || !json_u64_of(v, &n))
		*ok = false;
	return n;
}

/* A number 0..@max. */
static u32 small_value(const json_t *v, u32 max, bool *ok)
{
	json_int_t n = json_integer_value(v);

	if (!json_is_integer(v) || n < 0 || n > max)
		*ok = false;
	return (u32)n;
}

static int read_steps(struct saved *k, const json_t *steps, const char *path, struct err *e)
{
	const json_t *one;
	size_t i;

	if (!json_is_array(steps))
		return err_set(e, ERR_TEXT, "%s: expected schedule, an array of steps", path);
	json_array_foreach(steps, i, one)
	{
		bool ok = json_is_object(one);
		const char *kind = json_string_value(json_object_get(one, "kind"));
		struct step s = {
			.cpu = (u8)small_value(json_object_get(one, "cpu"), EXPLORE_CPUS - 1, &ok),
			.kind = (u8)(kind ? kind_by_word(kind) : POINT_NR),
			.nth = (u16)small_value(json_object_get(one, "nth"), 0xffff, &ok),
			.object = small_value(json_object_get(one, "object"), 0x7fffffff, &ok)
		};
		u32 call = small_value(json_object_get(one, "call"), 0xfffe, &ok);
		u32 nth = small_value(json_object_get(one, "in_call"), 0xffff, &ok);

		if (!ok || !saved_step_ok(&s))
			return err_set(e, ERR_TEXT,
			               "%s: step %zu of the schedule: expected cpu, kind, object, "
			               "nth, call and in_call",
			               path, i);
		schedule_add(&k->schedule, &s, call);
		if (k->schedule.v[i].in_call != nth)
			return err_set(e, ERR_TEXT,
			               "%s: step %zu of the schedule: expected in_call %u, found "
			               "%u",
			               path, i, k->schedule.v[i].in_call, nth);
	}
	return 0;
}

static void read_known(struct grain_known *k, const json_t *o, bool *ok)
{
	const char *depend = json_string_value(json_object_get(o, "depend"));
	const json_t *grain = json_object_get(o, "grain"), *looked = json_object_get(o, "looked"),
		     *raced = json_object_get(o, "raced"),
		     *contexts = json_object_get(o, "contexts");
	const char *word = json_string_value(grain);

	k->depend = DEPEND_TICKETS;
	k->grain = word ? scope_grain_by_name(word, strlen(word)) : GRAIN_LOCK;
	k->looked = looked ? hex_value(looked, ok) : 0;
	k->raced = raced ? hex_value(raced, ok) : 0;
	k->contexts = contexts ? (u32)min_u64(hex_value(contexts, ok), ~0u) : 0;
	*ok &= k->contexts <= GRAIN_VMS;
	*ok &= k->grain != GRAIN_DEFAULT && (!grain || word);
	if (!depend)
		*ok = false;
	if (!depend || strcmp(depend, "tickets") == 0)
		return;
	*ok &= strcmp(depend, "cells") == 0;
	k->depend = DEPEND_CELLS;
	*ok &= k->grain <= GRAIN_LOCK;
	k->long_locks = hex_value(json_object_get(o, "long_locks"), ok);
	k->data = (u32)hex_value(json_object_get(o, "data"), ok);
	k->core = (u32)hex_value(json_object_get(o, "core"), ok);
	k->frames = json_is_true(json_object_get(o, "frames"));
}

static int read_object(struct saved *k, json_t *o, const char *path, struct err *e)
{
	const char *format = json_string_value(json_object_get(o, "format"));
	const char *name = json_string_value(json_object_get(o, "name"));
	const char *scope = json_string_value(json_object_get(o, "scope"));
	const char *found = json_string_value(json_object_get(o, "found"));
	const char *end = json_string_value(json_object_get(o, "end"));
	json_int_t version = json_integer_value(json_object_get(o, "version"));
	bool ok = true;

	if (!format || strcmp(format, "hypsim finding") != 0)
		return err_set(e, ERR_TEXT, "%s: not what hypsim explore --save writes", path);
	if (version != SAVED_VERSION)
		return err_set(e, ERR_VERSION, "%s: version %lld, this program reads %d", path,
		               (long long)version, SAVED_VERSION);
	if (hex_value(json_object_get(o, "checksum"), &ok) != checksum(o) || !ok)
		return err_set(e, ERR_TEXT, "%s: the checksum differs: it was changed, or cut",
		               path);
	k->hash = hex_value(json_object_get(o, "scope_hash"), &ok);
	k->seed = hex_value(json_object_get(o, "seed"), &ok);
	read_known(&k->known, json_object_get(o, "steps"), &ok);
	k->strict = json_is_true(json_object_get(o, "strict"));
	if (!ok || !name || !scope || !found || !end || strlen(found) >= FOUND_NAME ||
	    end_by_name(end) > EXECUTION_LIMIT)
		return err_set(e, ERR_TEXT,
		               "%s: expected name, scope, scope_hash, seed, steps, found and end",
		               path);
	snprintf(k->name, sizeof(k->name), "%s", name);
	snprintf(k->verdict, sizeof(k->verdict), "%s", found);
	k->end = (enum execution_end)end_by_name(end);
	k->scope = xcalloc(1, strlen(scope) + 1);
	memcpy(k->scope, scope, strlen(scope));
	return read_steps(k, json_object_get(o, "schedule"), path, e);
}

int saved_read(struct saved *k, const char *path, struct err *e)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC), rc;
	json_error_t why;
	char *text = NULL;
	size_t len = 0;
	json_t *o;

	*k = (struct saved){ .seed = 0 };
	if (fd < 0)
		return err_host(e, ERR_OPEN, errno, "%s", path);
	rc = slurp(fd, path, &text, &len, e);
	if (!is_stdin)
		close(fd);
	if (rc < 0)
		return rc;
	o = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
	free(text);
	if (!o)
		return err_set(e, ERR_TEXT, "%s:%d:%d: %s", path, why.line, why.column, why.text);
	rc = read_object(k, o, path, e);
	json_decref(o);
	if (rc < 0)
		saved_free(k);
	return rc;
}
