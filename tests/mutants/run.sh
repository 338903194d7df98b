#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# run.sh NAME: build hypsim with the bug of tests/mutants/NAME.patch, and demand that it is found as the patch says.
#
# A patch begins with comment lines: what the bug is, and
#   # preset: tsan                               the preset in which it is tried (release if not said)
#   # run: COMMAND                               as often as needed; `hypsim` is the one with the bug
#   # expect: exit STATUS, output matches REGEX  the same for each run; the healthy hypsim must not do it
# and, where its window is a few instructions long, what shows that runs with --perturb open it:
#   # often: HITS of RUNS                        in full (tests/long.txt) each command is tried with seeds 1..RUNS, and HITS must find it
#   # plain: COMMAND                             in full: a run without it, with 15 seeds; how many find the bug is told, and no more
# A bug of the order in which CPUs meet shows in most runs and not in all: each command is tried with one seed after the other,
# --seed 1 first, until one finds the bug, eight at most; in full (tests/long.txt) until five do, forty at most.  The healthy
# hypsim makes each of these runs as well.
# Each run with the bug leaves its log (a search, `hypsim explore`, has none), and `hypsim check` of it must say what the run said: status, table, findings and all that is
# shown of them.  Behind each one that found the bug comes a run that is judged while it lasts, found or not, of which the same
# holds, by its JSON.
# The patch is applied to a copy of the sources (tree.inc), never to the tree itself: run one at a time.
set -u
name=$1
patch=$SOURCE/tests/mutants/$name.patch
out=$BUILD/mutants/$name.out
log=$BUILD/mutants/$name.log
trap 'rm -f "$log" "$out.check" "$out.1" "$out.2"' EXIT
. "$SOURCE/tests/mutants/tree.inc"

die()
{
	echo "mutant.$name: $*"
	exit 1
}

# with_seed COMMAND SEED
with_seed()
{
	echo "$(echo "$1" | sed 's/ --seed [0-9]*//') --seed $2"
}

# differs WHAT: the texts $out.1, of a run, and $out.2, of its log, are not the same.
differs()
{
	cmp -s "$out.1" "$out.2" && return 1
	echo "mutant.$name: $1: the run (<) and check of its log (>) say different things:"
	diff "$out.1" "$out.2" | cut -c1-2000 | head -n 60
}

# A run that was killed, or that the host or a sanitizer ended, has no verdict to compare.
judged()
{
	[ "$1" -le 1 ] && ! grep -q "^interrupted: " "$out"
}

# The memory itself only the run has: it says how many objects it has compared.
without_memory()
{
	sed -E 's/, [0-9]+ objects in memory//'
}

# told COMMAND: does check of the log say what the run of $got said on $out?  With --check off that is the status.
told()
{
	judged "$got" || return 0
	"$tree/build/hypsim" check "$log" >"$out.check" 2>&1
	checked=$?
	: >"$out.1"
	: >"$out.2"
	case $1 in
	*"--check off"*) ;;
	*)
		sed -n '/^  merge  /,$p' "$out" | without_memory |
			sed -E '/^(STUCK|DEADLOCK|STALL|NOT AS EXPECTED|verdict): |^the machine panicked|^stopped when /,$d' >"$out.1"
		sed -n '/^  merge  /,$p' "$out.check" >"$out.2"
		[ -s "$out.1" ] || echo "no table" >"$out.1"
		;;
	esac
	echo "status $got" >>"$out.1"
	echo "status $checked" >>"$out.2"
	! differs "$1"
}

# How many cases a check of the second tier had, and how often what is known was found, depends on how events of different locks come
# to stand to each other, which a merge of records that come bit by bit decides otherwise than one of a whole file.
without_cases()
{
	sed -E 's/"worst":"[0-9]+ cases[^"]*","untold":[0-9]+,"cases":[0-9]+/"worst":"cases"/g
		s/"known_findings":\[.*$//; s/,"known":[0-9]+//
		:next
		s/("known_errata":\{[^}]*"[a-z0-9-]+"):[0-9]+/\1/
		t next'
}

# told_online COMMAND: the same of a run that is judged while it lasts, in JSON.
told_online()
{
	rm -f "$log"
	(cd "$BUILD/mutants" && PATH="$tree/build:$PATH" timeout 120 sh -c "$1 --check online --json --log '$log'") >"$out" 2>&1
	ran=$?
	judged $ran && ! grep -q '"end":"interrupted"' "$out" || return 0
	"$tree/build/hypsim" check --json "$log" >"$out.check" 2>&1
	checked=$?
	(sed 's/,"scenario":.*//' "$out"; echo "status $ran") | without_memory | without_cases | json_lines >"$out.1"
	(sed 's/,"log":.*//' "$out.check"; echo "status $checked") | without_cases | json_lines >"$out.2"
	! differs "$1 --check online"
}

# An object of a list a line.
json_lines()
{
	sed 's/},{/},\
{/g; s/":\[{/":[\
{/g'
}

# search COMMAND: is the bug found by it as often as it must be, and never without the bug?
search()
{
	hits=0 seed=0
	while [ $hits -lt $needed ]; do
		seed=$((seed + 1))
		if [ $seed -gt $((8 * needed)) ]; then
			tail -n 30 "$out"
			echo "mutant.$name: found $hits times of $needed by '$1' with seeds 1..$((seed - 1));" \
				"the last exit status was $got, expected: $expect"
			return 1
		fi
		command=$(with_seed "$1" $seed)
		if found "$(dirname "$HYPSIM")" "$command"; then
			echo "mutant.$name: '$command' does this without the bug as well"
			return 1
		fi
		hit=no
		rm -f "$log"
		case $command in
		"hypsim explore "*) logged= ;;
		*) logged=" --log '$log'" ;;
		esac
		found "$tree/build" "$command$logged" && hit=yes
		[ -z "$logged" ] || told "$command" || return 1
		[ $hit = yes ] || continue
		hits=$((hits + 1))
		echo "found by '$command': $(grep -m 1 -E -- "$regex" "$out")"
		[ -z "$logged" ] || told_online "$command" || return 1
	done
}

# count COMMAND RUNS: how many runs of the mutant with seeds 1..RUNS find the bug, in $hits.
count()
{
	hits=0 seed=0
	while [ $seed -lt "$2" ]; do
		seed=$((seed + 1))
		found "$tree/build" "$(with_seed "$1" $seed)" && hits=$((hits + 1))
	done
}

# often COMMAND: is the bug found as often as the patch says?
often()
{
	count "$1" "${often##* }"
	echo "found in $hits of ${often##* }: '$1'"
	[ $hits -ge "${often%% *}" ] && return 0
	echo "mutant.$name: the patch says $often"
	return 1
}

# found FOLDER COMMAND: does the hypsim of this folder do what is expected?
found()
{
	(cd "$BUILD/mutants" && PATH="$1:$PATH" timeout 120 sh -c "$2") >"$out" 2>&1
	got=$?
	[ $got -eq "$status" ] && grep -qE -- "$regex" "$out"
}

[ -f "$patch" ] || die "there is no $patch"
expect=$(field expect "$patch")
status=$(echo "$expect" | sed -n 's/^exit \([0-9]*\), output matches .*/\1/p')
regex=$(echo "$expect" | sed -n 's/^exit [0-9]*, output matches //p')
[ -n "$status" ] && [ -n "$regex" ] || die "the patch has no line '# expect: exit STATUS, output matches REGEX'"
[ -n "$(field run "$patch")" ] || die "the patch has no line '# run: COMMAND'"

restore
plant "$patch" >"$out" 2>&1 || {
	cat "$out"
	die "the patch does not apply"
}
build >"$out" 2>&1 || {
	tail -n 40 "$out"
	die "does not build"
}

# ThreadSanitizer ends the run at its first report, with an exit status of its own
export TSAN_OPTIONS="halt_on_error=1 exitcode=66 ${TSAN_OPTIONS-}"
needed=1 often=
[ "${HYPSIM_FORM:-short}" = short ] || {
	needed=5
	often=$(field often "$patch")
}
field run "$patch" | {
	bad=0
	while read -r line; do
		search "$line" || bad=1
		[ -z "$often" ] || often "$line" || bad=1
	done
	exit $bad
} || exit 1
[ -n "$often" ] || exit 0
field plain "$patch" | while read -r line; do
	count "$line" 15
	echo "without a perturbation in $hits of 15: '$line'"
done
