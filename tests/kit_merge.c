// SPDX-License-Identifier: GPL-2.0-only
#include "tests/kit_merge.h"

#include "sim/log/write/log.h"
#include "tests/kit.h"

#include <stdio.h>
#include <string.h>

struct log *streams;
struct merge *m;
struct event merged[512];
u32 n_merged;

static struct log_config config;

static int open_at(u32 start, u32 cpus)
{
	struct err e;

	log_config_init(&config, cpus);
	config.start_ticket = config.start_now = start;
	m = NULL;
	n_merged = 0;
	return log_open_memory(&streams, &config, ~0ull, &e);
}

void merge_setup_at(u32 start)
{
	log_free(streams);
	assert_int_equal(open_at(start, MERGE_CPUS), 0);
}

void merge_setup_cpus(u32 cpus)
{
	log_free(streams);
	assert_int_equal(open_at(0, cpus), 0);
}

int merge_setup(void **state)
{
	(void)state;
	return open_at(0, MERGE_CPUS);
}

int merge_teardown(void **state)
{
	(void)state;
	merge_free(m);
	log_free(streams);
	return 0;
}

struct log_writer *w(u32 cpu)
{
	return log_writer(streams, cpu);
}

void acquire(u32 cpu, u32 lk, u32 ticket)
{
	log_acquire(w(cpu), lk, word_make(ticket, ticket), 10);
}

void release(u32 cpu, u32 lk, u32 ticket, u32 now)
{
	log_inc_now(w(cpu), lk, word_make(ticket, now));
}

void drain(void)
{
	struct err e;
	u32 n;

	do {
		assert_int_equal(m->src.next(&m->src, merged + n_merged, 100, &n, &e), 0);
		n_merged += n;
		assert_true(n_merged < ARRAY_SIZE(merged) - 100);
	} while (n);
}

void merge_all(bool close)
{
	struct err e;

	if (close)
		assert_int_equal(log_close(streams, true, &e), 0);
	m = merge_open_memory(log_in_memory(streams));
	merge_finish(m);
	drain();
}

void assert_finding(enum merge_row row, u32 lk, u32 rank, u32 cpu, const char *text)
{
	assert_string_equal(merge_row_name(m->finding.row), merge_row_name(row));
	assert_int_equal(m->finding.lk, lk);
	assert_int_equal(m->finding.rank, rank);
	assert_int_equal(m->finding.cpu, cpu);
	if (!strstr(m->finding.text, text))
		fail_msg("\"%s\" is not in \"%s\"", text, m->finding.text);
}

void assert_cut(u64 behind)
{
	assert_string_equal(merge_row_name(m->finding.row), "NONE");
	assert_true(m->at_cut);
	assert_int_equal(m->n_holes, 0);
	assert_int_equal(m->behind, behind);
}

/* "0T 0H ...": CPU and a letter each event; marks left merged. */
void assert_order(const char *want)
{
	static const char letter[EV_NR] = {
		[EV_INC_TICKET] = 'T', [EV_GET_NOW] = 'G',  [EV_HOLD_LOCK] = 'H',
		[EV_INC_NOW] = 'N',    [EV_OPULL] = 'P',    [EV_OCORE_DATA] = 'D',
		[EV_OFLATMEM] = 'F',   [MARK_ACCESS] = 'A', [EV_WAIT_LOCK] = 'W',
		[EV_REL_LOCK] = 'R'
	};
	char have[2048];
	size_t n = 0;

	for (u32 i = 0; i < n_merged; i++)
		if (letter[merged[i].kind])
			n += (size_t)snprintf(have + n, sizeof(have) - n, "%s%u%c%s", n ? " " : "",
			                      merged[i].cpu, letter[merged[i].kind],
			                      merged[i].flags & EVF_FILLED ? "*" : "");
	have[n] = '\0';
	assert_string_equal(have, want);
}
