# SPDX-License-Identifier: GPL-2.0-only
# --junit, --sarif and --annotate of run, check, explore and exec: documents that other programs can read, and that say what --json says.
. "$SOURCE/tests/cli/kit.inc"

bad=$SOURCE/tests/logs/bad
good=$SOURCE/tests/logs/good
look() {
	python3 "$SOURCE/tests/schema/results.py" "$@"
}

# both STATUS NAME COMMAND...: the command writes $dir/j and $dir/s, which are looked at; what they say is in $dir/out, annotations in $dir/notes.
both() {
	status=$1 title=$2
	shift 2
	expect "$status" "$title" "$@" --junit "$dir/j" --sarif "$dir/s" --annotate github
	mv "$dir/err" "$dir/notes"
	mv "$dir/out" "$dir/said"
	expect 0 "$title: documents" look "$dir/j" "$dir/s"
	grep -q "^exit $status: " "$dir/out" || fail "$title: SARIF has another status"
	echo "sarif $dir/sarif.$((n = n + 1))" >>"$dir/manifest"
	cp "$dir/s" "$dir/sarif.$n"
}
n=0

# A check a case; what was not judged is skipped, and says why; a log that cannot be read is an error.
both 1 "check" "$HYPSIM" check "$bad/HOST_ISO.log" "$good/queue.log" "$dir/none"
says out "failure $bad/HOST_ISO.log host_iso HOST_ISO"
says out "failure $bad/HOST_ISO.log host_count HOST_COUNT"
says out "error $dir/none read $dir/none: No such file or directory"
says out "result error host_iso HOST_ISO $([ "${bad#/}" = "$bad" ] || echo file://)$bad/HOST_ISO.log:0 - 0"
says out " failures=2 errors=1 "
says notes "::error title=hypsim check $bad/HOST_ISO.log%3A HOST_ISO::HOST_ISO: the host maps a frame that is another's and not shared%0A"
[ "$(grep -c '^::' "$dir/notes")" -eq 3 ] || fail "check: not three annotations"
expect 0 "skipped" look "$dir/j" "$dir/s" --skipped
says out "skipped $good/queue.log merge log is not in streams"
grep -q '"text": ".*HOST_ISO.log: merge: not judged: log is not in streams"' "$dir/s" || fail "SARIF does not say what was not judged"
grep -q '"clauses": "L1 L2 L4 L5"' "$dir/s" || fail "SARIF: a rule has no clauses"

# They say what --json says, of each row; known findings decide nothing.
for log in $(every 40 "$bad"/*.log) "$good/queue.log"; do
	case $(head -1 "$log") in "# expect: "[TQHR]_*) continue ;; esac
	require=$(sed -n 's/^# require: //p' "$log")
	"$HYPSIM" check --json --strict ${require:+--require "$require"} "$log" --sarif "$dir/s" >"$dir/json"
	python3 - "$dir/json" "$dir/s" <<'END' || fail "$log: SARIF and --json differ"
import json, sys
found = json.load(open(sys.argv[1]))["findings"]
results = json.load(open(sys.argv[2]))["runs"][0]["results"]
mine = sorted((f["check"], f["row"], f["index"], f["state"]) for f in found)
theirs = sorted((r["ruleId"], p["row"], p["index"], p["state"]) for r in results for p in [r["properties"]])
sys.exit(mine != theirs)
END
done
"$HYPSIM" run storm --cpus 2 --ops 2000 --seed 3 --tlb --log "$dir/tlb" --check off >/dev/null || fail "a run with translation buffers"
both 0 "known" "$HYPSIM" check "$dir/tlb"
! grep -q '^failure' "$dir/out" || fail "known: a failure"

# Logs that are judged at once are told in their order.
"$HYPSIM" check "$bad/HOST_ISO.log" "$good/queue.log" --junit "$dir/j1" >/dev/null
"$HYPSIM" check "$bad/HOST_ISO.log" "$good/queue.log" --jobs 2 --junit "$dir/j2" >/dev/null
for i in 1 2; do
	sed 's/time="[^"]*"//g; s/ --jobs 2//' "$dir/j$i" >"$dir/plain$i"
done
cmp -s "$dir/plain1" "$dir/plain2" || fail "--jobs: $(diff "$dir/plain1" "$dir/plain2" | head -4)"
expect 1 "hypsim-check" "$HYPSIM_CHECK" "$bad/HOST_ISO.log" --junit "$dir/j" --sarif "$dir/s"
expect 0 "hypsim-check: documents" look "$dir/j" "$dir/s"

# A run; its own findings where nobody judges; what the host fails in.
both 1 "run" "$HYPSIM" run bug/forgotten-unmap --ops 50 --cpus 1
says out "failure bug/forgotten-unmap host_iso HOST_ISO"
says notes "to see it again: hypsim run bug/forgotten-unmap --cpus 1 --seed 1 --ops 50"
both 1 "deadlock" timeout 60 "$HYPSIM" run deadlock --check off
says out "failure deadlock run OUTCOME_DEADLOCK"
both 0 "clean" "$HYPSIM" run lock-storm --cpus 2 --ops 300 --log "$dir/lock"
grep -q "failures=0 errors=0" "$dir/out" || fail "clean: not clean"
[ ! -s "$dir/notes" ] || fail "clean: an annotation"
both 2 "refused" "$HYPSIM" run storm --cpus 2 --ops 10 -o nothing=1
says out "error storm storm storm has no option 'nothing'"

# A script: file and line.
cat >"$dir/s.hyp" <<'END'
check 5
expect 6
check 7
expect 7
END
both 1 "exec" "$HYPSIM" exec --check "$dir/s.hyp"
says out "failure $dir/s.hyp expect expect"
says out "$dir/s.hyp:2 - 0"
says notes "::error file=$dir/s.hyp,line=2,title=hypsim exec $dir/s.hyp%3A expect::"
printf 'check 5\nnothing 6\n' >"$dir/t.hyp"
both 2 "a malformed script" "$HYPSIM" exec "$dir/t.hyp"
says out "error $dir/t.hyp expect $dir/t.hyp:2:1: "

# A scope: each step has its function, file and line.  A search that is not complete says so.
"$HYPSIM" explore split --print | grep -v 'expect verdict' >"$dir/split.hyp"
both 1 "explore" "$HYPSIM" explore "$dir/split.hyp"
says out "failure $dir/split.hyp $dir/split.hyp expect"
grep -q '^result error expect expect sim/exec/scope_op.c:[1-9][0-9]* check_then_act [4-9]' "$dir/out" || fail "explore: $(grep '^result' "$dir/out")"
says notes "::error file=sim/exec/scope_op.c,line="
expect 0 "explore: skipped" look "$dir/j" "$dir/s" --skipped
says out "complete NOT complete: "
both 0 "explore, as expected" "$HYPSIM" explore abba
both 1 "explore, required" "$HYPSIM" explore lock -o cpus=3 --executions 2 --require complete
says out "complete complete"
"$HYPSIM" explore abba --print | sed 's/expect verdict.*/expect verdict HOST_ISO/' >"$dir/abba.hyp"
both 1 "what is expected is not found" "$HYPSIM" explore "$dir/abba.hyp"
says out " deadlock "
expect 2 "a merge" "$HYPSIM" explore --merge "$dir/s" --junit "$dir/j"
says err "--junit does not go with --merge"

# Pairs: a case a cell; compared with a stored matrix, the cells that differ.
pairs="--errata intended --only register_kvm --only fault"
both 0 "pairs" "$HYPSIM" explore --pairs $pairs
says out "tests=3 failures=0"
"$HYPSIM" explore --pairs $pairs --json >"$dir/pairs.json"
both 0 "the same pairs" "$HYPSIM" explore --pairs $pairs --compare "$dir/pairs.json"
sed 's/"class":"[a-z]*"/"class":"none"/' "$dir/pairs.json" >"$dir/other.json"
both 1 "other pairs" "$HYPSIM" explore --pairs $pairs --compare "$dir/other.json"
says out "failure pairs register_kvm x register_kvm pair"
says out " failures=1 "

# Names and texts with characters that mean something to XML, URIs and annotations.
odd=$dir/$(printf 'a<&">\001%%,:')
mkdir "$odd"
cp "$dir/s.hyp" "$odd/x y.hyp"
both 1 "odd names" "$HYPSIM" exec "$odd/x y.hyp"
says notes 'a<&">'
says notes '%25%2C%3A/x y.hyp,line=2'
grep -q '\\x01' "$dir/j" || fail "odd names: a control character is not told"

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
