/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Between two looks of a wait that keeps its core: leave the other thread of the core something. */
static inline void cpu_relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}
