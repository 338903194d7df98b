// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hypervisor's tables: how many operations a second, of each kind that can be done again and again, all CPUs together,
 * logged and not.  Each CPU has a VM, a context bank and pages of its own, so 15 CPUs at most; what they meet at is the locks
 * of all: S2PAGE, SPT, SMMU, the host's table.
 */
#include "bench/foreign_table.h"
#include "bench/frame.h"
#include "bench/runs.h"
#include "scenarios/scenarios.h"
#include "shmem/fields.h"
#include "shmem/locks.h"
#include "sim/hyp/api.h"
#include "sim/hyp/boot_ops.h"
#include "sim/hyp/mem_mgr.h"
#include "sim/hyp/mmio_ops.h"
#include "sim/hyp/npt_ops.h"
#include "sim/hyp/vm_crypt.h"
#include "sim/hyp/vm_power.h"
#include "sim/machine/boot.h"

#include <stdlib.h>

/* Pages of a CPU, from its first on. */
enum { HOST_PAGE, VM_PAGE, FREE_PAGE, DEVICE_PAGE, IN_PAGE, OUT_PAGE, CRYPT_PAGE, N_PAGES };
enum { PAGES_A_CPU = 16, FIRST_PFN = 512, VCPU = 0 };
/* Calls of a row in one operation of the run, which takes the time and the log's limit into account in between. */
enum { CALLS_A_TURN = 64 };
#define GUEST_GFN 0x80000ull
#define MMIO_READ 0x810000u /* a load of 4 bytes to x1 */

/* CPU @i's. */
static vmid_t vm_of(u32 i)
{
	return 1 + i;
}

static u32 cbndx_of(u32 i)
{
	return i % SMMU_NUM_CTXT_BANKS;
}

static u32 smmu_of(u32 i)
{
	return i / SMMU_NUM_CTXT_BANKS;
}

static u64 pfn_of(u32 i, u32 page)
{
	return FIRST_PFN + (u64)i * PAGES_A_CPU + page;
}

static u64 gfn_of(u32 i, u32 page)
{
	return GUEST_GFN + (u64)i * PAGES_A_CPU + page;
}

static void walk_row(struct cpu *c, u32 i)
{
	bench_use(walk_s2pt(c, vm_of(i), gfn_of(i, VM_PAGE) * PAGE_SIZE));
}

static void level_row(struct cpu *c, u32 i)
{
	bench_use(get_level_s2pt(c, vm_of(i), gfn_of(i, VM_PAGE) * PAGE_SIZE));
}

static void host_row(struct cpu *c, u32 i)
{
	map_page_host(c, pfn_of(i, HOST_PAGE) * PAGE_SIZE);
}

static void assign_row(struct cpu *c, u32 i)
{
	assign_pfn_to_vm(c, vm_of(i), gfn_of(i, FREE_PAGE), pfn_of(i, FREE_PAGE));
	clear_vm_page(c, vm_of(i), pfn_of(i, FREE_PAGE));
}

static void map_row(struct cpu *c, u32 i)
{
	map_pfn_vm(c, vm_of(i), gfn_of(i, VM_PAGE) * PAGE_SIZE, pfn_of(i, VM_PAGE) * PAGE_SIZE, 3);
}

static void io_row(struct cpu *c, u32 i)
{
	map_io(c, vm_of(i), 0x10000000 + (u64)i * PAGE_SIZE, (u64)i * PAGE_SIZE);
}

static void grant_row(struct cpu *c, u32 i)
{
	grant_vm_page(c, vm_of(i), pfn_of(i, VM_PAGE));
	revoke_vm_page(c, vm_of(i), pfn_of(i, VM_PAGE));
}

static void power_row(struct cpu *c, u32 i)
{
	bench_use(get_vm_poweron(c, vm_of(i)));
}

static void off_row(struct cpu *c, u32 i)
{
	set_vm_poweroff(c, vm_of(i));
}

static void search_row(struct cpu *c, u32 i)
{
	bench_use(search_load_info(c, vm_of(i), 0x80000010));
}

static void inc_exe_row(struct cpu *c, u32 i)
{
	bench_use(is_inc_exe(c, vm_of(i)));
}

static void active_row(struct cpu *c, u32 i)
{
	set_vcpu_active(c, vm_of(i), VCPU);
	set_vcpu_inactive(c, vm_of(i), VCPU);
}

static void mmio_row(struct cpu *c, u32 i)
{
	(void)i;
	bench_use(emulate_mmio(c, c->shared->fixed.smmu.smmu_phys_base[0] + 16, MMIO_READ));
}

static void phys_row(struct cpu *c, u32 i)
{
	bench_use(el2_arm_lpae_iova_to_phys(c, gfn_of(i, DEVICE_PAGE) * PAGE_SIZE, cbndx_of(i),
	                                    smmu_of(i)));
}

static void smmu_assign_row(struct cpu *c, u32 i)
{
	smmu_assign_page(c, cbndx_of(i), smmu_of(i), pfn_of(i, DEVICE_PAGE),
	                 gfn_of(i, DEVICE_PAGE));
}

static void smmu_map(struct cpu *c, u32 i)
{
	smmu_map_page(c, cbndx_of(i), smmu_of(i), gfn_of(i, DEVICE_PAGE) * PAGE_SIZE,
	              pfn_of(i, DEVICE_PAGE) * PAGE_SIZE);
}

static void smmu_map_row(struct cpu *c, u32 i)
{
	smmu_map(c, i);
	el2_arm_lpae_clear(c, gfn_of(i, DEVICE_PAGE) * PAGE_SIZE, cbndx_of(i), smmu_of(i));
}

static void bank(struct cpu *c, u32 i)
{
	el2_alloc_smmu_pgd(c, cbndx_of(i), vm_of(i), smmu_of(i));
}

static void bank_row(struct cpu *c, u32 i)
{
	el2_free_smmu_pgd(c, cbndx_of(i), smmu_of(i));
	bank(c, i);
}

static void load_vcpu_row(struct cpu *c, u32 i)
{
	load_encrypted_vcpu(c, vm_of(i), VCPU);
}

static void encrypt_row(struct cpu *c, u32 i)
{
	save_encrypt_buf(c, vm_of(i), pfn_of(i, IN_PAGE) * PAGE_SIZE,
	                 pfn_of(i, OUT_PAGE) * PAGE_SIZE);
}

static void decrypt_row(struct cpu *c, u32 i)
{
	load_decrypt_buf(c, vm_of(i), pfn_of(i, CRYPT_PAGE) * PAGE_SIZE);
	clear_vm_page(c, vm_of(i), pfn_of(i, CRYPT_PAGE));
}

static void mem_load_row(struct cpu *c, u32 i)
{
	mem_load(c, pfn_of(i, HOST_PAGE), 1);
}

static void mem_store_row(struct cpu *c, u32 i)
{
	mem_store(c, pfn_of(i, HOST_PAGE), 1);
}

static void guest_load_row(struct cpu *c, u32 i)
{
	mem_load(c, gfn_of(i, VM_PAGE), 1);
}

static void dev_load_row(struct cpu *c, u32 i)
{
	dev_load(c, gfn_of(i, DEVICE_PAGE), 1, cbndx_of(i), smmu_of(i));
}

static void dev_store_row(struct cpu *c, u32 i)
{
	dev_store(c, gfn_of(i, DEVICE_PAGE), 1, cbndx_of(i), smmu_of(i));
}

static void hvc_row(struct cpu *c, u32 i)
{
	(void)i;
	c->regs.r[R_x0] = HVC_TIMER_SET_CNTVOFF;
	host_hvc_handler(c);
}

static void fault_row(struct cpu *c, u32 i)
{
	c->regs.r[R_hpfar_el2] = pfn_of(i, HOST_PAGE) * 16;
	host_npt_handler(c);
}

static void run_row(struct cpu *c, u32 i)
{
	c->regs.r[R_x0] = vm_of(i);
	host_vcpu_run_handler(c);
	c->regs.r[R_ec] = ARM_EXCEPTION_INTERRUPT;
	vm_exit_handler(c);
}

/**
 * struct hyp_row - a row
 * @n:     operations of one call of @call
 * @state: of the VM
 * @guest: a guest of it runs on the CPU
 */
struct hyp_row {
	const char *name;
	void (*call)(struct cpu *c, u32 i);
	u32 n, state;
	bool guest;
};

static const struct hyp_row hyp_rows[] = {
	{ "walk_s2pt", walk_row, 1, READY, false },
	{ "get_level_s2pt", level_row, 1, READY, false },
	{ "map_page_host", host_row, 1, READY, false },
	{ "assign_pfn_to_vm, clear_vm_page", assign_row, 2, READY, false },
	{ "map_pfn_vm", map_row, 1, READY, false },
	{ "map_io", io_row, 1, READY, false },
	{ "grant_vm_page, revoke_vm_page", grant_row, 2, READY, false },
	{ "get_vm_poweron", power_row, 1, READY, false },
	{ "set_vm_poweroff", off_row, 1, READY, false },
	{ "search_load_info", search_row, 1, READY, false },
	{ "is_inc_exe", inc_exe_row, 1, READY, false },
	{ "set_vcpu_active, set_vcpu_inactive", active_row, 2, VERIFIED, false },
	{ "emulate_mmio", mmio_row, 1, READY, false },
	{ "el2_arm_lpae_iova_to_phys", phys_row, 1, READY, false },
	{ "smmu_assign_page", smmu_assign_row, 1, READY, false },
	{ "smmu_map_page, el2_arm_lpae_clear", smmu_map_row, 2, READY, false },
	{ "el2_free_, el2_alloc_smmu_pgd", bank_row, 2, POWEROFF, false },
	{ "load_encrypted_vcpu", load_vcpu_row, 1, READY, false },
	{ "save_encrypt_buf", encrypt_row, 1, READY, false },
	{ "load_decrypt_buf, clear_vm_page", decrypt_row, 2, READY, false },
	{ "mem_load, host", mem_load_row, 1, READY, false },
	{ "mem_store, host", mem_store_row, 1, READY, false },
	{ "mem_load, guest", guest_load_row, 1, VERIFIED, true },
	{ "dev_load", dev_load_row, 1, VERIFIED, true },
	{ "dev_store", dev_store_row, 1, VERIFIED, true },
	{ "host_hvc_handler", hvc_row, 1, READY, false },
	{ "host_npt_handler", fault_row, 1, READY, false },
	{ "a run and an exit of a vCPU", run_row, 2, VERIFIED, false },
};

static void set_vm(struct cpu *c, u32 i, u32 state)
{
	vmid_t v = vm_of(i);

	acquire_lock_vm(c, v);
	set_vm_state(c, v, state);
	set_vcpu_state(c, v, VCPU, READY);
	set_vm_next_load_idx(c, v, 1);
	set_vm_load_addr(c, v, 0, 0x80000000);
	set_vm_load_size(c, v, 0, PAGE_SIZE);
	set_vm_remap_addr(c, v, 0, REMAP_START);
	release_lock_vm(c, v);
}

/* What CPU @i's calls need: its VM, with an image, a page, a bank and a device's page; a page that the host has. */
static void prepare(struct cpu *c, u32 i, const struct hyp_row *row)
{
	set_vm(c, i, READY);
	map_page_host(c, pfn_of(i, HOST_PAGE) * PAGE_SIZE);
	assign_pfn_to_vm(c, vm_of(i), gfn_of(i, VM_PAGE), pfn_of(i, VM_PAGE));
	assign_pfn_to_vm(c, vm_of(i), gfn_of(i, IN_PAGE), pfn_of(i, IN_PAGE));
	map_row(c, i);
	bank(c, i);
	smmu_assign_row(c, i);
	smmu_map(c, i);
	set_vm(c, i, row->state);
	c->cur_vmid = row->guest ? vm_of(i) : HOSTVISOR;
	c->cur_vcpuid = row->guest ? VCPU : c->id;
	c->ihost = !row->guest;
}

enum { PREPARE, CALL };

static void choose(void *arg, u32 cpu, u64 n, struct rng *r, struct operation *op)
{
	(void)arg;
	(void)cpu;
	(void)r;
	*op = (struct operation){ .kind = n == 0 ? PREPARE : CALL };
}

static void execute(struct cpu *c, void *arg, struct operation *op)
{
	const struct hyp_row *row = arg;

	if (op->kind == PREPARE)
		prepare(c, c->id, row);
	for (u32 i = 0; op->kind == CALL && i < CALLS_A_TURN; i++)
		row->call(c, c->id);
}

/* Which vCPU the host has run, and where its guest had a fault: address 0 is none. */
static u64 no_fault(const struct params *p, cpu_t cpu, vmid_t vmid, u64 n)
{
	(void)p;
	(void)cpu;
	(void)vmid;
	(void)n;
	return 0;
}

static const char *const op_names[] = { "prepare", "call", NULL };

/* Operations a second of @row on @cpus CPUs, in millions. */
static double rate(const struct hyp_row *row, u32 cpus, enum bench_log log, double seconds)
{
	struct params model;
	struct fixed fixed;
	struct bench_run b = { .name = row->name,
		               .w = { .arg = (void *)(uintptr_t)row,
		                      .op_names = op_names,
		                      .fixed = &fixed,
		                      .choose = choose,
		                      .execute = execute },
		               .cpus = cpus,
		               .policy = bench_policy(WAIT_AUTO, false),
		               .model = &model,
		               .log = log,
		               .seconds = seconds };
	struct bench_result res;

	machine_boot_fixed(&fixed, 4096);
	params_init(&model, 1, TOTAL_CPU);
	model.core_doracle = no_fault;
	errata_defaults(&b.errata);
	errata_set(&b.errata, ERRATUM_RUN_VCPUID, false); /* VMs from 8 on run, too */
	res = bench_run(&b);
	return (double)(res.ops - min_u64(res.ops, cpus)) * CALLS_A_TURN * row->n / res.seconds /
	       1e6;
}

enum { HC_OFF, HC_LOGGED, HC_KEPT, HC_NR };

static const struct table_col hyp_cols[HC_NR] = { { "not logged", "M/s", 3 },
	                                          { "logged", "M/s", 3 },
	                                          { "kept", "%", 0 } };

struct hyp_run {
	const struct bench_opts *o;
	u32 cpus;
};

/* One point is a tenth of a measurement: there are many. */
static void measure(void *arg, u32 row, double *out)
{
	const struct hyp_run *r = arg;
	double seconds = r->o->seconds / 10;

	out[HC_OFF] = rate(&hyp_rows[row], r->cpus, BENCH_OFF, seconds);
	out[HC_LOGGED] = rate(&hyp_rows[row], r->cpus, BENCH_MEMORY, seconds);
	out[HC_KEPT] = 100 * out[HC_LOGGED] / out[HC_OFF];
}

/* ---- the storm ---- */

enum { SC_OFF, SC_MEMORY, SC_FILE, SC_KEPT, SC_ADMIT, SC_SPIN, SC_NR };

static const struct table_col storm_cols[SC_NR] = {
	{ "not logged", "M/s", 3 }, { "logged", "M/s", 3 }, { "to a file", "M/s", 3 },
	{ "kept", "%", 0 },         { "admit", "M/s", 3 },  { "spin", "M/s", 3 }
};

/* Atomic operations a second, in millions, when CPUs wait as @wait says. */
static double storm_rate(const struct bench_opts *o, u32 cpus, enum bench_log log,
                         struct wait_policy wait)
{
	struct bench_run b = {
		.cpus = cpus, .policy = wait, .log = log, .dir = o->dir, .seconds = o->seconds
	};
	struct bench_result res = bench_scenario(&b, "storm");

	return (double)res.atomic / res.seconds / 1e6;
}

static void measure_storm(void *arg, u32 row, double *out)
{
	enum wait_kind wait = scenario_by_name("storm")->wait;
	const struct bench_opts *o = arg;
	u32 cpus = o->cpus[row];

	out[SC_OFF] = storm_rate(o, cpus, BENCH_OFF, bench_policy(wait, false));
	out[SC_MEMORY] = storm_rate(o, cpus, BENCH_MEMORY, bench_policy(wait, false));
	out[SC_FILE] = storm_rate(o, cpus, BENCH_FILE, bench_policy(wait, false));
	out[SC_KEPT] = 100 * out[SC_FILE] / out[SC_OFF];
	out[SC_ADMIT] = storm_rate(o, cpus, BENCH_MEMORY, bench_policy(wait, true));
	/* With more CPUs one operation takes seconds. */
	if (cpus <= TOTAL_CPU)
		out[SC_SPIN] = storm_rate(o, cpus, BENCH_MEMORY, bench_policy(WAIT_SPIN, false));
}

static double storm_waiting(const struct bench_opts *o, u32 cpus, enum wait_kind kind, bool admit)
{
	return storm_rate(o, cpus, BENCH_OFF, bench_policy(kind, admit));
}

static void table_storm(const struct bench_opts *o)
{
	struct table t = { .name = "storm",
		           .title = "hyp: scenario storm, atomic operations of the hypervisor",
		           .cols = storm_cols,
		           .n_cols = SC_NR };

	for (u32 p = 0; p < o->n_cpus; p++)
		table_add(&t, "%u CPU%s", o->cpus[p], o->cpus[p] == 1 ? "" : "s");
	bench_rows(&t, 0, t.n, o->repeat, measure_storm, (void *)(uintptr_t)o);
	bench_show(o, &t);
	table_free(&t);
}

void bench_hyp(const struct bench_opts *o)
{
	table_storm(o);
	foreign_table(o, "storm-foreign",
	              "hyp: scenario storm, not logged, beside foreign processes that compute",
	              storm_waiting);
	for (u32 p = 0; p < o->n_cpus; p++) {
		char title[96];
		struct table t = {
			.name = "hyp", .title = title, .cols = hyp_cols, .n_cols = HC_NR
		};
		struct hyp_run r = { .o = o, .cpus = o->cpus[p] };

		if (r.cpus > MAX_VM_NUM) {
			fprintf(stderr,
			        "hypsim bench: hyp: %u CPUs: left out, each has a VM of its own\n",
			        r.cpus);
			continue;
		}
		snprintf(title, sizeof(title), "hyp: operations of the hypervisor, %u CPU%s",
		         r.cpus, r.cpus == 1 ? "" : "s");
		for (u32 i = 0; i < ARRAY_SIZE(hyp_rows); i++)
			table_add(&t, "%s", hyp_rows[i].name);
		bench_rows(&t, 0, t.n, o->repeat, measure, &r);
		bench_show(o, &t);
		table_free(&t);
	}
}
