// SPDX-License-Identifier: GPL-2.0-only
#include "sim/log/write/slots.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

void log_slots_fail(struct log_slots *s, enum err_code code, const char *what, int host_errno)
{
	char text[128];

	if (__atomic_exchange_n(&s->error_once, 1, __ATOMIC_RELAXED))
		return;
	err_set(&s->error, code, "%s: %s: %s", s->path ? s->path : "log in memory", what,
	        strerror_r(host_errno, text, sizeof(text)));
	flag_set(&s->failed);
}

void log_slots_lost(struct log_slots *s, const char *how)
{
	if (__atomic_exchange_n(&s->error_once, 1, __ATOMIC_RELAXED))
		return;
	err_set(&s->error, ERR_DISK, "%s: %s while the run wrote it", s->path, how);
	flag_set(&s->failed);
}

bool log_slots_whole(struct log_slots *s)
{
	u64 reserved = __atomic_load_n(&s->reserved_bytes, __ATOMIC_RELAXED);
	struct stat st;

	if (fstat(s->fd, &st) == 0 && (u64)st.st_size >= reserved)
		return true;
	__atomic_store_n(&s->cut_short, true, __ATOMIC_RELAXED);
	log_slots_lost(s, "it was cut short");
	return false;
}

/*
 * Have every page there: at its first store a CPU would stop for each.  The chunk may be in use already, by the CPU that did
 * not wait for it.
 */
static void populate(u8 *p)
{
	if (madvise(p, LOG_SLOT_BYTES, MADV_POPULATE_WRITE) == 0)
		return;
	for (u32 at = 0; at < LOG_SLOT_BYTES; at += 4096)
		__atomic_fetch_or(p + at, 0, __ATOMIC_RELAXED);
}

struct log_chunk_header *log_slots_memory(struct log_slots *s)
{
	void *p = mmap(NULL, LOG_SLOT_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
	               -1, 0);

	if (p == MAP_FAILED) {
		log_slots_fail(s, ERR_MEMORY, "a chunk", errno);
		return NULL;
	}
	return p;
}

static struct log_chunk_header *memory_slot(struct log_slots *s)
{
	struct log_chunk_header *h = log_slots_memory(s);

	if (h)
		populate((u8 *)h);
	return h;
}

/* A slot of the file, reserved on disk before it is mapped: a full disk is an error here and not a SIGBUS later. */
static struct log_chunk_header *file_slot(struct log_slots *s, u64 slot)
{
	off_t at = (off_t)(s->header_bytes + slot * LOG_SLOT_BYTES);
	u64 end = (u64)at + LOG_SLOT_BYTES, have = 0;
	void *p;
	int rc;

	/* A file that was cut short would have holes where the others' chunks were. */
	if (!log_slots_whole(s))
		return NULL;
	rc = posix_fallocate(s->fd, at, LOG_SLOT_BYTES);
	while (rc == 0 && have < end &&
	       !__atomic_compare_exchange_n(&s->reserved_bytes, &have, end, false, __ATOMIC_RELAXED,
	                                    __ATOMIC_RELAXED))
		;
	if (rc) {
		log_slots_fail(s, ERR_DISK, "cannot reserve a chunk", rc);
		return NULL;
	}
	p = mmap(NULL, LOG_SLOT_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, s->fd, at);
	if (p == MAP_FAILED) {
		log_slots_fail(s, ERR_DISK, "cannot map a chunk", errno);
		return NULL;
	}
	populate(p);
	return p;
}

u64 log_slots_number(struct log_slots *s)
{
	return s->kind == LOG_FILE ? __atomic_fetch_add(&s->next_slot, 1, __ATOMIC_RELAXED) : 0;
}

struct log_chunk_header *log_slots_make(struct log_slots *s, u64 slot)
{
	return s->kind == LOG_FILE ? file_slot(s, slot) : memory_slot(s);
}

void log_slots_count(struct log_slots *s)
{
	if (__atomic_add_fetch(&s->used_bytes, LOG_SLOT_BYTES, __ATOMIC_RELAXED) >= s->limit_bytes)
		flag_set(&s->full);
}

void log_slots_set_used(struct log_slots *s, u32 n_chunks)
{
	__atomic_store_n(&s->used_bytes, (u64)n_chunks * LOG_SLOT_BYTES, __ATOMIC_RELAXED);
}

void log_slots_give_back(struct log_slots *s, struct log_chunk_header *h)
{
	munmap(h, LOG_SLOT_BYTES);
	__atomic_fetch_sub(&s->used_bytes, LOG_SLOT_BYTES, __ATOMIC_RELAXED);
}
