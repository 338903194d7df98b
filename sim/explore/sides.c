// SPDX-License-Identifier: GPL-2.0-only
#include "sim/explore/sides.h"

#include "sim/exec/scope_op.h"

#include <stdio.h>
#include <string.h>

/* Constants that say which call of the host or of a guest a line is. */
static const char *const constants[] = {
#define CONST(name, value) #name,
#include "sim/base/consts.def"
};

/* What lines begin with that are no primitives: entries of the core; and any line. */
static const char *const words[] = { "*", "hvc", "fault", "run", "trap", "irq" };

static bool begins(const char *word, const char *prefix)
{
	return strncmp(word, prefix, strlen(prefix)) == 0;
}

static bool is_call(const char *word)
{
	for (u32 i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(words[i], word) == 0)
			return true;
	if (scope_callable(word))
		return true;
	for (u32 i = 0; i < ARRAY_SIZE(constants); i++)
		if (strcmp(constants[i], word) == 0)
			return begins(word, "HVC_") || begins(word, "PSCI_") ||
			       begins(word, "ESR_ELx_EC_");
	return false;
}

/* The words of the side from @from on, up to @end: each is one of a call. */
static int read_side(const char *from, const char *end, struct err *e)
{
	char word[64];

	for (const char *p = from; p <= end; p++) {
		size_t len = strcspn(p, ",+");

		snprintf(word, sizeof(word), "%.*s", (int)len, p);
		if (!is_call(word))
			return err_set(e, ERR_USAGE,
			               "expected the name of a call, as run or HVC_REGISTER_KVM, "
			               "found \"%s\"",
			               word);
		p += len;
	}
	return 0;
}

int sides_read(struct sides *out, const char *text, struct err *e)
{
	*out = (struct sides){ .n = 0 };
	for (const char *p = text;; p++) {
		size_t len = strcspn(p, "+");
		int rc = read_side(p, p + len, e);

		if (rc < 0)
			return rc;
		if (out->n == SIDES)
			return err_set(e, ERR_USAGE, "expected at most %d calls, found more",
			               SIDES);
		out->side[out->n] = p;
		out->len[out->n++] = len;
		p += len;
		if (!*p)
			return 0;
	}
}

static bool line_has(const char *line, const char *word, size_t len)
{
	while (*line) {
		size_t n = strcspn(line, " ");

		if (n == len && memcmp(line, word, len) == 0)
			return true;
		line += n;
		line += strspn(line, " ");
	}
	return false;
}

static bool call_is_of(const struct scope_call *call, const char *side, size_t len)
{
	for (const char *p = side; p < side + len; p++) {
		size_t n = strcspn(p, ",+");

		if ((n == 1 && *p == '*') || line_has(call->text, p, n))
			return true;
		p += n;
	}
	return false;
}

/* CPUs (bits) whose programs have a call of the side. */
static u64 cpus_of(const struct scope *scope, const char *side, size_t len)
{
	u64 cpus = 0;

	for (u32 c = 0; c < scope->cpus; c++)
		for (u32 i = 0; i < scope->program[c].n; i++)
			if (call_is_of(&scope->program[c].v[i], side, len))
				cpus |= 1ull << c;
	return cpus;
}

/* Another one of @free for each of @n sides, whose CPUs are @cpus. */
static bool each_has_one(const u64 *cpus, u32 n, u64 free)
{
	if (n == 0)
		return true;
	for (u64 left = cpus[0] & free; left; left &= left - 1)
		if (each_has_one(cpus + 1, n - 1, free & ~(left & -left)))
			return true;
	return false;
}

bool sides_are_in(const struct sides *s, const struct scope *scope)
{
	u64 cpus[SIDES];

	for (u32 i = 0; i < s->n; i++)
		cpus[i] = cpus_of(scope, s->side[i], s->len[i]);
	return each_has_one(cpus, s->n, ~0ull);
}
