// SPDX-License-Identifier: GPL-2.0-only
#include "sim/two/pair.h"

#include "sim/base/check.h"
#include "sim/two/found.h"

#include <string.h>

const char *two_kind_name(enum two_kind kind)
{
	static const char *const names[] = { [TWO_CONFIDENTIALITY] = "confidentiality",
		                             [TWO_RESTORE] = "restore",
		                             [TWO_INTEGRITY] = "integrity",
		                             [TWO_START] = "start",
		                             [TWO_END] = "end" };

	return names[kind];
}

const char *two_split_name(enum two_split split)
{
	static const char *const names[] = {
		[SPLIT_NONE] = "",
		[SPLIT_HALTED_BOTH] = "halted",
		[SPLIT_HALTED] = "halted_in_one",
		[SPLIT_STUCK] = "stuck_in_one",
		[SPLIT_WAY] = "other_way",
		[SPLIT_FOUND] = "found",
	};

	return names[split];
}

void pair_init(struct pair *pr, vmid_t p, u32 vary, bool spare)
{
	memset(pr, 0, sizeof(*pr));
	pr->p = p;
	pr->vary = vary;
	pr->spare = spare;
}

static void drop_sides(struct pair *pr)
{
	two_inside_free(pr);
	for (u32 s = 0; s < 2; s++) {
		plant_free(&pr->side[s].plant);
		obs_prints_free(&pr->side[s].now);
		for (u32 i = 0; i < OBS_NR; i++)
			vec_free(&pr->side[s].was[i]);
		pr->side[s] = (struct two_side){ .m = NULL };
	}
}

void pair_free(struct pair *pr)
{
	drop_sides(pr);
}

bool pair_again(struct pair *pr)
{
	struct pair next;

	if (pr->n_details)
		return false;
	pair_init(&next, pr->p, pr->vary, pr->spare);
	for (u32 i = 0; i < pr->n_findings; i++)
		if (pr->finding[i].kind == TWO_INTEGRITY || pr->finding[i].inside)
			next.details[next.n_details++] = pr->finding[i].step;
	if (!next.n_details)
		return false;
	drop_sides(pr);
	*pr = next;
	return true;
}

void pair_begin(struct pair *pr, struct machine *a, struct machine *b)
{
	struct machine *m[2] = { a, b };

	pr->split = SPLIT_NONE;
	pr->in_role = false;
	for (u32 i = 0; i < 2; i++) {
		struct two_side *s = &pr->side[i];

		s->m = m[i];
		s->pr = pr;
		for (u32 c = 0; c < s->m->params.cpus; c++) {
			s->m->cpu[c].passed = two_inside;
			s->m->cpu[c].passed_arg = s;
			s->m->cpu[c].longer = true;
		}
		obs_prints_free(&s->now);
		plant_begin(&s->plant, pr->p, i, pr->vary, pr->spare);
		two_see(pr, s);
	}
}

void pair_part(struct pair *pr)
{
	two_part(pr, SPLIT_WAY);
}

/* Is what was seen before this step asked for? */
static bool is_asked(const struct pair *pr)
{
	for (u32 i = 0; i < pr->n_details; i++)
		if (pr->details[i] == pr->count.steps + 1)
			return true;
	return false;
}

/*
 * The principal is one from now on, or a script has set part of its state.  What its pages, registers and contexts hold was given
 * to it, by whomever: the runs go on with the same.
 */
static void align(struct pair *pr)
{
	struct machine *a = pr->side[0].m, *b = pr->side[1].m;
	const struct fixed *f = &a->shared.fixed;
	const u32 n = a->model.vcpu_per_vm;

	for (u32 i = 0; i < f->region_cnt; i++) {
		const struct mem_region *r = &f->region[i];
		u64 pages = obs_region_pages(r);

		for (u64 k = 0; k < pages; k++) {
			u64 pfn = r->mb_base / PAGE_SIZE + k;

			if (obj_get(&a->shared.obj[S2PAGE_ID], F_S2PAGE_s2_owner,
			            r->mb_index + k) == pr->p)
				two_mend(pr, OBS_FLATMEM, pfn,
				         obj_get(&a->shared.obj[FLATMEM_ID], F_FLATMEM_flatmem,
				                 pfn));
		}
	}
	for (u32 c = 0; c < n; c++)
		b->shadow_ctxts[pr->p * n + c] = a->shadow_ctxts[pr->p * n + c];
	for (u32 c = 0; c < a->params.cpus; c++)
		if (a->cpu[c].cur_vmid == pr->p)
			b->cpu[c].regs = a->cpu[c].regs;
}

/* What the principal sees is the same in both runs, or the first thing that is not is found. */
static void compare_starts(struct pair *pr)
{
	bool role = pr->side[0].role && pr->side[1].role;

	if (role && !pr->in_role) {
		align(pr);
		two_see(pr, &pr->side[1]);
	}
	pr->in_role = role;
	if (!role)
		return;
	pr->count.starts++;
	two_compare(pr, TWO_START, "between two steps");
}

void pair_before(struct pair *pr, u32 cpu)
{
	pr->cpu = cpu;
	pr->n_cuts = pr->inside_rows = 0;
	pr->inside_compared = 0;
	if (pr->split != SPLIT_NONE)
		return;
	pr->listed = is_asked(pr);
	for (u32 i = 0; i < 2; i++) {
		struct two_side *s = &pr->side[i];
		struct obs_prints kept;

		two_see(pr, s);
		kept = s->now;
		plant_secrets(&s->plant, s->m, pr->count.steps + 1);
		two_see(pr, s);
		/* Secrets are what the principal does not see. */
		SIM_ASSERT(obs_first(&kept, &s->now) == OBS_NR);
		s->active = obs_active(&s->view, pr->p, cpu);
		s->role = obs_in_role(&s->view, pr->p);
	}
	compare_starts(pr);
	for (u32 i = 0; i < 2; i++) {
		struct two_side *s = &pr->side[i];

		s->before = s->now;
		for (u32 r = 0; r < OBS_NR && pr->listed; r++)
			obs_list(&s->view, pr->p, (enum obs_row)r, &s->was[r]);
		s->n_cuts = 0;
	}
	pr->stepping = true;
}

void pair_store(struct pair *pr, u32 reg)
{
	for (u32 i = 0; i < 2 && pr->split == SPLIT_NONE; i++)
		plant_store(&pr->side[i].plant, &pr->side[i].m->cpu[pr->cpu], reg);
}

/* Which VMs are principals now? */
static void note_verified(struct pair *pr)
{
	for (vmid_t v = 1; v < COREVISOR; v++)
		if (obs_in_role(&pr->side[0].view, v))
			pr->verified |= 1u << v;
}

/* Returns the rows that differ at the end of the step, bits. */
static u32 judge(struct pair *pr, const char *op)
{
	struct two_side *a = &pr->side[0];
	bool after = obs_active(&a->view, pr->p, pr->cpu);
	u32 rows = 0;

	pr->count.in_role++;
	if (a->active || after) {
		pr->count.compared++;
		pr->count.restored += !a->active;
		pr->count.masked += a->now.masked;
		return two_compare(pr, a->active ? TWO_CONFIDENTIALITY : TWO_RESTORE, op);
	}
	for (u32 i = 0; i < 2; i++) {
		pr->count.integrity++;
		pr->count.masked += pr->side[i].now.masked;
		rows |= two_unchanged(pr, i, op);
	}
	/* What was found came from outside, and may differ: the runs go on with the same. */
	pr->in_role &= rows == 0;
	return rows;
}

static bool halted(const struct two_side *s)
{
	return flag_get(&s->m->halt);
}

void pair_after(struct pair *pr, const char *op, enum outcome x, enum outcome y)
{
	struct two_side *a = &pr->side[0], *b = &pr->side[1];
	bool role;

	pr->count.steps++;
	pr->stepping = false;
	for (u32 i = 0; i < 2; i++)
		plant_stored(&pr->side[i].plant);
	if (halted(a) || halted(b))
		two_part(pr, halted(a) && halted(b) ? SPLIT_HALTED_BOTH : SPLIT_HALTED);
	else if (x != y)
		two_part(pr, SPLIT_STUCK);
	if (pr->split != SPLIT_NONE) {
		pr->count.discarded += pr->split != SPLIT_HALTED_BOTH;
		return;
	}
	two_see(pr, a);
	two_see(pr, b);
	note_verified(pr);
	role = a->role && b->role && obs_in_role(&a->view, pr->p) && obs_in_role(&b->view, pr->p);
	if (role && x == OUT_OK)
		two_inside_end(pr, judge(pr, op), op);
}

void pair_skip(struct pair *pr)
{
	pr->stepping = false;
	for (u32 i = 0; i < 2; i++)
		plant_stored(&pr->side[i].plant);
	pr->in_role = false;
}

void pair_end(struct pair *pr)
{
	if (pr->split != SPLIT_NONE || !pr->side[0].m)
		return;
	two_see(pr, &pr->side[0]);
	two_see(pr, &pr->side[1]);
	if (!obs_in_role(&pr->side[0].view, pr->p) || !obs_in_role(&pr->side[1].view, pr->p))
		return;
	pr->count.compared++;
	pr->count.ends++;
	pr->count.masked += pr->side[0].now.masked;
	two_compare(pr, TWO_END, "the end");
}
