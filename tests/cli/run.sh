# SPDX-License-Identifier: GPL-2.0-only
# hypsim run: verdicts, options, determinism, wrong usage.  In full (tests/long.txt) with ten times the operations.
. "$SOURCE/tests/cli/kit.inc"
more=1
[ "$test_form" = short ] || more=10

for cpus in 1 2 4 8 16; do
	for wait in yield park auto; do
		expect 0 "storm $cpus $wait" "$HYPSIM" run lock-storm --cpus $cpus --ops $((400 * more)) --wait $wait
		says out "verdict: nothing found"
	done
done
says out "note: TOTAL_CPU is 16 and fairness 31 here"
expect 0 "spin" "$HYPSIM" run lock-storm --cpus 2 --ops $((400 * more)) --wait spin
expect 0 "wraparound" "$HYPSIM" run wraparound --cpus 4 --ops $((1000 * more))
says out "verdict: nothing found"
for cpus in 1 2 8; do
	expect 0 "flat memory $cpus" "$HYPSIM" run flat-storm --cpus $cpus --ops $((2000 * more))
	says out "verdict: nothing found"
	says out "39 objects in memory"
done
expect 0 "flat memory, one frame" "$HYPSIM" run flat-storm --ops $((2000 * more)) -o frames=1 -o pages=0
expect 0 "flat memory, long fetches" "$HYPSIM" run flat-storm --ops $((500 * more)) -o frames=1000 -o range=512
expect 0 "flat memory, pages" "$HYPSIM" run flat-storm --cpus 6 --ops $((1000 * more)) -o pages=100 --wait park
expect 0 "flat memory, episodes" "$HYPSIM" run flat-storm --ops $((900 * more)) --episode 100
expect 0 "flat memory, memory is used again" "$HYPSIM" run flat-storm --cpus 2 --ops 30000 --memory 1
expect 0 "admit" "$HYPSIM" run lock-storm --cpus 8 --ops $((1000 * more)) --admit=2 --admit-runs 16
expect 0 "admit, a slot used again and again" timeout 120 "$HYPSIM" run lock-storm --cpus 8 --ops $((2000 * more)) --admit=2 --admit-runs 1
expect 0 "admit default" "$HYPSIM" run lock-storm --cpus 8 --ops $((1000 * more)) --admit
expect 0 "episodes" "$HYPSIM" run lock-storm --cpus 3 --ops 900 --episode 100
says out "9 episodes"
expect 0 "all locks, nested" "$HYPSIM" run lock-storm --cpus 4 --ops $((1000 * more)) -o locks=38 -o nested=60 -o changes=4
expect 0 "duration" "$HYPSIM" run lock-storm --duration 0.2
expect 0 "memory is used again" "$HYPSIM" run lock-storm --cpus 2 --ops 60000 --memory 1
says out "verdict: nothing found"
expect 0 "timestamps" "$HYPSIM" run lock-storm --ops 500 --timestamps
says out "wait p50"
# Every hold is in one bucket of its CPU's histogram, and in one of the sum's.
expect 0 "timestamps, json" "$HYPSIM" run lock-storm --cpus 2 --ops 500 -o nested=0 --timestamps --json
says out '"wait_times":{"n":'
times=$(grep -o '"hold_times":{"n":[0-9]*,[^]]*' "$dir/out" |
	sed 's/.*"n":\([0-9]*\).*"buckets":\[\(.*\)/\1 \2/; s/,/ /g' |
	awk '{ for (i = 2; i <= NF; i++) n += $i; print $1, n; n = 0 }' | tr '\n' ';')
[ "$times" = "1000 1000;500 500;500 500;" ] || fail "timestamps, json: hold times $times"
expect 0 "no timestamps, json" "$HYPSIM" run lock-storm --ops 50 --json
grep -q _times "$dir/out" && fail "times without --timestamps"
# What yields cost is found by auto alone.
expect 0 "sharing, json" "$HYPSIM" run lock-storm --ops $((500 * more)) --wait yield --json
says out '"sharing":{"times":0,"slept_ns":0,"dear_yields":0,"yield_ns":0}'
expect 0 "keep-reads" "$HYPSIM" run lock-storm --ops $((500 * more)) --keep-reads
expect 0 "check off" "$HYPSIM" run lock-storm --ops $((500 * more)) --check off
says out "not judged"
# Judged while it lasts.
for how in "--cpus 4" "--cpus 8 --wait park" "--cpus 3 --episode 100" "--cpus 2 --ops 60000 --memory 1" "--duration 0.3" \
	"--cpus 4 --timestamps" "--cpus 4 --keep-reads" "--cpus 6 --admit=2 --admit-runs 3"; do
	# shellcheck disable=SC2086  # a list of options
	expect 0 "online $how" "$HYPSIM" run lock-storm --ops $((1000 * more)) --check online $how
	says out "verdict: nothing found"
done
expect 1 "online, a violation" "$HYPSIM" run deadlock --check online
says out "ORDER_RANK"
says out "verdict: VIOLATION"
# Its file says the same, line by line, whatever the CPUs did meanwhile.
for cpus in 1 3 8; do
	expect 0 "online, logged" "$HYPSIM" run lock-storm --cpus $cpus --ops 3000 --check online --memory 1 --log "$dir/online"
	grep -E '^  [a-z]+ +(ok|VIOLATION|not)' "$dir/out" | sed 's/, [0-9]* objects in memory//' >"$dir/run"
	expect 0 "online, checked" "$HYPSIM" check "$dir/online"
	grep -E '^  [a-z]+ +(ok|VIOLATION|not)' "$dir/out" >"$dir/check"
	[ -s "$dir/run" ] || fail "online: no table"
	cmp -s "$dir/run" "$dir/check" || fail "online: the run and its log differ: $(diff "$dir/run" "$dir/check")"
done
expect 0 "quiet" "$HYPSIM" run lock-storm --ops 500 --quiet
[ -s "$dir/out" ] && fail "quiet: printed something"
expect 0 "storm, more CPUs than published" "$HYPSIM" run storm --cpus 12 --ops 50
says out "note: a VM may have 12 vCPUs (VCPU_PER_VM), not 8"
grep -qE "^operation +did +refused +panicked$" "$dir/out" || fail "storm, more CPUs than published: no table of operations"
says out "pages at the end: host "
says out " atomic events ("
expect 0 "storm, its policy" "$HYPSIM" run storm --ops 50 --wait yield
says out "storm: 4 CPUs, seed 1, wait yield"
expect 0 "storm, all errata that can be intended" "$HYPSIM" run storm --ops 300 -o panics=0 --erratum hpfar-mask=intended \
	--erratum run-vcpuid=intended --erratum exit-classes=intended --erratum core-to-vm=intended --erratum hvc-numbers=published
says out "verdict: nothing found"
# Within 20,000 operations every illegal form is done, but for what the default options do not have; forms of the other side of an
# erratum are none.
expect 0 "storm, its illegal forms" "$HYPSIM" run storm --ops 5000 --json
forms=$(grep -o '"forms":{"all":[0-9]*,"drawn":[0-9]*' "$dir/out" | sed 's/[^0-9]\{1,\}/ /g')
# shellcheck disable=SC2086  # two numbers
set -- $forms
[ "${1:-0}" -gt 70 ] && [ "${2:-0}" -ge $((${1:-0} - 4)) ] || fail "storm, its illegal forms: $forms"
says out '{"operation":"register_kvm","form":"all vmids are used up"}'
grep -q '"there is no such call"\|"it has a bank"' "$dir/out" && fail "storm: forms of the other side of an erratum"
expect 0 "storm, its illegal forms as intended" "$HYPSIM" run storm --ops 5000 --errata intended --json
forms=$(grep -o '"forms":{"all":[0-9]*,"drawn":[0-9]*' "$dir/out" | sed 's/[^0-9]\{1,\}/ /g')
# shellcheck disable=SC2086
set -- $forms
[ "${1:-0}" -gt 80 ] && [ "${2:-0}" -ge $((${1:-0} - 4)) ] || fail "storm, its illegal forms as intended: $forms"
expect 0 "storm, illegal forms by their share" "$HYPSIM" run storm --cpus 1 --ops 2000 -o even=off
says out "illegal forms: "
says out "; never "
expect 0 "storm, no illegal forms" "$HYPSIM" run storm --cpus 1 --ops 2000 -o illegal=0 -o panics=0
says out "illegal forms: 0 of "
expect 0 "storm, json" "$HYPSIM" run storm --ops 50 --json
says out '"operations":[{"name":"host_fault","did":'
says out '"atomic_events":'
says out '"pages":{"host":'
says out '"panics":'
# Why episodes ended: as many as ended by a panic, in the report and in the log, where the machine was halted.
expect 0 "storm of panics" "$HYPSIM" run storm --cpus 1 --ops 3000 -o panics=3000 --log "$dir/panics"
says out "panic                     ended"
sed -n 's/^.* \([0-9]*\) ended by a panic.*/\1/p' "$dir/out" >"$dir/want"
awk '/^PANIC_/ { n += $2 } END { print n }' "$dir/out" | cmp -s - "$dir/want" || fail "panics: the reasons do not add up"
grep '^PANIC_' "$dir/out" | sort >"$dir/want"
[ "$(wc -l <"$dir/want")" -ge 5 ] || fail "panics: fewer than five reasons"
expect 0 "panics in the log" "$HYPSIM" log show --kind panic "$dir/panics"
sed -n 's/^ *[0-9]*  cpu 0  *panic \(PANIC_[A-Z_]*\).*/\1/p' "$dir/out" | sort | uniq -c |
	awk '{ printf "%-24s %6d\n", $2, $1 }' | diff "$dir/want" - || fail "panics: the log has others"
says out " panic PANIC_TRAP_CLASS, vmid="
expect 0 "panics in JSON" "$HYPSIM" log show --kind panic --json "$dir/panics"
says out ',"event":"panic","reason":"PANIC_'
expect 0 "storm of panics, judged from its log" "$HYPSIM" check "$dir/panics"
expect 0 "storm of panics, judged while it runs" "$HYPSIM" run storm --cpus 3 --ops 3000 -o panics=3000 --check online --json
says out '"panic_reasons":{"PANIC_'
expect 0 "json" "$HYPSIM" run lock-storm --ops 500 --json
says out '"verdict":"ok"'
says out '"scenario":"lock-storm"'
says out '"seed":1,'
expect 0 "a seed that no signed number holds" "$HYPSIM" run lock-storm --ops 5 --seed 18446744073709551615 --json
says out '"seed":"0xffffffffffffffff"'
# Less than a millisecond is a duration all the same, not "none given".
expect 0 "the shortest duration" "$HYPSIM" run lock-storm --cpus 1 --duration 0.0001 --json
grep -q '"ops":100000,' "$dir/out" && fail "a duration below a millisecond is none"

# One CPU has one schedule: the same seed gives the same log, another seed another one.
expect 0 "seed 7" "$HYPSIM" run lock-storm --cpus 1 --ops 500 --seed 7 --log "$dir/a"
expect 0 "seed 7 again" "$HYPSIM" run lock-storm --cpus 1 --ops 500 --seed 7 --log "$dir/b"
cmp -s "$dir/a" "$dir/b" || fail "one seed, two logs"
expect 0 "seed 8" "$HYPSIM" run lock-storm --cpus 1 --ops 500 --seed 8 --log "$dir/c"
cmp -s "$dir/a" "$dir/c" && fail "two seeds, one log"

# Delays between the steps change nothing that one CPU does: its log has the same events, and its choices their own stream.
expect 0 "perturbed" "$HYPSIM" run storm --cpus 1 --ops 500 --seed 7 --perturb 40 --log "$dir/p" --json
says out '"perturb":40'
grep -q '"perturbed":0' "$dir/out" && fail "perturbed: no delay"
expect 0 "not perturbed" "$HYPSIM" run storm --cpus 1 --ops 500 --seed 7 --log "$dir/q" --json
says out '"perturb":0'
says out '"perturbed":0'
for log in p q; do
	"$HYPSIM" log show --raw "$dir/$log" | grep -v '^#' >"$dir/$log.text"
done
[ -s "$dir/p.text" ] || fail "perturbed: no events"
cmp -s "$dir/p.text" "$dir/q.text" || fail "perturbed: the log has other events"
for wait in spin yield park auto; do
	expect 0 "perturbed, $wait" "$HYPSIM" run storm --cpus 2 --ops 300 --perturb 20 --wait $wait
	says out ", perturb 20"
	says out "verdict: nothing found"
done
for bad in 101 x; do
	expect 2 "perturb $bad" "$HYPSIM" run storm --perturb $bad
	says err "--perturb"
done

# Values from outside that are random are given by the log, and are the seed's.
expect 0 "random outside" "$HYPSIM" run storm --cpus 1 --ops 1000 --seed 7 --errata intended --random-outside 30 --log "$dir/p"
expect 0 "random outside, again" "$HYPSIM" run storm --cpus 1 --ops 1000 --seed 7 --errata intended --random-outside 30 --log "$dir/q"
cmp -s "$dir/p" "$dir/q" || fail "random outside: one seed, two logs"
expect 0 "random outside, log" "$HYPSIM" check --require evaluated=outside,evaluated=flows "$dir/p"
expect 0 "random outside, values" "$HYPSIM" log show --raw "$dir/p"
grep -q 'outside core [0-9]* [0-9a-fx]* 1 [0-9a-fx]' "$dir/out" || fail "random outside: no value in the log"
expect 2 "random outside, claimed" "$HYPSIM" run storm --random-outside 3 -o claims=on
says err "claims=on"
expect 2 "random outside, foreseen" "$HYPSIM" run lock-storm --random-outside 3
says err "lock-storm knows beforehand what must come"
expect 2 "random outside 101" "$HYPSIM" run storm --random-outside 101
says err "--random-outside"

# The log agrees with the run.
expect 0 "logged" "$HYPSIM" run lock-storm --cpus 4 --ops 2000 --log "$dir/log"
expect 0 "checked" "$HYPSIM" check "$dir/log"
says out "ok"
if [ -n "${HYPSIM_CHECK:-}" ]; then
	expect 0 "checked without the machine" "$HYPSIM_CHECK" "$dir/log"
fi

# A scenario may need a side of an erratum that is not the default; what the user asks for has the last word.
expect 0 "errata of the scenario" "$HYPSIM" run crypt --cpus 1 --ops 3000
grep -q '^save_crypt_vcpu  *[1-9]' "$dir/out" || fail "crypt: the calls are there"
expect 0 "errata of the user" "$HYPSIM" run crypt --cpus 1 --ops 3000 --erratum crypt-hypercalls=published
grep -q '^save_crypt_vcpu  *0 ' "$dir/out" || fail "crypt, as published: the calls are not there"
expect 0 "errata, all at once" "$HYPSIM" run crypt --cpus 1 --ops 3000 --erratum sp-el1=published --errata intended --log "$dir/log"
"$HYPSIM" log convert "$dir/log" - | head -n 4 >"$dir/out"
[ "$(grep -o '"[a-z0-9-]*": *"published"' "$dir/out" | sort -u)" = '"sp-el1":"published"' ] ||
	fail "--errata intended, but sp-el1: $(grep published "$dir/out")"
expect 0 "errata, the defaults" "$HYPSIM" run crypt --cpus 1 --ops 300 --errata default --log "$dir/a"
expect 0 "errata, none said" "$HYPSIM" run crypt --cpus 1 --ops 300 --log "$dir/b"
cmp -s "$dir/a" "$dir/b" || fail "--errata default is another run than none"

usage() {
	text=$1
	shift
	expect 2 "usage: $*" "$HYPSIM" run "$@"
	says err "$text"
}
usage "which scenario?"
usage "unknown scenario 'no-such'" no-such
usage "one scenario only" lock-storm wraparound
usage "unrecognized option" lock-storm --no-such
usage "--cpus: expected a number 1..64" lock-storm --cpus 0
usage "--cpus: expected a number 1..64" lock-storm --cpus 65
usage "--cpus: expected a number 1..64" lock-storm --cpus two
usage "--ops: expected a number" lock-storm --ops -1
usage "--ops: expected a number" lock-storm --ops 18446744073709551616
usage "--duration: expected seconds above 0" lock-storm --duration 0
usage "--duration: expected seconds above 0" lock-storm --duration x
usage "--wait: expected spin, yield, park or auto" lock-storm --wait sleep
usage "--check: expected after, online or off" lock-storm --check maybe
usage "--admit: expected a number 1..64" lock-storm --admit=0
usage "--memory: expected a number" lock-storm --memory 0
usage '--errata: expected default or intended, found "all"' lock-storm --errata all
usage "there is no erratum 'no-such'" lock-storm --erratum no-such=intended
usage "lock-storm has no option 'no" lock-storm -o no=1
usage "option 'locks' of lock-storm needs a value" lock-storm -o locks
usage "expected a number 1..38" lock-storm -o locks=39
usage "expected a number 1..38" lock-storm -o locks=4x
usage "storm has no option 'locks'" storm -o locks=1
usage "option 'vms' of storm: expected a number 0..15" storm -o vms=16
usage "option 'claims' of storm: expected on or off, found \"no\"" storm -o claims=no
usage "option 'claims' of storm needs a value: claims=on" storm -o claims
usage "deadlock needs at least 2 CPUs" deadlock --cpus 1
expect 2 "log in no directory" "$HYPSIM" run lock-storm --log "$dir/no/log"
says err "$dir/no/log"
expect 2 "log is a directory" "$HYPSIM" run lock-storm --log "$dir"
expect 2 "unknown command" "$HYPSIM" walk
expect 2 "no command" "$HYPSIM"
for c in run check fold list log bench exec; do
	expect 0 "$c --help" "$HYPSIM" $c --help
	says out "sage: hypsim $c "
	says out "xit status"
	expect 2 "$c, an option that is none" "$HYPSIM" $c --no-such
	says err "hypsim $c: "
done
expect 0 "help" "$HYPSIM" --help
"$HYPSIM" --help >/dev/full 2>"$dir/err"
[ $? -eq 3 ] || fail "help, full device: exit status not 3"
finish
