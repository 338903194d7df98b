// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/report/coverage.h"

#include "oracle/spec/spec.h"
#include "sim/base/check.h"
#include "sim/base/vec.h"

#include <stdlib.h>
#include <string.h>

enum { INTENDED, PUBLISHED, NO_WAY = SPEC_BRANCH_NR };

/* What is reached only where the machine follows one side. */
static const struct {
	enum hyp_op op;
	u32 way; /* NO_WAY: the operation, and all its ways */
	enum erratum erratum;
	bool published;
} sided[] = {
#define OPERATION_AS(operation, erratum, side) { OP_##operation, NO_WAY, ERRATUM_##erratum, side },
#define WAY_AS(operation, name, erratum, side) \
	{ OP_##operation, BR_##operation##_##name, ERRATUM_##erratum, side },
#include "oracle/report/unreached.def"
};

static const char *const way_guards[SPEC_BRANCH_NR] = {
#define WAY(operation, name, guard) [BR_##operation##_##name] = guard,
#include "oracle/report/unreached.def"
};

static const char *const clause_reasons[CHK_NR] = {
#define CLAUSE(check, why) [CHK_##check] = why,
#include "oracle/report/unreached.def"
};

static const char *const part_names[COVERAGE_PARTS] = { "operations", "ways", "errata", "clauses",
	                                                "pairs" };

/**
 * struct coverage
 * @covered, @cases: of all logs
 * @asked: checks that some log was judged by
 */
struct coverage {
	u64 logs, events;
	bool ways_known;
	struct covered covered;
	u64 cases[CHK_NR];
	struct check_set asked;
	struct overlap *overlap;
};

/**
 * struct item - of a part
 * @name, @of: "DEVICE" of "map_io"; a pair has both
 * @read:      of errata
 * @cannot:    what forbids it, or NULL
 */
struct item {
	const char *of, *name;
	u64 n, read;
	char side[96];
	const char *cannot;
};

struct coverage *coverage_new(void)
{
	struct coverage *c = xcalloc(1, sizeof(*c));

	c->overlap = overlap_new();
	return c;
}

void coverage_free(struct coverage *c)
{
	if (!c)
		return;
	overlap_free(c->overlap);
	free(c);
}

void coverage_reset(struct coverage *c)
{
	struct overlap *o = c->overlap;

	overlap_reset(o);
	*c = (struct coverage){ .overlap = o };
}

void coverage_log(struct coverage *c, const struct errata *errata)
{
	overlap_log(c->overlap, errata);
}

struct overlap *coverage_overlap(struct coverage *c)
{
	return c->overlap;
}

/* The clauses are those whose cases are counted. */
static bool is_clause(enum check_id id)
{
	enum check_group g = check_group(id);

	return g != GROUP_LOCK && g != GROUP_LOG && id != CHK_SELFTEST;
}

void coverage_add(struct coverage *c, const struct checker *k)
{
	const struct covered *covered = checker_covered(k);

	c->logs++;
	c->events += checker_n_events(k);
	for (u32 id = 0; id < CHK_NR; id++) {
		struct check_verdict v;

		if (!is_clause(id) || !checker_has(k, id))
			continue;
		checker_verdict(k, id, &v);
		check_set_add(&c->asked, id);
		c->cases[id] += v.n_cases;
	}
	if (!covered)
		return;
	c->ways_known = true;
	for (u32 b = 0; b < SPEC_BRANCH_NR; b++)
		c->covered.way[b] += covered->way[b];
	for (u32 op = 0; op < HYP_OP_NR; op++)
		for (u32 i = 0; i < SPEC_SLIPS; i++) {
			c->covered.read[op][i] += covered->read[op][i];
			c->covered.differ[op][i] += covered->differ[op][i];
		}
}

/* What no log had of the sides that the operation needs, or way @way of it (NO_WAY: the operation alone). */
static void ask_side(const struct coverage *c, enum hyp_op op, u32 way, struct item *out)
{
	for (u32 i = 0; i < ARRAY_SIZE(sided); i++) {
		if (sided[i].op != op || (sided[i].way != NO_WAY && sided[i].way != way) ||
		    overlap_has_side(c->overlap, sided[i].erratum, sided[i].published))
			continue;
		snprintf(out->side, sizeof(out->side), "only with --erratum %s=%s",
		         erratum_name(sided[i].erratum),
		         sided[i].published ? "published" : "intended");
		out->cannot = out->side;
	}
}

static bool erratum_item(const struct coverage *c, u32 i, struct item *out)
{
	enum hyp_op op = i / SPEC_SLIPS;
	enum erratum e = spec_slip(op, i % SPEC_SLIPS);

	if (!c->ways_known || e == ERRATUM_NR)
		return false;
	*out = (struct item){ .of = op_function(op),
		              .name = erratum_name(e),
		              .n = c->covered.differ[op][i % SPEC_SLIPS],
		              .read = c->covered.read[op][i % SPEC_SLIPS] };
	ask_side(c, op, NO_WAY, out);
	return true;
}

static bool pair_item(const struct coverage *c, u32 i, struct item *out)
{
	enum hyp_op a = i / HYP_OP_NR, b = i % HYP_OP_NR;

	if (a > b || !overlap_can(c->overlap, a, b))
		return false;
	*out = (struct item){ .of = op_function(a),
		              .name = op_function(b),
		              .n = overlap_count(c->overlap, a, b),
		              .cannot = overlap_excuse(a, b) };
	return true;
}

static bool way_item(const struct coverage *c, u32 i, struct item *out)
{
	enum hyp_op op = spec_branch_op(i);

	if (!c->ways_known)
		return false;
	*out = (struct item){ .of = op_function(op),
		              .name = spec_branch_name(i),
		              .n = c->covered.way[i],
		              .cannot = way_guards[i] };
	ask_side(c, op, i, out);
	return true;
}

/* Item number @i of the part, below n_items(); false: it is none. */
static bool item(const struct coverage *c, enum coverage_part part, u32 i, struct item *out)
{
	switch (part) {
	case COVERAGE_OPERATIONS:
		*out = (struct item){ .name = op_function(i), .n = overlap_ended(c->overlap, i) };
		ask_side(c, i, NO_WAY, out);
		return true;
	case COVERAGE_WAYS:
		return way_item(c, i, out);
	case COVERAGE_ERRATA:
		return erratum_item(c, i, out);
	case COVERAGE_CLAUSES:
		*out = (struct item){ .of = check_clauses(i),
			              .name = check_name(i),
			              .n = c->cases[i],
			              .cannot = clause_reasons[i] };
		return is_clause(i) && check_set_has(&c->asked, i);
	case COVERAGE_PAIRS:
		return pair_item(c, i, out);
	case COVERAGE_PARTS:
		break;
	}
	SIM_UNREACHABLE();
}

static u32 n_items(enum coverage_part part)
{
	static const u32 n[COVERAGE_PARTS] = {
		[COVERAGE_OPERATIONS] = HYP_OP_NR,          [COVERAGE_WAYS] = SPEC_BRANCH_NR,
		[COVERAGE_ERRATA] = HYP_OP_NR * SPEC_SLIPS, [COVERAGE_CLAUSES] = CHK_NR,
		[COVERAGE_PAIRS] = HYP_OP_NR * HYP_OP_NR,
	};

	return n[part];
}

static bool is_missing(const struct item *it)
{
	return it->n == 0 && !it->cannot;
}

static bool is_wrong(const struct item *it)
{
	return it->n > 0 && it->cannot;
}

struct coverage_sums coverage_sums(const struct coverage *c, enum coverage_part part)
{
	struct coverage_sums s = { 0 };
	struct item it;

	for (u32 i = 0; i < n_items(part); i++) {
		if (!item(c, part, i, &it))
			continue;
		s.all++;
		s.reached += it.n > 0;
		s.excused += it.cannot != NULL;
		s.missing += is_missing(&it);
		s.wrong += is_wrong(&it);
	}
	return s;
}

const char *coverage_part_name(enum coverage_part part)
{
	SIM_ASSERT(part < COVERAGE_PARTS);
	return part_names[part];
}

enum coverage_part coverage_part_by_name(const char *name, size_t len)
{
	for (u32 i = 0; i < COVERAGE_PARTS; i++)
		if (strlen(part_names[i]) == len && memcmp(part_names[i], name, len) == 0)
			return i;
	return COVERAGE_PARTS;
}

static void print_item(FILE *f, enum coverage_part part, const struct item *it)
{
	fputs("  ", f);
	if (it->of)
		fprintf(f, "%-*s ", part == COVERAGE_CLAUSES ? 3 : 26, it->of);
	fprintf(f, "%-26s %10llu", it->name, (unsigned long long)it->n);
	if (part == COVERAGE_ERRATA)
		fprintf(f, " of %llu", (unsigned long long)it->read);
	if (is_missing(it))
		fprintf(f, "  NEVER");
	else if (is_wrong(it))
		fprintf(f, "  ALTHOUGH: %s", it->cannot);
	else if (it->cannot)
		fprintf(f, "  cannot: %s", it->cannot);
	fputc('\n', f);
}

static const char *const part_words[COVERAGE_PARTS] = {
	[COVERAGE_OPERATIONS] = "atomic operations",
	[COVERAGE_WAYS] = "ways of their steps",
	[COVERAGE_ERRATA] = "errata in a step, whose sides had different effects",
	[COVERAGE_CLAUSES] = "clauses, whose premise was so",
	[COVERAGE_PAIRS] = "pairs of operations, which met on an object",
};

void coverage_print(FILE *f, const struct coverage *c, bool missing)
{
	for (u32 part = 0; part < COVERAGE_PARTS; part++) {
		struct coverage_sums s = coverage_sums(c, part);
		struct item it;

		fprintf(f, "%s: ", part_words[part]);
		if (s.all == 0) {
			fprintf(f, "not judged\n");
			continue;
		}
		fprintf(f, "%u of %u reached, %u cannot be, %u never were", s.reached, s.all,
		        s.excused, s.missing);
		if (s.wrong)
			fprintf(f, ", %u that cannot be were", s.wrong);
		fputc('\n', f);
		for (u32 i = 0; i < n_items(part); i++)
			if (item(c, part, i, &it) && (!missing || is_missing(&it) || is_wrong(&it)))
				print_item(f, part, &it);
	}
}

static json_t *item_json(enum coverage_part part, const struct item *it)
{
	static const char *const keys[COVERAGE_PARTS][2] = {
		[COVERAGE_OPERATIONS] = { NULL, "operation" },
		[COVERAGE_WAYS] = { "operation", "way" },
		[COVERAGE_ERRATA] = { "operation", "erratum" },
		[COVERAGE_CLAUSES] = { "clauses", "check" },
		[COVERAGE_PAIRS] = { "a", "b" },
	};
	json_t *o = json_object();

	if (keys[part][0])
		json_object_set_new(o, keys[part][0], json_string(it->of));
	json_object_set_new(o, keys[part][1], json_string(it->name));
	json_object_set_new(o, "n", json_integer((json_int_t)it->n));
	if (part == COVERAGE_ERRATA)
		json_object_set_new(o, "read", json_integer((json_int_t)it->read));
	if (it->cannot)
		json_object_set_new(o, "cannot", json_string(it->cannot));
	return o;
}

static json_t *part_json(const struct coverage *c, enum coverage_part part, bool missing)
{
	struct coverage_sums s = coverage_sums(c, part);
	json_t *items = json_array(), *o;
	struct item it;

	for (u32 i = 0; i < n_items(part); i++)
		if (item(c, part, i, &it) && (!missing || is_missing(&it) || is_wrong(&it)))
			json_array_append_new(items, item_json(part, &it));
	o = json_pack("{s:i,s:i,s:i,s:i,s:i}", "all", (int)s.all, "reached", (int)s.reached,
	              "excused", (int)s.excused, "missing", (int)s.missing, "wrong", (int)s.wrong);
	if (part == COVERAGE_PAIRS)
		json_object_set_new(o, "often", json_integer(overlap_sums(c->overlap).often));
	json_object_set_new(o, "items", items);
	return o;
}

json_t *coverage_json(const struct coverage *c, bool missing)
{
	json_t *o = json_pack("{s:I,s:I}", "logs", (json_int_t)c->logs, "events",
	                      (json_int_t)c->events);

	for (u32 part = 0; part < COVERAGE_PARTS; part++)
		json_object_set_new(o, part_names[part], part_json(c, part, missing));
	return o;
}
