/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What a surprise is about: the record of each frame, VM, vCPU and bank as the log has it there, and who changed it last. */
#include "oracle/check/contents.h"
#include "oracle/check/touched.h"

enum { ABOUT_MAX = 9, ABOUT_OTHERS = 3, ABOUT_CHANGES = 8, ABOUT_FIELDS = 3 };

/* A field of a record. */
struct about_field {
	const char *name;
	u64 value;
};

/**
 * struct about
 * @what, @number: of type ABOUT (sim/log/mark_arg.def); @vmid: of a vCPU, whose; @page: of a frame, the
 *           number of its record, or INVALID64
 * @field:   [n_fields] what the log says that the record holds; none: there is no record, or the log does not say
 * @change: [n_changes] by other CPUs, the latest first, and the last one by its own; of a frame, of its record and what it holds
 */
struct about {
	u32 what, n_fields, n_changes;
	u64 number, vmid, page;
	struct about_field field[ABOUT_FIELDS];
	struct touch change[ABOUT_CHANGES];
};

/*
 * What the mark SURPRISE @e is about, into @out: what it names, and the frame that its CPU's last access came to.  @s, @t: just
 * before it.  How many.
 */
u32 about_of(struct contents *s, const struct judge *j, const struct touched *t,
             const struct event *e, struct about out[ABOUT_MAX]);

/* "frame 0x210: s2_owner 2, s2_count 0, s2_gfn 0x80000".  Returns buf. */
const char *about_print(const struct about *a, char *buf, size_t size);
/* "CPU 1, event 17, vcpu_run, map_pfn_vm: s2_owner[0x210] = 2".  Returns buf. */
const char *about_change_print(const struct touch *t, const struct log_config *config, char *buf,
                               size_t size);
