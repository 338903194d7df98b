// SPDX-License-Identifier: GPL-2.0-only
#include "tests/kit_say.h"

#include "oracle/report/page.h"
#include "oracle/report/report.h"
#include "oracle/report/verdicts.h"

#include <stdio.h>
#include <stdlib.h>

static void print_context(FILE *f, const struct checker *c)
{
	struct context_event last[CONTEXT_LAST];
	u32 n;
	const struct context_event *v = checker_context(c, &n);

	for (u32 i = 0; i < n; i++)
		fprintf(f, "%llu %llu %u %u %u %u\n", (unsigned long long)v[i].index,
		        (unsigned long long)v[i].at, v[i].arg, v[i].kind, v[i].cpu, v[i].lk);
	/* More than these there may be, by how the events came. */
	for (lk_t lk = 0; lk < ID_END; lk++) {
		n = checker_last(c, lk, last);
		for (u32 i = n > CONTEXT_BEFORE ? n - CONTEXT_BEFORE : 0; i < n; i++)
			fprintf(f, "%u: %llu %u\n", lk, (unsigned long long)last[i].index,
			        last[i].kind);
	}
}

char *kit_say(struct checker *c, const struct log_config *config)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);
	json_t *json = report_json(c, config);
	char *dump = json_dumps(json, JSON_INDENT(1) | JSON_SORT_KEYS);

	verdicts_table(f, c, false);
	verdicts_not_judged(f, c, config);
	page_findings(f, c, config, (struct page_how){ .color = false });
	page_known(f, c, config);
	fprintf(f, "%s\n%s\n", verdicts_hollow(c), dump);
	fprintf(f, "high %llx, %u CPUs, %u closed\n", (unsigned long long)checker_high_locks(c),
	        checker_n_cpus(c), checker_n_closed(c));
	for (u32 id = 0; id < CHK_NR; id++) {
		struct check_verdict v;

		checker_verdict(c, id, &v);
		fprintf(f, "%s %d %d %llu %llu %llu %llu %s\n", check_name(id), v.judged, v.lacks,
		        (unsigned long long)v.n_findings, (unsigned long long)v.n_known,
		        (unsigned long long)v.n_cases, (unsigned long long)v.n_untold, v.worst);
	}
	for (lk_t lk = 0; lk < ID_END; lk++) {
		const struct obj *o = checker_contents(c, lk);

		fprintf(f, "%u: %llx\n", lk, o ? (unsigned long long)o->digest : 0);
	}
	print_context(f, c);
	fclose(f);
	free(dump);
	json_decref(json);
	return text;
}
