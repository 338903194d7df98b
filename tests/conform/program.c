// SPDX-License-Identifier: GPL-2.0-only
/* Records of prims.jsonl and layers.jsonl: a program of calls on a start. */
#include "tests/conform/kinds.h"

#include "sim/exec/call.h"
#include "sim/log/event.h"
#include "tests/conform/contents.h"
#include "tests/conform/tokens.h"

#include <string.h>

/* Is @word one of the words of @list? */
static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = strstr(list, word); p; p = strstr(p + 1, word))
		if ((p == list || p[-1] == ' ') && (p[len] == ' ' || !p[len]))
			return true;
	return false;
}

/* A primitive's name, or the source's name of its definition. */
static const struct prim *find_prim(const char *name)
{
	const struct prim *p = prim_by_name(name);

	for (u32 i = 0; !p && i < n_prims; i++)
		if (has_word(prims[i].source, name))
			p = &prims[i];
	return p;
}

/* An event of TSHARED: ["P", id] or [letter, payload]. */
static int read_shared(struct rig *r, const json_t *v, struct shared_event *out, struct err *e)
{
	const char *letter = json_string_value(json_array_get(v, 0));
	u32 kind = letter && strlen(letter) == 1 ? event_of_letter(letter[0]) : EV_NONE;
	struct payload *p = NULL;
	u64 id = 0;
	int rc;

	if (json_array_size(v) != 2 || !event_is_shared(kind))
		return err_set(e, ERR_VECTOR, "c: expected a shared event, [letter, payload]");
	if (kind == EV_OPULL)
		rc = get_u64(json_array_get(v, 1), "c: P", UINT32_MAX, &id, e);
	else
		rc = contents_read(kind, json_array_get(v, 1), &p, e);
	*out = (struct shared_event){
		.kind = kind, .arg = (u32)id, .obj = ENV_NO_OBJ, .payload = env_own(r->env, p)
	};
	return rc;
}

/**
 * struct call - one of a program
 * @a:     as the primitive takes them
 * @event: what an argument that is an event points to
 */
struct call {
	const struct prim *p;
	u64 a[PRIM_MAX_ARGS];
	struct shared_event event;
};

static int read_call(struct rig *r, const json_t *v, struct call *out, struct err *e)
{
	const char *name = json_string_value(json_array_get(v, 0));
	int rc = 0;

	out->p = name ? find_prim(name) : NULL;
	if (!out->p)
		return err_set(e, ERR_VECTOR, "c: unknown call \"%.40s\"", name ? name : "");
	if (json_array_size(v) != 1 + out->p->n_args)
		return err_set(e, ERR_VECTOR, "c: %s: expected %u arguments", name, out->p->n_args);
	for (u32 i = 0; rc == 0 && i < out->p->n_args; i++) {
		enum prim_arg kind = out->p->arg[i];
		const json_t *arg = json_array_get(v, 1 + i);

		if (kind == PRIM_ARG_event) {
			rc = read_shared(r, arg, &out->event, e);
			out->a[i] = (u64)(uintptr_t)&out->event;
		} else {
			rc = get_u64(arg, name, prim_arg_max(kind), &out->a[i], e);
		}
	}
	return rc;
}

/* What the simulator does not do and the published text does.  NULL: the call is within both. */
static const char *restriction(enum outcome out, const struct cpu *c, const json_t *expected)
{
	if (out != OUT_STUCK || json_is_null(expected))
		return NULL;
	if (c->stuck.rule == STUCK_UNALIGNED)
		return "an address that is not a multiple of 8";
	if (c->stuck.rule == STUCK_OVERFLOW)
		return BEYOND_64;
	return NULL;
}

static int run_calls(struct rig *r, const json_t *rec, struct verdict *v, struct err *e)
{
	const json_t *calls = json_object_get(rec, "c"), *expected = json_object_get(rec, "r");
	json_t *results = json_array();

	json_object_set_new(v->got, "r", results);
	if (!json_is_array(calls))
		return err_set(e, ERR_VECTOR, "c: expected an array of calls");
	for (size_t i = 0; i < json_array_size(calls); i++) {
		struct call call = { .p = NULL };
		u64 value = 0;
		enum outcome out;
		int rc = read_call(r, json_array_get(calls, i), &call, e);

		if (rc < 0)
			return rc;
		out = exec_call(r->env, r->c, call.p, call.a, true, &value);
		if (out == OUT_STUCK) {
			json_array_append_new(results, json_null());
			json_array_append_new(v->rules, json_string(stuck_name(r->c->stuck.rule)));
		} else {
			json_array_append_new(results, call.p->returns ? num(value) : json_true());
			json_array_append_new(v->rules, json_null());
		}
		v->skipped = restriction(out, r->c, json_array_get(expected, i));
		if (v->skipped)
			return 0;
	}
	return 0;
}

int program_run(struct rig *r, const json_t *rec, struct verdict *v, struct err *e)
{
	struct before b;
	int rc = start_set(r, json_object_get(rec, "s"), e);

	if (rc < 0)
		return rc;
	before_take(&b, r);
	rc = run_calls(r, rec, v, e);
	if (rc == 0)
		json_object_set_new(v->got, "e", changes_json(&b, r));
	before_free(&b);
	return rc;
}
