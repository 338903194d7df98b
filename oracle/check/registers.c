// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/registers.h"

#include "oracle/check/kept.h"
#include "oracle/check/known.h"
#include "sim/base/addr.h"
#include "sim/base/vec.h"
#include "sim/log/said.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct register_checks
 * @kept: NULL: the check is off
 * @from_guest: [cpu] a guest ran there when it entered the core
 * @told: marks of registers, @entries: of entries of the core; in all episodes
 */
struct register_checks {
	struct registers *registers;
	struct kept *kept;
	u64 told, entries;
	bool from_guest[MAX_CPU];
};

static const u8 rows[REGISTERS_NR] = {
	[REGISTERS_NO_REG] = ROW_REGISTERS_NO_REG, [REGISTERS_NO_CTXT] = ROW_REGISTERS_NO_CTXT,
	[REGISTERS_ENTER] = ROW_ENTRIES_ENTER,     [REGISTERS_LEAVE] = ROW_ENTRIES_LEAVE,
	[REGISTERS_MODE] = ROW_ENTRIES_MODE,       [REGISTERS_WHO] = ROW_ENTRIES_WHO,
	[REGISTERS_VCPU] = ROW_ENTRIES_VCPU,       [REGISTERS_UNSAID] = ROW_REGISTERS_UNSAID,
	[REGISTERS_DIGEST] = ROW_REGISTERS_DIGEST,
};

_Static_assert((int)CHECK_ROW_NR <= 256, "a row fits in a byte");

static void *create(const struct judge *j)
{
	struct register_checks *s = xcalloc(1, sizeof(*s));

	s->registers = registers_new(j->cpus, j->total_cpu,
	                             errata_published(&j->errata, ERRATUM_ACCESS_REGISTERS));
	s->kept = check_on(j, CHK_KEPT) ? kept_new(j, s->registers) : NULL;
	return s;
}

static void free_checks(void *own)
{
	struct register_checks *s = own;

	if (s) {
		kept_free(s->kept);
		registers_free(s->registers);
	}
	free(s);
}

static void reset(void *own, const struct judge *j)
{
	struct register_checks *s = own;

	(void)j;
	registers_reset(s->registers);
	if (s->kept)
		kept_reset(s->kept);
	memset(s->from_guest, 0, sizeof(s->from_guest));
}

/* "the host on CPU 1", "vCPU 2 of VM 3 on CPU 1". */
static const char *who(const struct runs_on *runs, cpu_t cpu, char *buf, size_t size)
{
	if (runs->ihost && runs->vmid == HOSTVISOR && runs->vcpuid == cpu)
		snprintf(buf, size, "the host on CPU %u", cpu);
	else
		snprintf(buf, size, "%s vCPU %u of VM %u on CPU %u",
		         runs->ihost ? "the host as" : "guest", runs->vcpuid, runs->vmid, cpu);
	return buf;
}

static __attribute__((cold, noinline)) void breach(const struct register_checks *s, struct judge *j,
                                                   enum registers_row row, const struct event *e,
                                                   const struct runs_on *before)
{
	const struct ctxt *rebuilt = registers_of_cpu(s->registers, e->cpu);
	u64 said = e->n ? e->args[0] : 0;
	char text[80], whose[64];

	snprintf(whose, sizeof(whose), "the registers of CPU %u", e->cpu);
	if (e->kind == MARK_CTXT) {
		rebuilt = registers_of_vcpu(s->registers, e->args[0], e->args[1]);
		said = e->args[2];
		snprintf(whose, sizeof(whose), "the context of vCPU %llu of VM %llu",
		         (unsigned long long)e->args[1], (unsigned long long)e->args[0]);
	}
	if (row == REGISTERS_DIGEST && rebuilt)
		found_of(&j->findings, rows[row], e,
		         FACTS(fact_should(fact_hex("digest", said), regs_digest(rebuilt))),
		         "%s: digest 0x%llx is said, and what was said of them has 0x%016llx",
		         whose, (unsigned long long)said, (unsigned long long)regs_digest(rebuilt));
	else
		found_of(&j->findings, rows[row], e,
		         FACTS(fact_n("vmid", before->vmid), fact_n("vcpu", before->vcpuid),
		               fact_word("mode", before->ihost ? "host" : "guest"),
		               fact_word("in_core", before->icore ? "yes" : "no")),
		         "%s%s", who(before, e->cpu, text, sizeof(text)),
		         before->icore ? ", in the core" : "");
}

/* Registers by which a CPU traps what runs on it, and those bits of them that the core sets for a guest and for the host. */
static const struct {
	enum reg reg;
	u64 bits, guest, host;
} traps[] = {
	/* The first one, which is of group REGS; the others are of group TRAP, which no context has. */
	{ R_hcr_el2, ~0ull, HCR_HYPSEC_VM_FLAGS, HCR_HOST_NVHE_FLAGS },
	{ R_pmuserenr_el0, ~0ull, ARMV8_PMU_USERENR_MASK, 0 },
	{ R_mdcr_el2, ~0ull, HYPSEC_MDCR_EL2_FLAG, 0 },
	{ R_cptr_el2, ~0ull, CPTR_VM, CPTR_EL2_DEFAULT },
	/* The last one, which is not asked for where timer-enable-traps is published. */
	{ R_cnthctl_el2, CNTHCTL_EL1PCEN | CNTHCTL_EL1PCTEN, CNTHCTL_EL1PCTEN, CNTHCTL_EL1PCTEN },
};

/* Which of traps[] are asked for. */
static u32 n_traps(const struct judge *j, cpu_t cpu)
{
	return ARRAY_SIZE(traps) - judge_published(j, cpu, ERRATUM_TIMER_ENABLE_TRAPS);
}

/* The first of traps[@i..@n - 1] that is not what it should be; @n: none. */
static u32 wrong_trap(const struct ctxt *regs, bool ihost, u32 i, u32 n)
{
	while (i < n &&
	       (regs->r[traps[i].reg] & traps[i].bits) == (ihost ? traps[i].host : traps[i].guest))
		i++;
	return i;
}

/* Did the published core_to_vm() load table and hcr_el2 from the saved context, and is nothing else wrong? */
static bool by_core_to_vm(const struct ctxt *regs, const struct ctxt *saved, u32 n)
{
	return saved && regs->r[R_vttbr_el2] == saved->r[R_vttbr_el2] &&
	       regs->r[R_hcr_el2] == saved->r[R_hcr_el2] && wrong_trap(regs, false, 1, n) == n;
}

/*
 * X9  What the CPU's registers say of who runs now; only when that is another one than who entered, or a guest, and the registers are
 * known.
 */
static void root(const struct register_checks *s, struct judge *j, const struct event *e,
                 const struct runs_on *now)
{
	const struct ctxt *regs = registers_known(s->registers, false, e->cpu, 0, 0);
	const struct ctxt *saved = registers_of_vcpu(s->registers, now->vmid, now->vcpuid);
	u64 root, trap, want, table = pt_vttbr(now->vmid);
	enum check_row row;
	struct facts f;
	char text[80];
	enum reg reg;
	u32 n = n_traps(j, e->cpu), wrong;

	if (!regs)
		return;
	root = regs->r[R_vttbr_el2];
	wrong = wrong_trap(regs, now->ihost, 0, n);
	evaluated(j, CHK_ROOT);
	if (likely(root == table && wrong == n))
		return;
	wrong = wrong < n ? wrong : 0;
	reg = traps[wrong].reg;
	trap = regs->r[reg] & traps[wrong].bits;
	want = now->ihost ? traps[wrong].host : traps[wrong].guest;
	row = root != table ? ROW_ROOT_TABLE : ROW_ROOT_TRAPS;
	facts_init(&f);
	if (!now->ihost && by_core_to_vm(regs, saved, n))
		f.by = 1u << KNOWN_CORE_TO_VM;
	if (found_again(j, row, e, &f))
		return;
	facts_add(&f, "%s; vttbr_el2 is 0x%llx, the table 0x%llx; %s is 0x%llx, the traps 0x%llx",
	          who(now, e->cpu, text, sizeof(text)), (unsigned long long)root,
	          (unsigned long long)table, reg_name(reg), (unsigned long long)trap,
	          (unsigned long long)want);
	facts_value(&f, fact_n("vmid", now->vmid));
	facts_value(&f, fact_n("vcpu", now->vcpuid));
	facts_value(&f, fact_should(fact_hex("vttbr_el2", root), table));
	facts_value(&f, fact_should(fact_hex(reg_name(reg), trap), want));
	found_facts(j, row, e, &f);
}

/* P8, when the context is known. */
static void dirty(const struct register_checks *s, struct judge *j, const struct event *e,
                  const struct runs_on *now)
{
	const struct ctxt *saved =
		registers_known(s->registers, true, e->cpu, now->vmid, now->vcpuid);
	char text[80];

	if (!saved)
		return;
	evaluated(j, CHK_DIRTY);
	if (saved->r[R_dirty] == INVALID64)
		found_of(&j->findings, ROW_DIRTY, e,
		         FACTS(fact_n("vmid", now->vmid), fact_n("vcpu", now->vcpuid),
		               fact_hex("dirty", saved->r[R_dirty])),
		         "%s; dirty is INVALID64", who(now, e->cpu, text, sizeof(text)));
}

/* The CPU has left the core. */
static void leaves(struct register_checks *s, struct judge *j, const struct event *e)
{
	struct runs_on now = registers_runs_on(s->registers, e->cpu);
	bool guest = !now.ihost && is_vm(now.vmid);

	if (now.icore || (!guest && !s->from_guest[e->cpu]))
		return;
	if (check_on(j, CHK_ROOT))
		root(s, j, e, &now);
	if (guest && check_on(j, CHK_DIRTY))
		dirty(s, j, e, &now);
}

static void note(void *arg, void *at, size_t size)
{
	journal_note(arg, at, size);
}

static __attribute__((noinline)) void keep(struct register_checks *s, struct judge *j,
                                           const struct event *e)
{
	KEEP(j, s->told);
	KEEP(j, s->entries);
	KEEP(j, s->from_guest[e->cpu]);
	registers_before(s->registers, e, note, j->journal);
}

void register_event(struct register_checks *s, struct judge *j, const struct event *e)
{
	struct runs_on before = { .ihost = false };
	enum registers_row row;

	if (unlikely(e->cpu >= j->cpus))
		return;
	if (e->kind == MARK_OUTSIDE) {
		if (s->kept)
			kept_vector(s->kept, j, e);
		return;
	}
	if (unlikely(j->journal != NULL))
		keep(s, j, e);
	if (e->kind <= MARK_LEAVE || e->kind == MARK_MOVE)
		before = registers_runs_on(s->registers, e->cpu);
	if (s->kept)
		kept_before(s->kept, j, e);
	row = registers_event(s->registers, e);
	if (s->kept)
		kept_mark(s->kept, j, e);
	s->told += e->kind >= MARK_REGS && e->kind <= MARK_MOVE;
	s->entries += e->kind == MARK_ENTER;
	if (e->kind == MARK_ENTER)
		s->from_guest[e->cpu] = !before.ihost;
	else if (e->kind == MARK_LEAVE)
		leaves(s, j, e);
	if (unlikely(row != REGISTERS_OK) &&
	    check_on(j, check_row_check((enum check_row)rows[row])))
		breach(s, j, row, e, &before);
}

const struct registers *register_checks_rebuilt(const struct register_checks *s)
{
	return s->registers;
}

static void verdict(const void *own, const struct judge *j, enum check_id id,
                    struct check_verdict *out)
{
	const struct register_checks *s = own;
	u64 whole, doubted, n = registers_digests(s->registers, &whole, &doubted);

	if (!s->told && !s->entries)
		verdict_lacks(out, "log has no marks of registers");
	else if (id == CHK_ROOT || id == CHK_DIRTY || id == CHK_KEPT)
		verdict_cases(j, id, out);
	else if (id == CHK_ENTRIES)
		snprintf(out->worst, sizeof(out->worst), "%llu entries",
		         (unsigned long long)s->entries);
	else if (doubted)
		snprintf(out->worst, sizeof(out->worst),
		         "%llu digests agree, %llu behind a wrong one were not compared",
		         (unsigned long long)n, (unsigned long long)doubted);
	else
		snprintf(out->worst, sizeof(out->worst),
		         "%llu marks, %llu digests, %llu of them whole",
		         (unsigned long long)s->told, (unsigned long long)n,
		         (unsigned long long)whole);
}

const struct family registers_family = {
	.create = create, .free = free_checks, .reset = reset, .verdict = verdict
};
