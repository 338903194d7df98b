# SPDX-License-Identifier: GPL-2.0-only
# run, run --check online, and check of the log that each left: the same verdict, findings and rows.
. "$SOURCE/tests/cli/kit.inc"

# findings FILE: of --json, the verdict's word and the findings without what only the checks that ran beside it say.
findings() {
	sed 's/.*"findings": *\(\[[^]]*\]\).*/\1/' "$1" | tr -d ' \n'
}

# same NAME ARGS...: a run, after and online.
same() {
	what=$1
	shift
	for when in after online; do
		"$HYPSIM" run "$@" --check $when --log "$dir/log" --json >"$dir/run" 2>"$dir/run.err"
		ran=$?
		"$HYPSIM" check --json "$dir/log" >"$dir/check" 2>"$dir/check.err"
		checked=$?
		[ $ran -eq $checked ] || fail "$what, $when: the run says $ran, check says $checked"
		findings "$dir/run" >"$dir/1"
		findings "$dir/check" >"$dir/2"
		cmp -s "$dir/1" "$dir/2" || fail "$what, $when: $(diff "$dir/1" "$dir/2" | cut -c1-600)"
	done
}

for seed in 1 2 3; do
	same "lock-storm, seed $seed" lock-storm --cpus 4 --ops 300 --seed $seed
	same "flat-storm, seed $seed" flat-storm --cpus 4 --ops 300 --seed $seed
	same "storm, seed $seed" storm --cpus 4 --ops 300 --seed $seed
done
same "deadlock" deadlock
finish
