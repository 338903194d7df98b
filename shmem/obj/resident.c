// SPDX-License-Identifier: GPL-2.0-only
#include "shmem/obj/resident.h"

#include "sim/base/check.h"
#include "sim/base/vec.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES_A_LOOK = 4096 };

/* What the kernel makes one huge page of, and where such a block begins. */
enum { BLOCK_BYTES = 2 << 20, BLOCK_PAGES = BLOCK_BYTES / PAGE };

/**
 * struct faults - so many has the process had
 * @pid: which process: one that was forked begins again
 */
struct faults {
	u64 n;
	u32 pid;
};

/**
 * struct resident
 * @block: [n] blocks of the mapping of which a page had memory when the kernel was asked for all, in their order
 * @known: all were asked for, when there had been @faults
 */
struct resident {
	VEC(u64) block;
	bool known;
	struct faults faults;
	u64 asked;
};

static struct faults faults_now(void)
{
	struct rusage r;
	int rc = getrusage(RUSAGE_SELF, &r);

	SIM_ASSERT(rc == 0);
	return (struct faults){ (u64)r.ru_minflt + (u64)r.ru_majflt, (u32)getpid() };
}

bool resident_works(void)
{
	struct faults before = faults_now();
	u8 *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return false;
	*(volatile u8 *)p = 1;
	munmap(p, PAGE);
	return faults_now().n != before.n;
}

struct resident *resident_new(void)
{
	return calloc(1, sizeof(struct resident));
}

void resident_free(struct resident *r)
{
	if (!r)
		return;
	vec_free(&r->block);
	free(r);
}

u64 resident_asked(const struct resident *r)
{
	return r->asked;
}

/* Eight answers of mincore(), none of them "resident": objects are almost empty. */
static bool none_of_8(const unsigned char *vec)
{
	u64 v;

	memcpy(&v, vec, sizeof(v));
	return (v & 0x0101010101010101ull) == 0;
}

/* Those of the pages @first..@first + @n - 1 that have memory. */
static bool each_of(const void *map, u64 first, u64 n, bool (*fn)(u64 page, void *arg), void *arg)
{
	unsigned char vec[PAGES_A_LOOK];

	for (u64 p = first; p < first + n; p += PAGES_A_LOOK) {
		u64 some = min_u64(first + n - p, PAGES_A_LOOK);
		int rc = mincore((u8 *)(uintptr_t)map + p * PAGE, some * PAGE, vec);

		SIM_ASSERT(rc == 0);
		for (u64 i = 0; i < some; i++) {
			if (i % 8 == 0 && some - i >= 8 && none_of_8(vec + i)) {
				i += 7;
				continue;
			}
			if ((vec[i] & 1) && !fn(p + i, arg))
				return false;
		}
	}
	return true;
}

/* The mapping begins somewhere in its first block: so many pages of that lie before it. */
static u64 pages_before(const void *map)
{
	return (uintptr_t)map % BLOCK_BYTES / PAGE;
}

struct noting {
	struct resident *r;
	u64 before;
};

static bool note_block(u64 page, void *arg)
{
	struct noting *n = arg;
	u64 block = (page + n->before) / BLOCK_PAGES;

	if (n->r->block.n == 0 || n->r->block.v[n->r->block.n - 1] != block)
		vec_push(&n->r->block, block);
	return true;
}

/* A page that has memory is in a block that was found. */
static __attribute__((unused)) bool is_in_block(u64 page, void *arg)
{
	const struct noting *n = arg;
	u64 block = (page + n->before) / BLOCK_PAGES;

	for (u32 i = 0; i < n->r->block.n; i++)
		if (n->r->block.v[i] == block)
			return true;
	return false;
}

/* The faults are those before the kernel is asked: what comes meanwhile is asked for the next time. */
static void look(const void *map, u64 pages, struct resident *r)
{
	struct faults now = faults_now();
	struct noting n = { r, pages_before(map) };

	if (r->known && r->faults.n == now.n && r->faults.pid == now.pid) {
		SIM_ASSERT_DBG(each_of(map, 0, pages, is_in_block, &n));
		return;
	}
	r->block.n = 0;
	each_of(map, 0, pages, note_block, &n);
	r->asked += pages;
	r->faults = now;
	r->known = true;
}

bool resident_each(const void *map, u64 pages, struct resident *r, bool (*fn)(u64 page, void *arg),
                   void *arg)
{
	u64 before = pages_before(map);

	if (!r)
		return each_of(map, 0, pages, fn, arg);
	look(map, pages, r);
	for (u32 i = 0; i < r->block.n; i++) {
		u64 first = max_u64(r->block.v[i] * BLOCK_PAGES, before) - before;
		u64 end = min_u64((r->block.v[i] + 1) * BLOCK_PAGES - before, pages);

		r->asked += end - first;
		if (!each_of(map, first, end - first, fn, arg))
			return false;
	}
	return true;
}
