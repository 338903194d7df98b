# SPDX-License-Identifier: GPL-2.0-only
# Scopes that are drawn: as files they are the same, one seed is one scope, and what is found comes back.
. "$SOURCE/tests/cli/kit.inc"

# What a search says but for its scope's name and its times.
said() {
	sed '1d;s/; [0-9.]* s ([0-9]*\/s)$//' "$dir/out"
}

# As a file: the same search.
for what in "storm --cpus 2 --ops 3 --before 100" "clash --cpus 3 --ops 4"; do
	set -- $what
	for seed in 1 2; do
		expect 0 "$what" "$HYPSIM" explore "$@" --seed $seed --print
		cp "$dir/out" "$dir/$1.$seed"
		expect 0 "$what, again" "$HYPSIM" explore "$@" --seed $seed --print
		cmp -s "$dir/out" "$dir/$1.$seed" || fail "$what: another scope for the same seed"
	done
	cmp -s "$dir/$1.1" "$dir/$1.2" && fail "$what: the same scope for another seed"
	expect 0 "$what, of the file" "$HYPSIM" explore "$dir/$1.2" --print
	cmp -s "$dir/out" "$dir/$1.2" || fail "$what: the file is printed otherwise"
	expect 0 "$what, executed" "$HYPSIM" exec "$dir/$1.2"
	says out "hvc(HVC_REGISTER_KVM) = ok"
done
# The oracles of a scope that is drawn have seed 1, as those of a file where nobody says.
expect 0 "clash, seed 1" "$HYPSIM" explore clash --ops 2 --strategy random --executions 30
said >"$dir/drawn"
"$HYPSIM" explore clash --ops 2 --print >"$dir/clash.hyp"
expect 0 "clash, seed 1, of the file" "$HYPSIM" explore "$dir/clash.hyp" --strategy random --executions 30
said | cmp -s - "$dir/drawn" || fail "a scope that is drawn and its file: $(said | diff - "$dir/drawn" | head -5)"

# Two CPUs and few operations: every class, once.
expect 0 "clash, complete" "$HYPSIM" explore clash --cpus 2 --ops 1 --errata intended --seed 3
says out ", complete; "
says out "verdict: nothing found in "

# As intended nothing is found: a fixed set.
for seed in 1 2; do
	expect 0 "storm $seed" "$HYPSIM" explore storm --before 100 --seed $seed --errata intended \
		--strategy random --executions 5
	says out "verdict: nothing found in 5 executions, NOT complete"
done
for strategy in pct surw pos; do
	expect 0 "clash, redrawn, $strategy" "$HYPSIM" explore clash --redraw --errata intended \
		--strategy $strategy --executions 12 --seed 40
	says out "12 executions, 12 classes, 0 redundant"
	says out "each of another scope, seeds 40 to 51"
done

# What an erratum does is found, in a scope that is named; it comes back from the file, and from the string with the scope's name.
# A scope without accesses, and then some with: what is a point is asked anew.
expect 0 "clash, redrawn, accesses come later" "$HYPSIM" explore clash --redraw --errata intended --strategy random --executions 60 --seed 1000
expect 1 "found" "$HYPSIM" explore clash --redraw --errata intended --erratum poweroff-other-vcpu=published \
	--strict --strategy pos --executions 2000 --seed 330 --no-shrink --save "$dir/found.json" --json
python3 - "$dir/out" >"$dir/seed" <<'END' || fail "JSON of what was found"
import json, sys
o = [json.loads(l) for l in open(sys.argv[1]) if l.startswith("{")][0]
d = o["drawn"]
assert d["seed"] == 330 and d["found"] == 329 + o["executions"], d
assert o["scope"] == "clash --cpus 3 --ops 8 --seed %d" % d["found"], o["scope"]
assert o["outcomes"] == [] and o["serial_orders"] == 0 and o["found"]
print(d["found"], o["schedule"])
END
read -r seed schedule <"$dir/seed"
expect 0 "from the file" "$HYPSIM" replay "$dir/found.json"
says out "verdict: replayed: "
expect 0 "from the string" "$HYPSIM" replay "$schedule" clash --seed "$seed" --errata intended \
	--erratum poweroff-other-vcpu=published
says out "verdict: replayed: "
expect 2 "another seed" "$HYPSIM" replay "$schedule" clash --seed $((seed + 8)) --errata intended \
	--erratum poweroff-other-vcpu=published
says err "another scope than the schedule's"
expect 0 "alone" "$HYPSIM" explore clash --seed "$seed" --errata intended --erratum poweroff-other-vcpu=published --print
cp "$dir/out" "$dir/alone"
expect 0 "the scope of the file" "$HYPSIM" replay "$dir/found.json" --print
cmp -s "$dir/out" "$dir/alone" || fail "the scope that was found is not that of its seed"

# Calls that different CPUs have, counted: as the printed scopes have them.
from=40 to=51
for seed in $(seq $from $to); do
	"$HYPSIM" explore clash --errata intended --seed "$seed" --print >"$dir/clash.$seed" || fail "seed $seed is not printed"
done
for calls in 'run' 'run+run' '*+*+*' '*+*+*+*' 'HVC_CLEAR_VM_S2_RANGE+HVC_SMMU_LPAE_MAP,HVC_SMMU_CLEAR' 'fault,trap+HVC_KVM_SET_DESC_PFN+try_load'; do
	expect 0 "count $calls" "$HYPSIM" explore clash --redraw --errata intended --strategy pos --seed $from --executions $((to - from + 1)) \
		--count "$calls" --json
	python3 - "$dir" "$calls" $from $to <<'END' || fail "--count $calls"
import itertools, json, sys
directory, calls, first, last = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
sides = [side.split(",") for side in calls.split("+")]

def has(seed):
    programs, inside = {}, False
    for line in open("%s/clash.%d" % (directory, seed)):
        words = line.split()
        if words[0] in ("concurrent", "end"):
            inside = words[0] == "concurrent"
        elif inside and words[0] == "cpu":
            program = programs.setdefault(words[1], [])
        elif inside and words[0] not in ("feed", "expect"):
            program.append(words)
    return any(all(any(w == "*" or w in call for w in side for call in programs[cpu]) for side, cpu in zip(sides, cpus))
               for cpus in itertools.permutations(programs, len(sides)))

d = json.load(open(directory + "/out"))["drawn"]
counted = sum(has(seed) for seed in range(first, last + 1))
assert d["count"] == calls and d["counted"] == counted, (d, counted)
END
done
expect 0 "counted" "$HYPSIM" explore clash --redraw --errata intended --strategy pos --executions 3 --count '*'
says out "3 of them have *"
for calls in '' runs run+ ,run HVC_RUN PAGE_SIZE; do
	expect 2 "count \"$calls\"" "$HYPSIM" explore clash --redraw --strategy pos --executions 3 --count "$calls"
	says err "--count: expected the name of a call, as run or HVC_REGISTER_KVM, found \""
done
expect 2 "count 17 calls" "$HYPSIM" explore clash --redraw --strategy pos --executions 3 --count '*+*+*+*+*+*+*+*+*+*+*+*+*+*+*+*+*'
says err "--count: expected at most 16 calls, found more"

# Until a finding that is named: others before it do not end the search.
until_found() {
	python3 - "$dir/out" "$1" <<'END'
import json, sys
o = json.load(open(sys.argv[1]))
assert o["found"].get(sys.argv[2]) == 1 and o["found"]["ROOT_TABLE"] > 1, o["found"]
assert o["drawn"]["found"] == o["drawn"]["seed"] + o["executions"] - 1, o["drawn"]
END
}
for row in PRINCIPALS HOST_COUNT; do
	expect 1 "until $row" "$HYPSIM" explore clash --redraw --errata default --strict --strategy pos --seed 330 --executions 200 \
		--until $row --json
	until_found $row || fail "until $row: $(cut -c1-200 "$dir/out")"
done
expect 0 "until deadlock" "$HYPSIM" explore abba --until deadlock
says out "found: ORDER_CYCLE in 2 of 2 executions"
says out "found: deadlock in 1 of 2 executions"
expect 0 "until what is not there" "$HYPSIM" explore abba --until HOST_ISO,expect
says out "3 executions, "
says out ", complete; "
for word in '' stuk deadlock, halt; do
	expect 2 "until \"$word\"" "$HYPSIM" explore abba --until "$word"
	says err "--until: expected a row, a check or a clause, deadlock, stuck or expect, found \""
done

# Accesses that fault are answered, and what is stored is what the line says; the register that a syndrome names has its value.
cat >"$dir/access.hyp" <<'END'
errata intended
boot 1024
fault 0x210000
try_store 0x210 3 0x1234
expect 1
try_load 0x210 4
expect 1
get reg x4
expect 0x1234
try_load 0x211 4
expect 0
try_dev_load 5 1 0 0
expect 0
try_dma_store 5 7 0 0
expect 0
fault 0x100010 0x92850040 0x77
get reg x5
expect 0x77
fault 0x100010 0x929f0040 0x78
END
expect 0 "accesses" "$HYPSIM" exec "$dir/access.hyp"
grep -v '^get\|^expect' "$dir/access.hyp" >"$dir/access_log.hyp"
expect 0 "accesses, in a log" "$HYPSIM" exec "$dir/access_log.hyp" --check
says out "log: 8 calls in memory"
expect 2 "too many numbers" "$HYPSIM" exec - <<'END'
boot 1024
fault 0x210000 0 0 0
END
says err ":2:20: expected the end of the line"

# What is refused.
expect 2 "an option" "$HYPSIM" explore clash -o pages=3
says err "clash has no option 'pages'"
expect 2 "its value" "$HYPSIM" explore storm -o boot=1001
says err "option 'boot' of storm: expected a number 0..1000, found \"1001\""
expect 2 "CPUs" "$HYPSIM" explore clash --cpus 17
says err "scope clash: --cpus: expected a number 1..16, found 17"
expect 2 "operations" "$HYPSIM" explore clash --ops 0
says err "--ops: expected a number 1..1000"
expect 2 "of another scope" "$HYPSIM" explore lock --ops 3
says err "--ops and --before are for storm and clash"
expect 2 "of a file" "$HYPSIM" explore "$dir/clash.hyp" --before 3
says err "--ops and --before are for storm and clash"
expect 2 "redraw" "$HYPSIM" explore storm --redraw --strategy pos --executions 3
says err "--redraw is for clash"
expect 2 "redraw, dfs" "$HYPSIM" explore clash --redraw
says err "--redraw is for strategies that draw"
expect 2 "redraw, feedback" "$HYPSIM" explore clash --redraw --strategy feedback --executions 3
says err "--redraw is for strategies that draw, and not for feedback"

finish
