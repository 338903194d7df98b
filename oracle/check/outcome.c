// SPDX-License-Identifier: GPL-2.0-only
#include "oracle/check/outcome.h"

#include "oracle/check/about.h"
#include "sim/base/vec.h"
#include "sim/log/mark_arg.h"

#include <stdio.h>
#include <stdlib.h>

/**
 * struct outcome_checks
 * @about: [n_about] of the surprises that were found, [ABOUT_MAX] each; behind them rooms of those that were undone
 */
struct outcome_checks {
	u32 n_about;
	struct about *about[MAX_FINDINGS];
};

static void *create(const struct judge *j)
{
	(void)j;
	return xcalloc(1, sizeof(struct outcome_checks));
}

static void destroy(void *own)
{
	struct outcome_checks *s = own;

	for (u32 i = 0; s && i < MAX_FINDINGS; i++)
		free(s->about[i]);
	free(s);
}

static void reset(void *own, const struct judge *j)
{
	(void)own;
	(void)j;
}

static void stall(struct judge *j, const struct event *e)
{
	u64 who = e->args[0], state = e->args[1], ticket = e->args[3], now = e->args[4];
	lk_t lk = (lk_t)e->args[2];
	char name[16], word[MARK_WORD];

	if (state == MV_WAITS_RUNS || lk >= ID_END) {
		found_of(&j->findings, ROW_OUTCOME_STALL, e,
		         FACTS(fact_n("cpu", who), fact_n("ms", e->args[5])),
		         "CPU %llu has not moved for %llu ms; it waits for no lock",
		         (unsigned long long)who, (unsigned long long)e->args[5]);
		return;
	}
	found_of(&j->findings,
	         state == MV_WAITS_SLEEPS && ticket == now ? ROW_OUTCOME_LOST_WAKEUP
	                                                   : ROW_OUTCOME_STALL,
	         e,
	         FACTS(fact_n("cpu", who), fact_object("lock", lk), fact_n("ticket", ticket),
	               fact_n("now", now), fact_n("ms", e->args[5])),
	         "CPU %llu %s at %s with ticket %llu, and ticket %llu is the one served; %llu ms",
	         (unsigned long long)who,
	         state == MV_WAITS_FLAT ? "waits"
	                                : mark_print(NULL, MARG_WAITS, state, word, sizeof(word)),
	         obj_name(lk, name, sizeof(name)), (unsigned long long)ticket,
	         (unsigned long long)now, (unsigned long long)e->args[5]);
}

static void deadlock(struct judge *j, const struct event *e)
{
	char text[200] = "", name[16];
	struct fact f[FACTS_MAX];
	size_t at = 0;
	u32 n = 0;

	for (u32 i = 0; i + 2 < e->n && at < sizeof(text); i += 3)
		at += (size_t)snprintf(
			text + at, sizeof(text) - at, "%sCPU %llu waits for %s, held by CPU %llu",
			i ? "; " : "", (unsigned long long)e->args[i],
			e->args[i + 1] < ID_END ? obj_name((lk_t)e->args[i + 1], name, sizeof(name))
						: "?",
			(unsigned long long)e->args[i + 2]);
	for (u32 i = 0; i + 2 < e->n && n + 3 <= FACTS_MAX; i += 3) {
		f[n++] = fact_n("cpu", e->args[i]);
		f[n++] = e->args[i + 1] < ID_END ? fact_object("waits_for", (lk_t)e->args[i + 1])
		                                 : fact_n("waits_for", e->args[i + 1]);
		f[n++] = fact_n("held_by_cpu", e->args[i + 2]);
	}
	found_of(&j->findings, ROW_OUTCOME_DEADLOCK, e, f, n, "%s", text);
}

/* The scenario's sentence, and what the log knows of what the surprise is about. */
static void surprise(struct outcome_checks *s, struct contents *contents, struct judge *j,
                     const struct event *e)
{
	struct finding f;

	finding_make(&j->findings, &f, ROW_OUTCOME_SURPRISE, e, "%s", mark_text(e));
	if (j->fixed.region_cnt && s->n_about < MAX_FINDINGS) {
		struct about *a = xcalloc(ABOUT_MAX, sizeof(*a));

		free(s->about[s->n_about]);
		KEEP(j, s->n_about);
		s->about[s->n_about++] = a;
		f.n_about = about_of(contents, j, j->touched, e, a);
		f.about = a;
	}
	findings_keep(&j->findings, &f);
}

void outcome_event(struct outcome_checks *s, struct contents *contents, struct judge *j,
                   const struct event *e)
{
	if (!check_on(j, CHK_OUTCOME))
		return;
	if (e->kind == MARK_STALL)
		stall(j, e);
	else if (e->kind == MARK_DEADLOCK)
		deadlock(j, e);
	else if (e->kind == MARK_SURPRISE)
		surprise(s, contents, j, e);
}

static void verdict(const void *own, const struct judge *j, enum check_id id,
                    struct check_verdict *out)
{
	(void)own;
	(void)id;
	if (!j->now.n_closed)
		verdict_lacks(out, "log does not say how the run ended");
}

const struct family outcome_family = {
	.create = create, .free = destroy, .reset = reset, .verdict = verdict
};
