// SPDX-License-Identifier: GPL-2.0-only
#include "sim/inspect/life_print.h"

#include "oracle/check/fact.h"
#include "sim/base/addr.h"
#include "sim/base/number.h"
#include "sim/base/vec.h"
#include "sim/log/json.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

/* "VM 2", "the host", "bank 3 of SMMU 0": whose table it is. */
static const char *table_owner(bool spt, u64 who, char *buf, size_t size)
{
	if (!spt)
		return facts_owner(who, buf, size);
	snprintf(buf, size, "bank %" PRIu64 " of SMMU %" PRIu64, who % SMMU_NUM_CTXT_BANKS,
	         who / SMMU_NUM_CTXT_BANKS);
	return buf;
}

static void print_place(FILE *f, const struct log_config *config, const struct life_at *at)
{
	fprintf(f, "%10" PRIu64 "  ", at->index);
	if (config->timestamps)
		fprintf(f, "%12.3f us  ", (double)at->ns / 1e3);
	fprintf(f, "CPU %u  %s", at->cpu, at->atomic ? at->atomic : at->work ? at->work : "-");
	if (at->atomic && at->work)
		fprintf(f, " in %s", at->work);
	fputs(": ", f);
}

static void print_leaf(FILE *f, const struct change *c)
{
	struct maplet was = c->before.map, is = c->after.map;
	char who[48];

	fprintf(f, "%s %s gfn 0x%" PRIx64,
	        table_owner(c->kind == CH_SPT_LEAF, c->who, who, sizeof(who)),
	        is.level ? was.level ? "remaps" : "maps" : "unmaps", c->at);
	if (c->n > 1)
		fprintf(f, "..0x%" PRIx64, c->at + c->n - 1);
	if (was.level)
		fprintf(f, " from frame 0x%" PRIx64, was.pfn);
	if (is.level)
		fprintf(f, " to frame 0x%" PRIx64 ", pte 0x%" PRIx64 "%s", is.pfn, is.pte,
		        is.level == 2 ? ", a block" : "");
	else if (was.pte != is.pte)
		fprintf(f, ", pte 0x%" PRIx64, is.pte);
}

/* Of a frame that no region has the count is INVALID, and that of the SMMU's pages is set to it. */
static const char *count_text(u64 count, char *buf, size_t size)
{
	snprintf(buf, size, count >= INVALID ? "0x%" PRIx64 : "%" PRIu64, count);
	return buf;
}

static void print_page(FILE *f, const struct change *c)
{
	const struct page *was = &c->before.page, *is = &c->after.page;
	const char *comma = "";
	char a[32], b[32];

	fprintf(f, "frame 0x%" PRIx64 ": ", c->at);
	if (was->owner != is->owner) {
		fprintf(f, "owner %s -> %s", facts_owner(was->owner, a, sizeof(a)),
		        facts_owner(is->owner, b, sizeof(b)));
		comma = ", ";
	}
	if (was->count != is->count) {
		fprintf(f, "%scount %s", comma, count_text(was->count, a, sizeof(a)));
		fprintf(f, " -> %s", count_text(is->count, a, sizeof(a)));
		comma = ", ";
	}
	if (was->gfn != is->gfn)
		fprintf(f, "%sgfn 0x%" PRIx64 " -> 0x%" PRIx64, comma, was->gfn, is->gfn);
}

static const char *field_name(const struct change *c)
{
	return obj_field(obj_kind_of(c->lk), c->field)->name;
}

/* A value of a VM's record: a state has a name. */
static void print_value(FILE *f, const struct change *c, u64 v)
{
	if (c->kind == CH_VM && strstr(field_name(c), "state") &&
	    strcmp(state_name(v), "in no state") != 0)
		fprintf(f, "%s", state_name(v));
	else
		fprintf(f, "0x%" PRIx64, v);
}

static void print_values(FILE *f, const struct change *c)
{
	char a[48], b[48];

	if (c->kind == CH_BANK) {
		fprintf(f, "%s: owner %s", table_owner(true, c->who, a, sizeof(a)),
		        facts_owner(c->before.v, b, sizeof(b)));
		fprintf(f, " -> %s", facts_owner(c->after.v, b, sizeof(b)));
		return;
	}
	if (c->kind == CH_FLAT) {
		fprintf(f, "contents of frame 0x%" PRIx64, c->at);
		if (c->n > 1)
			fprintf(f, "..0x%" PRIx64, c->at + c->n - 1);
	} else {
		fprintf(f, "VM %u: %s[%" PRIu64 "]", c->who, field_name(c), c->at);
	}
	fputs(" ", f);
	print_value(f, c, c->before.v);
	fputs(" -> ", f);
	print_value(f, c, c->after.v);
}

void life_print_text(FILE *f, const struct log_config *config, const struct life_at *at,
                     const struct change *c)
{
	print_place(f, config, at);
	if (change_is_leaf(c))
		print_leaf(f, c);
	else if (c->kind == CH_PAGE)
		print_page(f, c);
	else
		print_values(f, c);
	fputc('\n', f);
}

static json_t *place_json(const struct life_at *at)
{
	json_t *o =
		json_pack("{s:I,s:I}", "index", (json_int_t)at->index, "cpu", (json_int_t)at->cpu);

	if (at->work)
		json_object_set_new(o, "work", json_string(at->work));
	if (at->atomic)
		json_object_set_new(o, "operation", json_string(at->atomic));
	return o;
}

static json_t *value_json(const struct change *c, bool after)
{
	const struct maplet *m = after ? &c->after.map : &c->before.map;
	const struct page *p = after ? &c->after.page : &c->before.page;

	if (change_is_leaf(c))
		return json_pack("{s:o,s:o,s:i}", "pfn", json_hex(m->pfn), "pte", json_hex(m->pte),
		                 "level", m->level);
	if (c->kind == CH_PAGE)
		return json_pack("{s:o,s:o,s:o}", "owner", json_hex(p->owner), "count",
		                 json_hex(p->count), "gfn", json_hex(p->gfn));
	return json_hex(after ? c->after.v : c->before.v);
}

static void print_line(FILE *f, json_t *o)
{
	json_dumpf(o, f, JSON_COMPACT);
	fputc('\n', f);
	json_decref(o);
}

void life_print_json(FILE *f, const struct life_at *at, const struct change *c)
{
	json_t *o = place_json(at);

	json_object_set_new(o, "change", json_string(change_name(c->kind)));
	if (change_is_leaf(c) || c->kind == CH_BANK || c->kind == CH_VM)
		json_object_set_new(o, "who", json_integer(c->who));
	if (c->kind == CH_VM)
		json_object_set_new(o, "field", json_string(field_name(c)));
	json_object_set_new(o, "at", json_hex(c->at));
	json_object_set_new(o, "n", json_integer(c->n));
	json_object_set_new(o, "before", value_json(c, false));
	json_object_set_new(o, "after", value_json(c, true));
	print_line(f, o);
}

void life_print_cell(FILE *f, const struct log_config *config, const struct life_at *at,
                     const struct life_cell *c, bool json)
{
	const struct obj_field *field = obj_field(obj_kind_of(c->cell.lk), c->cell.field);
	char name[32], number[NUMBER_TEXT];
	json_t *o;

	if (!json) {
		print_place(f, config, at);
		fprintf(f, "%s %s[%s] 0x%" PRIx64 " -> 0x%" PRIx64 "\n",
		        obj_name(c->cell.lk, name, sizeof(name)), field->name,
		        number_hex(c->cell.index, number), c->before, c->after);
		return;
	}
	o = place_json(at);
	json_object_set_new(o, "change", json_string("cell"));
	json_object_set_new(o, "field", json_string(field->name));
	json_object_set_new(o, "at", json_hex(c->cell.index));
	json_object_set_new(o, "n", json_integer(1));
	json_object_set_new(o, "before", json_hex(c->before));
	json_object_set_new(o, "after", json_hex(c->after));
	print_line(f, o);
}

/**
 * struct mapper - who maps a frame
 */
struct mapper {
	bool spt;
	u16 who;
	u64 gfn;
};

/**
 * struct end - what is there at the end
 * @all: as JSON, or NULL
 */
struct end {
	FILE *f;
	json_t *all;
	u64 n, blocks;
	VEC(struct mapper) mappers;
};

/* world_each_mapper() */
static void take_mapper(void *arg, u16 who, u64 gfn, bool spt)
{
	struct end *end = arg;

	vec_push(&end->mappers, ((struct mapper){ spt, who, gfn }));
}

/* Tables of the host and the VMs, then banks. */
static int by_table(const void *a, const void *b)
{
	const struct mapper *x = a, *y = b;

	if (x->spt != y->spt)
		return x->spt ? 1 : -1;
	if (x->who != y->who)
		return x->who < y->who ? -1 : 1;
	return x->gfn < y->gfn ? -1 : x->gfn > y->gfn;
}

static void tell_mapper(struct end *end, const struct mapper *m)
{
	char name[48];

	if (end->all)
		json_array_append_new(end->all, json_pack("{s:i,s:o,s:b}", "who", m->who, "gfn",
		                                          json_hex(m->gfn), "spt", m->spt));
	else
		fprintf(end->f, "  %s maps it at gfn 0x%" PRIx64 "\n",
		        table_owner(m->spt, m->who, name, sizeof(name)), m->gfn);
}

static void tell_mappers(struct end *end, const struct world *w, u64 pfn)
{
	world_each_mapper(w, pfn, take_mapper, end);
	if (end->mappers.n)
		qsort(end->mappers.v, end->mappers.n, sizeof(*end->mappers.v), by_table);
	for (u32 i = 0; i < end->mappers.n; i++)
		tell_mapper(end, &end->mappers.v[i]);
	end->n = end->mappers.n;
	vec_free(&end->mappers);
}

static void end_of_page(struct end *end, const struct world *w, u64 pfn, u64 index)
{
	struct page p = world_page(w, pfn);
	char owner[32], count[32];

	if (end->all) {
		tell_mappers(end, w, pfn);
		print_line(end->f,
		           json_pack("{s:I,s:{s:o,s:o,s:o,s:o}}", "index", (json_int_t)index, "end",
		                     "owner", json_hex(p.owner), "count", json_hex(p.count), "gfn",
		                     json_hex(p.gfn), "mapped", json_incref(end->all)));
		return;
	}
	fprintf(end->f, "at the end: owner %s, count %s, gfn 0x%" PRIx64 "\n",
	        facts_owner(p.owner, owner, sizeof(owner)),
	        count_text(p.count, count, sizeof(count)), p.gfn);
	tell_mappers(end, w, pfn);
	if (!end->n)
		fprintf(end->f, "  nobody maps it\n");
}

static void count_leaf(void *arg, u64 gfn, u32 n, struct maplet m)
{
	struct end *end = arg;

	(void)gfn;
	end->n += n;
	end->blocks += m.level == 2;
}

static void end_of_table(struct end *end, u64 index)
{
	if (end->all)
		print_line(end->f,
		           json_pack("{s:I,s:{s:I,s:I}}", "index", (json_int_t)index, "end", "gfns",
		                     (json_int_t)end->n, "blocks", (json_int_t)end->blocks));
	else
		fprintf(end->f, "at the end: %" PRIu64 " gfn%s mapped, %" PRIu64 " block%s\n",
		        end->n, end->n == 1 ? "" : "s", end->blocks, end->blocks == 1 ? "" : "s");
}

void life_print_end(FILE *f, const struct world *w, const struct life_options *o, u64 index)
{
	struct end end = { .f = f, .all = o->json ? json_array() : NULL };

	if (o->of == LIFE_PAGE) {
		end_of_page(&end, w, o->number, index);
	} else {
		if (o->of == LIFE_VM)
			world_each_leaf(w, (vmid_t)o->number, count_leaf, &end);
		else
			world_each_spt_leaf(w, (u32)o->number, count_leaf, &end);
		end_of_table(&end, index);
	}
	json_decref(end.all);
}
