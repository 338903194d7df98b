#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# drawn.sh [--jobs N] [--executions N] [--strategies "NAME..."] [--seeds N] ID... | all: what `hypsim explore clash --redraw` says of the bugs of
# tests/mutants/explore.txt with these ids, on scopes that are not made for them, as rows of the last two tables of docs/mutants.md.
# Three CPUs with eight operations each, another scope in each execution, at most 1,000 of them from each seed: how many until what the row names
# is found, by each strategy.  A row whose calls are drawn in less than 5 % of the first seed's scopes begins with "seldom"; with the
# row's options, where it has some, it is searched too, and where they are drawn in none of them it is searched with these only.
# Of the other bugs that need CPUs or an order at least 95 % are found, by the best of the strategies, with all seeds but one of 20: else the exit
# status is 1.
# With --strategies or --seeds each bug must be found with each seed.  SOURCE and BUILD as for explore.inc.
set -u
. "$(dirname "$0")/explore.inc"
strategies="random pct surw urw pos"
jobs=2 first=100000 demand=best

usage()
{
	echo 'usage: drawn.sh [--jobs N] [--executions N] [--strategies "NAME..."] [--seeds N] ID... | all'
	exit 2
}

# search HYPSIM OUT OPTION...: the search's JSON.  Status 2 and more is none that a search ends with.
search()
{
	bin=$1 to=$2
	shift 2
	# shellcheck disable=SC2086  # options
	timeout 1800 "$bin" explore clash --cpus 3 --ops 8 $options --redraw --errata intended --executions $most --no-shrink --json \
		"$@" >"$to" 2>"$to.err"
	status=$?
	[ $status -gt 1 ] || return 0
	fail "status $status: $* $(head -n 1 "$to.err")"
	: >"$out.failed"
}

# How many of a seed's scopes have the calls that the bug needs.
count()
{
	search "$planted_hypsim" "$out" --strategy random --seed $first --all --check off --count "$calls"
	number counted "$out"
}

# of_seeds STRATEGY JOB: each jobs-th seed from that of JOB on.
of_seeds()
{
	for seed in $(seq "$2" $jobs $seeds); do
		until_found search "$out.$2" --strategy "$1" --seed $((seed * first))
	done
}

# "MEAN (SEEDS)" of a strategy.
drawn_by()
{
	for job in $(seq $jobs); do
		of_seeds "$1" "$job" >"$out.found.$job" &
	done
	wait
	for job in $(seq $jobs); do
		cat "$out.found.$job"
	done | mean
}

# The row with what was measured, how many of the scopes have its calls ($n_drawn), and the most seeds with which it was found ($best).
measure()
{
	n_drawn=$(count) best=0
	row="$id | $names | $n_drawn"
	[ "${n_drawn:-0}" -gt 0 ] || {
		row="$row $(echo "$strategies" | sed "s/[a-z][a-z]*/| -/g")"
		return
	}
	for strategy in $strategies; do
		cell=$(drawn_by "$strategy")
		row="$row | $cell"
		with=${cell##*(}
		with=${with%)}
		[ "$with" -le $best ] || best=$with
		[ $demand = best ] || [ "$with" -eq $seeds ] || fail "$names by $strategy: with $with of $seeds seeds"
	done
}

one()
{
	options='' calls=${drawn%% *}
	measure
	if [ $((${n_drawn:-0} * 20)) -ge "$most" ]; then
		echo "| $row |"
		[ "$needs" != effect ] || return
		n_rows=$((n_rows + 1))
		[ $best -lt $((seeds - 1)) ] || n_found=$((n_found + 1))
		return
	fi
	echo "seldom | $row |"
	[ "$drawn" != "$calls" ] || return
	options=${drawn#* }
	measure
	echo "seldom | $row |" | sed "s/^seldom | $id/& ($options)/"
}

while [ $# -gt 0 ]; do
	case $1 in
	--jobs) jobs=$2 ;;
	--executions) most=$2 ;;
	--strategies) strategies=$2 demand=each ;;
	--seeds) seeds=$2 demand=each ;;
	-*) usage ;;
	*) break ;;
	esac
	shift 2
done
[ $# -gt 0 ] || usage
rm -f "$out.failed"
n_rows=0 n_found=0
each_row one "$@" || exit 1
[ ! -e "$out.failed" ] || exit 1
[ $((n_found * 100)) -ge $((n_rows * 95)) ] || {
	echo "explore: on scopes that are drawn $n_found of $n_rows bugs are found in time, which is less than 95 %" >&2
	exit 1
}
