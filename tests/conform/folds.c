// SPDX-License-Identifier: GPL-2.0-only
/* Records of logs.jsonl and waits.jsonl: the folds and the waits of the calculus. */
#include "tests/conform/kinds.h"

#include "oracle/cal/high.h"
#include "oracle/cal/queue.h"
#include "oracle/cal/ticket.h"
#include "oracle/cal/wait_time.h"
#include "sim/base/check.h"
#include "tests/conform/tokens.h"

#include <string.h>

enum { FAIRNESS = 20 }; /* of the vectors */

typedef VEC(u32) u32_vec;

/* An array of numbers up to @max, appended to @out. */
static int get_list(const json_t *v, const char *what, u64 max, u32_vec *out, struct err *e)
{
	u64 x;

	if (!json_is_array(v))
		return err_set(e, ERR_VECTOR, "%s: expected an array", what);
	for (size_t i = 0; i < json_array_size(v); i++) {
		int rc = get_u64(json_array_get(v, i), what, max, &x, e);

		if (rc < 0)
			return rc;
		vec_push(out, (u32)x);
	}
	return 0;
}

static int get_log(const json_t *v, const char *what, struct cal_events *out, struct err *e)
{
	int rc;

	if (!json_is_string(v))
		return err_set(e, ERR_VECTOR, "%s: expected a log, a string", what);
	rc = tokens_parse(json_string_value(v), out, e);
	return rc < 0 ? err_wrap(e, "%s", what) : 0;
}

static json_t *status_json(enum lock_status st)
{
	return json_string(st == LEMPTY ? "E" : st == LGET ? "G" : "H");
}

static json_t *ticket_json(const struct cal_ticket *s)
{
	json_t *q = json_array();

	for (u32 i = 0; i < s->len; i++)
		json_array_append_new(q, num(cal_ticket_bound(s, i)));
	return json_pack("[o,o,o]", num(s->t), num(s->n), q);
}

static json_t *queue_json(const struct q_state *s, bool with_now)
{
	json_t *out = json_array(), *q = json_array(), *tq = json_array();

	for (u32 i = 0; i < s->n; i++) {
		json_array_append_new(q, num(q_cpu(s, i)));
		json_array_append_new(tq, num(q_bound(s, i)));
	}
	if (with_now)
		json_array_append_new(out, num(s->now));
	json_array_append_new(out, num(s->self));
	json_array_append_new(out, num(s->other));
	json_array_append_new(out, status_json(s->st));
	json_array_append_new(out, q);
	json_array_append_new(out, tq);
	return out;
}

static json_t *high_json(const struct h_state *s)
{
	return json_pack("[o,o,o]", num(s->self), status_json(s->st),
	                 s->owner == H_NOBODY ? json_null() : num(s->owner));
}

/**
 * struct start - what a log's folds start from
 * @given: the record says it ("i")
 */
struct start {
	bool given;
	u64 t, n;
	u32_vec bounds, cpus;
};

static int get_start(const json_t *rec, struct start *s, struct err *e)
{
	const json_t *i = json_object_get(rec, "i");
	int rc;

	if (!i)
		return 0;
	s->given = true;
	if (!json_is_array(i) || json_array_size(i) != 4)
		return err_set(e, ERR_VECTOR, "i: expected [t, n, [bounds], [cpus]]");
	rc = get_u64(json_array_get(i, 0), "i[0]", INT64_MAX / 2, &s->t, e);
	if (rc == 0)
		rc = get_u64(json_array_get(i, 1), "i[1]", INT64_MAX / 2, &s->n, e);
	if (rc == 0)
		rc = get_list(json_array_get(i, 2), "i[2]", UINT32_MAX, &s->bounds, e);
	if (rc == 0)
		rc = get_list(json_array_get(i, 3), "i[3]", MAX_CPU - 1, &s->cpus, e);
	if (rc < 0)
		return rc;
	if (s->bounds.n != s->cpus.n || s->cpus.n > FAIRNESS)
		return err_set(e, ERR_VECTOR, "i: expected as many bounds as CPUs, at most %d",
		               FAIRNESS);
	return 0;
}

/* @value becomes the result @name; a None (@value NULL) notes the length of the good prefix in "p". */
static void put(json_t *got, const char *name, json_t *value, u32 good)
{
	json_object_set_new(got, name, value ? value : json_null());
	if (!value)
		json_object_set_new(json_object_get(got, "p"), name, num(good));
}

static void run_ticket(const char *name, bool wraps, const struct start *from,
                       const struct cal_events *log, json_t *got)
{
	struct cal_ticket s;
	u32 i = 0;

	cal_ticket_init(&s, wraps, from->t, from->n);
	for (u32 k = 0; k < from->bounds.n; k++)
		cal_ticket_push(&s, from->bounds.v[k]);
	while (i < log->n && cal_ticket_lock_step(&s, &log->v[i]) == CAL_OK)
		i++;
	put(got, name, i == log->n ? ticket_json(&s) : NULL, i);
	cal_ticket_free(&s);
}

static void run_queue(const char *name, bool with_now, const struct start *from,
                      const struct cal_events *log, json_t *got)
{
	struct q_state s;
	u32 i = 0;

	q_cal_init(&s, FAIRNESS, from->n);
	for (u32 k = 0; k < from->cpus.n; k++)
		q_push(&s, from->cpus.v[k], from->bounds.v[k]);
	if (from->cpus.n > 0)
		s.other -= from->cpus.n - 1;
	while (i < log->n && q_cal_step(&s, &log->v[i]) == CAL_OK)
		i++;
	put(got, name, i == log->n ? queue_json(&s, with_now) : NULL, i);
}

static void run_high(const struct cal_events *log, json_t *got)
{
	struct h_state s;
	u32 i = 0;

	h_cal_init(&s);
	while (i < log->n && h_cal_step(&s, &log->v[i]) == CAL_OK)
		i++;
	put(got, "H", i == log->n ? high_json(&s) : NULL, i);
}

/* A record of logs.jsonl. */
int fold_log_run(struct rig *r, const json_t *rec, struct verdict *v, struct err *e)
{
	json_t *got = v->got;
	struct start from = { 0 };
	struct cal_events log = { 0 };
	int rc = get_start(rec, &from, e);

	(void)r;
	if (rc == 0)
		rc = get_log(json_object_get(rec, "l"), "l", &log, e);
	if (rc == 0) {
		json_object_set_new(got, "p", json_object());
		run_ticket("T", false, &from, &log, got);
		run_ticket("W", true, &from, &log, got);
		run_queue("QT", true, &from, &log, got);
		if (!from.given) {
			run_queue("Q", false, &from, &log, got);
			run_high(&log, got);
		}
	}
	vec_free(&from.bounds);
	vec_free(&from.cpus);
	vec_free(&log);
	return rc;
}

/**
 * struct script - an environment that answers the k-th query with the k-th batch, later ones with nothing
 */
struct script {
	struct cal_env env;
	VEC(struct cal_events) batches;
	u32 next;
};

static void script_query(struct cal_env *env, cpu_t cpu, struct cal_events *out)
{
	struct script *s = env->arg;
	(void)cpu;

	if (s->next == s->batches.n)
		return;
	for (u32 i = 0; i < s->batches.v[s->next].n; i++)
		vec_push(out, s->batches.v[s->next].v[i]);
	s->next++;
}

static int get_script(const json_t *rec, struct script *s, struct err *e)
{
	const json_t *o = json_object_get(rec, "o");
	int rc = 0;

	if (!json_is_array(o))
		return err_set(e, ERR_VECTOR, "o: expected an array of logs");
	for (size_t i = 0; rc == 0 && i < json_array_size(o); i++) {
		vec_push(&s->batches, (struct cal_events){ 0 });
		rc = get_log(json_array_get(o, i), "o", &s->batches.v[i], e);
	}
	return rc;
}

static bool ticket_wait(bool wraps, const struct cal_events *log, u64 b, cpu_t cpu, u64 t,
                        struct cal_env *env, struct cal_events *out)
{
	struct cal_ticket s;
	bool some = true;

	cal_ticket_init(&s, wraps, 0, 0);
	for (u32 i = 0; some && i < log->n; i++)
		some = cal_ticket_lock_step(&s, &log->v[i]) == CAL_OK;
	some = some && cal_ticket_wait(&s, b, cpu, t, env, out);
	cal_ticket_free(&s);
	return some;
}

static bool queue_wait(const struct cal_events *log, u64 b, cpu_t cpu, struct cal_env *env,
                       struct cal_events *out)
{
	struct q_state s;

	q_cal_init(&s, FAIRNESS, 0);
	for (u32 i = 0; i < log->n; i++)
		if (q_cal_step(&s, &log->v[i]) != CAL_OK)
			return false;
	return q_cal_wait(&s, b, cpu, env, out);
}

/* TW, TWW, QTW, QW. */
int fold_wait_run(struct rig *r, const json_t *rec, struct verdict *v, struct err *e)
{
	const char *f = json_string_value(json_object_get(rec, "f"));
	struct script s = { .env = { .query = script_query, .arg = &s } };
	struct cal_events log = { 0 }, out = { 0 };
	u64 b = 0, cpu = 0, t = 0;
	bool some;
	int rc = get_key(rec, "b", INT64_MAX, &b, e);

	(void)r;
	if (rc == 0)
		rc = get_key(rec, "c", MAX_CPU - 1, &cpu, e);
	if (rc == 0 && f[0] == 'T')
		rc = get_key(rec, "t", INT64_MAX, &t, e);
	if (rc == 0)
		rc = get_log(json_object_get(rec, "l"), "l", &log, e);
	if (rc == 0)
		rc = get_script(rec, &s, e);
	if (rc == 0) {
		char *text;

		if (f[0] == 'T')
			some = ticket_wait(strcmp(f, "TWW") == 0, &log, b, (cpu_t)cpu, t, &s.env,
			                   &out);
		else
			some = queue_wait(&log, b, (cpu_t)cpu, &s.env, &out);
		text = tokens_print(&out);
		json_object_set_new(v->got, "r", some ? json_string(text) : json_null());
		free(text);
	}
	for (u32 i = 0; i < s.batches.n; i++)
		vec_free(&s.batches.v[i]);
	vec_free(&s.batches);
	vec_free(&log);
	vec_free(&out);
	return rc;
}

int fold_wait_time_run(struct rig *r, const json_t *rec, struct verdict *v, struct err *e)
{
	u32_vec tq = { 0 };
	int rc = get_list(json_object_get(rec, "tq"), "tq", UINT32_MAX, &tq, e);

	(void)r;
	if (rc == 0) {
		json_object_set_new(v->got, "sum", num(cal_sum_wait(tq.v, tq.n)));
		json_object_set_new(v->got, "wt", num(cal_wait_time(tq.v, tq.n, FAIRNESS)));
	}
	vec_free(&tq);
	return rc;
}

int fold_decrease_run(struct rig *r, const json_t *rec, struct verdict *v, struct err *e)
{
	const char *h = json_string_value(json_object_get(rec, "h"));
	enum lock_status st;
	u32_vec tq = { 0 };
	u64 self = 0, other = 0;
	int rc;

	(void)r;
	if (!h || strlen(h) != 1 || !strchr("EGH", h[0]))
		return err_set(e, ERR_VECTOR, "h: expected \"E\", \"G\" or \"H\"");
	st = h[0] == 'E' ? LEMPTY : h[0] == 'G' ? LGET : LHOLD;
	rc = get_key(rec, "s", UINT32_MAX, &self, e);
	if (rc == 0)
		rc = get_key(rec, "o", UINT32_MAX, &other, e);
	if (rc == 0)
		rc = get_list(json_object_get(rec, "tq"), "tq", UINT32_MAX, &tq, e);
	if (rc == 0)
		json_object_set_new(v->got, "v",
		                    num(decrease_number(self, other, st, tq.v, tq.n, FAIRNESS)));
	vec_free(&tq);
	return rc;
}
