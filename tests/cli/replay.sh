# SPDX-License-Identifier: GPL-2.0-only
# What explore finds comes back: as a file, as a string, strictly and tolerantly, with its log.
. "$SOURCE/tests/cli/kit.inc"

expect 0 "deadlock" "$HYPSIM" explore abba --save "$dir/abba.json"
says out "schedule (deadlock): hyp1."
string=$(sed -n 's/^schedule ([^)]*): //p' "$dir/out")
expect 0 "a file" "$HYPSIM" replay "$dir/abba.json"
says out "deadlock since step 3: cpu 0 waits for NPT:0 (lock 5), held by cpu 1; cpu 1 waits for S2PAGE (lock 2), held by cpu 0"
says out "verdict: replayed: deadlock"
if command -v addr2line >/dev/null; then
	grep -q "CPU 0's step 0: ticket of S2PAGE .*shmem/locks.c:[0-9]" "$dir/out" || fail "no line of the code"
fi
cp "$dir/out" "$dir/first"
expect 0 "a string" "$HYPSIM" replay "$string" abba
cmp "$dir/first" "$dir/out" || fail "the string shows something else than the file"
expect 0 "standard input" "$HYPSIM" replay - <"$dir/abba.json"
for vehicle in fiber ucontext pthread; do
	expect 0 "$vehicle" "$HYPSIM" replay "$string" abba --vehicle $vehicle --log "$dir/$vehicle" --force
	expect 0 "$vehicle, 100 times" "$HYPSIM" replay "$string" abba --vehicle $vehicle --times 100
	says out "each time the same"
done
cmp "$dir/fiber" "$dir/pthread" && cmp "$dir/fiber" "$dir/ucontext" || fail "the logs differ"
expect 1 "the log" "$HYPSIM" check "$dir/fiber"
says out "OUTCOME_DEADLOCK"
says out "ORDER_CYCLE"
expect 0 "json" "$HYPSIM" replay --json "$dir/abba.json"
says out '"end":"deadlock"'
says out '"cycle_at":3'

# A deadlock of two CPUs is one at the step at which it forms, whatever a third one still does.
cat >"$dir/partial" <<'EOF'
concurrent
cpu 0
acquire_lock_s2page
acquire_lock_pt 0
release_lock_pt 0
release_lock_s2page
cpu 1
acquire_lock_pt 0
acquire_lock_s2page
release_lock_s2page
release_lock_pt 0
cpu 2
acquire_lock_vm 5
release_lock_vm 5
acquire_lock_vm 5
release_lock_vm 5
end
expect verdict deadlock,order
EOF
expect 0 "partial" "$HYPSIM" explore "$dir/partial" --save "$dir/partial.json"
says out "since step 5 cpu 0 waits for NPT:0 (lock 5), held by cpu 1; cpu 1 waits for S2PAGE (lock 2), held by cpu 0"
printf 'cpu 0\ncpu 1\ncpu 0\ncpu 1\nwhere\nend\n' >"$dir/commands"
expect 0 "partial, CPU 2 last" "$HYPSIM" replay --step "$dir/partial.json" <"$dir/commands"
says out "CPU 0 waits for NPT:0"
says out "CPU 2's step 0: ticket of INFO:5"
says out "deadlock since step 3: cpu 0 waits for"
says out "6: the end: deadlock"

# A step limit names the steps that repeat.
{
	echo concurrent
	echo cpu 0
	for i in 1 2 3 4 5 6 7 8; do
		printf 'acquire_lock_core\nrelease_lock_core\nacquire_lock_s2page\nrelease_lock_s2page\n'
	done
	echo end
} >"$dir/long"
expect 0 "limit" "$HYPSIM" explore "$dir/long" --steps 12
says out "2 steps repeat: CPU 0's step 10: ticket of CORE; CPU 0's step 11: ticket of S2PAGE"
says out "NOT complete"
expect 0 "a short limit" "$HYPSIM" explore "$dir/long" --steps 3
says out "no steps repeat; the last: CPU 0's step 2: ticket of CORE"

# Expectations of the scope.
expect 0 "split" "$HYPSIM" explore split -o cpus=3 --save "$dir/split.json"
string=$(sed -n 's/^schedule ([^)]*): //p' "$dir/out")
expect 0 "split again" "$HYPSIM" replay "$dir/split.json"
says out "verdict: replayed: expect"
expect 2 "another size" "$HYPSIM" replay "$string" split -o cpus=2
says err "another scope than the schedule's"
"$HYPSIM" explore split -o cpus=3 --print | sed 's/^check_then_act/acquire_lock_vm 9\nrelease_lock_vm 9\n&/' >"$dir/like"
expect 2 "another scope" "$HYPSIM" replay "$dir/split.json" "$dir/like"
expect 0 "another scope, tolerant" "$HYPSIM" replay --tolerant "$dir/split.json" "$dir/like"
says out "verdict: replayed: expect"
expect 1 "what cannot be found" "$HYPSIM" replay --tolerant "$dir/split.json" lock
says out "verdict: came to SOMETHING ELSE: clean, the schedule came to expect"
says out "were not there"

# The hypervisor's code is named.
cat >"$dir/scope" <<'EOF'
boot 1024
concurrent
cpu 0
hvc HVC_REGISTER_KVM
cpu 1
register_kvm
expect 1
end
EOF
expect 1 "hypercalls" "$HYPSIM" explore "$dir/scope" --save "$dir/hvc.json"
expect 0 "hypercalls again" "$HYPSIM" replay "$dir/hvc.json"
if command -v addr2line >/dev/null; then
	says out "sim/hyp/"
	grep -q "hvc HVC_REGISTER_KVM *[a-z_0-9]*, sim/hyp/[a-z_]*\.c:[1-9]" "$dir/out" || fail "no function and line of the hypervisor"
	strip --strip-debug -o "$dir/stripped" "$HYPSIM"
	expect 0 "without debug information" "$dir/stripped" replay "$dir/hvc.json"
	says out "functions and lines are not known"
fi

# It is made small: at most 20 lines, what decides, and the small scope is what is saved.
cat >"$dir/large" <<'EOF'
boot 4096
hvc HVC_REGISTER_KVM
concurrent
cpu 0
register_kvm
expect 2
acquire_lock_vm 9
release_lock_vm 9
map_page_host 0x300000
cpu 1
map_page_host 0x300000
hvc HVC_SET_BOOT_INFO 1 0x80000000 0x1000
register_kvm
expect 3
cpu 2
map_page_host 0x400000
cpu 3
acquire_lock_vm 9
release_lock_vm 9
end
EOF
expect 1 "large" "$HYPSIM" explore "$dir/large" --save "$dir/small.json" --shrink-time 60
says out "to 2 CPUs, 2 calls, 4 steps, 0 switches"
says out "decides: "
says out "nearest without expect, by CPU: "
lines=$(sed -n '/^shrunk from/,/^nearest/p' "$dir/out" | wc -l)
[ "$lines" -gt 5 ] && [ "$lines" -le 20 ] || fail "shown in $lines lines"
expect 0 "small" "$HYPSIM" replay "$dir/small.json"
says out "(4 steps, done)"
expect 0 "its scope" "$HYPSIM" replay --print "$dir/small.json"
cp "$dir/out" "$dir/small"
expect 1 "its scope, explored" "$HYPSIM" explore "$dir/small"
says out "found: expect"
expect 1 "not made small" "$HYPSIM" explore "$dir/large" --save "$dir/large.json" --no-shrink
grep -q "^shrunk" "$dir/out" && fail "it was made small"
expect 0 "large again" "$HYPSIM" replay "$dir/large.json"

# The name of a scope is a path: any bytes, and longer than is kept of it.
"$HYPSIM" explore split --print >"$dir/split.hyp"
for path in "$dir/$(printf 'a\377.hyp')" "$dir/$(printf '\303\251%.0s' $(seq 100)).hyp" "$dir/x$(printf '\303\251%.0s' $(seq 100)).hyp"; do
	cp "$dir/split.hyp" "$path"
	expect 0 "a name of bytes" "$HYPSIM" explore "$path" --json --save "$dir/bytes.json"
	says out '{"scope":"'
	expect 0 "a name of bytes, again" "$HYPSIM" replay --json "$dir/bytes.json"
	says out '{"scope":"'
done

# What is no schedule.
sed 's/"object": 2/"object": 3/' "$dir/abba.json" >"$dir/changed"
expect 2 "changed" "$HYPSIM" replay "$dir/changed"
says err "the checksum differs"
head -c 300 "$dir/abba.json" >"$dir/cut"
expect 2 "cut" "$HYPSIM" replay "$dir/cut"
echo '{"format":"hypsim finding","version":9}' >"$dir/later"
expect 2 "a later version" "$HYPSIM" replay "$dir/later"
says err "version 9, this program reads 1"
echo '{}' >"$dir/other"
expect 2 "another file" "$HYPSIM" replay "$dir/other"
says err "not what hypsim explore --save writes"
expect 2 "no file" "$HYPSIM" replay "$dir/none"
expect 2 "a folder" "$HYPSIM" replay "$dir"
expect 2 "no scope" "$HYPSIM" replay "$string"
says err "which scope?"
expect 2 "a changed string" "$HYPSIM" replay "${string%????}AAAA" split -o cpus=3
says err "checksum differs"
expect 2 "a string of a later version" "$HYPSIM" replay hyp2.AAAA split
says err "this program reads hyp1"
expect 2 "nothing" "$HYPSIM" replay
expect 2 "too much" "$HYPSIM" replay "$string" split lock
expect 2 "no log there" "$HYPSIM" replay "$dir/abba.json" --log "$dir/none/log"
finish
