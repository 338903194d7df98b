# SPDX-License-Identifier: GPL-2.0-only
# --junit, --sarif and --annotate of run, check, explore, exec and two-run: documents that other programs can read, and that say what --json says.
. "$SOURCE/tests/cli/kit.inc"

bad=$SOURCE/tests/logs/bad
good=$SOURCE/tests/logs/good

# both STATUS NAME COMMAND...: the command writes $dir/N.junit and $dir/N.sarif, which are looked at in the end; annotations are in $dir/notes.
both() {
	n=$((n + 1))
	status=$1 title=$2
	shift 2
	expect "$status" "$title" "$@" --junit "$dir/$n.junit" --sarif "$dir/$n.sarif" --annotate github
	mv "$dir/err" "$dir/notes"
	echo "sarif $dir/$n.sarif" >>"$dir/manifest"
	tells "exit $status: "
}
n=0

# tells TEXT, hides TEXT: a line of what results.py says of the last one has it, or none.
tells() {
	printf '%s\t%s\t%s\n' $n "$title" "$1" >>"$dir/tells"
}
hides() {
	printf '%s\t%s\t%s\n' $n "$title" "$1" >>"$dir/hides"
}

# A check a case; what was not judged is skipped, and says why; a log that cannot be read is an error.
both 1 "check" "$HYPSIM" check "$bad/HOST_ISO.log" "$good/queue.log" "$dir/none"
tells "failure $bad/HOST_ISO.log host_iso HOST_ISO"
tells "failure $bad/HOST_ISO.log host_count HOST_COUNT"
tells "error $dir/none read $dir/none: No such file or directory"
tells "result error host_iso HOST_ISO $([ "${bad#/}" = "$bad" ] || echo file://)$bad/HOST_ISO.log:0 - 0"
tells " failures=2 errors=1 "
says notes "::error title=hypsim check $bad/HOST_ISO.log%3A HOST_ISO::HOST_ISO: the host maps a frame that is another's and not shared%0A"
[ "$(grep -c '^::' "$dir/notes")" -eq 3 ] || fail "check: not three annotations"
tells "skipped $good/queue.log merge log is not in streams"
grep -q '"text": ".*HOST_ISO.log: merge: not judged: log is not in streams"' "$dir/$n.sarif" || fail "SARIF does not say what was not judged"
grep -q '"clauses": "L1 L2 L4 L5"' "$dir/$n.sarif" || fail "SARIF: a rule has no clauses"

# They say what --json says, of each row; known findings decide nothing.
for log in $(every 40 "$bad"/*.log); do
	case $(head -1 "$log") in "# expect: "[TQHR]_*) continue ;; esac
	require=$(sed -n 's/^# require: //p' "$log")
	both 1 "$(basename "$log")" "$HYPSIM" check --json --strict ${require:+--require "$require"} "$log"
	mv "$dir/out" "$dir/$n.json"
done
both 0 "known" "$HYPSIM" exec --check "$SOURCE/tests/findings/bank-after-poweroff.hyp"
hides "failure "
tells "result note "
grep -q 'known, which decides nothing:' "$dir/$n.junit" || fail "known: JUnit does not tell it"
[ ! -s "$dir/notes" ] || fail "known: an annotation"
both 1 "known, strict" "$HYPSIM" exec --check --strict "$SOURCE/tests/findings/bank-after-poweroff.hyp"
tells "result error "

# Logs that are judged at once are told in their order.
"$HYPSIM" check "$bad/HOST_ISO.log" "$good/queue.log" --junit "$dir/j1" >/dev/null
"$HYPSIM" check "$bad/HOST_ISO.log" "$good/queue.log" --jobs 2 --junit "$dir/j2" >/dev/null
for i in 1 2; do
	sed 's/time="[^"]*"//g; s/ --jobs 2//' "$dir/j$i" >"$dir/plain$i"
done
cmp -s "$dir/plain1" "$dir/plain2" || fail "--jobs: $(diff "$dir/plain1" "$dir/plain2" | head -4)"
both 1 "hypsim-check" "$HYPSIM_CHECK" "$bad/HOST_ISO.log"

# A run; its own findings where nobody judges; what the host fails in.
both 1 "run" "$HYPSIM" run bug/forgotten-unmap --ops 50 --cpus 1
tells "failure bug/forgotten-unmap host_iso HOST_ISO"
says notes "to see it again: hypsim run bug/forgotten-unmap --cpus 1 --seed 1 --ops 50"
both 1 "deadlock" timeout 60 "$HYPSIM" run deadlock --check off
tells "failure deadlock run OUTCOME_DEADLOCK"
both 0 "clean" "$HYPSIM" run lock-storm --cpus 2 --ops 300 --log "$dir/lock"
tells "failures=0 errors=0"
[ ! -s "$dir/notes" ] || fail "clean: an annotation"
both 2 "refused" "$HYPSIM" run storm --cpus 2 --ops 10 -o nothing=1
tells "error storm storm storm has no option 'nothing'"

# A script: file and line.
cat >"$dir/s.hyp" <<'END'
check 5
expect 6
check 7
expect 7
END
both 1 "exec" "$HYPSIM" exec --check "$dir/s.hyp"
tells "failure $dir/s.hyp expect expect"
tells "$dir/s.hyp:2 - 0"
says notes "::error file=$dir/s.hyp,line=2,title=hypsim exec $dir/s.hyp%3A expect::"
printf 'check 5\nnothing 6\n' >"$dir/t.hyp"
both 2 "a malformed script" "$HYPSIM" exec "$dir/t.hyp"
tells "error $dir/t.hyp expect $dir/t.hyp:2:1: "

# A scope: each step has its function, file and line.  A search that is not complete says so.
"$HYPSIM" explore split --print | grep -v 'expect verdict' >"$dir/split.hyp"
both 1 "explore" "$HYPSIM" explore "$dir/split.hyp"
tells "failure $dir/split.hyp $dir/split.hyp expect"
tells "result error expect expect sim/exec/scope_op.c:"
tells " check_then_act 4"
says notes "::error file=sim/exec/scope_op.c,line="
tells "complete NOT complete: "
both 0 "explore, as expected" "$HYPSIM" explore abba
both 1 "explore, required" "$HYPSIM" explore lock -o cpus=3 --executions 2 --require complete
tells "complete complete"
"$HYPSIM" explore abba --print | sed 's/expect verdict.*/expect verdict HOST_ISO/' >"$dir/abba.hyp"
both 1 "what is expected is not found" "$HYPSIM" explore "$dir/abba.hyp"
tells " deadlock "
# Shards, added up: the same of the whole search, which has no steps.
for i in 1 2; do
	"$HYPSIM" explore "$dir/split.hyp" --all --json --shard $i/2 >"$dir/shard$i"
done
both 1 "merge" "$HYPSIM" explore --merge "$dir/shard1" "$dir/shard2"
tells "failure $dir/split.hyp $dir/split.hyp expect"
says notes "::error title=hypsim explore $dir/split.hyp%3A expect::"
hides "complete"
both 2 "a shard is missing" "$HYPSIM" explore --merge "$dir/shard2"
tells "error merge merge --merge: shard 1 of 2 is missing"
both 1 "a shard is not complete" sh -c '"$0" explore lock --executions 1 --json --shard 1/1 >"$1" && shift && exec "$@"' "$HYPSIM" "$dir/part" \
	"$HYPSIM" explore --require complete --merge "$dir/part"
tells "complete complete"
expect 2 "results over a shard" "$HYPSIM" explore --merge "$dir/shard1" "$dir/shard2" --junit "$dir/shard2"

# Pairs: a case a cell; compared with a stored matrix, the cells that differ.
pairs="--errata intended --only register_kvm"
both 0 "pairs" "$HYPSIM" explore --pairs $pairs
tells "tests=1 failures=0"
"$HYPSIM" explore --pairs $pairs --json >"$dir/pairs.json"
both 0 "the same pairs" "$HYPSIM" explore --pairs $pairs --compare "$dir/pairs.json"
sed 's/"class":"[a-z]*"/"class":"none"/' "$dir/pairs.json" >"$dir/other.json"
both 1 "other pairs" "$HYPSIM" explore --pairs $pairs --compare "$dir/other.json"
tells "failure pairs register_kvm x register_kvm pair"
tells " failures=1 "

# Two runs: a case a principal.
both 0 "two runs" "$HYPSIM" two-run "$SOURCE/tests/two/guests.hyp"
tells "failures=0 errors=0"
both 1 "two runs, found" "$HYPSIM" two-run bug/forgotten-scrub --ops 100
tells "failure "
tells "result error observe "

# Names and texts with characters that mean something to XML, URIs and annotations.
odd=$dir/$(printf 'a<&">\001%%,:')
mkdir "$odd"
cp "$dir/s.hyp" "$odd/x y.hyp"
both 1 "odd names" "$HYPSIM" exec "$odd/x y.hyp"
says notes 'a<&">'
says notes '%25%2C%3A/x y.hyp,line=2'
grep -q '\\x01' "$dir/$n.junit" || fail "odd names: a control character is not told"

expect 0 "documents" python3 "$SOURCE/tests/schema/results.py" "$dir"
mv "$dir/out" "$dir/looked"
tab=$(printf '\t')
while IFS=$tab read -r i title text; do
	grep "^$i: " "$dir/looked" | grep -qF -- "$text" || fail "$title: expected \"$text\" in: $(grep "^$i: [^s]" "$dir/looked" | head -5)"
done <"$dir/tells"
while IFS=$tab read -r i title text; do
	! grep "^$i: " "$dir/looked" | grep -qF -- "$text" || fail "$title: \"$text\" is there"
done <"$dir/hides"

expect 0 "schema" python3 "$SOURCE/tests/schema/validate.py" "$SOURCE/docs/schema" "$dir/manifest"
says out " 0 wrong"

# Files that cannot be written: before the work, status 2; at its end 3, or the violation's; what was found is told all the same.
expect 2 "no such folder" "$HYPSIM" check "$bad/HOST_ISO.log" --junit "$dir/no/j"
says err "--junit: $dir/no/j: No such file or directory"
[ ! -s "$dir/out" ] || fail "no such folder: something was judged"
for option in --junit --sarif; do
	expect 2 "$option -" "$HYPSIM" check "$good/queue.log" $option -
	says err "$option: standard output has what people read: name a file"
	expect 3 "$option: a full disk" "$HYPSIM" check "$good/queue.log" $option /dev/full
	says err "$option: /dev/full: No space left on device"
	says out "queue.log"
	expect 1 "$option: a violation, and a full disk" "$HYPSIM" check "$bad/HOST_ISO.log" $option /dev/full
	says out "first violation: HOST_ISO"
done
cp "$bad/HOST_ISO.log" "$dir/log"
expect 2 "the log itself" "$HYPSIM" check "$dir/log" --sarif "$dir/log"
says err "--sarif: $dir/log is read, and shall not be overwritten"
cmp -s "$bad/HOST_ISO.log" "$dir/log" || fail "the log itself was overwritten"
ln "$dir/log" "$dir/link"
expect 2 "the log by another name" "$HYPSIM" check "$dir/log" --junit "$dir/link"
expect 2 "one file" "$HYPSIM" check "$dir/log" --junit "$dir/x" --sarif "$dir/x"
says err "--junit and --sarif: one file, $dir/x"
expect 2 "annotations of something else" "$HYPSIM" check "$dir/log" --annotate gitlab
says err '--annotate: expected github, found "gitlab"'
expect 2 "exec, the script itself" "$HYPSIM" exec "$dir/s.hyp" --junit "$dir/s.hyp"
expect 2 "explore, the scope itself" "$HYPSIM" explore "$dir/split.hyp" --junit "$dir/split.hyp"
expect 2 "run, the log" "$HYPSIM" run lock-storm --ops 10 --log "$dir/l" --junit "$dir/l"
finish
