#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Atomics, fences and other orders of memory stand only in the files of atomics.txt, each with its reason; a file that
# needs its row no more loses it.
. "$(dirname "$0")/lib"

words='__atomic_|__sync_|__tsan_|memory_order_|stdatomic\.h|atomic_thread_fence|__asm__|[^_]asm[ (]|ck_pr_|\bcmm_'
listed=$(sed -n 's/^\([^# ][^ ]*\) .*/\1/p' tests/lint/atomics.txt)
{
	c_files include bench cpu lock oracle scenarios shmem sim | xargs grep -HnE "$words" |
		while IFS=: read -r f line text; do
			echo "$listed" | grep -qxF "$f" || echo "$f:$line: not in atomics.txt: $text"
		done
	for f in $listed; do
		grep -qE "$words" "$f" 2>/dev/null || echo "tests/lint/atomics.txt:1: no atomics (any more) in $f"
	done
} | verdict
