// SPDX-License-Identifier: GPL-2.0-only
#include "bench/plot.h"

#include "sim/base/whole_file.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Forms by the end of a file's name, and gnuplot's name for each, for a page of three panels under the names of the locks. */
static const struct {
	const char *end, *terminal;
} forms[] = {
	{ ".svg", "svg size 760,1080 font 'sans,13' background 'white'" },
	{ ".png", "pngcairo size 1520,2160 font 'sans,24' linewidth 2 pointscale 2" },
	{ ".pdf", "pdfcairo size 6.5in,9.2in font 'sans,11'" },
};

static const struct {
	const char *column, *label;
	bool log_y;
} panels[] = {
	{ "acquired", "acquisitions, M/s", true },
	{ "pass p50", "hand-over to a waiter, median, us", true },
	{ "Jain", "fairness (Jain's index; 1: all alike)", false },
};

enum { LOCKS_MAX = 64, NAME_COLUMNS = 2 };

/* Of the page's height: a row of names, and what is kept free above and below them. */
static const double name_height = 0.018, name_margin = 0.02;

/* Colours that stay apart for those who see fewer; each eight locks have another way of dashes. */
static const char *const colours[] = { "#0072b2", "#d55e00", "#009e73", "#cc79a7",
	                               "#000000", "#e69f00", "#56b4e9", "#8c6d31" };

/* The locks of the table that were chosen, each once, in its order. */
static u32 locks_of(const struct results *s, const struct bench_lock_opts *which,
                    const char *lock[LOCKS_MAX])
{
	struct results_row row;
	u32 n = 0;

	for (u32 i = 0; results_row(s, i, &row); i++) {
		u32 k = 0;

		if (strcmp(row.table, "lock") != 0 || !row.lock[0] || row.cpus == 0 ||
		    !bench_is_chosen(which, row.lock))
			continue;
		while (k < n && strcmp(lock[k], row.lock) != 0)
			k++;
		if (k == n && n < LOCKS_MAX)
			lock[n++] = row.lock;
	}
	return n;
}

/* In gnuplot's double quotes. */
static void quoted(FILE *f, const char *s)
{
	fputc('"', f);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			fputc('\\', f);
		fputc(*s, f);
	}
	fputc('"', f);
}

/* A block of data: CPUs, the median, the smallest, the largest. */
static void data(FILE *f, const struct results *s, const char *lock, u32 panel, u32 number)
{
	struct results_row row;
	double v, lo, hi;

	fprintf(f, "$d%u_%u << EOD\n", panel, number);
	for (u32 i = 0; results_row(s, i, &row); i++)
		if (strcmp(row.table, "lock") == 0 && strcmp(row.lock, lock) == 0 && row.valid &&
		    results_figure(&row, panels[panel].column, &v, &lo, &hi))
			fprintf(f, "%u %.9g %.9g %.9g\n", row.cpus, v, isnan(lo) ? v : lo,
			        isnan(hi) ? v : hi);
	fputs("EOD\n", f);
}

static bool has_data(const struct results *s, const char *lock, u32 panel)
{
	struct results_row row;
	double v, lo, hi;

	for (u32 i = 0; results_row(s, i, &row); i++)
		if (strcmp(row.table, "lock") == 0 && strcmp(row.lock, lock) == 0 && row.valid &&
		    results_figure(&row, panels[panel].column, &v, &lo, &hi))
			return true;
	return false;
}

static bool any_data(const struct results *s, const char *const lock[], u32 n)
{
	for (u32 k = 0; k < n; k++)
		if (has_data(s, lock[k], 0))
			return true;
	return false;
}

/* Rows of the names of @n locks. */
static u32 name_rows(u32 n)
{
	return (n + NAME_COLUMNS - 1) / NAME_COLUMNS;
}

/* @height: of a panel, the page's being 1. */
static void draw_panel(FILE *f, const struct results *s, const char *const lock[], u32 n, u32 panel,
                       double height)
{
	const char *before = "plot ";

	fputs("set ylabel ", f);
	quoted(f, panels[panel].label);
	fprintf(f, "\n%s logscale y\nset %s\n", panels[panel].log_y ? "set" : "unset",
	        panels[panel].log_y ? "yrange [*:*]" : "yrange [0:1.05]");
	if (panel == 0)
		fprintf(f,
		        "set key at screen 0.5, screen %.3f center top vertical maxrows %u "
		        "noenhanced\n",
		        1 - name_margin / 2, name_rows(n));
	else
		fputs("unset key\n", f);
	fprintf(f, "set size 1, %.4f\nset origin 0, %.4f\n", height,
	        height * (double)(ARRAY_SIZE(panels) - 1 - panel));
	for (u32 k = 0; k < n; k++) {
		if (!has_data(s, lock[k], panel))
			continue;
		fprintf(f,
		        "%s$d%u_%u using 1:2:3:4 with yerrorlines lc rgb \"%s\" dt %zu pt %u "
		        "title ",
		        before, panel, k, colours[k % ARRAY_SIZE(colours)],
		        1 + k / ARRAY_SIZE(colours), k + 1);
		quoted(f, lock[k]);
		before = ", ";
	}
	/* A panel without a figure has its place all the same. */
	if (strcmp(before, ", ") != 0)
		fputs("unset logscale y\nplot [1:2][0:1] 2 notitle", f);
	fputc('\n', f);
}

static void script(FILE *f, const struct results *s, const char *terminal, const char *path,
                   const char *const lock[], u32 n)
{
	double names = name_margin + name_height * (double)name_rows(n);

	fprintf(f, "set terminal %s\nset output ", terminal);
	quoted(f, path);
	fputs("\nset logscale x 2\nset xlabel \"CPUs\"\nset grid\nset offsets graph 0.05, graph "
	      "0.05, 0, 0\nset lmargin 12\n",
	      f);
	for (u32 p = 0; p < ARRAY_SIZE(panels); p++)
		for (u32 k = 0; k < n; k++)
			data(f, s, lock[k], p, k);
	fputs("set multiplot\n", f);
	for (u32 p = 0; p < ARRAY_SIZE(panels); p++)
		draw_panel(f, s, lock, n, p, (1 - names) / (double)ARRAY_SIZE(panels));
	fputs("unset multiplot\n", f);
}

static const char *terminal_of(const char *path)
{
	size_t n = strlen(path);

	for (u32 i = 0; i < ARRAY_SIZE(forms); i++)
		if (n > strlen(forms[i].end) &&
		    strcmp(path + n - strlen(forms[i].end), forms[i].end) == 0)
			return forms[i].terminal;
	return NULL;
}

int plot_try(const char *path, struct err *e)
{
	if (!terminal_of(path))
		return err_set(e, ERR_USAGE, "%s: a plot's name ends in .svg, .png or .pdf", path);
	return whole_try(path, e);
}

int plot_locks(const struct results *s, const struct bench_lock_opts *which, const char *path,
               struct err *e)
{
	const char *terminal = terminal_of(path), *lock[LOCKS_MAX];
	u32 n = locks_of(s, which, lock);
	int rc = plot_try(path, e), status;
	FILE *f;

	if (rc < 0)
		return rc;
	if (n == 0)
		return err_set(e, ERR_USAGE, "%s: there is no %s to draw", path,
		               which->n_chosen ? "such lock" : "lock table");
	if (!any_data(s, lock, n))
		return err_set(e, ERR_USAGE, "%s: no row of the lock table is valid", path);
	/* Where there is no gnuplot, its pipe is closed. */
	signal(SIGPIPE, SIG_IGN);
	f = popen("exec gnuplot", "w");
	if (!f)
		return err_set(e, ERR_HOST, "%s: gnuplot cannot be started", path);
	script(f, s, terminal, path, lock, n);
	status = pclose(f);
	if (status == -1 || !WIFEXITED(status) || WEXITSTATUS(status) == 127)
		return err_set(e, ERR_HOST, "%s: there is no gnuplot", path);
	if (WEXITSTATUS(status) != 0)
		return err_set(e, ERR_HOST, "%s: gnuplot ended with status %d", path,
		               WEXITSTATUS(status));
	return 0;
}
