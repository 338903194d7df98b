// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/found.h"

#include "sim/base/vec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct found
 * @set: [n] of each different set of names that an execution had (bits: numbers of @v): it, and nothing else
 */
struct found {
	VEC(struct found_name) v;
	VEC(u64) set;
};

struct found *found_new(void)
{
	return xcalloc(1, sizeof(struct found));
}

void found_free(struct found *f)
{
	if (!f)
		return;
	vec_free(&f->v);
	vec_free(&f->set);
	free(f);
}

void found_clear(struct found *f)
{
	f->v.n = f->set.n = 0;
}

u32 found_count(const struct found *f)
{
	return f->v.n;
}

const struct found_name *found_get(const struct found *f, u32 i)
{
	return &f->v.v[i];
}

/* Names beyond these are counted with the last one. */
enum { MAX_NAMES = 64 };

static u32 number_of(struct found *f, const char *name, enum check_id check, bool answer)
{
	struct found_name n = { .check = check, .answer = answer };
	u32 i = 0;

	while (i < f->v.n && strcmp(f->v.v[i].name, name) != 0)
		i++;
	if (i < f->v.n)
		return i;
	if (i == MAX_NAMES)
		return MAX_NAMES - 1;
	snprintf(n.name, sizeof(n.name), "%s", name);
	vec_push(&f->v, n);
	return i;
}

static void name_it(struct found *f, u64 *set, const char *name, enum check_id check, bool answer)
{
	u32 i = number_of(f, name, check, answer);

	if (*set >> i & 1)
		return;
	*set |= 1ull << i;
	f->v.v[i].executions++;
}

static void add_set(struct found *f, u64 set)
{
	for (u32 i = 0; i < f->set.n; i++)
		if (f->set.v[i] == set)
			return;
	vec_push(&f->set, set);
}

void found_add(struct found *f, const struct engine *e)
{
	const struct engine_result *r = engine_result(e);
	struct checker *k = engine_checker(e);
	u32 n = 0;
	u64 set = 0;
	const struct finding *v = k && r->violations ? checker_findings(k, &n) : NULL;

	for (u32 i = 0; i < n; i++)
		name_it(f, &set, v[i].row, v[i].check, false);
	if (r->end == EXECUTION_DEADLOCK)
		name_it(f, &set, "deadlock", CHK_NR, false);
	if (r->end == EXECUTION_STUCK)
		name_it(f, &set, "stuck", CHK_NR, false);
	if (r->end == EXECUTION_HALTED)
		name_it(f, &set, "halt", CHK_NR, true);
	if (r->unexpected.expect)
		name_it(f, &set, "expect", CHK_NR, false);
	add_set(f, set);
}

/* Is it what the word says? */
static bool is(const struct found_name *n, const char *word)
{
	return strcmp(n->name, word) == 0 ||
	       (n->check != CHK_NR && (strcmp(check_name(n->check), word) == 0 ||
	                               check_has_clause(n->check, word, strlen(word))));
}

bool found_has(const struct found *f, const char *words)
{
	char word[FOUND_NAME];

	for (const char *p = words; *p; p += strspn(p, ", ")) {
		size_t len = strcspn(p, ", ");

		snprintf(word, sizeof(word), "%.*s", (int)len, p);
		for (u32 i = 0; i < f->v.n; i++)
			if (is(&f->v.v[i], word))
				return true;
		p += len;
	}
	return false;
}

static bool clean(const struct found *f, char *why, size_t size)
{
	for (u32 i = 0; i < f->v.n; i++) {
		if (f->v.v[i].answer)
			continue;
		snprintf(why, size, "%s was found", f->v.v[i].name);
		return false;
	}
	return true;
}

bool found_as_expected(const struct found *f, const char *verdict, char *why, size_t size)
{
	u64 expected = 0;
	char word[FOUND_NAME];

	if (strcmp(verdict, "clean") == 0)
		return clean(f, why, size);
	for (const char *p = verdict; *p; p += strspn(p, ", ")) {
		size_t len = strcspn(p, ", ");
		u64 named = 0;

		snprintf(word, sizeof(word), "%.*s", (int)len, p);
		for (u32 i = 0; i < f->v.n; i++)
			if (is(&f->v.v[i], word))
				named |= 1ull << i;
		if (!named) {
			snprintf(why, size, "%s is expected and was not found", word);
			return false;
		}
		expected |= named;
		p += len;
	}
	for (u32 s = 0; s < f->set.n; s++) {
		u64 set = f->set.v[s];

		for (u32 i = 0; i < f->v.n; i++) {
			if (!(set >> i & 1) || f->v.v[i].answer || (set & expected))
				continue;
			snprintf(why, size, "%s was found and is not expected", f->v.v[i].name);
			return false;
		}
	}
	return true;
}

void found_merge(struct found *f, const struct found *from)
{
	u32 number[MAX_NAMES];

	for (u32 i = 0; i < from->v.n; i++) {
		const struct found_name *n = &from->v.v[i];

		number[i] = number_of(f, n->name, n->check, n->answer);
		f->v.v[number[i]].executions += n->executions;
	}
	for (u32 i = 0; i < from->set.n; i++) {
		u64 set = 0;

		for (u64 left = from->set.v[i]; left; left &= left - 1)
			set |= 1ull << number[__builtin_ctzll(left)];
		add_set(f, set);
	}
}

void found_save(const struct found *f, struct bytes *b)
{
	bytes_u32(b, f->v.n);
	for (u32 i = 0; i < f->v.n; i++) {
		const struct found_name *n = &f->v.v[i];

		bytes_put(b, n->name, sizeof(n->name));
		bytes_u32(b, n->check);
		bytes_u32(b, n->answer);
		bytes_u64(b, n->executions);
	}
	bytes_u32(b, f->set.n);
	for (u32 i = 0; i < f->set.n; i++)
		bytes_u64(b, f->set.v[i]);
}

static bool load_names(struct found *f, struct bytes_in *in)
{
	u32 names = bytes_get_u32(in);

	if (names > MAX_NAMES)
		return false;
	for (u32 i = 0; i < names; i++) {
		const char *name = bytes_get(in, FOUND_NAME);
		u32 check = bytes_get_u32(in);
		bool answer = bytes_get_u32(in) != 0;
		u64 executions = bytes_get_u64(in);

		if (in->short_ || memchr(name, '\0', FOUND_NAME) == NULL || check > CHK_NR)
			return false;
		if (number_of(f, name, check, answer) != i)
			return false;
		f->v.v[i].executions = executions;
	}
	return true;
}

bool found_load(struct found *f, struct bytes_in *in)
{
	struct found *saved = found_new();
	bool good = load_names(saved, in);
	u32 sets = good ? bytes_get_count(in, sizeof(u64)) : 0;

	for (u32 i = 0; i < sets; i++) {
		u64 set = bytes_get_u64(in);

		good &= saved->v.n == MAX_NAMES || set >> saved->v.n == 0;
		vec_push(&saved->set, set);
	}
	good &= !in->short_;
	if (good)
		found_merge(f, saved);
	found_free(saved);
	return good;
}
