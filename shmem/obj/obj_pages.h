/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Long ranges of an object that somebody rebuilds from a log: a page of cells that one difference wrote whole is kept as what
 * it says and not as its cells, so that a range of 2^28 cells costs 2^19 steps and no memory.  A page becomes cells when
 * one of them is written alone, or when all are asked for (obj_settle()).
 *
 * The digest of an object with such pages is that of its cells only: settle it before the digest is used.
 */
#include "shmem/obj/obj.h"

enum { OBJ_PAGE_CELLS = 512 };

enum obj_page_kind { PAGE_CELLS, PAGE_VALUE, PAGE_ORACLE };

/**
 * struct obj_page - 512 cells
 * @kind: PAGE_CELLS: they are there.  PAGE_VALUE: each holds @n.  PAGE_ORACLE: cell i holds number @n + i of @vmid's data
 *        oracle, plus @add
 */
struct obj_page {
	u8 kind;
	vmid_t vmid;
	u64 n, add;
};

/**
 * struct obj_pages
 * @page: [n]
 * @data: of PAGE_ORACLE
 */
struct obj_pages {
	u64 n;
	size_t bytes;
	struct data_oracle data;
	struct obj_page page[];
};

/* May the cells @first..@last of @o be kept by pages?  Makes room for them when these are the first. */
bool obj_pages_for(struct obj *o, u64 first, u64 last);
/* Cell @cell is to be read or written: its page becomes cells. */
void obj_pages_open(struct obj *o, u64 cell);
/*
 * How many cells from @cell on, of at most @max, hold one value, which is *value, without a look at each of them; 1 at least.
 */
u64 obj_pages_same(const struct obj *o, u64 cell, u64 max, u64 *value);
/* The page of @cell, its first one, now holds what @p says. */
void obj_pages_set(struct obj *o, u64 cell, const struct obj_page *p);
/* All of @o is as at the beginning, or gone. */
void obj_pages_drop(struct obj *o);
