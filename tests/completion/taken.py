# SPDX-License-Identifier: GPL-2.0-only
"""taken.py FILE HYPSIM [COMMAND]: each word that FILE, made for bash, has for a value is one that the program takes; of many words, some."""
import subprocess
import sys

path, hypsim, *only = sys.argv[1:]
SOME = 4
tried = refused = 0
table = open(path).read().split("<<'END'\n")[1].split("\nEND\n")[0]
for row in table.splitlines():
    command, option, value, sort, words, _ = row.split("\t")
    if not option.startswith("--") or not words or (only and command not in only):
        continue
    words = words.split()
    if len(words) > 2 * SOME:
        words = words[:: len(words) // SOME]
    for word in words:
        if word.endswith("="):
            word += "1"
        tried += 1
        # What has something to say of the value says it before it comes to --help.
        r = subprocess.run([hypsim, *command.split(), f"{option}={word}", "--help"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if r.returncode != 0:
            refused += 1
            print(f"{command} {option}={word}: {r.stderr.decode()}")
print(f"{tried} words, {refused} refused")
sys.exit(refused > 0)
