# SPDX-License-Identifier: GPL-2.0-only
# hypsim log diff: logs made by hand that differ in one kind each; runs, conversions and replays of one another.
. "$SOURCE/tests/cli/kit.inc"

# Two CPUs, two episodes; in the first both push the page records, CPU 0 first, and CPU 0 maps a page within its operation.
cat >"$dir/a" <<'END'
#! config {"cpus":2,"ops":["alpha","beta"]}
#! 0 episode 0
#! 1 episode 0
#! 0 begin alpha 0x1
#! 0 op map_page_host 0x200000
2 0 INC_TICKET 10
2 0 GET_NOW
2 0 HOLD_LOCK
2 0 OS2_PAGE s2_count[0x7]=0>1
#! 1 begin beta 0x5
2 1 INC_TICKET 10
2 1 GET_NOW
2 0 INC_NOW
2 1 GET_NOW
2 1 HOLD_LOCK
2 1 OS2_PAGE s2_count[0x7]=1>2
2 1 INC_NOW
#! 0 sevent map_page_host 0 0x0
#! 0 regs 0xb8 vttbr_el2 0x3
#! 1 end 0x9
#! 0 end 0x4
#! 0 memory S2PAGE 0x77
#! 0 episode 1
#! 1 episode 1
#! 0 begin beta 0x2
#! 1 begin alpha 0x3
#! 1 access own walk 3 0x10 0x0 NPT:1 2 1
#! 1 fill VM:1 0x3 0x10 NPT:1 2 1
#! 0 end
#! 1 end
END
# differs NAME STATUS SED: the log that the sed script makes of a is $dir/b.
differs() {
	sed "$3" "$dir/a" >"$dir/b"
	cmp -s "$dir/a" "$dir/b" && fail "$1: the sed script changes nothing"
	expect "$2" "$1" "$HYPSIM" log diff "$dir/a" "$dir/b"
}
# only KIND: the kind has a difference, and no other has.
only() {
	[ "$(grep -c '^[a-z]* *[0-9][0-9]* difference' "$dir/out")" = 1 ] && grep -q "^$1 *[0-9]* difference" "$dir/out" ||
		fail "$name: not only $1: $(cat "$dir/out")"
	expect 0 "$name, left out" "$HYPSIM" log diff --ignore "$1" "$dir/a" "$dir/b"
	says out "left out"
	expect 1 "$name, in JSON" "$HYPSIM" log diff --json "$dir/a" "$dir/b"
	says out '"equal":false'
}

expect 0 "a log and itself" "$HYPSIM" log diff "$dir/a" "$dir/a"
says out "A  $dir/a: 29 events, 2 episodes"
says out "operation  no difference (5 compared)"
says out "result     no difference (5 compared)"
says out "order      no difference (2 compared)"
says out "value      no difference (3 compared)"

differs "another seed" 1 '1s/{/{"seed":7,/'
says out "  seed: A 0, B 7"
only config

differs "an operation's argument" 1 's/begin alpha 0x1/begin alpha 0x2/'
prints <<END
A  $dir/a: 29 events, 2 episodes
B  $dir/b: 29 events, 2 episodes
config     no difference ($(grep -o 'config *no difference (.*' "$dir/out" | tr -dc 0-9) compared)
operation  1 difference (5 compared)
result     no difference (5 compared)
order      no difference (2 compared)
value      no difference (3 compared)
mark       no difference (3 compared)

operation: first in episode 0, CPU 0, number 0
  A  event 2, CPU 0, alpha: begin alpha 1
     CPU 0   alpha
  B  event 2, CPU 0, alpha: begin alpha 2
     CPU 0   alpha
END
only operation

differs "another operation" 1 's/begin beta 0x2/begin alpha 0x2/'
says out "operation  1 difference (5 compared)"
says out "operation: first in episode 1, CPU 0, number 0"
says out "A  event 23, CPU 0, beta: begin beta 2"
says out "B  event 23, CPU 0, alpha: begin alpha 2"
# The end of an operation that is another one says nothing.
says out "result     no difference (4 compared; not comparable: 1 of A, 1 of B)"
only operation

differs "an operation that the other log does not have" 1 '/begin beta 0x2/d; /^#! 0 end$/d'
says out "operation  1 difference (5 compared)"
says out "B  has no more: the episode ends at event 27"
only operation

differs "an operation of the hypervisor" 1 's/map_page_host 0x200000/map_page_host 0x201000/'
says out "A  event 3, CPU 0, map_page_host in alpha: map_page_host(addr=0x200000)"
says out "B  event 3, CPU 0, map_page_host in alpha: map_page_host(addr=0x201000)"
only operation

differs "a result" 1 's/end 0x9/end 0x8/'
says out "result: first in episode 0, CPU 1, number 1"
says out "A  event 18, CPU 1, beta: end 9"
says out "B  event 18, CPU 1, beta: end 8"
says out "     CPU 0   alpha"
only result

differs "a result of the hypervisor's" 1 's/sevent map_page_host 0 0x0/sevent map_page_host 0 0x6/'
only result

# Both CPUs do the same: who comes first is all that differs.
sed '/OS2_PAGE/s/^2 [01]/2 X/; /^2 [01] /{s/^2 0/2 Y/;s/^2 1/2 0/;s/^2 Y/2 1/}; /^#! . begin/d; /^#! . op/d; /sevent/d; /^#! . end/d' "$dir/a" >"$dir/swapped"
sed '0,/^2 X/s//2 1/; s/^2 X/2 0/' "$dir/swapped" >"$dir/other"
mv "$dir/a" "$dir/whole"
sed '/^#! . begin/d; /^#! . op/d; /sevent/d; /^#! . end/d' "$dir/whole" >"$dir/a"
cp "$dir/other" "$dir/b"
expect 1 "the order of a lock" "$HYPSIM" log diff "$dir/a" "$dir/b"
says out "order      2 differences (2 compared)"
says out "value      no difference (1 compared; not comparable: 2 of A, 2 of B)"
says out "order: first in episode 0, S2PAGE, number 0"
says out "A  event 4, CPU 0, -: S2PAGE HOLD_LOCK"
says out "     CPU 0   in no operation; holds S2PAGE since 4"
says out "B  event 4, CPU 1, -: S2PAGE HOLD_LOCK"
only order
mv "$dir/whole" "$dir/a"

differs "a lock that one log has once more" 1 '/^#! 1 end 0x9/i 2 1 INC_TICKET 10\n2 1 GET_NOW\n2 1 HOLD_LOCK\n2 1 INC_NOW'
says out "A  has no more: the episode ends at event 21"
says out "B  event 20, CPU 1, beta: S2PAGE HOLD_LOCK"
says out "not comparable: 0 of A, 1 of B"
only order

differs "a value" 1 's/=1>2/=1>3/'
says out "value: first in episode 0, S2PAGE, number 1"
says out "A  event 14, CPU 1, beta: S2PAGE OS2_PAGE s2_count[7]=1>2"
says out "B  event 14, CPU 1, beta: S2PAGE OS2_PAGE s2_count[7]=1>3"
says out "     CPU 0   alpha > map_page_host"
says out "     CPU 1   beta; holds S2PAGE since 13"
only value

differs "a push" 1 '/=1>2/d'
says out "B  event 14, CPU 1, beta: S2PAGE INC_NOW"
only value

differs "what an object holds at the end" 1 's/memory S2PAGE 0x77/memory S2PAGE 0x78/'
says out "A  event 20, CPU 0, -: memory S2PAGE 0x77"
only value

differs "a register" 1 's/vttbr_el2 0x3/vttbr_el2 0x4/'
says out "A  event 17, CPU 0, alpha: regs digest=0xb8 vttbr_el2=3"
only mark

differs "an access" 1 's/access own walk 3 0x10/access own walk 3 0x11/'
only mark

differs "a stuck call" 1 's/^#! 0 sevent.*/#! 0 stuck STUCK_RANGE "map_page_host"/'
says out "result     1 difference"
only result

# The second one of two differences of a kind is counted; an ignored kind is not named at all.
differs "two results" 1 's/end 0x9/end 0x8/; s/end 0x4/end 0x5/'
says out "result     2 differences"
differs "two kinds" 1 's/end 0x9/end 0x8/; s/=1>2/=1>3/'
expect 1 "one of two kinds left out" "$HYPSIM" log diff --ignore value "$dir/a" "$dir/b"
says out "result: first in"
grep -q "^value: first" "$dir/out" && fail "what is left out is shown"
expect 0 "both left out" "$HYPSIM" log diff --ignore value,result "$dir/a" "$dir/b"

# Times, looks at the word and digests are no differences; nor is the order among CPUs of what no lock orders.
differs "times" 0 's/^2 1 GET_NOW$/#! 1 time 77\n&/; 1s/{/{"timestamps":false,/'
differs "a look more" 0 '0,/^2 1 GET_NOW$/s//&\n&/'
differs "a digest" 0 's/=1>2$/& @04/'
differs "the versions that an access may have seen" 0 's/NPT:1 2 1$/NPT:1 3 0/'
differs "what no lock orders" 0 '/^#! 0 begin beta 0x2/{N;s/\(.*\)\n\(.*\)/\2\n\1/}'

differs "an episode that one log does not have" 1 '/episode 1/,$d'
says out "B  $dir/b: 21 events, 1 episode"
says out "operation: first in episode 1, CPU 0, number 0"

# Wrong use, and what cannot be read.
expect 2 "one log" "$HYPSIM" log diff "$dir/a"
says err "two logs are compared"
expect 2 "three logs" "$HYPSIM" log diff "$dir/a" "$dir/a" "$dir/a"
expect 2 "a kind that there is not" "$HYPSIM" log diff --ignore ordr "$dir/a" "$dir/a"
says err "did you mean 'order'"
expect 2 "no file" "$HYPSIM" log diff "$dir/a" "$dir/missing"
says err "missing"
expect 2 "a pipe" sh -c '"$1" log diff "$2" /dev/stdin <"$2" | cat; cat "$2" | "$1" log diff "$2" /dev/stdin' sh "$HYPSIM" "$dir/a"
says err "read twice"
{
	head -5 "$dir/a"
	echo "2 0 INC_TICKEX"
} >"$dir/b"
expect 2 "a line that is none" "$HYPSIM" log diff "$dir/a" "$dir/b"
says err "$dir/b:6"
expect 3 "a full disk" sh -c '"$1" log diff "$2" "$2" >/dev/full' sh "$HYPSIM" "$dir/a"

# A run on one CPU is the same each time; a storm is equal to itself, and to its other form.
for i in 1 2; do
	expect 0 "a run on one CPU" "$HYPSIM" run storm --cpus 1 --ops 300 --seed 5 --check off --log "$dir/one$i"
done
expect 0 "two runs of one seed" "$HYPSIM" log diff "$dir/one1" "$dir/one2"
expect 0 "another seed" "$HYPSIM" run storm --cpus 1 --ops 300 --seed 6 --check off --log "$dir/one2"
expect 1 "runs of two seeds" "$HYPSIM" log diff "$dir/one1" "$dir/one2"
says out "  seed: A 5, B 6"
expect 0 "a storm" "$HYPSIM" run storm --cpus 3 --ops 600 --check off --log "$dir/storm"
expect 0 "a storm and itself" "$HYPSIM" log diff "$dir/storm" "$dir/storm"
expect 0 "its text" "$HYPSIM" log convert "$dir/storm" "$dir/storm.log"
expect 0 "a storm and its text" "$HYPSIM" log diff "$dir/storm" "$dir/storm.log"
sed 's/^\(2 [0-9] OS2_PAGE [a-z_0-9]*\[[^]]*\]=[^>]*>\)\([0-9]*\)/\17\2/;T;:a;n;ba' "$dir/storm.log" >"$dir/changed"
cmp -s "$dir/storm.log" "$dir/changed" && fail "nothing changed"
expect 1 "a storm with another value" "$HYPSIM" log diff "$dir/storm" "$dir/changed"
says out "value: first in"
grep -q "^operation *no difference" "$dir/out" || fail "a value is an operation: $(cat "$dir/out")"
grep -q "^order *no difference" "$dir/out" || fail "a value is an order: $(cat "$dir/out")"

# Two schedules of one scope: the CPUs come to the lock in another order, and nothing else differs.
cat >"$dir/two.hyp" <<'END'
concurrent
cpu 0
acquire_lock_s2page
set_pfn_count 0x10 1
release_lock_s2page
cpu 1
acquire_lock_s2page
set_pfn_count 0x20 1
release_lock_s2page
end
get cell S2PAGE s2_count[0x10]
expect 9
END
for strategy in dfs pct; do
	expect 1 "a schedule" "$HYPSIM" explore "$dir/two.hyp" --strategy $strategy --executions 1 --no-shrink --save "$dir/$strategy"
	expect 0 "its log" "$HYPSIM" replay "$dir/$strategy" --log "$dir/$strategy.hlog"
done
cp "$dir/dfs.hlog" "$dir/a"
cp "$dir/pct.hlog" "$dir/b"
expect 1 "two steps exchanged" "$HYPSIM" log diff "$dir/a" "$dir/b"
only order
finish
