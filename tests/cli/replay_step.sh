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

path=$PATH

# walk STATUS COMMANDS: one a line; what they print is in out.
walk() {
	status=$1
	shift
	printf '%s\n' "$@" >"$dir/commands"
	expect "$status" "$*" env PATH="$path" "$HYPSIM" replay --step "$dir/file" <"$dir/commands"
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
walk 0 "to operation register" "to cell CORE next_vmid[0]" "to cpu 1" "to step 2" "to step 1"
shown 2 "1: CPU"
shown 3 "2: CPU"
sed -n '$p' "$dir/out" | grep -q "^1: CPU" || fail "to step 1: $(cat "$dir/out")"
walk 0 "to event OVMINFO"
says out "has written it"
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
cp "$dir/file" "$dir/pages.json"

# Wrong lines: each is told with its place, once, and nothing behind it is done.  Lines of the code, which take time, are not looked up.
mkdir "$dir/empty"
path=$dir/empty
while IFS='|' read -r line text; do
	walk 2 next "$line" where
	says err "standard input:2: $text"
	[ "$(grep -o 'line\|standard input' "$dir/err" | wc -l)" -eq 1 ] || fail "$line: two places: $(cat "$dir/err")"
	[ "$(wc -l <"$dir/out")" -eq 2 ] || fail "$line: something is done behind it: $(cat "$dir/out")"
done <<'END'
nonsense|there is no command "nonsense"
next x|expected a number, found "x"
to|to what?
to step xx|to step: expected a number, found "xx"
to step|to step: expected a number, found ""
to step 99|to step 99: there are 4 steps
to cpu 1x|to cpu: expected a CPU 0..1, found "1x"
to cpu 2|to cpu: expected a CPU 0..1, found "2"
to lock NOWHERE|to lock: expected a lock (NPT:3, S2PAGE, a number 0..
to lock NPT:9|to lock NPT:9: there is no such place behind step 1
to operation zzz|to operation zzz: there is no such place behind step 1
to event zz|to event zz: there is no such place behind step 1
to page zz|to page zz: expected an index
to page 0x1ff|to page 0x1ff: there is no such place behind step 1
to cell CORE nothing[0]|to cell CORE nothing[0]: expected a field of the object
to reg x7|to reg x7: there is no such place behind step 1
cpu 7|CPU 7 has no step that it can make
cpu|cpu: which CPU?
look 9|look: expected a CPU 0..1, found "9"
END
while IFS='|' read -r line text; do
	walk 2 "$line" where
	says err "replay: standard input:1:$text"
	grep -q "line:" "$dir/err" && fail "$line: two places: $(cat "$dir/err")"
done <<'END'
get nothing|5: expected reg NAME
  get nothing|7: expected reg NAME
dump log 1|6: expected npt, vm
END
walk 2 end next
says err "it has ended"
walk 2 end "to cpu 1"
says err "to cpu 1: there is no such place behind step 4"
walk 0 "to step 4"
says out "4: the end"
walk 0 "next 99"
says out "4: the end"

# At a prompt the walk stays where it was.
if command -v script >/dev/null; then
	printf 'next\nto operation zzz\nto event zz\nto step 99\nlook 1\nget nothing\nquit\n' >"$dir/keys"
	timeout 60 script -qec "\"$HYPSIM\" replay --step \"$dir/file\"" /dev/null <"$dir/keys" >"$dir/out" 2>&1 || fail "prompt: exit status $?"
	says out "to operation zzz: there is no such place behind step 1"
	says out "to step 99: there are 4 steps"
	grep -q "the end" "$dir/out" && fail "the prompt does not stay where it was: $(cat "$dir/out")"
	[ "$(grep -c "^1: CPU" "$dir/out")" -eq 4 ] || fail "the prompt does not come back to step 1: $(cat "$dir/out")"
fi
expect 2 "with a log" "$HYPSIM" replay --step "$dir/file" --log "$dir/log"
finish
