// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/report/report.h"

#include "oracle/report/found_json.h"
#include "oracle/report/known.h"
#include "oracle/report/verdicts.h"

static json_t *all_json(const struct checker *c, const struct finding *f, u32 n,
                        const struct log_config *config)
{
	json_t *all = json_array();

	for (u32 i = 0; i < n; i++)
		json_array_append_new(all, found_json(c, &f[i], config));
	return all;
}

json_t *report_json(const struct checker *c, const struct log_config *config)
{
	const struct finding *found, *known;
	json_t *checks = json_array();
	u32 n, n_known;

	for (u32 id = 0; id < CHK_NR; id++) {
		struct check_verdict v;

		if (!checker_has(c, id))
			continue;
		checker_verdict(c, id, &v);
		json_array_append_new(
			checks,
			json_pack("{s:s, s:s, s:s, s:I, s:I}", "check", check_name(id), "verdict",
		                  v.judged && v.n_findings ? "violation" : verdict_word(&v),
		                  "worst", v.worst, "untold", (json_int_t)v.n_untold, "cases",
		                  (json_int_t)v.n_cases));
	}
	found = checker_findings(c, &n);
	known = checker_known(c, &n_known);
	return json_pack("{s:s, s:I, s:I, s:o, s:o, s:I, s:I, s:o, s:o}", "verdict",
	                 checker_n_findings(c) ? "violation" : "ok", "events",
	                 (json_int_t)checker_n_events(c), "contended",
	                 (json_int_t)checker_n_contended(c), "checks", checks, "findings",
	                 all_json(c, found, n, config), "more_findings",
	                 (json_int_t)(checker_n_findings(c) - n), "known",
	                 (json_int_t)checker_n_known(c), "known_errata", known_json(c),
	                 "known_findings", all_json(c, known, n_known, config));
}
