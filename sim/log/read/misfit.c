// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/read/misfit.h"

/* A step at flat memory whose number is not the next one and never will be. */
static void misfit_flat(struct merge_finding *f, u32 cpu, const struct decode_step *s,
                        const struct merge_lock *l)
{
	const char *what = s->op == OP_FLAT ? "OFLATMEM" : "access";
	u32 number = word_ticket(s->word), next = word_ticket(l->word);

	if (step_rank(s) == merge_rank(l))
		merge_find(f, MERGE_WORD, s->lk, step_rank(s), cpu,
		           "lock %u: %s number %u of CPU %u, and the word was ticket %u now %u",
		           s->lk, what, number, cpu, next, word_now(l->word));
	else if (merge_rank(l) - step_rank(s) > l->n_rmw)
		merge_find(f, MERGE_FORGED, s->lk, step_rank(s), cpu,
		           "lock %u: %s number %u of CPU %u, which is before the start", s->lk,
		           what, number, cpu);
	else
		merge_find(f, MERGE_DOUBLED, s->lk, step_rank(s), cpu,
		           "lock %u: %s number %u of CPU %u, which is taken: the next is "
		           "number %u",
		           s->lk, what, number, cpu, next);
}

/* The same of a lock that has no tickets. */
static void misfit_high(struct merge_finding *f, u32 cpu, const struct decode_step *s,
                        const struct merge_lock *l)
{
	const char *what = s->op == OP_WAIT_LOCK ? "WAIT_LOCK" : "REL_LOCK";
	u32 number = step_rank(s), next = merge_rank(l);

	if (next - number > l->n_rmw)
		merge_find(f, MERGE_FORGED, s->lk, number, cpu,
		           "lock %u: %s number %u of CPU %u, which is before the start", s->lk,
		           what, number, cpu);
	else
		merge_find(f, MERGE_DOUBLED, s->lk, number, cpu,
		           "lock %u: %s number %u of CPU %u, which is taken: the next is "
		           "number %u",
		           s->lk, what, number, cpu, next);
}

/* A step that is not the next one and never will be. */
void merge_misfit(struct merge_finding *f, u32 cpu, const struct decode_step *s,
                  const struct merge_lock *l)
{
	u32 rank = step_rank(s), cur = merge_rank(l);
	bool first = f->row == MERGE_NONE;
	const char *what = s->op == OP_INC_NOW ? "INC_NOW"
	                   : step_is_rmw(s)    ? "INC_TICKET"
	                                       : "GET_NOW";

	if (s->op == OP_FLAT || s->op == OP_ACCESS)
		misfit_flat(f, cpu, s, l);
	else if (step_is_high(s))
		misfit_high(f, cpu, s, l);
	else if (rank == cur)
		merge_find(
			f, MERGE_WORD, s->lk, rank, cpu,
			"lock %u: %s of CPU %u saw ticket %u now %u, the word was ticket %u now %u",
			s->lk, what, cpu, word_ticket(s->word), word_now(s->word),
			word_ticket(l->word), word_now(l->word));
	else if (cur - rank > l->n_rmw)
		merge_find(f, MERGE_FORGED, s->lk, rank, cpu,
		           "lock %u: %s of CPU %u saw ticket %u now %u, rank %u, which is before "
		           "the start",
		           s->lk, what, cpu, word_ticket(s->word), word_now(s->word), rank);
	else if (step_is_rmw(s))
		merge_find(f, MERGE_DOUBLED, s->lk, rank, cpu,
		           "lock %u: %s of CPU %u saw ticket %u now %u, rank %u, which is taken: "
		           "the word is "
		           "at ticket %u now %u",
		           s->lk, what, cpu, word_ticket(s->word), word_now(s->word), rank,
		           word_ticket(l->word), word_now(l->word));
	else
		merge_find(f, MERGE_LATE, s->lk, rank, cpu,
		           "lock %u: %s of CPU %u saw ticket %u now %u, rank %u, when the word is "
		           "at ticket "
		           "%u now %u",
		           s->lk, what, cpu, word_ticket(s->word), word_now(s->word), rank,
		           word_ticket(l->word), word_now(l->word));
	if (first) {
		merge_find_step(f, s->op, l->word, s->word);
		f->stands = true;
	}
}
