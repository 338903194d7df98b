# SPDX-License-Identifier: GPL-2.0-only
# explore by jobs, shards and from a file that is gone on from: the counts are those of one search; shards are added up, and what does
# not belong together is refused by name.
. "$SOURCE/tests/cli/kit.inc"

# of KEY: the number or word in the last output
of() {
	sed -n "s/.*\"$1\":\(\"[^\"]*\"\|[^,}]*\).*/\1/p" "$dir/out"
}

# same KEY...: as in $dir/whole
same() {
	for key in "$@"; do
		got=$(of "$key")
		want=$(sed -n "s/.*\"$key\":\(\"[^\"]*\"\|[^,}]*\).*/\1/p" "$dir/whole")
		[ -n "$got" ] && [ "$got" = "$want" ] || fail "$name: $key is $got, of the whole search $want"
	done
}

counts="executions classes redundant blocked complete exact as_expected"
scope_of_512=$SOURCE/tests/scopes/verify-fault.hyp
[ "$test_form" = full ] || scope_of_512=
for scope in "lock -o cpus=3 -o sections=3" "abba -o cpus=4" "split -o cpus=3" $scope_of_512; do
	# shellcheck disable=SC2086
	set -- $scope --all
	"$HYPSIM" explore "$@" --json >"$dir/whole"
	status=$?
	expect $status "$scope, three jobs" "$HYPSIM" explore "$@" --json --jobs 3
	same $counts
	expect $status "$scope, kept" "$HYPSIM" explore "$@" --json --resume "$dir/kept" --executions 7
	expect $status "$scope, gone on" "$HYPSIM" explore "$@" --json --resume "$dir/kept"
	same $counts
	[ "$(of resumed)" = true ] || fail "$scope: it did not go on"
	rm "$dir/kept"
done

# Shards, added up: in any order.
for scope in "lock -o cpus=3 -o sections=3" "abba -o cpus=4" "split -o cpus=3"; do
	# shellcheck disable=SC2086
	set -- $scope --all
	"$HYPSIM" explore "$@" --json >"$dir/whole"
	status=$?
	for i in 1 2 3; do
		expect 0 "$scope, shard $i" "$HYPSIM" explore "$@" --json --shard $i/3
		cp "$dir/out" "$dir/shard$i"
	done
	expect $status "$scope, merged" "$HYPSIM" explore --merge --json "$dir/shard3" "$dir/shard1" "$dir/shard2"
	same $counts
	expect $status "$scope, merged, in lines" "$HYPSIM" explore --merge "$dir"/shard[123]
	says out "3 shards"
done

expect 2 "a shard is missing" "$HYPSIM" explore --merge "$dir/shard1" "$dir/shard3"
says err "shard 2 of 3 is missing"
expect 2 "a shard is there twice" "$HYPSIM" explore --merge "$dir/shard1" "$dir/shard2" "$dir/shard3" "$dir/shard1"
says err "$dir/shard1: shard 1 of 3 is in $dir/shard1, too"
"$HYPSIM" explore lock -o cpus=4 --all --json --shard 2/3 >"$dir/other"
expect 2 "of another scope" "$HYPSIM" explore --merge "$dir/shard1" "$dir/other" "$dir/shard3"
says err "$dir/other: a shard of another search"
"$HYPSIM" explore split -o cpus=3 --all --json --shard 2/4 >"$dir/other"
expect 2 "of other shards" "$HYPSIM" explore --merge "$dir/shard1" "$dir/other" "$dir/shard3"
says err "$dir/other: a shard of another search"
expect 2 "a whole search" "$HYPSIM" explore --merge "$dir/whole"
says err "$dir/whole: this is no shard's result"
echo '{' >"$dir/bad"
expect 2 "no JSON" "$HYPSIM" explore --merge "$dir/bad"
says err "$dir/bad"
expect 2 "no such file" "$HYPSIM" explore --merge "$dir/none"
says err "explore: $dir/none: No such file or directory"
expect 2 "a directory" "$HYPSIM" explore --merge "$dir/shard1" "$dir"
says err "explore: $dir: a directory"
: >"$dir/empty"
expect 2 "an empty file" "$HYPSIM" explore --merge "$dir/empty"
says err "explore: $dir/empty: empty"
expect 2 "standard input" "$HYPSIM" explore --merge - <"$dir/shard1"
says err "explore: --merge: standard input is no shard's file"
expect 2 "no name" "$HYPSIM" explore --merge ""
says err "explore: : No such file or directory"
for bad in 0/3 4/3 3 /3 3/ x/3 1/0; do
	expect 2 "--shard $bad" "$HYPSIM" explore lock --shard "$bad"
	says err "--shard"
done

for strategy in naive random; do
	expect 2 "--strategy $strategy --jobs" "$HYPSIM" explore lock --strategy $strategy --jobs 2 --executions 10
	says err "not for --strategy $strategy"
done

# What cannot be divided says so, and is kept all the same.
cat >"$dir/access.hyp" <<'END'
boot 1024
fault 0x200000
fault 0x201000
concurrent
cpu 0
mem_store 0x200 1
mem_load 0x201 3
cpu 1
mem_store 0x201 1
mem_load 0x200 3
end
END
expect 0 "accesses" "$HYPSIM" explore "$dir/access.hyp" --json
cp "$dir/out" "$dir/whole"
expect 0 "accesses, two jobs" "$HYPSIM" explore "$dir/access.hyp" --jobs 2 --json
says err "one job"
says out '"strategy":"dfs"'
same $counts
expect 2 "accesses, a shard" "$HYPSIM" explore "$dir/access.hyp" --shard 1/2
says err "cannot be divided into shards"
expect 0 "accesses, kept" "$HYPSIM" explore "$dir/access.hyp" --resume "$dir/kept" --executions 1
expect 0 "accesses, gone on" "$HYPSIM" explore "$dir/access.hyp" --resume "$dir/kept" --json
[ "$(of resumed)" = true ] || fail "accesses: it did not go on"
same $counts
rm "$dir/kept"

# A kept file that is damaged, or of another search.
expect 0 "kept" "$HYPSIM" explore lock -o cpus=3 --resume "$dir/kept" --executions 2
cp "$dir/kept" "$dir/good"
printf x >>"$dir/kept"
expect 2 "one byte more" "$HYPSIM" explore lock -o cpus=3 --resume "$dir/kept"
says err "$dir/kept"
cp "$dir/good" "$dir/kept"
expect 2 "another scope" "$HYPSIM" explore lock -o cpus=4 --resume "$dir/kept"
says err "$dir/kept: a search of another scope"
cmp -s "$dir/good" "$dir/kept" || fail "a file that is refused was changed"

# Signals and kill -9, again and again, then to the end.
"$HYPSIM" explore lock -o cpus=5 -o sections=2 --check off --json >"$dir/whole"
rm "$dir/kept"
for signal in TERM KILL INT KILL TERM; do
	: >"$dir/before"
	sleep 0.05
	"$HYPSIM" explore lock -o cpus=5 -o sections=2 --check off --json --jobs 2 --resume "$dir/kept" --every 0.01 >"$dir/out" 2>"$dir/err" &
	pid=$!
	# It is at work when it has kept something.
	until [ "$dir/kept" -nt "$dir/before" ] || ! kill -0 $pid 2>/dev/null; do
		sleep 0.05
	done
	kill -$signal $pid 2>/dev/null
	wait $pid 2>/dev/null
	got=$?
	case $signal-$got in
	TERM-143 | INT-130 | KILL-137 | *-0) ;;
	*) fail "$signal: exit status $got" ;;
	esac
	[ $got -eq 137 ] || [ "$(of executions)" -gt 0 ] || fail "$signal: no result"
done
expect 0 "signals, gone on" "$HYPSIM" explore lock -o cpus=5 -o sections=2 --check off --json --resume "$dir/kept"
[ "$(of resumed)" = true ] || fail "signals: it did not go on"
same executions classes complete as_expected

expect 0 "estimate" "$HYPSIM" explore lock -o cpus=8 --estimate
says out "about 40320 classes (95%: 40320 to 40320)"
expect 0 "estimate of little" "$HYPSIM" explore lock -o cpus=3 --estimate
says out "6 classes: all were there"
finish
