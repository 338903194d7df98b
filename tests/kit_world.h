/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* A world that is fed by hand, and its changes as text. */
#include "oracle/world/world.h"
#include "shmem/obj/obj.h"

/*
 * A machine as it boots, BOOT_PAGES_MIN pages: frames 0x200..0x3ff have records 0..511, 0x40000..0x401ff 512..1023, and the pages of
 * the core those behind.
 */
struct world *kit_world(void);

/* One cell: FIELD of OBJ (as in shmem/obj/obj.def), its index, old and new value. */
#define KIT_D(obj, name, at, was, is)              \
	((struct diff){ .field = F_##obj##_##name, \
	                .both = true,              \
	                .first = (at),             \
	                .last = (at),              \
	                .old = (was),              \
	                .new = (is) })

/* A push of @lk, all of whose differences fit. */
void kit_push(struct world *w, lk_t lk, const struct diff *d, u32 n);
#define KIT_PUSH(w, lk, ...)                                  \
	kit_push(w, lk, (const struct diff[]){ __VA_ARGS__ }, \
	         sizeof((const struct diff[]){ __VA_ARGS__ }) / sizeof(struct diff))

/*
 * A change as text, numbers hexadecimal without 0x:
 *   leaf VMID GFN+N OLD>NEW, spt_leaf BANK GFN+N OLD>NEW    each level:pfn:pte, "-": 0:0:0; "+N" is left out when N is 1
 *   link OBJECT ADDRESS OLD>NEW
 *   page PFN OWNER/COUNT/GFN>OWNER/COUNT/GFN
 *   bank BANK OLD>NEW, vm VMID FIELD[INDEX] OLD>NEW, core FIELD OLD>NEW, cursor OBJECT FIELD OLD>NEW, flat PFN+N OLD>NEW
 * Returns buf.
 */
const char *kit_change(const struct change *c, char *buf, size_t size);
/* The changes of the last push, "; " between them.  Returns buf. */
const char *kit_changes(struct world *w, char *buf, size_t size);
void kit_expect_changes(struct world *w, const char *want);
/* "level:pfn:pte". */
const char *kit_maplet(struct maplet m, char *buf, size_t size);
void kit_expect_maplet(struct maplet m, const char *want);
/* Who maps frame @pfn, "VMID:GFN" or "bBANK:GFN", in the order of this text, " " between them. */
void kit_expect_mappers(struct world *w, u64 pfn, const char *want);
