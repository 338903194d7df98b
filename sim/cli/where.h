/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Where in the hypervisor's code a CPU is: function, file and line of the frames that were called when it came to a point.
 *
 * Frames are taken by backtrace(), on the CPU's own stack.  Their lines come from the program's own debug information, read by
 * addr2line (binutils), which is asked once for all of them.  Where there is no addr2line, or no debug information, lines are not known.
 */
#include "sim/base/types.h"

struct wheres;

/**
 * struct where
 * @function, @file: "" : not known; @file from the repository's root
 */
struct where {
	char function[64], file[96];
	u32 line;
};

struct wheres *wheres_new(void);
void wheres_free(struct wheres *w);
/* The calling frames; returns the number of what was noted, from 0 on. */
u32 wheres_note(struct wheres *w);
/* All that were noted until now get their lines.  false: they are not known. */
bool wheres_look_up(struct wheres *w);
/*
 * Of note number @i: the innermost frame in the hypervisor's code (sim/hyp); where there is none, in that of the objects and locks that a
 * scope calls by itself, the outermost one.
 */
struct where wheres_get(const struct wheres *w, u32 i);
