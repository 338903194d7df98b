# SPDX-License-Identifier: GPL-2.0-only
# libhypsim-log and libhypsim-check as a program of others has them: installed into a folder of their own, found by pkg-config and by
# CMake; the examples are built there, each way to log once in order and once with a bug that is named.
. "$SOURCE/tests/cli/kit.inc"

pre=$dir/pre
case $SANITIZER in
tsan) flags="-fsanitize=thread" ;;
asan) flags="-fsanitize=address,undefined" ;;
*) flags= ;;
esac
expect 0 "install" cmake --install "$BUILD" --prefix "$pre"
libs=$(dirname "$(find "$pre" -name libhypsim-log.so)")
export PKG_CONFIG_PATH="$libs/pkgconfig" LD_LIBRARY_PATH="$libs"

# Visible is what the headers declare, and nothing else.
for part in log check; do
	grep -o "hypsim_${part}_[a-z_]*(" "$pre/include/hypsim/$part.h" | tr -d '(' | sort -u >"$dir/declared"
	nm -D --defined-only "$libs/libhypsim-$part.so" | awk '$2 == "T" { print $3 }' | grep -v '^__[a-z]*san_' | sort >"$dir/visible"
	diff "$dir/declared" "$dir/visible" || fail "libhypsim-$part: other symbols than hypsim/$part.h has"
	printf '#include <hypsim/%s.h>\n' $part >"$dir/one.c"
	expect 0 "$part.h" "$CC" -std=c11 -Wall -Wextra -pedantic -Werror -fsyntax-only -I"$pre/include" "$dir/one.c"
	expect 0 "$part.h, C++" clang -Wall -Wextra -Werror -fsyntax-only -x c++ -I"$pre/include" "$dir/one.c"
done
printf '%s\n' acquire acquired barrier begin close end get_now hold_lock inc_now inc_ticket open pull push released version |
	sed 's/^/hypsim_log_/' >"$dir/want"
nm -D --defined-only "$libs/libhypsim-log.so" | awk '$3 ~ /^hypsim_/ { print $3 }' | sort | diff "$dir/want" - || fail "libhypsim-log's calls"

build() {
	name=$1
	shift
	# shellcheck disable=SC2086,SC2046  # lists of flags
	expect 0 "$name" "$CC" -std=gnu11 -O1 -Wall -Wextra -Werror -pthread $flags -o "$dir/$name" "$@" $(pkg-config --cflags --libs hypsim-log hypsim-check)
}
build ticket_lock "$SOURCE/examples/ticket_lock.c"
build any_lock "$SOURCE/examples/any_lock.c"
build misuse "$SOURCE/tests/data/libraries/misuse.c"

# The same with CMake's package.
expect 0 "find_package" cmake -DCMAKE_C_COMPILER="$CC" -DCMAKE_C_FLAGS="$flags" -DCMAKE_PREFIX_PATH="$pre" -S "$SOURCE/examples" -B "$dir/cmake"
expect 0 "its build" cmake --build "$dir/cmake"

# A lock with tickets: all checks of locks.
expect 0 "ticket_lock" "$dir/cmake/ticket_lock" "$dir/t.hlog"
expect 0 "ticket_lock, checked" "$HYPSIM" check "$dir/t.hlog"
for check in merge queue high theorem wraparound fifo bound fairness wait oracle barrier pull leak; do
	grep -q "^  $check  *ok " "$dir/out" || fail "ticket_lock: check $check is not ok: $(grep "^  $check" "$dir/out")"
done
says out "8000 sections"
expect 0 "ticket_lock, its table" "$HYPSIM" log locks "$dir/t.hlog"
grep -q '^queue  *8000 ' "$dir/out" || fail "log locks does not name the lock: $(cat "$dir/out")"
# What races on purpose is no finding of this test.
TSAN_OPTIONS="report_bugs=0 ${TSAN_OPTIONS:-}"
export TSAN_OPTIONS
expect 0 "ticket_lock --bug" "$dir/ticket_lock" --bug "$dir/t.hlog"
expect 1 "ticket_lock --bug, checked" "$HYPSIM" check "$dir/t.hlog"
says out "first violation: Q_HOLD_EARLY"
says out "lock 1 (queue), CPU"
says out "inside queue"

# Any lock: H_CalLock judges it, what needs tickets is not judged.
expect 0 "any_lock" "$dir/cmake/any_lock" "$dir/a.hlog"
sed 's/^[0-9]* events/N events/' "$dir/out" >"$dir/told"
printf '%s\n' "N events, 0 violations" "merge: ok" "high: ok" "leak: ok" "stuck: ok" "marks: ok" "outcome: ok" | diff - "$dir/told" ||
	fail "any_lock: what it says of itself"
expect 0 "any_lock, checked" "$HYPSIM" check "$dir/a.hlog"
says out "not judged: queue, theorem, wraparound, fifo, bound, fairness, wait, oracle, barrier, pull, contents, order (log is high-level)"
expect 1 "any_lock --bug" "$dir/any_lock" --bug "$dir/a.hlog"
says out "high: VIOLATION"
says out "H_WAIT_TAKEN: WAIT_LOCK while the lock is taken"
expect 0 "to text" "$HYPSIM" log convert "$dir/a.hlog" "$dir/a.txt"
expect 1 "its text" "$HYPSIM" check "$dir/a.txt"
says out "first violation: H_WAIT_TAKEN"
says out "lock 1 (table)"

expect 2 "a name twice" "$HYPSIM" check - <<'END'
#! config {"cpus":1,"locks":["a","","a"]}
END
says err 'locks: entry 2 is not a name (letters, digits, "_.:-"; at most 31), or is there twice'

# Locks of a program have no ranks: they may be nested as they like, but in no circle.
printf '#! config {"cpus":2,"locks":["a","b"]}\n' >"$dir/nest.txt"
nest() { printf '%s 0 INC_TICKET 10\n%s 0 GET_NOW\n%s 0 HOLD_LOCK\n' "$1" "$1" "$1"; }
(nest 2; nest 1; printf '1 0 INC_NOW\n2 0 INC_NOW\n') >>"$dir/nest.txt"
expect 0 "no ranks" "$HYPSIM" check "$dir/nest.txt"
(nest 1; nest 2; printf '2 0 INC_NOW\n1 0 INC_NOW\n') >>"$dir/nest.txt"
expect 1 "a circle" "$HYPSIM" check "$dir/nest.txt"
says out "first violation: ORDER_CYCLE"
says out "just before: a -> b (CPU 0) -> a (CPU 0)"
expect 1 "a circle, in JSON" "$HYPSIM" check --json --junit "$dir/junit" "$dir/nest.txt"
says out '"lock_name":"b"'
grep -q 'lock 2 (b), CPU 0' "$dir/junit" || fail "JUnit does not name the lock: $(grep -i "lock 2" "$dir/junit")"
sed '1s/.*/#! config {"cpus":2,"machine":true}/' "$dir/nest.txt" >"$dir/ranks.txt"
expect 1 "ranks" "$HYPSIM" check "$dir/ranks.txt"
says out "first violation: ORDER_RANK"

# The reader in Python, over the tables.
expect 0 "tables" "$HYPSIM" log export --sqlite "$dir/t.db" "$dir/a.hlog"
expect 0 "wait_times.py" env PYTHONDONTWRITEBYTECODE=1 python3 "$SOURCE/examples/wait_times.py" "$dir/t.db" "$dir/t.svg"
grep -Eq '^table: [0-9]+ sections, median wait [0-9]+ holders, longest [0-9]+$' "$dir/out" || fail "wait_times.py: $(cat "$dir/out")"
grep -q '<svg' "$dir/t.svg" || fail "wait_times.py drew nothing"
expect 1 "wait_times.py, usage" python3 "$SOURCE/examples/wait_times.py"

# What cannot be is told, and where.
wrong() {
	rm -f "$dir/m.hlog"
	expect "$1" "misuse $2" "$dir/misuse" "$2" "$dir/m.hlog"
	says err "$3"
}
wrong 2 threads-0 "0 threads, which is none of 1..64"
wrong 2 threads-65 "65 threads, which is none of 1..64"
wrong 2 program "program: a name of 1 to 63 printable characters of ASCII is wanted"
wrong 2 program-line "program: a name of 1 to 63 printable characters of ASCII is wanted"
wrong 2 operation-null 'operation 0: "" is no name, or is there twice'
wrong 2 lock-twice 'lock 3: "a" is no name, or is there twice'
wrong 2 lock-name 'lock 1: "a b" is no name, or is there twice'
wrong 2 locks-39 "39 locks, and a log has 38 at most"
wrong 2 operation-twice 'operation 2: "a" is no name, or is there twice'
wrong 2 operation-name 'operation 0: "a b" is no name, or is there twice'
ASAN_OPTIONS="handle_abort=0 ${ASAN_OPTIONS:-}"
export ASAN_OPTIONS
wrong 134 thread "libhypsim-log: hypsim_log_get_now: thread 2, which is none of 0..1"
wrong 134 lock-0 "libhypsim-log: hypsim_log_acquired: lock 0, which is none of 1..38"
wrong 134 lock-39 "libhypsim-log: hypsim_log_inc_ticket: lock 39, which is none of 1..38"
wrong 134 operation "libhypsim-log: hypsim_log_begin: operation 1, which is none of 0..0"
wrong 134 args-null "libhypsim-log: hypsim_log_begin: a number of arguments 2, which is none of 0..0"
wrong 134 args "libhypsim-log: hypsim_log_begin: a number of arguments 17, which is none of 0..16"
expect 0 "good" "$dir/misuse" good "$dir/m.hlog"
echo "no log" >"$dir/m.hlog"
expect 2 "no log" "$dir/misuse" good "$dir/m.hlog"
says err "$dir/m.hlog"
expect 2 "no folder" "$dir/misuse" good "$dir/none/m.hlog"
expect 2 "no such check" "$dir/misuse" only=high,nothing "$dir/a.hlog"
says err '"nothing" is no check and no group of checks'
says out "no judgement"
expect 2 "no such file" "$dir/misuse" only=high "$dir/nothing"
says out "no judgement"
expect 1 "one check" "$dir/misuse" only=high "$dir/a.hlog"
says out '"row":"H_WAIT_TAKEN"'
says out "cut 0"
expect 0 "another check" "$dir/misuse" only=leak "$dir/a.hlog"

# All looks may be logged, and one call is the whole way in; a lock without a name is called by its number.
expect 0 "looks" "$dir/misuse" looks "$dir/looks.hlog"
expect 0 "looks, judged" "$HYPSIM" check "$dir/looks.hlog"
expect 0 "looks, shown" "$HYPSIM" log show --kind GET_NOW "$dir/looks.hlog"
[ "$(grep -c GET_NOW "$dir/out")" -eq 3 ] || fail "looks that see nothing new are in the log: $(cat "$dir/out")"
says out "lock 2 GET_NOW"

# A lock of the second way that is held where an operation ends, and where the log does.
expect 0 "held" "$dir/misuse" held "$dir/held.hlog"
expect 1 "held, judged" "$HYPSIM" check "$dir/held.hlog"
says out "first violation: LEAK_OP"
says out "has taken lock 1"

# Counted from elsewhere than 0.
expect 0 "from 5" "$dir/misuse" from-5 "$dir/from-5.hlog"
expect 1 "from 5, judged" "$HYPSIM" check "$dir/from-5.hlog"
says out "or the lock's counter was not 0 when the log was opened (its first number is 5)"

# Where a file may not grow the log is that of a killed program.
rm -f "$dir/m.hlog"
expect 3 "full" sh -c 'trap "" XFSZ; ulimit -f 3000; "$1" fill "$2"' sh "$dir/misuse" "$dir/m.hlog"
expect 0 "full, judged" "$HYPSIM" check "$dir/m.hlog"
says out ", cut: ok"

# A killed program's log: what was done is there, and the holder's missing step.
rm -f "$dir/m.hlog"
expect 134 "killed" "$dir/misuse" killed "$dir/m.hlog"
expect 0 "killed, judged" "$dir/misuse" only=merge,high "$dir/m.hlog"
says out "cut 1"
expect 0 "killed, shown" "$HYPSIM" log show --raw "$dir/m.hlog"
says out "1 0 REL_LOCK"
head -c 5000 "$dir/a.hlog" >"$dir/short.hlog"
expect 2 "cut short" "$dir/misuse" only=high "$dir/short.hlog"
finish
