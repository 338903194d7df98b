/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* A finding: the log, or the memory, breaks a law.  Data, not control flow. */
#include "oracle/check/fact.h"
#include "sim/base/errata.h"
#include "sim/base/types.h"

enum check_group {
#define GROUP(id, name, sentence) GROUP_##id,
#include "oracle/check/check.def"
	GROUP_NR
};

enum check_id {
#define CHECK(id, name, family, group, told_by, clauses, source, sentence) CHK_##id,
#include "oracle/check/check.def"
	CHK_NR
};

enum check_row {
#define ROW(check, id, sentence) ROW_##id,
#include "oracle/check/check.def"
	CHECK_ROW_NR
};

/* Whose events tell a finding. */
enum told_by { TOLD_BY_LOCK, TOLD_BY_CPU };

enum {
	FINDING_NO_LOCK = 0xffffffff,
	FINDING_NO_CPU = 0xffffffff,
	MAX_FINDINGS = 64, /* that are kept in full; the rest is counted */
};

struct about;
struct around;

/* A known one is written down as what the published sources do: it is told, and decides nothing. */
enum finding_class { FINDING_VIOLATION, FINDING_KNOWN, FINDING_CLASSES };

/**
 * struct finding
 * @erratum:  of FINDING_KNOWN: which slip of the published files it is
 * @row:      the row's id, a name that lives as long as the program
 * @lk, @cpu: FINDING_NO_LOCK, FINDING_NO_CPU where it is not about one
 * @at:       0-based index of the event in its lock's log; FINDING_NO_LOCK: @index
 * @index:    0-based position among all events and marks of the log
 * @event:    the event, as the text form prints it; "" when there is none
 * @state:    the state just before it
 * @sentence: for a person
 * @fact:   [n_facts] the values that the sentences are about
 * @later:  it was made where its event is judged, and told later: who held what there is not known
 * @about:  [n_about] what a surprise is about (oracle/check/about.h); the checker's
 * @around: what happened around it (oracle/check/context.h), where that is kept of each finding; the checker's
 */
struct finding {
	enum check_id check;
	enum finding_class class;
	enum erratum erratum;
	const char *row;
	lk_t lk;
	cpu_t cpu;
	u64 at, index;
	char event[48];
	char state[320];
	char sentence[320];
	u32 n_about, n_facts;
	bool later;
	const struct about *about;
	struct around *around;
	struct fact fact[FACTS_MAX];
};

/**
 * struct check_verdict
 * @judged:     there was something to judge; false: @worst says why not
 * @lacks:      not judged, since the log does not say what the check needs; false: there was no case of it
 * @n_findings: violations; 0 is ok
 * @n_known:    known findings
 * @n_cases:    cases that were judged; 0 where the check does not count them
 * @n_untold:   cases that could not be told
 * @worst:      the worst case seen, "max self 2/10"; "" when the check has none
 */
struct check_verdict {
	bool judged, lacks;
	u64 n_findings, n_known, n_cases, n_untold;
	char worst[112];
};

const char *check_name(enum check_id id);
/* The published name that the check is about, "" when there is none. */
const char *check_source(enum check_id id);
const char *check_sentence(enum check_id id);
enum check_group check_group(enum check_id id);
enum told_by check_told_by(enum check_id id);
/* "L1 L2": the numbers that the specification's tables of laws have for it, a space between; "" when it is in none. */
const char *check_clauses(enum check_id id);
/* Is the number one of them? */
bool check_has_clause(enum check_id id, const char *clause, size_t len);
/* "S4 and S5": clauses from which the check's own follows; "" when it follows from none. */
const char *check_implied(enum check_id id);
/* CHK_NR when there is no check of that name (@len bytes). */
enum check_id check_by_name(const char *name, size_t len);

const char *check_group_name(enum check_group group);
const char *check_group_sentence(enum check_group group);
/* GROUP_NR when there is no group of that name (@len bytes). */
enum check_group check_group_by_name(const char *name, size_t len);

const char *check_row_name(enum check_row row);
const char *check_row_sentence(enum check_row row);
enum check_id check_row_check(enum check_row row);
