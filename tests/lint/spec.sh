#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Each row of op.def has its step in the specification, or a reason why it has none, in the same order; each way that a step can go
# is one that the step's code goes, and a test too (tests/kit_spec.h); and each erratum that a step asks for stands in its row.
# No record of the test vectors is of an operation: those of primitives say nothing of a step, and one that did would have to be
# judged by it.
# And of entries (oracle/spec/seq.def): each hypercall that the machine answers or Constants has, each class of traps and each entry of
# the core has its sequence; each operation stands in one, or is an access or only inside another; and errata as above.
. "$(dirname "$0")/lib"

seqs=$(mktemp) used=$(mktemp) inside=$(mktemp)
trap 'rm -f "$seqs" "$used" "$inside"' EXIT
ops=$(sed -n 's/^OP(\([a-z0-9_]*\),.*/\1/p' sim/log/op.def)
rows=$(sed -n 's/^\(SPEC\|NO_STEP\)(\([a-z0-9_]*\),.*/\2/p' oracle/spec/spec.def)
names=$(sed -n 's/^ERRATUM(\([A-Z0-9_]*\), *"\([a-z0-9-]*\)".*/\1=\2/p' sim/base/errata.def)
{
	[ "$ops" = "$rows" ] || echo "oracle/spec/spec.def: its rows are not those of sim/log/op.def, in their order"
	sed -n 's/^BRANCH(\([a-z0-9_]*\), *\([A-Z_]*\),.*/\1 \2/p' oracle/spec/spec.def | while read -r op branch; do
		grep -qE "GOES\($op, *$branch\)" oracle/spec/*.c || echo "oracle/spec/spec.def: $op never goes $branch"
	done
	sed -n 's/^SPEC(\([a-z0-9_]*\),.*/\1/p' oracle/spec/spec.def | while read -r op; do
		grep -qE "BRANCH\($op," oracle/spec/spec.def || echo "oracle/spec/spec.def: $op goes no way"
		grep -qw "OP_$op" tests/unit/test_spec_*.c || echo "oracle/spec/spec.def: $op: no test asks for all its ways"
	done
	grep -hoE 'ERRATUM_[A-Z0-9_]+' $(ls oracle/spec/*.c | grep -v /seq) | sort -u | sed 's/^ERRATUM_//' | while read -r id; do
		name=$(echo "$names" | sed -n "s/^$id=//p")
		grep -qE "^SPEC.*[\" ]$name[\" ]" oracle/spec/spec.def || echo "oracle/spec: no row of spec.def has the erratum $name"
	done
	sed -n 's/^\(SPEC\|SEQ\).*"\([a-z0-9 -]*\)")$/\2/p' oracle/spec/spec.def oracle/spec/seq.def | tr ' ' '\n' | sort -u | while read -r name; do
		[ -z "$name" ] && continue
		id=$(echo "$names" | sed -n "s/=$name\$//p")
		[ -n "$id" ] && grep -qw "ERRATUM_$id" oracle/spec/*.c || echo "oracle/spec/spec.def: no step or sequence asks for the erratum $name"
	done
	sed -n 's/^SEQ(\([A-Z]*\), *\([A-Za-z0-9_]*\),.*/\1 \2/p' oracle/spec/seq.def >"$seqs"
	{
		sed -n 's/^HVC\(_X0\)\{0,1\}(HVC_\([A-Z0-9_]*\),.*/HVC \2/p' sim/hyp/hvc.def
		sed -n 's/^CONST(HVC_\([A-Z0-9_]*\), 0x.*u)$/HVC \1/p' sim/base/consts.def | sed 's/^HVC \(KVM_.*SET_DESC_PFN\)$/EXIT \1/'
		# A class of which trap.def says that nobody answers is one of OTHER.
		sed -n '/nobody answers/d; s/^TRAP(ESR_ELx_EC_\([A-Za-z0-9_]*\),.*/EXIT \1/p' sim/hyp/trap.def
	} | sort -u | while read -r row; do
		grep -qx "$row" "$seqs" || echo "oracle/spec/seq.def: no sequence of $row"
	done
	sed -n 's/^VALUE(ENTRY, *\([A-Z]*\),.*/\1/p' sim/log/mark_arg.def | while read -r entry; do
		grep -qE "^$entry (ANY|OTHER)$" "$seqs" || echo "oracle/spec/seq.def: entry $entry has no row ANY or OTHER"
	done
	grep -oE '^SEQ\([^"]*"[^"]*"' oracle/spec/seq.def | sed 's/^[^"]*"//' | grep -oE '[a-z0-9_]+' | sort -u >"$used"
	sed -n 's/^SPEC(\([a-z0-9_]*\),.*\[\(.*\)\].*/\2/p' oracle/spec/spec.def | tr ' ' '\n' >"$inside"
	for op in $ops; do
		grep -qx "$op" "$used" "$inside" || grep -q "^NO_STEP($op," oracle/spec/spec.def ||
			echo "oracle/spec/seq.def: $op stands in no sequence"
	done
	while read -r op; do
		echo "$ops" | grep -qx "$op" || echo "oracle/spec/seq.def: there is no operation $op"
	done <"$used"
	grep -hoE 'ERRATUM_[A-Z0-9_]+' oracle/spec/seq*.c | sort -u | sed 's/^ERRATUM_//' | while read -r id; do
		name=$(echo "$names" | sed -n "s/^$id=//p")
		grep -qE "^SEQ.*[\" ]$name[\" ]" oracle/spec/seq.def || echo "oracle/spec/seq.def: no row has the erratum $name"
	done
	for op in $ops; do
		grep -HnoE "(\"f\": ?|\[)\"$op(_spec0?)?\"" tests/data/*.jsonl | head -1 | sed 's/$/   (a vector of an operation, which no step judges)/'
	done
} | verdict
