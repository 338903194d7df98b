# SPDX-License-Identifier: GPL-2.0-only
# What a log of a free run has is executed again, in its orders: a log of every scenario of the hypervisor, published and intended, has what
# comes of it; a log of which one value was altered is told, with both sides; one that is cut is executed up to the cut.
. "$SOURCE/tests/cli/kit.inc"

if [ "$test_form" = full ]; then
	ops=1000 seeds="1 2 3"
else
	ops=30 seeds=1
fi

# recorded FILE ARGS...: the log of a run.  What the judge would say of it is no matter here, nor that a call was stuck.
recorded() {
	file=$1
	shift
	"$HYPSIM" run --check off --force --log "$file" "$@" >"$dir/run.out" 2>&1
	[ $? -le 1 ] || fail "hypsim run $*: $(cat "$dir/run.out")"
}

# The scenarios that boot a machine are those whose CPUs choose what may be illegal.
scenarios=$("$HYPSIM" list scenarios | awk '/^[a-z]/ { name = $1 } / -o illegal=/ { print name }')
[ "$(echo "$scenarios" | wc -w)" -ge 11 ] || fail "scenarios of the hypervisor: $scenarios"

for scenario in $scenarios; do
	for cpus in 2 4; do
		for errata in default intended; do
			for seed in $seeds; do
				recorded "$dir/log" "$scenario" --cpus $cpus --ops $ops --seed "$seed" --errata $errata
				expect 0 "$scenario, $cpus CPUs, $errata, seed $seed" "$HYPSIM" replay "$dir/log"
				says out "no difference"
				[ "$test_form" = full ] && [ "$failures" -gt 0 ] && cp "$dir/log" "$BUILD/replay_log.failed"
			done
		done
	done
done

# Where hosts, guests and devices meet, accesses read what a section is changing: each is placed where it finds what the log says.
for errata in default intended; do
	recorded "$dir/log" clash --cpus 4 --ops 800 --errata $errata
	expect 0 "accesses in sections, $errata" "$HYPSIM" replay --json "$dir/log"
	says out '"unplaced":0'
	says out '"difference":null'
	cat "$dir/out" >>"$dir/raced"
done
grep -qv '"raced":0,' "$dir/raced" || fail "no access of 1600 operations of each of four CPUs read in a section"

# Values that nobody chose stand in the log, and so they come again.
for errata in default intended; do
	recorded "$dir/log" clash --cpus 4 --ops $ops --random-outside 10 --errata $errata
	expect 0 "random values, $errata" "$HYPSIM" replay "$dir/log"
	recorded "$dir/log" storm --cpus 4 --ops $ops --random-outside 10 --errata $errata
	expect 0 "random values in storm, $errata" "$HYPSIM" replay "$dir/log"
done

# The text is as good, and one episode of it.  One CPU's log is always the same.
recorded "$dir/log" share-race --cpus 1 --ops 200 --seed 5
"$HYPSIM" log convert "$dir/log" "$dir/text" || fail "log convert"
expect 0 "a text" "$HYPSIM" replay "$dir/text"
says out "no difference"
expect 0 "an episode" "$HYPSIM" replay "$dir/text" --episode 0
says out "1 episode executed again"
expect 2 "no such episode" "$HYPSIM" replay "$dir/text" --episode 999
says err "the log has no episode 999"
expect 0 "json" "$HYPSIM" replay "$dir/text" --json
says out '"difference":null'

# altered NAME PATTERN: of the last number of the first line that has PATTERN, one bit of one digit is another.
altered() {
	awk -v pattern="$2" '
		BEGIN { split("1 0 3 2 5 4 7 6 9 8 b a d c f e", other, " ") }
		!done && $0 ~ pattern && match($0, /[0-9a-f]$/) {
			at = index("0123456789abcdef", substr($0, RSTART))
			$0 = substr($0, 1, RSTART - 1) other[at]
			done = 1
			print $0 > "/dev/stderr"
		}
		{ print }' "$dir/text" >"$dir/altered" 2>"$dir/line"
	[ -s "$dir/line" ] || fail "$1: there is no line to be altered"
	expect 1 "altered: $1" "$HYPSIM" replay "$dir/altered"
	says out "DIFFERENCE in episode"
	says out "  the log:    $(cat "$dir/line")"
	says out "  the replay: "
}

# Results, contents, registers, values: one of each kind.
altered "what an operation gives" "^#! 0 sevent [a-z_0-9]* 0 0x"
altered "a digest of a push" "^5 0 ONPT .* @"
altered "a digest of a pull" "^[0-9]* 0 OPULL"
altered "a register" "^#! 0 regs 0x.* x"
altered "what memory holds" "^#! 0 memory S2PAGE"
altered "a frame" "^0 0 OFLATMEM .* @"
altered "who goes on" "^#! 0 leave 0"

# changed NAME TEXT SED: the first line of a kind, changed; what is told has TEXT.
changed() {
	name=$1
	sed "$3" "$dir/text" >"$dir/altered"
	cmp -s "$dir/text" "$dir/altered" && fail "$1: nothing was changed"
	expect 1 "changed: $1" "$HYPSIM" replay "$dir/altered"
	says out "$2"
}

changed "a cell" "OCORE_DATA" '0,/next_vmid\[0\]=1>2/s//next_vmid[0]=1>3/'
changed "a verdict about an image" "DIFFERENCE" '0,/^\(#! 0 outside verify_image .*\) 1$/s//\1 0/'
changed "a value that the core takes" "DIFFERENCE" '0,/^\(#! 0 outside core .*\) 0$/s//\1 9/'
changed "a hypercall's argument" "DIFFERENCE" '0,/^#! 0 enter hvc 0x18/s//#! 0 enter hvc 0x19/'
changed "how an access ends" "access shared" '0,/^#! 0 access own/s//#! 0 access shared/'

expect 1 "json of a difference" "$HYPSIM" replay --json "$dir/altered"
says out '"difference":{"episode":'

# Cut anywhere, it is executed up to there.
lines=$(wc -l <"$dir/text")
for i in 1 4 5 9; do
	head -n $((lines * i / 11)) "$dir/text" >"$dir/cut"
	expect 0 "cut at line $((lines * i / 11))" "$HYPSIM" replay "$dir/cut"
	says out "the log is cut, and was executed up to the cut"
done

# A run that is killed.
"$HYPSIM" run clash --cpus 4 --duration 60 --check off --log "$dir/killed" >"$dir/run.out" 2>&1 &
pid=$!
while kill -0 $pid 2>/dev/null; do
	[ -f "$dir/killed" ] && [ "$(wc -c <"$dir/killed")" -ge 2000000 ] && break
	sleep 0.05
done
kill -KILL $pid
wait $pid 2>/dev/null
expect 0 "a run that was killed" "$HYPSIM" replay "$dir/killed" --episode 0
says out "no difference"

# What cannot be executed again is an error that names the place.
recorded "$dir/log" lock-storm --cpus 2 --ops 10
expect 2 "a log without entries" "$HYPSIM" replay "$dir/log"
says err "is no part of an entry of the core"
recorded "$dir/log" storm --cpus 2 --ops 10 --tlb
expect 2 "translation buffers" "$HYPSIM" replay "$dir/log"
says err "the CPUs have translation buffers"
head -c 5000 "$dir/log" >"$dir/short"
expect 2 "a damaged file" "$HYPSIM" replay "$dir/short"
printf '0 0 nonsense\n' >"$dir/short"
expect 2 "no log" "$HYPSIM" replay "$dir/short"
expect 2 "a log with options of a schedule" "$HYPSIM" replay --tolerant "$dir/text"
says err "--tolerant does not go with a log of hypsim run, with which --episode and --json go only"
expect 2 "an episode of a schedule" "$HYPSIM" replay --episode 1 hyp1.AAAA
says err "--episode does not go with a schedule"

finish
