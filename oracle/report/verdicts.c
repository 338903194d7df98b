// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/report/verdicts.h"

#include <string.h>

#define RED   "\033[31m"
#define GREEN "\033[32m"
#define PLAIN "\033[0m"

const char *verdict_word(const struct check_verdict *v)
{
	if (!v->judged)
		return "not judged";
	return v->n_findings ? "VIOLATION" : "ok";
}

static void print_row(FILE *f, const char *name, const struct check_verdict *v, bool color)
{
	const char *on = "";

	if (color && v->judged)
		on = v->n_findings ? RED : GREEN;
	fprintf(f, "  %-10s %s%-12s%s%s", name, on, verdict_word(v), *on ? PLAIN : "", v->worst);
	if (v->n_findings > 1)
		fprintf(f, "%s%llu findings", v->worst[0] ? "; " : "",
		        (unsigned long long)v->n_findings);
	if (v->n_known)
		fprintf(f, "%s%llu known", v->worst[0] || v->n_findings > 1 ? "; " : "",
		        (unsigned long long)v->n_known);
	fputc('\n', f);
}

/* Is a group told in one line, and of its checks only those that found something?  Not if all that is asked for is in it. */
static bool in_one_line(const struct checker *c, enum check_group group)
{
	if (group == GROUP_LOCK || group == GROUP_LOG)
		return false;
	for (u32 id = 0; id < CHK_NR; id++)
		if (checker_has(c, id) && check_group(id) != group)
			return true;
	return false;
}

/* What the checks of a group say together; false: none of them is asked for. */
static bool group_verdict(const struct checker *c, enum check_group group,
                          struct check_verdict *all)
{
	u32 n = 0, judged = 0;
	u64 cases = 0;

	*all = (struct check_verdict){ 0 };
	for (u32 id = 0; id < CHK_NR; id++) {
		struct check_verdict v;

		if (check_group(id) != group || !checker_has(c, id))
			continue;
		checker_verdict(c, id, &v);
		n++;
		judged += v.judged;
		cases += v.n_cases;
		all->judged |= v.judged;
		all->n_findings += v.n_findings;
		all->n_known += v.n_known;
		if (!v.judged && !all->judged)
			snprintf(all->worst, sizeof(all->worst), "%s", v.worst);
	}
	if (all->judged)
		snprintf(all->worst, sizeof(all->worst), "%u of %u checks judged, %llu cases",
		         judged, n, (unsigned long long)cases);
	return n > 0;
}

/* A group's line, and those of its checks that found something. */
static void print_group(FILE *f, const struct checker *c, enum check_group group, bool color)
{
	struct check_verdict v;

	if (!group_verdict(c, group, &v))
		return;
	print_row(f, check_group_name(group), &v, color);
	for (u32 id = 0; id < CHK_NR; id++) {
		if (check_group(id) != group || !checker_has(c, id))
			continue;
		checker_verdict(c, id, &v);
		if (v.n_findings || v.n_known)
			print_row(f, check_name(id), &v, color);
	}
}

void verdicts_table(FILE *f, const struct checker *c, bool color)
{
	for (u32 id = 0; id < CHK_NR; id++) {
		struct check_verdict v;

		if (!checker_has(c, id) || in_one_line(c, check_group(id)))
			continue;
		checker_verdict(c, id, &v);
		print_row(f, check_name(id), &v, color);
	}
	for (u32 g = 0; g < GROUP_NR; g++)
		if (in_one_line(c, g))
			print_group(f, c, g, color);
}

/* Is no check of the group judged, each for this reason? */
static bool group_is_for(const struct checker *c, enum check_group group, const char *reason)
{
	for (u32 id = 0; id < CHK_NR; id++) {
		struct check_verdict v;

		if (check_group(id) != group || !checker_has(c, id))
			continue;
		checker_verdict(c, id, &v);
		if (v.judged || strcmp(v.worst, reason) != 0)
			return false;
	}
	return true;
}

/* Names of the checks from @id on that are not judged for one reason, and the reason; *said: those that were told. */
static void one_reason(FILE *f, const struct checker *c, u32 id, const struct check_verdict *why,
                       struct check_set *said)
{
	for (u32 other = id; other < CHK_NR; other++) {
		enum check_group group = check_group(other);
		struct check_verdict v;
		bool whole;

		if (!checker_has(c, other) || check_set_has(said, other))
			continue;
		checker_verdict(c, other, &v);
		if (v.judged || strcmp(v.worst, why->worst) != 0)
			continue;
		whole = in_one_line(c, group) && group_is_for(c, group, v.worst);
		fprintf(f, "%s%s", other == id ? "" : ", ",
		        whole ? check_group_name(group) : check_name(other));
		check_set_add(said, other);
		for (u32 rest = other; whole && rest < CHK_NR; rest++)
			if (check_group(rest) == group)
				check_set_add(said, rest);
	}
	fprintf(f, " (%s)", why->worst);
}

/* Checks that have cases which could not be told, one way or the other. */
static const char *untold(FILE *f, const struct checker *c, const char *sep)
{
	for (u32 id = 0; id < CHK_NR; id++) {
		struct check_verdict v;

		if (!checker_has(c, id))
			continue;
		checker_verdict(c, id, &v);
		if (v.n_untold == 0)
			continue;
		fprintf(f, "%s%llu cases of %s (could not be told)", sep,
		        (unsigned long long)v.n_untold, check_name(id));
		sep = "; ";
	}
	return sep;
}

void verdicts_not_judged(FILE *f, const struct checker *c, const struct log_config *config)
{
	struct check_set said = { 0 };
	const char *sep = "";
	char name[LOCK_NAME_BYTES];

	fprintf(f, "not judged: ");
	for (u32 id = 0; id < CHK_NR; id++) {
		struct check_verdict v;

		if (!checker_has(c, id) || check_set_has(&said, id))
			continue;
		checker_verdict(c, id, &v);
		if (v.judged)
			continue;
		fprintf(f, "%s", sep);
		one_reason(f, c, id, &v, &said);
		sep = "; ";
	}
	sep = untold(f, c, sep);
	if (checker_high_locks(c) && checker_n_ticket_events(c)) {
		fprintf(f, "%sall but H_CalLock of", sep);
		for (u64 locks = checker_high_locks(c); locks; locks &= locks - 1)
			fprintf(f, " %s",
			        lock_name_of(&config->locks, (lk_t)__builtin_ctzll(locks), name,
			                     sizeof(name)));
		fprintf(f, " (high-level)");
		sep = "; ";
	}
	fprintf(f, "%s\n", *sep ? "" : "nothing");
}

const char *verdicts_hollow(const struct checker *c)
{
	if (checker_n_events(c) == 0)
		return ", of nothing: the log is empty";
	if (checker_n_contended(c) == 0 && checker_n_ticket_events(c) > 0)
		return ", but no lock was contended";
	return "";
}
