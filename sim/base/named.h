/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Values by their names, for people. */
#include "sim/base/types.h"

#include <stddef.h>

/*
 * "vmid=3", "addr=0x4000": @value by the first @len bytes of @name, none if @len is 0.  VMs, vCPUs, banks, registers and
 * other small numbers are decimal, everything else (addresses, frames, entries) is hex.  Returns what snprintf() does.
 */
size_t named_print(const char *name, size_t len, u64 value, char *buf, size_t size);

/* "vmid=3, addr=0x4000": @n of @values, @names with a space between.  Returns buf, which is cut at @size. */
const char *named_list(const char *names, u32 n, const u64 *values, char *buf, size_t size);
