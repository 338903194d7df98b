// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which locks an atomic operation takes, against its row of sequence.def.  [spec X14]  State: operations (bits) of which it was found in
 * this episode that they do otherwise; one finding each is enough.
 */
#include "oracle/check/check_if.h"

#include <stdio.h>
#include <string.h>

static const char *const rows[HYP_OP_NR] = {
#define SEQUENCE(op, locks) [OP_##op] = locks,
#include "oracle/check/sequence.def"
};

/**
 * struct match - an operation's steps, against the text of its row
 * @at:   the next step
 * @vmid: of the operation; N_VMID: any
 */
struct match {
	const struct op_open *o;
	u32 at, vmid;
};

/* The operation's vmid, by the names of its arguments; one on a bank has locks of the bank's owner. */
static u32 vmid_of(const struct op_open *o)
{
	const char *p = op_args(o->op);
	u32 i = 0;

	if (strstr(p, "cbndx"))
		return N_VMID;
	for (; strncmp(p, "vmid", 4) != 0; i++, p++) {
		p = strchr(p, ' ');
		if (!p)
			return N_VMID;
	}
	return i < o->n_arg ? (u32)min_u64(o->arg[i], N_VMID) : 0;
}

/* Is @lk the lock that the row's item (@len bytes at @name) means? */
static bool is_lock(const struct match *m, lk_t lk, const char *name, size_t len)
{
	char text[16], own[16];

	obj_name(lk, text, sizeof(text));
	if (strlen(text) == len && memcmp(text, name, len) == 0)
		return true;
	if (memchr(name, ':', len))
		return false;
	if (m->vmid < N_VMID)
		snprintf(own, sizeof(own), "%.*s:%u", (int)len, name, m->vmid);
	else
		snprintf(own, sizeof(own), "%.*s:", (int)len, name);
	return m->vmid < N_VMID ? strcmp(text, own) == 0 : strncmp(text, own, len + 1) == 0;
}

static const char *skip(const char *p)
{
	u32 depth = 0;

	do {
		depth += *p == '(';
		depth -= *p == ')';
		p++;
	} while (depth);
	return p;
}

/* One item of a row, and what is inside of it: its steps.  NULL: they are others. */
static const char *match_item(struct match *m, const char *p, u32 depth)
{
	size_t len = strcspn(p, "?(), ");
	const char *name = p;
	u8 taken = m->at < m->o->n_steps ? m->o->step[m->at] : STEP_PASS;
	bool optional = p[len] == '?';

	p += len + optional;
	if (depth == 0)
		return NULL;
	if (taken & STEP_PASS || !is_lock(m, taken, name, len))
		return !optional ? NULL : *p == '(' ? skip(p) : p;
	m->at++;
	if (*p == '(') {
		p = match_item(m, p + 1, depth - 1);
		p = p && *p == ')' ? p + 1 : NULL;
	}
	if (!p || m->at == m->o->n_steps || m->o->step[m->at] != (STEP_PASS | taken))
		return NULL;
	m->at++;
	return p;
}

_Static_assert((int)HYP_OP_NR <= 64, "one bit an operation");

static bool fits(const struct op_open *o)
{
	struct match m = { .o = o, .vmid = vmid_of(o) };
	const char *row = rows[o->op];

	if (o->n_steps > TRAIL_STEPS)
		return false;
	if (row[0])
		row = match_item(&m, row, 8);
	return row && row[0] == '\0' && m.at == o->n_steps;
}

/* "takes S2PAGE, takes NPT:0, passes NPT:0": the steps. */
static const char *say(const struct op_open *o, char *buf, size_t size)
{
	size_t at = 0;
	char name[16];

	buf[0] = '\0';
	for (u32 i = 0; i < o->n_steps && i < TRAIL_STEPS && at < size; i++) {
		u8 step = o->step[i];

		obj_name(step & ~(u32)STEP_PASS, name, sizeof(name));
		at += (size_t)snprintf(buf + at, size - at, "%s%s", i ? ", " : "",
		                       step & STEP_PASS ? "passes " : "takes ");
		if (at < size)
			at += (size_t)snprintf(buf + at, size - at, "%s", name);
	}
	return buf;
}

static void ended(struct judge *j, void *own, cpu_t cpu, const struct op_open *o)
{
	char steps[220];
	u64 *told = own;

	(void)cpu;
	if (o->halted) {
		not_judged(j, CHK_SEQUENCE, UNJUDGED_HALT);
		return;
	}
	evaluated(j, CHK_SEQUENCE);
	if (*told >> o->op & 1 || (!o->late && fits(o)))
		return;
	JOURNAL(world_journal(j->world), *told);
	*told |= 1ull << o->op;
	found_of(&j->findings, o->late ? ROW_SEQUENCE_LATE : ROW_SEQUENCE_OTHER, j->at,
	         FACTS(fact_word("operation", op_function(o->op)), fact_locks("taken", o->taken),
	               fact_locks("taken_late", o->late),
	               fact_word("row", rows[o->op][0] ? rows[o->op] : "none")),
	         "%s %s; its row is %s", op_function(o->op),
	         o->n_steps ? say(o, steps, sizeof(steps)) : "takes none",
	         rows[o->op][0] ? rows[o->op] : "none");
}

const struct state_check check_sequence = { .id = CHK_SEQUENCE,
	                                    .bytes = sizeof(u64),
	                                    .op_end = ended };
