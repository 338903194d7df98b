// SPDX-License-Identifier: GPL-2.0-only
#include "sim/exec/look.h"

#include "sim/base/vec.h"
#include "sim/exec/complete.h"
#include "sim/exec/script.h"
#include "sim/machine/machine.h"

#include <stdlib.h>
#include <string.h>

/**
 * struct exec_look
 * @x: an interpreter whose own machine nobody sees
 */
struct exec_look {
	struct exec *x;
};

int exec_look_new(struct exec_look **out, FILE *f, struct err *e)
{
	struct exec_opts o = { .cpus = 1, .out = f };
	struct exec_look *k = xcalloc(1, sizeof(*k));
	int rc;

	errata_defaults(&o.errata);
	rc = exec_new(&k->x, &o, e);
	if (rc < 0) {
		free(k);
		return rc;
	}
	*out = k;
	return 0;
}

void exec_look_free(struct exec_look *k)
{
	if (!k)
		return;
	exec_free(k->x);
	free(k);
}

static bool begins(const char *line, const char *word)
{
	size_t n = strlen(word);

	line += strspn(line, " \t");
	return strncmp(line, word, n) == 0 && (line[n] == ' ' || line[n] == '\t' || !line[n]);
}

bool exec_look_is(const char *line)
{
	return begins(line, "get") || begins(line, "dump");
}

static int one(struct exec *x, struct text_line *l, struct err *e)
{
	struct text_word w = text_next(l);
	struct text_line what = *l;

	if (text_is(w, "get"))
		return state_get(x, l, e);
	if (!text_is(w, "dump"))
		return text_expected(l, w, 0, e, "get or dump");
	w = text_next(&what);
	if (text_is(w, "log") || text_is(w, "slog") || text_is(w, "errata"))
		return text_expected(
			l, w, 0, e, "npt, vm, s2page, flatmem, core, smmu, spt, cpu, ctxt or lock");
	return dump(x, l, e);
}

int exec_look(struct exec_look *k, struct machine *m, u32 cpu, const char *line, const char *file,
              u64 number, struct err *e)
{
	struct text_line l = { .file = file, .number = number, .begin = line, .at = line };
	struct exec *x = k->x;
	struct machine *own = x->m;
	u32 cpus = x->o.cpus;
	int rc;

	l.end = line + strlen(line);
	x->m = m;
	x->cpu = cpu;
	x->o.cpus = m->params.cpus;
	x->looks = true;
	rc = exec_hinted(one(x, &l, e), line, strlen(line), file, e);
	x->m = own;
	x->cpu = 0;
	x->o.cpus = cpus;
	return rc;
}

char *exec_look_text(struct exec_look *k, struct machine *m, u32 cpu, const char *line,
                     struct err *e)
{
	FILE *was = k->x->o.out;
	char *text = NULL;
	size_t len;
	int rc;

	k->x->o.out = open_memstream(&text, &len);
	if (!k->x->o.out)
		abort();
	rc = exec_look(k, m, cpu, line, "line", 0, e);
	fclose(k->x->o.out);
	k->x->o.out = was;
	if (rc < 0) {
		free(text);
		return NULL;
	}
	return text;
}
