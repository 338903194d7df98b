# SPDX-License-Identifier: GPL-2.0-only
# Options of explore and replay that would do nothing together are refused with status 2, and both are named; where a search or a
# schedule cannot be written is told before the search.
. "$SOURCE/tests/cli/kit.inc"

"$HYPSIM" explore lock --json >"$dir/shard"
"$HYPSIM" explore abba --all --no-shrink --save "$dir/saved" >"$dir/out" 2>&1
[ -s "$dir/saved" ] || fail "no schedule was saved"
"$HYPSIM" run lock-storm --cpus 2 --ops 5 --log "$dir/log" --check off >"$dir/out" 2>&1

# A line: what is refused of the first option | the command, $dir for the scratch directory.
while IFS='|' read -r told command; do
	[ -n "$told" ] || continue
	# shellcheck disable=SC2086
	expect 2 "$command" timeout 20 "$HYPSIM" $(echo "$command" | sed "s#DIR#$dir#g") </dev/null
	says err "$told"
done <<-'END'
	--save does not go with --estimate|explore lock --estimate --save DIR/f
	--resume does not go with --estimate|explore lock --estimate --resume DIR/f
	--shard does not go with --estimate|explore lock --estimate --shard 1/2
	--jobs does not go with --estimate|explore lock --jobs 2 --estimate
	--all does not go with --estimate|explore lock --estimate --all
	--every goes with --resume only|explore lock --every 5
	--print does not go with --estimate|explore lock --estimate --print
	--json does not go with --print|explore lock --print --json
	--save does not go with --print|explore lock --print --save DIR/f
	--save does not go with --merge|explore --merge --save DIR/f DIR/shard
	--jobs does not go with --merge|explore --merge --jobs 2 DIR/shard
	--cpus does not go with --merge|explore --merge --cpus 2 DIR/shard
	--print does not go with --merge|explore --merge --print DIR/shard
	--pairs does not go with --merge|explore --merge --pairs DIR/shard
	--grain does not go with --pairs|explore --pairs --grain word
	--tlb does not go with --pairs|explore --pairs --tlb
	--jobs does not go with --pairs|explore --pairs --jobs 2
	--require does not go with --pairs|explore --pairs --require complete
	--only goes with --pairs only|explore lock --only host_fault
	--symmetry does not go with --jobs|explore lock --symmetry --jobs 2
	--redraw does not go with --estimate|explore clash --redraw --strategy pos --estimate
	--shrink-time does not go with --no-shrink|explore abba --no-shrink --shrink-time 1
	--shrink-time does not go with --all|explore abba --shrink-time 1 --all
	--print does not go with --step|replay --print --step DIR/saved
	--gdb does not go with --step|replay --step --gdb DIR/saved
	--json does not go with --step|replay --step --json DIR/saved
	--json does not go with --print|replay --print --json DIR/saved
	--force goes with --log only|replay --force DIR/saved
	--log does not go with --times|replay --log DIR/f --times 2 DIR/saved
	--episode does not go with a schedule|replay --episode 0 DIR/saved
	--times does not go with a log|replay --times 2 DIR/log
	--tolerant does not go with a log|replay --tolerant DIR/log
END

# The search would take far longer than the test may: what cannot be written is told before.
expect 2 "no folder to save in" timeout 20 "$HYPSIM" explore lock -o cpus=8 -o sections=8 --save "$dir/none/f"
says err "$dir/none/f"
expect 2 "a folder to save to" timeout 20 "$HYPSIM" explore lock -o cpus=8 -o sections=8 --save "$dir"
says err "$dir"
expect 2 "an empty name to save to" timeout 20 "$HYPSIM" explore lock -o cpus=8 -o sections=8 --save ""
says err "is empty"
expect 2 "no folder to go on from" timeout 20 "$HYPSIM" explore lock -o cpus=8 -o sections=8 --resume "$dir/none/f"
says err "$dir/none/f"
# To look whether a file can be written leaves it as it was.
expect 0 "nothing to save" "$HYPSIM" explore lock --save "$dir/unmade"
[ ! -e "$dir/unmade" ] || fail "a search without a finding made the file of --save"
finish
