/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What the published text leaves open: its Parameters and the data oracles.  One set for a machine, replaceable. */
#include "shmem/obj/regs.h"
#include "sim/base/types.h"

struct log_config;
struct params;

/**
 * struct params
 * @arg:  the owner's
 * @guest_base, @guest_span: of the default data oracle: values of a VM lie there (struct data_oracle)
 * @doracle, @core_doracle: the n-th value that the outside world feeds to a vmid, and to the core on its behalf.  The
 *        core's is taken once, by @cpu: it may be what the host that runs there decides
 * @verify_img: 1: the image at remap address @addr, of which @cpu asks, is good, 0: bad
 * @decrypt_gp_regs, @decrypt_sys_regs: change *ctxt; values are doracle(vmid, n), doracle(vmid, n + 1), ...; return how
 *        many were used
 *
 * Read only while CPUs run.
 */
struct params {
	u64 seed;
	u64 guest_base, guest_span;
	void *arg;
	u64 (*doracle)(const struct params *p, vmid_t vmid, u64 n);
	u64 (*core_doracle)(const struct params *p, cpu_t cpu, vmid_t vmid, u64 n);
	u32 (*verify_img)(const struct params *p, cpu_t cpu, vmid_t vmid, u64 addr);
	u64 (*reg_desc)(const struct params *p, u32 index);
	u64 (*shared_kvm)(const struct params *p, vmid_t vmid);
	u64 (*shared_vcpu)(const struct params *p, vmid_t vmid, vcpuid_t vcpuid);
	u64 (*exception_vector)(const struct params *p, u64 pstate);
	u32 (*decrypt_gp_regs)(const struct params *p, struct ctxt *ctxt, vmid_t vmid, u64 n);
	u32 (*decrypt_sys_regs)(const struct params *p, struct ctxt *ctxt, vmid_t vmid, u64 n);
	u32 vcpu_per_vm;
};

/* The defaults: images good, reset values 0, oracles keyed by (seed, kind, vmid, n). */
void params_init(struct params *p, u64 seed, u32 vcpu_per_vm);

/* What a log's header has of the parameters. */
void params_tell(const struct params *p, struct log_config *c);

/*
 * Does the header of a log give the values of stream MV_STREAM_*, so that the log need not hold them?  Those of the defaults,
 * but for what becomes of images: that is always said.
 */
bool params_known(const struct params *p, u32 stream, const struct log_config *c);
