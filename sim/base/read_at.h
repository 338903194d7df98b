/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "sim/base/types.h"

#include <stddef.h>

/* pread() of all @n bytes: 0, or -1 with errno (0: the file ended). */
int read_at(int fd, void *buf, size_t n, u64 offset);
