# SPDX-License-Identifier: GPL-2.0-only
# hypsim fold: its output byte for byte, its options, its exit statuses.
set -u
dir=$(mktemp -d) || exit 3
trap 'rm -rf "$dir"' EXIT
bad=0

# same NAME: what is in $dir/want is what is in $dir/got
same()
{
	diff -u "$dir/want" "$dir/got" || { echo "$1: differs"; bad=1; }
}

# fold ARG...: status 0 and nothing on standard error; the output is in $dir/got
fold()
{
	"$HYPSIM" fold "$@" >"$dir/got" 2>"$dir/err"
	got=$?
	if [ $got -ne 0 ] || [ -s "$dir/err" ]; then
		echo "fold $*: status $got"
		cat "$dir/err"
		bad=1
	fi
}

# refused PATTERN ARG...: status 2, nothing on standard output, a message that matches
refused()
{
	pattern=$1
	shift
	"$HYPSIM" fold "$@" >"$dir/got" 2>"$dir/err"
	got=$?
	if [ $got -ne 2 ] || [ -s "$dir/got" ] || ! grep -q -- "$pattern" "$dir/err"; then
		echo "fold $*: wanted status 2 and '$pattern', got $got and:"
		cat "$dir/got" "$dir/err"
		bad=1
	fi
}

cat >"$dir/a.log" <<'EOF'
7 0 INC_TICKET 10
7 0 GET_NOW
7 0 HOLD_LOCK
7 0 OPULL 7
7 0 ONPT
7 0 INC_NOW
EOF
cat >"$dir/want" <<'EOF'
{"lock":7,"events":6,"CalTicketLock":{"ticket":1,"now":1,"queue":[]},"CalTicketLockWraparound":{"ticket":1,"now":1,"queue":[]},"Q_CalTicketLock":{"now":1,"self":0,"other":20,"status":"LEMPTY","queue":[],"bounds":[]},"Q_CalLock":{"self":0,"other":20,"status":"LEMPTY","queue":[],"bounds":[]},"H_CalLock":null,"H_CalLock_none":{"at":0,"event":"INC_TICKET 10","cpu":0,"rule":"H_NOT_HIGH"}}
EOF
fold --json "$dir/a.log"
same "one lock"
"$HYPSIM" fold --json - <"$dir/a.log" >"$dir/got"
same "standard input"

# Two locks interleaved: order of first appearance, `at` counts the lock's own events, both ends of the numbers.
cat >"$dir/b.log" <<'EOF'
18446744073709551615 3 WAIT_LOCK 4294967295
7 0 INC_TICKET 10
18446744073709551615 3 OPULL 4294967295
7 63 INC_TICKET 4294967295
18446744073709551615 2 REL_LOCK
7 0 GET_NOW
18446744073709551615 2 REL_LOCK
EOF
cat >"$dir/want" <<'EOF'
{"lock":"0xffffffffffffffff","events":4,"Q_CalLock":null,"Q_CalLock_none":{"at":0,"event":"WAIT_LOCK 4294967295","cpu":3,"rule":"Q_EMPTY"},"H_CalLock":null,"H_CalLock_none":{"at":2,"event":"REL_LOCK","cpu":2,"rule":"H_REL_NOT_HELD"}}
{"lock":7,"events":3,"Q_CalLock":{"self":10,"other":20,"status":"LGET","queue":[0,63],"bounds":[10,4294967295]},"H_CalLock":null,"H_CalLock_none":{"at":0,"event":"INC_TICKET 10","cpu":0,"rule":"H_NOT_HIGH"}}
EOF
fold --json --fn H_CalLock --fn Q_CalLock "$dir/b.log"
same "two locks"
cat >"$dir/want" <<'EOF'
lock 18446744073709551615: 4 events
  Q_CalLock                None at event 0, WAIT_LOCK 4294967295 by CPU 3: Q_EMPTY
                             the queue is empty: only INC_TICKET may come
                             before: self 0, other 20, status LEMPTY, queue [], bounds []
  H_CalLock                None at event 2, REL_LOCK by CPU 2: H_REL_NOT_HELD
                             REL_LOCK by a CPU that is not the owner
                             before: self 4294967294, status LHOLD, holder 3
lock 7: 3 events
  Q_CalLock                self 10, other 20, status LGET, queue [0 63], bounds [10 4294967295]
  H_CalLock                None at event 0, INC_TICKET 10 by CPU 0: H_NOT_HIGH
                             INC_TICKET, GET_NOW, HOLD_LOCK, INC_NOW or CAS_TICKET in a high-level log
                             before: self 0, status LEMPTY, holder none
EOF
fold -f Q_CalLock -f H_CalLock "$dir/b.log"
same "for people"

# Each function alone.
while read -r fn result; do
	printf '{"lock":7,"events":6,"%s":%s}\n' "$fn" "$result" >"$dir/want"
	fold --json --fn "$fn" "$dir/a.log"
	same "$fn"
done <<'EOF'
CalTicketLock {"ticket":1,"now":1,"queue":[]}
CalTicketLockWraparound {"ticket":1,"now":1,"queue":[]}
Q_CalTicketLock {"now":1,"self":0,"other":20,"status":"LEMPTY","queue":[],"bounds":[]}
Q_CalLock {"self":0,"other":20,"status":"LEMPTY","queue":[],"bounds":[]}
H_CalLock null,"H_CalLock_none":{"at":0,"event":"INC_TICKET 10","cpu":0,"rule":"H_NOT_HIGH"}
relate_log {"log":["0 WAIT_LOCK 10","0 OPULL 7","0 ONPT","0 REL_LOCK"],"bounds":[]}
EOF

# initial T,N FN RESULT: of a.log
initial()
{
	printf '{"lock":7,"events":6,"%s":%s}\n' "$2" "$3" >"$dir/want"
	fold --json --initial "$1" --fn "$2" "$dir/a.log"
	same "$1 $2"
}
initial 4294967295,4294967294 CalTicketLock '{"ticket":4294967296,"now":4294967295,"queue":[]}'
initial 4294967295,4294967295 CalTicketLockWraparound '{"ticket":0,"now":0,"queue":[]}'
initial 4294967298,8589934600 CalTicketLockWraparound '{"ticket":3,"now":9,"queue":[]}'
initial 5,4294967295 Q_CalTicketLock \
	'{"now":4294967296,"self":0,"other":20,"status":"LEMPTY","queue":[],"bounds":[]}'
initial 18446744073709551614,9223372036854775807 CalTicketLock \
	'{"ticket":"0xffffffffffffffff","now":"0x8000000000000000","queue":[]}'

# With a fairness of 1 the second look of another CPU is one too many.
printf '1 0 INC_TICKET 1\n1 1 GET_NOW\n1 1 GET_NOW\n' >"$dir/c.log"
echo '{"lock":1,"events":3,"Q_CalLock":null,"Q_CalLock_none":{"at":2,"event":"GET_NOW","cpu":1,"rule":"Q_LOOK_UNFAIR"}}' >"$dir/want"
fold --json --fairness 1 --fn Q_CalLock "$dir/c.log"
same fairness

# More events than a batch, more bounds than a first ring, many locks.
awk 'BEGIN { for (i = 0; i < 700; i++) print 5, i % 64, "INC_TICKET", i
	for (i = 0; i < 3000; i++) print 100 + i, 1, "WAIT_LOCK", i }' >"$dir/big.log"
fold --json --fn CalTicketLock "$dir/big.log"
awk 'BEGIN { printf "{\"lock\":5,\"events\":700,\"CalTicketLock\":{\"ticket\":700,\"now\":0,\"queue\":["
	for (i = 0; i < 700; i++) printf "%s%d", i ? "," : "", i
	print "]}}" }' >"$dir/want"
sed -n 1p "$dir/got" >"$dir/first"
cmp -s "$dir/first" "$dir/want" || { echo "big: the queue is wrong"; bad=1; }
[ "$(wc -l <"$dir/got")" -eq 3001 ] || { echo "big: not 3001 results"; bad=1; }
[ "$(sed -n '3001s/,"events.*//p' "$dir/got")" = '{"lock":3099' ] || { echo "big: order"; bad=1; }

refused 'FILE is missing'
refused 'one FILE, found "b"' a b
refused 'unknown function "CalLock"' --fn CalLock "$dir/a.log"
refused 'unrecognized option' --frob "$dir/a.log"
for wrong in 1 1, ,1 1,2,3 x,1 1,-1 18446744073709551616,0 ' 1,1'; do
	refused "--initial: expected T,N.*\"$wrong\"" --initial "$wrong" "$dir/a.log"
done
refused '--fairness: expected a number' --fairness 4294967296 "$dir/a.log"
fold --help
grep -q -- '--initial' "$dir/got" || { echo "--help: does not name --initial"; bad=1; }

# A malformed line after good ones: no half of a result.
{ cat "$dir/a.log"; echo '7 0 NOPE'; } >"$dir/d.log"
refused "^hypsim fold: $dir/d.log:7:5: expected an event" --json "$dir/d.log"

# A closed pipe ends quietly.
{ "$HYPSIM" fold --json "$dir/big.log" 2>"$dir/err"; echo $? >"$dir/status"; } | head -n 1 >"$dir/got"
[ "$(wc -l <"$dir/got")" -eq 1 ] || { echo "closed pipe: no first line"; bad=1; }
[ "$(cat "$dir/status")" = 0 ] || { echo "closed pipe: status $(cat "$dir/status")"; bad=1; }
[ ! -s "$dir/err" ] || { echo "closed pipe: not quiet"; cat "$dir/err"; bad=1; }

# A full disk is the host's failure.
if [ -w /dev/full ]; then
	for log in a big; do
		"$HYPSIM" fold "$dir/$log.log" >/dev/full 2>"$dir/err"
		got=$?
		if [ $got -ne 3 ] || ! grep -q 'No space left' "$dir/err"; then
			echo "/dev/full: status $got"
			bad=1
		fi
	done
fi
exit $bad
