/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * The tables of an exported log.  An event is named by its index in the merged log; times are nanoseconds, NULL in a log without
 * timestamps.  Values of cells and entries are text ("0x..."), since SQLite's numbers end at 2^63; frames and gfns are numbers.
 */
static const char export_tables[] =
	/* What the log is: scenario, cpus, seed, events, closed, ... */
	"CREATE TABLE log(key TEXT PRIMARY KEY, value);"
	/*
	 * Operations: kind work (of the workload) or atomic (of the hypervisor).  parent: the operation that it is within.  call: with its
	 * arguments.  ended: NULL where it was left (a halted machine).  halted: 1 if the machine halted in it.
	 */
	"CREATE TABLE operations(id INTEGER PRIMARY KEY, parent INTEGER, episode INTEGER, cpu "
	"INTEGER,"
	" kind TEXT, name TEXT, call TEXT, begun INTEGER, ended INTEGER, begun_ns INTEGER,"
	" ended_ns INTEGER, result TEXT, halted INTEGER);"
	/*
	 * Sections that ended.  operation: the innermost one as the lock was asked for.  depth: how many stood before it.  rounds: looks
	 * at the word.  before: the CPU that had the lock before.
	 */
	"CREATE TABLE sections(id INTEGER PRIMARY KEY, operation INTEGER, episode INTEGER, cpu "
	"INTEGER,"
	" lock TEXT, asked INTEGER, got INTEGER, released INTEGER, asked_ns INTEGER, got_ns "
	"INTEGER,"
	" released_ns INTEGER, ticket INTEGER, depth INTEGER, rounds INTEGER, before INTEGER);"
	/* Who waited for whom: both are sections. */
	"CREATE TABLE waits(section INTEGER, holder INTEGER);"
	/*
	 * What each push changed.  kind: leaf, spt_leaf, link, page, record, bank, vm, core, cursor, flat.  at: gfn, frame or index, n of
	 * them alike.  before and after: of a leaf the entry, of a page its owner; *_pfn of leaves; *_count and *_gfn of pages.
	 */
	"CREATE TABLE changes(event INTEGER, operation INTEGER, episode INTEGER, cpu INTEGER, "
	"object TEXT,"
	" kind TEXT, who INTEGER, field TEXT, at INTEGER, n INTEGER, before TEXT, after TEXT,"
	" before_pfn INTEGER, after_pfn INTEGER, before_count INTEGER, after_count INTEGER,"
	" before_gfn INTEGER, after_gfn INTEGER);"
	/* What the checks found: class violation or known (with the erratum). */
	"CREATE TABLE findings(event INTEGER, cpu INTEGER, lock TEXT, rule TEXT, class TEXT, "
	"erratum TEXT,"
	" sentence TEXT, state TEXT);";

/* Made when all rows are there. */
static const char export_indices[] = "CREATE INDEX operations_name ON operations(name);"
				     "CREATE INDEX operations_parent ON operations(parent);"
				     "CREATE INDEX sections_lock ON sections(lock);"
				     "CREATE INDEX sections_operation ON sections(operation);"
				     "CREATE INDEX waits_section ON waits(section);"
				     "CREATE INDEX waits_holder ON waits(holder);"
				     "CREATE INDEX changes_at ON changes(kind, at);";
