/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What the scenarios of the hypervisor share: a booted machine, for each CPU a picture of what it has to do with the
 * VMs, and operations by name, which hosts and guests choose by weight.
 *
 * A scenario is its options.  An operation is a row, struct kit_op, of one of the tables; it takes part when the scenario
 * has the option that its weight is.  One seed decides: choosing asks the CPU's generator, its picture, and
 * the board (board.h), and claims what no other CPU may change before the operation has ended.
 *
 * What is chosen is legal, and then it must have its effect, or (in few operations, not @sure) may find itself overtaken.
 * A settable share is illegal in one way (struct kit_bad), and must be refused, or halt the machine, which ends the
 * episode.  Anything else is a surprise, and the run is not as expected.
 *
 * With claims=off nothing is claimed, and hosts and guests meet: then nobody knows what must come, there are no surprises, and
 * who judges the log decides.
 */
#include "scenarios/board.h"
#include "scenarios/scenario.h"
#include "sim/base/errata.h"
#include "sim/machine/boot.h"
#include "sim/machine/surprise.h"

enum kit_mode { KIT_HOST, KIT_GUEST, KIT_MODES };

/* How an operation that ended, ended; the index of its counter. */
enum kit_answer { KIT_DID, KIT_REFUSED, KIT_PANICKED, KIT_ANSWERS };

struct kit;
struct kit_cpu;

/**
 * struct kit_bad - one illegal form of an operation
 * @expected: KIT_REFUSED or KIT_PANICKED
 * @choose:   fill op->args and claim what must stay as it is; false: it cannot be had now, and nothing is claimed
 */
struct kit_bad {
	const char *name;
	enum kit_answer expected;
	bool (*choose)(struct kit_cpu *k, struct rng *r, struct operation *op);
};

/**
 * struct kit_op - one operation of hosts or guests
 * @weight:  key of the option that says how often operations of its group are chosen
 * @share:   its share of the group
 * @hvc:     number of the host's hypercall that it is, with args[i] in x[1 + i]; 0: it is none
 * @sure:    chosen legally, it has its effect for sure
 * @idle:    of each mode the one that is done when nothing else can be
 * @needs:   key of an option that the scenario must have as well; NULL: none.  A guest's operation needs "run"
 * @may:     can it be chosen now?  NULL: always
 * @choose:  fill op->args and claim what it needs; false: not now, and nothing is claimed
 * @execute: do it, below cpu_call(); NULL: the hypercall
 * @judge:   below cpu_call(), behind it: did it have its effect?  NULL: it did when it changed a cell (cpu->effects)
 * @ended:   give back what was claimed and take note, when it ended without halting the machine; also of an illegal form
 *           (k->bad).  NULL: nothing to do
 * @bad:     ends with a row without a name; NULL: it has no illegal form
 * @dose:    key of an option: of 100000 that are chosen legally, how many take the form @dosed instead, one that would else come
 *           up too seldom; NULL: none
 */
struct kit_op {
	const char *name, *weight, *needs;
	u32 share;
	enum kit_mode mode;
	u32 hvc;
	bool sure, idle;
	bool (*may)(const struct kit_cpu *k);
	bool (*choose)(struct kit_cpu *k, struct rng *r, struct operation *op);
	void (*execute)(struct cpu *c, struct kit_cpu *k, struct operation *op);
	bool (*judge)(struct cpu *c, struct kit_cpu *k, const struct operation *op);
	void (*ended)(struct kit_cpu *k, const struct operation *op, enum kit_answer how);
	const struct kit_bad *bad;
	const char *dose;
	const struct kit_bad *dosed;
};

/* All tables of operations, ends with NULL; each ends with a row without a name. */
extern const struct kit_op *const kit_tables[];

/**
 * struct kit_boot - the VM that a CPU boots
 * @vmid:    0: none
 * @vcpus:   registered so far: vCPUs 0..@vcpus - 1
 * @want:    how many it shall have
 * @images:  set_boot_info so far
 * @block:   [images] number of the first page of the block that the image is in
 * @size:    [images] pages of the image
 * @mapped:  [images] remapped so far
 * @io:      pages of devices so far
 */
struct kit_boot {
	vmid_t vmid;
	u32 vcpus, want, images, io;
	u64 block[MAX_LOAD_INFO_NUM], size[MAX_LOAD_INFO_NUM], mapped[MAX_LOAD_INFO_NUM];
};

/* Pages of memory of a scenario where everything meets. */
enum { KIT_CLASH_PAGES = 6144 };

enum { KIT_FORMS = 96, KIT_FAULTED = 8, KIT_ANSWERS_MAX = 4, KIT_NOTES = 6 };

/**
 * struct kit_cpu - one CPU's picture; written by its thread only
 * @guest:   a guest runs here: vCPU @vcpuid of @vmid
 * @boot:    what its host boots
 * @faulted: pages that its host touched last
 * @core:    [n_core] what the host answers next when the core asks (core_doracle), from @next_core on; then 0
 * @bad_image: of the images that are verified next, the number (from 1) of the one that is bad; 0: none
 * @op, @bad: what was chosen; @bad NULL: it is legal
 * @as_published: the operation went by a translation that its table may no longer have, which nothing has invalidated
 *         (erratum tlb-invalidate): the log tells of it, and what comes of it is no surprise
 * @lost:  after a surprise, the picture is wrong: until the next episode
 * @idles: there was nothing else to choose
 * @note:    the operation's own, from choose to ended
 * @effects: cpu->effects before it
 * @did:     what its judge said
 * @count:   [operation][answer]
 * @doses:   [operation] how often it ended in its dosed form
 * @halts:   illegal forms chosen of guests that are to halt the machine
 * @cut:     operations that another CPU's panic cut off
 * @legal:   [answer] of the legal ones
 * @c: the CPU, once it has begun an operation
 * @surprises: how many; @surprise: the first
 */
struct kit_cpu {
	struct kit *kit;
	u32 id;
	bool guest, did, idles, as_published, lost;
	vmid_t vmid;
	vcpuid_t vcpuid;
	struct kit_boot boot;
	u64 faulted[KIT_FAULTED];
	u32 n_faulted;
	u64 core[KIT_ANSWERS_MAX];
	u32 n_core, next_core;
	u32 bad_image;
	const struct kit_op *op;
	const struct kit_bad *bad;
	u64 note[KIT_NOTES];
	u64 effects;
	u64 episode;
	u64 count[SCENARIO_MAX_OPS][KIT_ANSWERS];
	u64 doses[SCENARIO_MAX_OPS];
	u64 halts;
	u64 cut;
	u64 legal[KIT_ANSWERS];
	struct cpu *c;
	u64 surprises;
	char surprise[240];
} __attribute__((aligned(CACHE_LINE)));

/* An illegal form of operation @op; @number: of all forms. */
struct kit_form {
	u32 op, number;
	const struct kit_bad *bad;
};

/* An operation of a mode, with the sum of the weights up to it. */
struct kit_choice {
	u32 op;
	u64 sum;
};

/**
 * struct kit - a hypervisor's scenario in one run
 * @value:  of the scenario's options, by their order
 * @op:     [n_ops] the operations that take part; operation.kind is an index
 * @names:  [n_ops] and a NULL
 * @dose:   [n_ops] of PARTS that are chosen legally, how many take the dosed form; @dose_name: of the count of these
 * @choice: [mode][n_choices]
 * @form:   [mode][expected][n_forms]; @tried: [form] how often it was chosen, by all CPUs: a hint
 * @even:   forms that were never chosen are chosen as soon as they can be had
 * @reach:  managed pages 0..@reach - 1 can be named by a fault of the host
 * @runnable: VMs 1..@runnable can run (erratum run-vcpuid)
 * @vms:    VMs of an episode
 * @draw:   asked before anything is chosen by weight; NULL: nothing.  True: it has filled @op and k->op
 * @after:  behind an operation that ended, how; NULL: nobody asks.  @own: of these two
 * @mismatch: what the first episode that did not end as it should has at its end, with the run going on; "": none
 */
struct kit {
	const struct scenario *scenario;
	u32 cpus, total_cpu;
	u64 value[SCENARIO_MAX_OPTIONS];
	struct errata errata;
	struct fixed fixed;
	u64 reach;
	u32 runnable, vms;
	u32 n_ops;
	const struct kit_op *op[SCENARIO_MAX_OPS];
	const char *names[SCENARIO_MAX_OPS + 1];
	u64 dose[SCENARIO_MAX_OPS];
	char dose_name[SCENARIO_MAX_OPS][40];
	struct kit_choice choice[KIT_MODES][SCENARIO_MAX_OPS];
	u32 n_choices[KIT_MODES];
	u32 idle[KIT_MODES];
	struct kit_form form[KIT_MODES][KIT_ANSWERS][KIT_FORMS];
	u32 n_forms[KIT_MODES][KIT_ANSWERS], n_all_forms;
	u64 tried[KIT_MODES * KIT_ANSWERS * KIT_FORMS];
	bool even;
	u64 illegal, panics;
	struct board board;
	bool (*draw)(struct kit_cpu *k, struct rng *r, struct operation *op);
	void (*after)(struct kit_cpu *k, const struct operation *op, enum kit_answer how);
	void *own;
	char mismatch[256];
	struct kit_cpu *cpu; /* [cpus] */
};

/* The functions of struct scenario: those of every scenario of the hypervisor. */
MUST_CHECK int kit_begin(struct workload *w, const struct scenario_setup *setup, struct err *e);
/* workload.over */
void kit_over(void *arg, const struct machine *m);
bool kit_verify(const struct workload *w, const struct machine *m, struct run_differs *out);
u32 kit_report(const struct workload *w, struct scenario_row *rows);
void kit_end(struct workload *w);
void kit_tell_forms(const struct workload *w, struct scenario_forms *out);

/* What the host answers when the core asks for a run, and the run: args RUN_*. */
enum { RUN_VMID, RUN_VCPU, RUN_ADDR, RUN_PTE, RUN_LEVEL, RUN_ARGS };
void kit_run(struct cpu *c, struct kit_cpu *k, const struct operation *op);

/* The scenario's option of this name; @otherwise when it has none. */
u64 kit_option(const struct kit *kit, const char *key, u64 otherwise);

/* Options of those who verify images, and of those whose hosts touch pages.  With panics=0 nothing halts the machine. */
#define KIT_IMAGE_OPTION                                                                          \
	{                                                                                         \
		"image", "of 100000 VMs, how many have an image that does not verify", 0, 100000, \
			2000                                                                      \
	}
#define KIT_CORE_OPTION                                                                            \
	{                                                                                          \
		"core", "of 100000 host faults, how many are at a page of the core", 0, 100000, 20 \
	}

/* Off, nothing claims what an operation is about, so hosts and guests meet. */
#define KIT_CLAIMS_OPTION                                                                         \
	{                                                                                         \
		"claims",                                                                         \
			"hosts and guests claim what others must not change meanwhile, and know " \
			"what must come; off: they meet, and the judge alone decides",            \
			0, 1, 1                                                                   \
	}

#define KIT_EVEN_OPTION                                                                           \
	{                                                                                         \
		"even",                                                                           \
			"an illegal form that was never done is done as soon as it can be; off: " \
			"by its share",                                                           \
			0, 1, 1                                                                   \
	}

/* Options that all have. */
#define KIT_OPTIONS                                                                              \
	KIT_EVEN_OPTION, KIT_CLAIMS_OPTION,                                                      \
		{ "illegal", "percent of the operations that break a rule and are refused", 0,   \
		  100, 2 },                                                                      \
	{                                                                                        \
		"panics", "of 100000 operations, how many halt the machine; 0: nothing does", 0, \
			100000, 10                                                               \
	}

#define KIT_END_OF_OPTIONS          \
	{                           \
		NULL, NULL, 0, 0, 0 \
	}

/* To wake a sleeper takes longer than a section: who is next spins a little, the others give their core away. */
#define KIT_SCENARIO                                                                             \
	.expected = VERDICT_CLEAN, .cpus = 4, .min_cpus = 1, .wait = WAIT_AUTO,                  \
	.begin = kit_begin, .verify = kit_verify, .report = kit_report, .forms = kit_tell_forms, \
	.end = kit_end

/* Registers that hold what hosts and guests compute: some get other values at each call and trap. */
enum { KIT_FIRST_REG = 10, KIT_REGS = 16, KIT_COMPUTED = 2, KIT_RARE = 16 };

/* The host's hypercall @nr (by the number of Constants), with args[0..n_args) in x1, ...; op->result: what came in x0. */
void kit_hvc(struct cpu *c, struct kit_cpu *k, u64 nr, struct operation *op);
/* The guest traps with class @ec of ESR. */
void kit_trap(struct cpu *c, u64 ec);
/* kit_op.execute: the host touches address args[0]; the guest shares, or no longer, args[1] bytes from its address args[0] on. */
void kit_fault_execute(struct cpu *c, struct kit_cpu *k, struct operation *op);
void kit_grant_execute(struct cpu *c, struct kit_cpu *k, struct operation *op);
void kit_revoke_execute(struct cpu *c, struct kit_cpu *k, struct operation *op);
/* A register of those that hosts and guests compute. */
static inline u64 kit_some_reg(struct rng *r)
{
	return KIT_FIRST_REG + rng_below(r, KIT_REGS);
}
/* @pfn is a frame of the machine, @page the number of a managed page. */
u64 kit_pfn(const struct kit *kit, u64 page);
/* It was not to happen: the run is not as expected.  @what ends a sentence that says the operation. */
void kit_surprise(struct kit_cpu *k, const struct operation *op, const char *what);
/* The same, of how an operation was to end, and did. */
void kit_surprise_as(struct kit_cpu *k, const struct operation *op, enum run_answer expected,
                     enum run_answer came, const char *what);
/* kit_op.judge of what has no effect that could be looked for. */
bool kit_judge_nothing(struct cpu *c, struct kit_cpu *k, const struct operation *op);
/* An answer that the host gives when the core asks next. */
void kit_answer(struct kit_cpu *k, u64 value);
/* Blocks of 512 pages whose pages guests get one by one; the others are images'. */
static inline bool kit_block_of_pages(u64 block)
{
	return block % 4 == 3;
}
/* Claim a whole block of the host; its first page, or ~0. */
u64 kit_take_block(struct kit_cpu *k, struct rng *r);
/* Claim a page of the host; ~0: none was found. */
u64 kit_take_page(struct kit_cpu *k, struct rng *r);
/* Nothing is claimed, and nothing is known to come. */
static inline bool kit_meets(const struct kit_cpu *k)
{
	return k->kit->board.no_claims;
}

/* A VM in a state, any of those that are; 0: none was found. */
vmid_t kit_some_vm(const struct kit_cpu *k, struct rng *r, enum vm_state_hint state);
/* One that is off, and of which vCPU *vcpuid runs still and has to stay (board_vcpu_pin()); 0: none was found. */
vmid_t kit_pin_of_off(const struct kit_cpu *k, struct rng *r, u32 *vcpuid);
/* The VM's vmid was not claimed by any: claim it. */
bool kit_take_vmid(struct kit *kit);
/* One VM less that may do something. */
void kit_vm_done(struct kit *kit);

/* Where a VM finds its memory: guest frames. */
enum {
	KIT_IMAGE_GFN = 0x40000,  /* the first image's block */
	KIT_IO_GFN = 0x10000,     /* devices */
	KIT_DEVICE_GFN = 0x200,   /* pages that its devices alone have */
	KIT_SLOT_GFN = 0x80000,   /* pages that it got one by one */
	KIT_BLOCK_GFN = 0xc0000,  /* blocks that it got later */
	KIT_NOTHING_GFN = 0xf0000 /* nothing */
};

/* A page of the VM, any that it has: its gfn and the number of the managed page.  false: none was found. */
bool kit_guest_page(const struct kit_cpu *k, struct rng *r, vmid_t vmid, u64 *gfn, u64 *page);

/*
 * A page of a VM, with a number below @below, that nobody shares, claimed, so that it stays so: board_page_give() ends it.
 * false: none was found.
 */
bool kit_freeze_page(struct kit_cpu *k, struct rng *r, u64 below, u64 *page, vmid_t *vmid);
