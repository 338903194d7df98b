/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What the header of a script's log says of the machine that its calls begin with.  For sim/exec/record.c. */
#include "sim/base/vec.h"
#include "sim/log/config.h"

struct machine;
struct prim;

struct start_rows {
	struct init_row *v;
	u32 n, cap;
};

/**
 * struct record_start
 * @json: of @config, to compare
 */
struct record_start {
	struct log_config config;
	char *json;
};

/*
 * The start of the script's machine @m, in which the script has set @rows, and which follows @errata by now; @tlb: with translation
 * buffers.  @memory: with its memory regions and SMMUs, which @fixed says, if a log may have these.
 */
struct record_start *start_new(const struct machine *m, const struct errata *errata, bool tlb,
                               const struct start_rows *rows, const struct fixed *fixed,
                               bool memory);
void start_free(struct record_start *s);
bool start_same(const struct record_start *a, const struct record_start *b);

/* Is it an entry of the core, or an operation of sim/log/op.def? */
bool start_is_top(const struct prim *p);
