// SPDX-License-Identifier: GPL-2.0-only
/* Which locks an atomic operation takes, against its row of sequence.def.  [spec X14]  One finding an operation and episode is enough. */
#include "oracle/check/check_if.h"
#include "sim/base/check.h"
#include "sim/base/vec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const rows[HYP_OP_NR] = {
#define SEQUENCE(op, locks) [OP_##op] = locks,
#include "oracle/check/sequence.def"
};

/* Items in one another that a row may have; an operation without a vmid of its own takes the lock of any VM. */
enum { ROW_ITEMS = 6, ANY_VMID = N_VMID, NO_ARG = 0xff };

/**
 * struct item - a section of a row
 * @first: its lock, or, of an item that means one for each VM, the lock of VM 0
 * @own:   it means the one of the operation's vmid
 * @optional: it may be left out, and what is inside of it with it
 */
struct item {
	u8 first;
	bool own, optional;
};

/**
 * struct row - a row of sequence.def, read once: its items, each inside of the one before
 * @vmid: which argument is the vmid of its locks; NO_ARG: none, so any VM's will do
 */
struct row {
	u32 n;
	u8 vmid;
	struct item item[ROW_ITEMS];
};

/**
 * struct sequence
 * @told: operations (bits) that were found to do otherwise in this episode
 */
struct sequence {
	u64 told;
	struct row row[HYP_OP_NR];
};

/* Which argument of the operation is its vmid; one on a bank has locks of the bank's owner. */
static u8 vmid_arg(u32 op)
{
	const char *p = op_args(op);
	u8 i = 0;

	if (strstr(p, "cbndx"))
		return NO_ARG;
	for (; strncmp(p, "vmid", 4) != 0; i++, p++) {
		p = strchr(p, ' ');
		if (!p)
			return NO_ARG;
	}
	return i;
}

/* The object that an item names, @len bytes; "NPT" and "INFO" are those of VM 0. */
static u8 object_of(const char *name, size_t len)
{
	char have[16];

	for (lk_t lk = 0; lk < ID_END; lk++) {
		obj_name(lk, have, sizeof(have));
		if (strncmp(have, name, len) == 0 && (have[len] == '\0' || have[len] == ':'))
			return (u8)lk;
	}
	SIM_UNREACHABLE();
}

static void read_row(struct row *row, u32 op)
{
	const char *p = rows[op];

	row->vmid = vmid_arg(op);
	while (*p) {
		size_t len = strcspn(p, "?()");
		struct item *item = &row->item[row->n++];

		SIM_ASSERT(row->n <= ROW_ITEMS);
		item->first = object_of(p, len);
		item->own = item->first >= NPT_ID && !memchr(p, ':', len);
		p += len;
		item->optional = *p == '?';
		p += strspn(p, "?()");
	}
}

/* The vmid of the operation's locks; ANY_VMID: any. */
static u32 vmid_of(const struct row *row, const struct op_open *o)
{
	if (row->vmid == NO_ARG)
		return ANY_VMID;
	return row->vmid < o->n_arg ? (u32)min_u64(o->arg[row->vmid], ANY_VMID) : 0;
}

/* Is @lk the lock that the item means? */
static bool is_lock(const struct item *item, u8 lk, u32 vmid)
{
	if (!item->own)
		return lk == item->first;
	return vmid == ANY_VMID ? lk >= item->first && lk < item->first + N_VMID
	                        : lk == item->first + vmid;
}

_Static_assert((int)HYP_OP_NR <= 64, "one bit an operation");

/* The sections of the operation are those of the row from the outermost one on, as many as it has: each inside of the one before. */
static bool fits(const struct row *row, const struct op_open *o)
{
	u32 vmid = vmid_of(row, o), n = o->n_steps / 2;

	if (o->n_steps > TRAIL_STEPS || o->n_steps % 2 || n > row->n)
		return false;
	if (n < row->n && !row->item[n].optional)
		return false;
	for (u32 i = 0; i < n; i++)
		if (!is_lock(&row->item[i], o->step[i], vmid) ||
		    o->step[o->n_steps - 1 - i] != (STEP_PASS | o->step[i]))
			return false;
	return true;
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
	struct sequence *s = own;
	char steps[220];

	(void)cpu;
	if (o->halted) {
		not_judged(j, CHK_SEQUENCE, UNJUDGED_HALT);
		return;
	}
	evaluated(j, CHK_SEQUENCE);
	if (likely(!o->late && fits(&s->row[o->op], o)) || s->told >> o->op & 1)
		return;
	KEEP(j, s->told);
	s->told |= 1ull << o->op;
	found_of(&j->findings, o->late ? ROW_SEQUENCE_LATE : ROW_SEQUENCE_OTHER, j->at,
	         FACTS(fact_word("operation", op_function(o->op)), fact_locks("taken", o->taken),
	               fact_locks("taken_late", o->late),
	               fact_word("row", rows[o->op][0] ? rows[o->op] : "none")),
	         "%s %s; its row is %s", op_function(o->op),
	         o->n_steps ? say(o, steps, sizeof(steps)) : "takes none",
	         rows[o->op][0] ? rows[o->op] : "none");
}

static void *create(const struct judge *j)
{
	struct sequence *s = xcalloc(1, sizeof(*s));

	(void)j;
	for (u32 op = 0; op < HYP_OP_NR; op++)
		read_row(&s->row[op], op);
	return s;
}

static void reset(void *own, const struct judge *j)
{
	(void)j;
	((struct sequence *)own)->told = 0;
}

const struct state_check check_sequence = {
	.id = CHK_SEQUENCE, .create = create, .free = free, .reset = reset, .op_end = ended
};
