# SPDX-License-Identifier: GPL-2.0-only
# hypsim log export: the tables say what the other commands of hypsim log say, and questions that no command answers are queries.
. "$SOURCE/tests/cli/kit.inc"

db=$dir/db
# ask SQL: its answer, to $dir/answer.
ask() {
	sqlite3 "$db" "$1" >"$dir/answer" 2>&1 || fail "$1: $(cat "$dir/answer")"
}
# is SQL ANSWER
is() {
	ask "$1"
	[ "$(cat "$dir/answer")" = "$2" ] || fail "$1: $(head -5 "$dir/answer"), expected $2"
}

expect 0 "export" "$HYPSIM" log export --sqlite "$db" "$SOURCE/tests/logs/good/operations.log"
says err "325 events: "
is "SELECT value FROM log WHERE key = 'events'" 325
is "SELECT call, begun, ended, halted FROM operations WHERE name = 'map_page_host' AND begun < 60" "map_page_host(addr=0x200000)|22|61|0"
is "SELECT p.name FROM operations o JOIN operations p ON p.id = o.parent WHERE o.name = 'map_page_host' AND o.begun < 60" fault
is "SELECT event, before, after, before_gfn, after_gfn FROM changes WHERE kind = 'page' AND at = 0x40010" "191|0x0|0x1|1000262160|5"
is "SELECT o.name, c.after_pfn FROM changes c JOIN operations o ON o.id = c.operation WHERE c.kind = 'spt_leaf'" "smmu_map_page|262160"
is "SELECT lock, asked, got, released FROM sections WHERE cpu = 0 AND asked = 26" "S2PAGE|26|28|60"
is "SELECT count(*) FROM waits" 0

# Of a run with waits: as many sections and waits as the table of contention has, and the longest of them.
expect 0 "a run" "$HYPSIM" run storm --cpus 3 --ops 3000 --timestamps --check off --log "$dir/run"
expect 0 "its tables" "$HYPSIM" log export --sqlite "$db" "$dir/run"
expect 0 "its locks" "$HYPSIM" log locks --json "$dir/run"
sum() {
	grep -o "\"$1\":[0-9]*" "$dir/out" | awk -F: '{ n += $2 } END { print n + 0 }'
}
is "SELECT count(*) FROM sections" "$(sum acquisitions)"
is "SELECT count(*) FROM sections WHERE depth > 0" "$(sum contended)"
expect 0 "its longest wait" "$HYPSIM" log waits --top 1 --json "$dir/run"
if grep -q '"wait_ns"' "$dir/out"; then
	is "SELECT max(got_ns - asked_ns) FROM sections WHERE depth > 0" "$(sed 's/.*"waits":\[{.*"wait_ns":\([0-9]*\),"hold_ns":[0-9]*,"ticket":[0-9]*,"depth":[0-9]*,"rounds":[0-9]*,"held_by".*/\1/' "$dir/out")"
fi
is "SELECT count(*) FROM waits w LEFT JOIN sections s ON s.id = w.holder WHERE s.id IS NULL" 0
is "SELECT count(*) FROM waits w JOIN sections a ON a.id = w.section JOIN sections b ON b.id = w.holder WHERE a.lock != b.lock OR b.released > a.got" 0
is "SELECT count(*) FROM operations WHERE ended < begun" 0
ask "SELECT count(*) > 0 FROM changes WHERE kind = 'page'"
[ "$(cat "$dir/answer")" = 1 ] || fail "no page of the run changed"

# What the checks find is there.
expect 1 "a bug" "$HYPSIM" run bug/forgotten-unmap --ops 50 --cpus 1 --log "$dir/bug"
expect 0 "its tables" "$HYPSIM" log export --sqlite "$db" "$dir/bug"
expect 1 "its check" "$HYPSIM" check --json "$dir/bug"
is "SELECT count(*) > 0 FROM findings WHERE class = 'violation'" 1
ask "SELECT rule FROM findings WHERE class = 'violation' ORDER BY event LIMIT 1"
grep -qF "\"$(cat "$dir/answer")\"" "$dir/out" || fail "the check does not name $(cat "$dir/answer")"

expect 2 "as what" "$HYPSIM" log export "$dir/run"
says err "as what? (--sqlite FILE, --perfetto FILE)"
expect 2 "no directory" "$HYPSIM" log export --sqlite "$dir/no/such" "$dir/run"
expect 2 "no regular file" "$HYPSIM" log export --sqlite /dev/null "$dir/run"
says err "a database is a regular file"
# What was there stays when the work does not come to its end.
head -c 5000 "$dir/run" >"$dir/damaged"
cp "$db" "$dir/kept"
printf 'HYPSIMLG' >"$dir/damaged"
expect 2 "a damaged log" "$HYPSIM" log export --sqlite "$db" "$dir/damaged"
cmp "$db" "$dir/kept" || fail "a damaged log: what was there is gone"
[ "$(ls "$dir" | grep -c '^db')" = 1 ] || fail "something is left: $(ls "$dir")"
finish
