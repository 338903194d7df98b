/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The values that clash, in words, and what they are about: "the host maps gfn 0x210 -> pfn 0x210, ...; its record: owner VM 1, ...". */
#include "oracle/check/judge.h"

enum { FACTS_TEXT = 300, FACTS_NO_BANK = 0xffffffff };

/* What slips of the published files break: oracle/check/known.def. */
enum known_id {
#define KNOWN(id, erratum, of, number, spoilt, clean) KNOWN_##id,
#include "oracle/check/known.def"
	KNOWN_NR
};

/**
 * struct facts
 * @pfn:  the frame that they are about; INVALID64: none
 * @bank: the context bank; FACTS_NO_BANK: none
 * @by:   (bits, KNOWN_*) slips that do just this, on their published side
 * @vms:  (bits) VMs whose images they are about
 * @text: the sentence
 * @fact: [n] the values as data
 */
struct facts {
	u64 pfn;
	u32 bank;
	u32 vms;
	u32 by;
	char text[FACTS_TEXT];
	u32 n;
	struct fact fact[FACTS_MAX];
};

static inline void facts_init(struct facts *f)
{
	f->pfn = INVALID64;
	f->bank = FACTS_NO_BANK;
	f->vms = 0;
	f->by = 0;
	f->n = 0;
	f->text[0] = '\0';
}

/* Another part of the sentence, printf-like; what does not fit is cut. */
void facts_add(struct facts *f, const char *fmt, ...) PRINTF(2, 3);
/* Another value; what does not fit is left out. */
void facts_value(struct facts *f, struct fact v);
/* "the host maps gfn 0x210 -> pfn 0x210, level 3, pte 0x210fff"; they are about the frame. */
void facts_maplet(struct facts *f, const struct world *w, vmid_t vmid, u64 gfn, struct maplet m);
/* "bank 9 maps gfn 0x5 -> pfn 0x40010, pte 0x40010700"; they are about the frame and the bank. */
void facts_spt(struct facts *f, const struct world *w, u32 bank, u64 gfn, struct maplet m);
/* "; the record of frame 0x210: owner VM 1, count 0, gfn 0x80010"; they are about the frame. */
void facts_page(struct facts *f, const struct world *w, u64 pfn, struct page p);
/* The same of a record that the push which is judged makes @is. */
void facts_page_was(struct facts *f, const struct world *w, u64 pfn, struct page was,
                    struct page is);
/* And what it is behind it in words. */
void facts_page_behind(struct facts *f, u64 pfn, struct page is);
/* "; VM 3 is VERIFIED". */
void facts_vm(struct facts *f, const struct world *w, u64 vmid);
