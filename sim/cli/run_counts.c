// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/run_counts.h"

#include <stdio.h>

enum { FORMS_NAMED = 6 };

/* Managed pages by owner, and pages of devices, which have none. */
struct owners {
	u64 vmid[N_VMID], unmanaged;
};

u64 run_atomic_events(const struct run_setup *r)
{
	u64 n = 0;

	for (u32 i = 0; i < r->cpus; i++)
		n += r->machine->cpu[i].stats.atomic_events;
	return n;
}

static void owners_of(const struct run_setup *r, struct owners *out)
{
	const struct fixed *f = r->workload.fixed;

	*out = (struct owners){ .unmanaged = 0 };
	for (u32 i = 0; i < f->region_cnt; i++) {
		const struct mem_region *m = &f->region[i];
		u64 n = m->mb_size / PAGE_SIZE;

		if (m->mb_index == INVALID64) {
			out->unmanaged += n;
			continue;
		}
		for (u64 p = 0; p < n; p++) {
			u64 owner = obj_get(&r->machine->shared.obj[S2PAGE_ID], F_S2PAGE_s2_owner,
			                    m->mb_index + p);

			if (owner < N_VMID)
				out->vmid[owner]++;
		}
	}
}

static void print_owners(const struct run_setup *r)
{
	struct owners o;

	owners_of(r, &o);
	printf("pages at the end: host %llu", (unsigned long long)o.vmid[HOSTVISOR]);
	for (vmid_t v = 1; v < COREVISOR; v++)
		if (o.vmid[v])
			printf(", VM %u %llu", v, (unsigned long long)o.vmid[v]);
	printf(", core %llu", (unsigned long long)o.vmid[COREVISOR]);
	printf(", unmanaged %llu\n\n", (unsigned long long)o.unmanaged);
}

/* Why episodes ended by a panic. */
static void print_panics(const struct run_result *result)
{
	if (result->panics == 0)
		return;
	printf("%-24s %6s\n", "panic", "ended");
	for (u32 i = 0; i < PANIC_NR; i++)
		if (result->reasons[i])
			printf("%-24s %6llu\n", panic_name(i),
			       (unsigned long long)result->reasons[i]);
	printf("\n");
}

static double percent(u64 part, u64 all)
{
	return all ? 100.0 * (double)part / (double)all : 0;
}

static void print_shares(const struct run_setup *r)
{
	struct scenario_shares s;

	if (!r->scenario->shares)
		return;
	r->scenario->shares(&r->workload, &s);
	printf("half of the episodes had %llu operations or more; about running VMs %.1f%%, "
	       "refused %.1f%%, "
	       "halting %.2f%%\n\n",
	       (unsigned long long)s.median_episode, percent(s.on_running, s.operations),
	       percent(s.refused, s.operations), percent(s.halting, s.operations));
}

/* Illegal forms of which the run says nothing: a few by name. */
static void print_forms(const struct run_setup *r)
{
	static struct scenario_forms f;

	if (!r->scenario->forms)
		return;
	r->scenario->forms(&r->workload, &f);
	if (f.all == 0)
		return;
	printf("illegal forms: %u of %u were done", f.drawn, f.all);
	for (u32 i = 0; i < f.n_never && i < FORMS_NAMED; i++)
		printf("%s %s (%s)", i ? "," : "; never", f.never[i].operation, f.never[i].form);
	if (f.n_never > FORMS_NAMED)
		printf(" and %u more", f.n_never - FORMS_NAMED);
	printf("\n\n");
}

void run_counts_print(const struct run_setup *r)
{
	struct scenario_row rows[SCENARIO_MAX_OPS];
	u32 n;

	if (!r->scenario->report)
		return;
	n = r->scenario->report(&r->workload, rows);
	printf("%-22s %12s %12s %12s\n", "operation", "did", "refused", "panicked");
	for (u32 i = 0; i < n; i++)
		printf("%-22s %12llu %12llu %12llu\n", rows[i].name,
		       (unsigned long long)rows[i].did, (unsigned long long)rows[i].refused,
		       (unsigned long long)rows[i].panicked);
	printf("\n");
	print_forms(r);
	print_shares(r);
	print_panics(&r->result);
	if (r->workload.fixed)
		print_owners(r);
}

static json_t *forms_json(const struct run_setup *r)
{
	static struct scenario_forms f;
	json_t *never = json_array();

	r->scenario->forms(&r->workload, &f);
	for (u32 i = 0; i < f.n_never; i++)
		json_array_append_new(never,
		                      json_pack("{s:s,s:s}", "operation", f.never[i].operation,
		                                "form", f.never[i].form));
	return json_pack("{s:i,s:i,s:o}", "all", (int)f.all, "drawn", (int)f.drawn, "never", never);
}

static void shares_json(const struct run_setup *r, json_t *o)
{
	struct scenario_shares s;

	if (!r->scenario->shares)
		return;
	r->scenario->shares(&r->workload, &s);
	json_object_set_new(o, "shares",
	                    json_pack("{s:I,s:I,s:I,s:I,s:I}", "operations",
	                              (json_int_t)s.operations, "on_running",
	                              (json_int_t)s.on_running, "refused", (json_int_t)s.refused,
	                              "halting", (json_int_t)s.halting, "median_episode",
	                              (json_int_t)s.median_episode));
}

static json_t *owners_json(const struct run_setup *r)
{
	json_t *o = json_object();
	struct owners own;
	char key[16];

	owners_of(r, &own);
	json_object_set_new(o, "host", json_integer((json_int_t)own.vmid[HOSTVISOR]));
	for (vmid_t v = 1; v < COREVISOR; v++) {
		snprintf(key, sizeof(key), "%u", v);
		if (own.vmid[v])
			json_object_set_new(o, key, json_integer((json_int_t)own.vmid[v]));
	}
	json_object_set_new(o, "core", json_integer((json_int_t)own.vmid[COREVISOR]));
	json_object_set_new(o, "unmanaged", json_integer((json_int_t)own.unmanaged));
	return o;
}

static json_t *panics_json(const struct run_result *result)
{
	json_t *o = json_object();

	for (u32 i = 0; i < PANIC_NR; i++)
		if (result->reasons[i])
			json_object_set_new(o, panic_name(i),
			                    json_integer((json_int_t)result->reasons[i]));
	return o;
}

void run_counts_json(const struct run_setup *r, json_t *o)
{
	struct scenario_row rows[SCENARIO_MAX_OPS];
	json_t *all = json_array();
	u32 n;

	if (!r->scenario->report) {
		json_decref(all);
		return;
	}
	n = r->scenario->report(&r->workload, rows);
	for (u32 i = 0; i < n; i++)
		json_array_append_new(all, json_pack("{s:s,s:I,s:I,s:I}", "name", rows[i].name,
		                                     "did", (json_int_t)rows[i].did, "refused",
		                                     (json_int_t)rows[i].refused, "panicked",
		                                     (json_int_t)rows[i].panicked));
	json_object_set_new(o, "operations", all);
	json_object_set_new(o, "atomic_events", json_integer((json_int_t)run_atomic_events(r)));
	if (r->scenario->forms)
		json_object_set_new(o, "forms", forms_json(r));
	shares_json(r, o);
	json_object_set_new(o, "panics", json_integer((json_int_t)r->result.panics));
	json_object_set_new(o, "panic_reasons", panics_json(&r->result));
	if (r->workload.fixed)
		json_object_set_new(o, "pages", owners_json(r));
}
