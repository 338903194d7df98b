// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/list_machine.h"

#include "shmem/obj/lock_rank.h"
#include "shmem/obj/regs.h"
#include "sim/machine/boot.h"
#include "sim/machine/prim.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

void list_locks(struct list_rows *r)
{
	for (lk_t id = CORE_ID; id < ID_END; id++) {
		char name[32], sentence[96];

		obj_name(id, name, sizeof(name));
		snprintf(sentence, sizeof(sentence), "lock %u, rank %u in the lock order", id,
		         obj_lock_rank(id));
		list_row(r, "", name, "", sentence);
	}
}

static void primitive_json(json_t *array, const struct prim *p)
{
	json_t *o = json_object(), *args = json_array();

	for (u32 k = 0; k < p->n_args; k++) {
		json_t *arg = json_object();

		json_object_set_new(arg, "name", json_string(prim_arg_name(p->arg[k])));
		json_object_set_new(arg, "range", json_string(prim_arg_sentence(p->arg[k])));
		json_array_append_new(args, arg);
	}
	json_object_set_new(o, "id", json_string(p->name));
	json_object_set_new(o, "family", json_string(prim_family_name(p->family)));
	json_object_set_new(o, "source", list_words(p->source));
	json_object_set_new(o, "arguments", args);
	json_object_set_new(o, "returns", json_boolean(p->returns));
	json_array_append_new(array, o);
}

static void primitive_line(const struct list_rows *r, const struct prim *p)
{
	char line[1024] = "(";
	size_t at = 1;

	printf("%-26s %-6s ", p->name, prim_family_name(p->family));
	for (u32 k = 0; k < p->n_args && at < sizeof(line); k++)
		at += (size_t)snprintf(line + at, sizeof(line) - at, "%s%s: %s", k ? "; " : "",
		                       prim_arg_name(p->arg[k]), prim_arg_sentence(p->arg[k]));
	if (at < sizeof(line))
		snprintf(line + at, sizeof(line) - at, ")%s  [%s]", p->returns ? " = value" : "",
		         p->source);
	list_wrapped(r, 34, line);
}

static void helper_line(const struct list_rows *r, const char *name, const char *sentence)
{
	char line[256];

	snprintf(line, sizeof(line), "%s  [%s]", sentence, name);
	printf("%-26s helper ", name);
	list_wrapped(r, 34, line);
}

void list_primitives(struct list_rows *r)
{
	const char *name, *sentence;

	for (u32 i = 0; i < n_prims; i++) {
		if (r->array)
			primitive_json(r->array, &prims[i]);
		else
			primitive_line(r, &prims[i]);
	}
	for (u32 i = 0; prim_helper(i, &name, &sentence); i++) {
		if (r->array)
			json_array_append_new(r->array, json_pack("{s:s,s:s,s:[s],s:s}", "id", name,
			                                          "family", "helper", "source",
			                                          name, "sentence", sentence));
		else
			helper_line(r, name, sentence);
	}
}

/* Name and number, and which function of the core answers. */
void list_hypercalls(struct list_rows *r)
{
	char sentence[160];

#define HVC(number, ranges, call)                                                \
	snprintf(sentence, sizeof(sentence), "number %u: %.*s()", (u32)(number), \
	         (int)strcspn(#call, "("), #call);                               \
	list_row(r, "", #number, "", sentence);
#define HVC_X0(number, ranges, call)                                                      \
	snprintf(sentence, sizeof(sentence), "number %u: %.*s(), whose value goes to x0", \
	         (u32)(number), (int)strcspn(#call, "("), #call);                         \
	list_row(r, "", #number, "", sentence);
#include "sim/hyp/hvc.def"
}

/* Why a guest leaves: what vm_exit_dispatcher() makes of each class. */
void list_traps(struct list_rows *r)
{
	static const struct {
		const char *name;
		u32 number;
		const char *what;
	} traps[] = {
#define TRAP(number, what) { #number, number, what },
#include "sim/hyp/trap.def"
	};

	for (u32 i = 0; i < ARRAY_SIZE(traps); i++) {
		char sentence[160];

		snprintf(sentence, sizeof(sentence), "class 0x%02x: %s", traps[i].number,
		         traps[i].what);
		list_row(r, "", traps[i].name, "", sentence);
	}
}

/* Of a vCPU's context, with the number that get_shadow_ctxt has for it. */
void list_registers(struct list_rows *r)
{
	static const char *const groups[] = { "REGS", "TRAP", "STATES" };

	for (enum reg reg = 0; reg < REG_NR; reg++) {
		char sentence[96];
		u32 index = 0;

		while (index <= CTXT_ESR_EL2 && reg_by_index(index) != reg)
			index++;
		if (index <= CTXT_ESR_EL2)
			snprintf(sentence, sizeof(sentence), "of %s, number %u in shadow contexts",
			         groups[reg_group(reg)], index);
		else
			snprintf(sentence, sizeof(sentence), "of %s, without a number",
			         groups[reg_group(reg)]);
		list_row(r, "", reg_name(reg), "", sentence);
	}
}

void list_fields(struct list_rows *r)
{
	for (u32 kind = 0; kind < OBJ_NR; kind++) {
		for (u32 f = 0; f < obj_n_fields(kind); f++) {
			const struct obj_field *field = obj_field(kind, f);
			char sentence[128], name[32];
			lk_t id = FLATMEM_ID;

			while ((u32)obj_kind_of(id) != kind)
				id++;
			obj_name(id, name, sizeof(name));
			name[strcspn(name, ":")] = '\0';
			snprintf(sentence, sizeof(sentence), "of %s, %llu cell%s%s", name,
			         (unsigned long long)field->count, field->count > 1 ? "s" : "",
			         field->scale > 1 ? ", by addresses in bytes" : "");
			list_row(r, "", field->name, "", sentence);
		}
	}
}

/* The memory map that a machine boots with when nothing else is asked for. */
void list_regions(struct list_rows *r)
{
	struct fixed f;

	machine_boot_fixed(&f, BOOT_PAGES);
	for (u32 i = 0; i < f.region_cnt; i++) {
		const struct mem_region *m = &f.region[i];
		char name[16], sentence[128];

		snprintf(name, sizeof(name), "%u", i);
		snprintf(sentence, sizeof(sentence), "0x%llx..0x%llx, %s",
		         (unsigned long long)m->mb_base,
		         (unsigned long long)(m->mb_base + m->mb_size - 1),
		         m->mb_index == INVALID64  ? "devices"
		         : m->mb_flag == BOOT_CORE ? "pages of the core"
		                                   : "managed pages");
		list_row(r, "", name, "", sentence);
	}
}
