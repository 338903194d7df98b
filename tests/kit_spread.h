/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* Searches of small scopes by jobs, by shards, and in files, for tests. */
#include "sim/explore/spread.h"
#include "tests/kit_built.h"

/* What a search came to. */
struct came {
	struct spread_result r;
	struct endings *endings;
	struct found *found;
};

/* A named scope of few classes. */
struct kit_scope_size {
	const char *name;
	u32 cpus, sections;
};

enum { KIT_SPREAD_SCOPES = 6 };
extern const struct kit_scope_size kit_spread_scopes[KIT_SPREAD_SCOPES];

struct scope *kit_scope(const char *name, u32 cpus, u32 sections);
/* Two CPUs with 600 sections each: too many orders to keep their beginnings. */
void kit_begin_long(struct built *b);

/* What searches run on: fibers, unless a test says otherwise. */
extern enum vehicle_kind kit_vehicle;

/* On @kit_vehicle, by the scope's dependence, with all checks if @judged. */
struct engine_opts kit_engine_opts(const struct scope *s, bool judged);
/* One job, all classes. */
struct spread_opts kit_whole(void);
int kit_try_search(const struct scope *s, const struct spread_opts *o, bool judged, struct came *c,
                   struct err *err);
/* The same; an error fails the test. */
struct came kit_searched(const struct scope *s, const struct spread_opts *o, bool judged);
/* By the plain search, which knows nothing of jobs and files. */
struct came kit_plain(const struct scope *s, bool judged);
void came_drop(struct came *c);

void kit_same_sums(const struct came *a, const struct came *b);
void kit_same_found(const struct came *a, const struct came *b);

/* A name that no file has. */
void kit_temp_name(char *path, size_t size);
