# SPDX-License-Identifier: GPL-2.0-only
# ./dev configures a build folder for one compiler: cmake that finds another one in the folder's cache would forget what the preset says
# (-O3 -g), so a cache of another compiler is thrown away, and a cache of the same one is kept.
. "$SOURCE/tests/cli/kit.inc"

mkdir "$dir/bin" "$dir/tree"
cp "$SOURCE/dev" "$SOURCE/CMakePresets.json" "$dir/tree/"
# A cmake that says what it is asked for, and fails, so that nothing is built.
cat >"$dir/bin/cmake" <<'END'
#!/bin/sh
echo "cmake $*"
exit 1
END
chmod +x "$dir/bin/cmake"

# configures COMMAND CACHED: ./dev COMMAND, where build/release was configured for compiler CACHED (none: it was not).
configures() {
	rm -rf "$dir/tree/build"
	mkdir -p "$dir/tree/build/release"
	[ "$2" = none ] || echo "CMAKE_C_COMPILER:STRING=$2" >"$dir/tree/build/release/CMakeCache.txt"
	name="$1, $2"
	(cd "$dir/tree" && PATH=$dir/bin:$PATH ./dev "$1") >"$dir/out" 2>&1 && fail "$name: it did not fail"
	says out "--preset release"
	says out "-DCMAKE_C_COMPILER=gcc"
}

for command in run test; do
	configures "$command" none
	configures "$command" /usr/bin/gcc
	! grep -q -- "--preset release.*--fresh" "$dir/out" || fail "$name: the cache is thrown away"
	configures "$command" /usr/bin/cc
	grep -q -- "--preset release.*--fresh" "$dir/out" || fail "$name: the cache of another compiler is kept"
done
finish
