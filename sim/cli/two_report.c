// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/two_report.h"

#include "sim/cli/cmd.h"
#include "sim/log/json.h"
#include "sim/two/known.h"

#include <stdio.h>
#include <string.h>

void two_report_add(struct two_report *r, const struct pair *pr)
{
	struct two_result *out = &r->result[r->n++];

	*out = (struct two_result){
		.p = pr->p, .count = pr->count, .n_findings = pr->n_findings, .lost = pr->lost
	};
	memcpy(out->finding, pr->finding, sizeof(out->finding));
}

static u64 comparisons(const struct two_counts *c)
{
	return c->compared + c->integrity + c->inside;
}

/* Findings that no erratum explains, or (@known) that one does. */
static u32 n_found(const struct two_result *r, bool known)
{
	u32 n = 0;

	for (u32 i = 0; i < r->n_findings; i++)
		n += (r->finding[i].erratum != ERRATUM_NR) == known;
	return n;
}

static const char *verdict(const struct two_result *r)
{
	if (n_found(r, false) || r->lost)
		return "found";
	if (comparisons(&r->count) == 0)
		return "not judged";
	return n_found(r, true) ? "known" : "ok";
}

static int status(const struct two_report *r)
{
	for (u32 i = 0; i < r->n; i++)
		if (strcmp(verdict(&r->result[i]), "found") == 0)
			return EXIT_VIOLATION;
	return EXIT_NOTHING;
}

/* Why nothing was compared for a principal. */
static const char *why_not(const struct two_counts *c)
{
	return c->steps == 0     ? "no step was made"
	       : c->in_role == 0 ? "it was no principal in any step"
	                         : "its runs had parted";
}

const char *two_result_why_not(const struct two_result *r)
{
	return comparisons(&r->count) ? NULL : why_not(&r->count);
}

static void print_not_judged(const struct two_report *r)
{
	const char *sep = "not judged: ";
	char who[16];

	for (u32 i = 0; i < r->n; i++) {
		const struct two_result *t = &r->result[i];

		if (strcmp(verdict(t), "not judged") != 0)
			continue;
		printf("%s%s (%s)", sep, obs_principal(t->p, who, sizeof(who)), why_not(&t->count));
		sep = ", ";
	}
	if (sep[0] == ',')
		printf("\n");
}

/*
 * The last line: "found", "nothing found, 3 known (errata core-to-vm)", "nothing was judged"; of principals of which nothing was
 * compared it says so.
 */
static void print_verdict(const struct two_report *r)
{
	u64 judged = 0, known = 0;
	struct errata named = { { 0 } };
	const char *sep = " (errata ";

	for (u32 i = 0; i < r->n; i++) {
		judged += comparisons(&r->result[i].count) > 0;
		known += n_found(&r->result[i], true);
		for (u32 k = 0; k < r->result[i].n_findings; k++)
			if (r->result[i].finding[k].erratum != ERRATUM_NR)
				errata_set(&named, r->result[i].finding[k].erratum, true);
	}
	printf("\nverdict: %s", status(r) ? "found"
	                        : judged  ? "nothing found"
	                                  : "nothing was judged");
	if (known) {
		printf(", %llu known", (unsigned long long)known);
		for (u32 i = 0; i < ERRATUM_NR; i++) {
			if (!errata_published(&named, (enum erratum)i))
				continue;
			printf("%s%s", sep, erratum_name((enum erratum)i));
			sep = ", ";
		}
		printf(")");
	}
	if (r->interrupted)
		printf("; interrupted before the end");
	printf("\n");
	print_not_judged(r);
}

static void varied(u32 vary, char *buf, size_t size)
{
	size_t at = 0;

	buf[0] = '\0';
	for (u32 k = 0; k < SECRET_NR; k++)
		if (vary >> k & 1)
			at += (size_t)snprintf(buf + at, size - at, "%s%s", at ? ", " : "",
			                       secret_name((enum secret_kind)k));
	if (at == 0)
		snprintf(buf, size, "nothing");
}

/* How often the two runs parted otherwise than by what both did. */
static u64 parted(const struct two_counts *c)
{
	return c->split[SPLIT_HALTED] + c->split[SPLIT_STUCK] + c->split[SPLIT_WAY] +
	       c->split[SPLIT_FOUND];
}

static void print_rows(const struct two_report *r)
{
	printf("  %-9s %8s %10s %8s %10s %10s %10s %8s %10s  %s\n", "principal", "steps",
	       "compared", "again", "integrity", "inside", "masked", "parted", "discarded",
	       "verdict");
	for (u32 i = 0; i < r->n; i++) {
		const struct two_result *t = &r->result[i];
		const struct two_counts *c = &t->count;
		char who[16];

		printf("  %-9s %8llu %10llu %8llu %10llu %10llu %10llu %8llu %10llu  %s\n",
		       obs_principal(t->p, who, sizeof(who)), (unsigned long long)c->in_role,
		       (unsigned long long)c->compared, (unsigned long long)c->restored,
		       (unsigned long long)c->integrity, (unsigned long long)c->inside,
		       (unsigned long long)c->masked, (unsigned long long)parted(c),
		       (unsigned long long)c->discarded, verdict(t));
	}
}

static void print_what(const struct two_finding *f)
{
	char who[16];

	obs_principal(f->p, who, sizeof(who));
	switch (f->kind) {
	case TWO_CONFIDENTIALITY:
		printf("confidentiality: %s sees other things in the two runs", who);
		break;
	case TWO_RESTORE:
		printf("restore: %s runs again, and sees other things in the two runs", who);
		break;
	case TWO_INTEGRITY:
		printf("integrity: a step that is not %s's changes what it sees, in run %u", who,
		       f->run);
		break;
	case TWO_START:
		printf("start: %s sees other things in the two runs, by what is no step", who);
		break;
	case TWO_END:
		printf("end: %s sees other things in the two runs", who);
		break;
	case TWO_KIND_NR:
		break;
	}
}

static void print_values(const struct two_finding *f)
{
	const char *of[2] = { "run 0", "run 1" };
	char key[64];

	if (f->kind == TWO_INTEGRITY) {
		of[0] = "before";
		of[1] = "after";
	}
	printf("    %s (%s)\n", obs_name(f->row), obs_sentence(f->row));
	printf("    %s: %s 0x%llx, %s 0x%llx", obs_key_print(f->row, f->key, key, sizeof(key)),
	       of[0], (unsigned long long)f->value[0], of[1], (unsigned long long)f->value[1]);
	if (f->n > 1)
		printf("; %u more places of it differ", f->n - 1);
	printf("\n");
}

static void print_finding(const struct two_finding *f)
{
	char what[96];

	printf("\n");
	if (f->erratum != ERRATUM_NR)
		printf("known, erratum %s: ", erratum_name((enum erratum)f->erratum));
	print_what(f);
	printf("\n    first %s step %llu, CPU %u: %s", f->inside ? "inside" : "at",
	       (unsigned long long)f->step, f->cpu, f->op);
	if (f->times > 1)
		printf("; in %llu steps like it", (unsigned long long)f->times);
	printf("\n");
	print_values(f);
	if (f->erratum != ERRATUM_NR)
		printf("    %s\n", two_known_sentence(f->erratum));
	if (f->is_secret)
		printf("    the secret: %s (%s), put there before step %u\n",
		       secret_print(&f->secret, what, sizeof(what)), secret_name(f->secret.kind),
		       f->secret.time);
}

/* What no erratum explains comes first. */
static void print_findings(const struct two_report *r)
{
	for (u32 known = 0; known < 2; known++)
		for (u32 i = 0; i < r->n; i++)
			for (u32 k = 0; k < r->result[i].n_findings; k++) {
				const struct two_finding *f = &r->result[i].finding[k];

				if ((f->erratum != ERRATUM_NR) == known)
					print_finding(f);
			}
	for (u32 i = 0; i < r->n; i++)
		if (r->result[i].lost)
			printf("\n%llu more differences are not kept\n",
			       (unsigned long long)r->result[i].lost);
}

int two_report_text(const struct two_report *r, bool quiet)
{
	int rc = status(r);
	char kinds[96];

	if (quiet && rc == EXIT_NOTHING)
		return rc;
	varied(r->vary, kinds, sizeof(kinds));
	printf("%s twice: %u CPU%s, seed %llu", r->subject, r->cpus, r->cpus == 1 ? "" : "s",
	       (unsigned long long)r->seed);
	if (r->ops)
		printf(", %llu operations", (unsigned long long)r->ops);
	printf("; varied: %s\n", kinds);
	print_rows(r);
	print_findings(r);
	print_verdict(r);
	return rc;
}

static json_t *finding_json(const struct two_finding *f)
{
	json_t *o = json_object(), *values = json_array();
	char text[96];

	json_object_set_new(o, "kind", json_string(two_kind_name(f->kind)));
	json_object_set_new(o, "step", json_u64(f->step));
	json_object_set_new(o, "inside", json_boolean(f->inside));
	json_object_set_new(o, "cpu", json_integer(f->cpu));
	json_object_set_new(o, "operation", json_string(f->op));
	if (f->kind == TWO_INTEGRITY)
		json_object_set_new(o, "run", json_integer(f->run));
	json_object_set_new(o, "observation", json_string(obs_name(f->row)));
	json_object_set_new(o, "place",
	                    json_string(obs_key_print(f->row, f->key, text, sizeof(text))));
	json_array_append_new(values, json_hex(f->value[0]));
	json_array_append_new(values, json_hex(f->value[1]));
	json_object_set_new(o, "values", values);
	json_object_set_new(o, "places", json_integer(f->n));
	json_object_set_new(o, "times", json_u64(f->times));
	if (f->is_secret) {
		json_object_set_new(o, "secret", json_string(secret_name(f->secret.kind)));
		json_object_set_new(o, "origin",
		                    json_string(secret_print(&f->secret, text, sizeof(text))));
	}
	if (f->erratum != ERRATUM_NR)
		json_object_set_new(o, "erratum",
		                    json_string(erratum_name((enum erratum)f->erratum)));
	return o;
}

static json_t *result_json(const struct two_result *r)
{
	const struct two_counts *c = &r->count;
	json_t *o = json_object(), *found = json_array(), *known = json_array(),
	       *split = json_object();
	char who[16];

	json_object_set_new(o, "principal", json_string(obs_principal(r->p, who, sizeof(who))));
	json_object_set_new(o, "verdict", json_string(verdict(r)));
	json_object_set_new(o, "steps", json_u64(c->steps));
	json_object_set_new(o, "steps_in_role", json_u64(c->in_role));
	json_object_set_new(o, "starts", json_u64(c->starts));
	json_object_set_new(o, "compared", json_u64(c->compared));
	json_object_set_new(o, "restored", json_u64(c->restored));
	json_object_set_new(o, "ends", json_u64(c->ends));
	json_object_set_new(o, "integrity", json_u64(c->integrity));
	json_object_set_new(o, "inside", json_u64(c->inside));
	json_object_set_new(o, "masked", json_u64(c->masked));
	json_object_set_new(o, "discarded", json_u64(c->discarded));
	for (u32 i = SPLIT_NONE + 1; i < SPLIT_NR; i++)
		json_object_set_new(split, two_split_name((enum two_split)i),
		                    json_u64(c->split[i]));
	json_object_set_new(o, "parted", split);
	for (u32 i = 0; i < r->n_findings; i++)
		json_array_append_new(r->finding[i].erratum == ERRATUM_NR ? found : known,
		                      finding_json(&r->finding[i]));
	json_object_set_new(o, "findings", found);
	json_object_set_new(o, "known_findings", known);
	json_object_set_new(o, "not_kept", json_u64(r->lost));
	return o;
}

int two_report_json(const struct two_report *r)
{
	json_t *o = json_object(), *vary = json_array(), *results = json_array();
	bool judged = false;
	u64 known = 0;

	json_object_set_new(o, "subject", json_string(r->subject));
	json_object_set_new(o, "cpus", json_integer(r->cpus));
	json_object_set_new(o, "seed", json_u64(r->seed));
	if (r->ops)
		json_object_set_new(o, "ops", json_u64(r->ops));
	for (u32 k = 0; k < SECRET_NR; k++)
		if (r->vary >> k & 1)
			json_array_append_new(vary, json_string(secret_name((enum secret_kind)k)));
	json_object_set_new(o, "varied", vary);
	for (u32 i = 0; i < r->n; i++)
		json_array_append_new(results, result_json(&r->result[i]));
	json_object_set_new(o, "principals", results);
	for (u32 i = 0; i < r->n; i++) {
		judged |= comparisons(&r->result[i].count) > 0;
		known += n_found(&r->result[i], true);
	}
	json_object_set_new(o, "verdict",
	                    json_string(status(r) ? "found"
	                                : judged  ? "nothing found"
	                                          : "not judged"));
	json_object_set_new(o, "known", json_u64(known));
	json_object_set_new(o, "interrupted", json_boolean(r->interrupted));
	json_dumpf(o, stdout, JSON_COMPACT);
	printf("\n");
	json_decref(o);
	return status(r);
}
