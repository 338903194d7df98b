# SPDX-License-Identifier: GPL-2.0-only
# hypsim log show --columns says what the lines say, each text in its CPU's column and cut where the terminal ends.
. "$SOURCE/tests/cli/kit.inc"

cat >"$dir/columns.py" <<'END'
import re, sys
lines, columns, width, names, cut = open(sys.argv[1]).read().splitlines(), open(sys.argv[2]).read().splitlines(), *map(int, sys.argv[3:])
assert columns[0].lstrip().startswith("event "), columns[0]
assert len(lines) == len(columns) - 1, (len(lines), len(columns))
begin, n_cut = {}, 0
for a, b in zip(lines, columns[1:]):
    where, cpu, text = re.match(r"( *\d+  (?: *[\d.]+ us  )?)cpu (\d+) +(.*)", a).groups()
    cpu = int(cpu)
    assert b.startswith(where) and len(b) <= width, (width, b)
    at = len(b) - len(b[len(where):].lstrip())
    said = b[at:]
    if names:
        assert said.startswith(f"{cpu}: "), b
        said = said[len(f"{cpu}: "):]
    if said != text:
        n_cut += 1
        assert len(b) == width and said.endswith("...") and text.startswith(said[:-3]), (a, b)
    begin.setdefault(cpu, set()).add(at)
# Texts of a CPU begin in its column, or deeper, before the next column.
ends = [max(begin[c]) for c in sorted(begin)]
firsts = [min(begin[c]) for c in sorted(begin)]
assert names or all(e < f for e, f in zip(ends, firsts[1:])), begin
assert (n_cut > 0) == cut, n_cut
for c in begin:
    assert names or columns[0].find(f"CPU {c}") in (min(begin[c]), -1), (columns[0], begin)
END

# same NAME WIDTH NAMES CUT ARGS...: the columns of log show ARGS, of which standard output is $dir/columns; NAMES: texts begin with the CPU.
same() {
	what=$1 width=$2 names=$3 cut=$4
	shift 4
	"$HYPSIM" log show "$@" >"$dir/lines"
	python3 "$dir/columns.py" "$dir/lines" "$dir/columns" "$width" "$names" "$cut" || fail "$what: $(head -5 "$dir/columns")"
}
log=$SOURCE/tests/data/questions.hlog
ops=$SOURCE/tests/logs/good/operations.log
export HYPSIM_PAGER=cat

"$HYPSIM" log show --columns "$ops" >"$dir/columns"
same "no terminal" 100 0 1 "$ops"
grep -q "OGEN_VMID, vmid=1$" "$dir/columns" || fail "an operation has no result"
grep -q "S2PAGE OS2_PAGE s2_owner\[" "$dir/columns" || "$HYPSIM" log show --columns --kind os2_page "$log" | grep -q " s2_owner\[0x1802\]=0>3" ||
	fail "a push has no changes"
"$HYPSIM" log show --columns --to 3000 "$log" >"$dir/columns"
same "with times" 100 0 1 --to 3000 "$log"
"$HYPSIM" log show --columns --cpu 1,3 --to 3000 "$log" >"$dir/columns"
same "of two CPUs" 100 0 1 --cpu 1,3 --to 3000 "$log"
grep -q "CPU 0\|CPU 2" "$dir/columns" && fail "a CPU that nobody asks for has a column"

# At a terminal, of which script makes lines end with \r\n.
for width in 60 132 300; do
	script -qec "stty cols $width; exec \"$HYPSIM\" log show --columns --to 500 \"$log\"" /dev/null </dev/null | tr -d '\r' >"$dir/columns"
	same "a terminal of $width" $width 0 "$((width < 300))" --to 500 "$log"
done
COLUMNS=80 script -qec "stty cols 200; exec \"$HYPSIM\" log show --columns \"$ops\"" /dev/null </dev/null | tr -d '\r' >"$dir/columns"
same "COLUMNS" 80 0 1 "$ops"

# Of so many CPUs that columns lie too near to be told apart, the number stands before each text.
expect 0 "run" "$HYPSIM" run lock-storm --cpus 40 --ops 3 --check off --log "$dir/many"
"$HYPSIM" log show --columns "$dir/many" >"$dir/columns"
same "40 CPUs" 100 1 0 "$dir/many"
finish
