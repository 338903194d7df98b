# SPDX-License-Identifier: GPL-2.0-only
# The recipes of docs/ci.md: their YAML can be read, their commands run, with budgets that are small, and what they leave is there; a violation, and a
# run that CI would not notice, fail them.
. "$SOURCE/tests/cli/kit.inc"

work=$dir/work
mkdir -p "$work/build/release" "$work/ci" "$work/corpus" "$dir/bin"
ln -s "$HYPSIM" "$work/build/release/hypsim"
cp "$SOURCE/tests/logs/good/queue.log" "$SOURCE/tests/logs/good/pull_push.log" "$work/corpus/" 2>/dev/null ||
	cp "$SOURCE/tests/logs/good/queue.log" "$work/corpus/"
# What installs and builds says only that it was asked to.
for tool in apt-get cmake; do
	printf '#!/bin/sh\necho "%s $*" >>"%s/asked"\n' $tool "$dir" >"$dir/bin/$tool"
	chmod +x "$dir/bin/$tool"
done
expect 0 "yaml" python3 "$SOURCE/tests/cli/ci_recipes.py" "$SOURCE/docs/ci.md" "$dir"
says out "github: storms"
says out "github: pairs"
says out "gitlab: "

unset TSAN_OPTIONS ASAN_OPTIONS UNDER PRESET
export OPS=150 SEEDS=1 EXECUTIONS=20 CORPUS=corpus PAIRS='--only register_kvm --only fault'
"$HYPSIM" explore --pairs --errata intended --json --executions $EXECUTIONS $PAIRS >"$work/ci/pairs.json"

# recipe STATUS NAME: run it.
recipe() {
	rm -rf "$work/results" "$work/logs" "$dir/asked"
	expect "$1" "$2" env -C "$work" "PATH=$dir/bin:$PATH" sh "$dir/$2.sh"
}

i=0
for which in github gitlab; do
	recipe 0 $which
	grep -q '^apt-get install .* libjansson-dev' "$dir/asked" || fail "$which: nothing is installed"
	grep -q '^cmake --build --preset release' "$dir/asked" || fail "$which: nothing is built"
	for file in logs.xml corpus.xml pairs.xml run-storm-1.xml; do
		[ -s "$work/results/$file" ] || fail "$which: no $file"
	done
	[ -s "$work/logs/storm-1.hlog" ] || fail "$which: no log"
	i=$((i + 1))
	cp "$work/results/logs.xml" "$dir/$i.junit"
	cp "$work/results/logs.sarif" "$dir/$i.sarif"
done
expect 0 "documents" python3 "$SOURCE/tests/schema/results.py" "$dir"
[ "$(grep -c 'failures=0 errors=0' "$dir/out")" -eq 2 ] || fail "documents: $(head -n 5 "$dir/out")"
[ "$(grep -c '^[12]: exit 0: .*--require closed,events=1000' "$dir/out")" -eq 2 ] || fail "nothing is required"
# The packages are those of ./dev.
sed -n "/^PACKAGES_BUILD='/,/^'/s/^\([^|']*\)|.*/\1/p" "$SOURCE/dev" | grep -v cmocka >"$dir/packages"
for package in $(cat "$dir/packages"); do
	[ "$(grep -c "[ -]install.* $package\( \|\$\)" "$dir/asked")" -ge 1 ] || fail "a recipe does not install $package"
done

# A violation in the corpus, another matrix, and a log in which too little happened.
cp "$SOURCE/tests/logs/bad/HOST_ISO.log" "$work/corpus/"
recipe 1 gitlab
rm "$work/corpus/HOST_ISO.log"
grep -q HOST_ISO "$work/results/corpus.xml" || fail "corpus.xml does not say it"
sed -i.was 's/"class":"[a-z]*"/"class":"none"/' "$work/ci/pairs.json"
recipe 1 github
says out "cells differ"
says err "::error title=hypsim explore pairs%3A pair::"
mv "$work/ci/pairs.json.was" "$work/ci/pairs.json"
OPS=1
recipe 1 gitlab
grep -q REQUIRE_EVENTS "$work/results/logs.xml" || fail "nothing was required: $(cat "$dir/out")"

# git bisect: a violation is bad, what says nothing is skipped.
printf 'check 5\nexpect 5\n' >"$work/right.hyp"
printf 'check 5\nexpect 6\n' >"$work/wrong.hyp"
printf 'chekc 5\n' >"$work/malformed.hyp"
bisect() {
	expect "$1" "bisect $2" env -C "$work" "PATH=$dir/bin:$PATH" sh "$dir/bisect.sh" exec "$2"
}
bisect 0 right.hyp
bisect 1 wrong.hyp
bisect 125 malformed.hyp
printf '#!/bin/sh\nexit 1\n' >"$dir/bin/cmake"
bisect 125 right.hyp
finish
