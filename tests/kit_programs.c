// SPDX-License-Identifier: GPL-2.0-only
#include "tests/kit_programs.h"

#include "sim/base/check.h"
#include "tests/kit.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *program_kind_name(enum program_kind kind)
{
	static const char *const names[] = { "locks", "memory", "guest", "contexts" };

	return names[kind];
}

static __attribute__((format(printf, 2, 3))) void put(char *text, const char *form, ...)
{
	size_t at = strlen(text);
	va_list ap;
	int n;

	va_start(ap, form);
	n = vsnprintf(text + at, PROGRAM_TEXT - at, form, ap);
	va_end(ap);
	SIM_ASSERT(n >= 0);
	SIM_ASSERT((size_t)n < PROGRAM_TEXT - at);
}

static u32 below(struct rng *r, u32 n)
{
	return (u32)rng_below(r, n);
}

/* Locks, and of what they guard a look and a write. */
static const struct {
	const char *acquire, *release, *look, *write;
} locks[] = {
	{ "acquire_lock_core", "release_lock_core", "get_next_vmid", "set_next_vmid" },
	{ "acquire_lock_vm 1", "release_lock_vm 1", "get_vm_state 1", "set_vm_state 1" },
	{ "acquire_lock_s2page", "release_lock_s2page", NULL, NULL },
};

static void put_inside(struct rng *r, u32 lk, char *text)
{
	u32 what = below(r, 4);

	if (!locks[lk].look || what == 0)
		return;
	if (what & 1)
		put(text, "%s\n", locks[lk].look);
	if (what & 2)
		put(text, "%s %u\n", locks[lk].write, 1 + below(r, 3));
}

/* A section, and what is nested in it if it may have two tickets: returns how many it has. */
static u32 put_section(struct rng *r, u32 left, char *text)
{
	u32 outer = below(r, 3), inner = below(r, 3), tickets = 1;

	put(text, "%s\n", locks[outer].acquire);
	put_inside(r, outer, text);
	if (left > 1 && inner != outer && below(r, 2)) {
		put(text, "%s\n", locks[inner].acquire);
		put_inside(r, inner, text);
		put(text, "%s\n", locks[inner].release);
		tickets++;
	}
	/* Now and then it is never given up. */
	if (below(r, 20))
		put(text, "%s\n", locks[outer].release);
	return tickets;
}

static void locks_of_cpu(struct rng *r, u32 budget, char *text)
{
	u32 left = 1 + below(r, budget);

	while (left > 0) {
		u32 what = below(r, 24);

		if (what < 2) {
			put(text, "panic\n");
			left--;
		} else if (what == 2) {
			/* Nobody may without the lock. */
			put(text, "get_next_vmid\n");
			left--;
		} else if (what < 6 && left > 1) {
			put(text, "check_then_act\n%s", below(r, 3) ? "" : "expect 1\n");
			left -= 2;
		} else {
			left -= put_section(r, left, text);
		}
	}
}

static void random_locks(struct rng *r, char *text)
{
	static const u32 budgets[] = { 5, 3, 2 };
	u32 cpus = 2 + below(r, 3);

	put(text, "concurrent\n");
	for (u32 c = 0; c < cpus; c++) {
		put(text, "cpu %u\n", c);
		locks_of_cpu(r, budgets[cpus - 2], text);
	}
	put(text, "end\n");
	if (below(r, 4) == 0)
		put(text, "get cell CORE next_vmid[0]\nexpect %u\n", below(r, 3));
}

/* One of three pages: what a host, the core or a device does at it. */
static void memory_call(struct rng *r, u32 cpu, char *text)
{
	u32 page = below(r, 5) % 3;

	switch (below(r, 14)) {
	case 0:
	case 1:
		put(text, "fault 0x21%u000\n", page);
		return;
	case 2:
	case 3:
		put(text, "assign_pfn_to_vm 1 0x8000%u 0x21%u\n", page, page);
		return;
	case 4:
		put(text, "clear_vm_page 1 0x21%u\n", page);
		return;
	case 5:
		put(text, "fetch_from_doracle 1 0x21%u 1\n", page);
		return;
	case 6:
		put(text, "clear_phys_page 0x21%u\n", page);
		return;
	case 7:
		put(text, "feed data 1 0x7%u\nfetch_from_doracle 1 0x21%u 1\n", cpu, page);
		return;
	case 8:
	case 9:
		put(text, "mem_store 0x21%u 1\n", page);
		return;
	case 10:
		put(text, "dev_load 0x8000210 4 0 0\n");
		return;
	case 11:
		if (below(r, 2)) {
			put(text, "panic\n");
			return;
		}
		put(text, "hvc HVC_REGISTER_KVM\n");
		return;
	default:
		put(text, "mem_load 0x21%u 3\n", page);
		return;
	}
}

static void random_memory(struct rng *r, char *text)
{
	static const u32 shapes[][4] = { { 1, 1, 0, 0 }, { 2, 1, 0, 0 }, { 1, 2, 0, 0 },
		                         { 2, 2, 0, 0 }, { 1, 1, 1, 0 }, { 1, 1, 1, 1 } };
	const u32 *shape = shapes[below(r, ARRAY_SIZE(shapes))];

	put(text, "erratum smmu-host-offset intended\nboot 1024\n"
	          "hvc HVC_SMMU_ALLOC_PGD 0 HOSTVISOR 0\n"
	          "hvc HVC_SMMU_LPAE_MAP 0x8000210000 0x210000 0xc0 0 0\n"
	          "fault 0x210000\nassign_pfn_to_vm 1 0x80001 0x211\nconcurrent\n");
	for (u32 c = 0; c < 4; c++) {
		if (shape[c])
			put(text, "cpu %u\n", c);
		for (u32 i = 0; i < shape[c]; i++)
			memory_call(r, c, text);
	}
	put(text, "end\n");
}

static void guest_call(struct rng *r, char *text)
{
	static const char *const calls[] = {
		"mem_load 0x90005 1",
		"mem_load 0x90005 1",
		"mem_store 0x90005 2",
		"mem_store 0x90005 2",
		"trap ESR_ELx_EC_HVC64 HVC_KVM_SET_DESC_PFN 0 0x90005000 0x1000",
		"trap ESR_ELx_EC_HVC64 HVC_KVM_UNSET_DESC_PFN 0 0x90005000 0x1000",
		"irq",
		"trap ESR_ELx_EC_HVC64 PSCI_0_2_FN_SYSTEM_OFF",
	};

	put(text, "%s\n", calls[below(r, ARRAY_SIZE(calls))]);
}

static void host_call(struct rng *r, char *text)
{
	static const char *const calls[] = {
		"fault 0x400000",       "fault 0x401000",
		"mem_load 0x400 1",     "mem_store 0x400 2",
		"hvc HVC_REGISTER_KVM", "hvc HVC_CLEAR_VM_S2_RANGE 1 0x400000 0x1000",
		"mem_store 0x401 2",    "get_int_pc 1 1",
	};

	put(text, "%s\n", calls[below(r, ARRAY_SIZE(calls))]);
}

static void random_guest(struct rng *r, char *text)
{
	u32 hosts = 1 + (below(r, 3) == 0);

	put(text, "erratum core-to-vm intended\nboot 2048\nhvc HVC_REGISTER_KVM\n"
	          "hvc HVC_SET_BOOT_INFO 1 0x80000000 0x1000\nhvc HVC_REMAP_VM_IMAGE 1 0x200 0\n"
	          "hvc HVC_REGISTER_VCPU 1 0\nhvc HVC_VERIFY_VM_IMAGE 1\nfault 0x401000\ncpu 1\n"
	          "feed data 1 0x80000000 0 0\nrun 1 0\nirq\nrun 1 0 0x90005000 0x400000 3\n");
	if (below(r, 2))
		put(text, "trap ESR_ELx_EC_HVC64 HVC_KVM_SET_DESC_PFN 0 0x90005000 0x1000\n");
	put(text, "irq\nrun 1 0\nconcurrent\ncpu 0\n");
	host_call(r, text);
	if (hosts == 1 && below(r, 2))
		host_call(r, text);
	put(text, "cpu 1\n");
	guest_call(r, text);
	if (hosts == 1 && below(r, 2))
		guest_call(r, text);
	if (hosts == 2) {
		put(text, "cpu 2\n");
		host_call(r, text);
	}
	put(text, "end\n");
}

/* A use of a saved context by who need not have it. */
static void put_use(struct rng *r, u32 cpu, char *text)
{
	static const char *const uses[] = {
		"get_shadow_ctxt 1 0 3",        "get_shadow_ctxt 1 0 3",
		"get_shadow_dirty_bit 1 0",     "set_shadow_dirty_bit 1 0 8",
		"clear_shadow_gp_regs 1 0",     "get_shadow_ctxt 2 0 3",
		"set_shadow_ctxt 2 0 3 7",      "decrypt_gp_regs 1 0",
		"update_exception_gp_regs 1 0",
	};
	u32 what = below(r, ARRAY_SIZE(uses) + 4);

	if (what < ARRAY_SIZE(uses))
		put(text, "%s\n", uses[what]);
	else
		put(text, "set_shadow_ctxt 1 0 3 %u\n%s", 1 + cpu,
		    below(r, 8) ? "" : "expect ok\n");
}

/* One under a lock or beside one; now and then nothing of that. */
static void put_use_somewhere(struct rng *r, u32 cpu, char *text)
{
	u32 lk = below(r, 2), where = below(r, 12);

	if (where == 0) {
		put(text, "%s\n", below(r, 2) ? "panic" : "get_next_vmid");
		return;
	}
	if (where < 6)
		put(text, "%s\n", locks[lk].acquire);
	if (where < 4)
		put_use(r, cpu, text);
	if (where == 4)
		put_inside(r, lk, text);
	if (where < 6)
		put(text, "%s\n", locks[lk].release);
	if (where >= 4)
		put_use(r, cpu, text);
}

static void contexts_alone(struct rng *r, char *text)
{
	static const u32 budgets[] = { 3, 2 };
	u32 cpus = 2 + (below(r, 3) == 0);

	put(text, "concurrent\n");
	for (u32 c = 0; c < cpus; c++) {
		put(text, "cpu %u\n", c);
		for (u32 left = 1 + below(r, budgets[cpus - 2]); left > 0; left--)
			put_use_somewhere(r, c, text);
	}
	put(text, "end\n");
}

/* CPU 0 runs a vCPU, and the others use what it saves, or claim the vCPU as well: one of them says that it is READY (2), whoever has it. */
static void contexts_of_a_run(struct rng *r, char *text)
{
	u32 third = below(r, 3) == 0;

	put(text,
	    "erratum core-to-vm intended\nboot 2048\nhvc HVC_REGISTER_KVM\n"
	    "hvc HVC_SET_BOOT_INFO 1 0x80000000 0x1000\nhvc HVC_REMAP_VM_IMAGE 1 0x200 0\n"
	    "hvc HVC_REGISTER_VCPU 1 0\nhvc HVC_VERIFY_VM_IMAGE 1\ncpu 1\n"
	    "feed data 1 0x80000000 0 0\nrun 1 0\nirq\nconcurrent\ncpu 0\nrun 1 0\n%s",
	    below(r, 2) ? "irq\n" : "");
	put(text, "cpu 1\n");
	if (below(r, 2)) {
		put(text, "acquire_lock_vm 1\nset_vcpu_state 1 0 2\nrelease_lock_vm 1\nrun 1 0\n");
	} else {
		put_use_somewhere(r, 1, text);
		if (!third)
			put_use_somewhere(r, 1, text);
	}
	if (third) {
		put(text, "cpu 2\n");
		put_use(r, 2, text);
	}
	put(text, "end\n");
}

static void random_contexts(struct rng *r, char *text)
{
	if (below(r, 3) == 0)
		contexts_of_a_run(r, text);
	else
		contexts_alone(r, text);
}

void program_random(struct rng *r, enum program_kind kind, char text[PROGRAM_TEXT])
{
	static void (*const make[])(struct rng *, char *) = { random_locks, random_memory,
		                                              random_guest, random_contexts };

	text[0] = '\0';
	make[kind](r, text);
}

struct scope *program_scope(const char *text)
{
	struct scope_opts o = { .seed = 1 };
	struct scope *s;
	struct err err;

	errata_defaults(&o.errata);
	if (scope_parse(&s, "text", text, strlen(text), &o, &err) < 0)
		fail_msg("%s\n%s", err.msg, text);
	return s;
}
