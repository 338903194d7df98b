# SPDX-License-Identifier: GPL-2.0-only
# What each command prints with --json is what docs/schema says, no key more: and a key that no schema has would be found.
. "$SOURCE/tests/cli/kit.inc"

schemas=$SOURCE/docs/schema
share=3
[ "$test_form" = short ] || share=1
n=0

# output SCHEMA STATUS COMMAND...: its standard output is kept, to be looked at with all others.  STATUS any: also none.
output() {
	schema=$1 want=$2
	shift 2
	n=$((n + 1))
	"$@" >"$dir/$n.json" 2>"$dir/err"
	got=$?
	name="$*"
	[ "$want" = any ] || [ $got -eq "$want" ] || fail "$name: exit status $got, expected $want: $(head -3 "$dir/err")"
	[ "$want" = any ] || [ -s "$dir/$n.json" ] || fail "$name: no output"
	echo "$schema $dir/$n.json" >>"$dir/manifest"
}

for list in $("$HYPSIM" list | cut -d' ' -f1); do
	output list/$list 0 "$HYPSIM" list $list --json
done
output list/lists 0 "$HYPSIM" list --json

output run 0 "$HYPSIM" run storm --cpus 2 --ops 500 --json --overlaps --timestamps --log "$dir/storm"
output run 0 "$HYPSIM" run lock-storm --cpus 2 --ops 500 --json --check online --log "$dir/lock"
output run 0 "$HYPSIM" run storm --cpus 2 --ops 300 --tlb --json --log "$dir/tlb"
output run 0 "$HYPSIM" run clash --cpus 2 --ops 300 --json --all --log "$dir/clash"
output run 0 "$HYPSIM" run lock-storm --ops 10 --json --check off
for when in after off; do
	output run 1 timeout 60 "$HYPSIM" run deadlock --json --check $when
done
output run 1 timeout 60 "$HYPSIM" run deadlock --stall 0.001 --check off --json
output run 1 "$HYPSIM" run bug/forgotten-unmap --ops 50 --cpus 1 --json --log "$dir/bug"

# Every row that a check can find, with what is known of it, in pages.
for log in $(every $share "$SOURCE"/tests/logs/bad/*.log); do
	case $(head -1 "$log") in
	"# expect: "[TQHR]_*) continue ;;
	esac
	require=$(sed -n 's/^# require: //p' "$log")
	only=$(sed -n '2s/^# only: //p' "$log")
	output check 1 "$HYPSIM" check --json --all ${only:+--only "$only"} ${require:+--require "$require"} "$log"
done
output check any "$HYPSIM" check --json "$dir/storm" "$dir/lock" "$dir/tlb" "$dir/clash" "$SOURCE"/tests/logs/good/*.log
"$HYPSIM" log convert "$dir/lock" - | grep -v ' close$' >"$dir/cut"
output check 0 "$HYPSIM" check --json "$dir/cut"
printf '7 0 INC_TICKET 10\n7 0 OPULX\n' >"$dir/unreadable"
output check 2 "$HYPSIM" check --json "$dir/unreadable"
output check 1 "$HYPSIM_CHECK" --json "$dir/bug"

output coverage 0 "$HYPSIM" coverage --json "$dir/storm" "$dir/clash"
output check 0 "$HYPSIM" check --json --coverage "$dir/storm"
output run any "$HYPSIM" run storm --cpus 1 --ops 100 --json --coverage

for log in storm lock tlb bug clash; do
	output log-stats 0 "$HYPSIM" log stats --json "$dir/$log"
	output log-show 0 "$HYPSIM" log show --json "$dir/$log"
	output log-locks 0 "$HYPSIM" log locks --json "$dir/$log"
	output log-locks 0 "$HYPSIM" log locks --json --by holder "$dir/$log"
	output log-waits 0 "$HYPSIM" log waits --json "$dir/$log"
	output log-order 0 "$HYPSIM" log order --json "$dir/$log"
done
for what in "page 0x411" "vm 1" "bank 0,2"; do
	output log-life 0 "$HYPSIM" log $what --json "$dir/storm"
done
for what in "" "page 0x411" "walk 0 0x411000" "get INFO:1 vm_state" "dump NPT:1"; do
	output log-at 0 "$HYPSIM" log at --json 400 $what "$dir/storm"
done
output log-diff 0 "$HYPSIM" log diff --json "$dir/storm" "$dir/storm"
output log-diff 1 "$HYPSIM" log diff --json "$dir/storm" "$dir/clash"
output log-life 0 "$HYPSIM" log cell INFO:1 vm_state --json "$dir/storm"
for log in "$SOURCE"/tests/logs/good/*.log "$SOURCE/tests/logs/bad/OUTCOME_DEADLOCK.log" "$SOURCE/tests/logs/bad/OUTCOME_STALL.log" "$SOURCE/tests/logs/bad/STUCK_CALL.log" "$SOURCE/tests/logs/bad/OUTCOME_SURPRISE.log"; do
	output log-stats 0 "$HYPSIM" log stats --json "$log"
	output log-show 0 "$HYPSIM" log show --json "$log"
	output log-locks 0 "$HYPSIM" log locks --json "$log"
	output log-waits 0 "$HYPSIM" log waits --json "$log"
	output log-order 0 "$HYPSIM" log order --json "$log"
	output fold any "$HYPSIM" fold --json "$log"
done
for log in "$SOURCE"/tests/logs/bad/[QHRT]_*.log; do
	output fold 0 "$HYPSIM" fold --json --fn relate_log --fn Q_CalLock --fn H_CalLock --fn CalTicketLock "$log"
done

for script in $(every $share "$SOURCE"/tests/findings/*.hyp) "$SOURCE"/tests/panics/*.hyp "$SOURCE/tests/hyp/every.hyp"; do
	output exec 0 "$HYPSIM" exec --json "$script"
done
printf 'check 5\nexpect 6\nget reg x0\nset ctxt 0 0 x0 7\nget_next_vmid\ndump cpu\ndump log 1\n' >"$dir/s.hyp"
output exec 1 "$HYPSIM" exec --json "$dir/s.hyp"
output exec any "$HYPSIM" exec --json --check "$SOURCE/tests/findings/smmu-page-shared.hyp"
output exec any "$HYPSIM" exec --json --check "$SOURCE/tests/hyp/every.hyp"
output exec any "$HYPSIM" exec --json --log "$dir/exec.hlog" "$SOURCE/tests/panics/boot.hyp"
output two-run 0 "$HYPSIM" two-run --json "$SOURCE/tests/two/guests.hyp"
output two-run 0 "$HYPSIM" two-run --json storm --ops 300
output explore 0 "$HYPSIM" explore abba --json
output explore 0 "$HYPSIM" explore abba --depend cells --json
output explore 0 "$HYPSIM" explore lock -o cpus=2 --grain word --json
output explore 0 "$HYPSIM" explore abba -o cpus=3 --shard 1/2 --json
output explore 0 "$HYPSIM" explore lock --jobs 2 --json
output explore 0 "$HYPSIM" explore lock --steps 2 --json
"$HYPSIM" explore split --print | grep -v 'expect verdict' >"$dir/split.hyp"
for strategy in dfs pct; do
	output explore 1 "$HYPSIM" explore "$dir/split.hyp" --strategy $strategy --executions 100 --json
done
"$HYPSIM" explore abba --save "$dir/found.json" >/dev/null
"$HYPSIM" explore split --depend cells --save "$dir/cells.json" >/dev/null
"$HYPSIM" explore split --grain word,cell --save "$dir/finer.json" >/dev/null
for found in found cells finer; do
	output replay 0 "$HYPSIM" replay --json "$dir/$found.json"
	output finding 0 cat "$dir/$found.json"
done
printf 'boot 1024\nconcurrent\ncpu 0\nregister_kvm\nexpect 2\nend\n' >"$dir/one.hyp"
"$HYPSIM" explore "$dir/one.hyp" --check off --save "$dir/one.json" >/dev/null
output replay 0 "$HYPSIM" replay --json "$dir/one.json"
"$HYPSIM" run storm --cpus 1 --ops 50 --check off --log "$dir/again.hlog" >/dev/null
output replay-log 0 "$HYPSIM" replay --json "$dir/again.hlog"
"$HYPSIM" log convert "$dir/again.hlog" "$dir/again.log"
sed '0,/next_vmid\[0\]=1>2/s//next_vmid[0]=1>3/' "$dir/again.log" >"$dir/changed.log"
output replay-log 1 "$HYPSIM" replay --json "$dir/changed.log"
output explore-pairs 0 "$HYPSIM" explore --pairs --json --errata intended --only register_kvm --only fault --only run
output explore-pairs 0 "$HYPSIM" explore --pairs --json --only decrypt_buf --only host_load
output bench 0 "$HYPSIM" bench prim --seconds 0.01 --repeat 1 --json --save "$dir/prim"
output bench-results 0 cat "$dir/prim"
output doctor any "$HYPSIM" doctor --json

expect 0 "outputs" python3 "$SOURCE/tests/schema/validate.py" "$schemas" "$dir/manifest"
says out " 0 wrong"

# refused TITLE SED FILE TEXT: of an output of schema $1 that is changed by the sed script $2 the message says $3.
refused() {
	"$HYPSIM" check --json "$dir/bug" | sed "$2" >"$dir/changed.json"
	echo "check $dir/changed.json" >"$dir/changed"
	expect 1 "$1" python3 "$SOURCE/tests/schema/validate.py" "$schemas" "$dir/changed"
	says out "$3"
}
refused "a key that nobody knows" 's/"clauses":/"more":1,"clauses":/' "'more' was unexpected"
refused "a key of a fact that nobody knows" 's/"written":null/"written":null,"by":1/' "'by' was unexpected"
refused "a key is missing" 's/"row":"HOST_ISO",//' "'row' is a required property"
refused "another type" 's/"contended":\([0-9]*\)/"contended":"\1"/' "is not of type 'integer'"
refused "an event's number that is a string" 's/"written":{"event":\([0-9]*\)/"written":{"event":"\1"/' "at /findings/"

# A schema that would take any key is no schema.
mkdir "$dir/open"
cp "$schemas"/*.json "$dir/open"
sed 's/"additionalProperties": false/"title": "open"/' "$schemas/fold.json" >"$dir/open/fold.json"
expect 1 "an open schema" python3 "$SOURCE/tests/schema/validate.py" "$dir/open" "$dir/manifest"
says out "an object that takes any key"
finish
