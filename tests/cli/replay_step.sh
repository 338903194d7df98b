# SPDX-License-Identifier: GPL-2.0-only
# A schedule is walked through by a script of commands: forward, back, to what is looked for, with another choice of CPUs.
. "$SOURCE/tests/cli/kit.inc"

cat >"$dir/scope" <<'EOF'
boot 1024
hvc HVC_REGISTER_KVM
concurrent
cpu 0
register_kvm
expect 2
cpu 1
register_kvm
expect 3
end
EOF
expect 1 "found" "$HYPSIM" explore "$dir/scope" --save "$dir/file" --no-shrink

# walk STATUS COMMANDS: one a line; what they print is in out.
walk() {
	status=$1
	shift
	printf '%s\n' "$@" >"$dir/commands"
	expect "$status" "$*" "$HYPSIM" replay --step "$dir/file" <"$dir/commands"
}

# shown N TEXT: line N of the output.
shown() {
	sed -n "$1p" "$dir/out" | grep -qF -- "$2" || fail "$name: expected \"$2\" in line $1: $(cat "$dir/out")"
}

walk 0 next next next next back "back 3" quit
shown 1 "0: CPU 1's step 0: ticket of CORE  register_kvm"
shown 2 "1: CPU"
says out "found: expect"
says out "4: the end: done"
sed -n '$p' "$dir/out" | grep -q "^0: CPU 1's step 0" || fail "back leads elsewhere"

# The state on the way: the same value comes back when the steps are undone.
get="get cell CORE next_vmid[0]"
walk 0 "$get" next "$get" next "$get" "back 2" "$get" quit
[ "$(grep '^cell' "$dir/out" | sed 's/.* //' | tr '\n' ' ')" = "2 3 4 2 " ] || fail "$name: $(cat "$dir/out")"
walk 0 "dump lock CORE" "look 1" "dump cpu" "get reg x0" where steps help
says out "name                         CORE"
says out "cpu 1:"
says out "reg x0 ="
says out "> "
says out "to event WORD"

# To what is looked for.
walk 0 "to lock INFO:3"
says out "ticket of INFO:3"
walk 0 "to cell CORE next_vmid[0]" "to cpu 0" "to operation register" "to step 2" "to step 1"
shown 2 "1: CPU"
sed -n '$p' "$dir/out" | grep -q "^1: CPU" || fail "to step 1: $(cat "$dir/out")"
walk 0 "to event OVMINFO"
says out "has written it"
walk 0 "to event NOTHING"
says out "no step behind this one writes"
walk 0 end events
says out "INC_TICKET 10"

# Another choice: CPU 0 first is what the scope expects.
walk 0 "cpu 0" end
grep -q "found:" "$dir/out" && fail "the other choice finds it too"
says out "the end: done"
walk 0 "cpu 0" back "cpu 1" end
says out "found: expect"

# A page that a step changes, and one that none does.
cat >"$dir/pages" <<'EOF'
boot 1024
concurrent
cpu 0
map_page_host 0x300000
check_then_act
cpu 1
check_then_act
end
acquire_lock_core
get_next_vmid
expect 9
EOF
expect 1 "pages" "$HYPSIM" explore "$dir/pages" --save "$dir/file" --no-shrink
walk 0 "to page 0x1ff" quit
says out "the end"

# Wrong lines.
for line in "nonsense" "next x" "to" "to lock NOWHERE" "cpu 7" "get nothing" "dump log 1" "to cell CORE nothing[0]" "look 9"; do
	walk 2 "$line" next
	says err "standard input:1: "
done
walk 2 "look 9"
says err "look: expected a CPU 0..1, found \"9\""
walk 2 cpu
says err "cpu: which CPU?"
walk 2 end next
says err "it has ended"
expect 2 "with a log" "$HYPSIM" replay --step "$dir/file" --log "$dir/log"
finish
