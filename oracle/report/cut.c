// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/report/cut.h"

void cut_print(FILE *out, const struct log_status *s)
{
	char behind[64] = "";

	if (s->at_cut)
		snprintf(behind, sizeof(behind), "; %llu events lie behind it",
		         (unsigned long long)s->behind);
	if (s->growing)
		fprintf(out, "  still being written: checked up to a consistent cut%s\n", behind);
	else if (s->in_part)
		fprintf(out,
		        "  cut: there was no room for the log; checked up to the first steps that "
		        "are missing%s\n",
		        behind);
	else if (s->at_cut)
		fprintf(out,
		        "  cut: the log was not closed, or it was copied while it was written; "
		        "checked up to a consistent cut%s\n",
		        behind);
	else if (s->cut)
		fprintf(out,
		        "  cut: the run was killed, or could not go on; checked up to the last "
		        "complete records\n");
}
