# SPDX-License-Identifier: GPL-2.0-only
# What logs of the hypervisor have reached: of one (check --coverage, --json), and of several, added up (hypsim coverage).
. "$SOURCE/tests/cli/kit.inc"
good=$SOURCE/tests/logs/good

# line FIELDS...: a line of the last output has these words, in this order, and no others.
line() {
	sed 's/  */ /g; s/^ //' "$dir/out" | grep -qxF -- "$*" && return
	fail "$name: no line \"$*\":"
	grep -F -- "$2" "$dir/out" | head -5
}

# One log, by both programs: each operation, way, erratum, clause and pair with its count.
for check in "$HYPSIM check" "$HYPSIM_CHECK"; do
	expect 0 "one, $check" $check --coverage "$good/operations.log"
	says out "atomic operations: 14 of 38 reached, 1 cannot be, 23 never were"
	line map_page_host 3
	line grant_vm_page 0 NEVER
	line get_vm_banks 0 cannot: only with --erratum dead-vm-entries=intended
	line map_page_host DEVICE 1
	line map_page_host HOST 2
	line map_page_host SHARED 0 NEVER
	line get_vm_poweron RUNS 0 cannot: only with --erratum poweroff-other-vcpu=intended
	line smmu_map_page smmu_map_page 0 NEVER
	line register_kvm register_kvm 0 cannot: gen_vmid gives each vmid once
	line S7 vm_iso 0 NEVER
	line S1 spt_cons 0 cannot: it holds by construction: a frame is taken from its entry
done
grep -q "core_map  *[1-9]" "$dir/out" || fail "one: no case of core_map"

# An erratum: the step asked for its side, and with the other one the effect would have been another, whichever side is judged by.
# Logs that were made for another check: what refinement finds in them does not matter here.
covers() {
	name="covers $*"
	"$HYPSIM" check --coverage "$@" >"$dir/out" 2>"$dir/err"
}
for side in published intended; do
	covers --erratum decrypt-buf-count=$side "$good/known_decrypt_count.log"
	line load_decrypt_buf decrypt-buf-count 1 of 1
	line load_decrypt_buf mem-buf-pfn "$([ $side = published ] && echo 1 of 1 || echo 0 of 0 NEVER)"
	line save_encrypt_buf mem-buf-pfn 0 of 0 NEVER
done
# A machine that halts as intended never takes the lock of what the published side reads: nobody knows what that would have done.
{
	sed -n '/^#! config/s/"errata":{/&"decrypt-buf-count":"intended","mem-buf-pfn":"intended",/p; /^#! 0 ep/,/^2 0 OPULL/p' "$good/known_decrypt_count.log"
	printf '#! 0 panic\n#! 0 sevent load_decrypt_buf 1\n'
} >"$dir/halts"
expect 0 "halts" "$HYPSIM" check --coverage --only refine "$dir/halts"
line load_decrypt_buf COUNTED 1
line load_decrypt_buf decrypt-buf-count 0 of 1 NEVER
# What no step asked for has no side.
covers --only refine "$good/refine.log"
line clear_vm_page smmu-host-offset 1 of 1
line map_page_host count-invalid 0 of 0 NEVER

# As JSON, and only where there is a machine of the hypervisor.
expect 0 "json" "$HYPSIM" check --json "$good/operations.log"
says out '"coverage":{"logs":1,"events":325,"operations":{"all":38,"reached":14,"excused":1,"missing":23,"wrong":0,"items":['
says out '{"operation":"map_page_host","way":"HOST","n":2}'
says out '{"operation":"get_vm_poweron","way":"RUNS","n":0,"cannot":"only with --erratum poweroff-other-vcpu=intended"}'
says out '{"operation":"el2_arm_lpae_clear","erratum":"smmu-clear-off","n":0,"read":0}'
says out '{"clauses":"S6","check":"host_iso","n":'
says out '{"a":"walk_s2pt","b":"walk_s2pt","n":0}'
expect 0 "json, locks" "$HYPSIM" check --json "$good/fairness_is_renewed.log"
grep -q coverage "$dir/out" && fail "json, locks: a coverage"
expect 0 "locks" "$HYPSIM" check --coverage "$good/fairness_is_renewed.log"
says out "the log is none of the hypervisor: there is no coverage of it"
# Without refinement the ways are not known.
expect 0 "only" "$HYPSIM" check --coverage --only host_iso "$good/operations.log"
says out "ways of their steps: not judged"
says out "atomic operations: 14 of 38 reached"

# Added up: twice as often, and the sums of both.  One of the two has a violation.
expect 0 "twice" "$HYPSIM" coverage "$good/operations.log" "$good/operations.log"
says out "atomic operations: 14 of 38 reached, 1 cannot be, 23 never were"
line map_page_host HOST 4
line map_page_host 6
expect 1 "two" "$HYPSIM" coverage --json "$good/operations.log" "$good/known_decrypt_count.log"
says out '"logs":2,'
says out '"operations":{"all":38,"reached":15,"excused":1,"missing":22,"wrong":0,'
# Only what is missing: nothing that was reached, and nothing that cannot be.
expect 0 "missing" "$HYPSIM" coverage --missing "$good/operations.log"
says out "atomic operations: 14 of 38 reached, 1 cannot be, 23 never were"
line map_page_host SHARED 0 NEVER
grep -qE "cannot:|map_page_host  *HOST" "$dir/out" && fail "missing: what is not missing"
expect 0 "missing, json" "$HYPSIM" coverage --missing --json "$good/operations.log"
grep -qE '"cannot"|"n":[1-9]' "$dir/out" && fail "missing, json: what is not missing"
# A log in which a side of an erratum is the other one can reach more.
sed 's/^#! config {/&"errata":{"dead-vm-entries":"intended"},/' "$good/operations.log" >"$dir/intended"
expect 0 "sides" "$HYPSIM" coverage "$good/operations.log" "$dir/intended"
line get_vm_banks 0 NEVER
line get_vm_banks get_vm_banks 0 NEVER
line el2_arm_lpae_iova_to_phys el2_free_smmu_pgd 0 NEVER
says out "of 367 reached"

# For scripts: something that is missing is exit status 1.
expect 1 "require" "$HYPSIM" coverage --require ways "$good/operations.log"
expect 1 "require, two" "$HYPSIM" coverage --missing --require operations,pairs "$good/operations.log"
expect 2 "require, unknown" "$HYPSIM" coverage --require way "$good/operations.log"
says err "--require: there is no part 'way' (did you mean 'ways'?); the parts are operations, ways, errata, clauses, pairs"
# Nothing was asked about: that is not all.
expect 1 "require, no log" "$HYPSIM" coverage --require ways "$good/fairness_is_renewed.log"
says err "fairness_is_renewed.log: no log of the hypervisor: left out"

# What is reached although the tables excuse it is a mistake of theirs: told as such, and missing nothing is not enough.
{
	sed -n 1,3p "$good/operations.log"
	printf '#! 0 op register_kvm 2\n#! 1 op register_kvm 2\n'
	printf 'INFO:2 0 INC_TICKET 10\nINFO:2 1 INC_TICKET 10\n'
} >"$dir/met"
"$HYPSIM" coverage --missing "$dir/met" >"$dir/out" 2>"$dir/err"
name=met
line register_kvm register_kvm 1 ALTHOUGH: gen_vmid gives each vmid once
says out ", 1 that cannot be were"

# What cannot be used, and violations.
expect 2 "no log" "$HYPSIM" coverage
says err "no log is given"
expect 2 "no file" "$HYPSIM" coverage "$dir/never"
expect 1 "violation" "$HYPSIM" coverage "$SOURCE/tests/logs/bad/REFINE_FLAT.log"
says err "REFINE_FLAT.log: a violation ('hypsim check' tells it)"
says out "ways of their steps: 1 of "

# ways: their sums in the last output.
ways() {
	grep -oE '"(ways|pairs)":\{[^[]*' "$dir/out"
}

# A run, after it or while it lasts, and its log.
for when in after online; do
	expect 0 "run, $when" "$HYPSIM" run storm --cpus 2 --ops 300 --check $when --coverage
	says out "ways of their steps: "
	says out "pairs of operations, which met on an object: "
	expect 0 "run, $when, json" "$HYPSIM" run storm --cpus 2 --ops 300 --check $when --json --log "$dir/log"
	says out '"coverage":{"logs":1,'
	ways >"$dir/run"
	expect 0 "log, $when" "$HYPSIM" coverage --json "$dir/log"
	ways >"$dir/again"
	cmp -s "$dir/run" "$dir/again" || fail "run, $when: $(cat "$dir/run") is not $(cat "$dir/again")"
done
expect 0 "run, locks" "$HYPSIM" run lock-storm --ops 100 --json
grep -q coverage "$dir/out" && fail "run, locks: a coverage"
expect 0 "run, locks, text" "$HYPSIM" run lock-storm --ops 100 --coverage
says out "the log is none of the hypervisor: there is no coverage of it"
expect 2 "run, off" "$HYPSIM" run clash --coverage --check off
says err "--coverage is found in the log: it goes not with --check off"
finish
