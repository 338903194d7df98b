// SPDX-License-Identifier: GPL-2.0-only
#include "sim/two/two_run.h"

#include "scenarios/kit_args.h"
#include "sim/base/named.h"

#include <stdio.h>
#include <string.h>

struct call {
	struct workload *w;
	struct operation op;
};

static void execute(struct cpu *c, void *arg)
{
	struct call *call = arg;

	call->w->execute(c, call->w->arg, &call->op);
}

static bool same(const struct operation *a, const struct operation *b)
{
	return a->kind == b->kind && a->n_args == b->n_args &&
	       memcmp(a->args, b->args, a->n_args * sizeof(a->args[0])) == 0;
}

/* Both machines are used up, or one of them has halted. */
static void next_episode(struct two_run *t, struct rng rng[2], struct pair *pr)
{
	pair_end(pr);
	for (u32 k = 0; k < 2; k++) {
		if (t->w[k]->over)
			t->w[k]->over(t->w[k]->arg, t->m[k]);
		machine_reset(t->m[k]);
		if (t->w[k]->episode)
			t->w[k]->episode(t->w[k]->arg, t->m[k]);
		rng[k].s = mix_key(t->m[k]->params.seed, MIX_CHOICE, t->m[k]->episode, 0);
	}
	pair_begin(pr, t->m[0], t->m[1]);
}

static void op_text(const struct workload *w, const struct operation *op, char *buf, size_t size)
{
	const char *name = w->op_names[op->kind], *names = kit_args(name);
	char args[120] = "";

	if (names)
		named_list(names, op->n_args, op->args, args, sizeof(args));
	snprintf(buf, size, "%s(%s)", name, args);
}

/* Which register does the operation store?  The second argument of those that do. */
static bool stores(const struct workload *w, const struct operation *op)
{
	const char *name = w->op_names[op->kind];
	size_t n = strlen(name);

	return n > 6 && strcmp(name + n - 6, "_store") == 0 && op->n_args > 1;
}

/* The operation that both have chosen. */
static void one_operation(struct two_run *t, struct call call[2], struct pair *pr)
{
	enum outcome out[2];
	char op[160];

	op_text(t->w[0], &call[0].op, op, sizeof(op));
	pair_before(pr, 0);
	if (stores(t->w[0], &call[0].op))
		pair_store(pr, (u32)call[0].op.args[1]);
	for (u32 k = 0; k < 2; k++)
		out[k] = cpu_call(&t->m[k]->cpu[0], execute, &call[k]);
	pair_after(pr, op, out[0], out[1]);
	for (u32 k = 0; k < 2; k++)
		if (t->w[k]->ended)
			t->w[k]->ended(t->w[k]->arg, &t->m[k]->cpu[0], &call[k].op, out[k]);
}

/* Have both machines something left to do? */
static bool go_on(const struct two_run *t)
{
	for (u32 k = 0; k < 2; k++)
		if (flag_get(&t->m[k]->halt) || flag_get(&t->m[k]->stop))
			return false;
	return true;
}

bool two_run(struct two_run *t, struct pair *pr)
{
	const int interrupts = t->interrupts ? *t->interrupts : 0;
	struct rng rng[2];
	u64 in_episode = 0;

	for (u32 k = 0; k < 2; k++)
		rng[k].s = mix_key(t->m[k]->params.seed, MIX_CHOICE, t->m[k]->episode, 0);
	pair_begin(pr, t->m[0], t->m[1]);
	for (u64 n = 0; n < t->ops && (!t->interrupts || *t->interrupts == interrupts);) {
		struct call call[2] = { { .w = t->w[0] }, { .w = t->w[1] } };
		bool over = t->episode_ops && in_episode == t->episode_ops;

		for (u32 k = 0; k < 2 && !over; k++)
			t->w[k]->choose(t->w[k]->arg, 0, in_episode, &rng[k], &call[k].op);
		if (!over && !same(&call[0].op, &call[1].op)) {
			pair_part(pr);
			over = true;
		}
		over |= call[0].op.kind == OP_NEW_EPISODE;
		if (!over) {
			one_operation(t, call, pr);
			n++;
			in_episode++;
			over = !go_on(t);
		}
		if (over) {
			next_episode(t, rng, pr);
			in_episode = 0;
		}
	}
	pair_end(pr);
	return !t->interrupts || *t->interrupts == interrupts;
}
