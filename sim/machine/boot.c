// SPDX-License-Identifier: GPL-2.0-only
#include "sim/machine/boot.h"

#include "shmem/obj/region.h"
#include "sim/base/addr.h"
#include "sim/base/check.h"
#include "sim/base/vec.h"

#include <stdlib.h>
#include <string.h>

/* Byte addresses of the default map. */
enum {
	LOW_START = PMD_SIZE,
	DEVICES_START = 0x30000000,
	DEVICES_SIZE = 8 * PMD_SIZE,
	HIGH_START = 0x40000000,
	SMMU_START = 0x100000,
	SMMU_REGS_SIZE = 0x10000, /* registers: 32 KiB for all, then a page for each context bank */
};

_Static_assert(PT_POOL_START + BOOT_CORE_PAGES * PAGE_SIZE == SMMU_START,
               "the core's pages end where the SMMUs begin");

static void add_region(struct fixed *f, u64 base, u64 size, u64 index, u64 flag)
{
	SIM_ASSERT(f->region_cnt + 1 < MAX_MEMBLOCK_NUM);
	f->region[f->region_cnt++] = (struct mem_region){
		.mb_base = base, .mb_size = size, .mb_index = index, .mb_flag = flag
	};
}

static void add_smmu(struct smmu_conf *s)
{
	u32 i = s->smmu_num++;

	s->smmu_phys_base[i] = s->smmu_hyp_base[i] = SMMU_START + (u64)i * SMMU_REGS_SIZE;
	s->smmu_size[i] = SMMU_REGS_SIZE;
	s->smmu_pgshift[i] = PAGE_SHIFT;
	s->smmu_features[i] =
		ARM_SMMU_FEAT_COHERENT_WALK | ARM_SMMU_FEAT_STREAM_MATCH | ARM_SMMU_FEAT_TRANS_S2;
	s->smmu_dev_context_banks[i] = s->num_s2_context_banks[i] = SMMU_NUM_CTXT_BANKS;
	s->smmu_dev_mapping_groups[i] = EL2_SMMU_CFG_SIZE;
	s->smmu_va_size[i] = s->smmu_ipa_size[i] = s->smmu_pa_size[i] = 40;
	s->smmu_dev_global_irqs[i] = 1;
	s->smmu_dev_context_irqs[i] = SMMU_NUM_CTXT_BANKS;
	s->smmu_exists[i] = 1;
}

void machine_boot_fixed(struct fixed *f, u64 pages)
{
	const u64 room = (DEVICES_START - LOW_START) / PAGE_SIZE;
	u64 low = min_u64(pages / 2 / PMD_PAGE_NUM * PMD_PAGE_NUM, room);

	SIM_ASSERT(pages % PMD_PAGE_NUM == 0);
	SIM_ASSERT(pages >= BOOT_PAGES_MIN);
	SIM_ASSERT(pages <= BOOT_PAGES_MAX);
	*f = (struct fixed){ .region_cnt = 0 };
	add_region(f, SMMU_START, LOW_START - SMMU_START, INVALID64, BOOT_DEVICES);
	add_region(f, LOW_START, low * PAGE_SIZE, 0, BOOT_MEMORY);
	add_region(f, DEVICES_START, DEVICES_SIZE, INVALID64, BOOT_DEVICES);
	add_region(f, HIGH_START, (pages - low) * PAGE_SIZE, low, BOOT_MEMORY);
	add_region(f, PT_POOL_START, BOOT_CORE_PAGES * PAGE_SIZE, pages, BOOT_CORE);
	for (u32 i = 0; i < SMMU_NUM; i++)
		add_smmu(&f->smmu);
}

static void add_rows(struct log_config *c, u32 obj, u32 field, u64 first, u64 last, u64 value,
                     u64 step)
{
	struct init_row *r = &c->init[c->n_init++];

	SIM_ASSERT(obj_index_ok(obj, field, first));
	SIM_ASSERT(obj_index_ok(obj, field, last));
	*r = (struct init_row){ .obj = obj,
		                .d = { .field = (u16)field,
		                       .both = true,
		                       .first = first,
		                       .last = last,
		                       .new = value },
		                .step = step };
}

static void add_row(struct log_config *c, u32 obj, u32 field, u64 value)
{
	add_rows(c, obj, field, 0, 0, value, 0);
}

/* The pages of a region: the host's, or the core's, which no VM has at any gfn.  Their counts are 0 as they are. */
static void add_pages(struct log_config *c, const struct mem_region *r, bool published)
{
	u64 n = region_pages(r), first = r->mb_index, last = first + n - 1;

	if (n == 0)
		return;
	if (r->mb_flag == BOOT_CORE) {
		add_rows(c, S2PAGE_ID, F_S2PAGE_s2_owner, first, last, COREVISOR, 0);
		add_rows(c, S2PAGE_ID, F_S2PAGE_s2_gfn, first, last, INVALID64, 0);
	} else {
		add_rows(c, S2PAGE_ID, F_S2PAGE_s2_gfn, first, last,
		         smmu_host_gfn(r->mb_base / PAGE_SIZE, published), 1);
	}
}

/* Room for @more rows behind those that there are. */
static void make_room(struct log_config *c, u32 more)
{
	struct init_row *rows = xcalloc(c->n_init + more, sizeof(*rows));

	if (c->n_init)
		memcpy(rows, c->init, c->n_init * sizeof(*rows));
	free(c->init);
	c->init = rows;
}

void machine_boot_config(struct log_config *c, const struct fixed *f, const struct errata *e)
{
	/* Two of the core, at most two of each region, two of the SMMUs' tables, one of their owners, three of each VM's table. */
	make_room(c, 2 + 2 * f->region_cnt + 2 + 1 + 3 * N_VMID);
	add_row(c, CORE_ID, F_CORE_next_vmid, 1);
	add_row(c, CORE_ID, F_CORE_next_remap_ptr, REMAP_START);
	for (u32 i = 0; i < f->region_cnt; i++)
		add_pages(c, &f->region[i], errata_published(e, ERRATUM_SMMU_HOST_OFFSET));
	add_row(c, SPT_ID, F_SPT_spt_pgd_next, SMMU_PGD_START);
	add_row(c, SPT_ID, F_SPT_spt_pmd_next, SMMU_PMD_START);
	add_rows(c, SMMU_ID, F_SMMU_smmu_vmid, 0, EL2_SMMU_CFG_SIZE - 1, INVALID, 0);
	for (vmid_t v = 0; v < N_VMID; v++) {
		add_row(c, NPT_ID + v, F_NPT_pt_pgd_next, pgd_start(v));
		add_row(c, NPT_ID + v, F_NPT_pt_pud_next, pud_start(v));
		add_row(c, NPT_ID + v, F_NPT_pt_pmd_next, pmd_start(v));
	}
	c->fixed = *f;
}
