// SPDX-License-Identifier: GPL-2.0-only
#include "shmem/obj/obj.h"
#include "shmem/obj/resident.h"
#include "tests/kit.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES = 20000, FOUND = 16 };

/* So often may memory of the test itself come: ThreadSanitizer's does while it looks. */
enum { SETTLED = 100 };

struct found {
	u64 page[FOUND];
	u32 n;
};

static bool find(u64 page, void *arg)
{
	struct found *f = arg;

	assert_true(f->n < FOUND);
	f->page[f->n++] = page;
	return true;
}

static u8 *mapped(void)
{
	void *p = mmap(NULL, PAGES * (u64)PAGE, PROT_READ | PROT_WRITE,
	               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	assert_true(p != MAP_FAILED);
	/* Pages are counted. */
	assert_int_equal(madvise(p, PAGES * (u64)PAGE, MADV_NOHUGEPAGE), 0);
	return p;
}

/* What is found with what was found before in mind is what the kernel says when it is asked for all. */
static void same_with_and_without(const u8 *map, struct resident *r, u32 n)
{
	struct found with = { .n = 0 }, without = { .n = 0 };

	assert_true(resident_each(map, PAGES, NULL, find, &without));
	assert_true(resident_each(map, PAGES, r, find, &with));
	assert_int_equal(without.n, n);
	assert_int_equal(with.n, n);
	assert_memory_equal(with.page, without.page, n * sizeof(u64));
}

/* The first pages, the last ones, and pages to both sides of a block's end. */
static void pages_that_come_are_found(void **state)
{
	static const u64 pages[] = { 0, PAGES - 1, 511, 512, 9999, 10000, 1 };
	struct resident *r = resident_new();
	u8 *map = mapped();

	(void)state;
	assert_true(resident_works());
	assert_non_null(r);
	same_with_and_without(map, r, 0);
	for (u32 i = 0; i < ARRAY_SIZE(pages); i++) {
		map[pages[i] * PAGE + 7] = 1;
		same_with_and_without(map, r, i + 1);
	}
	assert_int_equal(madvise(map, PAGES * (u64)PAGE, MADV_DONTNEED), 0);
	same_with_and_without(map, r, 0);
	map[700 * PAGE] = 1;
	same_with_and_without(map, r, 1);
	munmap(map, PAGES * (u64)PAGE);
	resident_free(r);
}

/* Where no page has come, the kernel is asked of blocks with memory only. */
static void all_are_asked_for_once(void **state)
{
	struct resident *r = resident_new();
	u8 *map = mapped();
	u64 asked = 0, before, times = 0;

	(void)state;
	map[5000ull * PAGE] = 1;
	/* The first times bring memory of their own; what they brought is there from then on. */
	do {
		struct found f = { .n = 0 };

		before = asked;
		assert_true(resident_each(map, PAGES, r, find, &f));
		assert_int_equal(f.n, 1);
		asked = resident_asked(r);
		assert_true(times > 0 || asked >= PAGES);
	} while (asked - before > 512 && ++times < SETTLED);
	assert_true(times < SETTLED);
	munmap(map, PAGES * (u64)PAGE);
	resident_free(r);
}

/* A child counts its faults from 0 on. */
static void a_child_asks_anew(void **state)
{
	struct resident *r = resident_new();
	u8 *map = mapped();
	int status;
	pid_t pid;

	(void)state;
	same_with_and_without(map, r, 0);
	pid = fork();
	if (pid == 0) {
		struct found f = { .n = 0 };

		map[12345ull * PAGE] = 1;
		resident_each(map, PAGES, r, find, &f);
		_exit(f.n == 1 && f.page[0] == 12345 ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	munmap(map, PAGES * (u64)PAGE);
	resident_free(r);
}

/* A store that went round the setters, to where nothing was, changes the digest that is made of memory. */
static void a_stray_store_shows(void **state)
{
	struct err e;
	struct obj o;
	u64 digest;

	(void)state;
	assert_int_equal(obj_init(&o, S2PAGE_ID, &e), 0);
	obj_remember_resident(&o);
	assert_non_null(o.resident);
	obj_set(&o, 0, 3, 4);
	for (u32 i = 0; i < 3; i++) {
		assert_true(obj_digest(&o) == o.digest);
		o.cell[o.n_cells - 1 - i * 100000] = 1;
		digest = obj_digest(&o);
		assert_true(digest != o.digest);
		o.digest = digest;
	}
	obj_destroy(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_that_come_are_found),
		cmocka_unit_test(all_are_asked_for_once),
		cmocka_unit_test(a_child_asks_anew),
		cmocka_unit_test(a_stray_store_shows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
