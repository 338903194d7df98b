// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/spec/spec.h"

#include "oracle/spec/steps.h"
#include "sim/base/check.h"

#include <string.h>

static const struct spec specs[HYP_OP_NR] = {
#define SPEC(function, fn, from, locks, slips)                                              \
	[OP_##function] = {                                                                 \
		.name = #fn, .source = from, .sections = locks, .errata = slips, .step = fn \
	},
#define NO_STEP(function, why) [OP_##function] = { .reason = why },
#include "oracle/spec/spec.def"
};

static const struct {
	const char *name, *sentence;
	u8 op;
} branches[SPEC_BRANCH_NR] = {
#define BRANCH(function, n, s) [BR_##function##_##n] = { #n, s, OP_##function },
#include "oracle/spec/spec.def"
};

const struct spec *spec_of(enum hyp_op op)
{
	SIM_ASSERT(op < HYP_OP_NR);
	return &specs[op];
}

bool spec_has_step(u64 op)
{
	SIM_ASSERT(op < HYP_OP_NR);
	return specs[op].step != NULL;
}

enum erratum spec_slip(enum hyp_op op, u32 i)
{
	const char *p = spec_of(op)->errata;

	while (p && *p) {
		size_t len = strcspn(p, " ");

		if (i-- == 0)
			return erratum_by_name(p, len);
		p += len + (p[len] == ' ');
	}
	return ERRATUM_NR;
}

void spec_step(enum hyp_op op, struct abs *s, const u64 *arg, struct effect *out)
{
	SIM_ASSERT(specs[op].step);
	effect_reset(out);
	s->unheld = 0;
	s->asked = (struct erratum_bits){ .bit = { 0 } };
	specs[op].step(s, arg, out);
	SIM_ASSERT(out->stuck || out->branch < SPEC_BRANCH_NR);
}

const char *spec_branch_name(enum spec_branch b)
{
	SIM_ASSERT(b < SPEC_BRANCH_NR);
	return branches[b].name;
}

const char *spec_branch_sentence(enum spec_branch b)
{
	SIM_ASSERT(b < SPEC_BRANCH_NR);
	return branches[b].sentence;
}

enum hyp_op spec_branch_op(enum spec_branch b)
{
	SIM_ASSERT(b < SPEC_BRANCH_NR);
	return branches[b].op;
}
