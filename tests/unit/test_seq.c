// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sequences of entries, from the tables of spec/32: what each wants next, given what came before.  Each that ends is one that its
 * row's operations allow, and each operation of each row is wanted by some case.
 */
#include "oracle/spec/seq.h"
#include "sim/base/consts.h"
#include "sim/log/mark_arg.h"
#include "sim/log/op.h"
#include "tests/kit.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct errata errata;
static struct ctxt regs, context;
static bool knows_context;
/* Rows that had a case, and operations (bits) that it wanted. */
static u64 wanted[SEQ_NR];
static bool begun[SEQ_NR];

static const struct ctxt *saved(const void *arg, u64 vmid, u64 vcpuid)
{
	(void)arg;
	return knows_context && vmid == 3 && vcpuid == 2 ? &context : NULL;
}

static const struct seq_env env = { .errata = &errata, .total_cpu = 8, .saved = saved };

static int setup(void **state)
{
	(void)state;
	errata_defaults(&errata);
	memset(&regs, 0, sizeof(regs));
	memset(&context, 0, sizeof(context));
	knows_context = true;
	return 0;
}

/* "(get_vm_poweron )(get_vm_banks )?(clear_vm_page )*": a row's operations as a regular expression. */
static void as_regex(const char *operations, char *out)
{
	for (const char *p = operations; *p;) {
		size_t len = strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789_");

		if (len)
			out += sprintf(out, "(%.*s )", (int)len, p);
		else if (*p != ' ')
			out += sprintf(out, "%c", *p);
		p += len ? len : 1;
	}
}

static void allowed(enum seq_row row, const char *did)
{
	char pattern[512] = "^(";
	regex_t r;

	as_regex(seq_operations(row), pattern + 2);
	strcat(pattern, ")$");
	assert_int_equal(regcomp(&r, pattern, REG_EXTENDED | REG_NOSUB), 0);
	if (regexec(&r, did, 0, NULL, 0) != 0)
		fail_msg("%s: %s", pattern, did);
	regfree(&r);
}

/* "[ihost] x0=4": the end. */
static const char *end(const struct seq_want *w, char *buf, size_t size)
{
	if (w->gives)
		snprintf(buf, size, "host x0=0x%llx", (unsigned long long)w->x0);
	else
		snprintf(buf, size, w->ihost ? "host" : "guest %u.%u", w->vmid, w->vcpuid);
	return buf;
}

static const char *next_want(const struct seq_want *w, char *buf, size_t size)
{
	switch (w->kind) {
	case SEQ_UNKNOWN:
		return "unknown";
	case SEQ_HALT:
		return "halt";
	case SEQ_STUCK:
		return "stuck";
	case SEQ_LEAVE:
		return end(w, buf, size);
	case SEQ_TAKE:
		snprintf(buf, size, "%s %u *%llu", w->stream == MV_STREAM_CORE ? "core" : "data",
		         w->vmid, (unsigned long long)w->n);
		return buf;
	default:
		return seq_print_want(w, buf, size);
	}
}

/*
 * The entry wants these steps, one after the other, "; " between them: "STEP", or "STEP = RESULT" if what it gives is not 0.  The last
 * one is the end: "host", "guest VMID.VCPUID", "host x0=N", "halt", "stuck", "unknown"; or "...": it goes on.
 */
static void expect(u32 entry, const char *steps)
{
	char did[4096] = "", list[2048], text[160], *save = NULL;
	u32 vmid = entry == MV_ENTRY_EXIT ? 3 : 0, vcpuid = entry == MV_ENTRY_EXIT ? 2 : 1;
	struct seq s;

	seq_begin(&s, &env, entry, 1, vmid, vcpuid, &regs);
	begun[s.row] = true;
	snprintf(list, sizeof(list), "%s", steps);
	for (char *step = strtok_r(list, ";", &save); step; step = strtok_r(NULL, ";", &save)) {
		char *gives;
		u64 result = 0;

		step += strspn(step, " ");
		gives = strstr(step, " = ");
		if (gives) {
			*gives = '\0';
			result = strtoull(gives + 3, NULL, 0);
		}
		if (strcmp(step, "...") == 0)
			return;
		assert_string_equal(next_want(&s.want, text, sizeof(text)), step);
		if (s.want.kind == SEQ_OP) {
			wanted[s.row] |= 1ull << s.want.op;
			snprintf(did + strlen(did), sizeof(did) - strlen(did), "%s ",
			         op_function(s.want.op));
		}
		if (s.want.kind == SEQ_LEAVE)
			allowed(s.row, did);
		if (s.want.kind == SEQ_OP || s.want.kind == SEQ_TAKE)
			seq_next(&s, &env, result);
	}
	assert_true(s.want.kind != SEQ_OP && s.want.kind != SEQ_TAKE);
}

static void hvc(const char *steps, u64 x0, u64 x1, u64 x2, u64 x3, u64 x4, u64 x5)
{
	const u64 x[] = { x0, x1, x2, x3, x4, x5 };

	memcpy(&regs.r[R_x0], x, sizeof(x));
	expect(MV_ENTRY_HVC, steps);
}

static void side(enum erratum erratum, bool published)
{
	errata_set(&errata, erratum, published);
}

/* A call does one operation with its arguments, and halts the machine when one is out of range. */
static void calls_of_one_operation(void **state)
{
	(void)state;
	hvc("host x0=0xd", 13, 1, 2, 3, 4, 5);
	hvc("set_boot_info(vmid=3, load_addr=0x80000000, size=0x1000); host x0=0xf", 15, 3,
	    0x80000000, 0x1000, 0, 0);
	hvc("halt", 15, 0, 0, 0, 0, 0);
	hvc("halt", 15, 3, 0xffffffffff, 1, 0, 0);
	hvc("remap_vm_image(vmid=3, pfn=0x210, load_idx=4); host x0=0x10", 16, 3, 0x210, 4, 0, 0);
	hvc("halt", 16, 3, 1 << 28, 4, 0, 0);
	hvc("halt", 16, 3, 0x210, 5, 0, 0);
	hvc("verify_and_load_images(vmid=15); host x0=0x11", 17, 15, 0, 0, 0, 0);
	hvc("halt", 17, 16, 0, 0, 0, 0);
	hvc("el2_free_smmu_pgd(cbndx=7, index=1); host x0=0x12", 18, 7, 1, 0, 0, 0);
	hvc("halt", 18, 8, 1, 0, 0, 0);
	hvc("el2_alloc_smmu_pgd(cbndx=7, vmid=0, index=1); host x0=0x13", 19, 7, 0, 1, 0, 0);
	hvc("halt", 19, 7, 16, 1, 0, 0);
	hvc("el2_arm_lpae_iova_to_phys(iova=0x1234, cbndx=2, index=1) = 0x5234; host x0=0x5234", 21,
	    0x1234, 2, 1, 0, 0);
	hvc("halt", 21, 1ull << 40, 2, 1, 0, 0);
	hvc("el2_arm_lpae_clear(iova=0x1000, cbndx=2, index=1); host x0=0x16", 22, 0x1000, 2, 1, 0,
	    0);
	hvc("halt", 22, 0x1000, 2, 2, 0, 0);
	hvc("register_vcpu(vmid=3, vcpuid=7); host x0=0x19", 25, 3, 7, 0, 0, 0);
	hvc("halt", 25, 3, 8, 0, 0, 0);
	hvc("host x0=0x63", 99, 3, 8, 0, 0, 0);
	hvc("host x0=0x0", 0, 3, 8, 0, 0, 0);
	hvc("host x0=0x10000000d", 0x10000000d, 3, 8, 0, 0, 0);
}

/* What a call gives to its operations, and to the host, follows from what they gave. */
static void calls_of_several(void **state)
{
	(void)state;
	hvc("get_vm_poweron(vmid=3); clear_vm_page(vmid=3, pfn=0x210); "
	    "clear_vm_page(vmid=3, pfn=0x211); host x0=0xe",
	    14, 3, 0x210fff, 0x2fff, 0, 0);
	hvc("get_vm_poweron(vmid=3) = 1; host x0=0xe", 14, 3, 0x210000, 0x2000, 0, 0);
	hvc("get_vm_poweron(vmid=3); host x0=0xe", 14, 3, 0x210000, 0xfff, 0, 0);
	hvc("halt", 14, 3, 0, 1ull << 40, 0, 0);
	hvc("gen_vmid() = 4; register_kvm(vmid=4) = 4; host x0=0x4", 24, 0, 0, 0, 0, 0);
	hvc("map_io(vmid=3, gpa=0x1000, pa=0x9000000); map_io(vmid=3, gpa=0x2000, "
	    "pa=0x9001000); "
	    "host x0=0x17",
	    23, 3, 0x1000, 0x9000000, 0x1001, 0);
	hvc("host x0=0x17", 23, 3, 0x1000, 0x9000000, 0, 0);
	hvc("halt", 23, 17, 0x1000, 0x9000000, 1, 0);
	hvc("smmu_assign_page(cbndx=2, index=1, pfn=0x210, gfn=0x5); "
	    "smmu_map_page(cbndx=2, index=1, iova=0x5008, pte=0x210047); host x0=0x14",
	    20, 0x5008, 0x210007, 0x40, 2, 1);
	hvc("halt", 20, 0x5000, 0x210000, 0x1000, 2, 1);
	hvc("halt", 20, 0x5000, 0x210000, INT64_MAX, 2, 1);
}

/* Each side of an erratum has its own sequence. */
static void calls_by_errata(void **state)
{
	const u64 high = 1ull << 41, wraps = 1ull << 39;

	(void)state;
	hvc("stuck", 14, 3, high, 0x1000, 0, 0);
	hvc("stuck", 23, 3, 0x1000 - wraps, 0x1000, wraps, 0);
	hvc("map_io(vmid=16, gpa=0x1000, pa=0x9000000); host x0=0x17", 23, 16, 0x1000, 0x9000000, 1,
	    0);
	side(ERRATUM_SMMU_PTE_ATTRS, false);
	hvc("smmu_assign_page(cbndx=2, index=1, pfn=0x210, gfn=0x5); "
	    "smmu_map_page(cbndx=2, index=1, iova=0x5000, pte=0x210740); host x0=0x14",
	    20, 0x5000, 0x210000, 0x40, 2, 1);
	side(ERRATUM_CLEAR_RANGE_BOUND, false);
	hvc("halt", 14, 3, high, 0x1000, 0, 0);
	hvc("get_vm_poweron(vmid=3) = 1; host x0=0xe", 14, 3, (1ull << 40) - 0x1000, 0x2000, 0, 0);
	side(ERRATUM_HOST_OUTSIDE_SPEC, false);
	hvc("halt", 14, 3, (1ull << 40) - 0x1000, 0x2000, 0, 0);
	side(ERRATUM_DEAD_VM_ENTRIES, false);
	hvc("get_vm_poweron(vmid=3); get_vm_banks(vmid=3) = 1; host x0=0xe", 14, 3, 0x210000,
	    0x1000, 0, 0);
	hvc("get_vm_poweron(vmid=3); get_vm_banks(vmid=3); clear_vm_page(vmid=3, pfn=0x210); "
	    "host x0=0xe",
	    14, 3, 0x210000, 0x1000, 0, 0);
	hvc("get_vm_poweron(vmid=3) = 1; host x0=0xe", 14, 3, 0x210000, 0x1000, 0, 0);
	side(ERRATUM_IOREMAP_BOUND, false);
	hvc("halt", 23, 16, 0x1000, 0x9000000, 1, 0);
	hvc("halt", 23, 3, 0x1000 - wraps, 0x1000, wraps, 0);
	hvc("halt", 23, 3, 0x1000, (1ull << 40) - 0x1000, 1, 0);
	hvc("host x0=0x1a", 26, 3, 0x210000, 0x211000, 0, 0);
	hvc("host x0=0x1d", 29, 3, 2, 0, 0, 0);
	side(ERRATUM_CRYPT_HYPERCALLS, false);
	hvc("save_encrypt_buf(vmid=3, inbuf=0x210000, outbuf=0x211000); host x0=0x1a", 26, 3,
	    0x210000, 0x211000, 0, 0);
	hvc("halt", 26, 3, 0x210000, 1ull << 40, 0, 0);
	hvc("load_decrypt_buf(vmid=3, inbuf=0x210000); host x0=0x1b", 27, 3, 0x210000, 0, 0, 0);
	hvc("halt", 27, 0, 0x210000, 0, 0, 0);
	hvc("host x0=0x1c", 28, 3, 2, 0, 0, 0);
	hvc("halt", 28, 3, 8, 0, 0, 0);
	hvc("load_encrypted_vcpu(vmid=3, vcpuid=2); host x0=0x1d", 29, 3, 2, 0, 0, 0);
	hvc("halt", 29, 3, 8, 0, 0, 0);
	side(ERRATUM_HVC_NUMBERS, true);
	hvc("host x0=0x18", 24, 3, 2, 0, 0, 0);
	hvc("host x0=0x19", 25, 3, 2, 0, 0, 0);
	hvc("gen_vmid() = 4; register_kvm(vmid=4) = 4; host x0=0x4", 26, 0, 0, 0, 0, 0);
	hvc("register_vcpu(vmid=3, vcpuid=2); host x0=0x1b", 27, 3, 2, 0, 0, 0);
}

static void fault(const char *steps, u64 hpfar, u64 esr)
{
	regs.r[R_hpfar_el2] = hpfar;
	regs.r[R_esr_el2] = esr;
	expect(MV_ENTRY_FAULT, steps);
}

/* A fault of the host that no SMMU answers maps the page. */
static void faults(void **state)
{
	(void)state;
	fault("emulate_mmio(addr=0x210000, hsr=0x93c00000) = 0xffffffff; "
	      "map_page_host(addr=0x210000); host",
	      0x2100, 0x93c00000);
	fault("emulate_mmio(addr=0x210000, hsr=0x93c00000) = 1; host", 0x2100, 0x93c00000);
	fault("emulate_mmio(addr=0x210000, hsr=0x93c00000); host", 0x12100, 0x93c00000);
	fault("stuck", 0x2100, 1ull << 32);
	side(ERRATUM_HPFAR_MASK, false);
	fault("emulate_mmio(addr=0x1210000, hsr=0) = 0xffffffff; map_page_host(addr=0x1210000); "
	      "host",
	      0x12100, 0);
	fault("emulate_mmio(addr=0x10000000000, hsr=0) = 0xffffffff; stuck", 0x100000000, 0);
	side(ERRATUM_HOST_OUTSIDE_SPEC, false);
	fault("emulate_mmio(addr=0x10000000000, hsr=0) = 0xffffffff; halt", 0x100000000, 0);
}

static void run(const char *steps, u64 vmid)
{
	regs.r[R_x0] = vmid;
	expect(MV_ENTRY_RUN, steps);
}

#define ACTIVE "core 3 *1 = 2; set_vcpu_active(vmid=3, vcpuid=2); "

/* A vCPU that has never run begins in an image, or as it was decrypted. */
static void first_runs(void **state)
{
	(void)state;
	context.r[R_dirty] = INVALID64;
	run(ACTIVE "is_inc_exe(vmid=3); data 3 *1 = 0x80000000; "
	           "search_load_info(vmid=3, addr=0x80000000) = 0x2000000; data 3 *2; guest 3.2",
	    3);
	run(ACTIVE "is_inc_exe(vmid=3); data 3 *1 = 0x80000000; "
	           "search_load_info(vmid=3, addr=0x80000000); halt",
	    3);
	run(ACTIVE "is_inc_exe(vmid=3) = 1; guest 3.2", 3);
	run("halt", 0);
	run("halt", 16);
	run("halt", 0x100000003);
	run("core 8 *1; halt", 8);
	run("core 3 *1 = 8; stuck", 3);
	side(ERRATUM_RUN_VCPUID, false);
	run("core 8 *1; set_vcpu_active(vmid=8, vcpuid=0); ...", 8);
	run("core 3 *1 = 8; halt", 3);
	run("core 3 *1 = 0x100000002; halt", 3);
	knows_context = false;
	run(ACTIVE "unknown", 3);
}

/* One that has takes the registers that the host may have changed, and the page that the host offers for its fault. */
static void later_runs(void **state)
{
	(void)state;
	run(ACTIVE "core 3 *1 = 0xfff; guest 3.2", 3);
	run(ACTIVE "core 3 *1 = 0x1000000000000; guest 3.2", 3);
	run(ACTIVE "core 3 *1 = 0x1008; core 3 *1 = 0x210fff; core 3 *1 = 3; "
	           "assign_pfn_to_vm(vmid=3, gfn=0x1, pfn=0x210); "
	           "map_pfn_vm(vmid=3, addr=0x1008, pte=0x210fff, level=3); guest 3.2",
	    3);
	run(ACTIVE "core 3 *1 = 0x1000; core 3 *1 = 0x210fff; core 3 *1 = 0; "
	           "assign_pfn_to_vm(vmid=3, gfn=0x1, pfn=0x210); "
	           "map_pfn_vm(vmid=3, addr=0x1000, pte=0x210fff, level=3); guest 3.2",
	    3);
	run(ACTIVE "core 3 *1 = 0x401000; core 3 *1 = 0x201000; core 3 *1 = 2; "
	           "assign_pfn_to_vm(vmid=3, gfn=0x400, pfn=0x201); "
	           "assign_pfn_to_vm(vmid=3, gfn=0x401, pfn=0x202); ...",
	    3);
	side(ERRATUM_BLOCK_NOT_ALIGNED, false);
	run(ACTIVE "core 3 *1 = 0x401000; core 3 *1 = 0x201000; core 3 *1 = 2; halt", 3);
	run(ACTIVE "core 3 *1 = 0x401000; core 3 *1 = 0x201000; core 3 *1 = 3; "
	           "assign_pfn_to_vm(vmid=3, gfn=0x401, pfn=0x201); ...",
	    3);
	run(ACTIVE "core 3 *1 = 0x1000; core 3 *1 = 0x10000000000; core 3 *1 = 3; "
	           "assign_pfn_to_vm(vmid=3, gfn=0x1, pfn=0x10000000); ...",
	    3);
	side(ERRATUM_HOST_OUTSIDE_SPEC, false);
	run(ACTIVE "core 3 *1 = 0x1000; core 3 *1 = 0x10000000000; core 3 *1 = 3; halt", 3);
	run(ACTIVE "core 3 *1 = 0x1000; core 3 *1 = 0xffffe00000; core 3 *1 = 2; "
	           "assign_pfn_to_vm(vmid=3, gfn=0, pfn=0xffffe00); ...",
	    3);
	context.r[R_dirty] = 0x1c0000005;
	run(ACTIVE "core 3 *1; guest 3.2", 3);
	context.r[R_ec] = ARM_EXCEPTION_TRAP;
	run(ACTIVE "data 3 *3; core 3 *1; guest 3.2", 3);
	context.r[R_dirty] = 0x180000000;
	run(ACTIVE "core 3 *1; guest 3.2", 3);
}

/* A block takes its 512 pages, and then its entry. */
static void a_block(void **state)
{
	struct seq s;

	(void)state;
	regs.r[R_x0] = 3;
	seq_begin(&s, &env, MV_ENTRY_RUN, 1, 0, 1, &regs);
	seq_next(&s, &env, 2);
	seq_next(&s, &env, 0);
	seq_next(&s, &env, 0x401000);
	seq_next(&s, &env, 0x600000);
	seq_next(&s, &env, 2);
	for (u32 i = 0; i < 512; i++) {
		assert_int_equal(s.want.kind, SEQ_OP);
		assert_int_equal(s.want.op, OP_assign_pfn_to_vm);
		assert_int_equal(s.want.arg[1], 0x400 + i);
		assert_int_equal(s.want.arg[2], 0x600 + i);
		seq_next(&s, &env, 0);
	}
	assert_int_equal(s.want.op, OP_map_pfn_vm);
	assert_int_equal(s.want.arg[1], 0x401000);
	assert_int_equal(s.want.arg[2], 0x600000);
	assert_int_equal(s.want.arg[3], 2);
}

/* A trap of class @class. */
static void trap(const char *steps, u64 class, u64 x0, u64 x2, u64 x3)
{
	regs.r[R_ec] = ARM_EXCEPTION_TRAP;
	regs.r[R_esr_el2] = class << ESR_ELx_EC_SHIFT;
	regs.r[R_x0] = x0;
	regs.r[R_x2] = x2;
	regs.r[R_x3] = x3;
	expect(MV_ENTRY_EXIT, steps);
}

/* Pages that a guest shares, or takes back: each by its entry, and in a block by its place there. */
static void shares(void **state)
{
	(void)state;
	trap("walk_s2pt(vmid=3, addr=0x401000) = 0x600fff; get_level_s2pt(vmid=3, "
	     "addr=0x401000) = 3; "
	     "grant_vm_page(vmid=3, pfn=0x600); walk_s2pt(vmid=3, addr=0x402000) = 0x600ffd; "
	     "get_level_s2pt(vmid=3, addr=0x402000) = 2; grant_vm_page(vmid=3, pfn=0x602); "
	     "walk_s2pt(vmid=3, addr=0x403000); get_level_s2pt(vmid=3, addr=0x403000); guest "
	     "3.2",
	     22, 11, 0x401000, 0x2001);
	trap("walk_s2pt(vmid=3, addr=0x401000) = 0x600fff; get_level_s2pt(vmid=3, "
	     "addr=0x401000) = 2; "
	     "revoke_vm_page(vmid=3, pfn=0x601); guest 3.2",
	     22, 12, 0x401000, 1);
	trap("guest 3.2", 22, 12, 0x401000, 0);
	trap("stuck", 22, 11, 1ull << 48, 1);
	trap("stuck", 22, 12, 0x1000, 1ull << 48);
	trap("walk_s2pt(vmid=3, addr=0xfffffffff000) = 0; get_level_s2pt(vmid=3, "
	     "addr=0xfffffffff000); "
	     "walk_s2pt(vmid=3, addr=0x1000000000000); ...",
	     22, 12, 0xfffffffff000, 0x1001);
	side(ERRATUM_GUEST_OUTSIDE_SPEC, false);
	trap("guest 3.2", 22, 11, 1ull << 48, 1);
	trap("guest 3.2", 22, 12, 0xfffffffff000, 0x1001);
	trap("guest 3.2", 22, 11, 0x1000, 0x200001);
	side(ERRATUM_GRANT_TWO_SECTIONS, false);
	trap("walk_s2pt(vmid=3, addr=0x401000) = 0x600fff; grant_vm_page(vmid=3, pfn=0x600); "
	     "walk_s2pt(vmid=3, addr=0x402000) = 0x600ffd; grant_vm_page(vmid=3, pfn=0x602); "
	     "walk_s2pt(vmid=3, addr=0x403000); guest 3.2",
	     22, 11, 0x401000, 0x2001);
}

/* Exits that the core answers go on in the guest, others in the host when the vCPU is READY. */
static void exits(void **state)
{
	(void)state;
	trap("guest 3.2", 30, 11, 0, 0);
	trap("set_vcpu_inactive(vmid=3, vcpuid=2); host", 22, 0x84000007, 0, 0);
	trap("set_vcpu_inactive(vmid=3, vcpuid=2); host", 22, 0x10000000b, 0, 0);
	trap("set_vm_poweroff(vmid=3); set_vcpu_inactive(vmid=3, vcpuid=2); host", 22, 0x184000008,
	     0, 0);
	trap("halt", 18, 0x84000008, 0, 0);
	trap("halt", 1, 0, 0, 0);
	trap("halt", 32, 0, 0, 0);
	trap("halt", 36, 0, 0, 0);
	trap("halt", 0, 0, 0, 0);
	side(ERRATUM_EXIT_CLASSES, false);
	trap("set_vm_poweroff(vmid=3); set_vcpu_inactive(vmid=3, vcpuid=2); host", 18, 0x84000008,
	     0, 0);
	trap("set_vcpu_inactive(vmid=3, vcpuid=2); host", 18, 11, 0, 0);
	trap("set_vcpu_inactive(vmid=3, vcpuid=2); host", 1, 0x84000008, 0, 0);
	trap("data 3 *1; set_vcpu_inactive(vmid=3, vcpuid=2); host", 32, 0, 0, 0);
	trap("data 3 *1; set_vcpu_inactive(vmid=3, vcpuid=2); host", 36, 0, 0, 0);
	trap("halt", 0, 0, 0, 0);
	trap("halt", 24, 0, 0, 0);
	regs.r[R_ec] = ARM_EXCEPTION_INTERRUPT;
	regs.r[R_esr_el2] = 22u << ESR_ELx_EC_SHIFT;
	regs.r[R_x0] = 0x84000008;
	expect(MV_ENTRY_EXIT, "set_vcpu_inactive(vmid=3, vcpuid=2); host");
	regs.r[R_ec] = 0;
	expect(MV_ENTRY_EXIT, "halt");
}

/* Behind all others: each row has had a case, and each of its operations. */
static void all_of_them(void **state)
{
	(void)state;
	for (u32 row = 0; row < SEQ_NR; row++) {
		const char *p = seq_operations(row);

		if (!begun[row])
			fail_msg("%s: no case", seq_what(row));
		for (u32 op = 0; op < HYP_OP_NR; op++) {
			char text[512] = "", name[80];

			as_regex(p, text);
			snprintf(name, sizeof(name), "(%s )", op_function(op));
			if (!strstr(text, name) != !(wanted[row] >> op & 1))
				fail_msg("%s: %s: %s", seq_what(row), op_function(op), p);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(calls_of_one_operation, setup),
		cmocka_unit_test_setup(calls_of_several, setup),
		cmocka_unit_test_setup(calls_by_errata, setup),
		cmocka_unit_test_setup(faults, setup),
		cmocka_unit_test_setup(first_runs, setup),
		cmocka_unit_test_setup(later_runs, setup),
		cmocka_unit_test_setup(a_block, setup),
		cmocka_unit_test_setup(shares, setup),
		cmocka_unit_test_setup(exits, setup),
		cmocka_unit_test(all_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
