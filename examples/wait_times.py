#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""How long sections waited for their lock, by lock, as a picture: wait_times.py TABLES.db PICTURE.svg

TABLES.db is written by 'hypsim log export --sqlite TABLES.db LOG'.  Without timestamps in the log a wait is told in the holders that
stood before.  The picture is drawn by gnuplot: of each lock the share of its sections that waited at most so long.
"""
import sqlite3
import subprocess
import sys


def waits(path):
    """[lock, [wait, ...] rising] of each lock, most sections first; and the unit of a wait."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as tables:
        timed = tables.execute("SELECT count(got_ns) FROM sections").fetchone()[0] > 0
        what = "got_ns - asked_ns" if timed else "depth"
        of = {}
        for lock, wait in tables.execute(f"SELECT lock, {what} FROM sections WHERE {what} IS NOT NULL"):
            of.setdefault(lock, []).append(wait)
    return sorted(([lock, sorted(all)] for lock, all in of.items()), key=lambda row: -len(row[1])), "ns" if timed else "holders"


def draw(rows, unit, picture):
    commands = ["set terminal svg size 720,420 background 'white'", f"set output '{picture}'", "set key right bottom",
                f"set xlabel 'wait, {unit}'", "set ylabel 'share of sections'", "set yrange [0:1.02]", "set grid"]
    if unit == "ns":
        commands.append("set logscale x")
    lines = ", ".join(f"'-' using 1:2 with steps lw 2 title '{lock} ({len(all)})' noenhanced" for lock, all in rows)
    commands.append("plot " + lines)
    for _, all in rows:
        commands += [f"{max(wait, 1) if unit == 'ns' else wait} {(i + 1) / len(all)}" for i, wait in enumerate(all)] + ["e"]
    subprocess.run(["gnuplot"], input="\n".join(commands), text=True, check=True)


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: wait_times.py TABLES.db PICTURE.svg")
    rows, unit = waits(sys.argv[1])
    if not rows:
        sys.exit(f"{sys.argv[1]}: no section ended")
    for lock, all in rows:
        print(f"{lock}: {len(all)} sections, median wait {all[len(all) // 2]} {unit}, longest {all[-1]}")
    draw(rows[:8], unit, sys.argv[2])


main()
