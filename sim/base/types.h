/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t s64;

typedef u32 cpu_t; /* CPU number, 0..MAX_CPU-1 */
typedef u32
	lk_t; /* lock and object number: 0..ID_END-1 in a machine's log, a dense index in a text log */
typedef u32 vmid_t;   /* 0..16 */
typedef u32 vcpuid_t; /* 0..VCPU_PER_VM-1 */
typedef u64 pfn_t;
typedef u64 gfn_t;
typedef u64 addr_t; /* bytes */
typedef u64 pte_t;

#define MAX_CPU    64
#define CACHE_LINE 64

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define likely(x)     __builtin_expect(!!(x), 1)
#define unlikely(x)   __builtin_expect(!!(x), 0)
/* Inlined at -O1 too: for what is a function to a reader and a constant argument away from a few instructions. */
#define ALWAYS_INLINE static inline __attribute__((always_inline))
#define PRINTF(f, a)  __attribute__((format(printf, f, a)))
#define MUST_CHECK    __attribute__((warn_unused_result))

static inline u64 min_u64(u64 a, u64 b)
{
	return a < b ? a : b;
}

static inline u64 max_u64(u64 a, u64 b)
{
	return a > b ? a : b;
}
