#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# run.sh NAME: build hypsim with the bug of tests/mutants/NAME.patch, and demand that it is found as the patch says.
#
# A patch begins with comment lines: what the bug is, and
#   # preset: tsan                               the preset in which it is tried (release if not said)
#   # run: COMMAND                               as often as needed; `hypsim` is the one with the bug
#   # expect: exit STATUS, output matches REGEX  the same for each run; the healthy hypsim must not do it
# A bug of the order in which CPUs meet shows in most runs and not in all: each command is tried with one seed after the other,
# --seed 1 first, until one finds the bug, eight at most; in full (tests/long.txt) until five do, forty at most.  The healthy
# hypsim makes each of these runs as well.
# The patch is applied to a copy of the sources, never to the tree itself.  The copy and its build are kept and shared by
# the mutants of a build, so that each compiles only what it changes: run one at a time.
set -u
name=$1
patch=$SOURCE/tests/mutants/$name.patch
tree=$BUILD/mutants/tree
out=$BUILD/mutants/$name.out

die()
{
	echo "mutant.$name: $*"
	exit 1
}

field()
{
	sed -n -e '/^--- /q' -e "s/^# $1: //p" "$patch"
}

# The source files that hypsim is built of.
files()
{
	(cd "$1" 2>/dev/null && find CMakeLists.txt cmake bench cpu lock oracle scenarios shmem sim -type f 2>/dev/null | sort)
}

# Bring the copy back to the sources, touching only what differs.
restore()
{
	files "$tree" | while read -r f; do
		[ -f "$SOURCE/$f" ] || rm -f "$tree/$f"
	done
	files "$SOURCE" | while read -r f; do
		cmp -s "$SOURCE/$f" "$tree/$f" && continue
		mkdir -p "$(dirname "$tree/$f")"
		cp "$SOURCE/$f" "$tree/$f"
	done
}

cached()
{
	sed -n "s/^$1:[A-Z]*=//p" "$BUILD/CMakeCache.txt"
}

build()
{
	cmake -S "$tree" -B "$tree/build" -G Ninja -DBUILD_TESTING=OFF -DCMAKE_C_COMPILER="$(cached CMAKE_C_COMPILER)" \
		-DCMAKE_C_FLAGS="$(cached CMAKE_C_FLAGS)" -DHYPSIM_SANITIZER="$(cached HYPSIM_SANITIZER)" &&
		cmake --build "$tree/build" --target hypsim -j2
}

# with_seed COMMAND SEED
with_seed()
{
	echo "$(echo "$1" | sed 's/ --seed [0-9]*//') --seed $2"
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
		found "$tree/build" "$command" || continue
		hits=$((hits + 1))
		echo "found by '$command': $(grep -m 1 -E -- "$regex" "$out")"
	done
}

# found FOLDER COMMAND: does the hypsim of this folder do what is expected?
found()
{
	(cd "$BUILD/mutants" && PATH="$1:$PATH" timeout 120 sh -c "$2") >"$out" 2>&1
	got=$?
	[ $got -eq "$status" ] && grep -qE -- "$regex" "$out"
}

[ -f "$patch" ] || die "there is no $patch"
expect=$(field expect)
status=$(echo "$expect" | sed -n 's/^exit \([0-9]*\), output matches .*/\1/p')
regex=$(echo "$expect" | sed -n 's/^exit [0-9]*, output matches //p')
[ -n "$status" ] && [ -n "$regex" ] || die "the patch has no line '# expect: exit STATUS, output matches REGEX'"
[ -n "$(field run)" ] || die "the patch has no line '# run: COMMAND'"

mkdir -p "$tree"
restore
patch -d "$tree" -p1 -F0 --no-backup-if-mismatch -r - <"$patch" >"$out" 2>&1 || {
	cat "$out"
	die "the patch does not apply"
}
build >"$out" 2>&1 || {
	tail -n 40 "$out"
	die "does not build"
}

# ThreadSanitizer ends the run at its first report, with an exit status of its own
export TSAN_OPTIONS="halt_on_error=1 exitcode=66 ${TSAN_OPTIONS-}"
needed=1
[ "${HYPSIM_FORM:-short}" = short ] || needed=5
field run | {
	bad=0
	while read -r line; do
		search "$line" || bad=1
	done
	exit $bad
}
