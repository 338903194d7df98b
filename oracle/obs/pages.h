/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The four rows of pages: observe_owner, observe_count, observe_gfn, observe_flatmem.  There are thousands of pages and a step changes
 * few of them, so what they held is kept, and only what differs is hashed.  For oracle/obs/ alone.
 */
#include "oracle/obs/sink.h"

enum { OBS_PAGE_ROWS = 4 };

struct obs_pages;

/* Nothing has been read yet: all pages held 0, of nobody's interest. */
struct obs_pages *obs_pages_new(void);
void obs_pages_free(struct obs_pages *p);
/*
 * Bring @print, [OBS_PAGE_ROWS] fingerprints from OBS_OWNER on, and the number of pages that are masked, to what @who sees now.
 * @o belongs to one view and principal.
 */
void obs_pages_read(struct obs_pages *o, const struct obs_view *v, vmid_t who, u64 *print,
                    u64 *masked);
/* What @who sees of the row, from OBS_OWNER on. */
void obs_pages_see(const struct obs_view *v, vmid_t who, u32 row, struct obs_sink *s);
