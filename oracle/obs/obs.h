/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What HOST or a VM sees of a state (oracle/obs/view.h): the observation functions of the security proof, each as a set of
 * (key, value) in which a value of 0 is left out.  A fingerprint is the XOR of a hash of each; the list names a difference.
 * [SecuritySecurityDef: observe_*, obs_eq]
 */
#include "oracle/obs/row.h"
#include "oracle/obs/view.h"
#include "sim/base/vec.h"

struct obs_pages;

/**
 * struct obs_prints - fingerprints of what one principal sees of one state, by row
 * @row:    [OBS_NR]
 * @reads:  [OBS_NR] of what the row was read from
 * @masked: pages whose contents are left out, since they are shared
 * @valid:  they have been read once
 * @pages:  what the pages held; obs_prints_free() frees it, so of copies only the numbers may be used
 */
struct obs_prints {
	u64 row[OBS_NR], reads[OBS_NR];
	u64 masked;
	bool valid;
	struct obs_pages *pages;
};

/*
 * Bring the fingerprints to what @p sees now.  Rows whose objects have the digest that they had are not read again: @f belongs
 * to one view and principal.
 */
void obs_prints(struct obs_prints *f, const struct obs_view *v, vmid_t p);
/* And to be read from the beginning again. */
void obs_prints_free(struct obs_prints *f);

/* The first row that differs; OBS_NR: none does. */
enum obs_row obs_first(const struct obs_prints *a, const struct obs_prints *b);

/* What @p sees of @row, in place of what *out held. */
void obs_list(const struct obs_view *v, vmid_t p, enum obs_row row, struct obs_items *out);

/* @fn for each key at which two lists differ, in the order of keys; 0: there is none there. */
void obs_differences(const struct obs_items *a, const struct obs_items *b,
                     void (*fn)(void *arg, u64 key, u64 a, u64 b), void *arg);

/* "observe_reg", ... */
const char *obs_name(enum obs_row row);
const char *obs_sentence(enum obs_row row);
/* "CPU 0, x10", "frame 0x210", ...: a key of the row.  Returns buf. */
const char *obs_key_print(enum obs_row row, u64 key, char *buf, size_t size);
/* "HOST", "VM 3".  Returns buf. */
const char *obs_principal(vmid_t p, char *buf, size_t size);
