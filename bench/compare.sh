#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Two builds of hypsim in turn on the logged storm, with the same operations: docs/benchmarks.md, "Two builds in turn".
#   bench/compare.sh OLD NEW [CPUS [PAIRS [OPS [DIR]]]]
# OLD, NEW: the programs.  CPUS: "1 2 4".  OPS: of all CPUs together.  DIR: where the log is written and deleted again.
set -eu

[ $# -ge 2 ] || { sed -n '3,5s/^# *//p' "$0"; exit 2; }
prog=("$1" "$2")
cpus=${3:-1 2 4} pairs=${4:-5} ops=${5:-400000} dir=$(mktemp -d "${6:-/var/tmp}/compare.XXXXXX")
trap 'rm -rf "$dir"' EXIT
TIMEFORMAT='%U %S'

# One run: atomic operations in millions a second, bytes of records and microseconds of CPU time an operation.
one() # PROGRAM CPUS
{
	{ time "$1" run storm --cpus "$2" --ops $((ops / $2)) --seed 1 --check off --log "$dir/log" \
		>"$dir/out" 2>"$dir/err"; } 2>"$dir/time" || { cat "$dir/out" "$dir/err" >&2; exit 3; }
	"$1" log stats "$dir/log" >"$dir/stats"
	rm "$dir/log"
	awk '/ operations in /{ n = $1; s = $4 * ($5 == "ms" ? .001 : 1)
	                        match($0, /[0-9]+ atomic/); atomic = substr($0, RSTART, RLENGTH) + 0 }
	     /^[0-9]+ bytes of records/{ bytes = $1 }
	     FILENAME ~ /time$/{ cpu = $1 + $2 }
	     END{ print atomic / s / 1e6, bytes / n, cpu / n * 1e6 }' "$dir/out" "$dir/stats" "$dir/time"
}

# Medians of the columns of a file, and what they are of those of another.
medians() # FILE
{
	for column in 1 2 3; do
		cut -d' ' -f$column "$1" | sort -g | awk '{ v[NR] = $1 }
			END{ print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
	done
}

printf '%-8s %-5s %12s %12s %12s\n' '' '' 'M atomic/s' 'bytes/op' 'CPU us/op'
for c in $cpus; do
	: >"$dir/0"
	: >"$dir/1"
	for p in $(seq "$pairs"); do
		order="0 1"
		[ $((p % 2)) = 0 ] && order="1 0"
		for i in $order; do
			one "${prog[i]}" "$c" >>"$dir/$i"
		done
	done
	{
		echo "$c" old "$(medians "$dir/0" | tr '\n' ' ')"
		echo "$c" new "$(medians "$dir/1" | tr '\n' ' ')"
	} | awk '{ printf "%-8s %-5s %12.3f %12.2f %12.3f\n", $1 " CPUs", $2, $3, $4, $5
	           for (i = 3; i <= 5; i++) { if (NR == 2) change[i] = ($i / was[i] - 1) * 100
	                                      was[i] = $i } }
	         END{ printf "%-8s %-5s %11.1f%% %11.1f%% %11.1f%%\n", "", "", change[3], change[4], change[5] }'
done
