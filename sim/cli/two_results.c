// SPDX-License-Identifier: GPL-2.0-only
/* What two runs came to, for who reads results by machine. */
#include "oracle/results/results.h"
#include "sim/cli/two_report.h"
#include "sim/log/json.h"
#include "sim/two/known.h"

#include <stdio.h>

static json_t *finding_json(const struct two_finding *f, const char *again)
{
	static const char *const sentences[] = {
		[TWO_CONFIDENTIALITY] =
			"a step shows its principal what depends on another's secret",
		[TWO_RESTORE] = "a principal that runs again sees other things in the two runs",
		[TWO_INTEGRITY] = "somebody else's step changes what a principal sees",
		[TWO_START] = "what lies between two steps made a difference",
		[TWO_END] = "what lies behind the last step made a difference",
	};
	char text[512], place[96];
	json_t *o;

	snprintf(text, sizeof(text),
	         "%s, %s: 0x%llx in the one run, 0x%llx in the other; first %s step %llu, CPU %u: "
	         "%s; in %llu steps",
	         obs_name(f->row), obs_key_print(f->row, f->key, place, sizeof(place)),
	         (unsigned long long)f->value[0], (unsigned long long)f->value[1],
	         f->inside ? "inside" : "at", (unsigned long long)f->step, f->cpu, f->op,
	         (unsigned long long)f->times);
	o = json_pack("{s:s, s:s, s:s, s:o, s:i, s:s}", "check", "observe", "row",
	              two_kind_name(f->kind), "sentence", sentences[f->kind], "state",
	              json_bytes(text), "cpu", (int)f->cpu, "again", again);
	if (f->erratum != ERRATUM_NR)
		json_object_set_new(o, "erratum",
		                    json_string(erratum_name((enum erratum)f->erratum)));
	return o;
}

static void add_principal(json_t *suite, const struct two_result *r, bool interrupted,
                          const char *again)
{
	char who[16];
	json_t *test = results_case(suite, "principal", obs_principal(r->p, who, sizeof(who)));

	for (u32 i = 0; i < r->n_findings; i++)
		results_found(test, finding_json(&r->finding[i], again),
		              r->finding[i].erratum != ERRATUM_NR);
	results_more(test, r->lost);
	if (interrupted)
		results_error(test, "interrupted");
	else if (two_result_why_not(r))
		results_skip(test, two_result_why_not(r));
}

json_t *two_report_suite(const struct two_report *r, const char *again)
{
	json_t *suite = results_suite(r->subject, NULL, again);

	for (u32 i = 0; i < r->n; i++)
		add_principal(suite, &r->result[i], r->interrupted && i + 1 == r->n, again);
	return suite;
}
