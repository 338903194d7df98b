# SPDX-License-Identifier: GPL-2.0-only
# A schedule is replayed under gdb: it stops where another CPU goes on, and breakpoints stop in the schedule's order, on each CPU's own stack.
. "$SOURCE/tests/cli/kit.inc"

cat >"$dir/scope" <<'EOS'
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
EOS
expect 1 "found" "$HYPSIM" explore "$dir/scope" --save "$dir/file" --no-shrink

# Where there is no gdb, that is said, and the host is to blame.
expect 3 "no gdb" env PATH="$dir" "$HYPSIM" replay --gdb "$dir/file"
says err "there is no gdb (Debian package gdb)"
expect 2 "with --step" "$HYPSIM" replay --gdb --step "$dir/file"
says err "--gdb does not go with --step"
expect 2 "of standard input" "$HYPSIM" replay --gdb - <"$dir/file"

# LeakSanitizer cannot look at a process that is traced already.
[ "$SANITIZER" = none ] || finish

# under_gdb COMMAND...: one a line; what is printed is in out.
under_gdb() {
	printf '%s\n' "$@" >"$dir/commands"
	expect 0 "gdb: $*" "$HYPSIM" replay --gdb "$dir/file" <"$dir/commands"
}

# Each step at which another CPU goes on than made the one before.
steps=$("$HYPSIM" replay --step "$dir/file" <<'EOS' | sed -n "s/^ *\([0-9][0-9]*\)  CPU \([0-9]\)'s .*/\1 \2/p"
end
steps
EOS
)
switches=$(echo "$steps" | awk '$2 != last { print "step " $1 ": CPU " $2 } { last = $2 }')
[ "$(echo "$switches" | wc -l)" -ge 2 ] || fail "the schedule has no switch: $steps"
under_gdb continue continue continue continue continue continue
sed -n "s/^\((gdb) \)*\(Continuing\.\)*\(step [0-9]*: CPU [0-9]\).*/\3/p" "$dir/out" >"$dir/stops"
echo "$switches" | cmp -s - "$dir/stops" || fail "stops: $(cat "$dir/stops"), expected: $switches"

# Each stop is on the CPU's own stack, within the hypervisor's function.
says out " in register_kvm (c="
says out " fiber_main "
says out "exited normally" 2>/dev/null || says out "exited with code"

# Breakpoints of one's own, at what a CPU does in its step: in the order of the schedule.
under_gdb 'delete 1' 'break acquire_shared if lk == 1 && replay_gdb_at.what[0]' 'commands' 'silent' \
	'printf "CPU %u pulls\n", c->id' 'bt 4' 'end' 'run' continue continue continue
grep -o 'CPU [0-9] pulls' "$dir/out" | awk '{ print $2 }' >"$dir/pulls"
order=$(echo "$steps" | awk '!seen[$2]++ { print $2 }' | head -n 1)
[ "$(sed -n 1p "$dir/pulls")" = "$order" ] || fail "the first CPU that pulls is $(sed -n 1p "$dir/pulls"), expected $order"
[ "$(sort -u "$dir/pulls" | wc -l)" -eq 2 ] || fail "CPUs that pull: $(cat "$dir/pulls")"

finish
