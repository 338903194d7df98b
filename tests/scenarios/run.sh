# SPDX-License-Identifier: GPL-2.0-only
# run.sh SCENARIO: one of the hypervisor's scenarios, on many CPUs.  Each run ends with "nothing found", the log of one
# checks, and, over all runs of a build without a sanitizer, every kind of operation had its effect and, where it has an
# illegal form, was refused or halted the machine.  The same with all errata as intended, where more forms are illegal.  In full
# (tests/long.txt): longer runs, with sanitizers on more CPUs, and as intended with ten seeds.
. "$SOURCE/tests/cli/kit.inc"
scenario=$1
seconds=0.4 all="1 4 16"
if [ "$SANITIZER" != none ]; then
	all=4
	[ "$test_form" = short ] || seconds=10 all="1 2 4 8 16"
elif [ "$test_form" = full ]; then
	seconds=20 all="1 2 4 8 16"
fi
if [ "$scenario" = clash ]; then
	. "$SOURCE/tests/scenarios/clash.inc"
	finish
fi
# Kinds without an illegal form; and one whose illegal form is to use up all vmids: few scenarios come so far.
never="timer_set_cntvoff guest_sys64 guest_off" perhaps=register_kvm
[ "$scenario" != vm-boot ] || perhaps=

# count CPUS ARGS...: one run, its counts added up
count()
{
	cpus=$1 full=
	shift
	[ "$test_form" = short ] && [ "$cpus" -ne 4 ] || full=--full
	expect 0 "$scenario, $cpus CPUs" "$HYPSIM" run "$scenario" --cpus "$cpus" $full -o illegal=5 -o panics=200 --json "$@"
	says out '"verdict":"ok"'
	grep -q '"wrong":[1-9]' "$dir/out" && fail "$scenario, $cpus CPUs: what cannot be was reached ('hypsim coverage')"
	# {"name":"host_fault","did":14504,"refused":0,"panicked":0}
	grep -o '{"name":"[a-z0-9_/]*","did":[0-9]*,"refused":[0-9]*,"panicked":[0-9]*}' "$dir/out" |
		tr -d '{}"' | tr ':,' '  ' >>"$dir/counts"
}

# What no run has shown yet, in $dir/lacks.
lacks()
{
	awk -v never=" $never " -v perhaps=" $perhaps " '
{ did[$2] += $4; not[$2] += $6 + $8 }
END {
	for (name in did) {
		if (index(name, "/")) {
			# A form by dose: core, image.
			if (!not[name])
				print name " never halted the machine"
			continue
		}
		if (!did[name])
			print name " never had its effect"
		if (!not[name] && index(never perhaps, " " name " ") == 0)
			print name " was never refused and never halted the machine"
		if (not[name] && index(never, " " name " "))
			print name " was refused, although nothing of it is illegal"
	}
}' "$dir/counts" >"$dir/lacks"
	[ -s "$dir/lacks" ]
}

: >"$dir/counts"
for cpus in $all; do
	if [ "$cpus" -eq 4 ]; then
		count "$cpus" --duration $seconds --seed "$cpus" --log "$dir/log"
	else
		count "$cpus" --duration $seconds --seed "$cpus" --quiet
	fi
done
[ -s "$dir/counts" ] || fail "no operations were counted"
if [ "$SANITIZER" = none ]; then
	# On a busy machine this is short.  Each episode of pool-exhaustion uses up another pool: a run has to come to all of them.
	more=0 ops=2000
	[ "$scenario" != pool-exhaustion ] || ops=20000
	while lacks && [ $more -lt 40 ]; do
		more=$((more + 1))
		count 4 --ops $ops --seed $((100 + more)) --quiet
	done
	if [ -s "$dir/lacks" ]; then
		fail "$scenario: $(cat "$dir/lacks")"
		cat "$dir/counts"
	fi
fi

# And it is possible to run it without any illegal operation, and as it is.
expect 0 "$scenario, legal only" "$HYPSIM" run "$scenario" --ops 500 -o illegal=0 -o panics=0 --json
says out '"verdict":"ok"'
says out '"panics":0'
expect 0 "$scenario, defaults" "$HYPSIM" run "$scenario" --ops 500
says out "verdict: nothing found"

# As intended nothing is found either.
seeds=1 intended=$all
[ "$test_form" = short ] || seeds="1 2 3 4 5 6 7 8 9 10"
[ "$test_form" = full ] || [ "$SANITIZER" = none ] || intended=
for cpus in $intended; do
	for seed in $seeds; do
		expect 0 "$scenario, intended, $cpus CPUs, seed $seed" "$HYPSIM" run "$scenario" --cpus "$cpus" --seed "$seed" \
			--errata intended -o illegal=5 -o panics=50 --ops 400 --json
		says out '"verdict":"ok"'
	done
done

# Where hosts and guests meet nobody knows what must come, and nothing but the judge is asked.
meets="--ops 1500 -o claims=off"
[ "$SANITIZER" = none ] || meets="--ops 300 -o claims=off"
[ "$test_form" = short ] || meets="--duration $seconds -o claims=off"
if [ -n "$intended" ]; then
	# shellcheck disable=SC2086  # a list of options
	expect 0 "$scenario, without claims" "$HYPSIM" run "$scenario" $meets
	says out "verdict: nothing found"
fi
# shellcheck disable=SC2086
expect 0 "$scenario, without claims, perturbed" "$HYPSIM" run "$scenario" $meets --cpus 8 --perturb 3 --json
says out '"verdict":"ok"'

# What hosts and guests answer may be anything: nothing that must hold depends on it.  As published some of it is stuck, which is
# known, and the run goes on with another machine.
# shellcheck disable=SC2086
expect 0 "$scenario, as published, 20 % of the values from outside are random" "$HYPSIM" run "$scenario" $meets \
	--errata default --random-outside 20 --json
says out '"verdict":"ok"'
for percent in 1 20; do
	# shellcheck disable=SC2086
	expect 0 "$scenario, $percent % of the values from outside are random" "$HYPSIM" run "$scenario" $meets --errata intended \
		--random-outside $percent --json
	says out '"verdict":"ok"'
done

# The wraparound of the lock words under this load.
[ "$scenario" != storm ] || expect 0 "storm, wraparound" "$HYPSIM" run storm --ops 300 -o start=4294967000

# With translation buffers the host finds pages that are no longer shared, unless they are invalidated: as published that is known.
if [ "$scenario" = share-race ] && [ "$SANITIZER" = none ]; then
	tlb="--tlb --errata intended --erratum tlb-invalidate=published --ops 40000 -o access=300 -o illegal=40"
	# shellcheck disable=SC2086  # words
	expect 0 "share-race, stale translations" "$HYPSIM" run share-race $tlb
	says out "known (errata tlb-invalidate)"
	says out "known, erratum tlb-invalidate: "
	# shellcheck disable=SC2086
	expect 1 "share-race, stale translations, strictly" "$HYPSIM" run share-race $tlb --strict
	says out "first violation: INVALIDATION_MISSING"
	says out "  tlb        VIOLATION"
	# shellcheck disable=SC2086
	expect 0 "share-race, invalidated" "$HYPSIM" run share-race $tlb --erratum tlb-invalidate=intended
fi

expect 0 "$scenario, log" "$HYPSIM" check "$dir/log"

finish
