/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The file of an index (docs/log-index.md): a header that names the log, parts, each compressed and with a checksum, and a directory of
 * them.  Nothing of it is believed that has another checksum, so what is damaged is as if it were not there.
 */
#include "sim/base/stash.h"
#include "sim/base/whole_file.h"
#include "sim/log/read/chunk_name.h"

/**
 * struct index_place - where a part lies in the file
 * @stored, @raw: bytes there, and what they become
 */
struct index_place {
	u64 offset, checksum;
	u32 stored, raw;
};

/* As bytes and back. */
void index_place_stash(struct index_place *p, struct stash *s);

/**
 * struct index_out - an index that is being written
 * @at: where the next part goes
 */
struct index_out {
	struct whole_file file;
	u64 at;
};

/* A file of that name that is no index stays as it is: ERR_USAGE.  Errors: also those of whole_open(). */
MUST_CHECK int index_out_open(struct index_out *o, const char *path, struct err *e);
MUST_CHECK int index_out_part(struct index_out *o, const u8 *raw, size_t n,
                              struct index_place *place, struct err *e);
/* The directory [@n], and the name of the log: the index is there, and *o is closed, also when it fails. */
MUST_CHECK int index_out_finish(struct index_out *o, const struct log_name *name, const u8 *raw,
                                size_t n, struct err *e);
/* Leave nothing. */
void index_out_drop(struct index_out *o);

/**
 * struct index_bytes - room for a part, used again and again
 */
struct index_bytes {
	u8 *v, *packed;
	size_t n, cap, packed_cap;
};

void index_bytes_free(struct index_bytes *b);

/* Open an index that is whole and names the log; -1: there is none such.  Its directory is in *directory. */
int index_in_open(const char *path, const struct log_name *name, struct index_bytes *directory);
/* Read a part.  False: it is damaged. */
bool index_in_part(int fd, const struct index_place *place, struct index_bytes *out);
