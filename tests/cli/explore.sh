# SPDX-License-Identifier: GPL-2.0-only
# hypsim explore: what it finds in scopes whose answers are known, how it says so, and what it refuses.
. "$SOURCE/tests/cli/kit.inc"

# same NAME: what was printed but for times
same_as() {
	sed 's/; [0-9.]* s ([0-9]*\/s)$//; s/ on [a-z]*s, / on vehicles, /' "$dir/out" >"$dir/said"
	cmp -s "$dir/$1" "$dir/said" || fail "$2: $(diff "$dir/$1" "$dir/said" | head -5)"
}
keep_as() {
	sed 's/; [0-9.]* s ([0-9]*\/s)$//; s/ on [a-z]*s, / on vehicles, /' "$dir/out" >"$dir/$1"
}

expect 0 "lock" "$HYPSIM" explore lock -o cpus=4 -o sections=2
says out "2520 executions, 2520 classes, 0 redundant, 0 blocked, complete"
says out "verdict: as expected (expected: clean)"
keep_as lock
for vehicle in ucontext pthread; do
	expect 0 "lock, $vehicle" "$HYPSIM" explore lock -o cpus=4 -o sections=2 --vehicle $vehicle
	same_as lock "$vehicle says something else"
done
expect 0 "again" "$HYPSIM" explore lock -o cpus=4 -o sections=2
same_as lock "the same search twice"
expect 0 "not judged" "$HYPSIM" explore lock -o cpus=4 -o sections=2 --check off
says out "2520 executions, 2520 classes"
says out "by tickets, not judged"

[ "$test_form" = short ] || {
	expect 0 "lock, eight CPUs" "$HYPSIM" explore lock -o cpus=8
	says out "40320 executions, 40320 classes, 0 redundant, 0 blocked, complete"
}

# A deadlock, and sections in a circle.
expect 0 "abba" "$HYPSIM" explore abba -o cpus=3
says out "12 executions, 12 classes"
says out "6 of them: deadlock"
says out "found: deadlock in 6 of 12 executions"
says out "verdict: as expected (expected: deadlock,order)"
expect 0 "abba by cells" "$HYPSIM" explore abba -o cpus=3 --depend cells
says out "12 executions, 12 classes"
expect 0 "split" "$HYPSIM" explore split -o cpus=3
says out "66 executions, 66 classes"
says out "found: expect in 60 of 66 executions"

# Every order of steps has the same classes and outcomes.
"$HYPSIM" explore sequence -o cpus=3 --json >"$dir/dfs.json"
"$HYPSIM" explore sequence -o cpus=3 --strategy naive --json >"$dir/naive.json"
"$HYPSIM" explore split --json >"$dir/split.json"
python3 - "$dir/dfs.json" "$dir/naive.json" "$dir/split.json" <<'END' || fail "naive and dfs differ"
import json, sys
a, b, split = (json.load(open(f)) for f in sys.argv[1:])
assert a["classes"] == b["classes"] == a["executions"] == 36, (a["classes"], b["classes"])
assert b["executions"] == 90 and b["redundant"] == 54, b["executions"]
assert a["complete"] and b["complete"]
key = lambda o: (o["end"], o["contents"], tuple(c["result"] for c in o["calls"]))
assert {key(o) for o in a["outcomes"]} == {key(o) for o in b["outcomes"]}
assert sum(o["executions"] for o in split["outcomes"]) == split["executions"] == 6
assert split["found"] == {"expect": 4} and split["as_expected"], split["found"]
END

# A filter by rounds: all are executed, and few are told.
expect 0 "rounds" "$HYPSIM" explore lock -o cpus=5 --rounds 2
says out "120 executions, 120 classes"
says out "at most 2 rounds: 1 27 93 119 120 executions by 1, 2, ...; nothing is told of 93 that need more"
says out "  27 executions, done"
expect 0 "rounds and jobs" "$HYPSIM" explore lock -o cpus=5 --rounds 2 --jobs 2
says out "at most 2 rounds: 1 27 93 119 120 executions by 1, 2, ...; nothing is told of 93 that need more"
expect 0 "rounds, kept" "$HYPSIM" explore lock -o cpus=5 --rounds 2 --resume "$dir/kept" --executions 50
expect 2 "other rounds" "$HYPSIM" explore lock -o cpus=5 --rounds 3 --resume "$dir/kept"
expect 0 "rounds, gone on" "$HYPSIM" explore lock -o cpus=5 --rounds 2 --resume "$dir/kept"
says out "at most 2 rounds: 1 27 93 119 120 executions by 1, 2, ...; nothing is told of 93 that need more"

# CPUs that are alike: of classes that differ by who is who one is left.
"$HYPSIM" explore sequence -o cpus=3 --print | grep -v '^expect classes' >"$dir/sequence.hyp"
expect 0 "symmetry" "$HYPSIM" explore "$dir/sequence.hyp" --symmetry
says out "6 executions, 6 classes, 0 redundant, 0 blocked, complete"
expect 2 "symmetry and naive" "$HYPSIM" explore lock --symmetry --strategy naive
says err "--symmetry is for --strategy dfs"

# A search that is not complete is no proof.
expect 0 "cut" "$HYPSIM" explore lock -o cpus=6 --executions 10
says out "10 executions, 10 classes, 0 redundant, 0 blocked, NOT complete"
says out "verdict: as expected, NOT complete (expected: clean)"
expect 1 "cut, complete is required" "$HYPSIM" explore lock -o cpus=6 --executions 10 --require complete
says out "not complete, which is required"
expect 0 "a step limit" "$HYPSIM" explore lock -o cpus=2 --steps 1
says out "NOT complete"
says out "step limit"

# A scope that says something else than what is so.
"$HYPSIM" explore split --print >"$dir/split.hyp"
expect 0 "a scope that was printed" "$HYPSIM" explore "$dir/split.hyp"
says out "6 executions, 6 classes"
sed 's/^expect verdict .*/expect verdict clean/' "$dir/split.hyp" >"$dir/clean.hyp"
expect 1 "clean is expected" "$HYPSIM" explore "$dir/clean.hyp"
says out "verdict: NOT as expected, NOT complete (expected: clean; expect was found)"
sed 's/^expect verdict .*/expect verdict deadlock/' "$dir/split.hyp" >"$dir/deadlock.hyp"
expect 1 "a deadlock is expected" "$HYPSIM" explore "$dir/deadlock.hyp"
says out "deadlock is expected and was not found"
sed 's/^expect classes .*/expect classes 7/' "$dir/split.hyp" >"$dir/classes.hyp"
expect 1 "seven classes are expected" "$HYPSIM" explore "$dir/classes.hyp"
says out "7 classes are expected"
# Without a verdict the first finding ends it.
grep -v '^expect verdict\|^expect classes' "$dir/split.hyp" >"$dir/first.hyp"
expect 1 "the first finding" "$HYPSIM" explore "$dir/first.hyp"
says out "NOT complete"
says out "verdict: VIOLATION: expect was found"
expect 1 "all findings" "$HYPSIM" explore "$dir/first.hyp" --all
says out "6 executions, 6 classes, 0 redundant, 0 blocked, complete"

# On the booted machine: what the judge finds is told as a page.
cat >"$dir/release.hyp" <<'END'
concurrent
cpu 0
acquire_lock_s2page
cpu 1
acquire_lock_s2page
release_lock_s2page
end
END
expect 1 "a lock that is kept" "$HYPSIM" explore "$dir/release.hyp" --all
says out "found: "
says out "first violation: "

# Executions that are drawn: never complete, the same for one seed, on as many CPUs as there may be; PCT says what it promises.
for strategy in random pct surw urw pos feedback; do
	for run in a b; do
		expect 0 "$strategy" "$HYPSIM" explore lock -o cpus=64 --strategy $strategy --seed 7 \
			--executions 50 --json
		cp "$dir/out" "$dir/drawn.$run"
	done
	python3 - "$dir/drawn.a" "$dir/drawn.b" "$strategy" <<'END' || fail "$strategy: what is drawn"
import json, sys
a, b = (json.load(open(f)) for f in sys.argv[1:3])
assert a["strategy"] == sys.argv[3] and a["executions"] == 50 and not a["complete"], a
assert [o["schedule"] for o in a["outcomes"]] == [o["schedule"] for o in b["outcomes"]]
assert ("bound" in a) == (sys.argv[3] == "pct"), a
assert "bound" not in a or abs(a["bound"] * 64 * 64 * 64 - 1) < 1e-9, a["bound"]
END
done
expect 1 "drawn, complete" "$HYPSIM" explore lock --strategy pos --executions 100 --require complete
expect 0 "pct" "$HYPSIM" explore lock -o cpus=4 --strategy pct --depth 2 --executions 100
says out "a bug that needs 2 orders shows in each with at least 0.0625"

# What comes before must come to what it says.
cat >"$dir/before.hyp" <<'END'
boot 1024
hvc HVC_REGISTER_KVM
expect 7
concurrent
cpu 0
fault 0x200000
end
END
expect 2 "before" "$HYPSIM" explore "$dir/before.hyp"
says err "before.hyp:3:8: expected 7, got "
# One call after the other: who waits for a lock there waits for ever.  Before, that is no scope; behind the end, a deadlock.
cat >"$dir/waits.hyp" <<'END'
acquire_lock_s2page
cpu 1
acquire_lock_core
release_lock_core
acquire_lock_s2page
concurrent
cpu 0
acquire_lock_core
release_lock_core
end
END
expect 2 "waits before" timeout 10 "$HYPSIM" explore "$dir/waits.hyp"
says err "waits.hyp:5:1: acquire_lock_s2page: waits for a lock that a call before it has kept"
# What is wrong before concurrent has a place: the call that took the lock which is still held, the call that is stuck.
tail='concurrent\ncpu 0\nget_next_vmid\nend\n'
printf "acquire_lock_s2page\nrelease_lock_s2page\ncpu 1\n  acquire_lock_core\nget_next_vmid\n$tail" >"$dir/held.hyp"
expect 2 "a lock that is held" "$HYPSIM" explore "$dir/held.hyp"
says err "held.hyp:4:3: acquire_lock_core: CPU 1 still holds a lock at concurrent"
printf "boot 1024\n  get_next_vmid\n$tail" >"$dir/stuck.hyp"
expect 2 "stuck before" "$HYPSIM" explore "$dir/stuck.hyp"
says err "stuck.hyp:2:3: get_next_vmid: stuck STUCK_NOT_PULLED, so there is nothing to explore behind it"
# Nothing to explore.
for calls in "" "cpu 0\n" "cpu 3\ncpu 1\n" "cpu 0\nfeed data 1 7\n"; do
	printf "boot 1024\n concurrent\n${calls}end\n" >"$dir/nothing.hyp"
	for how in "" --estimate "--jobs 2"; do
		# shellcheck disable=SC2086 # words
		expect 2 "no call: $calls $how" "$HYPSIM" explore "$dir/nothing.hyp" $how
		says err "nothing.hyp:2:2: no CPU makes a call in concurrent, so there is nothing to explore"
	done
done
cat >"$dir/waits.hyp" <<'END'
concurrent
cpu 0
check_then_act
cpu 1
check_then_act
end
acquire_lock_s2page
cpu 1
acquire_lock_s2page
expect ok
END
for how in dfs naive revisit; do
	expect 1 "waits behind, $how" timeout 10 "$HYPSIM" explore "$dir/waits.hyp" --all --strategy $how
	says out "found: deadlock in 6 of 6 executions"
done
expect 1 "waits behind, saved" timeout 10 "$HYPSIM" explore "$dir/waits.hyp" --save "$dir/waits.json"
expect 0 "waits behind, again" timeout 10 "$HYPSIM" replay "$dir/waits.json" --times 3 --vehicle pthread
says out "replayed: deadlock"
expect 2 "no such scope" "$HYPSIM" explore "$dir/none.hyp"
says err "none.hyp"
expect 2 "no scope" "$HYPSIM" explore
says err "which scope?"
expect 2 "two scopes" "$HYPSIM" explore lock abba
says err "one scope only"
expect 2 "a size of a file" "$HYPSIM" explore "$dir/split.hyp" -o cpus=3
says err "-o is for named scopes"
expect 2 "a size that is none" "$HYPSIM" explore lock -o cpus=x
expect 2 "too many CPUs" "$HYPSIM" explore lock -o cpus=65
expect 2 "a strategy that is none" "$HYPSIM" explore lock --strategy dsf
says err "there is none 'dsf'"
expect 2 "a strategy that never ends" "$HYPSIM" explore lock --strategy surw
says err "--strategy surw never ends"
expect 2 "a depth of no pct" "$HYPSIM" explore lock --strategy pos --executions 9 --depth 2
says err "--depth is for --strategy pct"
expect 2 "a vehicle that is none" "$HYPSIM" explore lock --vehicle bike
expect 2 "a dependence that is none" "$HYPSIM" explore lock --depend words
says err "expected tickets or cells"
# A number of classes is said of the scope's own dependence.
expect 0 "by cells" "$HYPSIM" explore lock --depend cells --json
says out '"expected_classes":null'
says out '"depend":"cells"'
expect 0 "by tickets" "$HYPSIM" explore lock --depend tickets --json
says out '"expected_classes":6'
printf 'depend cells\nconcurrent\ncpu 0\ncheck_then_act\nend\nexpect classes 9\n' >"$dir/cells.hyp"
expect 1 "a wrong number" "$HYPSIM" explore "$dir/cells.hyp" --depend cells
expect 0 "a number of cells" "$HYPSIM" explore "$dir/cells.hyp" --depend tickets
expect 2 "by cells, of another grain" "$HYPSIM" explore "$dir/cells.hyp" --grain word
expect 0 "by tickets, of another grain" "$HYPSIM" explore "$dir/cells.hyp" --grain word --depend tickets --no-shrink --save "$dir/cells.json"

# A scope that says which checks it is judged by: the search, its file, its kept state, a string and a replay know it.
printf 'concurrent\ncpu 0\nacquire_lock_pt HOSTVISOR\ncheck_then_act\nexpect 0\nrelease_lock_pt HOSTVISOR\nend\n' >"$dir/all.hyp"
for row in 'skip order|expect|clean of order' 'only order|ORDER_RANK expect|order alone' 'only lock|ORDER_RANK expect|a group' \
	'skip lock|expect|not a group' 'skip fifo,bound|ORDER_RANK expect|not two'; do
	rest=${row#*|}
	{ echo "checks ${row%%|*}" && cat "$dir/all.hyp"; } >"$dir/some.hyp"
	expect 1 "${rest#*|}" "$HYPSIM" explore "$dir/some.hyp" --no-shrink --save "$dir/some.json"
	says out "by tickets, checks ${row%%|*}"
	[ "$(sed -n 's/^found: \([^ ]*\) .*/\1/p' "$dir/out" | xargs)" = "${rest%%|*}" ] || fail "checks ${row%%|*}: found something else"
	grep -qF "checks ${row%%|*}\\n" "$dir/some.json" || fail "checks ${row%%|*}: not in the file"
	expect 0 "${rest#*|}, replayed" "$HYPSIM" replay "$dir/some.json" --json
	case " ${rest%%|*}" in
	*ORDER*) says out ORDER_RANK ;;
	*) ! grep -q ORDER_RANK "$dir/out" || fail "checks ${row%%|*}: the replay judges by others" ;;
	esac
done
# What cannot be found is not expected.
sed '/^expect verdict/d' "$dir/split.hyp" >"$dir/word.hyp"
echo "expect verdict deadlock,nosuch" >>"$dir/word.hyp"
expect 2 "an unknown word of a verdict" "$HYPSIM" explore "$dir/word.hyp"
says err "word.hyp:$(wc -l <"$dir/word.hyp"):25: expected a check"
says err 'found "nosuch"'
# Some devices never end.
expect 3 "a schedule of a device" timeout 60 "$HYPSIM" replay /dev/zero
says err "/dev/zero: more than"
{ echo "checks skip order" && cat "$dir/all.hyp" && echo "expect verdict expect"; } >"$dir/some.hyp"
expect 0 "as expected, with the checks that are on" "$HYPSIM" explore "$dir/some.hyp" --resume "$dir/some.kept" --json
says out '"checks":"skip order"'
string=$(sed 's/.*"schedule":"\([^"]*\)".*/\1/' "$dir/out")
expect 0 "gone on" "$HYPSIM" explore "$dir/some.hyp" --resume "$dir/some.kept"
expect 2 "gone on by other checks" "$HYPSIM" explore "$dir/all.hyp" --resume "$dir/some.kept"
says err "a search of another scope"
expect 0 "a string" "$HYPSIM" replay "$string" "$dir/some.hyp"
expect 2 "a string for other checks" "$HYPSIM" replay "$string" "$dir/all.hyp"
expect 0 "by cells too" "$HYPSIM" explore "$dir/some.hyp" --depend cells --all
{ echo "checks skip fifo,ordr" && cat "$dir/all.hyp"; } >"$dir/some.hyp"
expect 2 "a check that is none" "$HYPSIM" explore "$dir/some.hyp"
says err "some.hyp:1:18: expected a check or a group of checks (hypsim list checks), found \"ordr\" (did you mean 'order'?)"
expect 1 "exec reads its form, and makes the calls" "$HYPSIM" exec "$dir/some.hyp"
says out "expected 0, got 1"

# Ctrl-C ends the search with what is known.
env --default-signal=INT "$HYPSIM" explore lock -o cpus=10 --check off >"$dir/out" 2>"$dir/err" &
pid=$!
sleep 0.5
kill -INT $pid
wait $pid
got=$?
[ $got -eq 130 ] || fail "Ctrl-C: exit status $got"
says out "NOT complete"
finish
