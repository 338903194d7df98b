#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What we ship names no place of a developer's machine, no mirror, and leaves no work marked as undone.
# (The brackets keep the patterns from finding themselves.)
. "$(dirname "$0")/lib"

paths='(^|[^A-Za-z0-9_.}])/([w]ork|[h]ome/[A-Za-z]+|[r]oot|[U]sers)/'
hosts='[d]eb\.debian\.org|[s]napshot\.debian|[s]ecurity\.debian|[d]eb\.nodesource|[p]ypi\.|[c]rates\.io|[n]pmjs|[p]roxy\.golang|[a]rtifactory|[p]ackages\.cloud'
{
	all_files | xargs grep -IHnE "$paths" | sed 's/$/   (a path of one machine)/'
	all_files | grep -v '^tests/' | xargs grep -IHnE '(^|[^A-Za-z0-9_.}])/[t]mp/' | sed 's/$/   (tests only)/'
	all_files | xargs grep -IHnE "$hosts" | sed 's/$/   (a host of a registry)/'
	all_files | xargs grep -IHnE '\b(TO[D]O|FIX[M]E|X[X]X)\b' | sed 's/$/   (undone)/'
} | verdict
