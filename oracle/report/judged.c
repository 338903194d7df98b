// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/report/judged.h"

#include "oracle/report/found_json.h"
#include "oracle/results/results.h"

#include <stdlib.h>

/* Findings of one check, of violations or of what is known; returns how many. */
static u32 add_findings(json_t *test, const struct checker *c, enum check_id id, bool known,
                        const struct log_config *config, struct page_how how, const char *again)
{
	u32 n, kept = 0;
	const struct finding *f = known ? checker_known(c, &n) : checker_findings(c, &n);

	for (u32 i = 0; i < n; i++) {
		json_t *o;
		char *line;

		if (f[i].check != id)
			continue;
		kept++;
		o = found_json(c, &f[i], config);
		json_object_del(o, "around");
		line = page_again(&f[i], how);
		json_object_set_new(o, "again", json_string(line ? line : again));
		free(line);
		results_found(test, o, known);
	}
	return kept;
}

void judged_cases(json_t *suite, const struct checker *c, const struct log_config *config,
                  struct page_how how, const char *again)
{
	for (u32 id = 0; id < CHK_NR; id++) {
		struct check_verdict v;
		json_t *test;

		if (!checker_has(c, id))
			continue;
		checker_verdict(c, id, &v);
		test = results_case(suite, check_group_name(check_group(id)), check_name(id));
		if (!v.judged)
			results_skip(test, v.worst);
		results_more(test,
		             v.n_findings - add_findings(test, c, id, false, config, how, again));
		(void)add_findings(test, c, id, true, config, how, again);
	}
}
