# SPDX-License-Identifier: GPL-2.0-only
# explore --grain and --tlb: what is found where steps are finer, and that a schedule, a kept search and a shard know of which they are.
. "$SOURCE/tests/cli/kit.inc"

expect 0 "words" "$HYPSIM" explore lock -o cpus=2 --grain word
says out "dfs on fibers, by tickets, grain word"
says out "6 executions, 6 classes, 0 redundant, 0 blocked, complete"
expect 0 "every order" "$HYPSIM" explore lock -o cpus=2 --grain word --strategy naive
says out "12 executions, 6 classes"
for vehicle in ucontext pthread; do
	expect 0 "words, $vehicle" "$HYPSIM" explore lock -o cpus=2 --grain word --vehicle $vehicle
	says out "6 executions, 6 classes"
done
expect 0 "lock, said" "$HYPSIM" explore lock -o cpus=2 --grain lock
says out "by tickets"
says out "2 executions, 2 classes"
expect 0 "JSON" "$HYPSIM" explore lock --grain word,cell --json
says out '"grain":"word,cell"'
expect 0 "the scope says it" "$HYPSIM" explore "$SOURCE/tests/scopes/words-two.hyp"
says out "grain word"
expect 0 "the command line says another" "$HYPSIM" explore "$SOURCE/tests/scopes/words-two.hyp" --grain cell
says out "2 executions, 2 classes"
says out "verdict: as expected"
expect 0 "print" "$HYPSIM" explore lock --grain cell --tlb --print
says out "grain cell"
says out "set tlb 1"

# A section that gives a page of the host's away and takes it back: who stores meanwhile has stored nothing.
cat >"$dir/torn.hyp" <<'EOF'
boot 1024
set cell FLATMEM flatmem[0x200] 5
fault 0x200000
concurrent
cpu 0
acquire_lock_s2page
set_s2_page_vmid 0 1
set_s2_page_vmid 0 0
release_lock_s2page
cpu 1
mem_store 0x200 1
end
get cell FLATMEM flatmem[0x200]
expect 0
EOF
expect 0 "torn, by lock" "$HYPSIM" explore "$dir/torn.hyp"
says out "2 executions, 2 classes, 0 redundant, 0 blocked, complete"
expect 1 "torn, by cell" "$HYPSIM" explore "$dir/torn.hyp" --grain cell --shrink-time 0.3 --save "$dir/torn.json"
says out "found: expect"
says out "[store S2PAGE"
says out "before CPU 0's step 3: store of S2PAGE s2_owner[0] (step 4)"
string=$(sed -n 's/^schedule ([^)]*): //p' "$dir/out")
sed -n 's/^ "scope": //p' "$dir/torn.json" | grep -q 'grain cell' || fail "the saved scope says no grain"
expect 0 "torn again" "$HYPSIM" replay "$dir/torn.json"
says out "store of S2PAGE s2_owner[0]"
says out "verdict: replayed: expect"
expect 0 "in JSON" "$HYPSIM" replay --json "$dir/torn.json"
says out '"kind":"store"'
says out '"name":"S2PAGE s2_owner[0]"'
expect 0 "the scope that was saved" "$HYPSIM" replay --print "$dir/torn.json"
cp "$dir/out" "$dir/small.hyp"
expect 0 "its string" "$HYPSIM" replay "$string" "$dir/small.hyp" --times 20
grep -v '^grain' "$dir/small.hyp" >"$dir/none.hyp"
expect 0 "a scope that says no grain follows the schedule" "$HYPSIM" replay "$string" "$dir/none.hyp"
says out "verdict: replayed: expect"
{ echo "grain word" && cat "$dir/none.hyp"; } >"$dir/other.hyp"
expect 2 "a scope that says another" "$HYPSIM" replay "$string" "$dir/other.hyp"
says err "the schedule is of grain cell, and the scope says grain word"
expect 2 "tolerantly, too" "$HYPSIM" replay --tolerant "$string" "$dir/other.hyp"
says err "the schedule is of grain cell, and the scope says grain word"
"$HYPSIM" explore split -o cpus=2 >"$dir/out"
by_lock=$(sed -n 's/^schedule ([^)]*): //p' "$dir/out")
"$HYPSIM" explore split -o cpus=2 --grain word --print >"$dir/word.hyp"
expect 2 "of grain lock" "$HYPSIM" replay "$by_lock" "$dir/word.hyp"
says err "the schedule is of grain lock, and the scope says grain word"
"$HYPSIM" explore split -o cpus=2 --grain word --save "$dir/word.json" >"$dir/out"
string=$(sed -n 's/^schedule ([^)]*): //p' "$dir/out")
expect 0 "a string of grain word" "$HYPSIM" replay "$string" split -o cpus=2
says out "looked of CORE"
says out "verdict: replayed: expect"
printf 'next 3\nwhere\nback\nend\n' >"$dir/commands"
expect 0 "step by step" "$HYPSIM" replay --step "$dir/word.json" <"$dir/commands"

# Kept and divided searches.
expect 0 "kept" "$HYPSIM" explore lock -o cpus=3 --grain word --resume "$dir/kept" --executions 40
expect 2 "another grain" "$HYPSIM" explore lock -o cpus=3 --resume "$dir/kept"
says err "dependence, grain"
expect 0 "gone on" "$HYPSIM" explore lock -o cpus=3 --grain word --resume "$dir/kept" --all
says out "150 executions, 150 classes, 0 redundant, 0 blocked, complete"
expect 0 "two jobs" "$HYPSIM" explore lock -o cpus=3 --grain word --jobs 2
says out "150 executions, 150 classes"

# What draws goes by finer steps as well.
for strategy in random pct urw surw pos feedback; do
	expect 1 "$strategy" "$HYPSIM" explore "$dir/torn.hyp" --grain cell --no-shrink --strategy $strategy --executions 100
	says out "found: expect"
done

# A buffer that nobody invalidates, as published.
cat >"$dir/stale.hyp" <<'EOF'
boot 1024
hvc HVC_REGISTER_KVM
fault 0x200000
cpu 1
mem_load 0x200 3
concurrent
cpu 0
assign_pfn_to_vm 1 0x80000 0x200
cpu 1
mem_load 0x200 3
end
EOF
expect 1 "stale" "$HYPSIM" explore "$dir/stale.hyp" --all --strict --tlb
says out "found: TLB_STALE"
expect 1 "without buffers" "$HYPSIM" explore "$dir/stale.hyp" --all --strict
grep -q TLB_STALE "$dir/out" && fail "stale, and there are no buffers"
expect 1 "invalidated" "$HYPSIM" explore "$dir/stale.hyp" --all --strict --tlb --erratum tlb-invalidate=intended
grep -q TLB_STALE "$dir/out" && fail "stale, and it was invalidated"

# What does not go together.
expect 2 "a grain that is none" "$HYPSIM" explore lock --grain words
says err "--grain: expected lock, word, cell or word,cell, found \"words\""
expect 2 "by cells" "$HYPSIM" explore lock --grain cell --depend cells
says err 'grain cell divides sections, and dependence "cells" takes them as a whole'
expect 2 "pairs" "$HYPSIM" explore --pairs --grain cell
says err "--grain does not go with --pairs"
finish
