/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Records of frames: of the machine they are numbered by the memory regions, above it everybody asks by frame. */
#include "oracle/world/change.h"
#include "shmem/obj/fixed_types.h"
#include "shmem/obj/obj.h"

/* The frame whose record has number @index; INVALID64: no region has it, or the last of those that have the frame does not. */
u64 page_pfn(const struct fixed *f, u64 index);

/* Record number @index of @o, which is S2PAGE's; @index is one of its own. */
struct page page_record(const struct obj *o, u64 index);

/* The record of frame @pfn, any number. */
struct page page_of(const struct obj *o, const struct fixed *f, u64 pfn);
