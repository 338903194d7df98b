// SPDX-License-Identifier: GPL-2.0-only
#include "tests/conform/record.h"

#include <string.h>

/**
 * kinds - one row a kind of record
 * @f:      the value of its key "f"; NULL: it has none
 * @inputs, @results: its keys, a space before and after each; keys in both: all that it may have
 */
static const struct kind {
	const char *f, *inputs, *results;
	record_fn *run;
} kinds[] = {
	{ NULL, " l ", " T W QT Q H p ", fold_log_run },
	{ NULL, " l i ", " T W QT p ", fold_log_run },
	{ NULL, " s c ", " r e ", program_run },
	{ "TW", " f b c t l o ", " r ", fold_wait_run },
	{ "TWW", " f b c t l o ", " r ", fold_wait_run },
	{ "QTW", " f b c l o ", " r ", fold_wait_run },
	{ "QW", " f b c l o ", " r ", fold_wait_run },
	{ "CW", " f tq ", " sum wt ", fold_wait_time_run },
	{ "DN", " f s o h tq ", " v ", fold_decrease_run },
	{ "clear_shadow_gp_regs_specx", " f seed ", " d ", specx_move },
	{ "reset_fp_regs_specx", " f seed ", " d ", specx_move },
	{ "host_to_core_specx", " f seed ", " d ", specx_move },
	{ "vm_to_core_specx", " f seed ", " d ", specx_move },
	{ "core_to_host_specx", " f seed ", " d ", specx_move },
	{ "core_to_vm_specx", " f seed ", " d ", specx_move },
	{ "exit_populate_fault_specx", " f seed ", " d ", specx_move },
	{ "save_sysregs_specx", " f seed ", " d ", specx_move },
	{ "restore_sysregs_specx", " f seed ", " d ", specx_move },
	{ "fpsimd_save_state_specx", " f seed ", " d ", specx_move },
	{ "fpsimd_restore_state_specx", " f seed ", " d ", specx_move },
	{ "activate_traps_specx", " f seed ", " d ", specx_move },
	{ "deactivate_traps_specx", " f seed ", " d ", specx_move },
	{ "timer_enable_traps_specx", " f seed ", " d ", specx_move },
	{ "vm_el2_restore_state_specx", " f seed vttbr ", " d ", specx_move },
	{ "host_el2_restore_state_specx", " f seed vttbr ", " d ", specx_move },
	{ "get_shadow_ctxt_specx", " f seed index ", " v ", specx_get },
	{ "set_shadow_ctxt_specx", " f seed index val ", " d ds ", specx_set },
	{ "sync_from_doracle", " f seed n vmid pfn logn ", " r ", specx_fetch },
	{ "smmu_pt_clear_loop", " f n addr ", " r ", specx_clear },
};

enum { KIND_LOG, KIND_LOG_FROM, KIND_PROGRAM, KIND_NAMED };

static const struct kind *find_kind(const json_t *rec)
{
	const json_t *f = json_object_get(rec, "f");

	if (!f && json_object_get(rec, "l"))
		return &kinds[json_object_get(rec, "i") ? KIND_LOG_FROM : KIND_LOG];
	if (!f && json_object_get(rec, "c"))
		return &kinds[KIND_PROGRAM];
	for (u32 k = KIND_NAMED; json_is_string(f) && k < ARRAY_SIZE(kinds); k++)
		if (strcmp(kinds[k].f, json_string_value(f)) == 0)
			return &kinds[k];
	return NULL;
}

static bool listed(const char *list, const char *key)
{
	size_t len = strlen(key);

	for (const char *p = strstr(list, key); p; p = strstr(p + 1, key))
		if (p[-1] == ' ' && p[len] == ' ')
			return true;
	return false;
}

/* The record has the kind's keys and no other. */
static int check_keys(const json_t *rec, const struct kind *kind, struct err *e)
{
	const char *lists[] = { kind->inputs, kind->results };
	json_t *o = (json_t *)(uintptr_t)rec;
	size_t n = 0;

	for (void *it = json_object_iter(o); it; it = json_object_iter_next(o, it)) {
		const char *key = json_object_iter_key(it);

		if (!listed(kind->inputs, key) && !listed(kind->results, key))
			return err_set(e, ERR_VECTOR, "unknown key \"%.40s\"", key);
	}
	for (u32 i = 0; i < ARRAY_SIZE(lists); i++)
		for (const char *p = strchr(lists[i] + 1, ' '); p; p = strchr(p + 1, ' '))
			n++;
	if (json_object_size(rec) != n)
		return err_set(e, ERR_VECTOR, "a key is missing; a record of this kind has%s and%s",
		               kind->inputs, kind->results);
	return 0;
}

int record_run(struct rig *r, const json_t *rec, struct verdict *v, struct err *e)
{
	const struct kind *kind;
	int rc;

	*v = (struct verdict){ .got = json_object(), .rules = json_array() };
	kind = json_is_object(rec) ? find_kind(rec) : NULL;
	if (!kind)
		return err_set(e, ERR_VECTOR, "unknown kind of record");
	rc = check_keys(rec, kind, e);
	return rc < 0 ? rc : kind->run(r, rec, v, e);
}

void verdict_free(struct verdict *v)
{
	json_decref(v->got);
	json_decref(v->rules);
}
