# SPDX-License-Identifier: GPL-2.0-only
# hypsim list: each list has a line and a JSON object for each row of its table, and says what the row says.
. "$SOURCE/tests/cli/kit.inc"

# ids FILE: the ids of a list in JSON, sorted
ids()
{
	sed -n 's/^  "id": "\(.*\)",$/\1/p' "$1" | sort
}

# same WHAT: $dir/want and $dir/got, both sorted, are equal
same()
{
	[ -s "$dir/want" ] || fail "$1: nothing to compare with"
	diff "$dir/want" "$dir/got" >"$dir/diff" && return
	fail "$1: rows of the table (<) and of the list (>)"
	cat "$dir/diff"
}

for l in scenarios bugs scopes checks rules panics locks primitives hypercalls traps registers fields regions errata spec explore-options replay-options; do
	expect 0 "list $l" "$HYPSIM" list $l
	cp "$dir/out" "$dir/$l"
	expect 0 "list $l --json" "$HYPSIM" list $l --json
	cp "$dir/out" "$dir/$l.json"
	ids "$dir/$l.json" >"$dir/got"
	sed -n 's/^\([^ ][^ ]*\) .*/\1/p' "$dir/$l" | sort >"$dir/want"
	same "$l as lines and in JSON"
	cp "$dir/want" "$dir/want.$l"
done

sed -n 's/^PRIM[0-9]([a-z0-9]*, *\([a-z0-9_]*\),.*/\1/p; s/^HELPER(\([a-z0-9_]*\),.*/\1/p' \
	"$SOURCE/sim/machine/prim.def" "$SOURCE/sim/machine/prim_hyp.def" | sort >"$dir/want"
ids "$dir/primitives.json" >"$dir/got"
same primitives
sed -n 's/^ERRATUM([A-Z0-9_]*, *"\([a-z0-9-]*\)".*/\1/p' "$SOURCE/sim/base/errata.def" | sort >"$dir/want"
ids "$dir/errata.json" >"$dir/got"
same errata

sed -n 's/^OP(\([a-z0-9_]*\),.*/\1/p' "$SOURCE/sim/log/op.def" >"$dir/want"
sed -n 's/^SEQ(\([A-Z]*\), \([A-Za-z0-9_]*\),.*/\1 \2/p' "$SOURCE/oracle/spec/seq.def" |
	awk '{ print tolower($1) "/" $2 }' >>"$dir/want"
sort -o "$dir/want" "$dir/want"
ids "$dir/spec.json" >"$dir/got"
same spec

sed -n 's/^PANIC(\([A-Z_]*\),.*/PANIC_\1/p' "$SOURCE/sim/log/panic.def" | sort >"$dir/want"
ids "$dir/panics.json" >"$dir/got"
same panics
expect 0 "panics" "$HYPSIM" list panics
says out "PANIC_PAGE_PRIVATE       the host touches a page of a VM that is not shared (pfn owner count)"
expect 0 "panics --json" "$HYPSIM" list panics --json
says out '   "owner",'

# The core's interface, the registers and the fields: as their tables.
sed -n 's/^HVC\(_X0\)\{0,1\}(\(HVC_[A-Z0-9_]*\),.*/\2/p' "$SOURCE/sim/hyp/hvc.def" | sort >"$dir/want"
ids "$dir/hypercalls.json" >"$dir/got"
same hypercalls
sed -n 's/^CONST(\(ESR_ELx_EC_[A-Za-z0-9_]*\),.*/\1/p' "$SOURCE/sim/base/consts.def" | grep -v '_MASK\|_SHIFT' | sort >"$dir/want"
ids "$dir/traps.json" >"$dir/got"
same traps
sed -n 's/^REG([A-Z]*, *\([a-z0-9_]*\),.*/\1/p' "$SOURCE/shmem/obj/regs.def" | sort >"$dir/want"
ids "$dir/registers.json" >"$dir/got"
same registers
sed -n 's/^FIELD([A-Z0-9]*, *[0-9]*, \([a-z0-9_]*\),.*/\1/p' "$SOURCE/shmem/obj/obj.def" | sort >"$dir/want"
ids "$dir/fields.json" >"$dir/got"
same fields
grep -q 'HVC_REGISTER_KVM *number [0-9]*: register_kvm(), whose value goes to x0' "$dir/hypercalls" || fail "hypercalls: not what answers"
grep -q 'elr_el2 *of [A-Z]*, number [0-9]* in shadow contexts' "$dir/registers" || fail "registers: no number"
grep -q 'pt_pgd_pool *of NPT, 131072 cells, by addresses in bytes' "$dir/fields" || fail "fields: not what they are"
grep -q '^1 *0x200000\.\.0x.*, managed pages$' "$dir/regions" || fail "regions: no memory"

# On a terminal lists are as wide as it, and say the same.
for l in checks primitives errata scenarios scopes rules spec; do
	script -qec "stty cols 72; '$HYPSIM' list $l" /dev/null </dev/null | tr -d '\r' >"$dir/narrow"
	awk 'length > 72 { n++ } END { exit n > 0 }' "$dir/narrow" || fail "list $l: wider than its terminal"
	tr -s ' \n' ' ' <"$dir/narrow" >"$dir/got"
	tr -s ' \n' ' ' <"$dir/$l" >"$dir/want"
	cmp "$dir/got" "$dir/want" || fail "list $l: on a terminal it says something else"
done

# What the host failed in, and what the input did.
for status in 2:input 3:host; do
	sed -n "s/^ERR(\([A-Z_]*\), *${status%:*},.*/\1/p" "$SOURCE/sim/base/err.def" | sort >"$dir/want"
	sed -n "s/^\([A-Z_]*\) *${status#*:}  *.*/\1/p" "$dir/rules" | sort >"$dir/got"
	same "rules of ${status#*:}"
done

# A primitive: family, arguments with ranges, a value or none, the source's names.
expect 0 "primitives" "$HYPSIM" list primitives
says out 'incr_ticket                lock   (bound: bound on shared events, below 2^32; lk: lock number, 1..38 (as published 0..63)) = value  [incr_ticket_spec]'
says out 'smmu_pt_clear              spt    (cbndx: context bank, 0..7; smmu: SMMU, 0..1)  [smmu_pt_clear_spec smmu_pt_clear_loop]'
says out 'walk_spt                   hyp    (cbndx: context bank, 0..7; smmu: SMMU, 0..1; addr: address in bytes) = value  [walk_spt_spec0]'
says out 'sync_from_doracle          helper of fetch_from_doracle: '
expect 0 "primitives --json" "$HYPSIM" list primitives --json
tr -d '\n' <"$dir/out" | sed 's/ \{2,\}/ /g' >"$dir/line"
mv "$dir/line" "$dir/out"
says out '{ "id": "pt_load", "family": "pt", "source": [ "pt_load_spec" ], "arguments": [ { "name": "vmid", "range": "0..16" }, { "name": "addr", "range": "address in bytes" } ], "returns": true }'
says out '{ "id": "panic", "family": "core", "source": [ "panic_spec" ], "arguments": [], "returns": false }'
says out '"id": "wait_lock", "family": "locks", "source": [], '
says out '{ "id": "shared_kvm", "family": "helper", "source": [ "shared_kvm" ], "sentence": "a parameter of the machine'

# A check: group, sentence, the specification's numbers and name.
expect 0 "checks" "$HYPSIM" list checks
says out 'fifo             lock   the lock is entered in the order of its tickets, by CPUs of the machine  [L3 L8 L14]'
says out 'order            lock   locks are taken in the order of their ranks  [L16]'
says out 'stuck            lock   no call is stuck'
expect 0 "checks --json" "$HYPSIM" list checks --json
tr -d '\n' <"$dir/out" | sed 's/ \{2,\}/ /g' >"$dir/line"
mv "$dir/line" "$dir/out"
says out '{ "id": "wait", "group": "lock", "clauses": [ "L11", "L12" ], "source": "CalWaitTime", "sentence": '

# A scenario says what it aims at, its options, the verdict that it is to have and which errata it needs; so does its object.
expect 0 "scenarios" "$HYPSIM" list scenarios
says out "--erratum crypt-hypercalls=intended"
says out "-o vms=0..15  VMs of an episode (default 8)"
n=$(wc -l <"$dir/want.scenarios")
for what in " aim: " " CPUs: .*; waits: .*; expected verdict: "; do
	[ "$(grep -c "$what" "$dir/scenarios")" -eq "$n" ] || fail "scenarios: $what is not there for each"
done
for what in aim cpus wait expected errata options; do
	[ "$(grep -c "^  \"$what\": " "$dir/scenarios.json")" -eq "$n" ] || fail "scenarios --json: $what is not there for each"
done
tr -d '\n' <"$dir/scenarios.json" | sed 's/ \{2,\}/ /g' >"$dir/line"
mv "$dir/line" "$dir/out"
says out '"cpus": 4, "wait": "auto", "expected": "ok", "errata": [ "crypt-hypercalls=intended" ], "options": [ { "key": '
says out '{ "key": "vms", "sentence": "VMs of an episode", "min": 0, "max": 15, "default": 8 }'
says out '"id": "deadlock", '
says out '"expected": "violation"'

# A step: its name, source, sections, errata and ways; or why there is none.
mv "$dir/spec" "$dir/out"
says out 'map_page_host              local_map_host  [TrapHandlerSpec: local_map_host]'
says out '                           event OMAP_HOST, sections S2PAGE(NPT:0?), errata count-invalid'
says out "                           FOREIGN       the frame is somebody else's: the machine halts"
says out 'mem_load                   no step: '
says out 'hvc/CLEAR_VM_S2_RANGE      clear_vm_stage2_range  [MemHandlerCode: clear_vm_stage2_range]'
says out '                           operations get_vm_poweron get_vm_banks? clear_vm_page*, errata clear-range-bound host-outside-spec dead-vm-entries'
says out '                           no operation'
tr -d '\n' <"$dir/spec.json" | sed 's/ \{2,\}/ /g' >"$dir/out"
says out '{ "id": "gen_vmid", "event": "OGEN_VMID", "step": "local_gen_vmid", "source": "TrapHandlerSpec: local_gen_vmid", "sections": "CORE", "errata": [], "ways": [ { "way": "NEXT", "sentence": "a VM'\''s number is left" }, '
says out '{ "id": "dev_store", "event": "OPT_GET", "none": "as mem_load" }'
says out '{ "id": "exit/INTERRUPT", "sequence": "save_vm", "operations": "set_vcpu_inactive", "source": "CtxtSwitchCode: save_vm", "errata": [] }'

# A scope: as its table has it, with the sizes that it can have.
{
	sed -n 's/^SCOPE(\([a-z]*\),.*/\1/p; s/^SHAPE(\([a-z]*\),.*/\1/p; s/^SIZED("\([a-z0-9-]*\)",.*/\1/p' "$SOURCE/sim/exec/scopes.def"
	echo storm
	echo clash
} | sort >"$dir/want"
ids "$dir/scopes.json" >"$dir/got"
same scopes
mv "$dir/scopes" "$dir/out"
says out 'disjoint         each CPU has its sections of a lock of its own'
says out '                 -o cpus=1..38  how many CPUs (default 3)'
says out '                 -o sections=1..100  how often each CPU does it (default 2)'
says out 'reorder-60       reorder with 60 CPUs'
says out '                 -o mended=0..1  a and b are set in one section, and looked at in one (default 0)'
grep -q -- '-o cpus=60' "$dir/out" && fail "scopes: reorder-60 has other sizes"
says out '                 --ops 1..1000  operations of each CPU (default 8)'
tr -d '\n' <"$dir/scopes.json" | sed 's/ \{2,\}/ /g' >"$dir/out"
says out '"options": [ { "key": "cpus", "sentence": "how many CPUs", "min": 1, "max": 64, "default": 3 }, { "key": "sections", '

# An erratum: where, both sides, its default.
sed -n 's/^ERRATUM([A-Z0-9_]*, *"\([a-z0-9-]*\)", *\([A-Z]*\),.*/\1 \2/p' "$SOURCE/sim/base/errata.def" |
	tr A-Z a-z | sort >"$dir/want"
awk '/^[^ ]/ { id = $1 } $1 == "default:" { print id, $2 }' "$dir/errata" | sort >"$dir/got"
same "defaults of errata"
expect 0 "errata" "$HYPSIM" list errata
says out 'set-vm-inc-exe       AbstractMachineSpec: set_vm_inc_exe_spec'
says out 'published  it writes vm_next_load_info, and nothing writes vm_inc_exe'
says out 'intended   it writes vm_inc_exe'
expect 0 "errata --json" "$HYPSIM" list errata --json
for key in where default published intended; do
	[ "$(grep -c "^  \"$key\": \"..*\"" "$dir/out")" = "$(wc -l <"$dir/want")" ] || fail "errata: not each has its $key"
done
says out '"published": "it writes vm_next_load_info, and nothing writes vm_inc_exe"'
says out '"intended": "it writes vm_inc_exe"'

expect 0 "list" "$HYPSIM" list
for l in scenarios bugs scopes checks rules panics locks primitives hypercalls traps registers fields regions errata spec explore-options replay-options; do
	grep -q "^$l  *[a-z]" "$dir/out" || fail "list: no line for $l"
done
expect 0 "list --help" "$HYPSIM" list --help
says out '[scenarios|bugs|scopes|checks|rules|panics|locks|primitives|hypercalls|traps|registers|fields|regions|errata|spec|explore-options|replay-options]'
expect 2 "list of what" "$HYPSIM" list no-such
says err "there is no list 'no-such' (scenarios, bugs, scopes, checks, rules, panics, locks, primitives, hypercalls, traps, registers, fields, regions, errata, spec, explore-options, replay-options)"
expect 2 "two lists" "$HYPSIM" list checks rules
expect 3 "list to a full disk" sh -c '"$1" list primitives >/dev/full' sh "$HYPSIM"
finish
