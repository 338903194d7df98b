# SPDX-License-Identifier: GPL-2.0-only
# A broken primitive, and the other side of each erratum of the abstract machine, are seen by the vectors.
set -u
dir=$(mktemp -d) || exit 3
trap 'rm -rf "$dir"' EXIT
data=$SOURCE/tests/data
bad=0

# fails WHAT FILE PATTERN COMMAND...: conform's status is 1 on the records of that file that have the pattern
fails()
{
	what=$1 file=$2
	grep -e "$3" "$data/$file.jsonl" >"$dir/some.jsonl"
	shift 3
	"$@" "$dir/some.jsonl" >"$dir/out" 2>&1
	got=$?
	grep -q "^$dir/some.jsonl:[0-9]*: .*: expected .*, got " "$dir/out" && [ $got -eq 1 ] && return
	echo "$what: status $got, no difference in $file.jsonl:"
	cat "$dir/out"
	bad=1
}

: "${BROKEN_NAMES:?}"
for name in $BROKEN_NAMES; do
	file=prims call=$name
	case $name in
	wait_qlock | pass_hlock | acquire_lock_core) file=layers call=${name}_spec ;;
	wait_lock_spec) file=layers ;;
	flat_fetch) file=specx call=sync_from_doracle ;;
	smmu_pt_clear_loop | *_specx) file=specx ;;
	esac
	BROKEN=$name fails "broken $name" $file "\"$call\"" "$CONFORM_BROKEN"
done
BROKEN=none "$CONFORM_BROKEN" "$data/layers.jsonl" >"$dir/out" || {
	echo "conform_broken fails with nothing broken"
	bad=1
}

# The vectors follow the published side.
for id in $(sed -n 's/^ERRATUM([A-Z0-9_]*, *"\([a-z0-9-]*\)", *[A-Z]*, *"AbstractMachineSpec.*/\1/p' \
	"$SOURCE/sim/base/errata.def"); do
	file=prims
	case $id in
	lock-numbering) pattern=release_shared_core ;;
	ticket-log) file=layers pattern=wait_qlock ;;
	ticket-halt) pattern='"halt":1' ;;
	smmu-pt-clear-tstate) pattern=smmu_pt_clear ;;
	dirty-bit) pattern=set_shadow_dirty_bit ;;
	save-sysregs-pc) pattern=save_sysregs ;;
	mem-buf-pfn) pattern=crypt_mem_buf ;;
	fetch-tstate) pattern=fetch_from_doracle ;;
	decrypt-oracle) pattern=decrypt_gp_regs ;;
	sp-el1) pattern=shadow_ctxt ;;
	*) pattern=$(echo "$id" | tr - _) ;;
	esac
	fails "$id intended" $file "$pattern" "$CONFORM" --erratum "$id=intended"
done
exit $bad
