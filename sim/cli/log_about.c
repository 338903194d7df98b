// SPDX-License-Identifier: GPL-2.0-only
#include "sim/cli/log_about.h"

#include "sim/base/number.h"
#include "sim/cli/args.h"
#include "sim/cli/log_cell.h"
#include "sim/cli/log_command.h"

#include <stdio.h>
#include <string.h>

/* "1,3": two numbers, each below its @below. */
static void parse_two(struct argp_state *state, const char *s, const char *expected,
                      const char *const name[2], const u64 below[2], u64 out[2])
{
	char text[32];
	char *comma;

	snprintf(text, sizeof(text), "%s", s);
	comma = strchr(text, ',');
	if (!comma)
		argp_error(state, "expected %s, found \"%s\"", expected, s);
	*comma = '\0';
	out[0] = arg_number(state, name[0], text, 0, below[0] - 1);
	out[1] = arg_number(state, name[1], comma + 1, 0, below[1] - 1);
}

u64 log_parse_bank(struct argp_state *state, const char *s)
{
	static const char *const name[] = { "the SMMU", "the bank" };
	const u64 below[] = { SMMU_NUM, SMMU_NUM_CTXT_BANKS };
	u64 v[2];

	parse_two(state, s, "the SMMU and its bank as 0,3", name, below, v);
	return smmu_id((u32)v[0], (u32)v[1]);
}

static u64 parse_vcpu(struct argp_state *state, const char *s)
{
	static const char *const name[] = { "the VM", "the vCPU" };
	const u64 below[] = { COREVISOR, THING_VCPUS };
	u64 v[2];

	parse_two(state, s, "the VM and its vCPU as 1,0", name, below, v);
	return thing_vcpu(v[0], v[1]);
}

static u64 vm_bit(struct argp_state *state, const char *s)
{
	return 1ull << arg_number(state, "--vm", s, 0, COREVISOR - 1);
}

static void parse_vms(struct argp_state *state, char *list, struct about *a)
{
	u64 vms = 0;

	log_parse_bits(state, "--vm", list, vm_bit, &vms);
	a->vms |= vms;
}

/* "0x210,0x211" */
static void parse_frames(struct argp_state *state, char *list, struct about *a)
{
	char *save;

	for (char *s = strtok_r(list, ",", &save); s; s = strtok_r(NULL, ",", &save))
		vec_push(&a->frames,
		         arg_number(state, "--pfn", s, 0, KVM_ADDR_SPACE / PAGE_SIZE - 1));
	if (a->frames.n == 0)
		argp_error(state, "--pfn: the list is empty");
}

/* "S2PAGE s2_owner[3]" */
static void parse_cell(struct argp_state *state, char *arg, struct about *a)
{
	char *field = strchr(arg, ' ');
	struct log_cell cell;

	if (!field)
		argp_error(state,
		           "--cell: expected OBJECT FIELD[I] as 'S2PAGE s2_owner[3]', found "
		           "\"%s\"",
		           arg);
	*field = '\0';
	log_parse_cell(state, arg, field + 1, &cell);
	vec_push(&a->cells, cell);
}

/* "vmid=3", "0x210", "entry=hvc" */
static void parse_arg(struct argp_state *state, char *arg, struct about *a)
{
	char *is = strchr(arg, '=');
	struct about_arg w = { .name = arg, .word = is ? is + 1 : arg };

	w.name_len = is ? (size_t)(is - arg) : 0;
	if (!w.word[0] || is == arg)
		argp_error(state, "--arg: expected NAME=VALUE or VALUE, found \"%s\"", arg);
	w.number = number_parse(w.word, strlen(w.word), &w.v);
	vec_push(&a->args, w);
}

error_t log_parse_about(int key, char *arg, struct argp_state *state, struct about *a)
{
	switch (key) {
	case LOG_KEY_PFN:
		parse_frames(state, arg, a);
		return 0;
	case LOG_KEY_VM:
		parse_vms(state, arg, a);
		return 0;
	case LOG_KEY_VCPU:
		vec_push(&a->vcpus, parse_vcpu(state, arg));
		return 0;
	case LOG_KEY_BANK:
		a->banks |= 1ull << log_parse_bank(state, arg);
		return 0;
	case LOG_KEY_CELL:
		parse_cell(state, arg, a);
		return 0;
	case LOG_KEY_ARG:
		parse_arg(state, arg, a);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}
