/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Operations that scopes have beside the machine's primitives and the hypervisor's functions: what a script of fixed calls
 * cannot say, because a section acts on what another saw.
 */
#include "sim/machine/prim.h"

/* [n_scope_ops] */
extern const struct prim scope_ops[];
extern const u32 n_scope_ops;

/* A primitive, a function of the hypervisor, or an operation of scopes; NULL: none of these. */
const struct prim *scope_callable(const char *name);
