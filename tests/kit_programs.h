/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Random programs, as the text of scopes, that are so small that every order of their steps can be executed. */
#include "sim/base/rng.h"
#include "sim/exec/scope.h"

enum program_kind {
	PROGRAM_LOCKS, /* sections of three locks and what they guard, nested, never given up; halts; calls that are stuck */
	PROGRAM_MEMORY, /* hosts' faults, pages that go to a VM, flat memory, values from outside, accesses of hosts and of a device */
	PROGRAM_GUEST,  /* a guest that runs: its accesses and hypercalls against those of a host */
	PROGRAM_CONTEXTS, /* uses of saved contexts that no claim of their vCPU orders, and two CPUs that run it */
	PROGRAM_KINDS
};

enum { PROGRAM_TEXT = 2048 };

/* "locks", ... */
const char *program_kind_name(enum program_kind kind);
/* Of two to four CPUs. */
void program_random(struct rng *r, enum program_kind kind, char text[PROGRAM_TEXT]);
/* Read; the caller frees it.  A text that is no scope ends the test. */
struct scope *program_scope(const char *text);
