/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * A trace in Perfetto's native format (protos/perfetto/trace of that project): tracks, slices that nest, instants, counters, flows.
 * The time of a track never goes back: what would is moved up to the track's last time, and counted.
 */
#include "sim/base/err.h"
#include "sim/base/whole_file.h"

/**
 * struct perfetto_flow - an arrow between two events: who begins it gives it a number that is not 0
 * @out: begins here; @in: ends here; 0: none
 */
struct perfetto_flow {
	u64 out, in;
};

struct perfetto;

/* Written to @to, which stays the caller's. */
struct perfetto *perfetto_new(struct whole_file *to);
/* The rest is written.  < 0: writing failed, now or before. */
MUST_CHECK int perfetto_end(struct perfetto *p, struct err *e);
void perfetto_free(struct perfetto *p);

enum { PERFETTO_TOP = 0 };

/* A track below another one, or PERFETTO_TOP; a counter has values, other tracks have slices.  Returns its number, from 1 on. */
u32 perfetto_track(struct perfetto *p, u32 parent, const char *name, bool counter);

/* @name is known from now on by the number that is returned: names are written once. */
u64 perfetto_name(struct perfetto *p, const char *name);

/* @call: what else is to be seen of the slice, NULL: nothing. */
void perfetto_slice(struct perfetto *p, u32 track, u64 time, u64 name, const char *call,
                    struct perfetto_flow flow);
void perfetto_slice_end(struct perfetto *p, u32 track, u64 time);
void perfetto_instant(struct perfetto *p, u32 track, u64 time, u64 name, const char *call,
                      struct perfetto_flow flow);
void perfetto_value(struct perfetto *p, u32 track, u64 time, u64 value);

/* Events of tracks; and those whose time was moved up. */
u64 perfetto_events(const struct perfetto *p);
u64 perfetto_moved(const struct perfetto *p);
