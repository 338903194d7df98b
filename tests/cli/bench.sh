# SPDX-License-Identifier: GPL-2.0-only
# hypsim bench: every table runs and prints each of its rows; no time is judged.  In full (tests/long.txt): on more CPUs, and
# each row three times.
. "$SOURCE/tests/cli/kit.inc"
few=1,2 how="--seconds 0.01 --repeat 1"
[ "$test_form" = short ] || few=1,2,4,8,16 how="--seconds 0.1 --repeat 3"
# shellcheck disable=SC2086  # $how: options

# Locks of another library wait in inline assembly, which ThreadSanitizer does not see: their sections would be reported.
if [ "${SANITIZER:-none}" != tsan ]; then
	expect 0 "lock" "$HYPSIM" bench lock --cpus $few $how --dir "$dir"
	for row in "hypsim word" "hypsim spin" "hypsim yield" "hypsim park" "hypsim auto" "admit cores" "ck ticket" \
		"ck MCS" "ck CLH" "pthread mutex" "pthread spinlock"; do
		says out "$row"
	done
	for row in " 2 CPUs beside 0" " 2 CPUs beside 1" " 2 CPUs beside 2"; do
		grep -qE "^$row +[0-9.]+ +[0-9.]+ +[0-9.]+ +[0-9.]+ +[0-9.]+" "$dir/out" || fail "lock: no figures for '$row'"
	done
	expect 0 "json" "$HYPSIM" bench lock --cpus 1 $how --json
	says out '{"table":"lock"'
	says out '"valid":'
	says out '"p99.9":'
	expect 0 "csv" "$HYPSIM" bench lock --cpus 1 $how --csv
	says out 'table,row,acquired (M/s)'
	expect 0 "log" "$HYPSIM" bench log --cpus 2 $how --dir "$dir"
	says out "to a mapped file"
	says out "LTTng-UST tracepoint"
	says out "1 CPU, pull+write+push, memory"
	says out "lock events alone"
fi
expect 0 "check" "$HYPSIM" bench check --cpus 2 $how --dir "$dir"
says out "merge + all checks"
says out "all checks, 2 cores"
[ "$(grep -cE "^ 2 CPUs(, long)? index +[0-9.]+ +[0-9.]+ +[0-9.]+ " "$dir/out")" -eq 4 ] || fail "check: no figures for an index of each log"
[ -z "$(find "$dir" -name '*.hidx')" ] || fail "check: an index is left"
for row in "1000 pages of the host, mapped" "100000 pages of the host, mapped"; do
	grep -qE "^$row.* [0-9.]+ " "$dir/out" || fail "check: no figures for '$row'"
done
expect 0 "prim" "$HYPSIM" bench prim $how
for row in getter setter pt_load pt_store "register move" "pull, 64 stores, push" "acquire, pull, store, push, release" \
	"the same, perturbed at 10%" \
	"create, free" "reset, 1000 pages touched"; do
	says out "$row"
done
expect 0 "hyp" "$HYPSIM" bench hyp --cpus 2,16 $how --dir "$dir"
says out "hyp: scenario storm"
grep -qE "^ *16 CPUs +[0-9.]+ +[0-9.]+ +[0-9.]+ " "$dir/out" || fail "hyp: no figures for the storm"
grep -qE "^16 CPUs beside 2 +[0-9.]+ +[0-9.]+ +[0-9.]+ " "$dir/out" || fail "hyp: no figures beside foreign processes"
says out "hyp: operations of the hypervisor, 2 CPUs"
says err "hyp: 16 CPUs: left out"
sed -n 's/^\t{ "\(.*\)", [a-z_]*_row, .*/\1/p' "$SOURCE/bench/b_hyp.c" >"$dir/rows"
[ "$(wc -l <"$dir/rows")" -ge 28 ] || fail "hyp: rows are missing from its source"
while IFS= read -r row; do
	grep -qE "^$row +[0-9.]+ +[0-9.]+ " "$dir/out" || fail "hyp: no figures for $row"
done <"$dir/rows"
# Numbers of executions, which are the same everywhere: those of docs/explore.md, of the shapes with no more CPUs than are asked for.
expect 0 "shapes" "$HYPSIM" bench shapes --cpus 1,5
sed -n 's/^\([a-z0-9-]*\), [0-9]* CPUs  *\([0-9. ]*\)$/\1 \2/p' "$dir/out" | sed 's/  */ | /g; s/.*/| & |/' >"$dir/rows"
[ "$(wc -l <"$dir/rows")" -eq 8 ] || fail "shapes: $(wc -l <"$dir/rows") rows"
while IFS= read -r row; do
	grep -qF "$row" "$SOURCE/docs/explore.md" || fail "shapes: docs/explore.md has other figures than $row"
done <"$dir/rows"
# No shape has one CPU: a table without a row is no measurement.
for tables in shapes "explore shapes"; do
	# shellcheck disable=SC2086 # words
	expect 2 "shapes on one CPU" "$HYPSIM" bench $tables --cpus 1
	says err "shapes: the smallest shape has 2 CPUs, and --cpus has at most 1"
	[ ! -s "$dir/out" ] || fail "shapes on one CPU: something was measured"
done
expect 2 "no such table" "$HYPSIM" bench walk
says err "there is no table 'walk'"
expect 2 "cpus" "$HYPSIM" bench --cpus 0
expect 2 "repeat" "$HYPSIM" bench --repeat 0
expect 2 "seconds" "$HYPSIM" bench --seconds -1
expect 2 "directory" "$HYPSIM" bench log --cpus 1 --seconds 0.01 --repeat 1 --dir "$dir/none"
finish
