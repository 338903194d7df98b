#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# explore.sh [--dfs] ID... | all | form: what `hypsim explore` says of the bugs of tests/mutants/explore.txt with these ids, as rows of the
# second table of docs/mutants.md; form: by dfs, in the short form of those that are marked so (tests/long.txt).
# Of each row with a scope: without the bug the search is clean and complete.  Each bug is planted in a copy of the sources (tree.inc) and built;
# dfs must find what the row says, and where the search ends at it, shrinking must find no smaller scope.  Without --dfs each strategy that draws
# searches as well, with the seeds 1 to 20, at most 1,000 executions each.
# Exit status 1 if something is not as the row says.  SOURCE and BUILD as for explore.inc.
set -u
. "$(dirname "$0")/explore.inc"
strategies="random pct surw urw pos feedback"

usage()
{
	echo "usage: explore.sh [--dfs] ID... | all | form"
	exit 2
}

# search HYPSIM OUT OPTION...: of the scope; the search's JSON.  What it costs to make the scope small is saved.
search()
{
	bin=$1 to=$2
	shift 2
	# shellcheck disable=SC2086  # options
	timeout 120 "$bin" explore "$SOURCE/tests/mutants/scopes/${scope%% *}" $options --json --no-shrink "$@" >"$to" 2>"$to.err"
}

# drawn_by STRATEGY: "MEAN (SEEDS)".
drawn_by()
{
	for seed in $(seq $seeds); do
		until_found search "$out" --strategy "$1" --executions $most --seed "$seed"
	done | mean
}

# Is there a smaller scope, clean without the bug, on which the same is found?
smaller()
{
	# shellcheck disable=SC2086  # options
	timeout 120 "$planted_hypsim" explore "$SOURCE/tests/mutants/scopes/${scope%% *}" $options --shrink-time 20 --save "$out.found" >"$out.small" 2>&1
	"$HEALTHY" replay --print "$out.found" >"$out.hyp" 2>/dev/null || return 1
	grep -v '^expect verdict' "$out.hyp" >"$out.small.hyp"
	[ "$(calls <"$out.small.hyp")" -lt "$(calls <"$SOURCE/tests/mutants/scopes/${scope%% *}")" ] || return 1
	# shellcheck disable=SC2086
	timeout 120 "$HEALTHY" explore "$out.small.hyp" $options --require complete >"$out.small" 2>&1
}

# How many calls the programs of a scope have.
calls()
{
	awk '$1 == "concurrent" { inside = 1; next } $1 == "end" { inside = 0 } inside && $1 !~ /^(cpu|expect|feed|#.*)$/ && NF { n++ } END { print n + 0 }'
}

one()
{
	options=
	[ "$scope" = "${scope#* }" ] || options=${scope#* }
	search "$HEALTHY" "$out" --require complete || fail "without the bug: not clean, or not complete: $(cut -c1-300 "$out" "$out.err")"
	size="$(number cpus "$out") CPUs, $(calls <"$SOURCE/tests/mutants/scopes/${scope%% *}") calls"
	classes=$(number classes "$out")
	row="| $id | $scope | $size | $classes"
	dfs=$(until_found search "$out")
	[ -n "$dfs" ] || fail "not found: $(sed -n '1s/.*\("found":{[^}]*}\).*/\1/p' "$out")"
	search "$planted_hypsim" "$out" --all
	row="$row | $(sed -n '1s/.*"found":{\([^}]*\)}.*/\1/p' "$out" | tr -d '"' | tr ',' '\n' | grep -E "^($wanted):" |
		sed "s/:\(.*\)/ in \1 of $(number executions "$out")/" | tr '\n' ',' | sed 's/,$//; s/,/, /g')"
	row="$row | $dfs"
	[ "$needs" = effect ] || ! smaller || fail "a smaller scope shows it as well: $out.small.hyp"
	if [ "$draw" = yes ]; then
		for strategy in $strategies; do
			row="$row | $(drawn_by "$strategy")"
		done
	fi
	echo "$row |"
}

draw=yes
while [ $# -gt 0 ]; do
	case $1 in
	--dfs)
		draw=no
		shift
		;;
	-*) usage ;;
	*) break ;;
	esac
done
[ $# -gt 0 ] || usage
if [ "$*" = form ]; then
	draw=no form=short
	[ "${HYPSIM_FORM:-short}" != full ] || form=all
	set -- $form
fi
HEALTHY=${HYPSIM:-$BUILD/hypsim}
each_row one "$@"
