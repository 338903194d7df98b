// SPDX-License-Identifier: GPL-2.0-only
/* What an evaluation of all invariants for all that there is takes: at each episode's end, and with --full after every 1000 sections. */
#include "bench/b_judge.h"

#include "oracle/check/check.h"
#include "shmem/obj/region.h"
#include "sim/base/addr.h"
#include "sim/base/check.h"
#include "sim/base/clock.h"
#include "sim/base/vec.h"
#include "sim/machine/boot.h"

#include <stdlib.h>

enum { FC_MS, FC_CASES, FC_NR };
enum { FIRST_PFN = 1 << 18 };

static const struct table_col full_cols[FC_NR] = { { "each", "ms", 2 }, { "cases", "M", 2 } };

static const u32 full_pages[] = { 1000, 100000 };

/* The host's memory has @pages frames. */
static void make_config(struct log_config *c, u32 pages)
{
	struct fixed fixed = { .region_cnt = 1 };
	struct errata errata;

	errata_defaults(&errata);
	fixed.region[0] = (struct mem_region){ .mb_base = (u64)FIRST_PFN * PAGE_SIZE,
		                               .mb_size = (u64)pages * PAGE_SIZE };
	log_config_init(c, 1);
	c->machine = true;
	c->errata = errata;
	machine_boot_config(c, &fixed, &errata);
}

static struct diff store(u32 field, u64 at, u64 value)
{
	return (struct diff){
		.field = (u16)field, .both = true, .first = at, .last = at, .new = value
	};
}

static struct diff cursor(u32 field, u64 from, u64 to)
{
	return (struct diff){ .field = (u16)field, .both = true, .old = from, .new = to };
}

/* The host maps its @pages frames, each to itself: what the push of its table says.  As many entries as @d has room for. */
static u32 map_all(struct diff *d, u32 pages)
{
	u64 root = pool_start(HOSTVISOR), pgd = pgd_start(HOSTVISOR), pud = pud_start(HOSTVISOR);
	u64 pmd = pmd_start(HOSTVISOR), tables = (pages + 511) / 512, first = FIRST_PFN;
	u32 n = 0;

	d[n++] = store(F_NPT_pt_vttbr_pool, root + 8 * (first >> 27), pgd | PMD_TYPE_TABLE);
	d[n++] = store(F_NPT_pt_pgd_pool, pgd + 8 * (first >> 18 & 511), pud | PMD_TYPE_TABLE);
	for (u64 i = 0; i < tables; i++)
		d[n++] = store(F_NPT_pt_pud_pool, pud + 8 * i,
		               (pmd + i * PAGE_SIZE) | PMD_TYPE_TABLE);
	for (u64 i = 0; i < pages; i++)
		d[n++] = store(F_NPT_pt_pmd_pool, pmd + 8 * i,
		               (first + i) * PAGE_SIZE | PAGE_S2_KERNEL);
	d[n++] = cursor(F_NPT_pt_pgd_next, pgd, pgd + PAGE_SIZE);
	d[n++] = cursor(F_NPT_pt_pud_next, pud, pud + PAGE_SIZE);
	d[n++] = cursor(F_NPT_pt_pmd_next, pmd, pmd + tables * PAGE_SIZE);
	return n;
}

static double cases_of(const struct checker *c)
{
	u64 n = 0;

	for (u32 id = 0; id < CHK_NR; id++) {
		struct check_verdict v;

		if (!checker_has(c, id))
			continue;
		checker_verdict(c, id, &v);
		n += v.n_cases;
	}
	return (double)n;
}

static void measure_full(void *arg, u32 row, double *out)
{
	u32 pages = full_pages[row], tables = (pages + 511) / 512;
	struct diff *d = xcalloc(pages + tables + 8, sizeof(*d));
	struct event ev[3] = { { .kind = EV_OPULL, .lk = NPT_ID, .arg = NPT_ID },
		               { .kind = EV_ONPT, .lk = NPT_ID, .diffs = d },
		               { .kind = EV_INC_NOW, .lk = NPT_ID } };
	struct log_config config;
	struct checker *c;
	double before;
	u64 start;

	(void)arg;
	SIM_ASSERT(tables <= 512);
	make_config(&config, pages);
	ev[1].n = map_all(d, pages);
	c = checker_new(&config, check_set_group(GROUP_INV));
	checker_feed(c, ev, ARRAY_SIZE(ev));
	before = cases_of(c);
	start = clock_ns();
	checker_end(c, true);
	out[FC_MS] = (double)(clock_ns() - start) / 1e6;
	out[FC_CASES] = (cases_of(c) - before) / 1e6;
	if (checker_n_findings(c)) {
		u32 n;

		fprintf(stderr, "hypsim bench: check: %s\n", checker_findings(c, &n)->state);
		exit(1);
	}
	checker_free(c);
	log_config_free(&config);
	free(d);
}

void bench_judge(const struct bench_opts *o)
{
	struct table t = { .name = "full",
		           .title = "check: all invariants for all that there is, once",
		           .cols = full_cols,
		           .n_cols = FC_NR };

	for (u32 i = 0; i < ARRAY_SIZE(full_pages); i++)
		table_add(&t, "%u pages of the host, mapped", full_pages[i]);
	bench_rows(&t, 0, t.n, o->repeat, measure_full, NULL);
	bench_show(o, &t);
	table_free(&t);
}
