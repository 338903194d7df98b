/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What logs of the hypervisor have reached: its operations, the ways of their steps, both sides of each erratum that a step asks
 * for, the clauses, and the pairs of operations that met.  What cannot be reached stands in tables with the guard that forbids it:
 * oracle/report/unreached.def, and for pairs overlap.def.
 */
#include "oracle/check/check.h"
#include "oracle/report/overlap.h"

#include <jansson.h>
#include <stdio.h>

enum coverage_part {
	COVERAGE_OPERATIONS,
	COVERAGE_WAYS,
	COVERAGE_ERRATA,
	COVERAGE_CLAUSES,
	COVERAGE_PAIRS,
	COVERAGE_PARTS
};

struct coverage;

/* Ends the process with status 3 when the host has no memory. */
struct coverage *coverage_new(void);
void coverage_free(struct coverage *c);
/* As if there had been no log. */
void coverage_reset(struct coverage *c);

/* A log begins, of a machine with these errata; its events go to coverage_overlap(). */
void coverage_log(struct coverage *c, const struct errata *errata);
struct overlap *coverage_overlap(struct coverage *c);
/* The log has ended: what @k, with check_how.coverage, has seen of it.  Only for a log of the hypervisor. */
void coverage_add(struct coverage *c, const struct checker *k);

/**
 * struct coverage_sums - of the items of a part
 * @excused: something forbids them
 * @missing: neither reached nor excused
 * @wrong:   excused, and reached all the same
 */
struct coverage_sums {
	u32 all, reached, excused, missing, wrong;
};

struct coverage_sums coverage_sums(const struct coverage *c, enum coverage_part part);
/* "operations", "ways", "errata", "clauses", "pairs"; of a name: COVERAGE_PARTS when there is none. */
const char *coverage_part_name(enum coverage_part part);
enum coverage_part coverage_part_by_name(const char *name, size_t len);

/* A line a part, and below it one an item; @missing: only those that are missing or wrong. */
void coverage_print(FILE *f, const struct coverage *c, bool missing);
/*
 * {"logs":N,"events":N,PART:{"all":N,"reached":N,"excused":N,"missing":N,"wrong":N,"items":[{...,"n":N,"cannot":GUARD}]},...}
 * An item has "operation", of ways "way", of errata "erratum" and "read"; of clauses "check" and "clauses"; of pairs "a" and "b".
 */
json_t *coverage_json(const struct coverage *c, bool missing);
