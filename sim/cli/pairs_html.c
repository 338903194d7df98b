// SPDX-License-Identifier: GPL-2.0-only
/* The matrix as a page: a table whose cells open what was explored, from the matrix itself, which stands in the page as JSON. */
#include "sim/cli/html.h"
#include "sim/cli/pairs_report.h"
#include "sim/log/json.h"

#include <stdint.h>
#include <stdlib.h>

static const char page_head[] =
#define HEAD(text) text
#define SCRIPT(text)
#include "sim/cli/pairs_page.def"
	;

static const char page_script[] =
#define HEAD(text)
#define SCRIPT(text) text
#include "sim/cli/pairs_page.def"
	;

static void put_text(FILE *f, const char *text)
{
	(void)html_text(f, text, SIZE_MAX);
}

/* By what the cell is coloured. */
static const char *style_of(char letter)
{
	switch (letter) {
	case '.':
		return "nothing";
	case 'i':
		return "independent";
	case 's':
		return "serial";
	case 'n':
		return "explained";
	case 'N':
		return "neither";
	default:
		return "none";
	}
}

static void put_cell(FILE *f, const struct pairs_said *s, const struct pair_cell *c)
{
	char letters[3];

	if (!c) {
		fputs("<td></td>", f);
		return;
	}
	(void)pairs_letters(c, letters);
	fprintf(f, "<td><button type=\"button\" data-cell=\"%td\" class=\"%s%s%s\" title=\"",
	        c - s->cell, style_of(letters[0]), c->flags & PAIR_VIOLATION ? " violation" : "",
	        c->flags & PAIR_INCOMPLETE ? " incomplete" : "");
	put_text(f, pair_rows[c->row[0]].id);
	fputs(" x ", f);
	put_text(f, pair_rows[c->row[1]].id);
	fputs(": ", f);
	put_text(f, pair_class_name(c->class));
	fputs("\">", f);
	put_text(f, letters);
	fputs("</button></td>", f);
}

static void put_table(FILE *f, const struct pairs_said *s)
{
	fputs("<table id=\"pairs\">\n<thead><tr><th></th>", f);
	for (u32 i = 0; i < s->n_rows; i++) {
		fputs("<th>", f);
		put_text(f, pair_rows[s->row[i]].id);
		fputs("</th>", f);
	}
	fputs("</tr></thead>\n<tbody>\n", f);
	for (u32 k = 0; k < s->n_rows; k++) {
		fputs("<tr><th title=\"", f);
		put_text(f, pair_rows[s->row[k]].covers);
		fputs("\">", f);
		put_text(f, pair_rows[s->row[k]].id);
		fputs("</th>", f);
		for (u32 i = 0; i <= k; i++)
			put_cell(f, s, pairs_cell(s, s->row[i], s->row[k]));
		fputs("</tr>\n", f);
	}
	fputs("</tbody>\n</table>\n", f);
}

static void put_legend(FILE *f)
{
	fputs("<p id=\"legend\"><span class=\"nothing\">. nothing in common</span>"
	      "<span class=\"independent\">i one outcome</span>"
	      "<span class=\"serial\">s each outcome is that of one order of the two</span>"
	      "<span class=\"explained\">n another one, and why</span>"
	      "<span class=\"neither\">N another one</span>"
	      "<span class=\"none\">- no start in which both succeed</span></p>\n"
	      "<p>Beside it: p the machine may halt, f an access may find no page, k an erratum, "
	      "? budget used up, ! violation. A cell opens its outcomes and schedules.</p>\n",
	      f);
}

int pairs_html(struct whole_file *to, const struct pairs_said *s, const json_t *matrix,
               struct err *e)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	int rc;

	if (!f)
		return err_set(e, ERR_HOST, "no memory for a page");
	fputs(page_head, f);
	fprintf(f, "<p>%u of %u cells; errata %s.</p>\n", s->n_cells,
	        s->n_rows * (s->n_rows + 1) / 2, s->intended ? "intended" : "as chosen");
	put_legend(f);
	put_table(f, s);
	fputs("<div id=\"cell\"></div>\n", f);
	fputs("<script type=\"application/json\" id=\"matrix\">", f);
	json_in_page(f, matrix);
	fputs("</script>\n", f);
	fputs(page_script, f);
	rc = fclose(f) == 0 ? whole_write(to, text, size, e)
	                    : err_set(e, ERR_HOST, "no memory for a page");
	free(text);
	return rc;
}
