/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What runs on a CPU.  [RData.ihost, icore]
 *
 *   ihost  icore
 *   true   false  the host kernel
 *   true   true   the core, entered from the host
 *   false  false  a guest
 *   false  true   the core, entered from a guest
 *
 * No body of the hypervisor writes them: its entries do.
 */
#include "cpu/cpu.h"

/* Does the host's side run (@ihost), or a guest, and not the core? */
static inline bool mode_is(const struct cpu *c, bool ihost)
{
	return c->ihost == ihost && !c->icore;
}

void mode_enter_core(struct cpu *c, enum core_entry entry);

/* The host (@ihost) or a guest goes on. */
void mode_leave_core(struct cpu *c, bool ihost);
