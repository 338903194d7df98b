# SPDX-License-Identifier: GPL-2.0-only
"""offered.py bash|zsh PLACE HYPSIM HYPSIM_CHECK: each command and each option of --help is offered, and lines come to what they shall."""
import re
import subprocess
import sys

import shells

kind, place, hypsim, hypsim_check = sys.argv[1:]
shell = shells.Bash(place) if kind == "bash" else shells.Zsh(place)
wrong = 0

# Begin of a line, and what is offered: by bash behind the last = or :, by zsh as whole words.
LINES = {
    "hypsim che": ["check"],
    "hypsim help lo": ["log"],
    "hypsim log wa": ["waits"],
    "hypsim help log wa": ["waits"],
    "hypsim list err": ["errata"],
    "hypsim list --js": ["--json"],
    "hypsim run bug/missing-l": ["bug/missing-lock"],
    "hypsim run storm --wait p": ["park"],
    "hypsim run --errata=in": ["intended"],
    "hypsim run --errata in": ["intended"],
    "hypsim run -w y": ["yield"],
    "hypsim run --require": [],
    "hypsim check --only lock,que": ["lock,queue"],
    "hypsim-check --col": ["--color="],
    "hypsim-check --color al": ["always"],
    "hypsim check --explain Q_HOLD_E": ["Q_HOLD_EARLY"],
    "hypsim explore --strategy rev": ["revisit"],
    "hypsim explore --pairs --junit=x --gr": ["--grain="],
    "hypsim exec --annotate g": ["github"],
    "hypsim log show --kind begin,INC_": ["begin,INC_TICKET", "begin,INC_NOW"],
    "hypsim log locks --by wai": ["waiter"],
    "hypsim bench sha": ["shapes"],
    "hypsim doctor x": [],
}
BASH_LINES = {
    "hypsim run --erratum=ticket-log=p": ["published"],
    "hypsim run --erratum=ticket-l": ["ticket-log=published", "ticket-log=intended"],
    "hypsim log show --lock SPT,NPT:1": ["1", "10", "11", "12", "13", "14", "15", "16"],
    "hypsim check --require evaluated=fif": ["fifo"],
}


def say(*words):
    global wrong
    wrong += 1
    print(*words)


def helps(*command):
    return subprocess.run([*command, "--help"], stdout=subprocess.PIPE, text=True, check=True).stdout


def commands(text):
    return re.findall(r"^  ([a-z][a-z-]*) +\S", text, re.M)


def options(name, text):
    offered = shell.offers(name + " -")
    offered = {w.rstrip("=") for w in offered + (shell.offers(name + " --") if kind == "zsh" else [])}
    for short, long in re.findall(r"^ *(?:-(.), )?--([a-z-]+)", text, re.M):
        if "--" + long not in offered:
            say(f"{name.replace('hypsim ', '')}: --{long} is not offered")
        if kind == "bash" and short and "-" + short not in offered:
            say(f"{name}: -{short} is not offered")


def must(name, words):
    offered = shell.offers(name + " ")
    for w in words:
        if w not in offered:
            say(f"{name}: {w} is not offered")
    return words


n = 0
for command in must("hypsim", commands(helps(hypsim))):
    if command == "log":
        for sub in must("hypsim log", commands(helps(hypsim, "log"))):
            options("hypsim log " + sub, helps(hypsim, "log", sub))
            n += 1
    else:
        options("hypsim " + command, helps(hypsim, command))
        n += 1
options("hypsim-check", helps(hypsim_check))
n += 1
for line, words in (LINES | (BASH_LINES if kind == "bash" else {})).items():
    offered = shell.offers(line)
    if kind == "zsh":
        offered, words = [w.rstrip("=") for w in offered], [w.split(",")[-1].rstrip("=") for w in words]
    if sorted(offered) != sorted(words):
        say(f"{line}: {offered}")
shell.end()
print(f"{n} commands, {wrong} wrong")
sys.exit(wrong > 0)
