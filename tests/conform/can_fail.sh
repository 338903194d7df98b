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

# corrupt FIELD 'LINE': a record whose FIELD is wrong fails, and only there
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
corrupt H "$(sed 's/9,"H"/8,"H"/' "$dir/good")"
corrupt T "$(sed 's/"T":null/"T":[0,0,[]]/' "$dir/good")"
corrupt p "$(sed 's/"T":0/"T":1/' "$dir/good")"
start='"i":[4294967295,4294967295,[],[]],"l":"2I15 2G 2H 2D 2N"'
printf '%s\n' "{$start,\"T\":[4294967296,4294967296,[]],\"W\":[0,0,[]],\"QT\":[4294967296,0,20,\"E\",[],[]],\"p\":{}}" >"$dir/good"
want 0 ": passed 1, failed 0, skipped 0$" "$dir/good"
corrupt T "$(sed 's/"T":.4294967296/"T":[0/' "$dir/good")"
corrupt W "$(sed 's/"W":.0/"W":[4294967296/' "$dir/good")"
corrupt QT "$(sed 's/"E",/"H",/' "$dir/good")"
corrupt Q '{"l":"2I15","T":[1,0,[15]],"W":[1,0,[15]],"QT":[0,0,20,"E",[2],[15]],"Q":[0,20,"E",[2],[14]],"H":null,"p":{"H":0}}'
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
want 2 "$dir/none: No such file" "$dir/none"
want 2 "$dir: Is a directory" "$dir"
: >"$dir/empty"
want 2 "$dir/empty: no record" "$dir/empty"
want 2 usage
exit $bad
