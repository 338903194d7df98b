# SPDX-License-Identifier: GPL-2.0-only
# conform sees a wrong expectation in every field (status 1) and refuses what it cannot read (status 2).
set -u
dir=$(mktemp -d) || exit 3
trap 'rm -rf "$dir"' EXIT
data=$SOURCE/tests/data
bad=0

# want STATUS PATTERN FILE...: that status, and a line of the output that matches
want()
{
	status=$1 pattern=$2
	shift 2
	"$CONFORM" "$@" >"$dir/out" 2>&1
	got=$?
	if [ $got -ne "$status" ] || ! grep -q "$pattern" "$dir/out"; then
		echo "conform $*: wanted status $status and '$pattern', got $got and:"
		cat "$dir/out"
		bad=1
	fi
}

# corrupt PLACE 'LINE': a record whose value at PLACE (a pattern) is wrong fails, and only there
corrupt()
{
	printf '%s\n' "$2" >"$dir/one"
	want 1 "^$dir/one:1: $1: expected .*, got " "$dir/one"
	want 1 "^$dir/one: passed 0, failed 1, skipped 0$" "$dir/one"
	[ "$(grep -c ': expected ' "$dir/out")" = 1 ] || { echo "$1: more than one difference"; bad=1; }
}

# malformed PATTERN 'LINE': behind a good line
malformed()
{
	{ head -n 1 "$data/logs.jsonl"; printf '%s\n' "$2"; } >"$dir/one"
	want 2 "^conform: $dir/one:2.*$1" "$dir/one"
}

log='"l":"1W10 1U"'
printf '%s\n' "{$log,\"T\":null,\"W\":null,\"QT\":null,\"Q\":null,\"H\":[9,\"H\",1],\"p\":{\"T\":0,\"W\":0,\"QT\":0,\"Q\":0}}" >"$dir/good"
want 0 ": passed 1, failed 0, skipped 0$" "$dir/good"
corrupt 'H\[0\]' "$(sed 's/9,"H"/8,"H"/' "$dir/good")"
corrupt T "$(sed 's/"T":null/"T":[0,0,[]]/' "$dir/good")"
corrupt p.T "$(sed 's/"T":0/"T":1/' "$dir/good")"
start='"i":[4294967295,4294967295,[],[]],"l":"2I15 2G 2H 2D 2N"'
printf '%s\n' "{$start,\"T\":[4294967296,4294967296,[]],\"W\":[0,0,[]],\"QT\":[4294967296,0,20,\"E\",[],[]],\"p\":{}}" >"$dir/good"
want 0 ": passed 1, failed 0, skipped 0$" "$dir/good"
corrupt 'T\[0\]' "$(sed 's/"T":.4294967296/"T":[0/' "$dir/good")"
corrupt 'W\[0\]' "$(sed 's/"W":.0/"W":[4294967296/' "$dir/good")"
corrupt 'QT\[3\]' "$(sed 's/"E",/"H",/' "$dir/good")"
corrupt 'Q\[4\]\[0\]' '{"l":"2I15","T":[1,0,[15]],"W":[1,0,[15]],"QT":[0,0,20,"E",[2],[15]],"Q":[0,20,"E",[2],[14]],"H":null,"p":{"H":0}}'
for f in '"TW","b":2,"c":0,"t":0' '"TWW","b":2,"c":0,"t":0' '"QTW","b":2,"c":0' '"QW","b":2,"c":0'; do
	corrupt r "{\"f\":$f,\"l\":\"0I1\",\"o\":[\"\"],\"r\":\"1G\"}"
done
corrupt sum '{"f":"CW","tq":[3],"sum":8,"wt":161}'
corrupt wt '{"f":"CW","tq":[3],"sum":7,"wt":160}'
corrupt v '{"f":"DN","s":0,"o":5,"h":"G","tq":[10],"v":46}'

# One wrong value in the middle of a file: the others still pass, and a later good file does not hide it.
lines=$(wc -l <"$data/waits.jsonl")
sed '/"f":"CW"/{s/"sum":\([0-9]*\)/"sum":1\1/;}' "$data/waits.jsonl" >"$dir/many"
wrong=$(grep -c '"f":"CW"' "$dir/many")
want 1 "^$dir/many: passed $((lines - wrong)), failed $wrong, skipped 0$" "$dir/many" "$data/waits.jsonl"
want 1 "^$data/waits.jsonl: passed $lines, failed 0, skipped 0$" "$dir/many" "$data/waits.jsonl"
[ "$(grep -c ': expected ' "$dir/out")" = 5 ] || { echo "not the first five differences"; bad=1; }

# program START CALLS RESULTS CHANGES: the line of a record
program()
{
	printf '{"s":{"seed":1,"cpu":2%s},"c":[%s],"r":[%s],"e":{%s}}\n' "$@"
}

# changes PLACE START CALLS RESULTS CHANGES WRONG: the record passes; with WRONG changes, or with none, it fails there
changes()
{
	program "$2" "$3" "$4" "$5" >"$dir/good"
	want 0 ": passed 1, failed 0, skipped 0$" "$dir/good"
	corrupt "e.$1" "$(program "$2" "$3" "$4" "$6")"
	corrupt 'e\..*' "$(program "$2" "$3" "$4" '')"
}

changes halt '' '["panic"]' true '"halt":1' '"halt":0'
changes bars '' '["barrier"]' true '"bars":"B"' '"bars":"N"'
changes vm ',"vm":3,"vc":2' '["set_per_cpu",16,5]' true '"vm":16' '"vm":15'
changes vc ',"vm":16,"vc":5' '["set_per_cpu",16,5]' true '"vc":2' '"vc":5'
changes dl.3 ',"dl":{"3":9}' '["get_int_pc",3,0]' 3414138340714449104 '"dl":{"3":10}' '"dl":{"3":9}'
changes cdl.3 '' '["get_vm_fault_addr",3,0]' 18390227625750457475 '"cdl":{"3":1}' '"cdl":{"3":2}'
changes sh.9.dirty '' '["set_shadow_dirty_bit",1,1,77]' true '"sh":{"9":{"dirty":77}}' '"sh":{"9":{"dirty":78}}'
changes rg.cptr_el2 '' '["activate_traps"]' true \
	'"rg":{"pmuselr_el0":0,"pmuserenr_el0":4,"mdcr_el2":5,"cptr_el2":6}' \
	'"rg":{"pmuselr_el0":0,"pmuserenr_el0":4,"mdcr_el2":5,"cptr_el2":7}'
changes 'core\[0\]' ',"lock":{"1":"T"}' '["set_next_vmid",4]' true '"core":[4,0]' '"core":[5,0]'
changes 's2.7\[1\]' ',"lock":{"2":"T"}' '["set_s2_page_count",7,3]' true '"s2":{"7":[0,3,0]}' '"s2":{"7":[0,4,0]}'
changes spt.v.65536 ',"lock":{"3":"T"}' '["smmu_pt_store",65536,5]' true '"spt":{"v":{"65536":5}}' '"spt":{"v":{"65536":6}}'
changes smmu.9 ',"lock":{"4":"T"}' '["set_smmu_cfg_vmid",1,1,9]' true '"smmu":{"9":9}' '"smmu":{"9":8}'
changes 'npt.2.n\[1\]' ',"lock":{"7":"T"}' '["set_pud_next",2,44]' true '"npt":{"2":{"n":[0,44,0]}}' '"npt":{"2":{"n":[0,4,0]}}'
changes vmi.1.vs.3 ',"lock":{"23":"T"}' '["set_vcpu_state",1,3,2]' true '"vmi":{"1":{"vs":{"3":2}}}' '"vmi":{"1":{"vs":{"3":1}}}'
clear=',"ts":1,"fm":{"9":5}' event='"log":{"0":[["2F",{}]]}'
changes fm.9 "$clear" '["clear_phys_page",9]' true "\"fm\":{\"9\":0},$event" "\"fm\":{\"9\":5},$event"
release=',"ts":0,"lock":{"0":"T"},"log":{"0":["2W10","2P0"]},"core":[9,18446744073709551615]'
own='"lock":{"0":"O"}' push='"log":{"0":[["2D",[9,18446744073709551615]]]}'
changes ts "$release" '["release_shared_core"]' true "\"ts\":1,$own,$push" "\"ts\":0,$own,$push"
changes lock.0 "$release" '["release_shared_core"]' true "\"ts\":1,$own,$push" "\"ts\":1,\"lock\":{\"0\":\"F\"},$push"
changes 'log.0\[0\]\[1\]\[1\]' "$release" '["release_shared_core"]' true "\"ts\":1,$own,$push" \
	"\"ts\":1,$own,\"log\":{\"0\":[[\"2D\",[9,18446744073709551614]]]}"
changes 'log.2\[1\]' '' '["wait_qlock_spec",2]' true '"lock":{"2":"O"},"log":{"2":["2I10","2G","2H"]}' \
	'"lock":{"2":"O"},"log":{"2":["2I10","2H","2H"]}'

# A program's results: a value, a success and a stuck call, each taken for another; the call and its rule are named.
calls='["get_cur_vmid"],["barrier"],["barrier"]'
program ',"vm":7' "$calls" '7,true,null' '"bars":"B"' >"$dir/good"
want 0 ": passed 1, failed 0, skipped 0$" "$dir/good"
corrupt 'r\[0\]' "$(program ',"vm":7' "$calls" '8,true,null' '"bars":"B"')"
corrupt 'r\[1\]' "$(program ',"vm":7' "$calls" '7,null,null' '"bars":"B"')"
corrupt 'r\[2\]' "$(program ',"vm":7' "$calls" '7,true,true' '"bars":"B"')"
grep -q '^  call 2: \["barrier"\], stuck by STUCK_BARRIER$' "$dir/out" || { echo "the call is not named"; bad=1; }
corrupt 'r\[3\]' "$(program ',"vm":7' "$calls" '7,true,null,null' '"bars":"B"')"

# Each helper of specx.jsonl: the last number of its line with a digit more.
for f in $(sed -n 's/^{"f":"\([a-z0-9_]*\)".*/\1/p' "$data/specx.jsonl" | sort -u); do
	grep "^{\"f\":\"$f\".*\"\(d\|ds\)\":{\"\|^{\"f\":\"$f\".*\"[rv]\":" "$data/specx.jsonl" | head -n 1 >"$dir/good"
	want 0 ": passed 1, failed 0, skipped 0$" "$dir/good"
	corrupt '[drv].*' "$(sed 's/[0-9]\{1,\}[^0-9]*$/1&/' "$dir/good")"
done

# What the simulator leaves out is skipped for a reason, and not often; what is stuck in both is not skipped.
odd=$(program ',"lock":{"3":"T"}' '["smmu_pt_load",65537]' 0 '')
big=$(program ',"vmi":{"1":{"k":18446744073709551616}}' '["panic"]' true '"halt":1')
both=$(program ',"lock":{"7":"T"},"ts":1' '["pt_store",2,79691777,0]' null '')
printf '%s\n' "$odd" >"$dir/one"
want 1 "^$dir/one: skipped 1: an address that is not a multiple of 8$" "$dir/one"
want 1 "^$dir/one: more than 1 % is skipped$" "$dir/one"
printf '%s\n' "$big" >"$dir/one"
want 1 "^$dir/one: skipped 1: a value beyond 64 bits$" "$dir/one"
printf '%s\n' "$both" >"$dir/one"
want 0 "^$dir/one: passed 1, failed 0, skipped 0$" "$dir/one"
for i in 1 2; do head -n 99 "$data/specx.jsonl"; done >"$dir/many"
printf '%s\n%s\n' "$odd" "$big" >>"$dir/many"
want 0 "^$dir/many: passed 198, failed 0, skipped 2$" "$dir/many"
want 0 "^$dir/many: skipped 1: an address that is not a multiple of 8$" "$dir/many"
printf '%s\n' "$odd" >>"$dir/many"
want 1 "^$dir/many: more than 1 % is skipped$" "$dir/many"

malformed '' 'not json'
malformed '' ''
malformed 'unknown kind of record' '{"x":1}'
malformed 'unknown kind of record' '[1]'
malformed 'unknown kind of record' '{"f":"XW","tq":[]}'
malformed 'unknown key "zz"' '{"f":"CW","tq":[3],"sum":7,"wt":161,"zz":1}'
malformed 'a key is missing' '{"f":"CW","tq":[3],"sum":7}'
malformed 'duplicate' '{"f":"CW","tq":[3],"tq":[3],"sum":7,"wt":161}'
malformed 'l: token 2: expected .* found "1X"' '{"l":"1I3 1X","T":0,"W":0,"QT":0,"Q":0,"H":0,"p":{}}'
malformed 'l: token 1: ' '{"l":"64G","T":0,"W":0,"QT":0,"Q":0,"H":0,"p":{}}'
malformed 'l: token 1: ' '{"l":"1I","T":0,"W":0,"QT":0,"Q":0,"H":0,"p":{}}'
malformed 'l: token 2: ' '{"l":"1G ","T":0,"W":0,"QT":0,"Q":0,"H":0,"p":{}}'
malformed 'l: expected a log' '{"l":1,"T":0,"W":0,"QT":0,"Q":0,"H":0,"p":{}}'
malformed 'i: expected' '{"i":[1,1,[3],[]],"l":"","T":0,"W":0,"QT":0,"p":{}}'
malformed 'h: expected' '{"f":"DN","s":0,"o":5,"h":"X","tq":[10],"v":45}'
malformed 'tq: expected a number' '{"f":"CW","tq":[-1],"sum":7,"wt":161}'
malformed ':44: ' '{"f":"CW","tq":[18446744073709551615],"sum",7}'
malformed 's: unknown key "zz"' "$(program ',"zz":1' '["panic"]' '' '')"
malformed 's: expected an object' '{"s":1,"c":[],"r":[],"e":{}}'
malformed 'seed: expected a number' '{"s":{"cpu":0},"c":[],"r":[],"e":{}}'
malformed 'cpu: expected a number 0..7' '{"s":{"seed":0,"cpu":8},"c":[],"r":[],"e":{}}'
malformed 'bars: expected one of the letters VNB' "$(program ',"bars":"X"' '' '' '')"
malformed 'halt: expected a number 0..1' "$(program ',"halt":2' '' '' '')"
malformed 'ts: expected a number 0..1' "$(program ',"ts":"0"' '' '' '')"
malformed 'vm: expected a number 0..16' "$(program ',"vm":17' '' '' '')"
malformed 'vc: expected a number 0..7' "$(program ',"vc":8' '' '' '')"
malformed 'lock: expected an index 0..63, found "64"' "$(program ',"lock":{"64":"F"}' '' '' '')"
malformed 'lock: expected one of the letters FOT' "$(program ',"lock":{"1":"FO"}' '' '' '')"
malformed 'log: expected an array' "$(program ',"log":{"1":"1G"}' '' '' '')"
malformed 'log: .*with a payload if it is a push' "$(program ',"log":{"1":["1M"]}' '' '' '')"
malformed 'log: .*with a payload if it is a push' "$(program ',"log":{"1":[["1G",{}]]}' '' '' '')"
malformed 'orc: expected an array of answers' "$(program ',"orc":{"1":1}' '' '' '')"
malformed 'orc: expected arrays of events' "$(program ',"orc":{"1":["1G"]}' '' '' '')"
malformed 'orc: token 1: ' "$(program ',"orc":{"1":[["1Z"]]}' '' '' '')"
malformed 'ONPT: unknown part "zz"' "$(program ',"npt":{"1":{"zz":1}}' '' '' '')"
malformed 'npt: expected an index 0..16' "$(program ',"npt":{"17":{}}' '' '' '')"
malformed 'n: expected 3 numbers' "$(program ',"npt":{"1":{"n":[1,2]}}' '' '' '')"
malformed 'v: expected an object' "$(program ',"spt":{"v":[]}' '' '' '')"
malformed 'OS2_PAGE: expected 3 numbers' "$(program ',"s2":{"1":5}' '' '' '')"
malformed 'OS2_PAGE: expected an index .*found "01"' "$(program ',"s2":{"01":[1,2,3]}' '' '' '')"
malformed 'OCORE_DATA: expected 2 numbers' "$(program ',"core":[1]' '' '' '')"
malformed 'k: expected a number' "$(program ',"vmi":{"1":{"k":-1}}' '' '' '')"
malformed 'c: unknown call "zz"' "$(program '' '["zz"]' '' '')"
malformed 'c: unknown call' "$(program '' '7' '' '')"
malformed 'c: check: expected 1 arguments' "$(program '' '["check"]' '' '')"
malformed 'check: expected a number 0..4294967295' "$(program '' '["check",4294967296]' '' '')"
malformed 'c: expected a shared event' "$(program '' '["release_shared",["G",1],1]' '' '')"
malformed 'c: expected a shared event' "$(program '' '["release_shared","P1",1]' '' '')"
malformed 'OSMMU: expected an object' "$(program '' '["release_shared",["M",1],1]' '' '')"
malformed 'seed: expected' '{"f":"vm_to_core_specx","seed":-1,"d":{}}'
malformed 'index: expected' '{"f":"get_shadow_ctxt_specx","seed":1,"index":"1","v":1}'
malformed 'no frames from 0 on' '{"f":"sync_from_doracle","seed":1,"n":0,"vmid":1,"pfn":0,"logn":0,"r":[]}'
malformed 'addr: expected the address of an entry' '{"f":"smmu_pt_clear_loop","n":1,"addr":65537,"r":[]}'
malformed 'a key is missing' '{"f":"vm_el2_restore_state_specx","seed":1,"d":{}}'
want 2 "$dir/none: No such file" "$dir/none"
want 2 "$dir: Is a directory" "$dir"
: >"$dir/empty"
want 2 "$dir/empty: no record" "$dir/empty"
want 2 usage
want 0 'Exit status: 0 all as said' --help
want 2 usage --erratum all=intended
want 2 "expected ID=published" --erratum all "$data/specx.jsonl"
# conform_judged: a file of which nothing is judged, and one that cannot be read.
printf '{\n' >"$dir/bad"
for row in "$data/waits.jsonl:0 judged by refinement" "$dir/none:none: No such file" "$dir/bad:bad:1:"; do
	file=${row%%:*}
	"$CONFORM_JUDGED" "$file" >"$dir/out" 2>&1
	got=$?
	grep -q "${row#*:}" "$dir/out" || { echo "conform_judged $file: $(cat "$dir/out")"; bad=1; }
	[ $got -ne 0 ] || { echo "conform_judged $file: status 0"; bad=1; }
done
exit $bad
