/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What an operation was called with, for people, and what it is about, for the log. */
#include "sim/machine/run.h"
#include "sim/machine/surprise.h"

/* The names of the operation's arguments, a space between; NULL: there is no such operation. */
const char *kit_args(const char *operation);

/*
 * VMs, vCPUs, frames and banks that @op, an operation of this name, is about, into @out; how many.  @vmid, @vcpuid: of the guest
 * that it is of, INVALID64: it is the host's.
 */
u32 kit_about(const char *operation, const struct operation *op, u64 vmid, u64 vcpuid,
              struct run_about out[RUN_ABOUT_MAX]);
