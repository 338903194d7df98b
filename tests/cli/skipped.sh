# SPDX-License-Identifier: GPL-2.0-only
# What a log has that this version does not know and does not need: it is passed over, and named.
. "$SOURCE/tests/cli/kit.inc"

cat >"$dir/a.log" <<'END'
#! config {"cpus":1,"machine":true,"x-weather":{"wind":[1,2]},"x-b":2}
#! 0 mark70 1 2 "x
#! 0 mark255
#! 0 mark70
#! 0 close
END
marks="skipped: 2 marks of number 70, 1 of number 255, which this version does not know"
keys="skipped: configuration keys x-weather, x-b, which this version does not know"
json='"skipped":{"marks":[{"number":70,"count":2},{"number":255,"count":1}],"keys":["x-weather","x-b"]}'
for command in "check" "log stats"; do
	expect 0 "$command" "$HYPSIM" $command "$dir/a.log"
	says out "$marks"
	says out "$keys"
	expect 0 "$command --json" "$HYPSIM" $command --json "$dir/a.log"
	says out "$json"
done
expect 0 "the judge alone" "$HYPSIM_CHECK" "$dir/a.log"
says out "$marks"
expect 0 "show" "$HYPSIM" log show "$dir/a.log"
says err "hypsim log show: $dir/a.log: $marks"
says err "hypsim log show: $dir/a.log: $keys"
[ "$(wc -l <"$dir/out")" -eq 1 ] || fail "show: not one event"
expect 0 "to binary" "$HYPSIM" log convert "$dir/a.log" "$dir/a.hlog"
says err "hypsim log convert: $dir/a.log: $marks"

# The configuration's keys are kept, the marks are not.
expect 0 "stats of the binary log" "$HYPSIM" log stats "$dir/a.hlog"
says out "$keys"
grep -q "marks of number" "$dir/out" && fail "convert kept a mark that it does not know"
expect 0 "to text again" "$HYPSIM" log convert "$dir/a.hlog" -
says out '"x-weather":{"wind":[1,2]},"x-b":2}'
expect 0 "nothing skipped" sh -c 'printf "1 0 INC_TICKET 10\n" | "$1" check --json -' sh "$HYPSIM"
says out '"skipped":{"marks":[],"keys":[]}'

# Without the x- a key is an error, as is a mark below 64.
sed 's/x-b/y-b/' "$dir/a.log" >"$dir/b.log"
expect 2 "an unknown key" "$HYPSIM" check "$dir/b.log"
says err "$dir/b.log:1:10: unknown key \"y-b\""
sed 's/x-b/x-b c/' "$dir/a.log" >"$dir/b.log"
expect 2 "a key that is no name" "$HYPSIM" check "$dir/b.log"
says err "unknown key \"x-b c\""
sed 's/mark70$/mark63/' "$dir/a.log" >"$dir/b.log"
expect 2 "an unknown mark" "$HYPSIM" check "$dir/b.log"
says err "$dir/b.log:4:6: expected a mark, as barrier or episode, or time, found \"mark63\""
finish
