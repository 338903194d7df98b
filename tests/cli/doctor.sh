# SPDX-License-Identifier: GPL-2.0-only
# hypsim doctor: a sanitizer of this build sees an error of its own, and one that is made blind is found to be; what else it says is there.
. "$SOURCE/tests/cli/kit.inc"

unset TSAN_OPTIONS ASAN_OPTIONS
expect 0 "doctor" "$HYPSIM" doctor
for word in build "small run" cores memory addresses disk clock waiting versions; do
	grep -q "^\(ok\|note\)  *$word " "$dir/out" || fail "doctor: nothing is said of $word"
done
says out "verdict: all is well"
says out "sanitizer $SANITIZER, "

# item NAME KEY: the value of an item of --json, as JSON.
item() {
	python3 - "$dir/json" "$1" "$2" <<'END'
import json, sys
items = {i["name"]: i for i in json.load(open(sys.argv[1]))["items"]}
print(json.dumps(items[sys.argv[2]]["values"].get(sys.argv[3], items[sys.argv[2]].get(sys.argv[3]))))
END
}
# is NAME KEY VALUE
is() {
	got=$(item "$1" "$2")
	[ "$got" = "$3" ] || fail "$name: $1, $2: $got, expected $3"
}

expect 0 "json" "$HYPSIM" doctor --json --log-folder "$dir"
cp "$dir/out" "$dir/json"
echo "doctor $dir/json" >"$dir/manifest"
is build sanitizer "\"$SANITIZER\""
is disk folder "\"$dir\""
is "small run" status 0
[ "$(item cores affinity)" -ge 1 ] || fail "no core"
[ "$(item disk events)" -ge 1 ] || fail "no room for an event"
[ "$(item disk events)" -le "$(item disk free)" ] || fail "more events than bytes"

# One core, where the process may use no other.
expect 0 "one core" taskset -c "$(taskset -cp $$ | sed 's/.*: *\([0-9]*\).*/\1/')" "$HYPSIM" doctor --json
cp "$dir/out" "$dir/json"
is cores affinity 1
is cores state '"note"'

# blind ENV OPTIONS NAME WORDS: with these options the sanitizer's report is not there, or fails nothing.
blind() {
	expect 1 "$1=$2" env "$1=$2" "$HYPSIM" doctor
	grep -q "^WRONG  $3 .*$4" "$dir/out" || fail "$1=$2: $(grep "$3" "$dir/out")"
	says out "verdict: results cannot be trusted"
}
case $SANITIZER in
tsan)
	is ThreadSanitizer reported true
	is ThreadSanitizer fails true
	blind TSAN_OPTIONS report_bugs=0 ThreadSanitizer 'BLIND: race of its own was not reported'
	printf 'race:^race$\n' >"$dir/suppressed"
	blind TSAN_OPTIONS "suppressions=$dir/suppressed" ThreadSanitizer 'BLIND: '
	blind TSAN_OPTIONS exitcode=0 ThreadSanitizer 'race of its own is reported, but with status 0'
	expect 0 "a report in a file" env "TSAN_OPTIONS=log_path=$dir/report" "$HYPSIM" doctor
	;;
asan)
	is AddressSanitizer reported true
	is AddressSanitizer fails true
	blind ASAN_OPTIONS exitcode=0 AddressSanitizer 'overflow of its own is reported, but with status 0'
	;;
none)
	grep -q '^note *sanitizer *none: ' "$dir/out" || "$HYPSIM" doctor | grep -q '^note *sanitizer *none: ' ||
		fail "nothing is said of the sanitizer"
	# A world in which nothing can be reserved.
	(
		ulimit -v 100000
		exec "$HYPSIM" doctor
	) >"$dir/out" 2>"$dir/err"
	[ $? -eq 1 ] || fail "little address space: $(cat "$dir/out" "$dir/err")"
	name="little address space"
	grep -q '^WRONG  small run  *of storm: status 3: ' "$dir/out" || fail "$name: $(cat "$dir/out")"
	says out "address space: 97 MiB; "
	;;
esac

expect 1 "no such folder" "$HYPSIM" doctor --log-folder "$dir/none" --json
cp "$dir/out" "$dir/wrong"
echo "doctor $dir/wrong" >>"$dir/manifest"
says out "$dir/none: cannot be looked at"
expect 2 "an argument" "$HYPSIM" doctor it
says err 'no argument is expected, found "it"'
expect 0 "schema" python3 "$SOURCE/tests/schema/validate.py" "$SOURCE/docs/schema" "$dir/manifest"
expect 0 "help" "$HYPSIM" doctor --help
! grep -q provoke "$dir/out" || fail "help: provoke is there"
finish
