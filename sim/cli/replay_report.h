/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What the replay of a schedule says: in lines, and as JSON (docs/schema/replay.json). */
#include "sim/cli/step_wheres.h"
#include "sim/explore/replay.h"
#include "sim/explore/saved.h"

/**
 * struct replay_said
 * @saved:   what was to be replayed; @r what it came to, on @scope; @how
 * @times:  so often, always the same
 * @wheres: of the steps, if they are @known
 * @cycle:  who waits for whom, or ""; since step number @cycle_at
 */
struct replay_said {
	const struct saved *saved;
	const struct scope *scope;
	const struct replayed *r;
	enum replay_how how;
	u64 times;
	const struct step_wheres *wheres;
	bool known, as_said;
	u32 cycle_at;
	char cycle[512];
};

void replay_print(FILE *f, const struct replay_said *s);
/* One object, on standard output. */
void replay_json(const struct replay_said *s);
