/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What a run found, for who reads results by machine. */
#include "oracle/report/page.h"
#include "sim/cli/run_setup.h"

#include <jansson.h>

/* How its findings are told. */
struct page_how run_page_how(const struct run_setup *r);
/* What the run itself saw, for a violation whose log was not judged, or not as far. */
json_t *run_own_findings(const struct run_setup *r);
/* The suite of r->results: the run is a case, and each check of its log. */
void run_results(struct run_setup *r, bool violation);
