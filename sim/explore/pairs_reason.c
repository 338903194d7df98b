// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/pairs_reason.h"

#include "sim/base/check.h"
#include "sim/base/rng.h"
#include "sim/explore/outcome.h"

#include <stdio.h>
#include <string.h>

enum { SIDE_A, SIDE_B };

const struct pair_reason pair_reasons[] = {
#define NO_START(a, b, why) { #a, #b, ERRATUM_NR, 0, "", "", 0, why },
#define ALLOWED(a, b, side, between, differs, most, why) \
	{ #a, #b, ERRATUM_NR, SIDE_##side, between, differs, most, why },
#define SLIP(a, b, erratum, side, between, differs, most, why) \
	{ #a, #b, ERRATUM_##erratum, SIDE_##side, between, differs, most, why },
#include "sim/explore/reasons.def"
};
const u32 n_pair_reasons = (u32)ARRAY_SIZE(pair_reasons);

static const char *const kind_names[] = {
#define KIND(name, event, sentence) #name,
#include "shmem/obj/obj.def"
};

static const char *const point_names[] = { "flat", "data", "core", "hold", "halt" };

static const char *gap_word(u32 i)
{
	return i < OBJ_NR ? kind_names[i] : point_names[i - OBJ_NR];
}

static const char *part_word(u32 i)
{
	static const char *const own[] = { "A.result", "B.result", "A.registers", "B.registers",
		                           "contexts" };

	return i < ODD_OBJECTS ? own[i] : kind_names[i - ODD_OBJECTS];
}

/* The number of @word, of @n; every word of a row is one of them. */
static u32 by_word(const char *(*of)(u32 i), u32 n, const char *word, size_t len)
{
	u32 i = 0;

	while (i < n && (strlen(of(i)) != len || memcmp(of(i), word, len) != 0))
		i++;
	SIM_ASSERT(i < n);
	return i;
}

static u32 word_of(const struct step *s)
{
	switch ((u32)s->kind) {
	case POINT_TICKET:
		return obj_kind_of(s->object);
	case POINT_FLAT:
		return GAP_FLAT;
	case POINT_DATA:
		return GAP_DATA;
	case POINT_CORE:
		return GAP_CORE;
	case POINT_HOLD:
		return GAP_HOLD;
	default:
		return GAP_HALT;
	}
}

static void gaps_set(struct gaps *g, u32 first, u32 second)
{
	u32 bit = first * GAP_WORDS + second;

	g->word[bit / 64] |= 1ull << bit % 64;
}

static bool gaps_have(const struct gaps *g, u32 first, u32 second)
{
	u32 bit = first * GAP_WORDS + second;

	return g->word[bit / 64] >> bit % 64 & 1;
}

/*
 * Between which steps of @side the other is: the second is one that something of the other happens before, the first the last one before it that
 * happens before something of the other's.  No order of the two has such steps, and all executions of a class have the same.
 */
static void gaps_of(const struct execution *x, u32 side, struct gaps *out)
{
	u32 seen = 0, known = 0, first = GAP_WORDS;

	memset(out, 0, sizeof(*out));
	for (u32 i = 0; i < x->n; i++)
		if (x->step[i].step.cpu != side && x->step[i].after.n[side] > seen)
			seen = x->step[i].after.n[side];
	for (u32 i = 0; i < x->n; i++) {
		const struct taken *s = &x->step[i];

		if (s->step.cpu != side)
			continue;
		if (s->after.n[!side] > known && first < GAP_WORDS)
			gaps_set(out, first, word_of(&s->step));
		known = s->after.n[!side];
		if (s->step.nth < seen)
			first = word_of(&s->step);
	}
}

static void parts_of(const struct engine *e, const struct machine *m, u64 *part)
{
	const struct engine_result *r = engine_result(e);
	const struct scope *s = engine_scope(e);

	memset(part, 0, ODD_PARTS * sizeof(*part));
	for (u32 side = 0; side < 2; side++)
		for (u32 i = 0; i < s->program[side].n; i++) {
			struct called only = r->called[side][i];

			part[ODD_REGISTERS + side] = mix64(part[ODD_REGISTERS + side] + only.regs);
			only.regs = 0;
			part[ODD_RESULT + side] = called_hash(part[ODD_RESULT + side], &only);
		}
	part[ODD_CONTEXTS] = engine_contexts(e);
	for (lk_t id = 0; id < ID_END; id++) {
		u64 *p = &part[ODD_OBJECTS + obj_kind_of(id)];

		*p = mix64(*p + m->shared.obj[id].digest);
	}
}

static struct odd *find(struct odd *v, u32 n, u64 name)
{
	for (u32 i = 0; i < n; i++)
		if (v[i].name == name)
			return &v[i];
	return NULL;
}

static void add_way(struct odd *o, const struct gaps way[2])
{
	struct gaps *last = o->between[ODD_WAYS - 1];

	for (u32 i = 0; i < o->n_ways; i++)
		if (memcmp(o->between[i], way, sizeof(o->between[i])) == 0)
			return;
	if (o->n_ways < ODD_WAYS) {
		memcpy(o->between[o->n_ways++], way, sizeof(o->between[0]));
		return;
	}
	for (u32 side = 0; side < 2; side++)
		for (u32 i = 0; i < ARRAY_SIZE(way[side].word); i++)
			last[side].word[i] &= way[side].word[i];
}

void odds_add(struct odds *o, const struct engine *e, const struct machine *m, bool serial)
{
	struct odd one = { .name = outcome_name(e, m) };
	struct odd *had =
		serial ? find(o->serial.v, o->serial.n, one.name) : find(o->v.v, o->v.n, one.name);
	struct gaps way[2];

	for (u32 side = 0; side < 2; side++)
		gaps_of(engine_execution(e), side, &way[side]);
	if (had) {
		add_way(had, way);
		return;
	}
	add_way(&one, way);
	parts_of(e, m, one.part);
	if (serial)
		vec_push(&o->serial, one);
	else
		vec_push(&o->v, one);
}

void odds_free(struct odds *o)
{
	vec_free(&o->serial);
	vec_free(&o->v);
}

const struct odd *odds_find(const struct odds *o, u64 name)
{
	return find(o->v.v, o->v.n, name);
}

static u64 differences(const struct odd *a, const struct odd *b)
{
	u64 bits = 0;

	for (u32 i = 0; i < ODD_PARTS; i++)
		bits |= (u64)(a->part[i] != b->part[i]) << i;
	return bits;
}

/* Bits of a reason's parts; of two rows in the other order A is the second side. */
static u64 allowed_parts(const struct pair_reason *r, bool swapped)
{
	u64 bits = 0;

	for (const char *p = r->differs; *p; p += strspn(p, " ")) {
		size_t len = strcspn(p, " ");
		u32 i = by_word(part_word, ODD_PARTS, p, len);

		bits |= 1ull << (i < ODD_CONTEXTS ? i ^ (u32)swapped : i);
		p += len;
	}
	return bits;
}

static bool comes_between(const struct pair_reason *r, const struct gaps *g)
{
	for (const char *p = r->between; *p; p += strspn(p, " ")) {
		size_t len = strcspn(p, " "), first = strcspn(p, ">");

		SIM_ASSERT(first + 1 < len);
		if (gaps_have(g, by_word(gap_word, GAP_WORDS, p, first),
		              by_word(gap_word, GAP_WORDS, p + first + 1, len - first - 1)))
			return true;
		p += len;
	}
	return false;
}

/* Is the outcome so as the reason says? */
static bool holds(const struct pair_reason *r, const struct odds *o, const struct odd *x,
                  bool swapped)
{
	u64 parts = allowed_parts(r, swapped);
	bool fits = false;

	for (u32 i = 0; i < o->serial.n; i++)
		fits |= (differences(x, &o->serial.v[i]) & ~parts) == 0;
	for (u32 i = 0; i < x->n_ways && fits; i++)
		fits = comes_between(r, &x->between[i][r->side ^ (u32)swapped]);
	return fits;
}

static void set_nearest(const struct odds *o, struct odd *x)
{
	x->why = NULL;
	for (u32 i = 0; i < o->serial.n; i++) {
		u64 bits = differences(x, &o->serial.v[i]);

		if (i == 0 || __builtin_popcountll(bits) < __builtin_popcountll(x->differs))
			x->differs = bits;
	}
}

/* Is the reason about the two; *@swapped: in the other order. */
static bool is_about(const struct pair_reason *r, const char *a, const char *b, bool *swapped)
{
	*swapped = strcmp(a, r->a) != 0 || strcmp(b, r->b) != 0;
	return !*swapped || (strcmp(a, r->b) == 0 && strcmp(b, r->a) == 0);
}

const char *odds_explain(struct odds *o, const u64 *names, u32 n, const char *a, const char *b,
                         const struct errata *errata, struct errata *slips)
{
	const char *why = NULL;
	u32 explained = 0;

	for (u32 k = 0; k < n; k++) {
		struct odd *x = find(o->v.v, o->v.n, names[k]);

		SIM_ASSERT(x != NULL);
		set_nearest(o, x);
	}
	for (u32 i = 0; i < n_pair_reasons; i++) {
		const struct pair_reason *r = &pair_reasons[i];
		bool swapped;
		u32 here = 0;

		if (r->most == 0 || !is_about(r, a, b, &swapped) ||
		    (r->erratum < ERRATUM_NR && !errata_published(errata, r->erratum)))
			continue;
		for (u32 k = 0; k < n; k++) {
			struct odd *x = find(o->v.v, o->v.n, names[k]);

			if (x->why || !holds(r, o, x, swapped))
				continue;
			here++;
			x->why = r->why;
		}
		/* Nobody knows which of them it was for. */
		for (u32 k = 0; k < n && here > r->most; k++) {
			struct odd *x = find(o->v.v, o->v.n, names[k]);

			x->why = x->why == r->why ? NULL : x->why;
		}
		if (here > r->most)
			continue;
		if (here && r->erratum < ERRATUM_NR)
			errata_set(slips, r->erratum, true);
		explained += here;
		why = here && !why ? r->why : why;
	}
	return explained == n ? why : NULL;
}

const char *pair_no_start(const char *a, const char *b)
{
	bool swapped;

	for (u32 i = 0; i < n_pair_reasons; i++)
		if (pair_reasons[i].most == 0 && is_about(&pair_reasons[i], a, b, &swapped))
			return pair_reasons[i].why;
	return NULL;
}

static bool some_way_has(const struct odd *o, u32 side, u32 first, u32 second)
{
	for (u32 i = 0; i < o->n_ways; i++)
		if (gaps_have(&o->between[i][side], first, second))
			return true;
	return false;
}

const char *odd_differs_print(u64 differs, char *buf, size_t size)
{
	size_t at = 0;

	buf[0] = '\0';
	for (u32 i = 0; i < ODD_PARTS && at < size; i++)
		if (differs >> i & 1)
			at += (size_t)snprintf(buf + at, size - at, "%s%s", at ? " " : "",
			                       part_word(i));
	return buf;
}

const char *odd_between_print(const struct odd *o, u32 side, char *buf, size_t size)
{
	size_t at = 0;

	buf[0] = '\0';
	for (u32 i = 0; i < GAP_WORDS * GAP_WORDS && at < size; i++)
		if (some_way_has(o, side, i / GAP_WORDS, i % GAP_WORDS))
			at += (size_t)snprintf(buf + at, size - at, "%s%s>%s", at ? " " : "",
			                       gap_word(i / GAP_WORDS), gap_word(i % GAP_WORDS));
	return buf;
}
