# SPDX-License-Identifier: GPL-2.0-only
# explore --pairs has a row (sim/explore/entries.def) for each hypercall, each class of traps, each entry of a CPU into the core and
# each access of running code, and none for what there is not; and the rows that reasons and refusals name are there.
entries=$SOURCE/sim/explore/entries.def
reasons=$SOURCE/sim/explore/reasons.def
status=0

# columns NAME FILE: id, sort and what it covers of each ENTRY; the first two arguments of other rows
rows()
{
	sed -n "s/^$1(\\([a-z0-9_]*\\), *\\([A-Za-z0-9_]*\\), *\\([A-Za-z0-9_]*\\),.*/\\1 \\2 \\3/p" "$2"
}

has()
{
	rows ENTRY "$entries" | awk -v sort="$1" -v covers="$2" '$2 == sort && $3 == covers { found = 1 } END { exit !found }'
}

demand()
{
	has "$1" "$2" && return
	echo "sim/explore/entries.def: there is no row for $3 $2" >&2
	status=1
}

hvcs=$(sed -n 's/^HVC\(_X0\)*(\([A-Za-z0-9_]*\),.*/\2/p' "$SOURCE/sim/hyp/hvc.def")
traps=$(sed -n 's/^TRAP(\([A-Za-z0-9_]*\),.*/\1/p' "$SOURCE/sim/hyp/trap.def")
accesses=$(sed -n 's/^PRIM[0-9](void, [a-z_]*, \(\(mem\|dev\)_\(load\|store\)\),.*/\1/p' "$SOURCE/sim/machine/prim_hyp.def")
handlers=$(sed -n 's/^void \([a-z_]*_handler\)(struct cpu \*c)$/\1/p' "$SOURCE/sim/hyp/trap.c" | grep -v hvc)
[ -n "$hvcs" ] && [ -n "$traps" ] && [ -n "$accesses" ] && [ -n "$handlers" ] || {
	echo "nothing to compare with was found" >&2
	exit 1
}
for i in $hvcs; do demand HVC "$i" hypercall; done
for i in $traps; do demand TRAP "$i" "class of traps"; done
for i in $accesses; do demand ACCESS "$i" access; done
for i in $handlers; do
	rows ENTRY "$entries" | grep -q " $i\$" || {
		echo "sim/explore/entries.def: there is no row for the entry $i" >&2
		status=1
	}
done

all=" $(echo $hvcs $traps $accesses $handlers) "
rows ENTRY "$entries" >"${TMPDIR:-/tmp}/pairs.$$"
while read -r id sort covers; do
	case $all in
	*" $covers "*) ;;
	*) echo "sim/explore/entries.def: $id: there is no $covers ($sort)" >&2; status=1 ;;
	esac
done <"${TMPDIR:-/tmp}/pairs.$$"

ids=" $(cut -d' ' -f1 "${TMPDIR:-/tmp}/pairs.$$" | tr '\n' ' ') "
rm -f "${TMPDIR:-/tmp}/pairs.$$"
for name in $(sed -n 's/^\(NO_START\|ALLOWED\|SLIP\)(\([a-z0-9_]*\), *\([a-z0-9_]*\),.*/\2 \3/p' "$reasons") \
	$(sed -n 's/^REFUSED(\([a-z0-9_]*\),.*/\1/p' "$entries"); do
	case $ids in
	*" $name "*) ;;
	*) echo "$name: a reason or a refusal is about it, and sim/explore/entries.def has no such row" >&2; status=1 ;;
	esac
done
exit $status
