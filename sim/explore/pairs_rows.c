// SPDX-License-Identifier: GPL-2.0-only
/* The rows of the matrix, and the text of a start: facts of both rows, each once, in order. */
#include "sim/base/check.h"
#include "sim/base/vec.h"
#include "sim/explore/pairs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct pair_row pair_rows[] = {
#define ENTRY(id, sort, covers, effect, errata, facts, call) \
	{ #id, PAIR_##sort, #covers, PAIR_DOES_##effect, errata, facts, call },
#include "sim/explore/entries.def"
};
const u32 n_pair_rows = (u32)ARRAY_SIZE(pair_rows);

#define PANIC_NOTHING PANIC_NONE
const struct pair_refusal pair_refusals[] = {
#define REFUSED(id, name, facts, call, answer, who) { #id, name, facts, call, PANIC_##answer, who },
#include "sim/explore/entries.def"
};
const u32 n_pair_refusals = (u32)ARRAY_SIZE(pair_refusals);

static const struct start_fact {
	const char *id;
	u32 order;
	const char *key, *lines;
} facts[] = {
#define FACT(id, order, key, lines) { #id, order, key, lines },
#include "sim/explore/entries.def"
};

enum { KEY = 64, PAGES = 4096 };

/* A fact of one side, as it stands in a start. */
struct placed {
	const struct start_fact *fact;
	u32 side;
	char key[KEY];
};

/**
 * struct side - the resources of a row in a start
 */
struct side {
	u32 cpu, vm, bank, nth;
	u64 page;
};

/* Where the images of the VMs lie, and the pages that belong to nobody's image: bit 16 is set, as smmu-pte-attrs sets it. */
static const u64 image_of[] = { 0, 0x400000, 0x600000 };
enum {
	FREE_BLOCK = 0x800000,
	FREE_PAGE = 0x210000,
	IN_BLOCK = 0x10000,
	NEXT_PAGE = 0x20000,
	OTHER_PAGE = 0x80000
};

u32 pair_row_by_id(const char *id)
{
	u32 i = 0;

	while (i < n_pair_rows && strcmp(pair_rows[i].id, id) != 0)
		i++;
	return i;
}

const char *pair_sort_name(enum pair_sort s)
{
	static const char *const names[] = {
		[PAIR_HVC] = "hypercall", [PAIR_RUN] = "run",     [PAIR_IRQ] = "irq",
		[PAIR_TRAP] = "trap",     [PAIR_FAULT] = "fault", [PAIR_ACCESS] = "access",
	};

	return names[s];
}

static u64 letter_value(const struct side *s, char letter)
{
	switch (letter) {
	case 'C':
	case 'K':
		return s->cpu;
	case 'V':
		return s->vm;
	case 'B':
		return s->bank;
	case 'P':
		return s->page;
	case 'F':
		return s->page / PAGE_SIZE;
	case 'G':
		return 0x90005000 + (u64)s->nth * PAGE_SIZE;
	case 'H':
		return 0x90005 + s->nth;
	case 'I':
		return (5 + (u64)s->nth) * PAGE_SIZE;
	case 'J':
		return 5 + s->nth;
	case 'O':
		return 0x8000000000 + s->page;
	case 'L':
		return (0x8000000000 + s->page) / PAGE_SIZE;
	case 'Q':
		return s->page + OTHER_PAGE;
	case 'N':
		return image_of[s->vm] / PAGE_SIZE;
	case 'M':
		return image_of[s->vm] / PAGE_SIZE + 1;
	case 'X':
		return FREE_BLOCK;
	case 'D':
		return 0x10000000 + (u64)s->nth * PAGE_SIZE;
	default:
		SIM_UNREACHABLE();
	}
}

static void put(FILE *f, const struct side *s, const char *lines)
{
	for (const char *p = lines; *p; p++) {
		if (*p == '$') {
			u64 v = letter_value(s, p[1]);

			fprintf(f, v < 10 ? "%llu" : "0x%llx", (unsigned long long)v);
			p++;
		} else {
			fputc(*p, f);
		}
	}
}

static void key_of(const struct side *s, const struct start_fact *fact, char *buf)
{
	FILE *f = fmemopen(buf, KEY, "w");

	SIM_ASSERT(f != NULL);
	fprintf(f, "%s ", fact->id);
	put(f, s, fact->key);
	fclose(f);
}

static const struct start_fact *fact_by_name(const char *name, size_t len)
{
	for (u32 i = 0; i < ARRAY_SIZE(facts); i++)
		if (strlen(facts[i].id) == len && memcmp(facts[i].id, name, len) == 0)
			return &facts[i];
	SIM_UNREACHABLE();
}

/* A fact behind those of its order and below; once. */
static void place(struct placed *all, u32 *n, const struct placed *p)
{
	u32 i = *n;

	for (u32 k = 0; k < *n; k++)
		if (strcmp(all[k].key, p->key) == 0)
			return;
	for (; i > 0 && all[i - 1].fact->order > p->fact->order; i--)
		all[i] = all[i - 1];
	all[i] = *p;
	(*n)++;
}

enum { MAX_FACTS = 48 };

static void place_all(struct placed *all, u32 *n, const struct side *s, u32 side, const char *words)
{
	for (const char *p = words; *p; p += strspn(p, " ")) {
		size_t len = strcspn(p, " ");
		struct placed one = { .fact = fact_by_name(p, len), .side = side };

		SIM_ASSERT(*n < MAX_FACTS);
		key_of(s, one.fact, one.key);
		place(all, n, &one);
		p += len;
	}
}

static void put_errata(FILE *f, const char *words)
{
	for (const char *p = words; *p; p += strspn(p, " ")) {
		size_t len = strcspn(p, " ");

		fprintf(f, "erratum %.*s intended\n", (int)len, p);
		p += len;
	}
}

/* The pages of the two: where one of them takes an image's block, inside it. */
static u64 first_page(const struct pair_cell_id *id, const struct side *s, u32 same)
{
	for (u32 i = 0; i < 2 && (same & PAIR_IN_BLOCK); i++) {
		const char *row = pair_rows[id->row[i]].id;

		if (strcmp(row, "verify") == 0)
			return image_of[s[i].vm] + IN_BLOCK;
		if (strcmp(row, "run_block") == 0)
			return FREE_BLOCK + IN_BLOCK;
	}
	return FREE_PAGE;
}

static const char *facts_of(const struct pair_cell_id *id, u32 side)
{
	return id->refused && id->refused_side == side ? id->refused->facts
	                                               : pair_rows[id->row[side]].facts;
}

static const char *call_of(const struct pair_cell_id *id, u32 side)
{
	if (id->refused && id->refused_side == side && id->refused->call[0])
		return id->refused->call;
	return pair_rows[id->row[side]].call;
}

static void put_start(FILE *f, const struct pair_cell_id *id, u32 same)
{
	struct side s[2] = { { .cpu = 0, .vm = 1, .bank = 0 },
		             { .cpu = 1,
		               .vm = same & PAIR_SAME_VM ? 1 : 2,
		               .bank = same & PAIR_SAME_BANK ? 0 : 1,
		               .nth = same & PAIR_SAME_PAGE ? 0 : 1 } };
	struct placed all[MAX_FACTS];
	u32 n = 0;

	for (u32 i = 0; i < 2; i++) {
		s[i].page = first_page(id, s, same) + s[i].nth * NEXT_PAGE;
		put_errata(f, pair_rows[id->row[i]].errata);
		place_all(all, &n, &s[i], i, facts_of(id, i));
	}
	fprintf(f, "boot %d\nhvc HVC_REGISTER_KVM\nhvc HVC_REGISTER_KVM\n", PAGES);
	for (u32 i = 0; i < n; i++) {
		fprintf(f, "cpu %u\n", all[i].side);
		put(f, &s[all[i].side], all[i].fact->lines);
		fputc('\n', f);
	}
	fprintf(f, "depend tickets\nconcurrent\n");
	for (u32 i = 0; i < 2; i++) {
		fprintf(f, "cpu %u\n", i);
		put(f, &s[i], call_of(id, i));
		fputc('\n', f);
	}
	fprintf(f, "end\n");
}

char *pair_text(const struct pair_cell_id *id, u32 same)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	SIM_ASSERT(f != NULL);
	put_start(f, id, same);
	fclose(f);
	return text;
}
