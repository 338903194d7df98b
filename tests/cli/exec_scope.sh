# SPDX-License-Identifier: GPL-2.0-only
# hypsim exec of a scope: concurrent ... end is made CPU by CPU, with each CPU's own values from outside; what may stand there,
# and what may not; JSON, logs, a prompt.
. "$SOURCE/tests/cli/kit.inc"

# CPU 0 makes its calls, then CPU 1, in whatever order their lines stand; what comes behind is CPU 0's.
cat >"$dir/a.hyp" <<'E1'
depend tickets
boot 1024
cpu 3
hvc HVC_REGISTER_KVM
expect ok
concurrent
cpu 1
gen_vmid
expect 3
cpu 0
gen_vmid
expect 2
cpu 1
gen_vmid
expect ok
expect 4
end
gen_vmid
expect 5
get cell CORE next_vmid[0]
expect 6
expect verdict clean
expect classes 3
E1
expect 0 "CPU by CPU" "$HYPSIM" exec "$dir/a.hyp"
printf '%s\n' 'hvc(HVC_REGISTER_KVM) = ok' 'gen_vmid() = 2' 'gen_vmid() = 3' 'gen_vmid() = 4' 'gen_vmid() = 5' \
	'cell CORE next_vmid[0] = 6' >"$dir/want"
cmp "$dir/out" "$dir/want" || fail "CPU by CPU: not these lines"
expect 0 "JSON" "$HYPSIM" exec --json "$dir/a.hyp"
printf '%s\n' '{"line":4,"cpu":3,"call":"hvc","args":["0x18"],"outcome":"ok"}' \
	'{"line":11,"cpu":0,"call":"gen_vmid","args":[],"outcome":"ok","value":"0x2"}' \
	'{"line":8,"cpu":1,"call":"gen_vmid","args":[],"outcome":"ok","value":"0x3"}' \
	'{"line":14,"cpu":1,"call":"gen_vmid","args":[],"outcome":"ok","value":"0x4"}' \
	'{"line":18,"cpu":0,"call":"gen_vmid","args":[],"outcome":"ok","value":"0x5"}' \
	'{"line":20,"cpu":0,"get":"cell CORE next_vmid[0]","value":"0x6"}' >"$dir/want"
cmp "$dir/out" "$dir/want" || fail "JSON: not these lines"

# An expectation that fails is told with its line, and the rest is made.
sed 's/^expect [34]$/expect 9/; s/^expect 6$/expect 7/' "$dir/a.hyp" >"$dir/f.hyp"
expect 1 "failing" "$HYPSIM" exec "$dir/f.hyp"
says out "f.hyp:9: expected 9, got 3"
says out "f.hyp:16: expected 9, got 4"
says out "f.hyp:21: expected 7, got 6"
[ "$(grep -c expected "$dir/out")" -eq 3 ] || fail "failing: not three"
expect 1 "failing in JSON" "$HYPSIM" exec --json "$dir/f.hyp"
says out '{"line":16,"expect":"9","got":"4"}'
# What the search must come to is not judged here.
printf 'concurrent\nend\nexpect verdict deadlock,HOST_ISO\nexpect classes 77\n' >"$dir/p.hyp"
expect 0 "expected of the search" "$HYPSIM" exec "$dir/p.hyp"
[ -s "$dir/out" ] && fail "expected of the search: it prints something"

# A CPU is fed for itself, in the order of its program; what it does not take, no other CPU gets.  Behind its own values come
# those that were fed by number, then the oracle's.
cat >"$dir/feed.hyp" <<'E1'
feed data 1 70 71 72 73 74 75
concurrent
cpu 1
feed data 1 10
get_int_pc 1 0
expect 10
get_int_pc 1 0
expect 73
cpu 0
get_int_pc 1 0
expect 70
feed data 1 1 2
get_int_pc 1 0
expect 1
feed data 1 3 4
cpu 2
get_int_pc 1 0
expect 74
end
get_int_pc 1 0
expect 75
get data_log 1
expect 6
E1
expect 0 "feed" "$HYPSIM" exec "$dir/feed.hyp"

# The values of a run are there for that run alone; what it does not take is nobody's.
cat >"$dir/run.hyp" <<'E1'
erratum core-to-vm intended
boot 1024
hvc HVC_REGISTER_KVM
hvc HVC_SET_BOOT_INFO 1 0x80000000 0x1000
hvc HVC_REMAP_VM_IMAGE 1 0x200 0
hvc HVC_REGISTER_VCPU 1 3
hvc HVC_REGISTER_VCPU 1 4
hvc HVC_VERIFY_VM_IMAGE 1
expect ok
concurrent
cpu 1
feed core 1 9
feed data 1 0x80000000 0
run 1 3 0x90000000 0x40000000 3
expect ok
irq
get_int_run_vcpuid 1
expect 9
cpu 2
feed data 1 0x80000000 0
run 1 4
expect ok
irq
expect ok
end
get cell INFO:1 vm_state[0]
expect VERIFIED
E1
expect 0 "run" "$HYPSIM" exec "$dir/run.hyp"

# The log has the calls in the order in which they were made, and is judged.
expect 0 "log" "$HYPSIM" exec --log "$dir/log" "$dir/a.hyp"
says out "log: 5 calls in $dir/log"
says out "verdict: nothing found"
expect 0 "text" "$HYPSIM" log convert --text "$dir/log" "$dir/text"
sed -n 's/^#! \([0-9]*\) begin line \([0-9a-fx]*\)$/\1 \2/p' "$dir/text" | sort >"$dir/got"
printf '%s\n' '0 0x12' '0 0xb' '1 0xe' '1 8' '3 4' >"$dir/want"
diff "$dir/got" "$dir/want" || fail "log: other calls than these"
expect 0 "check" "$HYPSIM" check "$dir/log"
expect 0 "check, fed" "$HYPSIM" exec --check "$dir/feed.hyp"
grep -q "not in the log" "$dir/out" && fail "check, fed: a call is not in the log"

# An operation of scopes is called like a primitive.
printf 'check_then_act\nexpect 1\ncheck_then_act\nexpect 0\n' >"$dir/p.hyp"
expect 0 "check_then_act" "$HYPSIM" exec --check "$dir/p.hyp"
says out "check_then_act() = 1"
printf 'concurrent\ncpu 0\ncheck_then_act\ncpu 1\ncheck_then_act\nend\nget cell CORE next_vmid[0]\nexpect 1\n' >"$dir/p.hyp"
expect 0 "split" "$HYPSIM" exec --check "$dir/p.hyp"

# Those of the classic shapes say whether what they look for is so.
printf '%s\n' 'count 1' 'count_alone 2' 'expect 0' 'acquire_lock_core' 'get_next_vmid' 'expect 2' 'set_next_vmid 0' 'release_lock_core' \
	'sees_first_alone 0' 'expect 0' 'sees_one_alone 0' 'expect 0' 'sees_one_alone 1' 'expect 0' \
	'acquire_lock_vm 1' 'set_vm_state 1 1' 'release_lock_vm 1' \
	'sees_first_alone 0' 'expect 1' 'sees_first_alone 1' 'expect 1' 'sees_one_alone 0' 'expect 1' 'sees_one_alone 1' 'expect 1' \
	'set_both 1' 'sees_first_alone 0' 'expect 0' 'sees_first_alone 1' 'expect 0' 'sees_one_alone 0' 'expect 0' 'sees_one_alone 1' 'expect 0' \
	>"$dir/p.hyp"
expect 0 "counting and stages" "$HYPSIM" exec --check "$dir/p.hyp"
printf '%s\n' 'visit 0 1' 'visit 1 1' 'acquire_lock_core' 'set_next_remap_ptr 4' 'release_lock_core' \
	'account_differs 9' 'expect 0' 'deposit 3' 'account_differs 9' 'expect 0' 'withdraw 1' 'account_differs 6' 'expect 0' \
	'account_differs 9' 'expect 1' >"$dir/p.hyp"
expect 0 "visits and an account" "$HYPSIM" exec --check "$dir/p.hyp"
for early in 0 1; do
	printf '%s\n' 'acquire_lock_core' 'set_next_vmid 1' 'release_lock_core' "use_driver $early" 'expect 0' \
		'acquire_lock_vm 3' 'set_vm_state 3 1' 'release_lock_vm 3' "use_driver $early" 'expect 1' 'stop_driver' \
		"use_driver $early" 'expect 0' 'acquire_lock_vm 2' 'get_vm_state 2' 'expect 1' 'release_lock_vm 2' >"$dir/p.hyp"
	expect 0 "a driver $early" "$HYPSIM" exec --check "$dir/p.hyp"
done

# What is wrong is told at its place, before a call of the programs is made.
malformed()
{
	printf 'check 1\nconcurrent\ncpu 1\ncheck 2\n%s\nend\n' "$1" >"$dir/m.hyp"
	expect 2 "malformed $1" "$HYPSIM" exec "$dir/m.hyp"
	says err "m.hyp:5:$2: expected $3"
	printf 'check(1) = 1\n' | cmp - "$dir/out" || fail "malformed $1: something else was called"
}
malformed 'env 1 : 2 WAIT_LOCK 10' 1 'a line of a scope (the other CPUs are the environment), found "env"'
malformed 'level high' 1 'a line of a scope (its locks are tickets), found "level"'
malformed 'weak' 1 'a line of a scope (its primitives look at bars), found "weak"'
malformed 'reset' 1 'a line of a scope (it has one machine), found "reset"'
malformed ' get tstate' 2 'get behind end (a call asks for a value elsewhere), found "get"'
malformed 'set tstate 1' 1 'set before concurrent (only calls change what is explored), found "set"'
malformed 'dump core' 1 'a call, cpu, feed, expect or end (dump shows no execution), found "dump"'
malformed 'boot' 1 'boot before concurrent (a scope has one machine), found "boot"'
malformed 'errata intended' 1 'errata before concurrent (a scope has one side of each), found "errata"'
malformed 'erratum sp-el1 intended' 1 'erratum before concurrent (a scope has one side of each), found "erratum"'
malformed 'depend cells' 1 'depend before concurrent, found "depend"'
malformed 'checks only order' 1 'checks before concurrent, found "checks"'
malformed 'concurrent' 1 'end before another concurrent (it is not nested), found "concurrent"'
malformed 'end now' 5 'the end of the line, found "now"'
malformed 'cpu 8' 5 'a CPU, a number 0..7, found "8"'
malformed 'wait_hlock 4' 1 'a call that needs no scripted environment (the other CPUs are the environment), found "wait_hlock"'
malformed 'no_such_call' 1 'a primitive (hypsim list primitives), or one of cpu, hvc, fault, run, trap, irq, feed, expect, end, found "no_such_call"'
malformed 'get_pgd_next' 13 'vmid, a number 0..4294967295, found the end of the line'
malformed 'expect classes 4' 1 'end before what the search is expected to come to, found "expect"'
malformed 'expect maybe' 8 'ok, panic [REASON], stuck [RULE], or a value'
malformed 'feed both 1 2' 6 'data or core, found "both"'
malformed 'hvc' 4 "the call's number and its arguments"
for line in 'concurrent\ncheck 1\n|2:1: expected cpu N, whose program it is, found "check"' \
	'cpu 1\nconcurrent\nfeed data 1 1\n|3:1: expected cpu N, whose program it is, found "feed"' \
	'concurrent\ncpu 0\nexpect ok\n|3:8: expected a call before it, found "ok"' \
	'check 1\nconcurrent\ncpu 0\nexpect 1\n|4:8: expected a call before it, found "1"' \
	'concurrent\ncpu 0\ncheck 1\ncpu 1\nexpect 1\n|5:8: expected a call before it, found "1"' \
	'concurrent\ncpu 0\ncheck 1\ncpu 1\ncheck 2\ncpu 0\nexpect 1\n|7:8: expected a call before it, found "1"' \
	'concurrent\ncpu 0\ncheck 1\nend\nexpect 1\n|5:8: expected a call before it, found "1"' \
	'end\n|1:1: expected concurrent before its end, found "end"' \
	'check 1\n concurrent\ncpu 0\ncheck 2\n|2:2: expected end behind concurrent, found the end of the file' \
	'checks some order\n|1:8: expected only or skip, found "some"' \
	'depend words\n|1:8: expected tickets or cells, found "words"' \
	'expect classes many\n|1:16: expected how many classes there are'; do
	# shellcheck disable=SC2059  # the lines are a format
	printf "${line%%|*}" >"$dir/m.hyp"
	expect 2 "malformed ${line%%|*}" "$HYPSIM" exec "$dir/m.hyp"
	says err "m.hyp:${line#*|}"
done
printf 'boot 1024\nconcurrent\nend\n' >"$dir/m.hyp"
expect 2 "two-run" "$HYPSIM" two-run "$dir/m.hyp"
says err 'm.hyp:2:1: expected a line that makes one call at most, found "concurrent"'

# At a prompt the lines are collected until end; one that is wrong is told, and the others stay.
printf 'concurrent\ncpu 1\ncheck 7\nnonsense\ncpu 0\ncheck 6\nend\ncheck 5\nquit\n' >"$dir/keys"
timeout 60 script -qec "\"$HYPSIM\" exec" /dev/null <"$dir/keys" >"$dir/out" 2>&1 || fail "prompt: exit status $?"
name=prompt
says out "concurrent> "
says out 'line:4:1: expected a primitive'
tr -d '\r' <"$dir/out" | sed -n 's/^\(check(.) = .\)$/\1/p' >"$dir/got"
printf '%s\n' 'check(6) = 6' 'check(7) = 7' 'check(5) = 5' | cmp - "$dir/got" || fail "prompt: not these calls, in this order"
expect 0 help "$HYPSIM" exec --help
says out "concurrent, cpu N, ..., end"
finish
