# SPDX-License-Identifier: GPL-2.0-only
# hypsim log at: the machine behind an event, as the events before it say.
. "$SOURCE/tests/cli/kit.inc"

log=$SOURCE/tests/logs/good/operations.log

# Events 155 to 163 are the two operations that remap_vm_image and smmu_assign_page overlap in.
expect 0 "who holds what" "$HYPSIM" log at 160 "$log"
prints <<'END'
CPU 0   hypercall > remap_vm_image; holds INFO:1 since 150; holds NPT:16 since 160
CPU 1   hypercall > smmu_assign_page; holds SMMU since 155
END
expect 0 "before a mapping" "$HYPSIM" log at 162 walk 16 0x2000000 "$log"
prints <<'END'
the core, gfn 0x2000: not mapped, pte 0x0
END
expect 0 "behind a mapping" "$HYPSIM" log at 163 walk 16 0x2000fff "$log"
prints <<'END'
the core, gfn 0x2000: frame 0x200, level 3, pte 0x40000000200753
END
expect 0 "a page before" "$HYPSIM" log at 190 page 0x40010 "$log"
prints <<'END'
frame 0x40010: owner the host, count 0x0, gfn 0x3b9eca10
END
expect 0 "a page" "$HYPSIM" log at 191 page 0x40010 "$log"
prints <<'END'
frame 0x40010: owner VM 1, count 0xffffffff, gfn 0x5
END
expect 0 "a cell" "$HYPSIM" log at 36 get INFO:1 vm_state "$log"
prints <<'END'
vm_state[0] 0x2
END
expect 0 "a cell before" "$HYPSIM" log at 35 get INFO:1 vm_state "$log"
prints <<'END'
vm_state[0] 0x0
END
expect 0 "an object" "$HYPSIM" log at 73 dump INFO:1 "$log"
prints <<'END'
vm_kvm[0] 0x2
vm_vcpu[0] 0x9
vm_state[0] 0x2
vm_vcpu_state[0] 0x2
END
expect 0 "an object that nothing changed" "$HYPSIM" log at 0 dump INFO:3 "$log"
prints <<'END'
nothing but zeros
END

# Who waits: CPU 1 asks for what CPU 0 has, CPU 0 for what CPU 1 has.
cat >"$dir/waits" <<'END'
#! config {"cpus":3,"ops":["alpha"]}
#! 0 begin alpha
7 0 INC_TICKET 10
7 0 GET_NOW
7 0 HOLD_LOCK
4 1 INC_TICKET 10
4 1 GET_NOW
4 1 HOLD_LOCK
7 1 INC_TICKET 10
7 2 INC_TICKET 10
4 0 INC_TICKET 10
END
expect 0 "who waits" "$HYPSIM" log at 9 "$dir/waits"
prints <<'END'
CPU 0   alpha; holds NPT:2 since 3; asked for SMMU at 9, behind 1
CPU 1   in no operation; holds SMMU since 6; asked for NPT:2 at 7, behind 1
CPU 2   in no operation; asked for NPT:2 at 8, behind 2
END
expect 0 "in JSON" "$HYPSIM" log at 8 --json "$dir/waits"
says out '{"cpu":0,"operations":["alpha"],"holds":[{"lock":7,"since":3,"depth":0}],"waits":[]}'
says out '{"cpu":2,"operations":[],"holds":[],"waits":[{"lock":7,"since":8,"depth":2}]}'

# Of an episode nothing is left in the next one.
expect 0 "a run" "$HYPSIM" run storm --cpus 2 --ops 3000 --check off --log "$dir/run"
expect 0 "its episodes" "$HYPSIM" log show --kind episode --json "$dir/run"
second=$(grep -v '"episode":0' "$dir/out" | sed -n '$s/.*"index":\([0-9]*\).*/\1/p')
if [ -n "$second" ]; then
	expect 0 "at its begin" "$HYPSIM" log at "$second" "$dir/run"
	grep -q 'holds\|asked' "$dir/out" && fail "an episode begins with locks: $(cat "$dir/out")"
	expect 0 "VM 1 at its begin" "$HYPSIM" log at "$second" dump INFO:1 "$dir/run"
	says out "nothing but zeros"
else
	fail "the run has no second episode"
fi

expect 2 "beyond the end" "$HYPSIM" log at 325 "$log"
says err "event 325: the log has 325 events"
expect 2 "another word" "$HYPSIM" log at 3 wlk 0 0 "$log"
says err "(did you mean 'walk'?)"
expect 2 "a word too few" "$HYPSIM" log at 3 walk 0 "$log"
says err "expected N walk VM ADDR LOG"
expect 2 "no log" "$HYPSIM" log at 3
expect 2 "no number" "$HYPSIM" log at x "$log"
expect 2 "no such VM" "$HYPSIM" log at 3 walk 17 0 "$log"
expect 2 "no such object" "$HYPSIM" log at 3 dump NPT:99 "$log"
expect 2 "no memory" "$HYPSIM" log at 3 page 0 "$dir/waits"
says err "no memory regions"
finish
