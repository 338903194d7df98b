# SPDX-License-Identifier: GPL-2.0-only
# hypsim bench: locks of shared objects, loads, files of results and what is made of them; no time is judged.
. "$SOURCE/tests/cli/kit.inc"

# shared NAME FLAG...: tests/data/locks/NAME.c as $dir/$so.so
shared() {
	c=$1
	shift
	gcc -O1 -Wall -Wextra -Werror -fPIC -shared -pthread -I "$SOURCE/include" "$@" -o "$dir/$so.so" "$SOURCE/tests/data/locks/$c.c" ||
		fail "$so does not compile"
}
so=fair shared fair
so=none shared none
so=kept shared kept
so=version shared none -DVERSION=7
so=name shared none '-DNAME="a\tb"'
so=release shared none -DRELEASE=0
printf 'int other;\n' >"$dir/empty.c"
gcc -fPIC -shared -o "$dir/empty.so" "$dir/empty.c"
printf 'no object' >"$dir/text.so"

# Files that are no such lock, each with its place and its sentence.
refuse() {
	expect "$1" "$2" "$HYPSIM" bench lock --lock "$dir/$2.so"
	says err "--lock: $dir/$2.so: $3"
}
refuse 2 version "version 7 of hypsim/bench_lock.h, and this is 1"
refuse 2 name "its name is not of 1 to 40 printable characters"
refuse 2 release "it lacks one of create, acquire, release and destroy"
refuse 2 empty "it has no hypsim_bench_lock (hypsim/bench_lock.h)"
refuse 2 text ""
refuse 2 missing "No such file or directory"

# Locks of Concurrency Kit wait in assembly, and a lock in which two are at once is a race: ThreadSanitizer would report both.
how="--seconds 0.02 --repeat 1"
if [ "${SANITIZER:-none}" != tsan ]; then
	# shellcheck disable=SC2086  # $how: options
	{
		expect 0 "own" "$HYPSIM" bench lock --cpus 1,2 $how --row "ck ticket" --lock "$dir/fair.so"
		for row in " 1 CPU   ck ticket" " 1 CPU   my fair lock" " 2 CPUs  ck ticket, backoff" " 2 CPUs  my fair lock"; do
			grep -qE "^$row +[0-9.]+ " "$dir/out" || fail "own: no figures for '$row'"
		done
		[ "$(grep -c '^ [12] CPU' "$dir/out")" -eq 6 ] || fail "own: other rows"
		expect 1 "none" "$HYPSIM" bench lock --cpus 2 --seconds 0.3 --repeat 1 --row "pthread mutex" --lock "$dir/none.so" --pin
		grep -qE "^ 2 CPUs  my open door .*NOT A LOCK: [0-9]+ of [0-9]+ sections lost, [0-9]+ met another" "$dir/out" ||
			fail "none: nobody told that it is no lock"
		grep -E "^ 2 CPUs  pthread mutex" "$dir/out" | grep -q "NOT A LOCK" && fail "none: the mutex was told to be none"
		expect 1 "kept" "$HYPSIM" bench lock --cpus 2 $how --row "pthread spin" --lock "$dir/kept.so"
		grep -qE "my kept lock: CPU [01] of 2 did not come back within [0-9]+ s" "$dir/err" || fail "kept: nobody told of who waits"
		# Loads, and in full (tests/long.txt) all locks: each row has figures, and no lock lets two in.
		some="--row MCS --row cohort --row adaptive --row auto" n_locks=5
		[ "$test_form" = short ] || some="--row ck --row hypsim --row pthread" n_locks=17
		expect 0 "loads" "$HYPSIM" bench lock --cpus 2 $how --locks 4 --section random:200 --think 100 --pin --histogram $some \
			--json
	}
	python3 - "$dir/out" "$n_locks" <<'EOF' || fail "loads: other tables"
import json, sys
t = {x["table"]: x for x in map(json.loads, open(sys.argv[1]))}
assert sorted(t) == ["lock", "lock-passes", "lock-waits"], sorted(t)
assert t["lock"]["title"] == "lock: every CPU takes any of the locks, logging off"
names = [r["lock"] for r in t["lock"]["rows"]]
assert len(names) == len(set(names)) == int(sys.argv[2]), names
for r in t["lock"]["rows"]:
    assert r["cpus"] == 2 and r["row"] == " 2 CPUs  " + r["lock"], r
    assert "NOT A LOCK" not in r["note"], r
    assert r["acquired"] >= 0, r
for r in t["lock-waits"]["rows"]:
    shares = [v for v in r.values() if isinstance(v, float)]
    assert len(shares) == 18 and (abs(sum(shares) - 100) < 0.01 or sum(shares) == 0), r
EOF
fi

# results FILE RATE...: a file of results by hand: rows "1 CPU a", "2 CPUs a", "2 CPUs b", with the smallest and largest of each as "M:L:H".
results() {
	to=$1
	shift
	python3 - "$dir/$to" "$@" <<'EOF'
import json, sys
def figures(v):
    m, l, h = map(float, v.split(":"))
    return m, l, h
rows = []
for (name, cpus, lock), v in zip([(" 1 CPU   a", 1, "a"), (" 2 CPUs  a", 2, "a"), (" 2 CPUs  b", 2, "b")], sys.argv[2:]):
    m, l, h = figures(v)
    rows.append({"row": name, "cpus": cpus, "lock": lock, "acquired": m, "Jain": m / 8, "pass p50": None,
                 "least": {"acquired": l, "Jain": l / 8, "pass p50": None},
                 "largest": {"acquired": h, "Jain": h / 8, "pass p50": None}, "valid": m != 5, "note": ""})
json.dump({"is": "hypsim bench", "version": 1, "program": "1", "compiler": "c", "date": "2026-01-02T03:04:05Z",
           "host": {"processor": "p", "cores": 2, "kernel": "k"},
           "tables": [{"table": "lock", "title": "t", "rows": rows}]}, open(sys.argv[1], "w"))
EOF
}
results old 4:3.5:4.5 2:1:4 8:8:8
results new 8:7:9 2.5:2:3 4:3:4.2
results fewer 8:7:9 5:5:5
expect 0 "compare" "$HYPSIM" bench --compare "$dir/old" "$dir/new"
prints <<'EOF'
old: hypsim 1, compiler c, k on p, 2 cores, 2026-01-02T03:04:05Z
new: hypsim 1, compiler c, k on p, 2 cores, 2026-01-02T03:04:05Z
compare: the first figure of each table, new to old, and where the ratio lies
                                        old      new    ratio     from       to
                                                                               
lock:  1 CPU   a                     4.0000   8.0000    2.000    1.556    2.571  larger beyond noise
lock:  2 CPUs  a                     2.0000   2.5000    1.250    0.500    3.000
lock:  2 CPUs  b                     8.0000   4.0000    0.500    0.375    0.525  smaller beyond noise

EOF
sed 's/"least": {"acquired": [0-9.]*/"least": {"acquired": null/g' "$dir/old" >"$dir/bare"
expect 0 "compare without ranges" "$HYPSIM" bench --compare "$dir/new" "$dir/bare" --csv
says out 'compare,"lock:  1 CPU   a",8.0000,4.0000,0.500,,0.643,1,"how far it scatters is not known"'
expect 0 "compare a column" "$HYPSIM" bench --compare --column Jain --csv "$dir/old" "$dir/fewer"
prints <<'EOF'
table,row,old,new,ratio,from,to,valid,note
compare,"lock:  1 CPU   a",0.5000,1.0000,2.000,1.556,2.571,1,"larger beyond noise"
compare,"lock:  2 CPUs  a",0.2500,0.6250,2.500,1.250,5.000,0,"not valid in the new file"
compare,"lock:  2 CPUs  b",,,,,,1,"only in the old file"
EOF
expect 2 "compare without a figure" "$HYPSIM" bench --compare --column "pass p50" "$dir/old" "$dir/new"
says err 'no row of the two files has a figure pass p50 in both'
expect 2 "compare one" "$HYPSIM" bench --compare "$dir/old"
says err "--compare: OLD and NEW are files that --save has written"
sed 's/"version": 1/"version": 2/' "$dir/old" >"$dir/later"
sed 's/"tables"/"table"/' "$dir/old" >"$dir/without"
head -c 100 "$dir/old" >"$dir/half"
for bad in "later: it has a version that this program does not read" "without: it has no tables" "half:1:100: " \
	"none.so:1:1: " "gone: No such file or directory"; do
	expect 2 "compare with $bad" "$HYPSIM" bench --compare "$dir/new" "$dir/${bad%%:*}"
	says err "$bad"
done

# A plot, by the gnuplot that is there: each lock has a line, and the labels of the three panels.
expect 0 "gnuplot" gnuplot --version
expect 0 "plot" "$HYPSIM" bench --load "$dir/old" --plot "$dir/p.svg"
for text in "acquisitions, M/s" "hand-over to a waiter, median, us" "fairness" "CPUs" ">a<" ">b<"; do
	grep -q "$text" "$dir/p.svg" || fail "plot: no $text"
done
[ "$(grep -o "<text>[ab]<" "$dir/p.svg" | sort | tr -d "\n")" = "<text>a<<text>b<" ] || fail "plot: a name is there more than once"
expect 0 "plot of one" "$HYPSIM" bench --load "$dir/old" --row b --plot "$dir/p.svg"
grep -q ">b<" "$dir/p.svg" && ! grep -q ">a<" "$dir/p.svg" || fail "plot: not row b alone"
expect 2 "plot of none" "$HYPSIM" bench --load "$dir/old" --row c --plot "$dir/q.svg"
says err "q.svg: there is no such lock to draw"
# The page of a table with many locks has room for its panels: their frames are as wide as each other.
python3 - "$dir/old" "$dir/many" <<'END'
import copy
import json
import sys

kept = json.load(open(sys.argv[1]))
rows = [t for t in kept["tables"] if t["table"] == "lock"][0]["rows"]
for row in list(rows):
    for i in range(20):
        more = copy.deepcopy(row)
        more["lock"] = f"{row['lock']}, a longer name, {i}"
        rows.append(more)
json.dump(kept, open(sys.argv[2], "w"))
END
expect 0 "plot of many" "$HYPSIM" bench --load "$dir/many" --plot "$dir/p.svg"
expect 0 "its panels" python3 - "$dir/p.svg" <<'END'
import re
import sys

frames = set()
for path in re.findall(r"d='M([\d.,L -]+)Z", open(sys.argv[1]).read()):
    at = [tuple(map(float, p.split(","))) for p in re.findall(r"[\d.]+,[\d.]+", path)]
    wide, high = (max(v) - min(v) for v in zip(*at))
    if wide > 300 and high > 100:
        frames.add((round(wide), round(min(x for x, _ in at)), round(min(y for _, y in at))))
assert len(frames) == 3, frames
assert len({f[:2] for f in frames}) == 1, frames
END
expect 0 "plot png" "$HYPSIM" bench --load "$dir/old" --plot "$dir/p.png"
expect 0 "plot pdf" "$HYPSIM" bench --load "$dir/old" --plot "$dir/p.pdf"
head -c 8 "$dir/p.png" | tail -c 7 | grep -q PNG || fail "plot: p.png is none"
head -c 5 "$dir/p.pdf" | grep -q "%PDF-" || fail "plot: p.pdf is none"
expect 2 "plot gif" "$HYPSIM" bench --load "$dir/old" --plot "$dir/p.gif"
says err "p.gif: a plot's name ends in .svg, .png or .pdf"
results odd 5:5:5
expect 2 "plot of nothing" "$HYPSIM" bench --load "$dir/odd" --plot "$dir/q.svg"
says err "no row of the lock table is valid"
expect 3 "no gnuplot" env PATH="$dir" "$HYPSIM" bench --load "$dir/old" --plot "$dir/q.svg"
says err "q.svg: there is no gnuplot"

# What is kept is what was shown, and what cannot be written is told before anything is measured.
expect 0 "save" "$HYPSIM" bench prim $how --save "$dir/kept.json" --json --progress
python3 - "$dir/out" "$dir/kept.json" <<'EOF' || fail "save: other figures"
import json, sys
shown = [json.loads(line) for line in open(sys.argv[1])]
kept = json.load(open(sys.argv[2]))["tables"]
assert len(shown) == len(kept) > 0
for s, k in zip(shown, kept):
    for a, b in zip(s["rows"], k["rows"]):
        least, largest = b.pop("least"), b.pop("largest")
        assert a == b, (a, b)
        for name, v in least.items():
            # What is reckoned from other figures has no range.
            assert v is None or v <= b[name] <= largest[name], (name, b)
        assert any(v is not None for v in least.values()), b
EOF
expect 2 "save nowhere" "$HYPSIM" bench prim --save "$dir/no/where"
[ ! -s "$dir/out" ] || fail "save nowhere: something was measured"

# What goes together.
together() {
	says=$1
	shift
	expect 2 "bench $*" "$HYPSIM" bench "$@"
	says err "$says"
}
together '--row: no lock has "qspinlock" in its name' --row qspinlock
together "--column goes with --compare" --column Jain
together "--load goes with --plot" --load "$dir/old"
together "--load measures nothing: --save has no effect there" --load "$dir/old" --plot "$dir/p.svg" --save "$dir/s"
together "--load measures nothing: --pin has no effect there" --load "$dir/old" --plot "$dir/p.svg" --pin
together "--load measures nothing: --pin has no effect there" --load "$dir/old" --plot "$dir/p.svg" --pin --row a
together "--load measures nothing: a table has no effect there" lock --load "$dir/old" --plot "$dir/p.svg"
together "--compare draws nothing: --plot goes with --load" --compare "$dir/old" "$dir/new" --plot "$dir/p.svg"
together "--compare: one file too many" --compare "$dir/old" "$dir/new" "$dir/new"
together "--section is of the table lock, which is not asked for" prim --section 10
together "--plot is of the table lock, which is not asked for" prim --plot "$dir/p.svg"
together '--section: expected nanoseconds up to a second, or random: and these, found "soon"' --section soon
together '--think: expected nanoseconds up to a second, or random: and these, found "random:"' --think random:
together '--think: expected nanoseconds up to a second, or random: and these, found "1000000001"' --think 1000000001
together "--locks" --locks 0
finish
