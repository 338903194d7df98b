// SPDX-License-Identifier: GPL-2.0-only
#include "tests/kit_world.h"

#include "sim/machine/boot.h"
#include "tests/kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct world *kit_world(void)
{
	struct log_config config;
	struct errata errata;
	struct fixed fixed;
	struct world *w;

	errata_defaults(&errata);
	log_config_init(&config, 1);
	machine_boot_fixed(&fixed, BOOT_PAGES_MIN);
	machine_boot_config(&config, &fixed, &errata);
	w = world_new(&config, WORLD_INDEX);
	log_config_free(&config);
	return w;
}

void kit_push(struct world *w, lk_t lk, const struct diff *d, u32 n)
{
	struct world_cell cell;

	world_begin(w);
	for (u32 i = 0; i < n; i++)
		assert_int_equal(world_apply(w, lk, &d[i], &cell), WORLD_OK);
}

const char *kit_maplet(struct maplet m, char *buf, size_t size)
{
	if (!m.level && !m.pfn && !m.pte)
		snprintf(buf, size, "-");
	else
		snprintf(buf, size, "%u:%llx:%llx", m.level, (unsigned long long)m.pfn,
		         (unsigned long long)m.pte);
	return buf;
}

void kit_expect_maplet(struct maplet m, const char *want)
{
	char have[64];

	assert_string_equal(kit_maplet(m, have, sizeof(have)), want);
}

static void place(const struct change *c, char *buf, size_t size)
{
	const char *name = change_name((enum change_kind)c->kind);
	char obj[16], n[16] = "";
	const char *field = obj_field(obj_kind_of(c->lk), c->field)->name;
	unsigned long long at = c->at;

	obj_name(c->lk, obj, sizeof(obj));
	if (c->n != 1)
		snprintf(n, sizeof(n), "+%x", c->n);
	switch ((enum change_kind)c->kind) {
	case CH_LEAF:
	case CH_SPT_LEAF:
		snprintf(buf, size, "%s %x %llx%s", name, c->who, at, n);
		return;
	case CH_LINK:
		snprintf(buf, size, "%s %s %llx%s", name, obj, at, n);
		return;
	case CH_RECORD:
	case CH_PAGE:
	case CH_BANK:
	case CH_FLAT:
		snprintf(buf, size, "%s %llx%s", name, at, n);
		return;
	case CH_VM:
		snprintf(buf, size, "%s %x %s[%llx]%s", name, c->who, field, at, n);
		return;
	case CH_CORE:
		snprintf(buf, size, "%s %s%s", name, field, n);
		return;
	case CH_CURSOR:
		snprintf(buf, size, "%s %s %s%s", name, obj, field, n);
		return;
	case CH_NR:
		break;
	}
	fail();
}

static const char *page(struct page p, char *buf, size_t size)
{
	snprintf(buf, size, "%llx/%llx/%llx", (unsigned long long)p.owner,
	         (unsigned long long)p.count, (unsigned long long)p.gfn);
	return buf;
}

const char *kit_change(const struct change *c, char *buf, size_t size)
{
	char at[96], before[64], after[64];

	place(c, at, sizeof(at));
	if (c->kind == CH_LEAF || c->kind == CH_SPT_LEAF) {
		kit_maplet(c->before.map, before, sizeof(before));
		kit_maplet(c->after.map, after, sizeof(after));
	} else if (c->kind == CH_PAGE) {
		page(c->before.page, before, sizeof(before));
		page(c->after.page, after, sizeof(after));
	} else {
		snprintf(before, sizeof(before), "%llx", (unsigned long long)c->before.v);
		snprintf(after, sizeof(after), "%llx", (unsigned long long)c->after.v);
	}
	snprintf(buf, size, "%s %s>%s", at, before, after);
	return buf;
}

const char *kit_changes(struct world *w, char *buf, size_t size)
{
	const struct change *c;
	char one[256];
	size_t at = 0;
	u32 n;

	buf[0] = 0;
	c = world_changes(w, &n);
	for (u32 i = 0; i < n && at < size; i++)
		at += (size_t)snprintf(buf + at, size - at, "%s%s", i ? "; " : "",
		                       kit_change(&c[i], one, sizeof(one)));
	return buf;
}

void kit_expect_changes(struct world *w, const char *want)
{
	char have[4096];

	kit_changes(w, have, sizeof(have));
	if (strcmp(have, want) != 0)
		fail_msg("changes\n%s\nexpected\n%s", have, want);
}

enum { MAPPERS = 64, MAPPER_TEXT = 32 };

struct mappers {
	u32 n;
	char text[MAPPERS][MAPPER_TEXT];
};

static void take(void *arg, u16 who, u64 gfn, bool spt)
{
	struct mappers *m = arg;

	assert_true(m->n < MAPPERS);
	snprintf(m->text[m->n++], MAPPER_TEXT, "%s%x:%llx", spt ? "b" : "", who,
	         (unsigned long long)gfn);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

void kit_expect_mappers(struct world *w, u64 pfn, const char *want)
{
	char have[MAPPERS * MAPPER_TEXT] = "";
	struct mappers m = { .n = 0 };

	world_each_mapper(w, pfn, take, &m);
	qsort(m.text, m.n, MAPPER_TEXT, by_text);
	for (u32 i = 0; i < m.n; i++) {
		strcat(have, i ? " " : "");
		strcat(have, m.text[i]);
	}
	assert_string_equal(have, want);
}
