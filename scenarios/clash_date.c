// SPDX-License-Identifier: GPL-2.0-only
#include "scenarios/clash_date.h"

#include "lock/share.h"
#include "scenarios/clash_hold.h"
#include "sim/base/relax.h"

enum {
	RESTS = 8,      /* a CPU gives its core away so often for another one */
	COME_RESTS = 3, /* and so often for somebody who comes to its date */
	END_RESTS =
		32, /* who holds for an object, or has a plan, waits longer for who comes, and they for it */
	LATE = 9,    /* below 2 to this in pauses */
	SAMPLES = 6, /* operations of which the least tried one is taken */
	HARMLESS = 1000000000,
	SLOW = 8,          /* one date of so many is slow */
	SLOW_PERCENT = 40, /* of the points between steps */
	SELDOM = 256,      /* one date of so many may halt the machine before the episode's end */
	BOLD = 64,         /* or is made although more did */
	AGAIN = 12,        /* so many operations more a guest does while who has posted holds */
	STAYS = 5,  /* so many accesses of a guest for one operation with which it ceases to run */
	RUNS = 5,   /* one date of so many is a host's with the run of a vCPU */
	MISSES = 4, /* so many missed dates count as one */
	PERCENT = 100,
	LISTED = 80,   /* percent of the dates are about an object (scenarios/clash_lists.h) */
	SECOND = 4,    /* one of so many of these holds in the second section of that object */
	VMIDS = 3,     /* one making of a VM of so many is met where vmids are given */
	MOST = 3,      /* so many come, if there are as many */
	ELSEWHERE = 8, /* of so many who come one comes with another VM */
};

/*
 * The bits of clash.date: the operation, VM, bank and page of the CPU that waits; the part of its operation in which it holds; how
 * many have come, and how many may; which CPU it is; the list from which they choose, and then the part is given; which of its
 * dates it is, modulo CLASH_TURNS; and D_POSTED, with which the word is not 0.
 */
enum {
	D_OP = 0,
	D_VMID = 8,
	D_BANK = 16,
	D_PAGE = 24,
	D_PART = 40,
	D_COME = 44,
	D_MOST = 47,
	D_CPU = 49,
	D_LIST = 55,
	D_TURN = 58,
	D_POSTED = 63,
};

static u32 bits(u64 w, u32 at, u32 n)
{
	return (u32)(w >> at & ((1ull << n) - 1));
}

static u64 date_word(const struct kit_cpu *k, u32 op, u32 most, enum clash_list list, u32 part)
{
	const struct focus *f = clash_focus(k);

	return (u64)op << D_OP | (u64)f->vmid << D_VMID | (u64)f->bank << D_BANK |
	       f->page << D_PAGE | (u64)part << D_PART | (u64)list << D_LIST | (u64)most << D_MOST |
	       (u64)k->id << D_CPU | clash_of(k)->cpu[k->id].turn % CLASH_TURNS << D_TURN |
	       1ull << D_POSTED;
}

static void read_focus(u64 w, struct focus *f)
{
	f->vmid = (vmid_t)bits(w, D_VMID, 8);
	f->bank = bits(w, D_BANK, 8);
	f->page = bits(w, D_PAGE, 16);
}

/* The same date, however many have come. */
static bool is_of(u64 w, u64 date)
{
	return w && bits(w, D_CPU, 6) == bits(date, D_CPU, 6) &&
	       bits(w, D_TURN, 5) == bits(date, D_TURN, 5);
}

/* So that now the one is first and now the other, by as much as their ways to the lock may differ. */
static void be_late(struct rng *r)
{
	u64 pauses = rng_below(r, 1ull << rng_below(r, LATE));

	while (pauses-- > 0)
		cpu_relax();
}

/* At the end of an episode, and now and then before, the steps of who has a date are long, so that the other comes in between. */
static void be_slow(struct kit_cpu *k, struct rng *r)
{
	if (k->c->points && (clash_ends(k) || rng_below(r, SLOW) == 0))
		k->c->points = SLOW_PERCENT;
}

/* Parts of the operation in which others were ever waited for: 0 is to begin together, 1 its first section. */
static u32 parts_of(const struct kit_cpu *k, u32 op)
{
	return (u32)min_u64(board_get(&clash_of(k)->sections[op]) + 1, CLASH_PARTS - 1) + 1;
}

/* An operation, the part of what was posted in which that holds, and how often the two were tried so. */
struct choice {
	u32 op, part;
	u64 times;
};

/* Where it is counted: each list has its sections. */
static u32 row_of(u32 list, u32 part)
{
	return list ? CLASH_PARTS + (list - 1) * CLASH_LIST_PARTS + part - 1 : part;
}

/* The part in which operation @at was tried least with the date @w, if the part is not given. */
static void least_part(const struct kit_cpu *k, u64 w, u32 at, struct choice *c)
{
	u32 with = bits(w, D_OP, 8), list = bits(w, D_LIST, 3), part = bits(w, D_PART, 4);
	const struct clash *s = clash_of(k);

	*c = (struct choice){ .op = at,
		              .part = part,
		              .times = board_get(&s->tried[with][row_of(list, part)][at]) };
	if (bits(w, D_COME, 3) || list)
		return;
	for (u32 p = 0; p < parts_of(k, with); p++) {
		u64 times = board_get(&s->tried[with][p][at]);

		if (times < c->times) {
			c->times = times;
			c->part = p;
		}
	}
}

/* Did dates of the two halt the machine more than now and then?  They are for the episode's end. */
static bool halts_mostly(const struct kit_cpu *k, u32 with, u32 op)
{
	const struct clash *s = clash_of(k);
	u64 tried = 0;

	for (u32 p = 0; p < CLASH_ROWS; p++)
		tried += board_get(&s->tried[with][p][op]);
	return board_get(&s->halted[with][op]) * SELDOM > tried + SELDOM / 2;
}

/* Is operation @at tried with the date @w, or for its own sake, and was it less than *@best?  Then it is the best one. */
static void try_op(struct kit_cpu *k, struct rng *r, u64 w, u32 at, struct operation *op,
                   struct choice *best)
{
	struct operation tries = { .kind = at };
	const struct kit_op *o = k->kit->op[at];
	struct choice c = { .op = at };
	struct clash_cpu *own = &clash_of(k)->cpu[k->id];
	bool ends = clash_ends(k), fatal = w && halts_mostly(k, bits(w, D_OP, 8), at);

	if (w)
		least_part(k, w, at, &c);
	else if (ends)
		c.times = board_get(&clash_of(k)->made[at]);
	/* A guest that stays one does more. */
	if (w && clash_of(k)->leaves >> at & 1)
		c.times *= STAYS;
	own->doomed = false;
	if (c.times >= best->times || (fatal && !ends && rng_below(r, BOLD)) ||
	    (o->choose && !o->choose(k, r, &tries)))
		return;
	/* At the end of an episode rather one that would halt the machine. */
	if (own->reckless && !own->doomed && !fatal && !bits(w, D_LIST, 3))
		c.times += HARMLESS;
	if (c.times >= best->times)
		return;
	*best = c;
	*op = tries;
}

/*
 * The operation of the mode that was tried least with the date @w, of its list or of a few that are drawn; with @w 0 one that is drawn
 * for its own sake.
 */
static bool choose_least(struct kit_cpu *k, struct rng *r, u64 w, struct operation *op,
                         struct choice *best)
{
	const struct kit *kit = k->kit;
	enum kit_mode mode = k->guest ? KIT_GUEST : KIT_HOST;
	u32 n = kit->n_choices[mode];
	const struct clash *s = clash_of(k);

	best->op = SCENARIO_MAX_OPS;
	best->times = ~0ull;
	/* Every operation is as likely as another one, and few of the host's begin a guest: more of these, or there are none. */
	if (!w && !k->guest && !clash_ends(k) && rng_below(r, RUNS) == 0)
		try_op(k, r, w, s->listed[LIST_MEMORY][KIT_HOST][0], op, best);
	if (w && s->cpu[k->id].only)
		try_op(k, r, w, s->cpu[k->id].only - 1, op, best);
	else if (bits(w, D_LIST, 3))
		for (u32 i = 0; i < s->n_listed[bits(w, D_LIST, 3)][mode]; i++)
			try_op(k, r, w, s->listed[bits(w, D_LIST, 3)][mode][i], op, best);
	else
		for (u32 i = 0; i < (s->cpu[k->id].reckless ? 2 * n : SAMPLES); i++)
			try_op(k, r, w, kit->choice[mode][rng_below(r, n)].op, op, best);
	if (best->op == SCENARIO_MAX_OPS)
		return false;
	k->op = kit->op[best->op];
	return true;
}

/* Has who posted @date begun, or come as far as to the section in which it holds? */
static bool has_begun(const struct clash *s, u64 date)
{
	const struct clash_cpu *who = &s->cpu[bits(date, D_CPU, 6)];

	return !is_of(board_get(&s->date), date) &&
	       board_get(&who->stage) != clash_stage(bits(date, D_TURN, 5), CLASH_POSTED);
}

/* False: it has not begun for long. */
static bool wait_to_begin(struct kit_cpu *k, u64 date)
{
	const struct clash *s = clash_of(k);

	for (u32 i = 0; i < (bits(date, D_LIST, 3) ? 2 * END_RESTS : RESTS); i++) {
		for (u32 n = 0; n < CLASH_WAIT_PAUSES; n++) {
			if (has_begun(s, date))
				return true;
			cpu_relax();
		}
		share_rest(k->c);
	}
	return false;
}

/* Takes note that CPU @k comes to @w with what it has chosen. */
static void count_date(struct kit_cpu *k, u64 w, u32 part, u32 op)
{
	struct clash *s = clash_of(k);
	struct clash_cpu *own = &s->cpu[k->id];

	board_add(&s->tried[bits(w, D_OP, 8)][row_of(bits(w, D_LIST, 3), part)][op], 1);
	own->did = op;
	own->did_part = part;
	own->contended = k->c->stats.contended;
	board_set(&s->cpu[bits(w, D_CPU, 6)].came, op);
}

bool clash_goes_on(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	struct clash *s = clash_of(k);
	struct clash_cpu *own = &s->cpu[k->id];
	u64 w = own->date;
	struct choice best;

	if (!own->with || !own->again || !k->guest ||
	    board_get(&s->cpu[own->with - 1].stage) !=
	            clash_stage(bits(w, D_TURN, 5), CLASH_INSIDE)) {
		own->again = 0;
		return false;
	}
	own->again--;
	if (!choose_least(k, r, w, op, &best))
		return false;
	count_date(k, w, best.part, best.op);
	return true;
}

/* Does the date's operation make a VM?  Who comes then need not heed that the VM is not there yet. */
static bool makes_vm(const struct kit_cpu *k, u64 w)
{
	return k->kit->op[bits(w, D_OP, 8)]->hvc == HVC_REGISTER_KVM;
}

/* Another VM that boots: of one, all that comes to the core's map comes to the VM's record first. */
static vmid_t other_ready(const struct kit_cpu *k, vmid_t than)
{
	for (vmid_t v = 1; v < clash_next_vmid(k) && is_vm(v); v++)
		if (v != than && clash_vm_state(k, v) == READY)
			return v;
	return INVALID;
}

/* Is CPU @k one that can come?  A guest's operations are about its own VM. */
static bool comes_to(const struct kit_cpu *k, struct rng *r, u64 w, struct focus *f)
{
	enum clash_list list = (enum clash_list)bits(w, D_LIST, 3);
	vmid_t own = k->guest ? k->vmid : clash_focus(k)->vmid;

	if (clash_of(k)->n_listed[list][k->guest] == 0 && list)
		return false;
	if (list == LIST_CORE) {
		f->vmid = other_ready(k, f->vmid);
		return is_vm(f->vmid);
	}
	if (f->vmid == own)
		return true;
	/* Of what all VMs share there is enough to meet on. */
	if (list ? clash_list_elsewhere(list) && (k->guest || rng_below(r, 2))
	         : rng_below(r, k->guest ? 2 : ELSEWHERE) == 0) {
		f->vmid = own;
		return true;
	}
	return !k->guest;
}

bool clash_keep_date(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	struct clash *s = clash_of(k);
	struct clash_cpu *own = &s->cpu[k->id];
	u64 w = board_get(&s->date), to;
	struct choice best;
	struct focus f;

	if (w == 0 || bits(w, D_COME, 3) >= bits(w, D_MOST, 2))
		return false;
	read_focus(w, &f);
	if (!comes_to(k, r, w, &f))
		return false;
	if (bits(w, D_LIST, 3) == LIST_MEMORY)
		f.page = clash_page(r, f.vmid);
	*clash_focus(k) = f;
	own->to = (u8)bits(w, D_LIST, 3);
	own->reckless = clash_ends(k) || (bits(w, D_LIST, 3) == LIST_VM && makes_vm(k, w));
	if (!choose_least(k, r, w, op, &best))
		return false;
	to = (w & ~(0xfull << D_PART)) + (1ull << D_COME) + ((u64)best.part << D_PART);
	if (!board_cas(&s->date, &w, to))
		return false;
	own->with = bits(w, D_CPU, 6) + 1;
	own->with_op = bits(w, D_OP, 8);
	own->date = to;
	own->again = k->guest && bits(w, D_LIST, 3) ? AGAIN : 0;
	count_date(k, to, best.part, best.op);
	if (!wait_to_begin(k, to) && own->reckless && !clash_ends(k))
		return false;
	/* While the CPU waited the machine has changed: other arguments, if the operation would halt the machine now. */
	if (!own->reckless && k->op->choose && !k->op->choose(k, r, op))
		return false;
	if (best.part == 0) {
		be_late(r);
		be_slow(k, r);
	}
	return true;
}

/* Waits for others; the date as it was when it was closed. */
static u64 await_others(struct kit_cpu *k, u64 w, u32 most)
{
	struct clash *s = clash_of(k);
	u32 rests = bits(w, D_LIST, 3) && clash_ends(k) ? END_RESTS : COME_RESTS;

	for (u32 i = 0;; i++) {
		for (u32 n = 0; n < CLASH_WAIT_PAUSES; n++) {
			if (bits(board_get(&s->date), D_COME, 3) >= most)
				break;
			cpu_relax();
		}
		if (i >= rests || bits(board_get(&s->date), D_COME, 3) >= most)
			break;
		share_rest(k->c);
	}
	w = board_get(&s->date);
	while (!board_cas(&s->date, &w, 0))
		;
	return w;
}

bool clash_post(struct kit_cpu *k, struct rng *r, struct operation *op, u32 most,
                enum clash_list list, u32 part)
{
	struct clash *s = clash_of(k);
	struct clash_cpu *own = &s->cpu[k->id];
	u64 none = 0, w;

	if (k->kit->cpus == 1)
		return true;
	own->turn++;
	clash_set_stage(k, CLASH_POSTED);
	board_set(&own->gone, 0);
	most = (u32)min_u64(most, MOST);
	w = date_word(k, op->kind, most, list, part);
	for (u32 i = 0; !board_cas(&s->date, &none, w); none = 0) {
		if (!clash_ends(k) || i++ >= RESTS)
			return true;
		share_rest(k->c);
	}
	w = await_others(k, w, most);
	own->come = bits(w, D_COME, 3);
	own->posted = op->kind + 1;
	if (!own->reckless && k->op->choose && !k->op->choose(k, r, op))
		return false;
	if (own->come && bits(w, D_PART, 4)) {
		clash_hold_begin(k, (enum clash_list)bits(w, D_LIST, 3), bits(w, D_PART, 4),
		                 bits(w, D_LIST, 3) ? END_RESTS : RESTS);
		return true;
	}
	clash_set_stage(k, CLASH_INSIDE);
	if (own->come) {
		be_late(r);
		be_slow(k, r);
	}
	return true;
}

/* Who comes to the making of a VM comes to that VM, when its record is about to be made. */
bool clash_post_vm(struct kit_cpu *k, struct rng *r, struct operation *op)
{
	clash_focus(k)->vmid = (vmid_t)min_u64(clash_next_vmid(k), MAX_VM_NUM);
	clash_find_bank(k, r);
	if (rng_below(r, VMIDS) == 0)
		return clash_post(k, r, op, k->kit->cpus - 1, LIST_VMIDS, 1);
	return clash_post(k, r, op, k->kit->cpus - 1, LIST_VM, 1);
}

bool clash_make_date(struct kit_cpu *k, struct rng *r, struct operation *op, u32 most)
{
	enum clash_list list = LIST_NONE;
	struct choice best;

	if (k->guest)
		clash_focus(k)->vmid = k->vmid;
	if (!choose_least(k, r, 0, op, &best))
		return false;
	if (clash_ends(k))
		board_add(&clash_of(k)->made[best.op], 1);
	if (k->op->hvc == HVC_REGISTER_KVM)
		return clash_post_vm(k, r, op);
	if (rng_below(r, PERCENT) < LISTED)
		list = clash_list_of(k, r, best.op);
	if (list)
		return clash_post(k, r, op, k->kit->cpus - 1, list,
		                  1 + (rng_below(r, SECOND) == 0));
	return clash_post(k, r, op, most, LIST_NONE, 0);
}

void clash_date_halted(struct kit_cpu *k)
{
	struct clash *s = clash_of(k);
	const struct clash_cpu *own = &s->cpu[k->id];

	if (own->with)
		board_add(&s->halted[own->with_op][own->did], 1);
	else if (own->posted && own->come)
		board_add(&s->halted[own->posted - 1][board_get(&own->came)], 1);
}

/* A hypercall that has waited for nobody has missed its date, which mostly counts as none. */
static void forget_if_missed(struct kit_cpu *k)
{
	struct clash *s = clash_of(k);
	const struct clash_cpu *own = &s->cpu[k->id];

	if (k->c && k->kit->op[own->did]->hvc && k->c->stats.contended == own->contended &&
	    mix64(own->date + own->ops) % MISSES)
		board_add(&s->tried[own->with_op][row_of(bits(own->date, D_LIST, 3), own->did_part)]
		                   [own->did],
		          -1ull);
}

void clash_date_over(struct kit_cpu *k)
{
	struct clash *s = clash_of(k);
	struct clash_cpu *own = &s->cpu[k->id];
	bool held = clash_hold_end(k);

	if (own->with) {
		forget_if_missed(k);
		board_add(&s->cpu[own->with - 1].gone, 1);
		own->with = 0;
	}
	if (!own->posted)
		return;
	clash_set_stage(k, CLASH_OVER);
	if (held && !own->list && board_get(&s->sections[own->posted - 1]) < own->sections)
		board_set(&s->sections[own->posted - 1], own->sections);
	own->posted = 0;
}
