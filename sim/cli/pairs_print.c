// SPDX-License-Identifier: GPL-2.0-only
/* The matrix on the terminal: a triangle of letters, and lists of what is not as it should be. */
#include "sim/base/vec.h"
#include "sim/cli/pairs_report.h"

#include <string.h>

static unsigned long long ull(u64 n)
{
	return (unsigned long long)n;
}

/* Have the two something in common in a start: is there more than one order of their steps? */
static bool meet(const struct pair_cell *c)
{
	for (u32 i = 0; i < c->start.n; i++)
		if (c->start.v[i].r.classes > 1)
			return true;
	return false;
}

static char class_letter(const struct pair_cell *c)
{
	switch (c->class) {
	case PAIR_NO_START:
		return '-';
	case PAIR_INDEPENDENT:
		return meet(c) ? 'i' : '.';
	case PAIR_SERIAL:
		return 's';
	case PAIR_EXPLAINED:
		return 'n';
	case PAIR_NEITHER:
		return 'N';
	}
	return ' ';
}

const char *pairs_letters(const struct pair_cell *c, char buf[3])
{
	char beside = ' ';

	if (c->flags & PAIR_VIOLATION)
		beside = '!';
	else if (c->flags & PAIR_INCOMPLETE)
		beside = '?';
	else if (c->flags & PAIR_KNOWN)
		beside = 'k';
	else if (c->flags & PAIR_PANICS)
		beside = 'p';
	else if (c->flags & PAIR_FAULTS)
		beside = 'f';
	buf[0] = class_letter(c);
	buf[1] = beside;
	buf[2] = '\0';
	return buf;
}

const struct pair_cell *pairs_cell(const struct pairs_said *s, u32 a, u32 b)
{
	for (u32 i = 0; i < s->n_cells; i++)
		if (s->cell[i].row[0] == a && s->cell[i].row[1] == b)
			return &s->cell[i];
	return NULL;
}

static void print_matrix(FILE *f, const struct pairs_said *s)
{
	char buf[3];

	fprintf(f, "%20s", "");
	for (u32 i = 0; i < s->n_rows; i++)
		fprintf(f, "%2u ", i + 1);
	fputc('\n', f);
	for (u32 k = 0; k < s->n_rows; k++) {
		fprintf(f, "%3u %-15s ", k + 1, pair_rows[s->row[k]].id);
		for (u32 i = 0; i <= k; i++) {
			const struct pair_cell *c = pairs_cell(s, s->row[i], s->row[k]);

			fprintf(f, " %s", c ? pairs_letters(c, buf) : "  ");
		}
		fputc('\n', f);
	}
	fprintf(f,
	        "  . nothing in common   i independent: one outcome   s serial: each outcome is "
	        "that "
	        "of one order of the two\n"
	        "  n another one, and why   N another one   - no start in which both succeed\n"
	        "  beside it: p the machine may halt   f an access may find no page   k known, an "
	        "erratum   ? budget used up   ! violation\n");
}

static const char *name_of(const struct pair_cell *c, char *buf, size_t size)
{
	snprintf(buf, size, "%s x %s", pair_rows[c->row[0]].id, pair_rows[c->row[1]].id);
	return buf;
}

/* " 0 (2057) 1 0": whose steps come first, how many in a row. */
static void print_schedule(FILE *f, const struct ending *e)
{
	for (u32 i = 0, n; i < e->n_steps; i += n) {
		for (n = 1; i + n < e->n_steps && e->step[i + n] == e->step[i]; n++)
			;
		fprintf(f, n > 1 ? " %u (%u)" : " %u", e->step[i], n);
	}
}

static const char *refused_text(const struct pair_start *s, char *buf, size_t size)
{
	if (!s->refused)
		return "";
	snprintf(buf, size, " (%s refused: %s)", s->refused->id, s->refused->name);
	return buf;
}

/* In what it differs from what an order gives, and between which steps of each CPU the other is. */
static void print_odd(FILE *f, const struct odd *x)
{
	char buf[512];

	fprintf(f, "    differs: %s", odd_differs_print(x->differs, buf, sizeof(buf)));
	for (u32 side = 0; side < 2; side++) {
		odd_between_print(x, side, buf, sizeof(buf));
		if (buf[0])
			fprintf(f, "; CPU %u has the other between %s", side, buf);
	}
	fputc('\n', f);
}

/* Each start's shortest non-serial outcome, of those without a reason if there are such, and what its calls came to. */
static void print_neither(FILE *f, const struct pair_cell *c)
{
	char buf[160], more[96];

	for (u32 i = 0; i < c->start.n; i++) {
		const struct pair_start *s = &c->start.v[i];
		const struct ending *best = NULL;

		for (u32 k = 0; k < outcomes_count(s->outcomes); k++) {
			const struct ending *e = outcomes_get(s->outcomes, k);

			if (e->serial == OUTCOME_NON_SERIAL &&
			    (s->class != PAIR_NEITHER || !odds_find(&s->odds, e->name)->why) &&
			    (!best || e->n_steps < best->n_steps))
				best = e;
		}
		if (!best)
			continue;
		fprintf(f, "  %s%s: CPUs", name_of(c, buf, sizeof(buf)),
		        refused_text(s, more, sizeof(more)));
		print_schedule(f, best);
		fputc('\n', f);
		for (u32 k = 0; k < 2; k++)
			fprintf(f, "    cpu %u  %-56s %s\n", k, s->scope->program[k].v[0].text,
			        called_print(&best->called[k], buf, sizeof(buf)));
		print_odd(f, odds_find(&s->odds, best->name));
	}
	if (c->why[0])
		fprintf(f, "    %s\n", c->why);
}

static u32 count(const struct pairs_said *s, enum pair_class class)
{
	u32 n = 0;

	for (u32 i = 0; i < s->n_cells; i++)
		n += s->cell[i].class == class;
	return n;
}

static u32 count_flag(const struct pairs_said *s, u32 flag)
{
	u32 n = 0;

	for (u32 i = 0; i < s->n_cells; i++)
		n += (s->cell[i].flags & flag) != 0;
	return n;
}

static void print_class(FILE *f, const struct pairs_said *s, enum pair_class class,
                        const char *title)
{
	if (!count(s, class))
		return;
	fprintf(f, "\n%s:\n", title);
	for (u32 i = 0; i < s->n_cells; i++)
		if (s->cell[i].class == class)
			print_neither(f, &s->cell[i]);
}

/* What was found in each start that has the flag. */
static void print_flag(FILE *f, const struct pairs_said *s, u32 flag, const char *title)
{
	char buf[80], more[96];

	if (!count_flag(s, flag))
		return;
	fprintf(f, "\n%s:\n", title);
	for (u32 i = 0; i < s->n_cells; i++)
		for (u32 k = 0; k < s->cell[i].start.n; k++) {
			const struct pair_start *t = &s->cell[i].start.v[k];

			if (!(t->flags & flag))
				continue;
			fprintf(f, "  %s%s:", name_of(&s->cell[i], buf, sizeof(buf)),
			        refused_text(t, more, sizeof(more)));
			if (flag == PAIR_INCOMPLETE)
				fprintf(f, " %llu executions\n", ull(t->r.executions));
			else
				fprintf(f, " %s\n", t->found);
		}
}

static bool cell_has(const struct pair_cell *c, enum erratum id)
{
	for (u32 i = 0; i < c->start.n; i++)
		if (errata_published(&c->start.v[i].errata, id))
			return true;
	return false;
}

/* The first cells of each erratum; --json has all. */
static void print_known(FILE *f, const struct pairs_said *s)
{
	enum { SHOWN = 6 };
	char buf[80];

	if (!count_flag(s, PAIR_KNOWN))
		return;
	fprintf(f, "\nknown: what errata do as published (hypsim list errata):\n");
	for (u32 id = 0; id < ERRATUM_NR; id++) {
		u32 n = 0;

		for (u32 i = 0; i < s->n_cells; i++) {
			if (!cell_has(&s->cell[i], (enum erratum)id))
				continue;
			if (n == 0)
				fprintf(f, "  %s:", erratum_name((enum erratum)id));
			if (n < SHOWN)
				fprintf(f, "%s %s", n ? "," : "",
				        name_of(&s->cell[i], buf, sizeof(buf)));
			n++;
		}
		if (n > SHOWN)
			fprintf(f, ", and %u more", n - SHOWN);
		if (n)
			fputc('\n', f);
	}
}

static void print_no_start(FILE *f, const struct pairs_said *s)
{
	char buf[80];

	if (!count(s, PAIR_NO_START))
		return;
	fprintf(f, "\nno start in which both succeed:\n");
	for (u32 i = 0; i < s->n_cells; i++)
		if (s->cell[i].class == PAIR_NO_START)
			fprintf(f, "  %s: %s\n", name_of(&s->cell[i], buf, sizeof(buf)),
			        s->cell[i].why[0] ? s->cell[i].why : "NO REASON IS KNOWN");
}

void pairs_print(FILE *f, const struct pairs_said *s)
{
	u64 starts = 0, executions = 0;

	print_class(f, s, PAIR_NEITHER, "outcomes that neither order gives");
	fputc('\n', f);
	print_matrix(f, s);
	print_class(f, s, PAIR_EXPLAINED,
	            "outcomes that neither order gives, and what allows them");
	print_no_start(f, s);
	print_flag(f, s, PAIR_VIOLATION, "violations");
	print_known(f, s);
	print_flag(f, s, PAIR_INCOMPLETE, "not explored to the end");
	for (u32 i = 0; i < s->n_cells; i++)
		for (u32 k = 0; k < s->cell[i].start.n; k++) {
			starts++;
			executions += s->cell[i].start.v[k].r.executions;
		}
	fprintf(f,
	        "\n%u cells of %u entry operations, %s: %u independent, %u serial, %u explained, "
	        "%u neither, %u without a start; %u panic, %u known, %u with violations, %u not "
	        "explored to the end%s\n%llu starts, %llu executions, %.1f s\n",
	        s->n_cells, s->n_rows, s->intended ? "errata intended" : "errata as chosen",
	        count(s, PAIR_INDEPENDENT), count(s, PAIR_SERIAL), count(s, PAIR_EXPLAINED),
	        count(s, PAIR_NEITHER), count(s, PAIR_NO_START), count_flag(s, PAIR_PANICS),
	        count_flag(s, PAIR_KNOWN), count_flag(s, PAIR_VIOLATION),
	        count_flag(s, PAIR_INCOMPLETE), s->interrupted ? "; INTERRUPTED" : "", ull(starts),
	        ull(executions), s->seconds);
}
