#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# hypsim check --jobs: logs that are judged at once, or one log on two threads, are told word for word as without.
. "$SOURCE/tests/cli/kit.inc"

# same NAME ARGS...: output, messages and status of `check ARGS` as those of it with --jobs, of $jobs_list
jobs_list=2
same() {
	what=$1
	shift
	"$HYPSIM" check "$@" >"$dir/want" 2>"$dir/want.err"
	status=$?
	for jobs in $jobs_list; do
		"$HYPSIM" check --jobs $jobs "$@" >"$dir/got" 2>"$dir/got.err"
		got=$?
		[ $got -eq $status ] || fail "$what, --jobs $jobs: status $got, $status without"
		cmp -s "$dir/want" "$dir/got" || fail "$what, --jobs $jobs: $(diff "$dir/want" "$dir/got" | head -5)"
		cmp -s "$dir/want.err" "$dir/got.err" ||
			fail "$what, --jobs $jobs, messages: $(diff "$dir/want.err" "$dir/got.err" | head -5)"
	done
}

# Committed logs on two threads, and all of them at once.
share=5
[ "$SANITIZER" != tsan ] || share=25
[ "$test_form" = short ] || share=1
nth=0
for log in "$SOURCE"/tests/logs/good/* "$SOURCE"/tests/logs/bad/*; do
	nth=$((nth + 1))
	[ $((nth % share)) -eq 0 ] || continue
	same "$(basename "$log")" "$log"
	same "$(basename "$log"), json" --json "$log"
done
jobs_list='2 5'
[ "$test_form" = full ] || jobs_list=5
set -- "$SOURCE"/tests/logs/good/* "$SOURCE"/tests/logs/bad/*
[ "$SANITIZER$test_form" != tsanshort ] || set -- "$SOURCE"/tests/logs/good/[a-f]* "$SOURCE"/tests/logs/bad/P*
same 'all logs' "$@"
same 'all logs, json' --json "$@"
same 'logs and none' "$SOURCE/tests/logs/good/queue.log" "$dir/none" "$SOURCE/tests/logs/bad/PULL_TWICE.log"
same 'none' "$dir/none"
jobs_list=2

# Runs, of which some are found to be wrong: by their errata, by --strict, by a damaged file, by a cut.
run() {
	log=$1
	shift
	"$HYPSIM" run "$@" --check=off --quiet --force --log "$dir/$log.hlog" >"$dir/out" 2>&1 ||
		fail "run $*: $(cat "$dir/out")"
}
run storm storm --cpus 4 --ops 300
run clash clash --cpus 3 --ops 200
run lock-storm lock-storm --cpus 4 --ops 2000
run smmu-storm smmu-storm --cpus 2 --ops 200
# What else a push says is asked for when a translation outlived it, which takes some luck.
seeds='1 2 3 4 5 6 7 8' scenarios='storm stale clash' parts=5
[ "$SANITIZER" != tsan ] || seeds=1 scenarios='clash'
[ "$test_form" = short ] || seeds='1 2 3 4 5 6 7 8' scenarios='storm stale clash lock-storm smmu-storm' parts='3 5 9'
for seed in $seeds; do
	run stale storm --cpus 4 --ops 4000 --seed $seed --tlb --errata intended --erratum tlb-invalidate=published -o access=400 -o panics=0
	"$HYPSIM" check "$dir/stale.hlog" | grep -q '^  tlb .* [1-9][0-9]* known' && break
done
for scenario in $scenarios; do
	same "$scenario" "$dir/$scenario.hlog"
	same "$scenario, strict" --strict "$dir/$scenario.hlog"
	same "$scenario, intended" --errata intended --full --json "$dir/$scenario.hlog"
	same "$scenario, some" --only pull,inv,refine "$dir/$scenario.hlog"
	same "$scenario, required" --require closed,contended=1e9,evaluated=tlb "$dir/$scenario.hlog"
	size=$(stat -c %s "$dir/$scenario.hlog")
	for part in $parts; do
		head -c $((size * part / 10)) "$dir/$scenario.hlog" >"$dir/$scenario-$part.hlog"
		same "$scenario, $part tenths of it" "$dir/$scenario-$part.hlog"
	done
	cp "$dir/$scenario.hlog" "$dir/$scenario-hurt.hlog"
	printf 'hurt' | dd of="$dir/$scenario-hurt.hlog" bs=1 seek=$((size * 6 / 10)) conv=notrunc 2>/dev/null
	same "$scenario, damaged" "$dir/$scenario-hurt.hlog"
	# Where the CPUs were is told whichever half finds.
	same "$scenario, all" --all --strict --json "$dir/$scenario.hlog"
	"$HYPSIM" log convert "$dir/$scenario.hlog" "$dir/whole.log" 2>"$dir/err" || fail "log convert: $(cat "$dir/err")"
	awk '!(/GET_NOW/ && ++n % 151 == 0)' "$dir/whole.log" >"$dir/part.log"
	same "$scenario, events missing" --all --json "$dir/part.log"
done
jobs_list='3 64'
same 'runs' "$dir"/*.hlog
same 'runs, quiet' --quiet "$dir"/*.hlog

# A log from standard input, on two threads.
"$HYPSIM" log convert "$dir/storm.hlog" "$dir/storm.log" 2>"$dir/err" || fail "log convert: $(cat "$dir/err")"
"$HYPSIM" check - <"$dir/storm.log" >"$dir/want"
"$HYPSIM" check --jobs 2 - <"$dir/storm.log" >"$dir/got"
cmp -s "$dir/want" "$dir/got" || fail "standard input: $(diff "$dir/want" "$dir/got" | head -5)"

# A signal ends all that is judged; what was told is whole.
mkfifo "$dir/never"
"$HYPSIM" check --jobs 3 "$dir/storm.hlog" "$dir/never" "$dir/clash.hlog" >"$dir/got" 2>"$dir/err" &
check=$!
exec 3>"$dir/never"
sleep 0.5
kill -INT $check
exec 3>&-
wait $check
got=$?
[ $got -eq 130 ] || fail "a signal: status $got, expected 130: $(cat "$dir/err")"

for jobs in 0 65 two ''; do
	expect 2 "--jobs '$jobs'" "$HYPSIM" check --jobs "$jobs" "$dir/storm.hlog"
	says err "--jobs is 1 to 64, not '$jobs'"
done
expect 2 '--jobs and --follow' "$HYPSIM" check --jobs 2 --follow "$dir/storm.hlog"
says err '--follow judges on one thread, without --jobs'
finish
