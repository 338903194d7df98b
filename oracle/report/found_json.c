// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/report/found_json.h"

#include "oracle/check/about.h"
#include "oracle/report/columns.h"
#include "sim/log/json.h"
#include "sim/log/op.h"

static json_t *number_or_null(u32 value, u32 none)
{
	return value == none ? json_null() : json_integer(value);
}

/* A value, as its form has it. */
static json_t *value_json(const struct fact *f, bool other, const struct lock_names *called)
{
	u64 v = other ? f->other : f->value;
	json_t *names;
	char name[LOCK_NAME_BYTES];

	switch ((enum fact_form)f->form) {
	case FACT_COUNT:
	case FACT_OWNER:
		return json_u64(v);
	case FACT_HEX:
		return json_hex(v);
	case FACT_STATE:
		return json_string(state_name(v));
	case FACT_WORD:
		return json_string(f->word ? f->word : "");
	case FACT_OBJECT:
		return json_string(v < ID_END ? lock_name_of(called, (lk_t)v, name, sizeof(name))
		                              : "?");
	case FACT_LOCKS:
		names = json_array();
		for (lk_t lk = 0; lk < ID_END; lk++)
			if (v >> lk & 1)
				json_array_append_new(
					names,
					json_string(lock_name_of(called, lk, name, sizeof(name))));
		return names;
	}
	return json_null();
}

static json_t *work_json(u32 work, const struct log_config *config)
{
	return work < config->n_ops ? json_string(config->op_names[work]) : json_null();
}

/* Who wrote a value; null: nobody in this episode. */
static json_t *writer_json(u64 word, const struct log_config *config)
{
	struct writer w = writer_of_word(word);

	if (!word)
		return json_null();
	return json_pack("{s:I, s:i, s:o, s:o}", "event", (json_int_t)w.at, "cpu", (int)w.cpu,
	                 "operation",
	                 w.op == WRITER_NO_OP ? json_null() : json_string(op_function(w.op)),
	                 "work", work_json(w.work, config));
}

static json_t *fact_json(const struct fact *f, const struct log_config *config)
{
	json_t *o = json_pack("{s:s, s:o}", "name", f->name, "value",
	                      value_json(f, false, &config->locks));
	char name[16];

	if (f->other_is != OTHER_NONE)
		json_object_set_new(o, f->other_is == OTHER_BEFORE ? "before" : "should",
		                    value_json(f, true, &config->locks));
	if (!f->kept)
		return o;
	json_object_set_new(o, "cell",
	                    json_pack("{s:s, s:s, s:o}", "object",
	                              obj_name(f->place.lk, name, sizeof(name)), "field",
	                              obj_field(obj_kind_of(f->place.lk), f->place.field)->name,
	                              "index", json_hex(f->place.index)));
	json_object_set_new(o, "written", writer_json(f->writer, config));
	return o;
}

static json_t *names_json(u64 locks, const struct lock_names *names)
{
	const struct fact f = fact_locks("", locks);

	return value_json(&f, false, names);
}

static json_t *scene_json(const struct around *a, const struct log_config *config)
{
	json_t *all = json_array();

	for (u32 i = 0; i < MAX_CPU && a->scenes.known; i++) {
		const struct scene *s = &a->scenes.cpu[i];
		json_t *o, *arg;

		if (!(s->holder.taken | s->holder.held) && s->op == TOUCHED_NO_OP &&
		    s->work >= config->n_ops)
			continue;
		arg = json_array();
		for (u32 k = 0; k < s->n_arg; k++)
			json_array_append_new(arg, json_hex(s->arg[k]));
		o = json_pack(
			"{s:i, s:o, s:o, s:o, s:o, s:o}", "cpu", (int)i, "work",
			work_json(s->work, config), "operation",
			s->op == TOUCHED_NO_OP ? json_null() : json_string(op_function(s->op)),
			"arguments", arg, "inside", names_json(s->holder.held, &config->locks),
			"waits_for", names_json(s->holder.taken & ~s->holder.held, &config->locks));
		json_array_append_new(all, o);
	}
	return all;
}

static json_t *event_json(const struct context_event *v, const struct log_config *config)
{
	char name[LOCK_NAME_BYTES], text[96];

	return json_pack("{s:I, s:I, s:i, s:o, s:s}", "event", (json_int_t)v->index, "at",
	                 (json_int_t)v->at, "cpu", (int)v->cpu, "object",
	                 event_is_mark(v->kind) ? json_null()
	                                        : json_string(lock_name_of(&config->locks, v->lk,
	                                                                   name, sizeof(name))),
	                 "what", columns_cell(v, config, text, sizeof(text)));
}

/* What happened around a finding. */
static json_t *around_json(const struct around *a, const struct log_config *config)
{
	json_t *events = json_array(), *operations = json_array();

	for (u32 i = 0; i < a->found.n; i++)
		json_array_append_new(events, event_json(&a->found.v[i], config));
	for (u32 i = 0; i < a->ops.n; i++)
		json_array_append_new(operations, event_json(&a->ops.v[i], config));
	return json_pack("{s:o, s:o, s:o}", "cpus", scene_json(a, config), "events", events,
	                 "operations", operations);
}

static json_t *facts_json(const struct finding *f, const struct log_config *config)
{
	json_t *all = json_array();

	for (u32 i = 0; i < f->n_facts; i++)
		json_array_append_new(all, fact_json(&f->fact[i], config));
	return all;
}

static json_t *finding_json(const struct finding *f)
{
	return json_pack("{s:s, s:s, s:o, s:o, s:I, s:I, s:s, s:s, s:s, s:s}", "check",
	                 check_name(f->check), "row", f->row, "lock",
	                 number_or_null(f->lk, FINDING_NO_LOCK), "cpu",
	                 number_or_null(f->cpu, FINDING_NO_CPU), "at", (json_int_t)f->at, "index",
	                 (json_int_t)f->index, "event", f->event, "sentence", f->sentence, "state",
	                 f->state, "clauses", check_clauses(f->check));
}

static json_t *change_json(const struct touch *t)
{
	json_t *o = json_pack(
		"{s:i, s:o, s:s, s:o, s:o, s:o}", "cpu", (int)t->cpu, "index", json_u64(t->index),
		"field", obj_field(obj_kind_of(t->lk), t->field)->name, "first", json_hex(t->first),
		"last", json_hex(t->last), t->outside ? "number" : "value", json_hex(t->value));

	if (t->op != TOUCHED_NO_OP)
		json_object_set_new(o, "operation", json_string(op_function(t->op)));
	return o;
}

/* {"what":"frame","number":"0x210","record":{"s2_owner":"0x2"},"changes":[{"cpu","index","field","first","last","value","operation"}]} */
static json_t *about_json(const struct about *a)
{
	json_t *record = json_object(), *changes = json_array();
	char word[MARK_WORD];
	json_t *o = json_pack("{s:s, s:o}", "what",
	                      mark_print(NULL, MARG_ABOUT, a->what, word, sizeof(word)), "number",
	                      json_hex(a->number));

	if (a->what == MV_ABOUT_VCPU)
		json_object_set_new(o, "vmid", json_u64(a->vmid));
	if (a->what == MV_ABOUT_FRAME && a->page != INVALID64)
		json_object_set_new(o, "page", json_hex(a->page));
	for (u32 i = 0; i < a->n_fields; i++)
		json_object_set_new(record, a->field[i].name, json_hex(a->field[i].value));
	for (u32 i = 0; i < a->n_changes; i++)
		json_array_append_new(changes, change_json(&a->change[i]));
	json_object_set_new(o, "record", record);
	json_object_set_new(o, "changes", changes);
	return o;
}

static json_t *abouts_json(const struct finding *f)
{
	json_t *all = json_array();

	for (u32 i = 0; i < f->n_about; i++)
		json_array_append_new(all, about_json(&f->about[i]));
	return all;
}

static json_t *record_json(const struct broken_record *r)
{
	struct event e = { .kind = r->kind, .arg = r->arg };
	char event[32];
	json_t *o = json_pack("{s:i, s:i, s:s}", "cpu", (int)r->cpu, "lock", (int)r->lk, "event",
	                      event_print(&e, event, sizeof(event)));

	if (r->ranked)
		json_object_set_new(o, "ticket", json_integer(r->ticket));
	if (r->ranked && r->lk != FLATMEM_ID)
		json_object_set_new(o, "now", json_integer(r->now));
	return o;
}

/* {"ticket","now","saw_ticket","saw_now","means":["..."],"behind":[{"cpu","lock","event","ticket","now"}]} */
static json_t *broken_json(const struct broken *b)
{
	json_t *o = json_object(), *means = json_array(), *behind = json_array();

	if (b->at_step) {
		json_object_set_new(o, "ticket", json_integer(b->ticket));
		json_object_set_new(o, "now", json_integer(b->now));
		json_object_set_new(o, "saw_ticket", json_integer(b->seen_ticket));
		json_object_set_new(o, "saw_now", json_integer(b->seen_now));
	}
	for (u32 i = 0; i < b->n_means; i++)
		json_array_append_new(means, json_string(b->mean[i]));
	for (u32 i = 0; i < b->n_records; i++)
		json_array_append_new(behind, record_json(&b->record[i]));
	json_object_set_new(o, "means", means);
	json_object_set_new(o, "behind", behind);
	return o;
}

json_t *found_json(const struct checker *c, const struct finding *f,
                   const struct log_config *config)
{
	const struct around *a = checker_around(c, f);
	json_t *o = finding_json(f);

	if (f->lk < ID_END && config->locks.of[f->lk][0])
		json_object_set_new(o, "lock_name", json_string(config->locks.of[f->lk]));
	json_object_set_new(o, "facts", facts_json(f, config));
	if (f->class == FINDING_KNOWN)
		json_object_set_new(o, "erratum", json_string(erratum_name(f->erratum)));
	if (f->check == CHK_MERGE && checker_broken(c))
		json_object_set_new(o, "break", broken_json(checker_broken(c)));
	if (f->n_about)
		json_object_set_new(o, "about", abouts_json(f));
	if (a)
		json_object_set_new(o, "around", around_json(a, config));
	return o;
}
